//! One failed record: what it holds, what people type about it, and its row in the database.

pub mod failure;
pub mod form;
pub mod many;
mod resolution;
pub mod retry;
pub mod seen;
pub mod store;
