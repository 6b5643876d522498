//! Saved views of the list: a filter with its order under a name, private or shared, one of them a person's default.
//!
//! A view keeps the keys and values as they were, so that what a later version does not know is told, not lost.

pub mod form;
pub mod store;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::base::form::Fields;
use crate::db::DbBackend;
use crate::db::schema::saved_view;
use crate::failed_accounting::filter::{Filter, KEYS};

/// A row of `saved_view`.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = saved_view, check_for_backend(DbBackend))]
pub struct View {
    pub id: String,
    pub owner: String,
    pub name: String,
    /// Keys and values as JSON.
    pub query: String,
    pub is_shared: bool,
    /// Counts the changes, so that two of them do not meet unseen.
    pub version: i32,
    pub created_at: NaiveDateTime,
}

impl View {
    /// The keys and values of the filter.
    pub fn pairs(&self) -> Vec<(String, String)> {
        serde_json::from_str(&self.query).unwrap_or_default()
    }

    /// The filter, as far as it can be read.
    pub fn filter(&self) -> Filter {
        Filter::parse(&Fields::new(self.pairs())).0
    }

    /// The keys that the list does not know any more.
    pub fn unknown(&self) -> Vec<String> {
        let pairs = self.pairs().into_iter().map(|(key, _)| key);
        pairs.filter(|key| !KEYS.contains(&key.as_str())).collect()
    }

    /// Whether that person may open it.
    pub fn is_visible_to(&self, person: &str) -> bool {
        self.is_shared || self.owner == person
    }
}
