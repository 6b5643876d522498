//! Files in and out: export, import, names and the sample data, on the engine that `TEST_DATABASE_URL` names.

mod demo;
mod names;
#[path = "../support/database.rs"]
#[expect(dead_code, reason = "other test binaries use the rest")]
mod support;
