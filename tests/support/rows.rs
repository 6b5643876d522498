//! Failed records as the platform writes them: well behaved, hostile, or by the thousand.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Double, Integer, Nullable, Text};
use llmage_admin::db::{Database, DbConnection, Engine};
use proptest::prelude::*;
use proptest::sample::select;

/// A row to insert past the app; times and dates are the text that the database is given.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub id: String,
    pub llmusageid: Option<String>,
    pub llmid: Option<String>,
    pub userid: Option<String>,
    pub userorgid: Option<String>,
    pub use_date: Option<String>,
    pub use_time: Option<String>,
    pub amount: Option<f64>,
    pub cost: Option<f64>,
    pub failed_reason: Option<String>,
    pub failed_time: Option<String>,
    pub retry_count: Option<i32>,
    pub handled: Option<String>,
    pub handled_time: Option<String>,
    pub handled_note: Option<String>,
    pub resolution: Option<String>,
    pub handled_by: Option<String>,
}

/// An open failure of that id, complete, worth 0.00036.
pub fn failure(id: &str) -> Row {
    let text = |text: &str| Some(text.to_owned());
    Row {
        id: id.to_owned(),
        llmusageid: text("usage-1"),
        llmid: text("model-1"),
        userid: text("user-1"),
        userorgid: text("org-1"),
        use_date: text("2026-05-20"),
        use_time: text("2026-05-20 09:15:02"),
        amount: Some(0.00036),
        cost: Some(0.00021),
        failed_reason: text("usages is None"),
        failed_time: text("2026-05-20 09:15:11"),
        retry_count: Some(0),
        handled: text("0"),
        handled_time: None,
        handled_note: None,
        resolution: None,
        handled_by: None,
    }
}

/// Inserts the rows in their order, in one transaction.
pub fn insert(database: &Database, rows: &[Row]) {
    let rows = rows.to_vec();
    database
        .transaction_here(move |connection| {
            for row in &rows {
                insert_one(connection, row)?;
            }
            Ok(())
        })
        .expect("the rows go in");
}

fn insert_one(connection: &mut DbConnection, row: &Row) -> QueryResult<()> {
    let statement = insert_statement(connection.engine());
    diesel::sql_query(statement)
        .bind::<Text, _>(row.id.clone())
        .bind::<Nullable<Text>, _>(row.llmusageid.clone())
        .bind::<Nullable<Text>, _>(row.llmid.clone())
        .bind::<Nullable<Text>, _>(row.userid.clone())
        .bind::<Nullable<Text>, _>(row.userorgid.clone())
        .bind::<Nullable<Text>, _>(row.use_date.clone())
        .bind::<Nullable<Text>, _>(row.use_time.clone())
        .bind::<Nullable<Double>, _>(row.amount)
        .bind::<Nullable<Double>, _>(row.cost)
        .bind::<Nullable<Text>, _>(row.failed_reason.clone())
        .bind::<Nullable<Text>, _>(row.failed_time.clone())
        .bind::<Nullable<Integer>, _>(row.retry_count)
        .bind::<Nullable<Text>, _>(row.handled.clone())
        .bind::<Nullable<Text>, _>(row.handled_time.clone())
        .bind::<Nullable<Text>, _>(row.handled_note.clone())
        .bind::<Nullable<Text>, _>(row.resolution.clone())
        .bind::<Nullable<Text>, _>(row.handled_by.clone())
        .execute(connection)
        .map(drop)
}

const COLUMNS: [(&str, &str); 17] = [
    ("id", "VARCHAR"),
    ("llmusageid", "VARCHAR"),
    ("llmid", "VARCHAR"),
    ("userid", "VARCHAR"),
    ("userorgid", "VARCHAR"),
    ("use_date", "DATE"),
    ("use_time", "TIMESTAMP"),
    ("amount", "DOUBLE PRECISION"),
    ("cost", "DOUBLE PRECISION"),
    ("failed_reason", "VARCHAR"),
    ("failed_time", "TIMESTAMP"),
    ("retry_count", "INTEGER"),
    ("handled", "VARCHAR"),
    ("handled_time", "TIMESTAMP"),
    ("handled_note", "VARCHAR"),
    ("resolution", "VARCHAR"),
    ("handled_by", "VARCHAR"),
];

fn insert_statement(engine: Engine) -> String {
    let names = COLUMNS.map(|(name, _)| name).join(", ");
    let values: Vec<String> = (1..)
        .zip(COLUMNS)
        .map(|(number, (_, kind))| match engine {
            Engine::Postgres => format!("CAST(${number} AS {kind})"),
            _ => "?".to_owned(),
        })
        .collect();
    format!("INSERT INTO llmusage_accounting_failed ({names}) VALUES ({})", values.join(", "))
}

/// Inserts many rows at once, quickly; their texts are written into the statement.
pub fn insert_many(database: &Database, rows: impl Iterator<Item = Row>) {
    let names = COLUMNS.map(|(name, _)| name).join(", ");
    let values: Vec<String> = rows.map(|row| literals(database.engine(), &row)).collect();
    for some in values.chunks(500) {
        let values = some.join(", ");
        run(database, &format!("INSERT INTO llmusage_accounting_failed ({names}) VALUES {values}"));
    }
}

fn literals(engine: Engine, row: &Row) -> String {
    let text = |text: &Option<String>| {
        text.as_ref().map_or("NULL".to_owned(), |text| {
            let text = text.replace('\'', "''");
            let text = if engine == Engine::Mysql { text.replace('\\', "\\\\") } else { text };
            format!("'{text}'")
        })
    };
    let number = |number: Option<f64>| number.map_or("NULL".to_owned(), |number| format!("{number:e}"));
    let values = [
        text(&Some(row.id.clone())),
        text(&row.llmusageid),
        text(&row.llmid),
        text(&row.userid),
        text(&row.userorgid),
        text(&row.use_date),
        text(&row.use_time),
        number(row.amount),
        number(row.cost),
        text(&row.failed_reason),
        text(&row.failed_time),
        row.retry_count.map_or("NULL".to_owned(), |count| count.to_string()),
        text(&row.handled),
        text(&row.handled_time),
        text(&row.handled_note),
        text(&row.resolution),
        text(&row.handled_by),
    ];
    format!("({})", values.join(", "))
}

/// Removes every failed record.
pub fn clear(database: &Database) {
    run(database, "DELETE FROM llmusage_accounting_failed");
}

/// Runs statements past the app, in one transaction.
pub fn run(database: &Database, statements: &str) {
    let statements = statements.to_owned();
    database
        .transaction_here(move |connection| Ok(connection.batch_execute(&statements)?))
        .expect("the statements run");
}

/// Up to `most` hostile rows of different ids: NULL in each nullable column, many in the same second, money
/// off the grid, foreign values in `handled`, ids that differ in case only, reasons with any text.
pub fn hostile(engine: Engine, most: usize) -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec(hostile_row(engine), 0..=most).prop_map(|rows| {
        let mut seen = std::collections::HashSet::new();
        rows.into_iter().filter(|row| seen.insert(row.id.clone())).collect()
    })
}

fn hostile_row(engine: Engine) -> impl Strategy<Value = Row> {
    let ids = (
        hostile_id(),
        prop::option::weighted(0.8, select(&["u1", "U1", "usage-2", "0"][..])),
        prop::option::weighted(0.8, select(&["m1", "m2", "M1", "a'b"][..])),
        prop::option::weighted(0.8, select(&["p1", "p2", "0"][..])),
        prop::option::weighted(0.8, select(&["o1", "O1", "o%", "0"][..])),
    );
    let facts = (
        prop::option::weighted(0.8, date(engine)),
        prop::option::weighted(0.8, time(engine)),
        prop::option::weighted(0.8, money(engine)),
        prop::option::weighted(0.8, money(engine)),
        prop::option::weighted(0.9, reason()),
        prop::option::weighted(0.8, time(engine)),
        prop::option::weighted(0.8, -1..4),
    );
    let handling = (
        prop::option::weighted(0.8, select(&["", "0", "1", "1", "2"][..])),
        prop::option::weighted(0.5, time(engine)),
        prop::option::weighted(0.3, reason()),
        prop::option::weighted(0.3, select(&["written_off", "other", "superseded", "unheard_of", ""][..])),
    );
    (ids, facts, handling).prop_map(|(ids, facts, handling)| {
        let text = |text: Option<&str>| text.map(str::to_owned);
        Row {
            id: ids.0,
            llmusageid: text(ids.1),
            llmid: text(ids.2),
            userid: text(ids.3),
            userorgid: text(ids.4),
            use_date: facts.0,
            use_time: facts.1,
            amount: facts.2,
            cost: facts.3,
            failed_reason: facts.4,
            failed_time: facts.5,
            retry_count: facts.6,
            handled: text(handling.0),
            handled_time: handling.1,
            handled_note: handling.2,
            resolution: text(handling.3),
            handled_by: None,
        }
    })
}

pub const DATES: [&str; 4] = ["2026-05-19", "2026-05-20", "2026-05-21", "2026-06-01"];

/// Days, and what a foreign program wrote in their place, in an order among them that is not theirs.
fn date(engine: Engine) -> impl Strategy<Value = String> {
    let odd: &[&str] = match engine {
        Engine::Sqlite => &[
            " 2026-05-20",
            "2026-05-20 ",
            "2026-5-2",
            "2026-05-20 10:00:00",
            "2026-05-2x",
            "2026-05-32",
            "abc",
            "",
            "0000-00-00",
            "1969-12-31",
            "2040-01-01",
        ],
        Engine::Mysql => &["1969-12-31", "2040-01-01", "9999-12-31"],
        Engine::Postgres => {
            &["infinity", "-infinity", "12000-01-01", "0044-03-15 BC", "1969-12-31", "2040-01-01"]
        }
    };
    prop_oneof![4 => select(&DATES[..]), 1 => select(odd)].prop_map(str::to_owned)
}

/// Short, 32 characters long, and pairs that differ in case only.
fn hostile_id() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9aAbB_-]{1,3}",
        "[aA]{1,6}",
        "[a-zA-Z0-9_-]{21}",
        "[0-9a-f]{32}",
        select(&["o1", "m1", "é", "漢", "%", "_", "'"][..]).prop_map(str::to_owned),
    ]
}

/// In a column of times of SQLite; the first one is a time.
const ODD_TIMES: [&str; 8] = [
    "2026-05-20T00:00:05",
    "2026-05-20 00:00",
    "",
    "unknown",
    " 2026-05-20 00:00:05",
    "2026-05-20 00:00:05Z",
    "2026-05-20 00:00:05+08:00",
    "2026-05-20",
];

/// Few different times, so that many rows share one. SQLite holds the text as it was written, with and
/// without a fraction, and whatever else a foreign program wrote.
fn time(engine: Engine) -> BoxedStrategy<String> {
    let second = select(&["2026-05-20 00:00:04", "2026-05-20 00:00:05", "2026-05-21 23:59:59"][..]);
    match engine {
        Engine::Sqlite => prop_oneof![
            8 => (second, select(&["", ".000", ".000", ".120"][..])).prop_map(|(time, part)| format!("{time}{part}")),
            1 => select(&ODD_TIMES[..]).prop_map(str::to_owned),
        ]
        .boxed(),
        Engine::Mysql => second.prop_map(str::to_owned).boxed(),
        Engine::Postgres => (second, select(&["", ".000", ".12", ".000001"][..]))
            .prop_map(|(time, part)| format!("{time}{part}"))
            .boxed(),
    }
}

/// Doubles as they occur in money columns: on the grid and off it, tiny, huge, negative, whole.
pub fn money(engine: Engine) -> BoxedStrategy<f64> {
    let common = prop_oneof![
        (-500_000_000_i64..500_000_000).prop_map(|units| units as f64 / 1e5),
        (-50_000_i64..50_000).prop_map(|cents| cents as f64 / 100.0),
        select(&[0.0, -0.0, 0.00001, -0.00001, 1.0, 1.0, 2.5, 2.5, 0.1, 0.3][..]),
        select(&[0.000005, -0.000005, 0.000015, 1e-9, -1e-9, 0.000004999999, 1.000005][..]),
        select(&[68_719_476_735.999_99, 90_000_000_000.0, 9_999_999_999_999.99, -9_999_999_999_999.0][..]),
    ];
    match engine {
        // DOUBLE(18,5) takes no more than 13 whole digits.
        Engine::Mysql => common.boxed(),
        _ => prop_oneof![
            9 => common,
            1 => select(&[1e300, -1e300, 9.1e13, -9.1e13, f64::MIN_POSITIVE, 5e-324, f64::MAX][..]),
        ]
        .boxed(),
    }
}

/// Parts of reasons, and of what people search.
pub const PARTS: [&str; 18] = [
    "Deadlock",
    "deadlock",
    "DEAD",
    "usages is None",
    "余额不足",
    "余额",
    "100%",
    "%",
    "a_b",
    "aXb",
    "it's",
    "\"quoted\"",
    "back\\slash",
    "!",
    "a!b",
    "😵‍💫",
    "<b>&amp;",
    "ab",
];

/// Any text: parts that searches hit, and noise with line ends.
fn reason() -> impl Strategy<Value = String> {
    let part = prop_oneof![3 => select(&PARTS[..]).prop_map(str::to_owned), 1 => "[ -~\n\r\t漢字]{0,8}"];
    (prop::collection::vec(part, 0..5), select(&["", " ", "\n", "/"][..]))
        .prop_map(|(parts, between)| parts.join(between))
}

/// Every cell of these tables, as texts: to see that nothing was written.
pub fn everything(database: &Database, tables: &[&str]) -> Vec<Vec<String>> {
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text)]
        line: String,
    }
    let line = |connection: &mut DbConnection, table: &str| -> Vec<String> {
        let name = connection.engine();
        let columns: Vec<String> = match name {
            Engine::Postgres => vec!["CAST(t AS TEXT)".to_owned()],
            _ => column_names(connection, table),
        };
        let cells = columns.iter().map(|name| match columns.len() {
            1 => name.clone(),
            _ => format!("COALESCE(CAST({name} AS CHAR), '-')"),
        });
        let cells: Vec<String> = cells.collect();
        let joined = match name {
            Engine::Sqlite => cells.join(" || '|' || "),
            _ => format!("CONCAT({})", cells.join(", '|', ")),
        };
        let question = format!("SELECT {joined} AS line FROM {table} t ORDER BY 1");
        diesel::sql_query(question)
            .load::<Line>(connection)
            .expect("its lines")
            .into_iter()
            .map(|row| row.line)
            .collect()
    };
    let read =
        |connection: &mut DbConnection| Ok(tables.iter().map(|table| line(connection, table)).collect());
    database.run_here(read).expect("the tables can be read")
}

fn column_names(connection: &mut DbConnection, table: &str) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Column {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let question = match connection.engine() {
        Engine::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
        _ => format!(
            "SELECT CAST(column_name AS CHAR) AS name FROM information_schema.columns \
             WHERE table_schema = DATABASE() AND table_name = '{table}'"
        ),
    };
    diesel::sql_query(question)
        .load::<Column>(connection)
        .expect("its columns")
        .into_iter()
        .map(|column| column.name)
        .collect()
}
