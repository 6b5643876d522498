//! Who may sign in: users, their roles and passwords, and the pages for signing in and one's own account.

pub mod form;
pub mod login;
pub mod password;
pub mod role;
pub mod store;
