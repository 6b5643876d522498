//! The pages as people use them: given rows, a visitor signs in, gets, posts, and reads.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../support/mod.rs"]
mod support;

mod access;
mod account;
mod api;
mod app;
mod archive;
mod at_stake;
mod audit;
mod audit_rewriting;
mod batch_outcomes;
mod batches;
mod causes;
mod conflicts;
mod downloads;
mod failed_accounting_bad_input;
mod failed_accounting_changes;
mod failed_accounting_csv;
mod failed_accounting_list;
mod failed_accounting_show;
mod field_names;
mod foreign_rows;
mod hardening;
mod headers;
mod history;
mod housekeeping;
mod imports;
mod jobs;
mod languages;
mod metrics;
mod operations;
mod overview;
mod retries;
mod secrets;
mod sign_in;
mod templates;
mod tokens;
mod usages;
mod usages_changes;
mod users;
mod views;
