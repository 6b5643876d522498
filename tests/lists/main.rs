//! The list against an oracle: random hostile rows, random filters, every sort, both directions.

mod caseless;
mod filters;
mod identity;
mod oracle;
mod pages;
mod searches;
#[path = "../support/mod.rs"]
mod support;
