//! Whatever is exported comes back the same when it is imported into an empty database.

use chrono::{NaiveDate, NaiveDateTime};
use llmage_admin::base::money::Money;
use llmage_admin::base::paging::Position;
use llmage_admin::db::{Database, Engine};
use llmage_admin::failed_accounting::condition::Search;
use llmage_admin::failed_accounting::failure::{FailedRecord, Resolution};
use llmage_admin::failed_accounting::{list, totals};
use llmage_admin::imports::Importable;
use llmage_admin::names::Names;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::cases;
use crate::support::database::{TestDatabase, engine};
use crate::transfer::files;

/// What spreadsheets, parsers and careless writers stumble over.
const PIECES: [&str; 23] = [
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\r\n",
    "'",
    "''",
    "\"",
    "\"\"",
    ",",
    ";",
    " ",
    "\u{feff}",
    "\\",
    "😵‍💫",
    "余额",
    "葛\u{e0100}",
    "é",
    "\u{1}",
    "=HYPERLINK(\"http://evil.example\",\"x\")",
];

fn hostile_text(most: usize) -> impl Strategy<Value = String> {
    prop_oneof![
        4 => vec(select(&PIECES[..]), 0..6).prop_map(|pieces| pieces.concat()),
        1 => "[^\u{0}]{0,20}",
    ]
    .prop_map(move |text| text.chars().take(most).collect())
}

fn maybe(most: usize) -> impl Strategy<Value = Option<String>> {
    option::weighted(0.8, hostile_text(most))
}

fn time() -> impl Strategy<Value = Option<NaiveDateTime>> {
    let times = (0..6_000_000_i64).prop_map(|milliseconds| {
        let start = NaiveDate::from_ymd_opt(2026, 5, 20).unwrap().and_hms_opt(23, 0, 0).unwrap();
        start + chrono::Duration::milliseconds(milliseconds)
    });
    option::weighted(0.8, times)
}

fn money() -> impl Strategy<Value = Option<Money>> {
    let units = prop_oneof![
        -500_000_000_i64..500_000_000,
        select(&[0, 1, -1, 99_999, -100_000, 9_000_000_000_000_000 - 64, 6_871_947_673_600_000][..]),
    ];
    option::weighted(
        0.8,
        units.prop_map(Money::from_units).prop_filter("a column holds it", |it| it.fits_column()),
    )
}

fn record() -> impl Strategy<Value = FailedRecord> {
    let ids = (hostile_text(28), maybe(32), maybe(32), maybe(32), maybe(32));
    let facts = (time(), time(), money(), money(), maybe(500), time(), option::of(any::<i32>()));
    let handled = option::weighted(0.8, select(&["0", "1", "2", "'", "=", "是"][..]));
    let resolution = option::of(select(&Resolution::ALL[..]));
    let handling = (handled, time(), maybe(200), resolution, maybe(64));
    (ids, facts, handling).prop_map(|(ids, facts, handling)| FailedRecord {
        id: ids.0,
        llmusageid: ids.1,
        llmid: ids.2,
        userid: ids.3,
        userorgid: ids.4,
        use_date: facts.0.map(|time| time.date()),
        use_time: facts.1,
        amount: facts.2,
        cost: facts.3,
        failed_reason: facts.4,
        failed_time: facts.5,
        retry_count: facts.6,
        handled: handling.0.map(str::to_owned),
        handled_time: handling.1,
        handled_note: handling.2,
        resolution: handling.3.map(|resolution| resolution.as_str().to_owned()),
        handled_by: handling.4,
        cause: None,
        retry: Default::default(),
    })
}

/// Records of different ids, one of them 32 characters long.
fn records() -> impl Strategy<Value = Vec<FailedRecord>> {
    vec(record(), 0..30).prop_map(|mut records| {
        for (number, record) in records.iter_mut().enumerate() {
            record.id = format!("{}{number:04}", record.id);
        }
        if let Some(record) = records.first_mut() {
            record.id = "-".repeat(32);
        }
        records
    })
}

fn insert(database: &Database, records: &[FailedRecord]) {
    database
        .transaction_here(|connection| {
            records.iter().try_for_each(|record| Ok(Importable::insert(record, connection)?))
        })
        .unwrap();
}

/// All rows by id; empty text counts as none, because a CSV cannot tell them apart.
fn rows(database: &Database) -> Vec<FailedRecord> {
    let all = files::filter("handled=");
    let listing =
        database.run_here(|it| list::rows(it, &all, &Search::Nothing, &Position::Start, 10_000)).unwrap();
    let mut rows: Vec<FailedRecord> = listing.rows.into_iter().map(|row| row.record).collect();
    for row in &mut rows {
        let FailedRecord {
            llmusageid,
            llmid,
            userid,
            userorgid,
            failed_reason,
            handled_note,
            handled_by,
            ..
        } = row;
        for text in [llmusageid, llmid, userid, userorgid, failed_reason, handled_note, handled_by] {
            text.take_if(|text| text.is_empty());
        }
    }
    rows.sort_by(|left, right| left.id.cmp(&right.id));
    rows
}

proptest! {
    #![proptest_config(cases(if engine() == Engine::Sqlite { 48 } else { 8 }))]

    #[test]
    fn an_export_imported_into_an_empty_database_gives_the_same_rows_and_sums(records in records()) {
        let (first, second) = (TestDatabase::new(), TestDatabase::new());
        insert(&first, &records);
        let all = files::filter("handled=");
        let (text, exported) = files::export(&first, &all, &Names::default());
        let imported = files::import_failures(&second, &text);
        let imported = imported.map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;

        let before = rows(&first);
        prop_assert_eq!(before.len(), records.len());
        prop_assert_eq!(&before, &rows(&second));
        let totals = |database: &Database| {
            database.run_here(|connection| totals::exact(connection, &all, &Search::Nothing)).unwrap()
        };
        prop_assert_eq!(totals(&first), totals(&second));
        prop_assert_eq!((exported.rows, exported.amount, exported.cost), (imported.rows, imported.amount, imported.cost));
        prop_assert_eq!(imported.amount, totals(&second).amount);
        prop_assert_eq!(imported.cost, totals(&second).cost);
        let (again, _) = files::export(&second, &all, &Names::default());
        prop_assert_eq!(text, again);
    }
}

/// Amounts that only the platform writes: negative ones, ones that nobody may enter, and ones beyond what is counted, which are
/// marked and come back as what they are counted as.
#[test]
fn amounts_that_nobody_may_enter_come_back_too() {
    let database = TestDatabase::with_doubles();
    let amounts: &[(&str, &str)] = match engine() {
        // DOUBLE(18,5) takes 13 whole digits.
        Engine::Mysql => &[("-3.5", "-3.50000"), ("9999999999999.99", "9999999999999.99023")],
        Engine::Sqlite | Engine::Postgres => &[
            ("-3.5", "-3.50000"),
            ("9999999999999.99", "9999999999999.99023"),
            ("1e14", "90000000000000.00000"),
            ("-1e300", "-90000000000000.00000"),
        ],
    };
    for (number, (amount, ..)) in amounts.iter().enumerate() {
        let insert = format!(
            "INSERT INTO llmusage_accounting_failed (id, amount, cost, failed_time, handled) \
             VALUES ('f{number}', {amount}, 1, '2026-05-20 10:00:0{number}', '0')"
        );
        crate::support::rows::run(&database, &insert);
    }
    let all = files::filter("handled=&sort=failed_time");
    let (csv, exported) = files::export(&database, &all, &Names::default());
    let (header, rows) = files::parse(&csv);
    let column = |name: &str| header.iter().position(|other| other == name).unwrap();
    for (row, (_, shown)) in rows.iter().zip(amounts) {
        assert_eq!(row[column("amount")], *shown);
    }
    crate::support::rows::clear(&database);
    files::import_failures(&database, &csv).unwrap();
    let (again, imported) = files::export(&database, &all, &Names::default());
    let amounts = |csv: &str| -> Vec<String> {
        files::parse(csv).1.into_iter().map(|row| row[column("amount")].clone()).collect()
    };
    assert_eq!((amounts(&again), imported.amount), (amounts(&csv), exported.amount));
}
