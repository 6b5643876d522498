//! Failures by cause: what each cause has open and had in all, where it strikes, how it went day by day, and what people
//! noted about it.

pub mod groups;
pub mod history;
pub mod note;
pub mod ranking;
