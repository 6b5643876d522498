//! The pages of failed accounting: list, details, forms, and what the forms do.

mod cause;
pub mod causes;
mod changes;
mod conflict;
mod context;
mod download;
mod empty;
mod forms;
mod found;
mod index;
mod merging;
mod money_line;
mod recording;
mod refusal;
mod retries;
mod secrets;
mod show;
mod toolbar;
mod usage;
mod view_forms;
mod views;

pub use changes::{destroy, handle, reopen, settle, update};
pub use download::download;
pub use forms::{confirm_delete, edit, new};
pub use index::index;
pub use recording::create;
pub use retries::{retry, withdraw};
pub use secrets::show_secrets;
pub use show::show;
pub use view_forms::{choose_view, create_view, destroy_view, edit_view, new_view, update_view};
pub use views::views;
