//! What the people of the sample noted about a few causes: how to deal with them, and whose they are.

use chrono::{Duration, NaiveDateTime};

use super::reasons::DEADLOCK;
use crate::failed_accounting::causes::note::Standing;

/// A note about the cause of a reason.
pub(super) struct Noted {
    pub reason: &'static str,
    pub at: NaiveDateTime,
    pub by: &'static str,
    pub owner: &'static str,
    pub note: &'static str,
    pub standing: Standing,
}

/// In the order in which they were written; the last one is about a cause that came back since.
pub(super) fn all(now: NaiveDateTime) -> [Noted; 3] {
    [
        Noted {
            reason: "usages is None",
            at: now - Duration::days(80),
            by: "chen.yu",
            owner: "gateway team",
            note: "The model answered without counting tokens. Look the call up at the supplier; where it \
                   was delivered, charge it by hand, else handle it as customer credited.\n\
                   https://wiki.example.com/billing/usages-none",
            standing: Standing::Known,
        },
        Noted {
            reason: DEADLOCK,
            at: now - Duration::days(75),
            by: "li.wei",
            owner: "database on call",
            note: "Safe to retry: nothing was charged. More than a few at once: ask the database's on-call \
                   person first, a long transaction holds the account table.",
            standing: Standing::Known,
        },
        Noted {
            reason: "账户余额不够",
            at: now - Duration::days(45),
            by: "sofia",
            owner: "客户成功团队",
            note: "预付费客户改为先冻结余额后，应不再出现。若再出现，请通知客户成功团队。",
            standing: Standing::Closed,
        },
    ]
}
