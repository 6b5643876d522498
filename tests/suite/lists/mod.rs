//! The list against an oracle: random hostile rows, random filters, every sort, both directions.

mod caseless;
mod filters;
mod groups;
mod identity;
mod pages;
mod searches;
