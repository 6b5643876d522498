//! The three databases, by the scheme of an URL.

use super::url::sqlite_file;

/// Which database answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Engine {
    #[default]
    Sqlite,
    Mysql,
    Postgres,
}

impl Engine {
    /// The engine a database URL names by its scheme.
    pub fn of_url(url: &str) -> Option<Engine> {
        match url.split_once(':')?.0 {
            "sqlite" => Some(Engine::Sqlite),
            "mysql" | "mariadb" => Some(Engine::Mysql),
            "postgres" | "postgresql" => Some(Engine::Postgres),
            _ => None,
        }
    }

    /// The folder of its migrations, and the cargo feature that builds it in.
    pub fn name(self) -> &'static str {
        match self {
            Engine::Sqlite => "sqlite",
            Engine::Mysql => "mysql",
            Engine::Postgres => "postgres",
        }
    }

    /// Whether one transaction writes at a time. Such a database is a file of this app, which it migrates by itself.
    pub fn has_one_writer(self) -> bool {
        self == Engine::Sqlite
    }

    /// Whether a cell holds a value of any type, whatever the type of its column.
    pub fn keeps_any_type(self) -> bool {
        self == Engine::Sqlite
    }

    /// Whether the URL names an SQLite file that does not exist.
    pub fn is_missing_file(self, url: &str) -> bool {
        self == Engine::Sqlite && !sqlite_file(url).exists()
    }

    /// Whether this build can talk to it.
    pub fn is_built_in(self) -> bool {
        match self {
            Engine::Sqlite => cfg!(feature = "sqlite"),
            Engine::Mysql => cfg!(feature = "mysql"),
            Engine::Postgres => cfg!(feature = "postgres"),
        }
    }
}
