//! What production asks: adoption, transactions that meet, several instances, outages.

#[path = "../support/mod.rs"]
mod support;

mod adoption;
mod charsets;
mod contention;
mod desk;
mod durability;
mod earlier;
mod instances;
mod jobs;
mod letters;
mod log;
mod mending;
mod older_sqlite;
mod outages;
mod personal;
mod places;
mod proxy;
mod redefined;
mod script;
mod servers;
mod slow;
mod starting;
mod triggers;
mod upgrade;
mod zone;
mod zones;
