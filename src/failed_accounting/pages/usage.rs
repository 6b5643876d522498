//! The usage on a failure's page: live, archived or gone, with its tokens.

use serde::Serialize;
use serde_json::Value;

use crate::usages::usage::{Usage, Whereabouts};
use crate::web::state::AppState;
use crate::web::view::TimeView;

#[derive(Serialize)]
pub(super) struct UsageView {
    pub id: String,
    pub found: bool,
    pub archived: Option<TimeView>,
    pub is_archived: bool,
    pub status: Option<String>,
    pub accounting_status: Option<String>,
    pub amount: Option<String>,
    pub cost: Option<String>,
    pub tokens: Vec<(String, String)>,
    pub use_time: Option<TimeView>,
}

pub(super) fn usage_view(state: &AppState, id: String, found: Option<&(Usage, Whereabouts)>) -> UsageView {
    let usage = found.map(|(usage, _)| usage);
    let archived = match found {
        Some((_, Whereabouts::Archived { backup_time })) => Some(*backup_time),
        _ => None,
    };
    UsageView {
        id,
        found: usage.is_some(),
        is_archived: archived.is_some(),
        archived: archived.flatten().map(|time| TimeView::new(&state.clock, time)),
        status: usage.and_then(|usage| usage.status.clone()),
        accounting_status: usage.and_then(|usage| usage.accounting_status.clone()),
        amount: usage.and_then(|usage| usage.amount).map(|money| money.to_string()),
        cost: usage.and_then(|usage| usage.cost).map(|money| money.to_string()),
        tokens: usage.and_then(|usage| usage.usages.as_deref()).map(tokens).unwrap_or_default(),
        use_time: usage.and_then(|usage| usage.use_time).map(|time| TimeView::new(&state.clock, time)),
    }
}

/// The counts of a `usages` JSON object; whatever else it holds shows nothing.
fn tokens(usages: &str) -> Vec<(String, String)> {
    let Ok(Value::Object(counts)) = serde_json::from_str::<Value>(usages) else { return Vec::new() };
    let counts = counts.into_iter().filter(|(_, count)| count.is_number());
    counts.map(|(name, count)| (name, count.to_string())).take(12).collect()
}
