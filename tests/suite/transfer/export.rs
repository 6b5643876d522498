//! The CSV of a filter.

use llmage_admin::base::money::{Money, MoneySum};
use llmage_admin::base::paging::Position;
use llmage_admin::db::Engine;
use llmage_admin::error::Error;
use llmage_admin::failed_accounting::condition::{Search, plan_search};
use llmage_admin::failed_accounting::export::{HEADER, Shape, file_name, write};
use llmage_admin::failed_accounting::{list, totals};
use llmage_admin::names::Names;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::cases;
use crate::support::database::{TestDatabase, engine};
use crate::support::rows::{self, failure};
use crate::transfer::files::{self, export, filter};

const QUERIES: [&str; 14] = [
    "handled=0",
    "handled=1",
    "handled=",
    "handled=&userorgid=o1",
    "handled=0&llmid=m1",
    "handled=&start_date=2026-05-20&end_date=2026-05-21",
    "handled=1&amount_min=0.00001",
    "handled=&amount_max=2.5",
    "handled=&q=ab",
    "handled=&q=Deadlock",
    "handled=0&q=o1",
    "handled=1&q=%",
    "handled=&resolution=written_off",
    "handled=&userid=p1&page_size=1",
];
const SORTS: [&str; 8] =
    ["failed_time", "-failed_time", "use_time", "-use_time", "amount", "-amount", "cost", "-cost"];

proptest! {
    #![proptest_config(cases(if engine() == Engine::Sqlite { 48 } else { 8 }))]

    #[test]
    fn an_export_holds_the_rows_of_the_list_in_its_order_and_their_exact_sums(
        rows in rows::hostile(engine(), 60),
        query in select(&QUERIES[..]),
        sort in select(&SORTS[..]),
    ) {
        let database = TestDatabase::with_doubles();
        rows::insert(&database, &rows);
        let filter = filter(&format!("{query}&sort={sort}"));
        let (text, exported) = export(&database, &filter, &Names::default());
        let (listed, totals) = database.run_here(|connection| {
            let search = plan_search(connection, &filter)?;
            let listing = list::rows(connection, &filter, &search, &Position::Start, 1_000)?;
            let ids: Vec<String> = listing.rows.into_iter().map(|row| row.record.id).collect();
            Ok((ids, totals::exact(connection, &filter, &search)?))
        }).unwrap();
        let (header, cells) = files::parse(&text);
        prop_assert_eq!(header, HEADER);
        let ids: Vec<String> =
            cells.iter().map(|row| llmage_admin::base::csv::unguard(&row[0]).to_owned()).collect();
        prop_assert_eq!(ids, listed);
        let sum = |column: usize| -> i128 { cells.iter().map(|row| units(&row[column])).sum() };
        prop_assert_eq!(sum(7), totals.amount.units());
        prop_assert_eq!(sum(8), totals.cost.units());
        prop_assert_eq!(exported.rows as i64, totals.count);
        prop_assert_eq!((exported.amount, exported.cost), (totals.amount, totals.cost));
    }
}

/// A double has two zeros; no database tells them apart.
#[test]
fn amounts_of_zero_of_either_sign_are_in_the_order_of_their_ids() {
    let database = TestDatabase::new();
    let row = |id: &str, amount, handled: &str| rows::Row {
        amount: Some(amount),
        handled: Some(handled.to_owned()),
        ..failure(id)
    };
    rows::insert(
        &database,
        &[row("a", 0.0, "0"), row("b", -0.0, "1"), row("c", 0.0, "1"), row("d", -0.0, "0")],
    );
    for (sort, ids) in [("amount", ["a", "b", "c", "d"]), ("-amount", ["d", "c", "b", "a"])] {
        let (text, _) = export(&database, &filter(&format!("handled=&sort={sort}")), &Names::default());
        let (_, cells) = files::parse(&text);
        assert_eq!(cells.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(), ids, "{sort}");
    }
}

/// A cell of money in units of 10^-5, read digit by digit.
fn units(cell: &str) -> i128 {
    if cell.is_empty() {
        return 0;
    }
    let (whole, fraction) = cell.split_once('.').unwrap();
    assert_eq!(fraction.len(), 5, "{cell}");
    format!("{whole}{fraction}").parse().unwrap()
}

#[test]
fn a_row_reads_as_the_contract_says() {
    let database = TestDatabase::new();
    let text = |text: &str| Some(text.to_owned());
    rows::insert(
        &database,
        &[rows::Row {
            id: "-abc".to_owned(),
            amount: Some(-0.00001),
            failed_reason: text("=1+1, \"x\"\r\ny"),
            failed_time: None,
            retry_count: Some(-1),
            handled: text("1"),
            handled_time: text("2026-05-20 10:00:00"),
            handled_note: text("'=ok"),
            resolution: text("written_off"),
            ..failure("")
        }],
    );
    let one = |id: &str, name: &str| [(id.to_owned(), name.to_owned())].into();
    let names = Names {
        models: one("model-1", "Model, One"),
        users: one("user-1", "@li"),
        organisations: one("org-1", "Org"),
    };
    let (csv, _) = export(&database, &filter("handled="), &names);
    let (header, row) = csv.split_once("\r\n").unwrap();
    assert_eq!(
        header,
        "id,llmusageid,llmid,userid,userorgid,use_date,use_time,amount,cost,failed_reason,failed_time,\
         retry_count,handled,handled_time,handled_note,llm_name,user_name,org_name,cause,resolution,handled_by,\
         cause_title,family,margin"
    );
    assert_eq!(
        row,
        "'-abc,usage-1,model-1,user-1,org-1,2026-05-20,2026-05-20 09:15:02.000,-0.00001,0.00021,\
         \"'=1+1, \"\"x\"\"\r\ny\",,-1,1,2026-05-20 10:00:00.000,''=ok,\"Model, One\",'@li,Org,,written_off,,,,-0.00022\r\n"
    );
}

#[test]
fn an_export_searches_every_row_where_a_page_searches_some() {
    let database = TestDatabase::new();
    let newer = (0..20_500).map(|number| failure(&format!("n{number}")));
    rows::insert_many(&database, newer);
    let mut oldest = failure("oldest");
    oldest.failed_time = Some("2026-01-01 00:00:00".to_owned());
    oldest.failed_reason = Some("the zz of a needle".to_owned());
    rows::insert(&database, &[oldest]);
    let filter = filter("handled=&q=zz&page_size=1");
    let page = database
        .run_here(|connection| list::page(connection, &filter, &Search::Scan, &Position::Start))
        .unwrap();
    assert!(page.rows.is_empty() && page.go_on.is_some(), "the page stops before the needle");
    let (text, exported) = export(&database, &filter, &Names::default());
    assert_eq!(exported.rows, 1);
    assert!(text.contains("oldest"), "{text}");
    let (_, everything) = export(&database, &self::filter("handled=&page_size=1"), &Names::default());
    assert_eq!(everything.rows, 20_501);
    let each = MoneySum::from(Money::from_units(36)).units();
    assert_eq!(everything.amount.units(), 20_501 * each);
}

#[test]
fn rows_written_meanwhile_are_not_in_an_export() {
    let database = TestDatabase::new();
    rows::insert_many(&database, (0..3_000).map(|number| failure(&format!("n{number}"))));
    let (writer, mut chunks, mut text) = ((*database).clone(), 0, Vec::new());
    let exported = database
        .run_once_here(|connection| {
            write(connection, &filter("handled="), &Names::default(), Shape::default(), &mut |chunk| {
                chunks += 1;
                if chunks == 1 {
                    // Before and after all others, whichever way the walk goes.
                    let row = |id: &str, time: &str| rows::Row {
                        failed_time: Some(time.to_owned()),
                        ..failure(id)
                    };
                    let new = [row("new-1", "2026-01-01 00:00:00"), row("new-2", "2026-12-01 00:00:00")];
                    rows::insert(&writer, &new);
                    rows::run(&writer, "UPDATE llmusage_accounting_failed SET amount = 7, handled = '1'");
                }
                text.extend(chunk);
                Ok(())
            })
        })
        .unwrap();
    assert!(chunks > 1, "the export is long enough to be overtaken");
    assert_eq!(exported.rows, 3_000);
    assert_eq!(exported.amount.units(), 3_000 * 36);
    assert!(!String::from_utf8(text).unwrap().contains("new-"));
}

#[test]
fn chunks_stay_small_whatever_the_reasons_and_a_lost_reader_ends_the_export() {
    let database = TestDatabase::new();
    let long =
        |number| rows::Row { failed_reason: Some("x".repeat(100_000)), ..failure(&format!("n{number}")) };
    let long: Vec<rows::Row> = (0..200).map(long).collect();
    rows::insert(&database, &long);
    let mut asked = 0;
    let error = database
        .run_once_here(|connection| {
            write(
                connection,
                &filter("handled="),
                &Names::default(),
                Shape { bom: true, masked: false },
                &mut |chunk| {
                    asked += 1;
                    assert!(chunk.len() <= 64 * 1024 + 3, "{}", chunk.len());
                    assert_eq!(chunk.starts_with("\u{feff}id,".as_bytes()), asked == 1);
                    if asked < 50 { Ok(()) } else { Err(Error::Unavailable("nobody reads".to_owned())) }
                },
            )
        })
        .unwrap_err();
    assert!(error.to_string().contains("nobody reads"), "{error}");
    assert_eq!(asked, 50, "nothing is written after the reader is gone");
}

#[test]
fn a_file_name_says_the_filter_in_safe_characters() {
    let as_of = chrono::NaiveDate::from_ymd_opt(2026, 5, 31).unwrap().and_hms_opt(8, 5, 9).unwrap();
    let name = |query: &str| file_name(&filter(query), as_of);
    assert_eq!(name(""), "failed-accounting_open_20260531-080509.csv");
    assert_eq!(
        name("handled=&start_date=2026-05-01&end_date=2026-05-31&sort=amount&page_size=50"),
        "failed-accounting_all_from-2026-05-01_to-2026-05-31_20260531-080509.csv"
    );
    assert_eq!(
        name("handled=1&q=../../etc 余额\"; x&userorgid=-_0"),
        "failed-accounting_handled_organisation-0_text-..-..-etc-x_20260531-080509.csv"
    );
    let long = "x".repeat(200);
    assert!(name(&format!("q={long}")).len() < 150);
}
