//! The archive (the platform's `backup_accounted_llmusage`): accounted usages move from `llmusage` to `llmusage_history`.
//!
//! The one rule: a transaction deletes exactly the ids that it copied and proved equal, to the byte.

pub mod api;
pub mod form;
pub mod holding;
pub mod left;
mod movement;
pub mod mover;
pub mod moving;
pub mod pages;
pub mod preview;
pub mod restore;
pub mod run;
pub mod store;
mod verdict;
pub mod walk;
