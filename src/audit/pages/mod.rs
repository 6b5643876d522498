//! What pages show of the audit trail.

pub mod timeline;
