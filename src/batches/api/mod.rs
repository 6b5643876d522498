//! Batches for programs: the same preview, run, report and undo as the pages have.

mod body;
pub mod changes;
pub mod create;
pub mod index;
pub mod outcome;
mod tested;
