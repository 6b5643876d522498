//! What the templates of several pages show of a usage.

use serde::Serialize;

use crate::base::secrets;
use crate::names::Names;
use crate::usages::filter::{Filter, Shelf};
use crate::usages::usage::Usage;
use crate::web::extract::Visit;
use crate::web::links;
use crate::web::list::Address;
use crate::web::state::AppState;
use crate::web::view::{Named, TimeView};

/// The path of the list.
pub(super) const LIST: &str = "/usages";

/// A usage as rows and heads of pages show it.
#[derive(Debug, Serialize)]
pub(super) struct RowView {
    pub id: String,
    pub link: String,
    pub used: Option<TimeView>,
    pub organisation: Option<Named>,
    pub user: Option<Named>,
    pub model: Option<Named>,
    pub owner: Option<Named>,
    pub amount: Option<String>,
    pub cost: Option<String>,
    pub status: Option<String>,
    pub accounting_status: Option<String>,
    pub taskid: Option<String>,
}

impl RowView {
    pub fn new(usage: &Usage, names: &Names, state: &AppState, filter: &Filter) -> RowView {
        let named = |id: &Option<String>, name: Option<&str>| {
            id.clone().map(|id| Named { id, name: name.map(str::to_owned) })
        };
        RowView {
            link: usage_link(&usage.id, "", filter),
            used: usage.use_time.map(|time| TimeView::new(&state.clock, time)),
            organisation: named(&usage.userorgid, names.organisation(usage.userorgid.as_deref())),
            user: named(&usage.userid, names.user(usage.userid.as_deref())),
            model: named(&usage.llmid, names.model(usage.llmid.as_deref())),
            owner: named(&usage.ownerid, names.organisation(usage.ownerid.as_deref())),
            amount: usage.amount.map(|money| money.to_string()),
            cost: usage.cost.map(|money| money.to_string()),
            status: usage.status.clone(),
            accounting_status: usage.accounting_status.clone(),
            taskid: secrets::masked(usage.taskid.as_deref()),
            id: usage.id.clone(),
        }
    }
}

/// The address of a usage or of one of its actions, within a filter.
pub(super) fn usage_link(id: &str, action: &str, filter: &Filter) -> String {
    let path = format!("{}/{}{action}", filter.shelf.path(), links::segment(id));
    links::with_query(&path, &links::query(&filter.to_pairs()))
}

/// The address of the list with a filter.
pub(super) fn address(filter: &Filter) -> Address {
    Address::new(filter.shelf.path(), filter.to_pairs())
}

/// The link to the list with a filter.
pub(super) fn list_link(filter: &Filter) -> String {
    address(filter).link()
}

/// Which of the two lists a request is about.
pub(super) fn shelf_of(visit: &Visit) -> Shelf {
    match visit.path().starts_with(Shelf::History.path()) {
        true => Shelf::History,
        false => Shelf::Live,
    }
}
