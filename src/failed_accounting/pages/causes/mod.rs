//! The pages of causes: all of them ranked, and one with what people noted about it.

mod fixed;
mod index;
mod noting;
mod pieces;
mod show;
mod view;

pub use index::index;
pub use noting::update;
pub use show::{show, test};
pub(super) use view::{TopCause, cause_link, top_causes, top_groups};
