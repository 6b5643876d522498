//! What a route says of its index, beside the indexes that the migrations make.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Lead, Route};
use crate::failed_accounting::filter::{Filter, SortColumn};

/// The columns of an index in their order; `tab` stands for what tells open, handled and superseded apart.
type Index = Vec<String>;

/// The indexes of the failures after all migrations of an engine.
fn indexes(engine: &str) -> BTreeMap<String, Index> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut migrations: Vec<_> = entries.collect();
    migrations.sort();
    let mut made = BTreeMap::new();
    for migration in migrations {
        let text = std::fs::read_to_string(migration.join("up.sql")).unwrap();
        let code: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
        apply(&code.join("\n"), &mut made);
    }
    made
}

fn apply(sql: &str, made: &mut BTreeMap<String, Index>) {
    for (at, _) in sql.match_indices("idx_laf_") {
        let (before, rest) = sql.split_at(at);
        let end = rest.find(|sign: char| !sign.is_alphanumeric() && sign != '_').unwrap_or(rest.len());
        let (name, rest) = rest.split_at(end);
        let statement = before.rsplit(';').next().unwrap_or_default();
        if statement.contains("DROP INDEX") {
            made.remove(name);
        } else if let Some(columns) = columns(rest) {
            made.insert(name.to_owned(), columns);
        }
    }
}

/// The columns that follow the name of an index, with those after INCLUDE.
fn columns(rest: &str) -> Option<Index> {
    let rest = rest.trim_start();
    let list = rest.strip_prefix("ON llmusage_accounting_failed").unwrap_or(rest).trim_start();
    let (keys, after) = parenthesised(list)?;
    let included =
        after.trim_start().strip_prefix("INCLUDE").and_then(|list| parenthesised(list.trim_start()));
    let listed = [Some(keys), included.map(|(columns, _)| columns)].into_iter().flatten();
    let column = |text: &str| if text.contains("CASE") { "tab" } else { text.trim() }.to_owned();
    let columns = listed.flat_map(|list| split(list).into_iter().map(column).collect::<Vec<_>>());
    Some(columns.map(|name| if name == "is_open" { "tab".to_owned() } else { name }).collect())
}

/// What stands in the parentheses with which a text begins, and what follows them.
fn parenthesised(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix('(')?;
    let mut depth = 1;
    let end = inside.find(|sign| {
        depth += i32::from(sign == '(') - i32::from(sign == ')');
        depth == 0
    })?;
    Some((&inside[..end], &inside[end + 1..]))
}

/// The members of a list, at its commas outside of parentheses.
fn split(list: &str) -> Vec<&str> {
    let mut depth = 0;
    list.split(|sign| {
        depth += i32::from(sign == '(') - i32::from(sign == ')');
        sign == ',' && depth == 0
    })
    .collect()
}

/// With what the index of a route begins.
fn beginning(route: Route) -> [&'static str; 2] {
    match route.lead {
        Lead::Order => ["tab", route.order.name()],
        Lead::Amounts => ["tab", "amount"],
        Lead::Cause | Lead::Family => ["tab", "cause"],
        Lead::Days => ["use_date", "failed_time"],
        Lead::Decisions => ["handled_time", "id"],
        Lead::Column(column) => [column, "failed_time"],
        Lead::Times | Lead::Hits | Lead::Retrying => unreachable!("no index is said to tell anything"),
    }
}

fn routes() -> Vec<Route> {
    let columns = ["userorgid", "llmid", "userid", "resolution"].map(Lead::Column);
    let leads = [Lead::Amounts, Lead::Cause, Lead::Decisions, Lead::Days].into_iter().chain(columns);
    let filter = Filter::default();
    let along = |lead| Route::new(lead, SortColumn::FailedTime, &filter);
    let orders = [SortColumn::FailedTime, SortColumn::UseTime, SortColumn::Amount, SortColumn::Cost];
    let by_order = orders.map(|order| Route::new(Lead::Order, order, &filter));
    leads.map(along).chain(by_order).collect()
}

#[test]
fn an_index_of_each_database_tells_what_a_route_says_it_does() {
    for engine in ["sqlite", "mysql", "postgres"] {
        let indexes = indexes(engine);
        assert!(indexes.len() > 10, "{engine}: {indexes:?}");
        for route in routes() {
            assert!(!route.covered().is_empty(), "{route:?}");
            let holds = |index: &&Index| {
                index.starts_with(&beginning(route).map(str::to_owned))
                    && route.covered().iter().all(|column| index.iter().any(|held| held == column))
            };
            assert!(indexes.values().any(|index| holds(&index)), "{engine}, {route:?}: {indexes:#?}");
        }
    }
}

#[test]
fn expressions_included_columns_and_dropped_indexes_are_read() {
    let mut made = BTreeMap::new();
    apply(
        "CREATE INDEX idx_laf_a ON llmusage_accounting_failed ((CASE WHEN (x) THEN 1 END), b) INCLUDE (c, d);
         CREATE INDEX idx_laf_b ON llmusage_accounting_failed (e); DROP INDEX IF EXISTS idx_laf_b;",
        &mut made,
    );
    let expected = ["tab", "b", "c", "d"].map(str::to_owned).to_vec();
    assert_eq!(made, BTreeMap::from([("idx_laf_a".to_owned(), expected)]));
}
