//! The money of a filter by day, model, organisation and cause, and by what else it is grouped by: the same condition as
//! the list, the same exact sums.

use std::collections::HashMap;

use super::condition;
use super::filter::Filter;
use super::grouped;
use super::totals::{self, Totals};
use crate::base::grouping::{Dimension, Group, Grouping};
use crate::db::DbConnection;
use crate::error::Result;

/// A filter's totals, whole and in groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    pub totals: Totals,
    /// By the day of use, oldest first; without a key what has no day that a filter takes.
    pub by_day: Vec<Group>,
    /// By model, most money first; so the others.
    pub by_model: Vec<Group>,
    pub by_organisation: Vec<Group>,
    /// By cause; without a key those that were not sorted yet.
    pub by_cause: Vec<Group>,
    /// By what the filter is grouped by, in its order of groups.
    pub groups: Vec<Group>,
    /// What the causes say, by key.
    pub titles: HashMap<String, String>,
}

/// Sums a filter up; all of it from one snapshot.
pub fn of(connection: &mut DbConnection, filter: &Filter) -> Result<Summary> {
    let search = condition::plan_search(connection, filter)?;
    let whole = Filter { group: None, group_sort: None, ..filter.clone() };
    let by_cause = Grouping::new(Dimension::Cause, None);
    let mut by = |grouping| grouped::all(connection, &whole, &search, grouping);
    let [by_day, by_model, by_organisation] =
        [Dimension::Day, Dimension::Model, Dimension::Organisation].map(|one| by(Grouping::new(one, None)));
    let causes = by(by_cause)?;
    Ok(Summary {
        by_day: by_day?,
        by_model: by_model?,
        by_organisation: by_organisation?,
        titles: grouped::titles(connection, by_cause, &causes)?,
        by_cause: causes,
        groups: match filter.group {
            Some(grouping) => grouped::of(connection, filter, &search, grouping)?,
            None => Vec::new(),
        },
        totals: totals::exact(connection, filter, &search)?,
    })
}
