//! Causes: which reasons are one, which are not, and that no text is too odd or too long. Secrets: what is masked.

mod files;
mod foreign;
mod labelled;
mod many;
mod masking;
mod pairs;
mod secrets;
