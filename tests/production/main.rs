//! What production asks: adoption, transactions that meet, several instances, outages.

#[path = "../support/mod.rs"]
mod support;

mod adoption;
mod contention;
mod desk;
mod instances;
mod outages;
mod servers;
mod starting;
