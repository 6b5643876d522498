//! The JSON API of usages: the same list, rules and changes as on the pages, for programs.

pub mod changes;
pub mod index;
pub mod record;
