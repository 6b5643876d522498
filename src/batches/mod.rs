//! Batches: one action on many failed records, previewed, run in the open, reported, undoable.
//!
//! `plan` freezes the rows, `runner` works them off in small transactions, each row by compare-and-set against what was
//! frozen. New arrivals are never touched.

pub mod batch;
pub mod canary;
pub mod charged;
pub mod counts;
pub mod export;
pub mod forecast;
pub mod form;
mod obstacle;
mod outcome;
mod pace;
pub mod pages;
pub mod plan;
pub mod report;
pub mod runner;
pub mod settled;
pub mod split;
pub mod store;
pub mod stretch;
pub mod tidy;
pub mod undo;
mod verdict;
