//! Conditions on columns of text, to the letter.

use diesel::BoxableExpression;
use diesel::dsl::sql;
use diesel::sql_types::{Bool, Nullable, Text};

use super::super::values::TextOf;
use super::super::{DbBackend, Engine};
use super::{charsets, holds_nameless};
use crate::base::foreign;

/// A condition on table `T`, whatever it is made of.
pub type Condition<T> = Box<dyn BoxableExpression<T, DbBackend, SqlType = Nullable<Bool>>>;

/// The columns of names that this app adds to the platform's tables: they hold what the others cannot.
const OWN: [&str; 1] = ["handled_by"];

/// "The column holds exactly this text", along an index: some collations of adopted tables find texts that differ in
/// case, too, so there the bytes are compared as well.
pub fn exactly<T: 'static>(engine: Engine, column: &str, text: &str) -> Condition<T> {
    let equal = sql::<Nullable<Bool>>(&format!("({column} = ")).bind::<Text, _>(TextOf::new(text));
    if engine != Engine::Mysql {
        return Box::new(equal.sql(")"));
    }
    if !charsets::can_hold(text) {
        if !OWN.contains(&column) {
            return Box::new(sql::<Nullable<Bool>>("(1 = 0)"));
        }
        let bytes = sql(&format!("(CAST(CONVERT({column} USING utf8mb4) AS BINARY) = CAST("));
        return Box::new(bytes.bind::<Text, _>(text.to_owned()).sql(" AS BINARY))"));
    }
    let wide =
        if charsets::is_narrow() { format!("CONVERT({column} USING utf8mb4)") } else { column.to_owned() };
    let bytes = equal.sql(&format!(" AND CAST({wide} AS BINARY) = CAST(")).bind::<Text, _>(text.to_owned());
    Box::new(bytes.sql(" AS BINARY))"))
}

/// "The column holds that word", or what the database takes for it.
pub fn means<T: 'static>(engine: Engine, column: &str, word: &str) -> Condition<T> {
    if engine == Engine::Mysql && !charsets::can_hold(word) {
        return Box::new(sql::<Nullable<Bool>>("(1 = 0)"));
    }
    let equal = sql::<Nullable<Bool>>(&format!("({column} = ")).bind::<Text, _>(TextOf::new(word));
    Box::new(equal.sql(")"))
}

/// "The column still holds that word", of rows that are chosen by their ids: no index on the column is offered. SQLite has no
/// statistics, and would take one as soon as there are two ids, and look at all rows that hold the word.
pub fn still<T: 'static>(engine: Engine, column: &str, word: &str) -> Condition<T> {
    let column = if engine == Engine::Sqlite { format!("+{column}") } else { column.to_owned() };
    means(engine, &column, word)
}

/// "The column holds no text": NULL or an empty one.
pub fn is_nothing<T: 'static>(column: &str) -> Condition<T> {
    Box::new(sql::<Nullable<Bool>>(&format!("({column} IS NULL OR {column} = '')")))
}

/// "The column holds one of these", to the byte.
pub fn among<T: 'static>(column: &'static str, texts: &[String]) -> Condition<T> {
    let texts = texts.iter().map(|text| TextOf::new(text)).collect();
    Box::new(Among { column, texts, numbers: Vec::new() })
}

/// "It is one of these rows", to show it; of those without an id the ones with these places.
pub fn listed<T: 'static>(engine: Engine, ids: &[String]) -> Condition<T> {
    let number = |id: &String| foreign::number_of(id).filter(|_| holds_nameless(engine));
    let texts = ids.iter().filter(|id| number(id).is_none()).map(|id| TextOf::new(id)).collect();
    let numbers = ids.iter().filter_map(number).collect();
    Box::new(Among { column: "id", texts, numbers })
}

/// `column IN (...)`, as a condition.
#[derive(Debug, Clone)]
struct Among {
    column: &'static str,
    texts: Vec<TextOf>,
    /// Of rows without an id.
    numbers: Vec<i64>,
}

impl diesel::Expression for Among {
    type SqlType = Nullable<Bool>;
}

impl<T> diesel::AppearsOnTable<T> for Among {}

impl<T> diesel::SelectableExpression<T> for Among {}

impl<G> diesel::expression::ValidGrouping<G> for Among {
    type IsAggregate = diesel::expression::is_aggregate::No;
}

impl diesel::query_builder::QueryId for Among {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl diesel::query_builder::QueryFragment<DbBackend> for Among {
    fn walk_ast<'b>(
        &'b self,
        mut pass: diesel::query_builder::AstPass<'_, 'b, DbBackend>,
    ) -> diesel::QueryResult<()> {
        if self.numbers.is_empty() {
            return self.push_texts(pass);
        }
        pass.unsafe_to_cache_prepared();
        let numbers: Vec<String> = self.numbers.iter().map(i64::to_string).collect();
        pass.push_sql(&format!("({} IS NULL AND rowid IN ({}) OR ", self.column, numbers.join(", ")));
        self.push_texts(pass.reborrow())?;
        pass.push_sql(")");
        Ok(())
    }
}

impl Among {
    fn push_texts<'b>(
        &'b self,
        mut pass: diesel::query_builder::AstPass<'_, 'b, DbBackend>,
    ) -> diesel::QueryResult<()> {
        if self.texts.is_empty() {
            pass.push_sql("1 = 0");
            return Ok(());
        }
        pass.push_sql(self.column);
        for (place, text) in self.texts.iter().enumerate() {
            pass.push_sql(if place == 0 { " IN (" } else { ", " });
            diesel::query_builder::QueryFragment::<DbBackend>::walk_ast(text, pass.reborrow())?;
        }
        pass.push_sql(")");
        Ok(())
    }
}
