//! New failures: recorded by programs at the rate of a storm, or read from a CSV file.

mod group;
pub mod import;
pub mod recorder;
