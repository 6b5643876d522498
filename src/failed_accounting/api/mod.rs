//! The JSON API of failed accounting: the same list, rules and changes as on the pages, for programs.

pub mod bodies;
pub mod causes;
pub mod changes;
pub mod failing;
pub mod index;
pub mod record;
pub mod summary;
