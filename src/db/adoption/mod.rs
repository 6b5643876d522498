//! Adopting a database that the platform made: what is there already, what is missing of each migration, and what a person
//! is told before anything is changed.
//!
//! The migrations themselves are applied by [`super::migrations`].

mod altered;
pub(super) mod columns;
mod definers;
mod kinds;
mod mending;
pub(super) mod outlook;
pub(super) mod plan;
pub(super) mod present;
pub(super) mod printed;
pub(super) mod script;
mod shapes;
pub(super) mod triggers;
pub(super) mod unkept;
