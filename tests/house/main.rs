//! The house itself: what may use what, what may be linked, and the files that packages are made of.

mod licences;
mod packaging;
mod rules;
