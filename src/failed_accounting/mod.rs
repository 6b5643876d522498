//! Failed accounting records: the heart. One filter stands behind page, CSV and totals.
//!
//! `case` is the gate for whatever acts on a record, with the rules of state; `form` is what people type, `store` the database; `pages` and
//! `download` are the web.

pub mod api;
pub mod arrivals;
pub mod batched;
pub mod case;
pub mod causes;
pub mod change;
pub mod changed;
pub mod chips;
pub mod condition;
pub mod export;
pub mod failure;
pub mod filter;
pub mod form;
mod group;
pub mod import;
pub mod list;
pub mod many;
pub mod pages;
pub mod recorder;
pub mod retry;
pub mod route;
pub mod search;
pub mod seen;
pub mod settlement;
pub mod sort;
pub mod store;
pub mod summary;
pub mod totals;
pub mod views;
pub mod watcher;
