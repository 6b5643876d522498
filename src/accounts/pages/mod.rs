//! The pages of accounts: one's own, and all users for an administrator.

pub mod account;
pub mod users;
