//! The pages of accounts: one's own, and all users for an administrator.

pub mod account;
mod user_changes;
pub mod users;
