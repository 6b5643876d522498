//! One page of any sorted list: a walk by key that neither repeats nor loses a row.
//!
//! A list is sorted by one column, then by id. Rows with a value and rows with NULL are two stretches, each a seek of
//! its own, so that all databases agree on where NULL stands: last when descending. What is no value of the column's
//! kind (NaN) counts as NULL. In SQLite a whole column may hold such cells: they are stretches of their own, in the order
//! of the index. Rows without an id, which only SQLite has, are a part of each stretch, ties among them by the number that it
//! keeps them under. More than 250 lines: the order of a list and the walk through it are read together.

mod parts;
mod stretch;

pub use parts::{Ids, Part, stretches};
pub use stretch::Stretch;

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::sql_types::{BigInt, Double, Nullable, Text};

use super::dialect::{self, Bounds, Kind};
use super::values::{TolerantText, TolerantWords};
use super::{DbConnection, Engine};
use crate::base::foreign;
use crate::base::form::Message;
use crate::base::paging::{Cursor, Digits, Key, MARK, OddCell, Position};
use crate::error::{Error, Result};

/// By what a list is sorted: a column of a table, ties by id in the same direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    pub table: &'static str,
    pub column: &'static str,
    /// Whether the column holds times; the others hold doubles.
    pub is_time: bool,
    pub descending: bool,
}

impl Order {
    /// `ORDER BY`; where the rows are not met in order, so that no index offers to give it. Columns are named with
    /// their table: PostgreSQL would sort by the text of the same name that is selected.
    fn sql(&self, engine: Engine, part: Part, is_in_order: bool) -> String {
        let is_beyond = matches!(part, Part::Below | Part::Above);
        let is_by_cell = part == Part::Values || is_beyond && dialect::has_odd_cells(engine);
        // What PostgreSQL has beyond the numbers counts as none: these rows are few, and sorted by their ids.
        let is_in_order = is_in_order && (is_by_cell || !is_beyond);
        let direction = if self.descending { "DESC" } else { "ASC" };
        let sorted = |column: &str, kind| {
            let column = format!("{}.{column}", self.table);
            let column = if is_in_order { column } else { dialect::unindexed(engine, &column, kind) };
            format!("{column} {direction}")
        };
        let id = sorted("id", Kind::Text);
        if !(is_by_cell || is_in_order && dialect::sorts_by_nulls(engine)) {
            return id;
        }
        format!("{}, {id}", sorted(self.column, self.kind()))
    }

    fn kind(&self) -> Kind {
        if self.is_time { Kind::Time } else { Kind::Number }
    }

    /// The sort value as two select items: as the database writes it, and as a double; one of them is NULL.
    pub fn keys(&self, engine: Engine) -> (SqlLiteral<Nullable<Text>>, SqlLiteral<Nullable<Double>>) {
        if self.is_time {
            let bounds = dialect::bounds(engine, Kind::Time);
            let column = bounds.map_or(self.column.to_owned(), |bounds| {
                let Bounds { least, most, .. } = bounds;
                let column = self.column;
                let odd = OddCell::sql(column);
                format!(
                    "(CASE WHEN {column} >= {least} AND {column} < {most} AND substr({column}, 1, 1) <> char(1) \
                     THEN {column} WHEN {column} IS NOT NULL THEN {odd} END)"
                )
            });
            return (sql(&dialect::time_text(engine, &column)), sql("NULL"));
        }
        let number = dialect::number(self.column);
        if dialect::writes_all_digits(engine) {
            (sql(&format!("CAST({number} AS TEXT)")), sql("NULL"))
        } else if dialect::has_odd_cells(engine) {
            let (column, odd) = (self.column, OddCell::sql(self.column));
            (
                sql(&format!("(CASE WHEN {column} IS NOT NULL AND {number} IS NULL THEN {odd} END)")),
                sql(&number),
            )
        } else {
            (sql("NULL"), sql(&number))
        }
    }
}

/// The id of a row, or its number where it has none; and its sort value, as [`Order::keys`] selects it.
pub type Place = (TolerantText, Option<i64>, TolerantWords, Option<f64>);

/// The id of a row as [`List::ids`] gives it, of its id and its number where it has none.
pub fn id_of(id: TolerantText, number: Option<i64>) -> String {
    number.map_or_else(|| id.into(), foreign::nameless)
}

/// The number of a row where it has no id, as a select item.
pub fn number_of_nameless(ids: Ids) -> SqlLiteral<Nullable<BigInt>> {
    sql(match ids {
        Ids::All | Ids::Those => "NULL",
        Ids::Some | Ids::Without => "(CASE WHEN id IS NULL THEN rowid END)",
    })
}

/// The place of a row as a cursor of the sort of that name.
pub fn to_cursor(order: Order, sort: String, (id, place, text, number): Place) -> Cursor {
    let key = match (Option::<String>::from(text), number) {
        (Some(cell), _) if cell.starts_with(MARK) => {
            OddCell::try_from(cell.replacen(MARK, "", 1)).map_or(Key::Null, Key::Odd)
        }
        (Some(time), _) if order.is_time => Key::Time(time),
        (Some(digits), _) => Digits::try_from(digits).map_or(Key::Null, Key::Number),
        (None, Some(number)) => Key::Number(number.into()),
        (None, None) => Key::Null,
    };
    Cursor { key, id: id_of(id, place), sort }
}

/// The most rows that are passed at once; their ids are values of one query.
const HOP: usize = 5_000;

/// A list that can be walked.
pub trait List {
    /// A row with all that a page shows of it.
    type Row;

    /// The list's own order.
    fn order(&self) -> Order;

    /// The ids of a stretch in its order, up to `limit` of each branch of the list; of rows without an id what [`id_of`] says.
    fn ids(&self, connection: &mut DbConnection, stretch: &Stretch, limit: i64) -> Result<Vec<String>>;

    /// The rows of ids in the order of the stretch, up to `limit`; the database sorts, by its own collation.
    fn rows(
        &self,
        connection: &mut DbConnection,
        stretch: &Stretch,
        ids: Vec<String>,
        limit: i64,
    ) -> Result<Vec<Self::Row>>;

    /// The places of ids, as [`List::rows`] would order them, without their rows.
    fn places(
        &self,
        connection: &mut DbConnection,
        stretch: &Stretch,
        ids: Vec<String>,
        limit: i64,
    ) -> Result<Vec<Place>>;

    /// Where the walk stops although rows may follow, if the stretch is that long.
    fn stops_at(&self, _: &mut DbConnection, _: &Stretch) -> Result<Option<Cursor>> {
        Ok(None)
    }
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Listing<R> {
    pub rows: Vec<R>,
    pub has_previous: bool,
    pub has_next: bool,
    /// Set where a search stopped early: where to go on, in the same direction.
    pub go_on: Option<Position>,
}

impl<R> Listing<R> {
    /// No rows, where something else is shown in their place.
    pub fn nothing() -> Listing<R> {
        Listing { rows: Vec::new(), has_previous: false, has_next: false, go_on: None }
    }
}

/// Reads a page of a list at a position.
///
/// # Errors
/// [`Error::Invalid`] for a cursor that no row of this database can have.
pub fn page<L: List>(
    list: &L,
    connection: &mut DbConnection,
    position: &Position,
    limit: usize,
) -> Result<Listing<L::Row>> {
    page_of(connection.engine(), list.order(), position, limit, |order, from, limit| {
        collect(list, connection, order, from, limit)
    })
}

/// As [`page`], with rows collected in a way of one's own: in that order, from that place on, up to so many; and where
/// a search stopped, if it did.
pub fn page_of<R>(
    engine: Engine,
    own: Order,
    position: &Position,
    limit: usize,
    collect: impl FnOnce(Order, Option<&Cursor>, usize) -> Result<(Vec<R>, Option<Cursor>)>,
) -> Result<Listing<R>> {
    let (from, backwards) = match position {
        Position::Start => (None, false),
        Position::After(cursor) => (Some(cursor), false),
        Position::Before(cursor) => (Some(cursor), true),
    };
    if from.is_some_and(|cursor| !dialect::is_key(engine, &cursor.key)) {
        let field = if backwards { "before" } else { "after" };
        return Err(Error::invalid(field, Message::new("error-cursor")));
    }
    let order = Order { descending: own.descending != backwards, ..own };
    let (mut rows, go_on) = collect(order, from, limit + 1)?;
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

/// The place of the last of so many rows of a list, if it has that many: whatever lies after it is a later page.
pub fn place_after<L: List>(
    list: &L,
    connection: &mut DbConnection,
    sort: String,
    rows: usize,
) -> Result<Option<Cursor>> {
    let mut left = rows;
    let mut from: Option<Cursor> = None;
    while left > 0 {
        let Some((passed, last)) = hop(list, connection, from.as_ref(), left.min(HOP))? else {
            return Ok(None);
        };
        left -= passed;
        from = Some(to_cursor(list.order(), sort.clone(), last));
    }
    Ok(from)
}

/// Up to so many rows on: how many they were, and the place of the last.
fn hop<L: List>(
    list: &L,
    connection: &mut DbConnection,
    from: Option<&Cursor>,
    rows: usize,
) -> Result<Option<(usize, Place)>> {
    for stretch in stretches(connection, list.order(), from)? {
        let ids = list.ids(connection, &stretch, rows as i64)?;
        if ids.is_empty() {
            continue;
        }
        let places = list.places(connection, &stretch, ids, rows as i64)?;
        return Ok(places.into_iter().enumerate().next_back().map(|(index, last)| (index + 1, last)));
    }
    Ok(None)
}

/// Up to `limit` rows in the direction of the walk; and where a search stopped, if it did.
pub fn collect<L: List>(
    list: &L,
    connection: &mut DbConnection,
    order: Order,
    from: Option<&Cursor>,
    limit: usize,
) -> Result<(Vec<L::Row>, Option<Cursor>)> {
    let mut rows = Vec::new();
    for mut stretch in stretches(connection, order, from)? {
        stretch.until = list.stops_at(connection, &stretch)?;
        let wanted = (limit - rows.len()) as i64;
        let ids = list.ids(connection, &stretch, wanted)?;
        if !ids.is_empty() {
            rows.extend(list.rows(connection, &stretch, ids, wanted)?);
        }
        if rows.len() >= limit || stretch.until.is_some() {
            return Ok((rows, stretch.until));
        }
    }
    Ok((rows, None))
}
