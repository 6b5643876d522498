//! Retries under all that may come between: the platform, other people, edits, the archive, and kills at any moment.

mod interleaved;
mod jobs;
mod plans;
mod witness;
