//! The tables: migrations for three databases, and what the platform and the app rely on.

mod support;

use llmage_admin::db::{Engine, migrations};
use support::database::TestDatabase;

#[test]
fn a_second_migration_run_applies_nothing() {
    let database = TestDatabase::new();
    assert_eq!(migrations::apply(&database).unwrap(), Vec::<String>::new());
    let status = migrations::status(&database).unwrap();
    assert!(status.iter().all(|migration| migration.applied), "{status:?}");
}

#[test]
fn all_databases_have_migrations_of_the_same_names() {
    let names = |engine: Engine| {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine.name());
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(Engine::Sqlite), names(Engine::Mysql));
    assert_eq!(names(Engine::Sqlite), names(Engine::Postgres));
}
