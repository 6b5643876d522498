//! What of a cause would pass now, as its card and its page show it.

use serde::Serialize;

use crate::base::form::{NONE, key_of};
use crate::failed_accounting::causes::fixed::Fixed;
use crate::names::Names;
use crate::web::locale;
use crate::web::state::AppState;
use crate::web::view::{Named, TimeView};

/// A cause that is likely fixed.
#[derive(Serialize)]
pub(super) struct FixedView {
    key: String,
    number: i64,
    count: String,
    amount: String,
    cost: String,
    /// Whether there are more than were looked at.
    is_more: bool,
    models: Vec<Option<Named>>,
    /// The value of the filter where it is one model, so that no other is retried.
    model: Option<String>,
    since: TimeView,
    tested: TimeView,
}

impl FixedView {
    pub(super) fn new(fixed: &Fixed, names: &Names, state: &AppState) -> FixedView {
        let found = &fixed.found;
        let named = |id: &Option<String>| {
            id.as_ref().map(|id| Named { id: id.clone(), name: names.model(Some(id)).map(str::to_owned) })
        };
        let models: Vec<Option<Named>> = found.models.iter().map(named).collect();
        let model = match &*found.models {
            [one] => Some(one.as_deref().map_or_else(|| NONE.to_owned(), |id| key_of(id).into_owned())),
            _ => None,
        };
        FixedView {
            key: fixed.cause_key.clone(),
            number: found.records,
            count: locale::count(found.records),
            amount: found.amount.to_string(),
            cost: found.cost.to_string(),
            is_more: found.is_more,
            models,
            model,
            since: TimeView::new(&state.clock, fixed.since),
            tested: TimeView::new(&state.clock, fixed.tested_at),
        }
    }
}
