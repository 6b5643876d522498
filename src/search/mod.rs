//! One box that finds what there is: records by an id or a part of one, names, words of reasons.

pub mod pages;
pub mod store;
