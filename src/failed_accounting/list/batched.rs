//! The failures of a batch, and what became of them there.

use diesel::dsl::sql;
use diesel::sql_types::{Bool, Nullable, Text};

use super::condition::Condition;
use crate::causes::cause::UNSORTED;

/// What became of a row of a batch; the first four of its retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchOutcome {
    /// Its usage was accounted.
    Accounted,
    FailedAgain,
    /// Asked for, and the outcome is not known yet.
    Waiting,
    /// Taken back; or the usage was changed, archived, or went away.
    Ended,
    /// Nothing was asked for.
    NotDone,
    /// Not the rows themselves: the failures that followed where the retry failed again.
    New,
    /// Whatever became of it: its cause was not told yet when the batch was frozen.
    Unsorted,
}

impl BatchOutcome {
    pub const ALL: [BatchOutcome; 7] = [
        BatchOutcome::Accounted,
        BatchOutcome::FailedAgain,
        BatchOutcome::Waiting,
        BatchOutcome::Ended,
        BatchOutcome::NotDone,
        BatchOutcome::New,
        BatchOutcome::Unsorted,
    ];

    /// As in the query of the list; the first and the fourth also as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            BatchOutcome::Accounted => "accounted",
            BatchOutcome::FailedAgain => "failed_again",
            BatchOutcome::Waiting => "waiting",
            BatchOutcome::Ended => "ended",
            BatchOutcome::NotDone => "not_done",
            BatchOutcome::New => "new",
            BatchOutcome::Unsorted => "unsorted",
        }
    }

    /// The outcome of that name.
    pub fn parse(text: &str) -> Option<BatchOutcome> {
        BatchOutcome::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }
}

/// The rows that were frozen for a batch, whatever became of them, or those of one outcome.
pub(in crate::failed_accounting) fn condition(batch: &str, outcome: Option<BatchOutcome>) -> Condition {
    const DONE: &str = "id IN (SELECT i.failed_id FROM batch_outcome o JOIN batch_item i ON i.batch_id = o.batch_id \
                        AND i.number = o.number WHERE o.phase = 'run' AND o.is_done";
    let (before, after) = match outcome {
        None => ("id IN (SELECT failed_id FROM batch_item WHERE batch_id = ".to_owned(), ")"),
        Some(BatchOutcome::NotDone) => (
            "id IN (SELECT i.failed_id FROM batch_item i WHERE NOT EXISTS (SELECT 1 FROM batch_outcome o \
             WHERE o.batch_id = i.batch_id AND o.phase = 'run' AND o.number = i.number AND o.is_done) \
             AND i.batch_id = "
                .to_owned(),
            ")",
        ),
        Some(BatchOutcome::New) => (
            "id IN (SELECT o.new_failure_id FROM batch_outcome o WHERE o.phase = 'run' \
             AND o.new_failure_id IS NOT NULL AND o.batch_id = "
                .to_owned(),
            ")",
        ),
        Some(BatchOutcome::Unsorted) => {
            ("id IN (SELECT failed_id FROM batch_item WHERE cause IS NULL AND batch_id = ".to_owned(), ")")
        }
        // Only a retry has an outcome that comes later.
        Some(BatchOutcome::Waiting) => (
            format!(
                "{DONE} AND o.ended_as IS NULL AND EXISTS (SELECT 1 FROM batch b WHERE b.id = o.batch_id \
                 AND b.awaits_outcome) AND o.batch_id = "
            ),
            ")",
        ),
        Some(outcome) => (format!("{DONE} AND o.ended_as = '{}' AND o.batch_id = ", outcome.as_str()), ")"),
    };
    Box::new(sql::<Nullable<Bool>>(&before).bind::<Text, _>(batch.to_owned()).sql(after))
}

/// The rows that had that cause when they were frozen for a batch.
pub(in crate::failed_accounting) fn of_cause(batch: &str, cause: &str) -> Condition {
    let start = "id IN (SELECT failed_id FROM batch_item WHERE batch_id = ";
    let of_batch = sql::<Nullable<Bool>>(start).bind::<Text, _>(batch.to_owned());
    match cause {
        UNSORTED => Box::new(of_batch.sql(" AND cause IS NULL)")),
        key => Box::new(of_batch.sql(" AND cause = ").bind::<Text, _>(key.to_owned()).sql(")")),
    }
}
