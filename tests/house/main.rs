//! The house itself: what may use what, what may be linked, which crates are used, and the files that packages are made of.

mod dependencies;
mod licences;
mod packaging;
mod rules;
