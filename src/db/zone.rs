//! The business zone as the database keeps it: one for everybody who works with it, whatever a shell says.
//!
//! The first server keeps it. Whoever comes later uses it, and is refused with another one: times carry no zone, so two
//! would tell the same time as two moments.

use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::Tz;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::dialect::table_exists;
use super::schema::app_setting;
use super::{DbConnection, Engine, is_duplicate};
use crate::error::{Error, Result};

/// The name of the setting.
const TIMEZONE: &str = "timezone";

/// Where a row may be whose times somebody has to know the zone of.
const TABLES: [&str; 5] =
    ["llmusage_accounting_failed", "llmusage", "llmusage_history", "audit_event", "admin_user"];

/// What a database says about its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    Kept(Tz),
    /// None is kept, and there are rows.
    Unknown,
    /// None is kept, and nothing has a time yet.
    Empty,
}

impl Found {
    /// The zone in which a server shall serve; an empty database is in UTC unless another one was given.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with one line that names the setting.
    pub fn for_server(self, given: Option<Tz>) -> Result<Tz> {
        match (self, given) {
            (Found::Empty, None) => Ok(Tz::UTC),
            (Found::Unknown, None) => Err(Error::Unavailable(
                "--timezone: this database holds rows and does not know their zone yet; say once in which one their \
                 times are, such as --timezone Asia/Shanghai (or LLMAGE_TIMEZONE)"
                    .to_owned(),
            )),
            (found, given) => found.with(given),
        }
    }

    /// The zone in which a command shall work.
    ///
    /// # Errors
    /// As [`Found::for_server`]; commands take none by default.
    pub fn for_command(self, given: Option<Tz>) -> Result<Tz> {
        match (self, given) {
            (Found::Unknown | Found::Empty, None) => Err(Error::Unavailable(
                "--timezone: this database keeps no zone until its first serve; say in which one its times are, such \
                 as --timezone Asia/Shanghai (or LLMAGE_TIMEZONE)"
                    .to_owned(),
            )),
            (found, given) => found.with(given),
        }
    }

    /// The zone to migrate in: that changes no time.
    pub fn for_migration(self, given: Option<Tz>) -> Result<Tz> {
        self.with(given.or(match self {
            Found::Kept(kept) => Some(kept),
            Found::Unknown | Found::Empty => Some(Tz::UTC),
        }))
    }

    fn with(self, given: Option<Tz>) -> Result<Tz> {
        match (self, given) {
            (Found::Kept(kept), Some(given)) if !is_same(kept, given) => Err(Error::Unavailable(format!(
                "--timezone: {given} was given (LLMAGE_TIMEZONE), but this database keeps its times in {kept}; leave \
                 it away, or change the zone with: llmage-admin zone {given}"
            ))),
            (Found::Kept(kept), _) => Ok(kept),
            (_, given) => given.ok_or_else(|| Error::internal("no zone")),
        }
    }
}

/// Whether two names mean the same zone, such as Asia/Shanghai and its alias PRC: whose clocks show the same at any time from
/// 1970 to 2100. The database of zones has one as a link to the other, which is not told here.
fn is_same(one: Tz, other: Tz) -> bool {
    const DAY: i64 = 86_400;
    const QUARTER: usize = 900;
    let offset = |zone: Tz, second: i64| {
        DateTime::from_timestamp(second, 0).map(|at| zone.offset_from_utc_datetime(&at.naive_utc()).fix())
    };
    let is_alike = |second: i64| offset(one, second) == offset(other, second);
    one == other
        || (0..131 * 365).map(|day| day * DAY).all(|begin| {
            // Clocks are set at some quarter of an hour: days on which they are need a closer look.
            let is_steady = offset(one, begin) == offset(one, begin + DAY);
            is_alike(begin)
                && is_alike(begin + DAY)
                && (is_steady || (begin..begin + DAY).step_by(QUARTER).all(is_alike))
        })
}

/// Looks for the zone, in a database of any age.
pub fn find(connection: &mut DbConnection) -> Result<Found> {
    if let Some(kept) = kept(connection)? {
        return Ok(Found::Kept(kept));
    }
    for table in TABLES {
        if table_exists(connection, table)? && has_row(connection, table)? {
            return Ok(Found::Unknown);
        }
    }
    Ok(Found::Empty)
}

pub fn kept(connection: &mut DbConnection) -> Result<Option<Tz>> {
    if !table_exists(connection, "app_setting")? {
        return Ok(None);
    }
    let row = app_setting::table.filter(app_setting::name.eq(TIMEZONE)).select(app_setting::value);
    let name: Option<String> = row.first(connection).optional()?;
    let Some(name) = name else { return Ok(None) };
    name.parse().map(Some).map_err(|_| {
        Error::Unavailable(format!(
            "the database keeps its times in \"{name}\", which is no time zone; set another one with: llmage-admin \
             zone NAME"
        ))
    })
}

/// Keeps the zone of the first server.
///
/// # Errors
/// [`Error::Unavailable`] where another server was first, with another zone.
pub fn keep(connection: &mut DbConnection, zone: Tz) -> Result<()> {
    if let Some(kept) = kept(connection)? {
        return Found::Kept(kept).with(Some(zone)).map(drop);
    }
    let row = (app_setting::name.eq(TIMEZONE), app_setting::value.eq(zone.name()));
    match diesel::insert_into(app_setting::table).values(row).execute(connection) {
        // Another one was first; the next try finds what it kept.
        Err(error) if is_duplicate(&error) => Err(Error::Transient(error.to_string())),
        inserted => Ok(inserted.map(drop)?),
    }
}

/// Keeps another zone from now on.
pub fn replace(connection: &mut DbConnection, zone: Tz) -> Result<()> {
    let row = app_setting::table.filter(app_setting::name.eq(TIMEZONE));
    match diesel::update(row).set(app_setting::value.eq(zone.name())).execute(connection)? {
        0 => keep(connection, zone),
        _ => Ok(()),
    }
}

/// The columns of the app's and the platform's tables that hold moments, not times on a clock: a server shows these
/// differently in another zone. `table.column`, in order.
pub fn columns_of_moments(connection: &mut DbConnection) -> Result<Vec<String>> {
    let kind = match connection.engine() {
        Engine::Sqlite => return Ok(Vec::new()),
        Engine::Mysql => "table_schema = DATABASE() AND data_type = 'timestamp'",
        Engine::Postgres => {
            "table_schema = ANY (current_schemas(false)) AND data_type = 'timestamp with time zone'"
        }
    };
    #[derive(QueryableByName)]
    struct Column {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let question = format!(
        "SELECT CONCAT(table_name, '.', column_name) AS name FROM information_schema.columns WHERE {kind} ORDER BY 1"
    );
    let columns: Vec<Column> = diesel::sql_query(question).load(connection)?;
    Ok(columns.into_iter().map(|column| column.name).collect())
}

fn has_row(connection: &mut DbConnection, table: &str) -> Result<bool> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        found: i64,
    }
    let question = format!("SELECT CAST(1 AS {}) AS found FROM {table} LIMIT 1", big(connection.engine()));
    let rows: Vec<Row> = diesel::sql_query(question).load(connection)?;
    Ok(rows.iter().any(|row| row.found == 1))
}

fn big(engine: Engine) -> &'static str {
    match engine {
        Engine::Mysql => "SIGNED",
        Engine::Sqlite | Engine::Postgres => "BIGINT",
    }
}
