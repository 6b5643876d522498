//! What SQLite alone needs: its write-ahead log, the thread that checkpoints it, and functions of ours in its SQL.

pub(super) mod checkpointer;
#[cfg(feature = "sqlite")]
pub(super) mod functions;
pub(super) mod wal;
