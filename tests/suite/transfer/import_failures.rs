//! Importing failed records: what is taken, what is refused, and that nothing is half done.

use llmage_admin::audit::event::FAILED_ACCOUNTING;
use llmage_admin::audit::store::timeline;
use llmage_admin::base::money::Money;
use llmage_admin::causes::sorting;
use llmage_admin::db::{Database, Engine};
use llmage_admin::failed_accounting::condition::plan_search;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::failed_accounting::{store, totals};

use crate::support::database::{TestDatabase, engine};
use crate::support::rows::{self, failure};
use crate::transfer::files::{filter, import_failures, import_failures_of};

fn find(database: &Database, id: &str) -> FailedRecord {
    database.run_here(|connection| store::find(connection, id)).unwrap()
}

fn count(database: &Database) -> i64 {
    let all = filter("handled=");
    database
        .run_here(|connection| {
            let search = plan_search(connection, &all)?;
            Ok(totals::exact(connection, &all, &search)?.count)
        })
        .unwrap()
}

fn refused(text: impl AsRef<[u8]>) -> String {
    let database = TestDatabase::new();
    let error = import_failures(&database, text).unwrap_err().to_string();
    assert_eq!(count(&database), 0, "{error}");
    error
}

#[test]
fn columns_come_in_any_order_and_absent_ones_get_what_a_new_row_has() {
    let database = TestDatabase::new();
    let text = "\u{feff}amount,id,cause,llm_name\r\n-1.5,'-a,x,y\r\n+0.00036,b,,\r\n,c,,\r\n\r\n";
    let imported = import_failures(&database, text).unwrap();
    assert_eq!((imported.rows, imported.amount.units(), imported.cost.units()), (3, -149_964, 0));
    let a = find(&database, "-a");
    assert_eq!(a.amount, Some(Money::from_units(-150_000)));
    assert_eq!((a.handled.as_deref(), a.retry_count), (Some("0"), Some(0)));
    assert_eq!((a.failed_time, a.use_time, a.handled_time, a.use_date), (None, None, None, None));
    assert_eq!((a.llmid, a.failed_reason, a.cost), (None, None, None));
    assert_eq!(find(&database, "c").amount, None);
}

#[test]
fn an_empty_cell_is_null_even_where_a_new_row_has_a_value() {
    let database = TestDatabase::new();
    import_failures(&database, "id,handled,retry_count,failed_reason\na,,,\n").unwrap();
    let a = find(&database, "a");
    assert_eq!((a.handled, a.retry_count, a.failed_reason), (None, None, None));
}

#[test]
fn times_may_lack_their_milliseconds() {
    let database = TestDatabase::new();
    import_failures(&database, "id,use_time,failed_time\na,2026-05-20 09:15:02,2026-05-20 09:15:03.000\n")
        .unwrap();
    let a = find(&database, "a");
    assert_eq!(a.use_time.unwrap().to_string(), "2026-05-20 09:15:02");
    assert_eq!(a.failed_time.unwrap().to_string(), "2026-05-20 09:15:03");
}

#[test]
fn the_audit_trail_has_one_event_for_the_file() {
    let database = TestDatabase::new();
    import_failures(&database, "id,amount,cost\na,1,0.5\nb,2,0.25\n").unwrap();
    let trail = database.run_here(|it| timeline(it, FAILED_ACCOUNTING, "failures.csv")).unwrap();
    assert_eq!(trail.len(), 1);
    assert_eq!((trail[0].action.as_str(), trail[0].author.as_str()), ("import", "root"));
    assert_eq!(trail[0].after_state.as_deref(), Some(r#"{"amount":"3.00000","cost":"0.75000","rows":2}"#));
}

#[test]
fn a_bad_line_is_named_with_its_column_and_the_reason() {
    let long = "x".repeat(33);
    let by = "x".repeat(65);
    let cases: [(String, &str); 26] = [
        ("".into(), "line 1: the file is empty; its first line must name the columns"),
        ("\n\n".into(), "line 1: the file is empty; its first line must name the columns"),
        ("id,surname\n".into(), "line 1: unknown column \"surname\""),
        (
            "id;amount\n".into(),
            "line 1: the cells are separated by semicolons; they must be separated by commas",
        ),
        ("id,amount,id\n".into(), "line 1: column id twice"),
        ("id,cause,cause\n".into(), "line 1: column cause twice"),
        ("amount\n1\n".into(), "line 1: column id is missing"),
        ("id,amount\na,1\nb\n".into(), "line 3: 1 cell, but the header has 2"),
        ("id\na,1,2\n".into(), "line 2: 3 cells, but the header has 1"),
        ("id,amount\r\na,1\r\n,2\r\n".into(), "line 3, column id: must not be empty"),
        (format!("id\n{long}\n"), "line 2, column id: at most 32 characters (found 33)"),
        (format!("id,handled_by\na,{by}\n"), "line 2, column handled_by: at most 64 characters (found 65)"),
        ("id,handled\na,10\n".into(), "line 2, column handled: at most 1 character (found 2)"),
        (
            "id,failed_reason,amount\r\na,\"two\r\nlines\",1\r\nb,,1.234567\r\n".into(),
            "line 4, column amount: at most 5 decimals, such as 0.00036 (found \"1.234567\")",
        ),
        (
            "id,cost\na,1e3\n".into(),
            "line 2, column cost: not a plain number such as 0.00036 (found \"1e3\")",
        ),
        (
            "id,cost\na,NaN\n".into(),
            "line 2, column cost: not a plain number such as 0.00036 (found \"NaN\")",
        ),
        (
            "id,cost\na,90000000000000.00001\n".into(),
            "line 2, column cost: at most 90000000000000.00000 (found \"90000000000000.00001\")",
        ),
        (
            "id,use_date\na,2026-02-30\n".into(),
            "line 2, column use_date: not a date from 1971 to 2037 such as 2026-05-31 (found \"2026-02-30\")",
        ),
        (
            "id,use_time\na,31/05/2026\n".into(),
            "line 2, column use_time: not a time from 1971 to 2037 such as 2026-05-31 23:59:59.999 (found \"31/05/2026\")",
        ),
        (
            "id,retry_count\na,1.0\n".into(),
            "line 2, column retry_count: not a whole number from -2147483648 to 2147483647 (found \"1.0\")",
        ),
        (
            "id,resolution\na,lost\n".into(),
            "line 2, column resolution: not one of charged_manually, written_off, duplicate, test_traffic, \
             customer_credited, other, accounted, superseded, accounted_elsewhere (found \"lost\")",
        ),
        (
            "id,failed_reason\na,x\0y\n".into(),
            "line 2, column failed_reason: a NUL character, which no text may hold",
        ),
        ("id\na\nb\na\n".into(), "line 4, column id: \"a\" is in line 2 too"),
        ("id,failed_reason\na,\"x\nb,y\n".into(), "line 2: a quote is opened here and never closed"),
        ("id,failed_reason\na,x\"y\n".into(), "line 2: a quote inside a cell that is not quoted"),
        (
            "id,use_date\na,\"2026\n-05\"\n".into(),
            "line 2, column use_date: not a date from 1971 to 2037 such as 2026-05-31 (found \"2026\\n-05\")",
        ),
    ];
    for (text, reason) in cases {
        assert_eq!(refused(&text), reason, "{text:?}");
    }
    assert_eq!(refused(b"id,failed_reason\na,ok\nb,\xe9\n"), "line 3: not UTF-8");
    let utf16 = refused(b"\xff\xfei\0d\0\n\0");
    assert_eq!(utf16, "line 1: the file is UTF-16; save it as “CSV UTF-8 (comma delimited)”");
}

#[test]
fn an_id_that_the_database_has_is_named_and_nothing_is_written() {
    let database = TestDatabase::new();
    rows::insert(&database, &[failure("taken")]);
    let text = "id\nfirst\nsecond\ntaken\nfourth\n";
    let error = import_failures(&database, text).unwrap_err();
    assert_eq!(error.to_string(), "line 4, column id: \"taken\" is in the database already");
    assert_eq!(count(&database), 1);
    let trail = database.run_here(|it| timeline(it, FAILED_ACCOUNTING, "failures.csv")).unwrap();
    assert!(trail.is_empty(), "what did not happen is not in the trail");
    import_failures(&database, "id\nfirst\nsecond\nfourth\n").unwrap();
    assert_eq!(count(&database), 4);
}

#[test]
fn a_file_that_is_absent_or_a_folder_is_told() {
    let database = TestDatabase::new();
    let run = |path: &str| import_failures_of(&database, path.as_ref()).unwrap_err();
    assert!(run("/nowhere/at/all.csv").starts_with("cannot read the file: No such file"));
    assert_eq!(run("/tmp"), "cannot read the file: it is not a regular file");
}

/// A file of that many rows, each with a reason of its own.
fn many(prefix: &str, rows: usize) -> String {
    let mut text = String::from("id,amount,failed_time,failed_reason\n");
    for number in 0..rows {
        text.push_str(&format!("{prefix}{number},0.00036,2026-05-20 09:15:02,needle {prefix}{number}x\n"));
    }
    text
}

#[test]
fn a_large_import_leaves_indexes_and_text_search_as_a_small_one_does() {
    if engine() != Engine::Sqlite {
        return;
    }
    let (large, small) = (TestDatabase::new(), TestDatabase::new());
    rows::insert(&large, &[failure("before")]);
    import_failures(&small, many("a", 10)).unwrap();
    import_failures(&large, many("a", 6_000)).unwrap();
    // The second finds a larger table than itself, and leaves its indexes alone.
    import_failures(&large, many("b", 5_500)).unwrap();
    assert_eq!(count(&large), 11_501);
    assert_eq!(parts(&large), parts(&small));
    // The job that sorts causes fills the text index, too.
    sorting::sort_all(&large).unwrap();
    for (query, rows) in
        [("needle a5999x", 1), ("needle b0x", 1), ("usages is None", 1), ("needle b5499x", 1)]
    {
        let filter = filter(&format!("handled=&q={query}"));
        let found = large
            .run_here(|connection| {
                let search = plan_search(connection, &filter)?;
                let indexed =
                    matches!(search, llmage_admin::failed_accounting::condition::Search::Indexed(_));
                assert!(indexed, "{query}: {search:?}");
                Ok(totals::exact(connection, &filter, &search)?.count)
            })
            .unwrap();
        assert_eq!(found, rows, "{query}");
    }
    let error = import_failures(&large, many("c", 6_000) + "a17,1,,\n").unwrap_err().to_string();
    assert_eq!(error, "line 6002, column id: \"a17\" is in the database already");
    assert_eq!(count(&large), 11_501);
    assert_eq!(parts(&large), parts(&small));
}

/// All indexes and triggers with their statements.
fn parts(database: &Database) -> Vec<(String, String)> {
    use diesel::prelude::*;
    #[derive(QueryableByName)]
    struct Part {
        #[diesel(sql_type = diesel::sql_types::Text)]
        name: String,
        #[diesel(sql_type = diesel::sql_types::Text)]
        sql: String,
    }
    let question = "SELECT name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL \
                    ORDER BY name";
    let parts: Vec<Part> =
        database.run_here(|connection| Ok(diesel::sql_query(question).load(connection)?)).unwrap();
    assert!(parts.len() > 15);
    parts.into_iter().map(|part| (part.name, part.sql)).collect()
}

#[test]
fn files_that_are_no_csv_of_ours_are_named_for_what_they_are() {
    let utf16 = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    assert!(refused("sep=;\r\nid;amount\r\na;1\r\n").contains("semicolons"));
    assert!(refused("\u{feff}sep=\t\r\nid\tamount\r\na\t1\r\n").contains("tabs"));
    assert!(refused(utf16("\u{feff}id,amount\r\na,1\r\n")).contains("UTF-16"));
    assert!(refused(utf16("id,amount\r\na,1\r\n")).contains("UTF-16"));
    assert!(refused("id;amount;cost\r\na;1;2\r\n").contains("semicolons"));
    assert!(refused("id\tamount\r\na\t1\r\n").contains("tabs"));
}

#[test]
fn what_a_spreadsheet_makes_of_days_and_times_comes_back_in() {
    let database = TestDatabase::new();
    let text = "\u{feff}id,use_date,use_time,failed_time\r\na,2026/5/2,2026/5/2 9:15,2026-05-02 09:15:11\r\n\
                b,2026-05-02 00:00:00,2026-05-02T09:15:02,2026/05/02 9:15:11\r\n";
    import_failures(&database, text).unwrap();
    for id in ["a", "b"] {
        let record = find(&database, id);
        assert_eq!(record.use_date.unwrap().to_string(), "2026-05-02", "{id}");
        assert_eq!(record.failed_time.unwrap().to_string(), "2026-05-02 09:15:11", "{id}");
        assert!(record.use_time.unwrap().to_string().starts_with("2026-05-02 09:15:0"), "{id}");
    }
    assert!(
        refused("id,use_date\r\na,5/2/2026\r\n").contains("use_date"),
        "which is the month is not guessed"
    );
}

/// Usages in that state, each with its failures: id, usage, time and resolution; none is open.
fn given(database: &Database, usages: &[(&str, &str)], failures: &[(&str, &str, Option<&str>)]) {
    for (id, state) in usages {
        rows::run(
            database,
            &format!(
                "INSERT INTO llmusage (id, status, accounting_status) VALUES ('{id}', 'SUCCEEDED', '{state}')"
            ),
        );
    }
    for (id, usage, resolution) in failures {
        let handled = resolution.map_or("'0', NULL".to_owned(), |resolution| format!("'1', '{resolution}'"));
        rows::run(
            database,
            &format!(
                "INSERT INTO llmusage_accounting_failed (id, llmusageid, amount, handled, resolution) \
                 VALUES ('{id}', '{usage}', 1, {handled})"
            ),
        );
    }
}

/// Imports closed failures of these usages: what is refused.
fn decide(database: &Database, decisions: &[(&str, &str, &str)]) -> Result<u64, String> {
    let line = |(id, usage, resolution): &(&str, &str, &str)| format!("{id},{usage},1,1,{resolution}\n");
    let lines: String = decisions.iter().map(line).collect();
    let text = format!("id,llmusageid,amount,handled,resolution\nother,,1,0,\n{lines}");
    import_failures(database, text).map(|imported| imported.rows)
}

#[test]
fn money_of_a_failed_usage_is_moved_by_hand_once() {
    for (first, second) in [
        ("charged_manually", "charged_manually"),
        ("customer_credited", "charged_manually"),
        ("charged_manually", "customer_credited"),
    ] {
        let database = TestDatabase::new();
        given(&database, &[("u1", "failed")], &[("f1", "u1", Some(first))]);
        assert_eq!(
            decide(&database, &[("f2", "u1", second)]).unwrap_err(),
            "line 3, column resolution: the money of the usage \"u1\" was moved by hand on another failure, \"f1\""
        );
        assert_eq!(count(&database), 1);
        let twice = TestDatabase::new();
        given(&twice, &[("u1", "failed")], &[]);
        let error = decide(&twice, &[("f1", "u1", first), ("f2", "u1", second)]).unwrap_err();
        assert!(error.starts_with("line 3, column resolution: "), "{error}");
        assert_eq!(count(&twice), 0);
    }
}

#[test]
fn what_only_the_app_says_with_proof_is_not_taken_from_a_file_without_it() {
    let database = TestDatabase::new();
    given(&database, &[("u1", "failed"), ("u2", "accounted"), ("u3", "created")], &[]);
    for (resolution, usage) in [
        ("accounted_elsewhere", "u1"),
        ("accounted", "u1"),
        ("superseded", "u1"),
        ("accounted", "u3"),
        ("superseded", "u2"),
        ("customer_credited", "u3"),
        ("charged_manually", "u3"),
        ("charged_manually", "u2"),
    ] {
        let error = decide(&database, &[("f1", usage, resolution)]).unwrap_err();
        assert!(error.starts_with("line 3, column resolution: "), "{resolution} {usage}: {error}");
        assert!(error.contains(&format!("\"{usage}\"")), "{error}");
        assert_eq!(count(&database), 0);
    }
    for (number, (resolution, usage)) in [
        ("accounted", "u2"),
        ("customer_credited", "u2"),
        ("written_off", "u1"),
        ("duplicate", "u1"),
        ("superseded", "u1"),
        ("charged_manually", "gone"),
        ("charged_manually", "gone"),
        ("superseded", "gone"),
        ("accounted", "gone"),
    ]
    .into_iter()
    .enumerate()
    {
        let id = format!("g{number}");
        let text = format!("id,llmusageid,handled,resolution\n{id},{usage},1,{resolution}\n");
        import_failures(&database, text).unwrap_or_else(|error| panic!("{resolution} {usage}: {error}"));
    }
}

#[test]
fn what_an_archived_usage_proves_is_taken_and_what_it_forbids_is_not() {
    let database = TestDatabase::new();
    rows::run(&database, "INSERT INTO llmusage_history (id, accounting_status) VALUES ('old', 'accounted')");
    let error = decide(&database, &[("f1", "old", "charged_manually")]).unwrap_err();
    assert!(error.contains("accounted"), "{error}");
    assert_eq!(decide(&database, &[("f1", "old", "accounted"), ("f2", "old", "superseded")]), Ok(3));
}

/// Columns of single precision round in silence.
#[test]
fn money_that_a_column_would_round_is_named_with_its_line_and_nothing_comes_in() {
    let alter = match engine() {
        Engine::Sqlite => return,
        Engine::Mysql => "ALTER TABLE llmusage_accounting_failed MODIFY amount FLOAT",
        Engine::Postgres => "ALTER TABLE llmusage_accounting_failed ALTER amount TYPE REAL",
    };
    let database = TestDatabase::new();
    rows::run(&database, alter);
    let error = import_failures(&database, "id,amount\na,1.25\nb,12345.67891\nc,\n").unwrap_err().to_string();
    assert!(error.starts_with("line 3, column amount: The database's column would keep 12345.6"), "{error}");
    assert_eq!(count(&database), 0);
    assert_eq!(import_failures(&database, "id,amount\na,1.25\nc,\n").unwrap().rows, 2);
}
