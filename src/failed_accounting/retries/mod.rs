//! What becomes of retries: the jobs that look at the platform's tables, and the settlement of one retry.

pub mod arrivals;
pub mod settlement;
pub mod watcher;
