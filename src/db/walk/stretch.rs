//! A stretch of a sorted list as a condition: what an index can seek.

use diesel::dsl::sql;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, SqlLiteral, ValidGrouping, is_aggregate,
};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{Bool, Double, Nullable, Text};

use super::super::dialect::{self, Bounds};
use super::super::values::push_text;
use super::super::{DbBackend, Engine};
use super::Order;
use super::parts::{Ids, Part};
use crate::base::foreign;
use crate::base::paging::{Cursor, Key};

/// A stretch of a list: the rows with a sort value or those without, beyond a bound and up to another. As a condition,
/// to be given to a query.
#[derive(Debug, Clone)]
pub struct Stretch {
    pub engine: Engine,
    /// In the direction of the walk; against the list's own when going back.
    pub order: Order,
    pub part: Part,
    pub ids: Ids,
    /// The row before the first one.
    pub from: Option<Cursor>,
    /// The last row, where a search stops.
    pub until: Option<Cursor>,
}

impl Stretch {
    /// The stretch in parts, each of which an index has together.
    pub fn parts(&self) -> Vec<Stretch> {
        let of = |part| Stretch { part, ..self.clone() };
        match (self.part, self.bounds()) {
            (Part::None, Some(_)) => vec![of(Part::Null), of(Part::Below), of(Part::Above)],
            (Part::None, None) => vec![of(Part::Null)],
            (part, _) => of(part).by_ids(),
        }
    }

    /// The stretch with those that have an id apart from those that have none, if there are such.
    pub fn by_ids(&self) -> Vec<Stretch> {
        let of = |ids| Stretch { ids, ..self.clone() };
        match self.ids {
            Ids::Some => vec![of(Ids::Those), of(Ids::Without)],
            ids => vec![of(ids)],
        }
    }

    /// Whether an index may have its rows in the order of the list.
    pub fn may_be_in_order(&self) -> bool {
        self.ids != Ids::Without
    }

    /// `ORDER BY` of its rows, where they are met in order or not.
    pub fn sorted(&self, is_in_order: bool) -> SqlLiteral<Text> {
        let order = self.order.sql(self.engine, self.part, is_in_order && self.may_be_in_order());
        match self.ids {
            Ids::All | Ids::Those => sql(&order),
            Ids::Some | Ids::Without => {
                sql(&format!("{order}, +rowid {}", if self.order.descending { "DESC" } else { "ASC" }))
            }
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

    /// Of a place that is that of a row without an id; anybody can make up one.
    fn number_of(&self, cursor: &Cursor) -> Option<i64> {
        foreign::number_of(&cursor.id).filter(|_| self.ids != Ids::All)
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
        // Ties among those without an id are told by their numbers.
        match self.number_of(cursor) {
            Some(number) if descending => pass.push_sql(&format!("(id IS NULL AND rowid < {number})")),
            Some(number) => pass.push_sql(&format!("(id IS NOT NULL OR rowid > {number})")),
            None => {
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
        match self.number_of(cursor) {
            Some(number) => pass.push_sql(&format!(") OR (id IS NULL AND rowid = {number})")),
            None => {
                pass.push_sql(") OR id = ");
                push_text(pass, &cursor.id)?;
            }
        }
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
        // Of those without an id, the index on ids alone tells which they are.
        pass.push_sql(match self.ids {
            Ids::All | Ids::Some => "(",
            Ids::Those => "(+id IS NOT NULL AND ",
            Ids::Without => "(id IS NULL AND ((",
        });
        self.push_part(&mut pass);
        if let Some(from) = &self.from {
            pass.push_sql(" AND ");
            self.beyond(&mut pass, from, self.order.descending)?;
        }
        if let Some(until) = &self.until {
            pass.push_sql(" AND ");
            self.up_to(&mut pass, until)?;
        }
        pass.push_sql(if self.ids == Ids::Without { ") IS TRUE))" } else { ")" });
        Ok(())
    }
}
