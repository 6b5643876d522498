//! The whole list of a filter, record by record in its order, at any size in constant memory.
//!
//! The walk is the one of the pages, without their limits: a text search looks through every row. To be
//! called once in one snapshot, so that no row comes twice or is missed.

use std::cmp::Ordering;
use std::collections::VecDeque;

use diesel::prelude::*;

use super::SEARCHED_ROWS;
use super::{Listed, Reach, Records, order_of};
use crate::base::foreign;
use crate::base::paging::{Cursor, Key, order_of_numbers};
use crate::db::schema::llmusage_accounting_failed as failed;
use crate::db::walk::{self, List, Place, Stretch, stretches};
use crate::db::{DbConnection, dialect};
use crate::error::Result;
use crate::failed_accounting::branches;
use crate::failed_accounting::condition::{Condition, Search};
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
    for stretch in stretches(connection, order_of(filter.sort), None)? {
        if route.is_in_order() {
            records.each_in_order(connection, &stretch, visit)?;
        } else {
            records.each_by_id(connection, &stretch, visit)?;
        }
    }
    Ok(())
}

/// One branch of the list, of which rows or their places are had in order: what was fetched of it and not yet given away.
struct Strand<R> {
    part: Stretch,
    branch: usize,
    rows: VecDeque<R>,
    last: Option<Cursor>,
    limit: i64,
    ended: bool,
}

impl<R> Strand<R> {
    fn take(&mut self, rows: VecDeque<R>, last: Option<Cursor>) {
        self.ended = (rows.len() as i64) < self.limit;
        (self.rows, self.last) = (rows, last);
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
        let mut strands: Vec<Strand<Listed>> = self.strands(stretch.parts(), FEWEST_ROWS);
        loop {
            for strand in strands.iter_mut().filter(|strand| strand.rows.is_empty() && !strand.ended) {
                self.fetch(connection, strand)?;
            }
            match self.next(&mut strands, |row| &row.cursor) {
                Some(row) => visit(connection, &row.record)?,
                None => return Ok(()),
            }
        }
    }

    fn strands<R>(&self, parts: Vec<Stretch>, limit: i64) -> Vec<Strand<R>> {
        let branches = branches::of(self.engine, self.filter, self.search, self.route).len();
        let each = parts.into_iter().flat_map(|part| (0..branches).map(move |branch| (part.clone(), branch)));
        each.map(|(part, branch)| Strand {
            part,
            branch,
            rows: VecDeque::new(),
            last: None,
            limit,
            ended: false,
        })
        .collect()
    }

    /// The first of what the strands have.
    fn next<R>(&self, strands: &mut [Strand<R>], cursor: impl Fn(&R) -> &Cursor) -> Option<R> {
        let ahead = strands.iter_mut().filter(|strand| !strand.rows.is_empty());
        let next = ahead.min_by(|left, right| match (left.rows.front(), right.rows.front()) {
            (Some(left), Some(right)) => self.order_of(cursor(left), cursor(right)),
            _ => Ordering::Equal,
        });
        next.and_then(|strand| strand.rows.pop_front())
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

    /// The conditions of a strand behind what was fetched of it.
    fn rest<R>(&self, strand: &Strand<R>) -> (Stretch, Vec<Condition>) {
        let stretch = Stretch { from: strand.last.clone(), ..strand.part.clone() };
        let branches = branches::of(self.engine, self.filter, self.search, self.route);
        let branch = branches.into_iter().nth(strand.branch).unwrap_or_default();
        let conditions = self.led(branch, &stretch);
        (stretch, conditions)
    }

    fn fetch(&self, connection: &mut DbConnection, strand: &mut Strand<Listed>) -> Result<()> {
        let (stretch, conditions) = self.rest(strand);
        let (time, number) = stretch.order.keys(self.engine);
        let place = (failed::id, walk::number_of_nameless(stretch.ids), time, number);
        let mut query = failed::table.select((FailedRecord::as_select(), place)).into_boxed();
        for condition in conditions {
            query = query.filter(condition);
        }
        let query = query.order(stretch.sorted(true)).limit(strand.limit);
        let rows: Vec<(FailedRecord, Place)> = query.load(connection)?;
        let next = next_limit(strand.limit, rows.iter().map(|(record, _)| weight(record)).sum());
        let rows: VecDeque<Listed> =
            rows.into_iter().map(|(record, place)| self.listed(record, place)).collect();
        let last = rows.back().map(|row| row.cursor.clone());
        strand.take(rows, last);
        strand.limit = next;
        Ok(())
    }

    /// Sorts places first, then fetches their rows: the filter leads to its rows by another index than the order's.
    fn each_by_id(&self, connection: &mut DbConnection, stretch: &Stretch, visit: Visit<'_>) -> Result<()> {
        let mut strands: Vec<Strand<Cursor>> = self.strands(stretch.by_ids(), SORTED_IDS);
        let mut limit = FEWEST_ROWS;
        loop {
            let mut ids = Vec::new();
            while (ids.len() as i64) < limit {
                for strand in strands.iter_mut().filter(|strand| strand.rows.is_empty() && !strand.ended) {
                    self.sort(connection, strand)?;
                }
                match self.next(&mut strands, |place| place) {
                    Some(place) => ids.push(place.id),
                    None => break,
                }
            }
            if ids.is_empty() {
                return Ok(());
            }
            let rows = self.rows(connection, stretch, ids, limit)?;
            for row in &rows {
                visit(connection, &row.record)?;
            }
            // Beyond some hundred ids a list in a query gains nothing.
            let heavy = rows.iter().map(|row| weight(&row.record)).sum();
            limit = next_limit(limit, heavy).min(MOST_ROWS / 4);
        }
    }

    fn sort(&self, connection: &mut DbConnection, strand: &mut Strand<Cursor>) -> Result<()> {
        let (stretch, conditions) = self.rest(strand);
        let (time, number) = stretch.order.keys(self.engine);
        let place = (failed::id, walk::number_of_nameless(stretch.ids), time, number);
        let mut query = failed::table.select(place).into_boxed();
        for condition in conditions {
            query = query.filter(condition);
        }
        let query = query.order(stretch.sorted(false)).limit(strand.limit);
        let places: Vec<Place> = dialect::by_index(connection, |connection| Ok(query.load(connection)?))?;
        let cursor = |place| walk::to_cursor(stretch.order, self.filter.sort.name(), place);
        let places: VecDeque<Cursor> = places.into_iter().map(cursor).collect();
        let last = places.back().cloned();
        strand.take(places, last);
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
