//! What the page of the list asks the database, in one snapshot.

use std::collections::HashMap;

use super::causes::top_groups;
use super::groups;
use crate::base::paging::Position;
use crate::causes::store::{self as causes, KnownCause};
use crate::check::adopted;
use crate::error::Result;
use crate::failed_accounting::causes::groups::Group;
use crate::failed_accounting::condition;
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::list::tabs::{self, TabCounts};
use crate::failed_accounting::list::totals::{self, Known};
use crate::failed_accounting::list::{self, Listing};
use crate::failed_accounting::store;

/// What the database says to a list request.
pub(super) struct Found {
    pub listing: Listing,
    /// How many failures the usages of the rows have.
    pub counts: HashMap<String, i64>,
    pub known: Known,
    pub tabs: TabCounts,
    pub last: Option<FailedRecord>,
    pub is_empty: bool,
    pub cause: Option<KnownCause>,
    pub top: Vec<Group>,
    pub groups: Option<groups::Found>,
    pub known_causes: Vec<KnownCause>,
    pub adopted: Vec<adopted::Adopted>,
}

/// The answer of one snapshot.
pub(super) fn find(
    connection: &mut crate::db::DbConnection,
    filter: &Filter,
    position: &Position,
    exact: bool,
) -> Result<Found> {
    let search = condition::plan_search(connection, filter)?;
    let listing = match filter.group {
        None => list::page(connection, filter, &search, position)?,
        Some(_) => Listing::nothing(),
    };
    let known = if exact {
        Known::Exactly(totals::exact(connection, filter, &search)?)
    } else {
        totals::known(connection, filter, &search)?
    };
    let tabs = tabs::of_tabs(connection, filter, &search)?;
    let is_empty = listing.rows.is_empty();
    let usages = listing.rows.iter().filter_map(|row| row.record.llmusageid.clone());
    let counts = store::count_of_usages(connection, usages.collect())?;
    let cause = match filter.titled_cause() {
        Some(key) => causes::lookup(connection, key)?,
        None => None,
    };
    let groups = groups::find(connection, filter, &search, &known, exact)?;
    let top = match filter.group {
        None => top_groups(connection, filter, &search, &known)?,
        Some(_) => Vec::new(),
    };
    let keys = top.iter().map(|group| group.key.clone()).collect();
    Ok(Found {
        known_causes: causes::of_keys(connection, keys)?,
        adopted: if filter.tab() == "open" { adopted::last(connection)? } else { Vec::new() },
        top,
        groups,
        cause,
        last: if is_empty { list::last_failure(connection)? } else { None },
        is_empty: is_empty && list::is_empty(connection)?,
        listing,
        counts,
        known,
        tabs,
    })
}
