//! The pages of failed accounting: list, details, forms, and what the forms do.

mod changes;
mod conflict;
mod context;
mod download;
mod forms;
mod index;
mod money_line;
mod retries;
mod secrets;
mod show;
mod toolbar;
mod usage;

pub use changes::{create, destroy, handle, reopen, update};
pub use download::download;
pub use forms::{confirm_delete, edit, new};
pub use index::index;
pub use retries::{retry, withdraw};
pub use secrets::show_secrets;
pub use show::show;
