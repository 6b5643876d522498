//! Usages: metered calls, live in `llmusage` until they are archived to `llmusage_history`.
//!
//! A usage is in exactly one of the two tables.

pub mod api;
pub mod export;
pub mod failures;
pub mod filter;
pub mod form;
pub mod grouped;
pub mod import;
pub mod keys;
pub mod list;
pub mod many;
pub mod pages;
pub mod recording;
pub mod shelf;
pub mod state;
pub mod store;
pub mod totals;
pub mod usage;
