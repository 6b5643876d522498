//! What every page shares: the frame around it, errors with a face, sessions, languages, downloads.
//!
//! Knows no feature but `accounts`, because somebody is asking.

pub mod access;
pub mod assets;
pub mod author;
pub mod bearer;
pub mod body;
pub mod changes;
pub mod document;
pub mod download;
pub mod error;
pub mod extract;
pub mod flash;
pub mod form;
pub mod groups;
pub mod help;
pub mod json;
pub mod links;
pub mod list;
pub mod load;
pub mod locale;
pub mod log;
pub mod merge;
pub mod meter;
pub mod once;
pub mod ops;
pub mod origin;
pub mod page;
pub mod parameters;
pub mod problem;
pub mod record;
pub mod request;
pub mod seal;
pub mod session;
pub mod state;
pub mod templates;
pub mod timeline;
pub mod typed;
pub mod upload;
pub mod view;
