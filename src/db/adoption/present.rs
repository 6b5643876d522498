//! What a database has already: tables with columns, indexes by what they index, triggers. Asks catalogues only.

use std::collections::{BTreeMap, BTreeSet};

use diesel::RunQueryDsl;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::script::{self, Part};
use crate::db::{DbConnection, Engine};
use crate::error::Result;

/// The tables that the platform made, in which others write while we migrate.
pub const PLATFORM_TABLES: [&str; 3] = ["llmusage", "llmusage_accounting_failed", "llmusage_history"];

#[derive(Debug, Clone, Default)]
pub struct Present {
    /// Tables with their columns.
    pub tables: BTreeMap<String, BTreeSet<String>>,
    /// By table: what is indexed, and the names of the indexes that do it.
    indexes: BTreeMap<(String, String), Vec<String>>,
    pub triggers: BTreeSet<Spot>,
    /// PostgreSQL leaves these behind where building one alongside writers was cut off.
    pub unfinished: BTreeSet<String>,
    /// The character sets that MariaDB gives to new columns of its tables.
    pub character_sets: BTreeMap<String, String>,
    /// How long the ids of the platform's failures may be, where the database tells.
    pub longest_id: Option<u32>,
    /// The platform's tables with at least one row.
    pub filled: BTreeSet<String>,
}

/// Where a trigger stands: of one name there is one on each table of PostgreSQL, and one in all where names are the database's
/// or the schema's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    table: Option<String>,
    name: String,
}

impl Spot {
    pub fn new(engine: Engine, table: &str, name: &str) -> Spot {
        match engine {
            Engine::Postgres => Spot { table: Some(table.to_owned()), name: name.to_owned() },
            Engine::Sqlite | Engine::Mysql => Spot { table: None, name: name.to_lowercase() },
        }
    }
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    owner: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    detail: String,
}

fn ask(connection: &mut DbConnection, question: &str) -> Result<Vec<Named>> {
    Ok(diesel::sql_query(question).load(connection)?)
}

/// The longest VARCHAR: of a key of InnoDB, and of PostgreSQL.
const LONGEST_KEY: u32 = 768;
const LONGEST_VARCHAR: u32 = 10_485_760;

/// None where there is no such table.
fn longest_id(connection: &mut DbConnection) -> Result<Option<u32>> {
    let (text, schema, longest) = match connection.engine() {
        Engine::Mysql => ("CHAR", "DATABASE()", LONGEST_KEY),
        _ => ("TEXT", "ANY (current_schemas(false))", LONGEST_VARCHAR),
    };
    let question = format!(
        "SELECT '' AS owner, CAST(COALESCE(LEAST(character_maximum_length, {longest}), {longest}) AS {text}) AS name, \
         '' AS detail \
         FROM information_schema.columns WHERE table_schema = {schema} \
         AND table_name = 'llmusage_accounting_failed' AND column_name = 'id'"
    );
    Ok(ask(connection, &question)?.first().and_then(|row| row.name.parse().ok()))
}

/// What PostgreSQL tells of a function: its rights, schemas and source. It looks where it is itself, which need not be where
/// the table of its trigger is.
const FUNCTION: &str = "CASE WHEN p.prosecdef THEN 'DEFINER' END, \
    REPLACE(ARRAY_TO_STRING(p.proconfig, ' '), 'search_path=' || QUOTE_IDENT(fn.nspname) || ',', 'search_path=own,'), \
    p.prosrc";

/// Three texts of each thing: what it belongs to, its name, its columns or statement.
struct Questions {
    columns: &'static str,
    indexes: &'static str,
    triggers: &'static str,
}

fn questions(engine: Engine) -> Questions {
    match engine {
        Engine::Sqlite => Questions {
            columns: "SELECT master.name AS owner, info.name AS name, '' AS detail \
                FROM sqlite_master master, pragma_table_xinfo(master.name) info WHERE master.type = 'table'",
            indexes: "SELECT tbl_name AS owner, name, sql AS detail FROM sqlite_master \
                WHERE type = 'index' AND sql IS NOT NULL",
            triggers: "SELECT tbl_name AS owner, name, sql AS detail FROM sqlite_master WHERE type = 'trigger'",
        },
        Engine::Mysql => Questions {
            columns: "SELECT table_name AS owner, column_name AS name, '' AS detail \
                FROM information_schema.columns WHERE table_schema = DATABASE()",
            indexes: "SELECT table_name AS owner, index_name AS name, CONCAT('(', GROUP_CONCAT( \
                IF(sub_part IS NULL, COALESCE(column_name, '?'), CONCAT(column_name, '(', sub_part, ')')) \
                ORDER BY seq_in_index), ')') AS detail \
                FROM information_schema.statistics WHERE table_schema = DATABASE() GROUP BY 1, 2",
            triggers: "SELECT event_object_table AS owner, trigger_name AS name, CONCAT(action_timing, ' ', \
                event_manipulation, ' ON ', event_object_table, ' FOR EACH ROW ', action_statement) AS detail \
                FROM information_schema.triggers WHERE trigger_schema = DATABASE()",
        },
        Engine::Postgres => Questions {
            columns: "SELECT CAST(table_name AS TEXT) AS owner, CAST(column_name AS TEXT) AS name, '' AS detail \
                FROM information_schema.columns WHERE table_schema = ANY (current_schemas(false)) \
                AND pg_table_is_visible(CAST(to_regclass(FORMAT('%I.%I', table_schema, table_name)) AS OID))",
            indexes: "SELECT CAST(tab.relname AS TEXT) AS owner, CAST(ind.relname AS TEXT) AS name, \
                CASE WHEN i.indisvalid THEN pg_get_indexdef(i.indexrelid) ELSE '' END AS detail FROM pg_index i \
                JOIN pg_class ind ON ind.oid = i.indexrelid JOIN pg_class tab ON tab.oid = i.indrelid \
                JOIN pg_namespace n ON n.oid = tab.relnamespace WHERE n.nspname = ANY (current_schemas(false)) \
                AND pg_table_is_visible(tab.oid)",
            // Of tables of one name the first on the path is meant. The information schema leaves out triggers on TRUNCATE, and those on the tables of others. The type tells
            // before or after, of what, and for each row.
            triggers: "SELECT CAST(tab.relname AS TEXT) AS owner, CAST(t.tgname AS TEXT) AS name, \
                CASE WHEN t.tgenabled IN ('O', 'A') THEN CONCAT_WS(' ', t.tgtype, \
                CASE WHEN t.tgqual IS NOT NULL THEN 'WHEN' END, CASE WHEN CAST(t.tgattr AS TEXT) <> '' THEN 'OF' END, \
                p.proname, {function}) ELSE '' END AS detail \
                FROM pg_trigger t JOIN pg_class tab ON tab.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid \
                JOIN pg_namespace n ON n.oid = tab.relnamespace JOIN pg_namespace fn ON fn.oid = p.pronamespace \
                WHERE NOT t.tgisinternal AND n.nspname = ANY (current_schemas(false)) AND pg_table_is_visible(tab.oid)",
        },
    }
}

impl Present {
    /// Asks the database.
    pub fn of(connection: &mut DbConnection) -> Result<Present> {
        let engine = connection.engine();
        let questions = questions(engine);
        let mut present = Present::default();
        for row in ask(connection, questions.columns)? {
            let columns = present.tables.entry(row.owner.to_lowercase()).or_default();
            columns.insert(row.name.to_lowercase());
        }
        for row in ask(connection, questions.indexes)? {
            present.note_index(engine, row);
        }
        present.triggers = Present::triggers_of(connection)?.into_keys().collect();
        if engine == Engine::Mysql {
            // The name of a collation begins with that of its character set.
            let sets = "SELECT table_name AS owner, SUBSTRING_INDEX(table_collation, '_', 1) AS name, '' AS detail \
                FROM information_schema.tables WHERE table_schema = DATABASE() AND table_collation IS NOT NULL";
            let sets = ask(connection, sets)?.into_iter();
            present.character_sets = sets.map(|row| (row.owner.to_lowercase(), row.name)).collect();
        }
        if engine != Engine::Sqlite {
            present.longest_id = longest_id(connection)?;
        }
        for table in PLATFORM_TABLES.into_iter().filter(|table| present.tables.contains_key(*table)) {
            let row = format!("SELECT '' AS owner, '' AS name, '' AS detail FROM {table} LIMIT 1");
            if !ask(connection, &row)?.is_empty() {
                present.filled.insert(table.to_owned());
            }
        }
        Ok(present)
    }

    /// The triggers alone: what each does, by where it stands; of one that is switched off nothing.
    pub fn triggers_of(connection: &mut DbConnection) -> Result<BTreeMap<Spot, String>> {
        let engine = connection.engine();
        let question = questions(engine).triggers.replace("{function}", FUNCTION);
        let rows = ask(connection, &question)?;
        Ok(rows.into_iter().map(|row| (Spot::new(engine, &row.owner, &row.name), row.detail)).collect())
    }

    /// The names of the triggers on that table.
    pub fn triggers_on(connection: &mut DbConnection, table: &str) -> Result<Vec<String>> {
        let question = questions(connection.engine()).triggers.replace("{function}", FUNCTION);
        let rows = ask(connection, &question)?.into_iter();
        let rows = rows.filter(|row| row.owner.eq_ignore_ascii_case(table));
        Ok(rows.map(|row| row.name.to_lowercase()).collect())
    }

    /// The functions of triggers that PostgreSQL finds first, what each does by its name.
    pub fn functions_of(connection: &mut DbConnection) -> Result<BTreeMap<String, String>> {
        let question = format!(
            "SELECT '' AS owner, CAST(p.proname AS TEXT) AS name, CONCAT_WS(' ', {FUNCTION}) AS detail \
             FROM pg_proc p JOIN pg_namespace fn ON fn.oid = p.pronamespace \
             WHERE p.prorettype = CAST('trigger' AS regtype) AND fn.nspname = current_schema()"
        );
        Ok(ask(connection, &question)?.into_iter().map(|row| (row.name, row.detail)).collect())
    }

    fn note_index(&mut self, engine: Engine, row: Named) {
        let name = row.name.to_lowercase();
        let keys = match engine {
            Engine::Mysql => row.detail.to_lowercase(),
            _ if row.detail.is_empty() => {
                self.unfinished.insert(name);
                return;
            }
            _ => match script::index(&row.detail) {
                Some(Part::Index { keys, .. }) => keys,
                _ => String::new(),
            },
        };
        self.indexes.entry((row.owner.to_lowercase(), keys)).or_default().push(name);
    }

    /// How the database calls what a part would add, if it is there.
    pub fn has(&self, engine: Engine, part: &Part) -> Option<String> {
        match part {
            Part::Table { table, .. } => self.tables.contains_key(table).then(|| table.clone()),
            Part::Column { table, column } => {
                self.tables.get(table).is_some_and(|columns| columns.contains(column)).then(|| column.clone())
            }
            Part::Trigger { table, name } => {
                self.triggers.contains(&Spot::new(engine, table, name)).then(|| name.clone())
            }
            Part::Index { table, name, keys } => {
                let equal = self.indexes.get(&(table.clone(), keys.clone()));
                let same_name = || {
                    let names = self.indexes.iter().filter(|((owner, _), _)| owner == table);
                    names.flat_map(|(_, names)| names).find(|known| *known == name)
                };
                equal.and_then(|names| names.first()).or_else(same_name).cloned()
            }
        }
    }

    /// Which of the columns that a part would make a table of are missing from the table that is there.
    pub fn lacks(&self, part: &Part) -> Vec<String> {
        let Part::Table { table, columns } = part else { return Vec::new() };
        let Some(known) = self.tables.get(table) else { return Vec::new() };
        columns.iter().filter(|column| !known.contains(*column)).cloned().collect()
    }
}
