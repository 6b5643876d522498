//! Searching reasons as they are shown where the engine cannot mask while it searches: on MariaDB and PostgreSQL.
//!
//! Reasons that hold a secret stand masked in a table of their own, written with the cause of the row. Of a row that was
//! not sorted yet nobody knows whether it holds one: it is found unless it has a sign of one.

use diesel::QueryableByName;
use diesel::dsl::sql;
use diesel::sql_types::{Bool, Nullable, Text};

use super::super::{DbConnection, Engine};
use super::{Condition, Statement, contains};
use crate::base::secrets;
use crate::db::schema::llmusage_accounting_failed as failed;

/// The most bytes that are kept of one row; the end of a longer reason is not searched.
const MAX_BYTES: usize = 1_000_000;

/// "The reason, as it is shown, holds that word", in any case.
pub(super) fn shows(engine: Engine, word: &str, version: i32) -> Condition<failed::table> {
    let holds = |column| contains::<failed::table>(engine, column, word);
    let signs = match engine {
        Engine::Postgres => "failed_reason ~ ",
        _ => "CONVERT(failed_reason USING utf8mb4) COLLATE utf8mb4_bin REGEXP ",
    };
    let [any_case, as_written] = secrets::signs();
    let masked = "EXISTS (SELECT 1 FROM masked_reason WHERE masked_reason.failed_id = id";
    Box::new(
        sql::<Nullable<Bool>>(&format!(
            "(CASE WHEN COALESCE(cause_version, 0) < {version} \
             OR EXISTS (SELECT 1 FROM reason_change WHERE reason_change.failed_id = id) THEN ("
        ))
        .bind::<Nullable<Bool>, _>(holds("failed_reason"))
        .sql(&format!(" AND NOT {signs}"))
        .bind::<Text, _>(any_case)
        .sql(&format!(" AND NOT {signs}"))
        .bind::<Text, _>(as_written)
        .sql(&format!(") WHEN {masked}) THEN {masked} AND "))
        .bind::<Nullable<Bool>, _>(holds("masked_reason.shown"))
        .sql(") ELSE ")
        .bind::<Nullable<Bool>, _>(holds("failed_reason"))
        .sql(" END)"),
    )
}

#[derive(QueryableByName)]
struct Kept {
    #[diesel(sql_type = Text)]
    failed_id: String,
}

/// Whether reasons with a secret are kept as they are shown. SQLite masks while it searches.
pub fn keeps_shown(engine: Engine) -> bool {
    engine != Engine::Sqlite
}

/// Keeps the reasons of these rows as they are shown, where that is not as they are.
pub fn keep_shown(
    connection: &mut DbConnection,
    reasons: &[(String, Option<String>)],
) -> diesel::QueryResult<()> {
    let engine = connection.engine();
    if !keeps_shown(engine) || reasons.is_empty() {
        return Ok(());
    }
    let mut question = Statement::new(engine, "SELECT failed_id FROM masked_reason WHERE failed_id IN (");
    for (number, (id, _)) in reasons.iter().enumerate() {
        question = question.sql(if number == 0 { "" } else { ", " }).text(id.as_str());
    }
    let kept: Vec<Kept> = question.sql(")").load(connection)?;
    for Kept { failed_id } in kept {
        Statement::new(engine, "DELETE FROM masked_reason WHERE failed_id = ")
            .text(failed_id.as_str())
            .execute(connection)?;
    }
    for (id, reason) in reasons {
        let Some(reason) = reason.as_deref().filter(|reason| secrets::has_secret(reason)) else { continue };
        let mut shown = secrets::mask(reason).into_owned();
        while shown.len() > MAX_BYTES || !shown.is_char_boundary(shown.len().min(MAX_BYTES)) {
            shown.pop();
        }
        Statement::new(engine, "INSERT INTO masked_reason (failed_id, shown) VALUES (")
            .text(id.as_str())
            .sql(", ")
            .text(shown.as_str())
            .sql(")")
            .execute(connection)?;
    }
    Ok(())
}
