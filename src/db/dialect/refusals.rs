//! What a database refuses: of the values in a statement, told by MariaDB's words, a fault of what was typed, at its column;
//! and whether rules of the platform's may be behind an error.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::super::{DbConnection, Engine};
use crate::base::form::Message;
use crate::error::{Error, Result};

/// Whether a trigger that is not ours stands on a table of the platform's and can refuse a change: engines tell nobody
/// what raised an error, but in codes that do not come through.
pub fn has_rules(connection: &mut DbConnection) -> Result<bool> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        number: i64,
    }
    const TABLES: &str = "('llmusage', 'llmusage_accounting_failed', 'llmusage_history')";
    let question = match connection.engine() {
        Engine::Sqlite => format!(
            "SELECT COUNT(*) AS number FROM sqlite_master WHERE type = 'trigger' AND lower(tbl_name) IN {TABLES} \
             AND lower(sql) LIKE '%raise%'"
        ),
        Engine::Mysql => format!(
            "SELECT COUNT(*) AS number FROM information_schema.triggers WHERE trigger_schema = DATABASE() \
             AND event_object_table IN {TABLES} \
             AND (action_statement LIKE '%signal%' OR action_statement LIKE '%call %')"
        ),
        Engine::Postgres => format!(
            "SELECT COUNT(*) AS number FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
             JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_proc p ON p.oid = t.tgfoid \
             WHERE NOT t.tgisinternal AND c.relname IN {TABLES} AND n.nspname = ANY (current_schemas(false)) \
             AND p.prosrc ILIKE '%raise%' AND p.proname NOT IN ('keep_failed_total', 'forget_failed_total', 'note_reason_change')"
        ),
    };
    Ok(diesel::sql_query(question).get_result::<Count>(connection)?.number > 0)
}

/// Whether the last statement was ended by a SIGNAL of a trigger's, as MariaDB alone tells, also where who asks may not see
/// triggers. To be asked at once.
pub fn is_raised(connection: &mut DbConnection) -> bool {
    #[derive(QueryableByName)]
    struct Raised {
        #[diesel(sql_type = BigInt)]
        number: i64,
    }
    if connection.engine() != Engine::Mysql {
        return false;
    }
    // A number of its own may be given to a state of its own, and the number of SIGNAL stands for all other states.
    const ASK: &str =
        "GET DIAGNOSTICS CONDITION 1 @raised_state = RETURNED_SQLSTATE, @raised_number = MYSQL_ERRNO";
    const TELL: &str =
        "SELECT CAST(COALESCE(@raised_state LIKE '45%' OR @raised_number = 1644, 0) AS SIGNED) AS number";
    let asked =
        connection.batch_execute(ASK).and_then(|()| diesel::sql_query(TELL).get_result::<Raised>(connection));
    asked.is_ok_and(|raised| raised.number > 0)
}

/// What that error's text says about a value: wrong in a column, or one that no row can hold.
pub fn refusal(message: &str) -> Option<Error> {
    // A text and a column that have no character set in common.
    if message.starts_with("Illegal mix of collations") {
        return Some(Error::NotFound);
    }
    let key = if message.starts_with("Incorrect string value") {
        "error-characters"
    } else if message.starts_with("Incorrect datetime value") {
        "error-time-gap"
    } else {
        return None;
    };
    // ... for column `desk`.`llmusage`.`use_time` at row 1; MySQL names the column alone.
    let (_, place) = message.rsplit_once(" for column ")?;
    let place = place.split(" at row").next()?;
    let column = place.rsplit('.').next()?.trim_matches(['`', '\'', ' ']);
    Some(Error::invalid(column, Message::new(key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_refused_at_its_column() {
        for (text, column, key) in [
            (
                "Incorrect string value: '\\xF0\\x9F\\x98\\x80' for column `desk`.`llmusage_accounting_failed`.`handled_note` at row 1",
                "handled_note",
                "error-characters",
            ),
            (
                "Incorrect string value: '\\xF0\\x9F' for column 'ioinfo' at row 1",
                "ioinfo",
                "error-characters",
            ),
            (
                "Incorrect datetime value: '2026-03-29 02:30:00' for column `desk`.`llmusage`.`use_time` at row 1",
                "use_time",
                "error-time-gap",
            ),
        ] {
            let Some(Error::Invalid(errors)) = refusal(text) else { panic!("{text} is no refusal") };
            assert_eq!(errors.get(column), Some(&Message::new(key)), "{text}");
        }
        assert!(refusal("Unknown column 'cost' in 'field list'").is_none());
        assert!(refusal("Incorrect datetime value: 'x'").is_none());
    }
}
