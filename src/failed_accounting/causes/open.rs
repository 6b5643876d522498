//! Which causes have open failures: from the totals that are kept, else by a seek for each.

use std::collections::HashMap;

use super::groups;
use crate::base::paging::Position;
use crate::causes::family::Family;
use crate::causes::store as causes;
use crate::db::DbConnection;
use crate::error::Result;
use crate::failed_accounting::condition::Search;
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::list;

/// Whether any failure of a cause is open.
pub fn is_open(connection: &mut DbConnection, key: &str) -> Result<bool> {
    let filter = Filter { cause: Some(key.to_owned()), ..Filter::default() };
    Ok(!list::rows(connection, &filter, &Search::Nothing, &Position::Start, 1)?.rows.is_empty())
}

/// The causes of these families that have open failures; where totals are kept, the most money first.
pub(super) fn of_families(
    connection: &mut DbConnection,
    families: &[Family],
) -> Result<Vec<(String, Family)>> {
    let Some(kept) = groups::kept_by_cause(connection, &Filter::default(), &Search::Nothing)? else {
        return sought(connection, families);
    };
    let keys: Vec<String> = kept.into_iter().map(|group| group.key).collect();
    let known = causes::of_keys(connection, keys.clone())?;
    let of: HashMap<String, Family> =
        known.into_iter().map(|cause| (cause.cause_key.clone(), cause.family())).collect();
    let found = keys.into_iter().filter_map(|key| of.get(&key).map(|family| (key.clone(), *family)));
    Ok(found.filter(|(_, family)| families.contains(family)).collect())
}

fn sought(connection: &mut DbConnection, families: &[Family]) -> Result<Vec<(String, Family)>> {
    let mut found = Vec::new();
    for (key, name) in causes::names(connection)? {
        if families.contains(&name.family) && is_open(connection, &key)? {
            found.push((key, name.family));
        }
    }
    Ok(found)
}
