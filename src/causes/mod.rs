//! Causes: a failure belongs to the cause that its reason tells, which is the reason without its variable parts.
//!
//! `template` masks, `cause` names; both are pure. `store` keeps what people know of a cause, `sorting` gives
//! their cause to the rows that the platform wrote. The cards and pages are in `failed_accounting::causes`.

pub mod arrivals;
pub mod cause;
pub mod family;
pub mod outcome;
pub mod sorting;
pub mod store;
mod telling;
pub mod template;
pub mod titles;
