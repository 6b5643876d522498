//! Names of models, users and organisations: comfort that may be absent.

use diesel::RunQueryDsl;
use llmage_admin::names::{NameCache, NameSources, Names, store};

use crate::support::database::TestDatabase;

fn run(database: &TestDatabase, statement: &str) {
    database
        .transaction_here(|connection| Ok(diesel::sql_query(statement).execute(connection).map(drop)?))
        .expect("the statement runs");
}

#[test]
fn without_tables_ids_stand_alone_and_nothing_is_wrong() {
    let database = TestDatabase::new();
    assert_eq!(store::load(&database, &NameSources::default()), (Names::default(), Vec::new()));
}

#[test]
fn one_failing_source_spoils_no_other() {
    let database = TestDatabase::new();
    run(&database, "CREATE TABLE llm (id VARCHAR(32) PRIMARY KEY, name VARCHAR(64))");
    run(&database, "INSERT INTO llm (id, name) VALUES ('m1', 'Model \"One\"'), ('m2', NULL), ('m3', ' ')");
    run(&database, "CREATE TABLE people (number INTEGER PRIMARY KEY, called VARCHAR(64))");
    run(&database, "INSERT INTO people (number, called) VALUES (17, 'Li Wei')");
    let sources = NameSources {
        models: None,
        users: Some("SELECT number, called FROM people -- whatever they are called\n;".to_owned()),
        organisations: Some("SELECT id, name FROM nowhere".to_owned()),
    };
    let (names, problems) = store::load(&database, &sources);
    assert_eq!(names.model(Some("m1")), Some("Model \"One\""));
    assert_eq!(names.models.len(), 1, "NULL and blank names are none");
    assert_eq!(names.user(Some("17")), Some("Li Wei"));
    assert_eq!(names.organisation(Some("o1")), None);
    assert_eq!(problems.len(), 1);
    assert!(problems[0].contains("organisations"), "{problems:?}");
}

#[test]
fn a_table_without_the_expected_column_is_a_problem_and_no_more() {
    let database = TestDatabase::new();
    run(&database, "CREATE TABLE users (id VARCHAR(32) PRIMARY KEY)");
    let (names, problems) = store::load(&database, &NameSources::default());
    assert_eq!(names, Names::default());
    assert!(problems.len() == 1 && problems[0].contains("users"), "{problems:?}");
}

#[test]
fn the_cache_reads_again_without_a_restart_but_not_for_every_page() {
    let database = TestDatabase::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let cache = NameCache::new((*database).clone(), NameSources::default());
    assert!(runtime.block_on(cache.current()).models.is_empty());
    database.transaction_here(store::create_demo_tables).unwrap();
    let named = [("m1", "Model One")];
    database.transaction_here(|connection| store::insert(connection, store::MODELS, named)).unwrap();
    assert!(runtime.block_on(cache.current()).models.is_empty(), "within a minute the old names stay");
    assert_eq!(cache.refresh_here().model(Some("m1")), Some("Model One"));
    assert_eq!(runtime.block_on(cache.current()).model(Some("m1")), Some("Model One"));
    drop(cache);
}
