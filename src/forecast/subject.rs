//! What a test looks at of a usage.

use chrono::{NaiveDate, NaiveDateTime};

use crate::usages::usage::Usage;

/// What of a usage decides whether it would be accounted; its stored output, which may be long, is not read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    pub usage_id: String,
    pub status: Option<String>,
    pub usages: Option<String>,
    pub model: Option<String>,
    pub organisation: Option<String>,
    pub user: Option<String>,
    pub use_date: Option<NaiveDate>,
    pub use_time: Option<NaiveDateTime>,
}

impl From<&Usage> for Subject {
    fn from(usage: &Usage) -> Subject {
        Subject {
            usage_id: usage.id.clone(),
            status: usage.status.clone(),
            usages: usage.usages.clone(),
            model: usage.llmid.clone(),
            organisation: usage.userorgid.clone(),
            user: usage.userid.clone(),
            use_date: usage.use_date,
            use_time: usage.use_time,
        }
    }
}
