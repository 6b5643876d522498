//! The archive: usages move to the history, and not one is ever lost, whatever else is there and whoever dies when.

mod faults;
mod moving;
mod usages;
