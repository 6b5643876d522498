//! The columns that we add to the platform's tables: hidden where the database can, in a character set that holds names.
//!
//! A program of the platform that INSERTs without naming columns, or reads `SELECT *` by place, goes on where they are
//! INVISIBLE (MariaDB from 10.3 on).

use std::collections::BTreeMap;

use diesel::RunQueryDsl;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::present::PLATFORM_TABLES;
use super::printed;
use super::script::{self, Part};
use crate::db::migrations::applied;
use crate::db::{Database, DbConnection, Engine};
use crate::error::Result;

/// Read by MariaDB from 10.3.3 on, a comment for all others.
const INVISIBLE: &str = "/*M!100303 INVISIBLE */";

/// The wide character set of MariaDB and MySQL.
const WIDE: &str = "utf8mb4";

/// A clause that adds a column to a table of the platform in MariaDB's words, hidden and wide, whatever the table is;
/// `character_set` is the table's, where it is known.
pub(in crate::db) fn hidden(clause: &str, character_set: Option<&str>) -> String {
    let words: Vec<&str> = clause.split_whitespace().collect();
    let kind = words.get(3).copied().unwrap_or_default();
    let is_text = ["VARCHAR", "CHAR", "TEXT", "LONGTEXT", "MEDIUMTEXT"]
        .iter()
        .any(|text| kind.split('(').next().is_some_and(|name| name.eq_ignore_ascii_case(text)));
    let is_narrow = character_set.is_some_and(|set| set != WIDE);
    let mut clause = clause.to_owned();
    if is_text && is_narrow && !clause.to_uppercase().contains("CHARACTER SET") {
        clause = clause.replacen(kind, &format!("{kind} CHARACTER SET {WIDE}"), 1);
    }
    if clause.contains("INVISIBLE") { clause } else { format!("{clause} {INVISIBLE}") }
}

/// A clause that adds a column with an id of the platform's failures, as long as these may be.
pub(super) fn with_room_for_ids(clause: &str, longest: Option<u32>) -> String {
    let holds_id = ["supersedes", "superseded_by"].iter().any(|name| clause.contains(name));
    match longest.filter(|longest| holds_id && *longest > 32) {
        Some(longest) => clause.replacen("VARCHAR(32)", &format!("VARCHAR({longest})"), 1),
        None => clause.to_owned(),
    }
}

/// A column of a table of the platform.
#[derive(Debug, Clone, QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    /// Empty where it holds no text.
    #[diesel(sql_type = Text)]
    character_set: String,
    #[diesel(sql_type = Text)]
    collation: String,
    #[diesel(sql_type = Text)]
    extra: String,
}

impl Column {
    fn is_narrow(&self) -> bool {
        !self.character_set.is_empty() && self.character_set != WIDE
    }

    fn is_hidden(&self) -> bool {
        self.extra.to_uppercase().contains("INVISIBLE")
    }

    /// The clause that hides it, in that character set.
    fn modified(&self, character_set: &str, collation: &str) -> String {
        let set = match character_set {
            "" => String::new(),
            set => format!(
                " CHARACTER SET {set}{}",
                if collation.is_empty() { String::new() } else { format!(" COLLATE {collation}") }
            ),
        };
        format!("MODIFY COLUMN {} {}{set} NULL {INVISIBLE}", self.name, self.kind)
    }
}

fn columns(connection: &mut DbConnection) -> Result<Vec<Column>> {
    let tables = PLATFORM_TABLES.map(|table| format!("'{table}'")).join(", ");
    let question = format!(
        "SELECT table_name AS owner, column_name AS name, column_type AS kind, \
         COALESCE(character_set_name, '') AS character_set, COALESCE(collation_name, '') AS collation, extra AS extra \
         FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name IN ({tables}) \
         ORDER BY table_name, ordinal_position"
    );
    Ok(diesel::sql_query(question).load(connection)?)
}

/// The columns of ours in the platform's tables, by table; of the migrations that ran.
fn ours(database: &Database) -> Result<BTreeMap<String, Vec<String>>> {
    let mut ours: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for migration in applied(database)? {
        // What a newer version applied is that version's matter.
        let Ok(text) = printed::script(database.engine(), &migration, "up.sql") else { continue };
        for statement in script::statements(text) {
            for clause in script::clauses(&statement.sql) {
                if let Some(Part::Column { table, column }) = clause.part
                    && PLATFORM_TABLES.contains(&&*table)
                {
                    ours.entry(table).or_default().push(column);
                }
            }
        }
    }
    Ok(ours)
}

/// Whether it is MariaDB from 10.3 on, which can hide columns, and put a trigger in the place of another by one statement.
pub(super) fn is_mariadb(connection: &mut DbConnection) -> Result<bool> {
    #[derive(QueryableByName)]
    struct Version {
        #[diesel(sql_type = Text)]
        version: String,
    }
    let version = diesel::sql_query("SELECT VERSION() AS version").get_result::<Version>(connection)?.version;
    let mut numbers = version.split(['.', '-']).map_while(|part| part.parse::<u32>().ok());
    let at_least = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= (10, 3);
    Ok(version.contains("MariaDB") && at_least)
}

/// Hides the columns that an earlier version made visible, at once and without a copy of the table; says which.
pub(in crate::db) fn hide(database: &Database) -> Result<Vec<String>> {
    if database.engine() != Engine::Mysql || !database.run_here(is_mariadb)? {
        return Ok(Vec::new());
    }
    let (ours, columns) = (ours(database)?, database.run_here(columns)?);
    let mut done = Vec::new();
    for (table, names) in ours {
        let visible: Vec<&Column> = columns
            .iter()
            .filter(|column| column.owner == table && names.contains(&column.name) && !column.is_hidden())
            .collect();
        if visible.is_empty() {
            continue;
        }
        let clauses: Vec<String> =
            visible.iter().map(|column| column.modified(&column.character_set, &column.collation)).collect();
        let statement = format!("ALTER TABLE {table} {}, ALGORITHM=INSTANT", clauses.join(", "));
        match diesel::sql_query(statement).execute(&mut *database.connection()?) {
            Ok(_) => done.push(format!("columns of {table}, hidden from SELECT * and INSERT without names")),
            Err(error) => {
                tracing::warn!(table, %error, "columns stay visible; migrate --status says what that means")
            }
        }
    }
    Ok(done)
}

/// What programs of the platform must know of the columns, and in which character sets its tables are, in the words of
/// `migrate --status`.
pub fn columns_in_words(database: &Database) -> Result<Vec<String>> {
    let ours = ours(database)?;
    let exposed = |table: &str| {
        format!(
            "{table}: this database cannot hide the columns that were added; programs that INSERT into it without naming \
             columns, or read SELECT * by place, break"
        )
    };
    if database.engine() != Engine::Mysql {
        return Ok(ours.keys().map(|table| exposed(table)).collect());
    }
    let columns = database.run_here(columns)?;
    let can_hide = database.run_here(is_mariadb)?;
    let mut lines = Vec::new();
    for table in PLATFORM_TABLES {
        let names = ours.get(table).cloned().unwrap_or_default();
        let (added, own): (Vec<&Column>, Vec<&Column>) = columns
            .iter()
            .filter(|column| column.owner == table)
            .partition(|column| names.contains(&column.name));
        let mut sets: Vec<&str> =
            own.iter().filter(|column| column.is_narrow()).map(|column| &*column.character_set).collect();
        sets.dedup();
        if !sets.is_empty() {
            lines.push(format!(
                "{table}: its texts are in {}; what that cannot hold, such as emoji, is refused",
                sets.join(", ")
            ));
        }
        if added.iter().any(|column| !column.is_hidden()) {
            lines.push(match can_hide {
                true => {
                    format!("{table}: columns that were added are visible: llmage-admin migrate hides them")
                }
                false => exposed(table),
            });
        }
        let narrow: Vec<String> = added
            .iter()
            .filter(|column| column.is_narrow())
            .map(|column| column.modified(WIDE, ""))
            .collect();
        if !narrow.is_empty() {
            lines.push(format!(
                "{table}: columns that were added cannot hold every name; in a quiet hour, since it copies the table: \
                 ALTER TABLE {table} {};",
                narrow.join(", ")
            ));
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_ours_are_hidden_and_wide() {
        for (clause, set, expected) in [
            (
                "ADD COLUMN a VARCHAR(64) NULL",
                Some("latin1"),
                "ADD COLUMN a VARCHAR(64) CHARACTER SET utf8mb4 NULL /*M!100303 INVISIBLE */",
            ),
            (
                "ADD COLUMN a VARCHAR(64) NULL",
                Some("utf8mb4"),
                "ADD COLUMN a VARCHAR(64) NULL /*M!100303 INVISIBLE */",
            ),
            ("ADD COLUMN a VARCHAR(64) NULL", None, "ADD COLUMN a VARCHAR(64) NULL /*M!100303 INVISIBLE */"),
            (
                "ADD COLUMN n TINYINT NULL",
                Some("latin1"),
                "ADD COLUMN n TINYINT NULL /*M!100303 INVISIBLE */",
            ),
            (
                "ADD COLUMN n LONGTEXT NULL INVISIBLE",
                Some("utf8mb3"),
                "ADD COLUMN n LONGTEXT CHARACTER SET utf8mb4 NULL INVISIBLE",
            ),
        ] {
            assert_eq!(hidden(clause, set), expected);
        }
    }
}
