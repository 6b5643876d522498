//! Usages: metered calls, live in `llmusage` until they are archived to `llmusage_history`.
//!
//! A usage is in exactly one of the two tables.

pub mod import;
pub mod store;
pub mod usage;
