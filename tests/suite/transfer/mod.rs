//! Files in and out: export, import, names and the sample data, on the engine that `TEST_DATABASE_URL` names.

mod demo;
mod export;
pub mod files;
mod import_failures;
mod import_usages;
mod names;
mod round_trip;
