//! The audit trail: one event for each change, written in the transaction that makes it.
//!
//! Events are only ever added; nothing in the app changes or removes one.

pub mod api;
pub mod chain;
mod checking;
mod continuity;
pub mod event;
pub mod export;
pub mod filter;
mod hash;
pub mod key;
pub mod list;
mod of_record;
pub mod pages;
pub mod sealing;
pub mod store;
mod stored;
mod triggers;
