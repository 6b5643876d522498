//! The JSON API of failed accounting: the same list, rules and changes as on the pages, for programs.

pub mod bodies;
pub mod cause;
pub mod causes;
pub mod changes;
pub mod correcting;
pub mod failing;
pub mod index;
pub mod record;
pub mod retrying;
mod scene;
pub mod show;
pub mod summary;
pub mod testing;
