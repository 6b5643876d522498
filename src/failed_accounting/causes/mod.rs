//! Failures by cause: what each cause has open and had in all, where it strikes, how it went day by day, and what people
//! noted about it; and whether it is likely fixed.

pub mod fixed;
pub mod groups;
pub mod history;
pub mod note;
pub mod open;
pub mod ranking;
mod round;
mod sample;
pub mod tester;
