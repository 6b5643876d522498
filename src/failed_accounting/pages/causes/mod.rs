//! The pages of causes: all of them ranked, and one with what people noted about it.

mod index;
mod show;
mod view;

pub use index::index;
pub use show::{show, update};
pub(super) use view::{TopCause, cause_link, top_causes, top_groups};
