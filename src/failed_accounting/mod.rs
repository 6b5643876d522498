//! Failed accounting records: the heart. One filter stands behind page, CSV and totals.
//!
//! `failure` holds the rules of state, `form` what people type, `store` the database; `pages` and
//! `download` are the web.

pub mod condition;
pub mod export;
pub mod failure;
pub mod filter;
pub mod form;
pub mod import;
pub mod list;
pub mod pages;
pub mod retry;
pub mod route;
pub mod search;
pub mod seen;
pub mod settlement;
pub mod sort;
pub mod store;
pub mod totals;
pub mod watcher;
