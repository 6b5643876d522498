//! The whole list of a filter, record by record in its order, at any size in constant memory.
//!
//! The walk is the one of the pages, without their limits: a text search looks through every row. To be
//! called once in one snapshot, so that no row comes twice or is missed.

use std::cmp::Ordering;
use std::collections::VecDeque;

use diesel::prelude::*;

use super::SEARCHED_ROWS;
use super::{Listed, Reach, Records, cursor_of, order_of};
use crate::base::foreign;
use crate::base::paging::{Cursor, Key, order_of_numbers};
use crate::db::DbConnection;
use crate::db::schema::llmusage_accounting_failed as failed;
use crate::db::walk::{List, Place, Stretch, stretches};
use crate::error::Result;
use crate::failed_accounting::branches;
use crate::failed_accounting::condition::Search;
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::route;

/// Rows that are fetched at once: few at first and where reasons are long, more as long as they are short.
const FEWEST_ROWS: i64 = 50;
const MOST_ROWS: i64 = 2_000;
/// About this many bytes of text are held at once.
const CHUNK_BYTES: usize = 2 * 1024 * 1024;

/// Ids that are sorted at once where no index has them in order: each time costs a pass over the filter's rows.
const SORTED_IDS: i64 = 50_000;

/// What is done with each record; it may ask the database, too.
pub type Visit<'a> = &'a mut dyn FnMut(&mut DbConnection, &FailedRecord) -> Result<()>;

/// Gives each record of the filter to `visit`, in the filter's order.
pub fn each(connection: &mut DbConnection, filter: &Filter, search: &Search, visit: Visit<'_>) -> Result<()> {
    let engine = connection.engine();
    let route = route::to_whole(connection, filter, search, filter.sort)?;
    let records = Records { engine, filter, search, route, reach: Reach::Searched(SEARCHED_ROWS) };
    for stretch in stretches(engine, order_of(filter.sort), None) {
        if route.is_in_order() {
            records.each_in_order(connection, &stretch, visit)?;
        } else {
            records.each_by_id(connection, stretch, visit)?;
        }
    }
    Ok(())
}

/// One branch of the list that an index has in order: what was fetched of it and not yet given away.
struct Strand {
    part: Stretch,
    branch: usize,
    rows: VecDeque<Listed>,
    last: Option<Cursor>,
    limit: i64,
    ended: bool,
}

impl Strand {
    fn new(part: Stretch, branch: usize) -> Strand {
        Strand { part, branch, rows: VecDeque::new(), last: None, limit: FEWEST_ROWS, ended: false }
    }
}

impl Records<'_> {
    /// Merges the branches, each of which an index has in order.
    fn each_in_order(
        &self,
        connection: &mut DbConnection,
        stretch: &Stretch,
        visit: Visit<'_>,
    ) -> Result<()> {
        let branches = branches::of(self.engine, self.filter, self.search, self.route).len();
        let parts = stretch
            .parts()
            .into_iter()
            .flat_map(|part| (0..branches).map(move |branch| (part.clone(), branch)));
        let strand = |(part, branch)| Strand::new(part, branch);
        let mut strands: Vec<Strand> = parts.map(strand).collect();
        loop {
            for strand in strands.iter_mut().filter(|strand| strand.rows.is_empty() && !strand.ended) {
                self.fetch(connection, strand)?;
            }
            let ahead = strands.iter_mut().filter(|strand| !strand.rows.is_empty());
            let next = ahead.min_by(|left, right| match (left.rows.front(), right.rows.front()) {
                (Some(left), Some(right)) => self.order_of(&left.cursor, &right.cursor),
                _ => Ordering::Equal,
            });
            match next.and_then(|strand| strand.rows.pop_front()) {
                Some(row) => visit(connection, &row.record)?,
                None => return Ok(()),
            }
        }
    }

    fn order_of(&self, left: &Cursor, right: &Cursor) -> Ordering {
        let keys = match (&left.key, &right.key) {
            (Key::Time(left), Key::Time(right)) => left.cmp(right),
            // As the databases compare: zeros of either sign are one value.
            (Key::Number(left), Key::Number(right)) => order_of_numbers(left, right),
            (Key::Odd(left), Key::Odd(right)) => left.order(right),
            _ => Ordering::Equal,
        };
        let order = keys.then_with(|| foreign::order(&left.id, &right.id));
        if self.filter.sort.descending { order.reverse() } else { order }
    }

    fn fetch(&self, connection: &mut DbConnection, strand: &mut Strand) -> Result<()> {
        let stretch = Stretch { from: strand.last.clone(), ..strand.part.clone() };
        let (time, number) = stretch.order.keys(self.engine);
        let order = stretch.order.sql(self.engine, stretch.part, true);
        let branches = branches::of(self.engine, self.filter, self.search, self.route);
        let branch = branches.into_iter().nth(strand.branch);
        let mut query = failed::table
            .select((FailedRecord::as_select(), (failed::id, time, number)))
            .filter(stretch)
            .into_boxed();
        for condition in branch.into_iter().flatten() {
            query = query.filter(condition);
        }
        let rows: Vec<(FailedRecord, Place)> = query.order(order).limit(strand.limit).load(connection)?;
        strand.ended = (rows.len() as i64) < strand.limit;
        strand.limit = next_limit(strand.limit, rows.iter().map(|(record, _)| weight(record)).sum());
        strand.rows = rows.into_iter().map(|(record, place)| self.listed(record, place)).collect();
        strand.last = strand.rows.back().map(|row| row.cursor.clone());
        Ok(())
    }

    /// Sorts ids first, then fetches their rows: the filter leads to its rows by another index than the order's.
    fn each_by_id(
        &self,
        connection: &mut DbConnection,
        mut stretch: Stretch,
        visit: Visit<'_>,
    ) -> Result<()> {
        loop {
            let mut ids = VecDeque::from(self.ids(connection, &stretch, SORTED_IDS)?);
            let Some(last) = ids.back().cloned().filter(|_| ids.len() as i64 == SORTED_IDS) else {
                return self.visit_ids(connection, &stretch, &mut ids, visit);
            };
            self.visit_ids(connection, &stretch, &mut ids, visit)?;
            stretch.from = Some(cursor_of(connection, self.filter.sort, &last)?);
        }
    }

    fn visit_ids(
        &self,
        connection: &mut DbConnection,
        stretch: &Stretch,
        ids: &mut VecDeque<String>,
        visit: Visit<'_>,
    ) -> Result<()> {
        let mut limit = FEWEST_ROWS;
        while !ids.is_empty() {
            let some: Vec<String> = ids.drain(..ids.len().min(limit as usize)).collect();
            let rows = self.rows(connection, stretch, some, limit)?;
            for row in &rows {
                visit(connection, &row.record)?;
            }
            // Beyond some hundred ids a list in a query gains nothing.
            let heavy = rows.iter().map(|row| weight(&row.record)).sum();
            limit = next_limit(limit, heavy).min(MOST_ROWS / 4);
        }
        Ok(())
    }
}

/// How many rows to fetch after so many that weighed so much.
fn next_limit(limit: i64, bytes: usize) -> i64 {
    let longer = if bytes > CHUNK_BYTES { limit / 2 } else { limit * 2 };
    longer.clamp(FEWEST_ROWS, MOST_ROWS)
}

/// About how many bytes of memory a record takes.
fn weight(record: &FailedRecord) -> usize {
    let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    512 + length(&record.failed_reason) + length(&record.handled_note)
}
