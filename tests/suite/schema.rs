//! The tables: migrations for three databases, and what the platform and the app rely on in them.

use crate::support::database::{TestDatabase, engine};
use crate::support::rows::{Row, failure, insert, run};
use chrono::NaiveDateTime;
use chrono_tz::Tz;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use llmage_admin::db::{Database, DbConnection, Engine, migrations, schema};
use llmage_admin::failed_accounting::condition::{Search, plan_search};
use llmage_admin::failed_accounting::failure::FailedRecord;
use llmage_admin::failed_accounting::filter::{Filter, Handled};
use llmage_admin::failed_accounting::{list, store};
use llmage_admin::imports::Importable;

const COLUMNS: [&str; 15] = [
    "id",
    "llmusageid",
    "llmid",
    "userid",
    "userorgid",
    "use_date",
    "use_time",
    "amount",
    "cost",
    "failed_reason",
    "failed_time",
    "retry_count",
    "handled",
    "handled_time",
    "handled_note",
];

fn read<T>(database: &Database, work: impl FnOnce(&mut DbConnection) -> QueryResult<T>) -> T {
    database.run_once_here(|connection| Ok(work(connection)?)).expect("it can be read")
}

/// A column of texts called `name`.
fn names(database: &Database, question: &str) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Named {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let rows: Vec<Named> = read(database, |connection| diesel::sql_query(question).load(connection));
    rows.into_iter().map(|row| row.name).collect()
}

fn tables(database: &Database) -> Vec<String> {
    names(
        database,
        match database.engine() {
            Engine::Sqlite => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
            }
            Engine::Mysql => {
                "SELECT CAST(table_name AS CHAR) AS name FROM information_schema.tables \
                 WHERE table_schema = DATABASE() ORDER BY name"
            }
            Engine::Postgres => {
                "SELECT CAST(tablename AS TEXT) AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY name"
            }
        },
    )
}

fn indexes(database: &Database, table: &str) -> Vec<String> {
    let question = match database.engine() {
        Engine::Sqlite => {
            format!(
                "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = '{table}' ORDER BY name"
            )
        }
        Engine::Mysql => format!(
            "SELECT DISTINCT CAST(index_name AS CHAR) AS name FROM information_schema.statistics \
             WHERE table_schema = DATABASE() AND table_name = '{table}' ORDER BY name"
        ),
        Engine::Postgres => {
            format!(
                "SELECT CAST(indexname AS TEXT) AS name FROM pg_indexes WHERE tablename = '{table}' ORDER BY name"
            )
        }
    };
    names(database, &question)
}

fn has_all(found: &[String], wanted: &[&str]) {
    for name in wanted {
        assert!(found.iter().any(|found| found == name), "no {name} among {found:?}");
    }
}

#[test]
fn all_databases_have_migrations_of_the_same_names() {
    let names = |engine: Engine| {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine.name());
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(names(Engine::Sqlite), names(Engine::Mysql));
    assert_eq!(names(Engine::Sqlite), names(Engine::Postgres));
    assert_eq!(migrations::names(engine()).unwrap(), names(Engine::Sqlite));
}

#[test]
fn a_second_migration_run_applies_nothing_and_long_texts_are_read_whole() {
    let database = TestDatabase::without_tables();
    let all = migrations::names(engine()).unwrap();
    assert_eq!(migrations::apply(&database).unwrap(), all);
    assert_eq!(migrations::apply(&database).unwrap(), Vec::<String>::new());
    let status = migrations::status(&database).unwrap();
    assert!(status.iter().all(|migration| migration.applied), "{status:?}");
    let reason = "余额不足 'x' ".repeat(2_000);
    insert(&database, &[Row { failed_reason: Some(reason.clone()), ..failure("first") }]);
    let record = database.run_here(|connection| store::find(connection, "first")).unwrap();
    assert_eq!(record.failed_reason, Some(reason));
}

#[test]
fn a_migration_run_that_failed_goes_on_where_it_stopped() {
    let database = TestDatabase::without_tables();
    run(&database, "CREATE VIEW sign_in_attempt AS SELECT 1 AS id");
    let refused = migrations::apply(&database).unwrap_err().to_string();
    assert!(refused.contains("2026-11-22-110100_create_sign_in_attempt"), "{refused}");
    let applied = || {
        let status = migrations::status(&database).unwrap();
        status.into_iter().filter(|migration| migration.applied).count()
    };
    let all = migrations::names(engine()).unwrap();
    let before = all.iter().position(|name| name.ends_with("create_sign_in_attempt")).unwrap();
    assert_eq!(applied(), before);
    run(&database, "DROP VIEW sign_in_attempt");
    assert_eq!(migrations::apply(&database).unwrap(), all[before..]);
    assert_eq!(applied(), all.len());
}

#[test]
fn what_is_reverted_leaves_nothing_and_applies_again() {
    let database = TestDatabase::new();
    let mut all = migrations::names(engine()).unwrap();
    all.reverse();
    assert_eq!(migrations::revert_all(&database).unwrap(), all);
    assert_eq!(tables(&database), ["__diesel_schema_migrations"]);
    assert_eq!(migrations::apply(&database).unwrap().len(), all.len());
    insert(&database, &[failure("f1")]);
}

#[test]
fn the_failed_table_has_the_columns_and_indexes_of_the_platform() {
    let database = TestDatabase::new();
    run(
        &database,
        &format!(
            "INSERT INTO llmusage_accounting_failed ({}) VALUES ({})",
            COLUMNS.join(", "),
            "'1'".to_owned() + &", NULL".repeat(14)
        ),
    );
    has_all(
        &indexes(&database, "llmusage_accounting_failed"),
        &["idx_laf_use_date", "idx_laf_userorgid", "idx_laf_llmid", "idx_laf_handled", "idx_laf_failed_time"],
    );
}

#[test]
fn usages_and_history_have_the_indexes_of_the_platform() {
    let database = TestDatabase::new();
    has_all(
        &indexes(&database, "llmusage"),
        &["idx_llmusage_accounting", "idx_llmusage_userid_usetime", "idx_llmusage_userorgid_usetime"],
    );
    has_all(
        &indexes(&database, "llmusage_history"),
        &["idx_lh_use_date", "idx_lh_userorgid", "idx_lh_llmid", "idx_lh_backup_time"],
    );
}

#[test]
fn a_row_of_the_platform_fits_and_is_open() {
    let database = TestDatabase::new();
    run(
        &database,
        "INSERT INTO llmusage_accounting_failed (id, llmusageid, llmid, userid, userorgid, use_date, use_time, \
         amount, cost, failed_reason, failed_time, retry_count) VALUES ('f1', 'u1', 'm1', 'p1', 'o1', \
         '2026-05-20', '2026-05-20 09:15:02', 0.00036, 0.00021, 'usages is None', '2026-05-20 09:15:11', 0)",
    );
    let record = database.run_here(|connection| store::find(connection, "f1")).unwrap();
    assert_eq!((record.handled.as_deref(), record.is_open()), (Some("0"), true));
    assert_eq!((record.resolution, record.handled_by), (None, None));
    let open = database
        .run_here(|connection| {
            list::page(connection, &Filter::default(), &Search::Nothing, &Default::default())
        })
        .unwrap();
    assert_eq!(open.rows.len(), 1);
}

#[test]
fn ids_that_differ_in_case_are_two() {
    let database = TestDatabase::new();
    insert(&database, &[failure("aB"), failure("Ab")]);
    let found = database.run_here(|connection| store::find(connection, "Ab")).unwrap();
    assert_eq!(found.id, "Ab");
}

#[test]
fn every_column_of_every_table_can_be_selected() {
    let database = TestDatabase::new();
    macro_rules! selectable {
        ($($table:ident),*) => {
            read(&database, |connection| {
                $(
                    let counted: i64 = schema::$table::table.count().get_result(connection)?;
                    let expected = match stringify!($table) {
                        // The least version of the app, and that totals are kept.
                        "app_setting" => 2,
                        "audit_chain" | "check_run" => 1,
                        _ => 0,
                    };
                    assert_eq!(counted, expected, stringify!($table));
                    diesel::select(diesel::dsl::exists(
                        schema::$table::table.select(schema::$table::all_columns),
                    ))
                    .get_result::<bool>(connection)?;
                    schema::$table::table.select(schema::$table::all_columns).execute(connection)?;
                )*
                Ok(())
            });
        };
    }
    selectable!(
        llmusage_accounting_failed,
        llmusage,
        llmusage_history,
        admin_user,
        alert_delivery,
        alert_event,
        alert_rule,
        api_token,
        archive_left,
        archive_run,
        app_instance,
        app_setting,
        audit_chain,
        audit_event,
        batch,
        batch_item,
        batch_outcome,
        check_finding,
        check_run,
        ended_session,
        failure_arrival,
        idempotency_key,
        likely_fixed,
        new_failure,
        saved_view,
        sign_in_attempt,
        job_lease,
        cause,
        job_run
    );
    let mut known = tables(&database);
    known.retain(|name| {
        !name.starts_with("reason_") && !name.starts_with("failed_") && name != "__diesel_schema_migrations"
    });
    assert_eq!(
        known,
        [
            "admin_user",
            "alert_delivery",
            "alert_event",
            "alert_rule",
            "api_token",
            "app_instance",
            "app_setting",
            "archive_left",
            "archive_run",
            "audit_chain",
            "audit_event",
            "batch",
            "batch_item",
            "batch_outcome",
            "cause",
            "check_finding",
            "check_run",
            "ended_session",
            "failure_arrival",
            "idempotency_key",
            "job_lease",
            "job_run",
            "likely_fixed",
            "llmusage",
            "llmusage_accounting_failed",
            "llmusage_history",
            "masked_reason",
            "new_failure",
            "saved_view",
            "sign_in_attempt"
        ],
        "a table that schema.rs, or this test, does not know"
    );
}

/// How a session of the platform begins: its server runs in the business zone.
fn platform_session() -> &'static str {
    match engine() {
        Engine::Sqlite => "",
        Engine::Mysql => "SET time_zone = '+08:00'; ",
        Engine::Postgres => "SET TIME ZONE 'Asia/Shanghai'; ",
    }
}

#[test]
fn a_time_of_the_platform_is_read_as_it_was_written() {
    let platform = TestDatabase::in_zone(Tz::UTC);
    let insert = "INSERT INTO llmusage_accounting_failed (id, use_time, failed_time) \
                  VALUES ('f1', '2026-05-20 00:15:11', '2026-05-20 00:15:11')";
    run(&platform, &(platform_session().to_owned() + insert));
    let app = Database::open(platform.url(), Tz::Asia__Shanghai).unwrap();
    let record = app.run_here(|connection| store::find(connection, "f1")).unwrap();
    let time: NaiveDateTime = "2026-05-20T00:15:11".parse().unwrap();
    assert_eq!((record.use_time, record.failed_time), (Some(time), Some(time)));
}

#[test]
fn a_time_that_the_app_writes_is_the_same_for_the_platform() {
    let platform = TestDatabase::in_zone(Tz::UTC);
    let app = Database::open(platform.url(), Tz::Asia__Shanghai).unwrap();
    insert(&app, &[failure("f1")]);
    let time = "2026-05-20T00:15:11".parse().unwrap();
    let before = app.run_here(|connection| store::find(connection, "f1")).unwrap();
    let written = FailedRecord { id: "f2".to_owned(), handled_time: Some(time), ..before };
    app.transaction_here(|connection| Ok(Importable::insert(&written, connection)?)).unwrap();
    let read = platform.run_here(|connection| {
        connection.batch_execute(platform_session())?;
        let text = if engine() == Engine::Mysql { "CHAR" } else { "TEXT" };
        let column = diesel::dsl::sql::<Text>(&format!("CAST(handled_time AS {text})"));
        Ok(schema::llmusage_accounting_failed::table.find("f2").select(column).first::<String>(connection)?)
    });
    assert!(read.unwrap().starts_with("2026-05-20 00:15:11"));
}

#[test]
fn milliseconds_survive_where_the_database_keeps_them() {
    let database = TestDatabase::new();
    insert(&database, &[failure("f0")]);
    let record = database.run_here(|connection| store::find(connection, "f0")).unwrap();
    let time: NaiveDateTime = "2026-05-20T00:15:11.120".parse().unwrap();
    let written = FailedRecord { id: "f1".to_owned(), failed_time: Some(time), ..record };
    database.transaction_here(|connection| Ok(Importable::insert(&written, connection)?)).unwrap();
    let read = database.run_here(|connection| store::find(connection, "f1")).unwrap();
    let kept = if engine() == Engine::Mysql { "2026-05-20T00:15:11" } else { "2026-05-20T00:15:11.120" };
    assert_eq!(read.failed_time, Some(kept.parse().unwrap()));
}

/// The ids that a search of the reasons finds, and how it searched.
fn found(database: &Database, text: &str) -> (Vec<String>, bool) {
    let filter = Filter { q: Some(text.to_owned()), handled: Handled::All, ..Filter::default() };
    database
        .run_here(|connection| {
            let search = plan_search(connection, &filter)?;
            let rows = list::page(connection, &filter, &search, &Default::default())?.rows;
            let mut ids: Vec<String> = rows.into_iter().map(|row| row.record.id).collect();
            ids.sort();
            Ok((ids, matches!(search, Search::Indexed(_))))
        })
        .expect("it can be searched")
}

#[test]
fn the_text_index_keeps_up_with_every_change() {
    let database = TestDatabase::new();
    let has_index = engine() != Engine::Mysql;
    let row = |id: &str, reason: &str| Row { failed_reason: Some(reason.to_owned()), ..failure(id) };
    insert(
        &database,
        &[row("f1", "first thing"), row("f2", "second thing"), Row { failed_reason: None, ..failure("f3") }],
    );
    assert_eq!(found(&database, "THING"), (vec!["f1".to_owned(), "f2".to_owned()], has_index));
    run(&database, "UPDATE llmusage_accounting_failed SET failed_reason = 'other matter' WHERE id = 'f1'");
    assert_eq!(found(&database, "thing").0, ["f2"]);
    assert_eq!(found(&database, "matter").0, ["f1"]);
    run(&database, "UPDATE llmusage_accounting_failed SET failed_reason = 'a matter too' WHERE id = 'f3'");
    run(&database, "UPDATE llmusage_accounting_failed SET failed_reason = NULL WHERE id = 'f1'");
    assert_eq!(found(&database, "matter").0, ["f3"]);
    run(&database, "UPDATE llmusage_accounting_failed SET handled = '1' WHERE id = 'f3'");
    run(&database, "UPDATE llmusage_accounting_failed SET id = 'f9' WHERE id = 'f3'");
    assert_eq!(found(&database, "matter").0, ["f9"]);
    run(&database, "DELETE FROM llmusage_accounting_failed WHERE id = 'f9'");
    assert_eq!(found(&database, "matter").0, Vec::<String>::new());
    insert(&database, &[row("f9", "matter again")]);
    assert_eq!(found(&database, "matter").0, ["f9"]);
    assert_eq!(found(&database, "thing").0, ["f2"]);
}

#[test]
#[cfg(feature = "sqlite")]
#[expect(clippy::disallowed_methods, reason = "no transaction may be open")]
fn vacuum_does_not_break_the_text_search() {
    if engine() != Engine::Sqlite {
        return;
    }
    let database = TestDatabase::new();
    let row = |number: usize| Row {
        failed_reason: Some(format!("reason number {number:03}")),
        ..failure(&format!("f{number:03}"))
    };
    insert(&database, &(0..50).map(row).collect::<Vec<Row>>());
    // Without the first rows, VACUUM gives the others new rowids.
    run(&database, "DELETE FROM llmusage_accounting_failed WHERE id < 'f020'");
    let file = database.url().strip_prefix("sqlite:").unwrap();
    diesel::SqliteConnection::establish(file).unwrap().batch_execute("VACUUM").unwrap();
    assert_eq!(found(&database, "number 030"), (vec!["f030".to_owned()], true));
    run(&database, "UPDATE llmusage_accounting_failed SET failed_reason = 'changed' WHERE id = 'f030'");
    assert_eq!(found(&database, "number 030").0, Vec::<String>::new());
    assert_eq!(found(&database, "changed").0, ["f030"]);
}

/// The tables as an existing installation has them: other collation, two indexes of generated names, some rows.
fn platform_tables(database: &Database) {
    let (table_options, quoted_index) = match database.engine() {
        Engine::Mysql => (
            " ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
            "llmusage_accounting_failed_idx_laf_use_date",
        ),
        _ => ("", "idx_laf_use_date"),
    };
    let double = if database.engine() == Engine::Mysql { "DOUBLE(18,5)" } else { "DOUBLE PRECISION" };
    run(
        database,
        &format!(
            "CREATE TABLE llmusage_accounting_failed (id VARCHAR(32) NOT NULL PRIMARY KEY, llmusageid VARCHAR(32), \
             llmid VARCHAR(32), userid VARCHAR(32), userorgid VARCHAR(32), use_date DATE, \
             use_time TIMESTAMP DEFAULT CURRENT_TIMESTAMP, amount {double}, cost {double}, failed_reason TEXT, \
             failed_time TIMESTAMP DEFAULT CURRENT_TIMESTAMP, retry_count INTEGER, handled VARCHAR(1) DEFAULT '0', \
             handled_time TIMESTAMP DEFAULT CURRENT_TIMESTAMP, handled_note TEXT){table_options}; \
             CREATE INDEX {quoted_index} ON llmusage_accounting_failed (use_date); \
             CREATE INDEX idx_laf_failed_time ON llmusage_accounting_failed (failed_time); \
             INSERT INTO llmusage_accounting_failed (id, use_date, amount, failed_reason, failed_time, handled) VALUES \
             ('f1', '2026-05-20', 0.00036, 'usages is None', '2026-05-20 09:15:11', '0'), \
             ('f3', NULL, NULL, NULL, '2026-05-22 00:00:04', NULL)"
        ),
    );
}

#[test]
fn the_tables_of_an_installation_are_adopted_with_their_rows() {
    let database = TestDatabase::without_tables();
    platform_tables(&database);
    migrations::apply(&database).unwrap();
    let record = database.run_here(|connection| store::find(connection, "f1")).unwrap();
    assert_eq!(record.amount.map(|money| money.to_string()).as_deref(), Some("0.00036"));
    let page = |position| {
        database
            .run_here(move |connection| {
                list::rows(connection, &Filter::default(), &Search::Nothing, &position, 1)
            })
            .unwrap()
    };
    let first = page(Default::default());
    let second = page(llmage_admin::base::paging::Position::After(first.rows[0].cursor.clone()));
    assert_eq!((first.rows[0].record.id.as_str(), second.rows[0].record.id.as_str()), ("f3", "f1"));
    assert_eq!(found(&database, "usages none").0, ["f1"]);
    let indexes = indexes(&database, "llmusage_accounting_failed");
    has_all(&indexes, &["idx_laf_userorgid", "idx_laf_llmid", "idx_laf_handled", "idx_laf_failed_time"]);
    let by_date = indexes.iter().filter(|name| name.ends_with("idx_laf_use_date")).count();
    assert_eq!(by_date, 1, "an index that is there under a longer name is not made again: {indexes:?}");
    assert_eq!(migrations::apply(&database).unwrap(), Vec::<String>::new());
}

#[test]
fn usages_with_the_same_blank_taskid_are_adopted() {
    let database = TestDatabase::without_tables();
    run(
        &database,
        "CREATE TABLE llmusage (id VARCHAR(32) NOT NULL PRIMARY KEY, llmid VARCHAR(32), use_date DATE, \
         use_time TIMESTAMP, userid VARCHAR(32), status VARCHAR(32), taskid VARCHAR(256), userorgid VARCHAR(32), \
         accounting_status VARCHAR(32)); \
         CREATE INDEX idx_llmusage_userid_usetime ON llmusage (userid, use_time); \
         INSERT INTO llmusage (id, taskid) VALUES ('u1', ''), ('u2', '')",
    );
    migrations::apply(&database).unwrap();
    let counted: i64 = read(&database, |connection| schema::llmusage::table.count().get_result(connection));
    assert_eq!(counted, 2);
    has_all(&indexes(&database, "llmusage"), &["idx_llmusage_userid", "idx_llmusage_accounting"]);
}

#[test]
fn a_new_usage_table_refuses_the_same_task_twice() {
    let database = TestDatabase::new();
    run(&database, "INSERT INTO llmusage (id, taskid) VALUES ('u1', 't1'), ('u2', NULL), ('u3', NULL)");
    let again = database.transaction_here(|connection| {
        use schema::llmusage::dsl;
        let values = (dsl::id.eq("u4"), dsl::taskid.eq("t1"));
        let inserted = diesel::insert_into(dsl::llmusage).values(values).execute(connection);
        Ok(inserted.is_err_and(|error| llmage_admin::db::is_duplicate(&error)))
    });
    assert!(again.unwrap());
}

#[test]
fn a_user_and_an_event_fit() {
    let database = TestDatabase::new();
    let now: NaiveDateTime = "2026-05-20T00:15:11.120".parse().unwrap();
    let counted: i64 = database
        .transaction_here(|connection| {
            use schema::{admin_user, audit_event};
            diesel::insert_into(admin_user::table)
                .values((
                    admin_user::name.eq("ann"),
                    admin_user::password_hash.eq("x"),
                    admin_user::role.eq("viewer"),
                    admin_user::created_at.eq(now),
                ))
                .execute(connection)?;
            for id in 1..=2 {
                diesel::insert_into(audit_event::table)
                    .values((
                        audit_event::id.eq(id),
                        audit_event::happened_at.eq(now),
                        audit_event::author.eq("ann"),
                        audit_event::source.eq("page"),
                        audit_event::action.eq("edit"),
                        audit_event::record_kind.eq("failure"),
                        audit_event::record_id.eq("f1"),
                    ))
                    .execute(connection)?;
            }
            let user: (bool, i32, NaiveDateTime) = admin_user::table
                .select((admin_user::disabled, admin_user::session_epoch, admin_user::created_at))
                .first(connection)?;
            assert_eq!(user, (false, 0, now));
            Ok(audit_event::table.filter(audit_event::happened_at.eq(now)).count().get_result(connection)?)
        })
        .unwrap();
    assert_eq!(counted, 2);
    let highest: Vec<i64> = read(&database, |connection| {
        schema::audit_event::table
            .select(diesel::dsl::sql::<BigInt>("id"))
            .order(schema::audit_event::id.desc())
            .load(connection)
    });
    assert!(highest[0] > highest[1]);
}

#[test]
fn a_schema_that_cannot_be_served_is_refused_with_table_column_and_types() {
    let database = TestDatabase::without_tables();
    let tables = match engine() {
        Engine::Sqlite => include_str!("web/foreign/sqlite.sql").replacen("amount real", "amount TEXT", 1),
        Engine::Mysql => {
            include_str!("web/foreign/mysql.sql").replacen("amount DOUBLE(18,5)", "amount VARCHAR(20)", 1)
        }
        Engine::Postgres => {
            include_str!("web/foreign/postgres.sql").replacen("amount NUMERIC(18,5)", "amount TEXT", 1)
        }
    };
    run(&database, &tables);
    let refused = migrations::check_columns(&database).unwrap_err().to_string();
    let found = match engine() {
        Engine::Sqlite => "TEXT",
        Engine::Mysql => "varchar",
        Engine::Postgres => "text",
    };
    assert!(refused.contains(&format!("llmusage.amount is {found}, wanted ")), "{refused}");
    assert!(!refused.contains("llmusage_accounting_failed"), "{refused}");
}

/// What was changed of the platform's tables, and what is said of it.
type Shape = (&'static str, &'static str);

fn shapes() -> &'static [Shape] {
    match engine() {
        Engine::Sqlite => &[
            (
                "CREATE TABLE other (id TEXT); ALTER TABLE llmusage RENAME TO base; CREATE VIEW llmusage AS SELECT * FROM base",
                "llmusage is a view",
            ),
            (
                "CREATE TABLE plain AS SELECT * FROM llmusage; DROP TABLE llmusage; ALTER TABLE plain RENAME TO llmusage",
                "llmusage has no primary key",
            ),
            (
                "ALTER TABLE llmusage DROP COLUMN transno; ALTER TABLE llmusage ADD COLUMN transno TEXT GENERATED ALWAYS AS (id) VIRTUAL",
                "llmusage.transno is a generated column",
            ),
            (
                "ALTER TABLE llmusage RENAME COLUMN llmid TO LLMID",
                "llmusage.LLMID is wanted in small letters",
            ),
            (
                "ALTER TABLE llmusage DROP COLUMN transno; ALTER TABLE llmusage ADD COLUMN transno TEXT COLLATE NOCASE",
                "llmusage has columns that compare by NOCASE",
            ),
            (
                "CREATE TABLE bills (id TEXT, usage_id TEXT REFERENCES llmusage (id) ON DELETE CASCADE)",
                "the foreign key of bills to llmusage (ON DELETE CASCADE)",
            ),
        ],
        Engine::Mysql => &[
            (
                "RENAME TABLE llmusage TO base; CREATE VIEW llmusage AS SELECT * FROM base",
                "llmusage is a view",
            ),
            (
                "ALTER TABLE llmusage_accounting_failed ENGINE=MyISAM",
                "llmusage_accounting_failed is in MyISAM, which has no transactions",
            ),
            ("ALTER TABLE llmusage DROP PRIMARY KEY", "llmusage has no primary key"),
            (
                "ALTER TABLE llmusage MODIFY use_time TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP",
                "llmusage.use_time changes by itself with each update",
            ),
            (
                "ALTER TABLE llmusage DROP COLUMN transno; ALTER TABLE llmusage ADD COLUMN transno VARCHAR(40) AS (id) STORED",
                "llmusage.transno is a generated column",
            ),
            (
                "ALTER TABLE llmusage MODIFY transno VARCHAR(40) CHARACTER SET gbk",
                "llmusage.transno is in gbk",
            ),
            (
                "ALTER TABLE llmusage_accounting_failed MODIFY llmid VARCHAR(32) CHARACTER SET latin1",
                "the ids of usages and failures are in latin1,",
            ),
            (
                "CREATE TABLE bills (id VARCHAR(32) PRIMARY KEY, FOREIGN KEY (id) REFERENCES llmusage (id) ON DELETE CASCADE) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
                "the foreign key of bills to llmusage (ON DELETE CASCADE)",
            ),
            (
                "ALTER TABLE llmusage_accounting_failed ADD FOREIGN KEY (llmusageid) REFERENCES llmusage (id)",
                "the foreign key of llmusage_accounting_failed to llmusage",
            ),
        ],
        Engine::Postgres => &[
            (
                "ALTER TABLE llmusage RENAME TO base; CREATE VIEW llmusage AS SELECT * FROM base",
                "llmusage is a view",
            ),
            (
                "ALTER TABLE llmusage RENAME TO base; CREATE MATERIALIZED VIEW llmusage AS SELECT * FROM base",
                "llmusage is a materialized view",
            ),
            ("ALTER TABLE llmusage DROP CONSTRAINT llmusage_pkey", "llmusage has no primary key"),
            (
                "ALTER TABLE llmusage DROP COLUMN transno; ALTER TABLE llmusage ADD COLUMN transno VARCHAR(40) GENERATED ALWAYS AS (id) STORED",
                "llmusage.transno is a generated column",
            ),
            (
                "ALTER TABLE llmusage RENAME COLUMN llmid TO \"LLMID\"",
                "llmusage.LLMID is wanted in small letters",
            ),
            ("ALTER TABLE llmusage ALTER amount TYPE REAL", "llmusage.amount is real, wanted NUMERIC"),
            (
                "CREATE TABLE bills (usage_id VARCHAR(32) REFERENCES llmusage (id) ON DELETE CASCADE)",
                "the foreign key of bills to llmusage (ON DELETE CASCADE)",
            ),
            (
                "ALTER TABLE llmusage_accounting_failed ADD FOREIGN KEY (llmusageid) REFERENCES llmusage (id)",
                "the foreign key of llmusage_accounting_failed to llmusage",
            ),
        ],
    }
}

#[test]
fn tables_that_would_be_harmed_are_refused_before_anything_is_changed() {
    for (change, told) in shapes() {
        let database = TestDatabase::without_tables();
        let tables = match engine() {
            Engine::Sqlite => include_str!("web/foreign/sqlite.sql"),
            Engine::Mysql => include_str!("web/foreign/mysql.sql"),
            Engine::Postgres => include_str!("web/foreign/postgres.sql"),
        };
        // The tables alone: what their rows hold is another matter.
        let made = tables.split(';').filter(|statement| statement.to_uppercase().contains("CREATE TABLE"));
        made.for_each(|statement| run(&database, statement));
        migrations::check_columns(&database).expect("as they were they are served");
        change.split(';').for_each(|statement| run(&database, statement));
        let refused = migrations::check_columns(&database).unwrap_err().to_string();
        assert!(refused.contains(told), "{change}: {refused}");
    }
}

#[test]
fn a_new_postgres_database_has_exact_money_and_titles() {
    if engine() != Engine::Postgres {
        return;
    }
    let database = TestDatabase::new();
    let kinds = names(
        &database,
        "SELECT CAST(table_name AS TEXT) || '.' || column_name || ' ' || numeric_precision || ',' || numeric_scale \
         AS name FROM information_schema.columns WHERE data_type = 'numeric' AND column_name IN ('amount', 'cost') \
         AND numeric_scale = 5 ORDER BY 1",
    );
    assert_eq!(kinds.len(), 6, "{kinds:?}");
    let title = names(
        &database,
        "SELECT col_description(CAST('llmusage_accounting_failed' AS REGCLASS), attnum) AS name FROM pg_attribute \
         WHERE attrelid = CAST('llmusage_accounting_failed' AS REGCLASS) AND attname = 'amount'",
    );
    assert_eq!(title, ["交易金额"]);
}
