//! A migrated database for each test, on the engine that `TEST_DATABASE_URL` names; SQLite files without it. Its commits
//! need not survive a power cut.
//!
//! Migrations run once into a template, and each test gets a copy. On a server, the names carry the time of
//! their making: what a killed run left behind is dropped by the first run hours later.

use std::ops::Deref;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use chrono_tz::Tz;
use llmage_admin::base::durability::Durability;
use llmage_admin::db::{Database, DbConnection, Engine, migrations};
use llmage_admin::kept_totals::Kind;
use llmage_admin::kept_totals::asking::{self, Question};
use llmage_admin::kept_totals::counting;
use tempfile::TempDir;

/// A database that lasts as long as this value. Dereferences to the [`Database`].
pub struct TestDatabase {
    /// Closed before its home goes.
    database: Option<Database>,
    url: String,
    home: Home,
}

enum Home {
    /// Kept for its removal when dropped.
    Folder(#[expect(dead_code, reason = "kept for its removal when dropped")] TempDir),
    /// The name of a database on the server of `TEST_DATABASE_URL`.
    Server(String),
    /// Stays on its server for those who come later.
    Kept,
}

impl TestDatabase {
    /// An empty, migrated database; times are in UTC.
    pub fn new() -> TestDatabase {
        TestDatabase::in_zone(Tz::UTC)
    }

    /// An empty, migrated database whose times are in that zone.
    pub fn in_zone(zone: Tz) -> TestDatabase {
        TestDatabase::made(zone, true)
    }

    /// A database without any table.
    pub fn without_tables() -> TestDatabase {
        TestDatabase::made(Tz::UTC, false)
    }

    /// As [`TestDatabase::without_tables`], with times of that zone.
    pub fn without_tables_in(zone: Tz) -> TestDatabase {
        TestDatabase::made(zone, false)
    }

    /// As [`TestDatabase::new`], with doubles for money on PostgreSQL, too: as the app made it before, and as a
    /// platform may have it.
    pub fn with_doubles() -> TestDatabase {
        let database = TestDatabase::new();
        if database.engine() == Engine::Postgres {
            super::rows::run(
                &database,
                "ALTER TABLE llmusage_accounting_failed ALTER amount TYPE DOUBLE PRECISION, \
                 ALTER cost TYPE DOUBLE PRECISION",
            );
        }
        database
    }

    /// A migrated database that takes long to fill and is only read: on a server it is filled by who comes first and
    /// kept for those who come within the hour. `content` tells what is in it: another one is filled anew.
    pub fn kept(content: &str, fill: impl FnOnce(&TestDatabase)) -> TestDatabase {
        let Some(server) = server_url() else {
            let database = TestDatabase::new();
            fill(&database);
            return database;
        };
        let name = server::kept(&server, content, |name| {
            let url = with_name(&server, name);
            let database = Database::open_as(&url, Tz::UTC, Durability::Normal).expect("the database opens");
            fill(&TestDatabase { database: Some(database), url, home: Home::Kept });
        });
        let url = with_name(&server, &name);
        let database =
            Database::open_as(&url, Tz::UTC, Durability::Normal).expect("the filled database opens");
        TestDatabase { database: Some(database), url, home: Home::Kept }
    }

    fn made(zone: Tz, migrated: bool) -> TestDatabase {
        let (url, home) = match server_url() {
            None => sqlite_file(migrated),
            Some(server) => {
                let name = server::create(&server, migrated);
                (with_name(&server, &name), Home::Server(name))
            }
        };
        let database =
            Database::open_as(&url, zone, Durability::Normal).expect("the test's own database opens");
        TestDatabase { database: Some(database), url, home }
    }

    /// The URL that `--database-url` would name.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl TestDatabase {
    /// With `CHECK_TOTALS`, each test ends with kept totals that are what is counted, whatever it did: where they are kept.
    fn compare_totals(&self) {
        if std::env::var_os("CHECK_TOTALS").is_none() || std::thread::panicking() {
            return;
        }
        let question = Question { kind: Kind::All, key: String::new(), days: (None, None) };
        let are_kept = self.run_here(|connection| asking::total(connection, &question));
        if let (Ok(Some(_)), Ok(differences)) = (are_kept, counting::differences(self)) {
            assert!(differences.is_empty(), "kept totals differ: {differences:?}");
        }
    }
}

impl Deref for TestDatabase {
    type Target = Database;

    fn deref(&self) -> &Database {
        self.database.as_ref().expect("open until dropped")
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        self.compare_totals();
        self.database = None;
        if let (Home::Server(name), Some(server)) = (&self.home, server_url()) {
            server::drop_database(&server, name);
        }
    }
}

/// Which engine the tests of this run use.
pub fn engine() -> Engine {
    server_url().map_or(Engine::Sqlite, |url| engine_of(&url))
}

/// The server that tests shall use, unless they use SQLite files.
fn server_url() -> Option<String> {
    let url = std::env::var("TEST_DATABASE_URL").ok().filter(|url| !url.is_empty())?;
    (engine_of(&url) != Engine::Sqlite).then_some(url)
}

fn engine_of(url: &str) -> Engine {
    let engine =
        Engine::of_url(url).unwrap_or_else(|| panic!("TEST_DATABASE_URL has an unknown scheme: {url}"));
    let name = engine.name();
    assert!(engine.is_built_in(), "TEST_DATABASE_URL asks for {name}: run the tests with --features {name}");
    engine
}

/// A session of its own on a server, without a pool and without settings.
pub fn session(url: &str) -> diesel::ConnectionResult<DbConnection> {
    match engine_of(url) {
        #[cfg(feature = "mysql")]
        Engine::Mysql => {
            let url = url.replacen("mariadb:", "mysql:", 1);
            <diesel::MysqlConnection as diesel::Connection>::establish(&url).map(DbConnection::Mysql)
        }
        #[cfg(feature = "postgres")]
        Engine::Postgres => {
            <diesel::PgConnection as diesel::Connection>::establish(url).map(DbConnection::Postgres)
        }
        engine => {
            let name = engine.name();
            Err(diesel::ConnectionError::BadConnection(format!("{name} is no server that this build knows")))
        }
    }
}

/// The same URL with another database.
fn with_name(server: &str, name: &str) -> String {
    let (address, _) = server.rsplit_once('/').expect("TEST_DATABASE_URL ends in /DATABASE");
    format!("{address}/{name}")
}

fn sqlite_file(migrated: bool) -> (String, Home) {
    static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
    let folder = tempfile::tempdir().expect("a folder for the test's database");
    let file = folder.path().join("test.db");
    if migrated {
        let template = TEMPLATE.get_or_init(migrated_file);
        std::fs::write(&file, template).expect("a copy of the template");
    }
    (format!("sqlite:{}", file.display()), Home::Folder(folder))
}

/// The bytes of an SQLite file with all migrations applied.
#[cfg(feature = "sqlite")]
fn migrated_file() -> Vec<u8> {
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, ConnectionError};

    let folder = tempfile::tempdir().expect("a folder for the template");
    let file = folder.path().join("template.db");
    let database = Database::open_as(&format!("sqlite:{}", file.display()), Tz::UTC, Durability::Normal)
        .expect("the template opens");
    migrations::apply(&database).expect("the migrations apply");
    drop(database);
    // What is still in the write-ahead log must be in the file that is copied.
    diesel::SqliteConnection::establish(&file.display().to_string())
        .and_then(|mut file| {
            file.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")
                .map_err(ConnectionError::CouldntSetupConfiguration)
        })
        .expect("the template is written to its file");
    std::fs::read(&file).expect("the template is a file")
}

#[cfg(not(feature = "sqlite"))]
fn migrated_file() -> Vec<u8> {
    panic!("without TEST_DATABASE_URL the tests use SQLite: run them with --features sqlite")
}

mod server {
    //! Databases on a server: a template for each set of migrations, copies of it, and their end.

    use std::hash::{DefaultHasher, Hash, Hasher};
    use std::time::{SystemTime, UNIX_EPOCH};

    use diesel::connection::SimpleConnection;
    use diesel::prelude::*;
    use diesel::sql_types::{BigInt, Text};

    use super::*;

    const PREFIX: &str = "llmage_test_";
    /// So long a template is taken, in seconds.
    const TEMPLATE_LASTS: u64 = 3_600;
    /// From this age on, nobody takes a database any more: it is left over.
    const LEFTOVER: u64 = 2 * TEMPLATE_LASTS;

    /// Makes a database and gives its name.
    pub(super) fn create(server: &str, migrated: bool) -> String {
        static SWEPT: OnceLock<()> = OnceLock::new();
        SWEPT.get_or_init(|| drop_leftovers(server));
        let name = fresh_name("");
        let mut admin = connect(server);
        if migrated {
            let template = template(&mut admin, server);
            copy(&mut admin, &template, &name);
        } else {
            let statement = create_statement(admin.engine(), &name);
            execute(&mut admin, &statement);
        }
        name
    }

    /// The name of the database with that content; filled now unless it is there.
    pub(super) fn kept(server: &str, content: &str, fill: impl FnOnce(&str)) -> String {
        let mut admin = connect(server);
        let mut hasher = DefaultHasher::new();
        (fingerprint(admin.engine()), content).hash(&mut hasher);
        let suffix = format!("_kept_{:016x}", hasher.finish());
        // As long as filling may take.
        lock(&mut admin, "llmage_kept", 1_800);
        // One whose filling was cut off has no such suffix: it is named so at the end.
        let marks = names_ending(&mut admin, &format!("{suffix}_full"));
        let full = |mark: &String| mark.trim_end_matches("_full").to_owned();
        let known = marks.iter().map(full).find(|name| age(name).is_some_and(|age| age < TEMPLATE_LASTS));
        let name = known.unwrap_or_else(|| {
            let name = fresh_name(&suffix);
            let template = template(&mut admin, server);
            copy(&mut admin, &template, &name);
            fill(&name);
            let statement = create_statement(admin.engine(), &format!("{name}_full"));
            execute(&mut admin, &statement);
            name
        });
        unlock(&mut admin, "llmage_kept");
        name
    }

    pub(super) fn drop_database(server: &str, name: &str) {
        let mut admin = connect(server);
        let force = if admin.engine() == Engine::Postgres { " WITH (FORCE)" } else { "" };
        // What a killed server left behind keeps no test from its own database.
        if let Err(error) = admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name}{force}")) {
            eprintln!("{name} stays: {error}");
        }
    }

    fn connect(url: &str) -> DbConnection {
        session(url).unwrap_or_else(|error| panic!("cannot connect to {url}: {error}"))
    }

    fn execute(connection: &mut DbConnection, statement: &str) {
        connection.batch_execute(statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
    }

    /// Never the same twice, in this process or any other: `llmage_test_<seconds>_<process>_<count>`.
    fn fresh_name(suffix: &str) -> String {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let count = MADE.fetch_add(1, Ordering::Relaxed);
        format!("{PREFIX}{}_{}_{count}{suffix}", now(), std::process::id())
    }

    fn now() -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970").as_secs()
    }

    fn age(name: &str) -> Option<u64> {
        let made: u64 = name.strip_prefix(PREFIX)?.split('_').next()?.parse().ok()?;
        Some(now().saturating_sub(made))
    }

    fn drop_leftovers(server: &str) {
        let names = names_ending(&mut connect(server), "");
        for name in names.iter().filter(|name| age(name).is_some_and(|age| age > LEFTOVER)) {
            drop_database(server, name);
        }
    }

    /// The databases of tests whose name ends so.
    fn names_ending(admin: &mut DbConnection, suffix: &str) -> Vec<String> {
        let question = match admin.engine() {
            Engine::Postgres => "SELECT CAST(datname AS TEXT) AS name FROM pg_database",
            _ => "SELECT schema_name AS name FROM information_schema.schemata",
        };
        let all = names(admin, question).into_iter();
        all.filter(|name| name.starts_with(PREFIX) && name.ends_with(suffix)).collect()
    }

    fn names(connection: &mut DbConnection, question: &str) -> Vec<String> {
        #[derive(QueryableByName)]
        struct Named {
            #[diesel(sql_type = Text)]
            name: String,
        }
        let rows: Vec<Named> = diesel::sql_query(question).load(connection).expect("the server lists names");
        rows.into_iter().map(|row| row.name).collect()
    }

    /// A database with the migrations of this build; made by the process that comes first.
    fn template(admin: &mut DbConnection, server: &str) -> String {
        let suffix = format!("_template_{:016x}", fingerprint(admin.engine()));
        lock(admin, "llmage_test", 60);
        let known = names_ending(admin, &suffix)
            .into_iter()
            .find(|name| age(name).is_some_and(|age| age < TEMPLATE_LASTS));
        let name = known.unwrap_or_else(|| {
            let name = fresh_name(&suffix);
            let statement = create_statement(admin.engine(), &name);
            execute(admin, &statement);
            let database = Database::open(&with_name(server, &name), Tz::UTC).expect("the template opens");
            migrations::apply(&database).expect("the migrations apply");
            name
        });
        unlock(admin, "llmage_test");
        name
    }

    fn lock(admin: &mut DbConnection, name: &str, seconds: u32) {
        let taken = match admin.engine() {
            Engine::Postgres => {
                format!("SELECT CAST(1 AS BIGINT) AS n FROM pg_advisory_lock(hashtext('{name}'))")
            }
            _ => format!("SELECT CAST(GET_LOCK('{name}', {seconds}) AS SIGNED) AS n"),
        };
        assert_eq!(number(admin, &taken), 1, "another process keeps the lock {name}");
    }

    fn unlock(admin: &mut DbConnection, name: &str) {
        let given = match admin.engine() {
            Engine::Postgres => {
                format!("SELECT CAST(CAST(pg_advisory_unlock(hashtext('{name}')) AS INTEGER) AS BIGINT) AS n")
            }
            _ => format!("SELECT CAST(RELEASE_LOCK('{name}') AS SIGNED) AS n"),
        };
        number(admin, &given);
    }

    fn number(connection: &mut DbConnection, question: &str) -> i64 {
        #[derive(QueryableByName)]
        struct Number {
            #[diesel(sql_type = BigInt)]
            n: i64,
        }
        let row: Number = diesel::sql_query(question)
            .get_result(connection)
            .unwrap_or_else(|error| panic!("{question}: {error}"));
        row.n
    }

    /// Changes with every word of the migrations.
    fn fingerprint(engine: Engine) -> u64 {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine.name());
        let mut hasher = DefaultHasher::new();
        for name in migrations::names(engine).expect("this build knows the migrations") {
            let text = std::fs::read_to_string(folder.join(&name).join("up.sql"));
            (&name, text.expect("each migration has its folder")).hash(&mut hasher);
        }
        hasher.finish()
    }

    fn create_statement(engine: Engine, name: &str) -> String {
        match engine {
            Engine::Postgres => format!("CREATE DATABASE {name}"),
            _ => format!("CREATE DATABASE {name} CHARACTER SET utf8mb4"),
        }
    }

    /// MariaDB has no copy of a database: its tables are copied one by one, which keeps columns and
    /// indexes, and then their triggers.
    fn copy(admin: &mut DbConnection, template: &str, name: &str) {
        if admin.engine() == Engine::Postgres {
            return execute(admin, &format!("CREATE DATABASE {name} TEMPLATE {template}"));
        }
        let statement = create_statement(admin.engine(), name);
        execute(admin, &statement);
        for table in names(
            admin,
            &format!(
                "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = '{template}'"
            ),
        ) {
            execute(admin, &format!("CREATE TABLE {name}.{table} LIKE {template}.{table}"));
            if number(admin, &format!("SELECT COUNT(*) AS n FROM {template}.{table}")) > 0 {
                execute(admin, &format!("INSERT INTO {name}.{table} SELECT * FROM {template}.{table}"));
            }
        }
        for trigger in names(
            admin,
            &format!(
                "SELECT CONCAT('CREATE TRIGGER {name}.', trigger_name, ' ', action_timing, ' ', event_manipulation, \
                 ' ON {name}.', event_object_table, ' FOR EACH ROW ', action_statement) AS name \
                 FROM information_schema.triggers WHERE trigger_schema = '{template}'"
            ),
        ) {
            execute(admin, &trigger);
        }
    }
}
