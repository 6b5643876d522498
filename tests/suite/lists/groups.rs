//! Groups of a list: they add up to it, and each leads to exactly its rows.

use std::collections::BTreeMap;

use llmage_admin::base::form::Fields;
use llmage_admin::base::grouping::{self, Dimension, Group, Grouping};
use llmage_admin::failed_accounting::batched::BatchOutcome;
use llmage_admin::failed_accounting::condition::plan_search;
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::failed_accounting::filter::Filter;
use llmage_admin::failed_accounting::list::grouped;
use llmage_admin::failed_accounting::totals;
use proptest::prelude::*;
use proptest::sample::select;

use crate::oracle::{any_filter, day_of_use, expected, facts, sums};
use crate::support::database::{TestDatabase, engine};
use crate::support::proven;
use crate::support::rows::{clear, hostile, insert, run};

fn any_grouping() -> impl Strategy<Value = Grouping> {
    let one = || select(&Dimension::ALL[..]);
    prop_oneof![
        8 => (one(), prop::option::of(one())).prop_map(|(first, second)| Grouping::new(first, second)),
        1 => Just(Grouping::of_decisions()),
    ]
}

/// What a row shares with others, said again.
fn key(dimension: Dimension, record: &FailedRecord) -> Option<String> {
    let text = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    match dimension {
        Dimension::Day => day_of_use(record).map(|day| day.to_string()),
        Dimension::Week => day_of_use(record).map(|day| day.format("%G-W%V").to_string()),
        Dimension::Month => day_of_use(record).map(|day| day.format("%Y-%m").to_string()),
        Dimension::Model => text(&record.llmid),
        Dimension::Organisation => text(&record.userorgid),
        Dimension::User => text(&record.userid),
        Dimension::Cause => record.cause.clone(),
        Dimension::Family => match record.cause.as_deref()? {
            "c1" => Some("model".to_owned()),
            "c2" => Some("other".to_owned()),
            _ => None,
        },
        Dimension::Resolution => {
            text(&record.resolution).filter(|resolution| resolution != "superseded" || !record.is_open())
        }
        Dimension::HandledBy => text(&record.handled_by),
        Dimension::Decided => record.handled_at().map(|time| time.format("%Y-%m").to_string()),
    }
}

/// The filter as its address carries it.
fn through_an_address(filter: &Filter) -> Filter {
    let pairs = filter.to_pairs().into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    let (read, _) = Filter::read(&Fields::new(pairs));
    // Amounts that may not be entered are another test's.
    Filter { amount_min: filter.amount_min, amount_max: filter.amount_max, ..read }
}

#[test]
fn groups_add_up_to_the_list_and_each_leads_to_exactly_its_rows() {
    let database = TestDatabase::with_doubles();
    let kept = "INSERT INTO cause (cause_key, title, family, template, version, revision, announced) VALUES";
    run(
        &database,
        &format!("{kept} ('c1', 'one', 'model', 'one', 1, 0, 0), ('c2', 'two', 'unheard', 'two', 1, 0, 0)"),
    );
    let sorted = "UPDATE llmusage_accounting_failed SET cause = CASE retry_count WHEN 1 THEN 'c1' WHEN 2 THEN 'c2' \
                  WHEN 3 THEN 'c99' END";
    // Every second row is in a batch, every fourth was frozen for it unsorted, whatever became of it since.
    let frozen = "DELETE FROM batch_item; INSERT INTO batch_item (batch_id, number, failed_id, cause) \
                  SELECT 'b1', n, id, CASE WHEN n % 4 = 1 THEN NULL ELSE 'c1' END FROM (SELECT id, ROW_NUMBER() \
                  OVER (ORDER BY id) AS n FROM llmusage_accounting_failed) numbered WHERE n % 2 = 1";
    let within = prop_oneof![
        2 => Just(None),
        1 => Just(Some((None, None))),
        1 => Just(Some((Some(BatchOutcome::Unsorted), None))),
        1 => Just(Some((None, Some("c1")))),
        1 => Just(Some((None, Some("unsorted")))),
    ];
    let question = (any_filter(engine()), any_grouping(), within).prop_map(|(filter, grouping, within)| {
        let batch = within.map(|_| "b1".to_owned());
        let batch_outcome = within.and_then(|(outcome, _)| outcome);
        let batch_cause = within.and_then(|(_, cause)| cause).map(str::to_owned);
        (Filter { batch, batch_outcome, batch_cause, ..filter }, grouping)
    });
    let questions = prop::collection::vec(question, 6);
    proven(40, &(hostile(engine(), 30), questions), |(rows, questions)| {
        clear(&database);
        insert(&database, &rows);
        run(&database, sorted);
        run(&database, frozen);
        let all = facts(&database);
        for (filter, grouping) in questions {
            let mut wanted = expected(&all, &filter);
            wanted.retain(|fact| {
                match (&filter.batch, filter.batch_outcome, filter.batch_cause.as_deref()) {
                    (None, ..) => true,
                    (Some(_), None, None) => fact.rank % 2 == 0,
                    (Some(_), None, Some("c1")) => fact.rank % 4 == 2,
                    (Some(_), ..) => fact.rank % 4 == 0,
                }
            });
            let groups = groups_of(&database, &filter, grouping);
            let whole = grouping::sum(&groups);
            assert_eq!((whole.count, whole.amount, whole.cost), sums(&wanted), "{grouping:?} {filter:?}");
            let mut counted: BTreeMap<Vec<Option<String>>, i64> = BTreeMap::new();
            for fact in &wanted {
                let keys = grouping.dimensions().map(|dimension| key(dimension, &fact.record)).collect();
                *counted.entry(keys).or_default() += 1;
            }
            let found = groups.iter().map(|group| (group.keys.clone(), group.count)).collect();
            assert_eq!(counted, found, "{grouping:?} {filter:?}");
            for group in &groups {
                let list = through_an_address(&grouped::filter_of(&filter, grouping, group));
                let exact = database
                    .run_here(move |connection| {
                        let search = plan_search(connection, &list)?;
                        totals::exact(connection, &list, &search)
                    })
                    .unwrap();
                let sums = (group.count, group.amount, group.cost);
                assert_eq!(
                    (exact.count, exact.amount, exact.cost),
                    sums,
                    "{group:?} of {grouping:?} {filter:?}"
                );
            }
        }
    });
}

fn groups_of(database: &TestDatabase, filter: &Filter, grouping: Grouping) -> Vec<Group> {
    let filter = filter.clone();
    database
        .run_here(move |connection| {
            let search = plan_search(connection, &filter)?;
            grouped::of(connection, &filter, &search, grouping)
        })
        .unwrap()
}
