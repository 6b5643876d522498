//! The pages as people use them: given rows, a visitor signs in, gets, posts, and reads.

#[path = "../support/mod.rs"]
mod support;

mod access;
mod account;
mod app;
mod failed_accounting_bad_input;
mod failed_accounting_changes;
mod failed_accounting_list;
mod failed_accounting_show;
mod headers;
mod languages;
mod operations;
mod retries;
mod usages;
mod usages_changes;
