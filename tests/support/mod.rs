//! What tests share: a database of their own, rows to put into it.

#![allow(dead_code, reason = "each test binary uses its own part of this")]
#![allow(
    clippy::disallowed_methods,
    reason = "databases are made and looked at over connections of their own"
)]

pub mod bulk;
pub mod database;
pub mod heaps;
pub mod rows;
pub mod statements;

use std::fmt::Debug;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestRunner};

/// So many random cases, or as many as `PROPTEST_CASES` says.
pub fn cases(cases: u32) -> Config {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(cases);
    Config { cases, failure_persistence: None, ..Config::default() }
}

/// Checks a property on so many random cases; shows the smallest one that fails.
pub fn proven<S: Strategy<Value: Debug>>(count: u32, strategy: &S, property: impl Fn(S::Value)) {
    let mut runner = TestRunner::new(cases(count));
    let outcome = runner.run(strategy, |case| {
        property(case);
        Ok(())
    });
    if let Err(failed) = outcome {
        panic!("{failed}");
    }
}
