//! A stretch of a sorted list as a condition: what an index can seek.

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{Bool, Double, Nullable, Text};

use super::super::dialect::{self, Bounds};
use super::super::values::push_text;
use super::super::{DbBackend, Engine};
use super::Order;
use crate::base::foreign;
use crate::base::paging::{Cursor, Key, OddCell};

/// Which of the rows, by what their sort column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A value of the column's kind.
    Values,
    /// None: NULL, or anything else.
    None,
    /// Of those without a value, the ones that an index has together: NULL, what is less than any value, and what is
    /// more.
    Null,
    Below,
    Above,
}

/// A stretch of a list: the rows with a sort value or those without, beyond a bound and up to another. As a condition,
/// to be given to a query.
#[derive(Debug, Clone)]
pub struct Stretch {
    pub engine: Engine,
    /// In the direction of the walk; against the list's own when going back.
    pub order: Order,
    pub part: Part,
    /// The row before the first one.
    pub from: Option<Cursor>,
    /// The last row, where a search stops.
    pub until: Option<Cursor>,
}

/// The stretches of a walk in that order from a place on, in the order in which they are walked.
pub fn stretches(engine: Engine, order: Order, from: Option<&Cursor>) -> Vec<Stretch> {
    let mut parts = match dialect::bounds(engine, order.kind()).filter(|_| dialect::has_odd_cells(engine)) {
        Some(_) => vec![Part::Values, Part::Null, Part::Below, Part::Above],
        None => vec![Part::Values, Part::None],
    };
    if !order.descending {
        parts.reverse();
    }
    let begin = from.map(|cursor| part_of(&parts, order, &cursor.key));
    let passed = parts.iter().take_while(|part| begin.is_some_and(|begin| **part != begin)).count();
    let stretch = |part| Stretch {
        engine,
        order,
        part,
        from: from.filter(|_| begin == Some(part)).cloned(),
        until: None,
    };
    parts.into_iter().skip(passed).map(stretch).collect()
}

/// In which of the parts a key is.
fn part_of(parts: &[Part], order: Order, key: &Key) -> Part {
    match key {
        Key::Time(_) | Key::Number(_) => Part::Values,
        Key::Null if parts.contains(&Part::Null) => Part::Null,
        Key::Null => Part::None,
        Key::Odd(OddCell::Text(_)) if order.is_time => Part::Values,
        Key::Odd(OddCell::Number(_) | OddCell::Infinite { .. }) if order.is_time => Part::Below,
        Key::Odd(OddCell::Infinite { is_negative: true }) => Part::Below,
        Key::Odd(_) => Part::Above,
    }
}

impl Stretch {
    /// The stretch in parts, each of which an index has together.
    pub fn parts(&self) -> Vec<Stretch> {
        let of = |part| Stretch { part, ..self.clone() };
        match (self.part, self.bounds()) {
            (Part::None, Some(_)) => vec![of(Part::Null), of(Part::Below), of(Part::Above)],
            (Part::None, None) => vec![of(Part::Null)],
            (part, _) => vec![of(part)],
        }
    }

    fn bounds(&self) -> Option<Bounds> {
        dialect::bounds(self.engine, self.order.kind())
    }

    /// What the sort column holds.
    fn push_part(&self, pass: &mut AstPass<'_, '_, DbBackend>) {
        let column = self.order.column;
        let Some(Bounds { least, below, most, above }) = self.bounds() else {
            pass.push_sql(&format!(
                "{column} IS {}NULL",
                if self.part == Part::Values { "NOT " } else { "" }
            ));
            return;
        };
        // A place bounds the values on its side; SQLite seeks by one bound of each side, and would not choose.
        let bounds_nothing = |place: &Option<Cursor>| place.as_ref().is_none_or(|at| at.key == Key::Null);
        let (first, last) = (bounds_nothing(&self.from), bounds_nothing(&self.until));
        let (is_bound_below, is_bound_above) =
            if self.order.descending { (last, first) } else { (first, last) };
        pass.push_sql(&match self.part {
            Part::Values => {
                let not = |operator: &str| if operator == ">=" { "<" } else { "<=" };
                let at_least = is_bound_below.then(|| format!("{column} >= {least}"));
                let at_most = is_bound_above.then(|| format!("{column} {} {most}", not(above)));
                let both: Vec<String> = at_least.into_iter().chain(at_most).collect();
                if both.is_empty() { format!("{column} IS NOT NULL") } else { both.join(" AND ") }
            }
            Part::None => {
                format!("({column} IS NULL OR {column} {below} {least} OR {column} {above} {most})")
            }
            Part::Null => format!("{column} IS NULL"),
            Part::Below if is_bound_above => format!("{column} {below} {least}"),
            Part::Above if is_bound_below => format!("{column} {above} {most}"),
            Part::Below | Part::Above => format!("{column} IS NOT NULL"),
        });
    }

    /// `column operator key`, with the key bound.
    fn compare<'b>(
        &'b self,
        pass: &mut AstPass<'_, 'b, DbBackend>,
        operator: &str,
        key: &'b Key,
    ) -> QueryResult<()> {
        pass.push_sql(&format!("{} {operator} ", self.order.column));
        match key {
            // Nothing is beyond NULL within a stretch.
            Key::Null => pass.push_sql("NULL"),
            Key::Odd(cell) => pass.push_sql(&cell.literal()),
            // As a literal of no type, which takes the column's: a double or a NUMERIC.
            Key::Number(digits) if dialect::writes_all_digits(self.engine) => {
                pass.push_sql(&format!("'{}'", digits.text()));
            }
            Key::Number(digits) => pass.push_bind_param::<Double, f64>(digits.double())?,
            Key::Time(time) if self.engine == Engine::Postgres => {
                pass.push_sql("CAST(");
                pass.push_bind_param::<Text, String>(time)?;
                pass.push_sql(" AS TIMESTAMP)");
            }
            Key::Time(time) => push_text(pass, time)?,
        }
        Ok(())
    }

    /// `(column, id)` strictly beyond a place. The first condition alone is what an index can seek.
    fn beyond<'b>(
        &'b self,
        pass: &mut AstPass<'_, 'b, DbBackend>,
        cursor: &'b Cursor,
        descending: bool,
    ) -> QueryResult<()> {
        let (strict, loose) = if descending { ("<", "<=") } else { (">", ">=") };
        if cursor.key != Key::Null {
            self.compare(pass, loose, &cursor.key)?;
            pass.push_sql(" AND (");
            self.compare(pass, strict, &cursor.key)?;
            pass.push_sql(" OR ");
        }
        match cursor.id == foreign::NOTHING {
            true => pass.push_sql(if descending { "1 = 0" } else { "id IS NOT NULL" }),
            false => {
                // What has no id comes first: a seek alone would pass over it.
                let has_more = descending && dialect::holds_nameless(self.engine);
                pass.push_sql(&format!("({}id {strict} ", if has_more { "id IS NULL OR " } else { "" }));
                push_text(pass, &cursor.id)?;
                pass.push_sql(")");
            }
        }
        if cursor.key != Key::Null {
            pass.push_sql(")");
        }
        Ok(())
    }

    /// `(column, id)` not beyond a place in the direction of the walk.
    fn up_to<'b>(&'b self, pass: &mut AstPass<'_, 'b, DbBackend>, cursor: &'b Cursor) -> QueryResult<()> {
        if cursor.key != Key::Null {
            self.compare(pass, if self.order.descending { ">=" } else { "<=" }, &cursor.key)?;
            pass.push_sql(" AND ");
        }
        pass.push_sql("((");
        self.beyond(pass, cursor, !self.order.descending)?;
        // The row where a search stops still belongs to it, hence it is not beyond it the other way.
        pass.push_sql(") OR id = ");
        push_text(pass, &cursor.id)?;
        pass.push_sql(")");
        Ok(())
    }
}

impl Expression for Stretch {
    type SqlType = Nullable<Bool>;
}

impl<T> AppearsOnTable<T> for Stretch {}

impl<T> SelectableExpression<T> for Stretch {}

impl<G> ValidGrouping<G> for Stretch {
    type IsAggregate = is_aggregate::No;
}

impl QueryId for Stretch {
    type QueryId = ();
    // The text differs with the stretch.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryFragment<DbBackend> for Stretch {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DbBackend>) -> QueryResult<()> {
        pass.unsafe_to_cache_prepared();
        pass.push_sql("(");
        self.push_part(&mut pass);
        if let Some(from) = &self.from {
            pass.push_sql(" AND ");
            self.beyond(&mut pass, from, self.order.descending)?;
        }
        if let Some(until) = &self.until {
            pass.push_sql(" AND ");
            self.up_to(&mut pass, until)?;
        }
        pass.push_sql(")");
        Ok(())
    }
}
