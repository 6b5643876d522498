//! Causes: which reasons are one, which are not, and that no text is too odd or too long.

mod foreign;
mod labelled;
mod masking;
