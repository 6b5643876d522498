//! Totals of failures that are kept: exact at every commit, whoever writes, and read in the time of a few rows.
//!
//! Triggers on the platform's table append what each change adds and takes to `failed_delta`, and do nothing else: so they
//! cannot fail, and nobody waits for anybody, and what the platform writes is counted like what the app writes (the migration
//! `keep_totals` makes them). A job folds these deltas into `failed_total` ([`folding`]); whoever asks
//! adds up both in one statement ([`asking`]). They are counted from the rows once, and again where somebody asks for it
//! ([`counting`]); `check` compares. Where they are not kept, nothing is answered, and pages count within their bounds.

pub mod asking;
pub mod counting;
pub mod folding;
mod question;
mod sheet;
mod standing;
mod store;

pub use sheet::{Kind, State, Sum};
