//! The front page: how much money is open, for how long, why, and how much of the usage goes uncollected.
//!
//! Every number stands beside the filter of the list that it counts; what a page may not add up is said to be more.

pub mod leakage;
pub mod money;
pub mod pages;
pub mod visit;
