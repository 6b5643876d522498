//! What stands in the way of serving the platform's tables without harm, apart from the types of their columns: said before
//! anything is changed.
//!
//! Each engine has its questions for the catalogues; what they find is told in the words of its kind.

mod mysql;
mod postgres;
mod sqlite;

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::kinds::is_known;
use super::present::PLATFORM_TABLES;
use crate::db::{DbConnection, Engine};
use crate::error::Result;

/// The tables whose rows are found by their ids; the history is only read by whole days and ids.
const BY_ID: [&str; 2] = ["llmusage", "llmusage_accounting_failed"];

/// What is wrong with a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// A view, or what else cannot be written row by row.
    NoTable,
    /// Rows that are not known by their ids cannot be acted on.
    NoKey,
    /// A table that takes nothing back.
    NoTransactions,
    Generated,
    /// Each act of ours, and each cause that is sorted, would change it.
    ChangesByItself,
    Capitals,
    /// Columns that take two ids for one.
    Caseless,
    /// A character set in which ids cannot be compared, or several of them.
    CharacterSet,
    ManyCharacterSets,
    Encoding,
    /// A key by which archived usages take rows along, or cannot go.
    Follows,
}

impl Fault {
    /// Whether it is one of columns, of which those that only the platform knows do not matter.
    fn is_of_columns(self) -> bool {
        matches!(self, Fault::Generated | Fault::ChangesByItself | Fault::Capitals | Fault::CharacterSet)
    }

    fn words(self, found: &Found) -> String {
        let Found { owner, name, detail } = found;
        match self {
            Fault::NoTable => format!("{owner} is a {detail}, wanted a plain table"),
            Fault::NoKey => format!("{owner} has no primary key, wanted one on id"),
            Fault::NoTransactions => format!(
                "{owner} is in {detail}, which has no transactions, wanted InnoDB: ALTER TABLE {owner} ENGINE=InnoDB"
            ),
            Fault::Generated => {
                format!("{owner}.{name} is a generated column, wanted one that can be written")
            }
            Fault::ChangesByItself => format!(
                "{owner}.{name} changes by itself with each update of its row (ON UPDATE CURRENT_TIMESTAMP): wanted \
                 without that, as ALTER TABLE {owner} MODIFY {name} TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP makes it"
            ),
            Fault::Capitals => format!("{owner}.{name} is wanted in small letters"),
            Fault::Caseless => format!(
                "{owner} has columns that compare by {detail}, wanted BINARY: other ids would be told as one"
            ),
            Fault::CharacterSet => format!(
                "{owner}.{name} is in {detail}, wanted utf8mb4: ALTER TABLE {owner} CONVERT TO CHARACTER SET utf8mb4"
            ),
            Fault::ManyCharacterSets => {
                format!("the ids of usages and failures are in {detail} together, wanted one of them")
            }
            Fault::Encoding => format!("the database is encoded in {detail}, wanted UTF8"),
            Fault::Follows => format!(
                "the foreign key of {owner} to llmusage ({detail}) lets the archive take rows of it along or stops it: \
                 drop that key"
            ),
        }
    }
}

/// A thing of the platform's that does not fit.
#[derive(QueryableByName)]
struct Found {
    /// The table.
    #[diesel(sql_type = Text)]
    owner: String,
    /// The column, or nothing.
    #[diesel(sql_type = Text)]
    name: String,
    /// What it is, where that is to be told.
    #[diesel(sql_type = Text)]
    detail: String,
}

/// Each thing in the way, in words that name it and the way out.
pub fn faults(connection: &mut DbConnection) -> Result<Vec<String>> {
    let (questions, between) = match connection.engine() {
        Engine::Sqlite => (sqlite::QUESTIONS, ", "),
        Engine::Mysql => (mysql::QUESTIONS, ", "),
        Engine::Postgres => (postgres::QUESTIONS, "), ("),
    };
    let quoted = |tables: &[&str]| tables.iter().map(|table| format!("'{table}'")).collect::<Vec<_>>();
    let (tables, by_id) = (quoted(&PLATFORM_TABLES).join(between), quoted(&BY_ID).join(between));
    let mut faults = Vec::new();
    for (fault, question) in questions {
        let question = question.replace("{tables}", &tables).replace("{by_id}", &by_id);
        let found: Vec<Found> = diesel::sql_query(question).load(connection)?;
        let matters = |found: &&Found| !fault.is_of_columns() || is_known(&found.name.to_lowercase());
        faults.extend(found.iter().filter(matters).map(|found| fault.words(found)));
    }
    Ok(faults)
}
