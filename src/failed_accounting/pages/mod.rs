//! The pages of failed accounting: list, details, forms, and what the forms do.

mod changes;
mod context;
mod download;
mod forms;
mod index;
mod money_line;
mod retries;
mod show;
mod toolbar;

pub use changes::{create, destroy, handle, reopen, update};
pub use download::download;
pub use forms::{confirm_delete, edit, new};
pub use index::index;
pub use retries::{retry, withdraw};
pub use show::{show, show_secrets};
