//! Work that the app does by itself: jobs, when they are due, the loops that run them, and how each went.
//!
//! Of many instances one runs a job, by a lease. Leases save work; what keeps rows right are the steps' transactions.

pub mod job;
pub mod pages;
pub mod running;
pub mod store;

pub use job::{Job, Turn};
pub use running::Running;
