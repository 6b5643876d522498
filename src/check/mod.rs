//! The consistency check: what must not be in the tables, one finding for each class, and how the last check went.

pub mod adopted;
pub mod class;
pub mod pages;
pub mod runner;
pub mod store;
pub mod tokens;
