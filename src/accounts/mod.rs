//! Who may sign in: users, their roles and passwords, and the pages for signing in and one's own account.

pub mod correctable;
pub mod form;
pub mod idempotency;
pub mod login;
pub mod pages;
pub mod password;
pub mod role;
pub mod session;
pub mod sign_in;
pub mod store;
pub mod throttle;
pub mod tokens;
