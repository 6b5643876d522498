//! API tokens: who a program is, what it may do and until when.
//!
//! A token is shown once, when it is made; afterwards only its hash is known.

pub mod api;
pub mod cache;
pub mod form;
pub mod pages;
pub mod store;
pub mod token;
