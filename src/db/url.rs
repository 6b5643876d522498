//! The URL of a database: which engine it names, and whether it can be meant.

use std::path::PathBuf;

use super::Engine;
use crate::error::{Error, Result};

/// The engine of a URL that this build can open.
///
/// # Errors
/// [`Error::Unavailable`] with one line that says what would be right.
pub(super) fn check(url: &str) -> Result<Engine> {
    let refuse = |why: String| Error::Unavailable(format!("--database-url: {why}"));
    let engine = Engine::of_url(url).ok_or_else(|| {
        refuse("the scheme must be sqlite:, mysql: or postgres:, such as sqlite:llmage-admin.db".to_owned())
    })?;
    if !engine.is_built_in() {
        let name = engine.name();
        return Err(refuse(format!("this build has no {name}; build it with --features {name}")));
    }
    let is_file = || {
        let file = sqlite_file(url);
        !sqlite_path(url).contains(":memory:") && !file.to_string_lossy().trim().is_empty()
    };
    if engine == Engine::Sqlite && !is_file() {
        return Err(refuse("an SQLite database must be a file, such as sqlite:llmage-admin.db".to_owned()));
    }
    if engine != Engine::Sqlite && !names_database(url) {
        let name = engine.name();
        return Err(refuse(format!(
            "it names no database; it must end in one, such as {name}://USER:PASSWORD@HOST/DATABASE"
        )));
    }
    Ok(engine)
}

/// Whether the URL of a server says which of its databases is meant: none, or one of the server's choice, is never.
fn names_database(url: &str) -> bool {
    let (address, parameters) = url.split_once('?').unwrap_or((url, ""));
    let path = address.split_once("://").and_then(|(_, rest)| rest.rsplit_once('/'));
    path.is_some_and(|(_, name)| !name.is_empty()) || parameters.contains("dbname=")
}

/// The file that a `sqlite:` URL names.
pub(super) fn sqlite_path(url: &str) -> &str {
    let path = url.strip_prefix("sqlite:").unwrap_or(url);
    path.strip_prefix("//").unwrap_or(path)
}

/// As [`sqlite_path`], without what SQLite may be told beside the file's name: `file:desk.db?mode=ro`.
pub(super) fn sqlite_file(url: &str) -> PathBuf {
    let path = sqlite_path(url);
    let named = path.strip_prefix("file:").map(|name| name.split_once('?').map_or(name, |(name, _)| name));
    PathBuf::from(named.unwrap_or(path))
}

/// The same database, opened so that nothing can be written where that is a file; servers judge by the user.
pub fn read_only(url: &str) -> String {
    if Engine::of_url(url) != Some(Engine::Sqlite) || sqlite_path(url).starts_with("file:") {
        return url.to_owned();
    }
    let path = sqlite_path(url).replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    format!("sqlite:file:{path}?mode=ro")
}

/// The URL as people may see it: the whole path of a file, a server without password and parameters.
pub fn shown(url: &str) -> String {
    if Engine::of_url(url) == Some(Engine::Sqlite) {
        let file = sqlite_file(url);
        return format!("sqlite:{}", std::path::absolute(&file).unwrap_or(file).display());
    }
    let address = url.split('?').next().unwrap_or_default();
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    match rest.rsplit_once('@') {
        Some((user, host)) => format!("{scheme}://{}@{host}", user.split(':').next().unwrap_or_default()),
        None => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_url_holds_neither_password_nor_parameters() {
        for (url, seen) in [
            ("mysql://desk:p%40ss@10.0.0.1:3306/llm?ssl=1", "mysql://desk@10.0.0.1:3306/llm"),
            ("postgres://desk:a@b@db/llm?password=x", "postgres://desk@db/llm"),
            ("postgres://db/llm", "postgres://db/llm"),
            ("sqlite:/var/lib/desk.db", "sqlite:/var/lib/desk.db"),
        ] {
            assert_eq!(shown(url), seen);
        }
        let here = std::env::current_dir().expect("a folder").join("desk.db");
        assert_eq!(shown("sqlite:desk.db"), format!("sqlite:{}", here.display()));
    }
}
