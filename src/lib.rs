//! llmage-admin: the desk where failed billing gets settled.
//!
//! An LLM platform accounts each metered call (a *usage*). Where that fails, it writes a *failure*, and the money is not
//! collected. This crate is the web app in which operators find failures, have their usages accounted again or close them,
//! and in which finance takes a CSV that adds up to the last decimal.
//!
//! # Where to begin
//!
//! - [`app::routes`] is the table of all routes, with the least role for each and the function that answers.
//! - [`failed_accounting`] is the heart. [`failed_accounting::filter::Filter`] stands behind its list, its sums, its CSV,
//!   its JSON and its batches; [`failed_accounting::case::Case`] is the gate: a usage with all its failures, locked, judged
//!   by [`failed_accounting::case::rules`] and written together with the event of the audit trail.
//! - [`db::Database`] has the only two ways to the database: [`run`](db::Database::run) reads one snapshot,
//!   [`transaction`](db::Database::transaction) writes all or nothing. What three engines say differently is one function
//!   each in [`db::dialect`].
//! - [`failed_accounting::list::condition`] says what a filter means in SQL; [`kept_totals`] answers counts and sums that
//!   are kept.
//! - [`batches::plan`] freezes the rows of a batch, [`batches::stretch`] works on some hundred of them in one transaction.
//! - [`db::lock_order`] is the order in which everybody locks.
//! - [`base::money::Money`] is an integer of 0.00001; there is no floating-point arithmetic on money.
//! - [`server::jobs::all`] names what runs beside the requests: outcomes of retries, batches, the archive, alerts.
//!
//! # How the rooms lie
//!
//! Each module below is a feature; the name of a file inside it says its layer: `store` asks the database, `form` reads
//! what people type, `pages` and `api` speak HTTP. Features know [`base`], [`db`] and [`error`] and never [`web`], except in
//! their `pages` and `api`. `tests/house/rules.rs` holds these arrows, and `docs/architecture.md` draws them, follows a
//! request and a retry through the files, and says for each kind of change which files it touches. `docs/glossary.md` has
//! the words.

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
pub mod forecast;
pub mod imports;
pub mod jobs;
pub mod kept_totals;
pub mod ledger;
pub mod metrics;
pub mod names;
pub mod overview;
pub mod search;
pub mod server;
pub mod usages;
pub mod web;
