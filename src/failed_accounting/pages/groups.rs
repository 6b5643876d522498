//! The list of failures in groups.

use std::collections::HashMap;

use super::context::address;
use crate::base::grouping::{Dimension, Group, Grouping};
use crate::causes::titles;
use crate::db::DbConnection;
use crate::error::Result;
use crate::failed_accounting::condition::Search;
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::list::grouped;
use crate::failed_accounting::list::totals::Known;
use crate::names::Names;
use crate::web::groups::{GroupTable, Grouped, Label};
use crate::web::locale::{self, Language};

/// The most records that are grouped unasked, which takes some tenths of a second.
pub(super) const GROUPED_ROWS: i64 = 100_000;

/// The groups of a filter.
pub(super) struct Found {
    grouping: Grouping,
    pub groups: Vec<Group>,
    titles: HashMap<String, String>,
}

impl Found {
    /// The groups of a filter by that, however long it takes.
    pub(super) fn read(
        connection: &mut DbConnection,
        filter: &Filter,
        search: &Search,
        grouping: Grouping,
    ) -> Result<Found> {
        let groups = grouped::of(connection, filter, search, grouping)?;
        let titles = grouped::titles(connection, grouping, &groups)?;
        Ok(Found { grouping, groups, titles })
    }
}

/// The groups that a filter asks for, where they can be added up in time, or at whatever price.
pub(super) fn find(
    connection: &mut DbConnection,
    filter: &Filter,
    search: &Search,
    known: &Known,
    exact: bool,
) -> Result<Option<Found>> {
    let is_in_time = matches!(known, Known::Exactly(totals) if exact || totals.count <= GROUPED_ROWS);
    let Some(grouping) = filter.group.filter(|_| is_in_time) else { return Ok(None) };
    Found::read(connection, filter, search, grouping).map(Some)
}

/// The table of the groups of a filter; `ordered` is the page with them in another order.
pub(super) fn table(
    filter: &Filter,
    found: &Found,
    words: &Words<'_>,
    ordered: &dyn Fn(&Filter) -> String,
) -> GroupTable {
    let Words { names, language, exact } = *words;
    let list_link = |filter: &Filter| address(filter).exactly_if(exact).link();
    let label = |dimension, key: Option<&str>| match (dimension, key) {
        (Dimension::Cause, Some(key)) => {
            let title = found.titles.get(key).map(String::as_str);
            Label::words(titles::in_words(key, title, &locale::word(language)))
        }
        _ => Label::new(dimension, key, names, language),
    };
    let rows = Filter { group: None, group_sort: None, ..filter.clone() };
    let list = |group: Option<&Group>| match group {
        Some(group) => list_link(&grouped::filter_of(filter, found.grouping, group)),
        None => list_link(&rows),
    };
    Grouped {
        grouping: found.grouping,
        order: filter.group_sort.unwrap_or(found.grouping.order()),
        label: &label,
        list: &list,
        ordered: &|order| ordered(&Filter { group_sort: Some(order), ..filter.clone() }),
    }
    .table(&found.groups)
}

/// In what words groups are told.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    pub names: &'a Names,
    pub language: Language,
    /// Whether exact counts were asked for, which the lists of the groups keep.
    pub exact: bool,
}

/// The list in groups by that, or row by row.
pub(super) fn grouped_by(filter: &Filter, group: Option<Grouping>, exact: bool) -> String {
    address(&Filter { group, group_sort: None, ..filter.clone() }).exactly_if(exact).link()
}
