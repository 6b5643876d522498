//! llmage-admin: the desk where failed billing gets settled.
//!
//! Laid out by feature; the layer is the file name inside the feature (`store` = database, `form` = what
//! people type, `pages` = web). See the README for the map and `tests/house/rules.rs` for the arrows.

#![forbid(unsafe_code)]

pub mod accounts;
pub mod alerts;
pub mod app;
pub mod archive;
pub mod audit;
pub mod base;
pub mod batches;
pub mod causes;
pub mod check;
pub mod cli;
pub mod config;
pub mod db;
pub mod demo;
pub mod error;
pub mod failed_accounting;
pub mod imports;
pub mod jobs;
pub mod metrics;
pub mod names;
pub mod overview;
pub mod schedule;
pub mod server;
pub mod usages;
pub mod web;
