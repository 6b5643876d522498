//! What becomes of retries: the jobs that look at the platform's tables, and the settlement of one retry; and what would become of
//! one, told before it is asked for.

pub mod accounted;
pub mod arrivals;
pub mod brief;
pub mod forecast;
pub mod settlement;
pub mod tested;
pub mod watcher;
