//! What a test looks at of a usage.

use crate::usages::usage::Usage;

/// What of a usage decides whether it would be accounted; its stored output, which may be long, is not read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    pub usage_id: String,
    pub status: Option<String>,
    pub usages: Option<String>,
    pub model: Option<String>,
    pub organisation: Option<String>,
}

impl From<&Usage> for Subject {
    fn from(usage: &Usage) -> Subject {
        Subject {
            usage_id: usage.id.clone(),
            status: usage.status.clone(),
            usages: usage.usages.clone(),
            model: usage.llmid.clone(),
            organisation: usage.userorgid.clone(),
        }
    }
}
