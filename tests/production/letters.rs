//! Ids that differ in their case alone stay apart in every group and sum, also where the platform's collation takes them
//! for equal.

use llmage_admin::db::Engine;
use llmage_admin::failed_accounting::case::{Case, rules};
use llmage_admin::failed_accounting::causes::groups::{self, By};
use llmage_admin::failed_accounting::condition::Search;
use llmage_admin::failed_accounting::filter::Filter;
use llmage_admin::overview::leakage;

use crate::adoption::platform;
use crate::desk::{command, said};
use crate::support::database::{TestDatabase, engine};
use crate::support::rows::run;

/// The platform's tables, adopted, with two more rows in each whose ids differ in case alone.
fn adopted() -> TestDatabase {
    let database = platform();
    let migrated = command(database.url(), &["migrate"]);
    assert!(migrated.status.success(), "{}", said(&migrated));
    run(
        &database,
        "DELETE FROM llmusage_accounting_failed; DELETE FROM llmusage; \
         INSERT INTO llmusage (id, llmid, userid, use_date, amount, cost, userorgid, accounting_status) VALUES \
         ('one', 'Model', 'User', '2026-05-22', 1, 0, 'Org', 'failed'), \
         ('two', 'model', 'user', '2026-05-22', 2, 0, 'org', 'failed'), \
         ('three', 'model', 'user', '2026-05-22', 4, 0, 'org', 'FAILED'); \
         INSERT INTO llmusage_accounting_failed (id, llmusageid, llmid, userid, userorgid, amount, cause, failed_time, handled) \
         VALUES ('f1', 'one', 'Model', 'User', 'Org', 1, 'k', '2026-05-22 00:00:04', '0'), \
         ('f2', 'two', 'model', 'user', 'org', 2, 'k', '2026-05-22 00:00:05', '0')",
    );
    database
}

#[test]
fn groups_of_failures_are_told_apart_to_the_letter() {
    let database = adopted();
    for (by, keys) in [(By::Model, ["model", "Model"]), (By::Organisation, ["org", "Org"])] {
        let found = database
            .run_here(|connection| groups::grouped(connection, &Filter::default(), &Search::Nothing, by))
            .expect("the groups");
        let found: Vec<(String, i64, String)> = found
            .into_iter()
            .map(|group| (group.key, group.totals.count, group.totals.amount.to_string()))
            .collect();
        let wanted = [(keys[0], "2.00000"), (keys[1], "1.00000")];
        assert_eq!(found, wanted.map(|(key, sum)| (key.to_owned(), 1, sum.to_owned())), "{by:?}");
    }
    let causes = database
        .run_here(|connection| groups::by_cause(connection, &Filter::default(), &Search::Nothing))
        .expect("the causes");
    assert_eq!(causes.len(), 1);
    assert_eq!((causes[0].models, causes[0].organisations), (2, 2));
}

#[test]
fn leakage_is_told_apart_to_the_letter() {
    let database = adopted();
    let today = "2026-05-22".parse().expect("a day");
    let leakage = database
        .run_here(|connection| leakage::of_last_days(connection, today))
        .expect("the leakage")
        .expect("few usages");
    let named = |leaks: &[(String, leakage::Leak)]| {
        let told = leaks.iter().map(|(id, leak)| (id.clone(), leak.failed, leak.failed_amount.to_string()));
        told.collect::<Vec<_>>()
    };
    // A state is what the database takes it for.
    let (lower_count, lower_sum) = if engine() == Engine::Mysql { (2, "6.00000") } else { (1, "2.00000") };
    let wanted = |upper: &str, lower: &str| {
        vec![
            (lower.to_owned(), lower_count, lower_sum.to_owned()),
            (upper.to_owned(), 1, "1.00000".to_owned()),
        ]
    };
    assert_eq!(named(&leakage.models), wanted("Model", "model"));
    assert_eq!(named(&leakage.organisations), wanted("Org", "org"));
    assert_eq!((leakage.total.usages, leakage.total.failed), (3, lower_count + 1));
}

#[test]
fn the_check_finds_usages_to_the_letter() {
    let database = adopted();
    run(
        &database,
        "UPDATE llmusage SET accounting_status = 'accounted' WHERE id = 'one'; \
         UPDATE llmusage_accounting_failed SET llmusageid = 'ONE' WHERE id = 'f1'",
    );
    let told = said(&command(database.url(), &["check"]));
    let has = |line: &str| told.lines().any(|told| told.starts_with(line));
    assert!(has("open_failure_of_accounted 0 "), "{told}");
    assert!(has("failure_without_usage 1 1.00000 f1"), "{told}");
}

/// The platform's own statement says which usages it will charge; nobody is told that it never takes one of these.
#[test]
fn a_usage_is_awaited_where_the_platform_takes_it() {
    let database = adopted();
    let states = [("succeeded", "created"), ("SUCCEEDED ", "created"), ("SUCCEEDED", "Created")];
    for (number, (status, state)) in states.into_iter().enumerate() {
        run(
            &database,
            &format!(
                "INSERT INTO llmusage (id, status, accounting_status) VALUES ('u{number}', '{status}', '{state}'); \
                 INSERT INTO llmusage_accounting_failed (id, llmusageid, handled) VALUES ('o{number}', 'u{number}', '0')"
            ),
        );
    }
    let (standings, is_taken): (Vec<String>, Vec<bool>) = (0..states.len())
        .map(|number| {
            let look = |connection: &mut llmage_admin::db::DbConnection| {
                let case = Case::of_usage(connection, &format!("u{number}"))?;
                let standing = case.view().standing(&case.failures()[0]).as_str().to_owned();
                Ok((standing, case.usage().is_some_and(|(usage, _)| rules::is_awaited(usage))))
            };
            database.transaction_here(look).expect("the case")
        })
        .unzip();
    match engine() {
        Engine::Mysql => {
            assert_eq!(standings, ["awaited"; 3]);
            assert_eq!(is_taken, [true; 3]);
        }
        _ => {
            assert_eq!(standings, ["never_billed", "never_billed", "foreign"]);
            assert_eq!(is_taken, [false; 3]);
        }
    }
}
