//! Which causes are likely fixed: what the job that tests them ([`super::tester`]) found last. Nothing but that job writes it.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::open;
use crate::base::money::{Money, MoneySum};
use crate::causes::titles::Titles;
use crate::db::DbConnection;
use crate::db::schema::likely_fixed::{self, dsl};
use crate::error::{Error, Result};

/// What of a cause would pass.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Found {
    pub records: i64,
    pub amount: MoneySum,
    pub cost: MoneySum,
    /// The models of which it holds; none for failures without a model.
    pub models: Vec<Option<String>>,
    /// Whether there is more than was looked at.
    pub is_more: bool,
}

impl Found {
    pub(super) fn add(&mut self, amount: Option<Money>, cost: Option<Money>) {
        self.records += 1;
        self.amount = self.amount + amount.unwrap_or_default().into();
        self.cost = self.cost + cost.unwrap_or_default().into();
    }

    /// Whether it holds of that model; empty for failures without one.
    pub(super) fn is_of(&self, model: &str) -> bool {
        self.models.iter().any(|known| known.as_deref().unwrap_or_default() == model)
    }
}

/// A cause that is likely fixed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    pub cause_key: String,
    /// When its failures began to pass, in the business zone.
    pub since: NaiveDateTime,
    pub tested_at: NaiveDateTime,
    pub found: Found,
}

/// All of them together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Total {
    pub records: i64,
    pub amount: MoneySum,
    /// The causes with their titles, the most money first.
    pub causes: Vec<(String, String)>,
}

type Row = (String, NaiveDateTime, NaiveDateTime, String);

/// All causes that are likely fixed.
pub fn list(connection: &mut DbConnection) -> Result<Vec<Fixed>> {
    let rows: Vec<Row> = likely_fixed::table.order(dsl::cause_key).load(connection)?;
    rows.into_iter().map(read).collect()
}

/// Those of these causes that are likely fixed, by their keys.
pub fn of_keys(connection: &mut DbConnection, keys: &[String]) -> Result<HashMap<String, Fixed>> {
    let rows: Vec<Row> = likely_fixed::table.filter(dsl::cause_key.eq_any(keys.to_vec())).load(connection)?;
    let fixed = rows.into_iter().map(|row| read(row).map(|fixed| (fixed.cause_key.clone(), fixed)));
    fixed.collect()
}

fn read((cause_key, since, tested_at, found): Row) -> Result<Fixed> {
    let found = serde_json::from_str(&found).map_err(Error::internal)?;
    Ok(Fixed { cause_key, since, tested_at, found })
}

/// What is likely fixed, of all causes together that have open failures.
pub fn total(connection: &mut DbConnection) -> Result<Total> {
    let mut fixed = Vec::new();
    for one in list(connection)? {
        // Its failures may be settled since the last test.
        if open::is_open(connection, &one.cause_key)? {
            fixed.push(one);
        }
    }
    fixed.sort_by_key(|one| std::cmp::Reverse((one.found.amount, one.found.records)));
    let keys = fixed.iter().map(|one| one.cause_key.clone()).collect();
    let titles = Titles::read(connection, keys)?;
    let mut total = Total::default();
    for Fixed { cause_key, found, .. } in fixed {
        total.records += found.records;
        total.amount = total.amount + found.amount;
        let title = titles.of(&cause_key, &|_| None);
        total.causes.push((cause_key, title));
    }
    Ok(total)
}

/// Writes what was found of a cause; nothing where nothing of it would pass.
pub(super) fn note(
    connection: &mut DbConnection,
    cause_key: &str,
    found: Option<&Found>,
    now: NaiveDateTime,
) -> Result<()> {
    let row = || likely_fixed::table.filter(dsl::cause_key.eq(cause_key.to_owned()));
    let Some(found) = found else {
        diesel::delete(row()).execute(connection)?;
        return Ok(());
    };
    let found = serde_json::to_string(found).map_err(Error::internal)?;
    let changes = (dsl::tested_at.eq(now), dsl::found.eq(found.clone()));
    // MariaDB counts no row whose values stay; the same time and find again change nothing either way.
    let is_there = row().select(dsl::cause_key).first::<String>(connection).optional()?.is_some();
    if is_there {
        diesel::update(row()).set(changes).execute(connection)?;
        return Ok(());
    }
    let new = (
        dsl::cause_key.eq(cause_key.to_owned()),
        dsl::since.eq(now),
        dsl::tested_at.eq(now),
        dsl::found.eq(found),
    );
    diesel::insert_into(likely_fixed::table).values(new).execute(connection)?;
    Ok(())
}
