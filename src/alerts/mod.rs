//! Alerts: rules over money, causes, retries and the archive, told by webhook and e-mail, once when they fire and once
//! when they recover.
//!
//! What is told is written in the transaction that changes the rule's state, and sent afterwards: killed at any moment,
//! nothing is told twice to the history and nothing is lost. Receivers may get a delivery again, under the same id.

pub mod courier;
pub mod delivery;
pub mod destinations;
pub mod evaluation;
pub mod event;
pub mod form;
pub mod head;
pub mod history;
pub mod mail;
pub mod occurrences;
pub mod outbox;
pub mod pages;
pub mod reading;
pub mod rule;
pub mod standing;
pub mod store;
pub mod tidy;
pub mod webhook;
pub mod words;
