//! Retries under all that may come between: the platform, other people, edits, the archive, and kills at any moment.

mod interleaved;
mod jobs;
pub mod likely_fixed;
mod plans;
mod witness;
