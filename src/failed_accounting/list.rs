//! One page of the list: a walk by key that neither repeats nor loses a row.
//!
//! Rows with a sort value and rows with NULL are two stretches, each a seek of its own, so that all
//! databases agree on where NULL stands: last when descending.

pub mod chunks;

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Double, Nullable, Text};

use super::condition::{self, Condition, Search};
use super::failure::FailedRecord;
use super::filter::{Filter, Sort};
use super::route::{self, Route, Way};
use crate::base::form::Message;
use crate::base::paging::{Cursor, Key, Position};
use crate::db::dialect::{self, Kind};
use crate::db::schema::llmusage_accounting_failed::{self as failed, dsl};
use crate::db::{DbBackend, DbConnection, Engine};
use crate::error::{Error, Result};

/// How many rows of a filter a search without an index looks through for one page.
pub const SEARCHED_ROWS: i64 = 20_000;

const TABLE: &str = "llmusage_accounting_failed";

/// A record with its place in the list.
#[derive(Debug, Clone)]
pub struct Listed {
    pub record: FailedRecord,
    pub cursor: Cursor,
}

/// One page of the list.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    pub rows: Vec<Listed>,
    pub has_previous: bool,
    pub has_next: bool,
    /// Set where a search stopped after [`SEARCHED_ROWS`] rows: where to go on, in the same direction.
    pub go_on: Option<Position>,
}

/// A stretch of the list: the rows with a sort value, or those without, from a bound on.
struct Stretch<'a> {
    nulls: bool,
    from: Option<&'a Cursor>,
}

type IdQuery = failed::BoxedQuery<'static, DbBackend, Text>;

#[derive(Clone, Copy)]
struct Walk<'a> {
    engine: Engine,
    filter: &'a Filter,
    search: &'a Search,
    sort: Sort,
    /// The direction of this walk; against the list's own when going to newer rows.
    descending: bool,
    route: Route,
    /// How many rows a search without an index looks through.
    searched: i64,
}

/// Reads the page of that filter at that position.
///
/// # Errors
/// [`Error::Invalid`] for a cursor that no row of this database can have.
pub fn page(
    connection: &mut DbConnection,
    filter: &Filter,
    search: &Search,
    position: &Position,
) -> Result<Listing> {
    rows(connection, filter, search, position, filter.rows_per_page() as usize)
}

/// As [`page`], with a number of rows of one's own.
pub fn rows(
    connection: &mut DbConnection,
    filter: &Filter,
    search: &Search,
    position: &Position,
    limit: usize,
) -> Result<Listing> {
    rows_within(connection, (filter, search), position, limit, SEARCHED_ROWS)
}

/// As [`rows`], where a search without an index looks through `searched` rows, at least 2.
pub fn rows_within(
    connection: &mut DbConnection,
    (filter, search): (&Filter, &Search),
    position: &Position,
    limit: usize,
    searched: i64,
) -> Result<Listing> {
    let (from, backwards) = match position {
        Position::Start => (None, false),
        Position::After(cursor) => (Some(cursor), false),
        Position::Before(cursor) => (Some(cursor), true),
    };
    let engine = connection.engine();
    if from.is_some_and(|cursor| !dialect::is_key(engine, &cursor.key)) {
        let field = if backwards { "before" } else { "after" };
        return Err(Error::invalid(field, Message::new("error-cursor")));
    }
    let descending = filter.sort.descending != backwards;
    let walk = |route| Walk { engine, filter, search, sort: filter.sort, descending, route, searched };
    let (mut rows, go_on) = match route::to_page(connection, filter, search, filter.sort)? {
        Way::Straight(route) => walk(route).collect(connection, from, limit + 1)?,
        Way::Try(route, entries, other) => {
            match walk(route).collect_within(connection, from, limit + 1, entries)? {
                Some(rows) => (rows, None),
                None => walk(other).collect(connection, from, limit + 1)?,
            }
        }
    };
    let more = rows.len() > limit;
    rows.truncate(limit);
    if backwards {
        rows.reverse();
    }
    Ok(Listing {
        has_previous: if backwards { more || go_on.is_some() } else { from.is_some() },
        has_next: if backwards { true } else { more },
        rows,
        go_on: go_on.filter(|_| !more).map(if backwards { Position::Before } else { Position::After }),
    })
}

/// The place of a record in the list of that sort.
pub fn cursor_of(connection: &mut DbConnection, sort: Sort, id: &str) -> Result<Cursor> {
    let keys = key_select(connection.engine(), sort);
    let place: Place = failed::table.filter(dsl::id.eq(id.to_owned())).select(keys).first(connection)?;
    Ok(to_cursor(sort, place))
}

type Place = (String, Option<String>, Option<f64>);
type KeySelect = (dsl::id, SqlLiteral<Nullable<Text>>, SqlLiteral<Nullable<Double>>);

fn key_select(engine: Engine, sort: Sort) -> KeySelect {
    let column = sort.column.name();
    if sort.column.is_time() {
        (dsl::id, sql(&dialect::time_text(engine, column)), sql("NULL"))
    } else {
        (dsl::id, sql("NULL"), sql(column))
    }
}

fn to_cursor(sort: Sort, (id, time, number): Place) -> Cursor {
    let key = match (time, number) {
        (Some(time), _) => Key::Time(time),
        (None, Some(number)) => Key::Number(number),
        (None, None) => Key::Null,
    };
    Cursor { key, id, sort: sort.name() }
}

impl Walk<'_> {
    /// Up to `limit` rows in the direction of the walk; and where a search stopped, if it did.
    fn collect(
        &self,
        connection: &mut DbConnection,
        from: Option<&Cursor>,
        limit: usize,
    ) -> Result<(Vec<Listed>, Option<Cursor>)> {
        let mut rows = Vec::new();
        for stretch in self.stretches(from) {
            let until = match self.search {
                Search::Scan => {
                    let without_text = Filter { q: None, ..self.filter.clone() };
                    let whole = Walk { filter: &without_text, search: &Search::Nothing, ..*self };
                    whole.place_after(connection, &stretch)?
                }
                _ => None,
            };
            let wanted = (limit - rows.len()) as i64;
            let ids = self.ids(connection, &stretch, until.as_ref(), wanted)?;
            rows.extend(self.load(connection, &stretch, ids, wanted)?);
            if rows.len() >= limit || until.is_some() {
                return Ok((rows, until));
            }
        }
        Ok((rows, None))
    }

    /// As [`Walk::collect`], but gives up after so many entries of the tab with too few rows.
    fn collect_within(
        &self,
        connection: &mut DbConnection,
        from: Option<&Cursor>,
        limit: usize,
        entries: i64,
    ) -> Result<Option<Vec<Listed>>> {
        let tab = Filter { sort: self.sort, ..Filter::default().on_tab(self.filter.handled) };
        let whole = Walk { filter: &tab, search: &Search::Nothing, searched: entries, ..*self };
        let mut rows = Vec::new();
        for stretch in self.stretches(from) {
            let until = whole.place_after(connection, &stretch)?;
            let wanted = (limit - rows.len()) as i64;
            let ids = self.ids(connection, &stretch, until.as_ref(), wanted)?;
            rows.extend(self.load(connection, &stretch, ids, wanted)?);
            if rows.len() >= limit {
                break;
            }
            if until.is_some() {
                return Ok(None);
            }
        }
        Ok(Some(rows))
    }

    fn stretches<'a>(&self, from: Option<&'a Cursor>) -> Vec<Stretch<'a>> {
        let on_null = from.is_some_and(|cursor| cursor.key == Key::Null);
        let bound = |nulls: bool| Stretch { nulls, from: from.filter(|_| nulls == on_null) };
        match (from.is_some(), on_null, self.descending) {
            (true, true, true) => vec![bound(true)],
            (true, false, false) => vec![bound(false)],
            (_, _, true) => vec![bound(false), bound(true)],
            (_, _, false) => vec![bound(true), bound(false)],
        }
    }

    /// The conditions of a stretch, from its bound on and, in a search, until where it stops.
    fn within(&self, stretch: &Stretch<'_>, until: Option<&Cursor>) -> Vec<Condition> {
        let column = self.sort.column.name();
        let null = if stretch.nulls { "IS NULL" } else { "IS NOT NULL" };
        let mut all: Vec<Condition> = vec![Box::new(sql::<Nullable<Bool>>(&format!("{column} {null}")))];
        if let Some(from) = stretch.from {
            all.extend(self.beyond(&from.key, &from.id, self.descending));
        }
        if let Some(until) = until {
            // The row where a search stops still belongs to it, hence not beyond it the other way.
            all.extend(self.up_to(&until.key, &until.id));
        }
        all
    }

    /// `(column, id)` strictly beyond a place. The first condition alone is what an index can seek.
    fn beyond(&self, key: &Key, id: &str, descending: bool) -> Vec<Condition> {
        let column = self.sort.column.name();
        let beyond_id: Condition = if descending {
            Box::new(dsl::id.lt(id.to_owned()).nullable())
        } else {
            Box::new(dsl::id.gt(id.to_owned()).nullable())
        };
        if *key == Key::Null {
            return vec![beyond_id];
        }
        let (strict, loose) = if descending { ("<", "<=") } else { (">", ">=") };
        let past: Condition = dialect::compare(self.engine, column, strict, key);
        vec![dialect::compare(self.engine, column, loose, key), Box::new(past.or(beyond_id))]
    }

    /// `(column, id)` not beyond a place in the direction of the walk.
    fn up_to(&self, key: &Key, id: &str) -> Vec<Condition> {
        let column = self.sort.column.name();
        let same_id: Condition = Box::new(dsl::id.eq(id.to_owned()).nullable());
        let before = self.beyond(key, id, !self.descending);
        let Some(before) = before.into_iter().reduce(|left, right| Box::new(left.and(right)) as Condition)
        else {
            return vec![same_id];
        };
        let inside: Condition = Box::new(before.or(same_id));
        if *key == Key::Null {
            return vec![inside];
        }
        let loose = if self.descending { ">=" } else { "<=" };
        vec![dialect::compare(self.engine, column, loose, key), inside]
    }

    fn order(&self, nulls: bool, is_in_order: bool) -> SqlLiteral<Text> {
        let direction = if self.descending { "DESC" } else { "ASC" };
        // Named with its table: PostgreSQL would sort by the text of the same name that is selected.
        let sorted = |column: &str, kind| {
            let column = format!("{TABLE}.{column}");
            let column = if is_in_order { column } else { dialect::unindexed(self.engine, &column, kind) };
            format!("{column} {direction}")
        };
        let kind = if self.sort.column.is_time() { Kind::Time } else { Kind::Number };
        let id = sorted("id", Kind::Text);
        if nulls && !dialect::sorts_by_nulls(self.engine) {
            return sql(&id);
        }
        sql(&format!("{}, {id}", sorted(self.sort.column.name(), kind)))
    }

    fn ids(
        &self,
        connection: &mut DbConnection,
        stretch: &Stretch<'_>,
        until: Option<&Cursor>,
        limit: i64,
    ) -> Result<Vec<String>> {
        let mut ids = Vec::new();
        for branch in condition::branches(self.engine, self.filter, self.search, self.route) {
            ids.extend(self.query(branch, stretch, until).limit(limit).load::<String>(connection)?);
        }
        Ok(ids)
    }

    /// The rows of those ids in the order of the walk: the database sorts, by its own collation.
    fn load(
        &self,
        connection: &mut DbConnection,
        stretch: &Stretch<'_>,
        ids: Vec<String>,
        limit: i64,
    ) -> Result<Vec<Listed>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows: Vec<(FailedRecord, Place)> = failed::table
            .filter(dsl::id.eq_any(ids))
            .order(self.order(stretch.nulls, false))
            .limit(limit)
            .select((FailedRecord::as_select(), key_select(self.engine, self.sort)))
            .load(connection)?;
        let listed = |(record, place)| Listed { record, cursor: to_cursor(self.sort, place) };
        Ok(rows.into_iter().map(listed).collect())
    }

    /// The row at which `searched` rows of this stretch have been passed, if it is that long.
    fn place_after(&self, connection: &mut DbConnection, stretch: &Stretch<'_>) -> Result<Option<Cursor>> {
        let branches = condition::branches(self.engine, self.filter, self.search, self.route);
        let offset = self.searched / branches.len() as i64 - 1;
        let mut ends: Vec<String> = Vec::new();
        for branch in branches {
            let query = self.query(branch, stretch, None);
            ends.extend(query.limit(1).offset(offset).load::<String>(connection)?);
        }
        // Where both tabs are walked, the nearer end bounds the stretch in which all was looked at.
        Ok(self.load(connection, stretch, ends, 1)?.into_iter().next().map(|row| row.cursor))
    }

    /// The ids of a branch within a stretch, in order.
    fn query(&self, branch: Vec<Condition>, stretch: &Stretch<'_>, until: Option<&Cursor>) -> IdQuery {
        let mut query = failed::table.select(dsl::id).into_boxed();
        for condition in branch {
            query = query.filter(condition);
        }
        for condition in self.within(stretch, until) {
            let is_in_order = self.route.is_in_order();
            query = query.filter(if is_in_order { condition } else { condition::checked(condition) });
        }
        query.order(self.order(stretch.nulls, self.route.is_in_order()))
    }
}
