//! The statement that asks for totals, with what waits to be folded into them.

use super::sheet::{Kind, Sum, stored_key};
use super::standing::{KEPT, SETTING};
use super::store::Row;
use crate::db::dialect::{self, Statement};
use crate::db::{DbConnection, Engine};
use crate::error::Result;

/// The day range of a question, by the texts of the days.
#[derive(Debug, Clone, Default)]
pub(super) struct Span {
    pub from: String,
    pub to: String,
}

impl Span {
    /// " AND the day is within it": what is no day is in no span, however its text compares.
    fn within(&self, engine: Engine, statement: Statement) -> Statement {
        let statement = self.between(statement);
        match dialect::is_kept_day(engine) {
            Some(is_day) => statement.sql(" AND ").sql(is_day),
            None => statement,
        }
    }

    /// Only by how its text compares, with both ends: what no filter can name lies beyond one of them.
    fn between(&self, statement: Statement) -> Statement {
        statement.sql(" AND day >= ").words(&*self.from).sql(" AND day <= ").words(&*self.to)
    }
}

/// Which totals are asked for.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub kind: Kind,
    /// One of them; none for all of the kind.
    pub key: Option<String>,
    /// Within these days; none for all time.
    pub days: Option<Span>,
    /// The months that these days are, where only months are kept.
    pub months: Option<Span>,
}

/// A total as it was asked for: key, state, sum.
pub(super) type Answer = Vec<(String, i64, Sum)>;

/// What stands for "they are kept" in the place of a state.
const SURE: i64 = 99;

/// The totals and what waits to be folded into them, in one statement; none where they are not kept.
pub(super) fn ask(connection: &mut DbConnection, asked: &Asked) -> Result<Option<Answer>> {
    let engine = connection.engine();
    let statement = of_deltas(engine, asked, of_totals(engine, asked));
    let whole = dialect::whole(engine);
    let statement = statement.sql(&format!(
        " UNION ALL SELECT CAST({number} AS {whole}), '', '', CAST({SURE} AS {whole}), 0, 0, 0, 0, 0 FROM app_setting \
         WHERE name = '{SETTING}' AND value = '{KEPT}'",
        number = asked.kind.number()
    ));
    let rows: Vec<Row> = statement.load(connection)?;
    let is_sure = rows.iter().any(|row| row.state == SURE);
    let rows = rows.into_iter().filter(|row| row.state != SURE);
    Ok(is_sure.then(|| rows.map(|row| (row.key_text.clone(), row.state, row.sum())).collect()))
}

/// The beginning of a part of the question: as [`Row`] wants it.
fn selected(engine: Engine, kind: Kind, key: &str, sums: [&str; 5]) -> String {
    let whole = dialect::whole(engine);
    let [records, amount_high, amount_low, cost_high, cost_low] =
        sums.map(|sum| format!("CAST(SUM({sum}) AS {whole})"));
    format!(
        "SELECT CAST({number} AS {whole}) AS kind, {key} AS key_text, '' AS day, CAST(state AS {whole}) AS state, \
         {records} AS records, {amount_high} AS amount_high, {amount_low} AS amount_low, {cost_high} AS cost_high, \
         {cost_low} AS cost_low",
        number = kind.number()
    )
}

fn of_totals(engine: Engine, asked: &Asked) -> Statement {
    let sums = ["records", "amount_high", "amount_low", "cost_high", "cost_low"];
    let start = selected(engine, asked.kind, "key_text", sums);
    let is_of_span = asked.days.is_some();
    let number = if is_of_span { asked.kind.number_of_span() } else { asked.kind.number() };
    let mut statement = Statement::new(engine, &format!("{start} FROM failed_total WHERE kind = {number}"));
    if let Some(key) = &asked.key {
        statement = statement.sql(" AND key_text = ").text(&*stored_key(key));
    }
    match (&asked.months, &asked.days) {
        // What is no day is in no month.
        (Some(months), _) => statement = months.between(statement),
        (None, Some(days)) => statement = days.within(engine, statement),
        (None, None) => {}
    }
    statement.sql(" GROUP BY key_text, state")
}

fn of_deltas(engine: Engine, asked: &Asked, statement: Statement) -> Statement {
    let facet = match asked.kind {
        Kind::All => "''",
        Kind::Model => "model",
        Kind::Cause => "cause",
        Kind::Organisation => "organisation",
        Kind::Resolution => "resolution",
    };
    let [[amount_high, amount_low], [cost_high, cost_low]] =
        ["amount", "cost"].map(|column| dialect::millions(engine, column));
    let sums = ["records", &amount_high, &amount_low, &cost_high, &cost_low];
    let start = selected(engine, asked.kind, facet, sums);
    let mut statement = statement.sql(&format!(" UNION ALL {start} FROM failed_delta WHERE 1 = 1"));
    if let Some(key) = &asked.key {
        statement = statement.sql(&format!(" AND {facet} = ")).text(&**key);
    }
    if let Some(days) = &asked.days {
        statement = days.within(engine, statement);
    }
    // Empty text cannot be grouped by.
    let by = if asked.kind == Kind::All { "state".to_owned() } else { format!("{facet}, state") };
    statement.sql(&format!(" GROUP BY {by}"))
}
