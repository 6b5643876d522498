//! What tests share: a database of their own, rows to put into it.

#![allow(dead_code, reason = "each test binary uses its own part of this")]

pub mod database;
