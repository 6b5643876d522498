//! What the app does, told by what people, programs and commands see of it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../support/mod.rs"]
mod support;

mod app;
mod oracle;

mod alerts;
mod archive;
mod batches;

mod commands;
mod first_minute;
mod lists;
mod money;
mod retries;
mod schema;
mod texts;
mod totals;
mod transfer;
mod web;
