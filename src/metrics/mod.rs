//! What an on-call person watches: figures of the desk, for Prometheus.
//!
//! Everybody may scrape as often as they like: figures are asked for at most every 15 s, and at most a hundredth of the
//! time goes into asking.

pub mod api;
pub mod figures;
