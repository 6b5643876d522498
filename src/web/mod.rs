//! What every page shares: the frame around it, errors with a face, sessions, languages, downloads.
//!
//! Knows no feature but `accounts`, because somebody is asking.

pub mod access;
pub mod assets;
pub mod download;
pub mod error;
pub mod flash;
pub mod forms;
pub mod links;
pub mod locale;
pub mod log;
pub mod ops;
pub mod origin;
pub mod page;
pub mod request;
pub mod session;
pub mod state;
pub mod templates;
pub mod view;
