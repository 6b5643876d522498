//! The pages of usages: list, details, forms, and what the forms do.

mod changes;
mod context;
mod download;
mod forms;
mod index;
mod search;
mod show;

pub use changes::{create, destroy, fail, update};
pub use download::download;
pub use forms::{confirm_delete, edit, new};
pub use index::index;
pub use search::{find, read_only};
pub use show::show;
