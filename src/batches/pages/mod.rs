//! The pages of batches: making one, its preview and report, running, stopping, undoing, and the list of all.

mod changes;
mod context;
mod create;
mod download;
mod index;
mod outcomes;
mod report;
mod show;
mod split;

pub use changes::{abort, rest, run, undo};
pub use create::create;
pub use download::download;
pub use index::index;
pub use show::show;
