//! Batches: one action on many failed records, previewed, run in the open, reported, undoable.
//!
//! `plan` freezes the rows, `runner` works them off in small transactions, each row by compare-and-set against what was
//! frozen; `correcting` foresees what a correction makes of the usages, `trial` whether retries would pass, and `foretelling` brings
//! both into the preview. New arrivals are never touched.

mod action;
pub mod api;
pub mod batch;
pub mod canary;
pub mod charged;
mod charges;
pub mod correcting;
pub mod counts;
mod cursor;
pub mod export;
pub mod forecast;
pub mod foretelling;
pub mod form;
mod obstacle;
mod outcome;
mod pace;
pub mod pages;
mod passed_over;
pub mod plan;
mod planned;
pub mod report;
pub mod rules;
pub mod runner;
pub mod seen;
pub mod settled;
pub mod split;
mod state;
pub mod store;
pub mod stretch;
pub mod testing;
pub mod tidy;
mod trial;
pub mod undo;
mod verdict;
