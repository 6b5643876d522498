//! How the databases reach the rows of each list: always along an index, sorted by it where one can sort.
//!
//! The statements are those that the app sends; each engine is asked for its plan.

#[path = "../support/mod.rs"]
mod support;

mod archive;
mod explained;
mod failures;
mod filled;
mod moves;
mod others;
mod trail;
