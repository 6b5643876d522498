//! The pages of batches: making one, its preview and report, running, stopping, undoing, and the list of all.

mod changes;
mod context;
mod correcting;
mod create;
mod download;
mod index;
mod outcomes;
mod report;
mod show;
mod split;

pub use changes::{abort, rest, run, test, undo};
pub use correcting::correct;
pub use create::create;
pub use download::download;
pub use index::index;
pub use show::{misplaced, show};
