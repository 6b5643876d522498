//! What a preview foresees is what the run does: the same rows are skipped for the same reasons, with the same money.

use std::collections::BTreeMap;
use std::sync::Arc;

use diesel::prelude::*;
use llmage_admin::base::form::Fields;
use llmage_admin::base::money::Money;
use llmage_admin::batches::batch::{Action, Batch};
use llmage_admin::batches::counts::{Part, Tally};
use llmage_admin::batches::foretelling::{self, By};
use llmage_admin::batches::form::Selection;
use llmage_admin::batches::plan;
use llmage_admin::batches::store::{self, Order};
use llmage_admin::db::DbConnection;
use llmage_admin::db::schema::{batch_item, batch_outcome};
use llmage_admin::failed_accounting::correction::form;
use llmage_admin::failed_accounting::failure::Resolution;

use crate::batches::{author, find, finish};
use crate::support::database::TestDatabase;
use crate::support::rows::run;

/// Usages in each state, and their failures: id, usage, minute, amount, how it stands.
const FAILURES: [(&str, &str, u32, u32, &str); 21] = [
    ("several-a", "several", 1, 1, "open"),
    ("several-b", "several", 2, 2, "open"),
    ("several-c", "several", 2, 4, "open"),
    ("decided-a", "decided", 1, 8, "charged_manually"),
    ("decided-b", "decided", 2, 16, "open"),
    ("waived-a", "waived", 1, 32, "written_off"),
    ("waived-b", "waived", 2, 64, "open"),
    ("retrying-a", "retrying", 1, 128, "retrying"),
    ("retrying-b", "retrying", 2, 256, "open"),
    ("retrying-c", "retrying", 3, 512, "written_off"),
    ("accounted-a", "accounted", 1, 1024, "open"),
    ("accounted-b", "accounted", 2, 2048, "open"),
    ("given-up-a", "given-up", 1, 4096, "written_off"),
    ("archived-a", "archived", 1, 8192, "open"),
    ("never-a", "never", 1, 16384, "open"),
    ("awaited-a", "awaited", 1, 32768, "open"),
    ("gone-a", "gone", 1, 65536, "open"),
    ("gone-b", "gone", 2, 131_072, "open"),
    ("proven-a", "proven", 1, 262_144, "accounted"),
    ("Several-d", "Several", 9, 524_288, "open"),
    ("blank-a", " ", 1, 1_048_576, "open"),
];

const USAGES: [(&str, &str, &str, &str); 11] = [
    ("llmusage", "several", "SUCCEEDED", "failed"),
    ("llmusage", "decided", "SUCCEEDED", "failed"),
    ("llmusage", "waived", "SUCCEEDED", "failed"),
    ("llmusage", "retrying", "SUCCEEDED", "created"),
    ("llmusage", "accounted", "SUCCEEDED", "accounted"),
    ("llmusage", "given-up", "SUCCEEDED", "accounted"),
    ("llmusage_history", "archived", "SUCCEEDED", "accounted"),
    ("llmusage", "never", "UNKNOWN", "created"),
    ("llmusage", "awaited", "SUCCEEDED", "created"),
    ("llmusage", "proven", "SUCCEEDED", "failed"),
    ("llmusage", "other", "SUCCEEDED", "failed"),
];

fn given() -> TestDatabase {
    let database = TestDatabase::new();
    for (table, id, status, state) in USAGES {
        run(
            &database,
            &format!(
                "INSERT INTO {table} (id, status, accounting_status) VALUES ('{id}', '{status}', '{state}')"
            ),
        );
    }
    for (id, usage, minute, amount, stands) in FAILURES {
        let (handled, resolution) = match stands {
            "open" | "retrying" => ("'0'", "NULL".to_owned()),
            closed => ("'1'", format!("'{closed}'")),
        };
        let retried = if stands == "retrying" { "'2026-05-22 08:30:00'" } else { "NULL" };
        run(
            &database,
            &format!(
                "INSERT INTO llmusage_accounting_failed (id, llmusageid, amount, cost, failed_reason, failed_time, \
                 retry_count, handled, resolution, retry_requested_at, retry_known) VALUES ('{id}', '{usage}', {amount}, 0, \
                 'usages is None', '2026-05-22 08:0{minute}:00', 0, {handled}, {resolution}, {retried}, \
                 '[\"retrying-b\", \"retrying-c\"]')"
            ),
        );
    }
    database
}

type Skipped = BTreeMap<String, (i64, String)>;

fn skipped<'a>(parts: impl IntoIterator<Item = &'a Part>) -> Skipped {
    let mut skipped: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for part in parts {
        let sum = skipped.entry(part.key.clone().unwrap()).or_default();
        sum.0 += part.tally.count;
        sum.1 += part.tally.amount.to_string().replace(".00000", "").parse::<i64>().unwrap();
    }
    skipped.into_iter().map(|(why, (count, sum))| (why, (count, sum.to_string()))).collect()
}

/// What was skipped in the end.
fn refused(database: &TestDatabase, batch: &Batch) -> Skipped {
    let same =
        batch_item::batch_id.eq(batch_outcome::batch_id).and(batch_item::number.eq(batch_outcome::number));
    let rows: Vec<(Option<String>, Option<Money>)> = database
        .run_here(|connection| {
            Ok(batch_outcome::table
                .inner_join(batch_item::table.on(same))
                .filter(batch_outcome::batch_id.eq(batch.id()))
                .filter(batch_outcome::is_done.eq(false))
                .select((batch_outcome::why, batch_item::amount.nullable()))
                .load(connection)?)
        })
        .unwrap();
    let mut parts: Vec<Part> = Vec::new();
    for (why, amount) in rows {
        let mut tally = Tally::default();
        tally.add(amount, None);
        parts.push(Part { key: why, tally });
    }
    skipped(&parts)
}

fn preview(database: &TestDatabase, action: Action) -> Batch {
    let ids = FAILURES.iter().map(|(id, ..)| (*id).to_owned()).collect();
    let selection = Selection::Ticked(ids);
    let fields = Fields::new(vec![("set_llmid".to_owned(), "another".to_owned())]);
    let correction = form::correction(&fields, &["llmid"]).unwrap();
    let freeze = |connection: &mut DbConnection| match action {
        Action::Correct => {
            let batch = plan::freeze(connection, action, &selection, &author("ann"))?;
            let by =
                By { sources: Arc::default(), ledger: Default::default(), today: author("ann").at.date() };
            let foretold = foretelling::look(connection, &batch, Some(&correction), &by)?.unwrap().foretold();
            foretelling::write(connection, &batch, &foretold)
        }
        _ => plan::freeze(connection, action, &selection, &author("ann")),
    };
    database.transaction_here(freeze).unwrap()
}

fn run_it(database: &TestDatabase, batch: &Batch, resolution: Option<Resolution>) -> Batch {
    let resolution = resolution.map(|resolution| resolution.as_str().to_owned());
    let order = Order { resolution, note: Some("as agreed".to_owned()), ..Order::default() };
    database
        .transaction_here(|connection| {
            let batch = store::find_for_update(connection, batch.id())?;
            store::start(connection, &batch, &order, &author("ann"))
        })
        .unwrap();
    finish(database);
    find(database, batch.id())
}

#[test]
fn each_action_skips_what_its_preview_says() {
    for action in Action::ALL.into_iter().filter(|action| *action != Action::Handle) {
        let database = given();
        let batch = preview(&database, action);
        let foreseen = skipped(&batch.summary.skipped);
        assert!(!foreseen.is_empty(), "{action:?} skips nothing");
        let ended = run_it(&database, &batch, None);
        assert_eq!(refused(&database, &ended), foreseen, "{action:?}");
        assert_eq!(ended.progress.not_done, ended.summary.skipped(), "{action:?}");
        assert_eq!(ended.progress.done.count, ended.wanted().count, "{action:?}");
    }
}

#[test]
fn closing_skips_what_its_preview_says_of_that_resolution() {
    for resolution in [Resolution::WrittenOff, Resolution::CustomerCredited, Resolution::Duplicate] {
        let database = given();
        let batch = preview(&database, Action::Handle);
        let is_refused = |part: &&Part| match (resolution, part.key.as_deref()) {
            (Resolution::Duplicate, _) => false,
            (Resolution::CustomerCredited, key) => key != Some("case-accounted"),
            _ => true,
        };
        let restricted = batch.summary.restricted.iter().filter(is_refused);
        let foreseen = skipped(batch.summary.skipped.iter().chain(restricted));
        let ended = run_it(&database, &batch, Some(resolution));
        assert_eq!(refused(&database, &ended), foreseen, "{resolution:?}");
    }
}

#[test]
fn a_preview_names_the_reasons_of_the_other_failures_with_their_money() {
    let database = given();
    let told = skipped(&preview(&database, Action::Retry).summary.skipped);
    let sum = |amount: u32, count: i64| (count, amount.to_string());
    let expected: Skipped = [
        ("case-older", sum(1 + 2, 2)),
        ("case-decided", sum(16, 1)),
        ("case-retrying", sum(256, 1)),
        ("retry-retrying", sum(128, 1)),
        ("retry-handled", sum(8 + 32 + 512 + 4096 + 262_144, 5)),
        ("retry-accounted", sum(1024 + 2048 + 8192, 3)),
        ("case-never-billed", sum(16384, 1)),
        ("retry-created", sum(32768, 1)),
        ("retry-gone", sum(65536 + 131_072 + 524_288, 3)),
        ("retry-no-usage", sum(1_048_576, 1)),
    ]
    .map(|(why, sum)| (why.to_owned(), sum))
    .into();
    assert_eq!(told, expected);
    let restricted = skipped(&preview(&database, Action::Handle).summary.restricted);
    let expected: Skipped = [
        ("case-accounted", sum(2048 + 8192, 2)),
        ("case-awaited", sum(32768, 1)),
        ("case-decided", sum(16, 1)),
    ]
    .map(|(why, sum)| (why.to_owned(), sum))
    .into();
    assert_eq!(restricted, expected);
}
