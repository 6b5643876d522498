//! The arrows between the rooms of the house, held over the source text.
//!
//! Domain files know `base`, `error` and `db`, never the web; features meet only where the table below says so.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Which features a feature's files may use.
const FEATURES: [(&str, &[&str]); 20] = [
    ("accounts", &["audit"]),
    ("alerts", &["archive", "audit", "failed_accounting", "jobs", "usages"]),
    ("archive", &["audit", "failed_accounting", "usages"]),
    ("audit", &[]),
    ("batches", &["audit", "causes", "failed_accounting", "forecast", "ledger", "names", "usages"]),
    ("causes", &["audit"]),
    ("check", &["audit", "kept_totals"]),
    (
        "demo",
        &[
            "accounts",
            "alerts",
            "archive",
            "audit",
            "batches",
            "causes",
            "check",
            "failed_accounting",
            "forecast",
            "ledger",
            "names",
            "usages",
        ],
    ),
    (
        "failed_accounting",
        &[
            "accounts",
            "audit",
            "causes",
            "check",
            "forecast",
            "imports",
            "kept_totals",
            "ledger",
            "names",
            "usages",
        ],
    ),
    ("forecast", &["causes", "usages"]),
    ("imports", &["audit"]),
    ("kept_totals", &[]),
    ("ledger", &[]),
    ("metrics", &["alerts", "failed_accounting", "jobs"]),
    ("names", &[]),
    ("overview", &["alerts", "archive", "audit", "causes", "check", "failed_accounting", "names", "usages"]),
    ("jobs", &[]),
    ("search", &["failed_accounting", "names", "usages"]),
    ("usages", &["audit", "causes", "imports", "names"]),
    // Who asks, as whom that is written down, the names that every page may show, where a test looks, and the ledger.
    ("web", &["accounts", "audit", "forecast", "ledger", "names"]),
];

/// Files that join everything: no rules of the trade in them.
const WIRING: [&str; 2] = ["lib.rs", "main.rs"];

/// The longest a file may be without a reason for it in its `//!`.
const LINES: usize = 250;

/// The longest a function should be, in lines.
const FUNCTION_LINES: usize = 42;

/// How many functions are longer all the same, tables of rows among them. The number may only fall.
const LONG_FUNCTIONS: usize = 33;

/// How many files have more than 300 lines. The number may only fall.
const LONG_FILES: usize = 3;

/// The only files that write failures and usages: a case, the archive, and what brings rows in as a file or a sample tells
/// them. Whatever else changes such a row goes through a case.
const WRITERS: [&str; 10] = [
    "archive/movement.rs",
    "causes/telling.rs",
    "demo/simulator.rs",
    "demo/store.rs",
    "failed_accounting/case/rows.rs",
    "failed_accounting/case/handling.rs",
    "failed_accounting/case/usage_rows.rs",
    "failed_accounting/recording/import.rs",
    "usages/import.rs",
    "usages/store.rs",
];

/// How such a write begins.
const WRITES: [&str; 13] = [
    "insert_into(failed::",
    "insert_into(live::",
    "update(failed::",
    "update(live::",
    "delete(failed::",
    "delete(live::",
    "INSERT INTO llmusage ",
    "INSERT INTO llmusage_accounting_failed",
    "UPDATE llmusage ",
    "UPDATE llmusage_accounting_failed",
    "DELETE FROM llmusage ",
    "DELETE FROM llmusage_accounting_failed",
    "case::adopt(",
];

/// A source file below `src/`.
struct Source {
    path: String,
    text: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Source {
        Source { path: path.to_owned(), text: text.to_owned() }
    }

    fn room(&self) -> &str {
        self.path.split(['/', '.']).next().unwrap_or_default()
    }

    fn is_wiring(&self) -> bool {
        WIRING.contains(&self.path.as_str())
            || ["app/", "cli/", "server/"].iter().any(|folder| self.path.starts_with(folder))
    }

    fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }

    /// Whether it speaks to browsers or programs.
    fn is_web(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        self.room() == "web"
            || self.path.contains("/pages/")
            || self.path.contains("/api/")
            || ["pages.rs", "api.rs", "login.rs", "download.rs"].contains(&name)
    }

    /// The lines of code, without comments.
    fn code(&self) -> impl Iterator<Item = &str> {
        self.text.lines().filter(|line| !line.trim_start().starts_with("//"))
    }

    fn has(&self, part: &str) -> bool {
        self.code().any(|line| line.contains(part))
    }

    /// The rooms of this crate that it names, also in `use crate::{a, b::c};`.
    fn rooms_used(&self) -> BTreeSet<String> {
        let code: String = self.code().collect::<Vec<_>>().join("\n");
        code.split("crate::")
            .skip(1)
            .flat_map(|rest| listed(rest).into_iter().filter_map(first_word))
            .collect()
    }

    /// Whether its `//!` gives a reason for its length.
    fn tells_its_length(&self) -> bool {
        let mut notes = self.text.lines().take_while(|line| line.starts_with("//!"));
        notes.any(|line| line.contains("250 lines"))
    }
}

/// A function: its name, its parameters on one line, and how many lines it has.
#[derive(Debug, PartialEq)]
struct Function {
    name: String,
    parameters: String,
    lines: usize,
}

/// The functions of a file, but for those of `mod tests` at its end.
fn functions(text: &str) -> Vec<Function> {
    let production = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines: Vec<&str> = production.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let bare = line.trim_start();
        let Some(before) = bare.find("fn ") else { continue };
        let is_head = bare[..before].split_whitespace().all(|word| {
            ["const", "async", "unsafe"].contains(&word) || word.starts_with("pub") || word.ends_with(')')
        });
        if !is_head {
            continue;
        }
        let end = format!("{}}}", &line[..line.len() - bare.len()]);
        let is_whole = line.ends_with([';', '}']);
        let length = lines[at..].iter().position(|line| *line == end).filter(|_| !is_whole).unwrap_or(0) + 1;
        let head = lines[at..at + length].join(" ");
        let name = bare[before + 3..].split(|c: char| !c.is_alphanumeric() && c != '_').next();
        let parameters = head.split_once('(').map_or("", |(_, rest)| rest);
        let parameters = parameters.split(" {").next().unwrap_or_default().split(" -> ").next();
        found.push(Function {
            name: name.unwrap_or_default().to_owned(),
            parameters: parameters.unwrap_or_default().to_owned(),
            lines: length,
        });
    }
    found
}

impl Function {
    /// Whether a parameter is several in one.
    fn takes_a_tuple(&self) -> bool {
        let is_plain = |rest: &str| !rest.trim_start_matches('&').trim_start_matches("mut ").starts_with('(');
        !self.parameters.split(": ").skip(1).all(is_plain) && !self.parameters.contains("&(dyn ")
    }
}

/// What follows `crate::`: the members of its braces, or itself.
fn listed(rest: &str) -> Vec<&str> {
    let Some(inside) = rest.strip_prefix('{') else { return vec![rest] };
    let (mut members, mut depth, mut from) = (Vec::new(), 0_i32, 0);
    for (at, sign) in inside.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' if depth == 0 => {
                members.push(&inside[from..at]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                members.push(&inside[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    members
}

fn first_word(path: &str) -> Option<String> {
    let word = path.trim_start().split(|letter: char| !letter.is_alphanumeric() && letter != '_').next();
    word.filter(|word| !word.is_empty()).map(str::to_owned)
}

/// What a file does that it may not.
fn faults(source: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    let mut check = |holds: bool, rule: &str| {
        if !holds {
            faults.push(format!("{}: {rule}", source.path));
        }
    };
    let room = source.room();
    if !source.is_wiring() && !source.is_web() {
        for part in ["actix_web", "actix_session", "actix_files", "tera::", "crate::web"] {
            check(!source.has(part), &format!("a domain file uses {part}"));
        }
    }
    // A usage and its failures are one case: the pages of usages act through the gate, their domain files know no failure.
    let is_gate = room == "usages" && source.is_web();
    for used in source.rooms_used().into_iter().filter(|used| !(is_gate && used == "failed_accounting")) {
        let is_common = match room {
            "base" | "error" => ["base", "error"].contains(&used.as_str()),
            "db" => ["base", "db", "error"].contains(&used.as_str()),
            "config" => ["base", "error"].contains(&used.as_str()),
            _ => {
                source.is_wiring() || ["base", "db", "error", "web"].contains(&used.as_str()) || used == room
            }
        };
        let friends = FEATURES.iter().find(|(name, _)| *name == room).map(|(_, friends)| *friends);
        let is_friend = friends.is_some_and(|friends| friends.contains(&used.as_str()));
        check(is_common || is_friend, &format!("{room} may not use {used}"));
    }
    check(room == "web" || !source.has("HttpRequest"), "a handler takes extractors, not the raw HttpRequest");
    if room != "db" {
        for part in ["SqliteConnection", "MysqlConnection", "PgConnection", "begin_transaction"] {
            check(!source.has(part), &format!("{part} belongs to db/"));
        }
    }
    if room != "db" && !WRITERS.contains(&source.path.as_str()) {
        for part in WRITES {
            check(!source.has(part), &format!("{part} writes past the case of a usage"));
        }
    }
    check(!source.is_web() || !source.has("diesel"), "a web file asks the database by itself");
    // What is left of this is mended by a question to `Engine`, or a function of `db/dialect/`.
    let may_name = ["audit/triggers.rs", "cli/check.rs", "failed_accounting/case/locking.rs"];
    let names_one = room != "db" && !source.is_test() && source.has("Engine::Sqlite");
    check(!names_one || may_name.contains(&source.path.as_str()), "Engine::Sqlite is named outside db/");
    if !source.is_test() {
        let production = source.text.split("#[cfg(test)]").next().unwrap_or_default();
        for part in [".unwrap()", "todo!", "unimplemented!", "dbg!"] {
            let is_there =
                production.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(part));
            check(!is_there, &format!("{part} outside tests"));
        }
    }
    for function in functions(&source.text) {
        let rule = format!("{} takes a tuple: name each parameter, or make a struct of them", function.name);
        check(source.is_test() || !function.takes_a_tuple(), &rule);
    }
    check(source.text.starts_with("//!"), "no //! says what it is for");
    let (is_long, has_reason) = (source.text.lines().count() > LINES, source.tells_its_length());
    check(!is_long || has_reason, "longer than 250 lines without a reason");
    check(is_long || !has_reason, "gives a reason for more than 250 lines and has fewer");
    faults
}

fn sources(folder: &Path, root: &Path) -> Vec<Source> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("a text file");
        Source { path: path.strip_prefix(root).expect("below src").to_string_lossy().into_owned(), text }
    };
    // Lists of words stand beside the code that reads them.
    let is_list = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "txt");
    let entries = entries.filter(|path| !is_list(path));
    entries.flat_map(|path| if path.is_dir() { sources(&path, root) } else { vec![read(path)] }).collect()
}

#[test]
fn every_file_keeps_the_arrows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let sources = sources(&root, &root);
    assert!(sources.len() > 50, "only {} files", sources.len());
    let faults: Vec<String> = sources.iter().flat_map(faults).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn files_and_functions_do_not_grow() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let sources: Vec<Source> = sources(&root, &root).into_iter().filter(|source| !source.is_test()).collect();
    let mut long = Vec::new();
    for source in &sources {
        let all = functions(&source.text).into_iter().filter(|function| function.lines > FUNCTION_LINES);
        long.extend(all.map(|function| format!("{}: {} ({})", source.path, function.name, function.lines)));
    }
    let more = |kind: &str, limit: usize| format!("more than {limit} {kind} are long; split one, or yours:");
    assert!(long.len() <= LONG_FUNCTIONS, "{}\n{}", more("functions", LONG_FUNCTIONS), long.join("\n"));
    let long: Vec<&str> =
        sources.iter().filter(|s| s.text.lines().count() > 300).map(|source| source.path.as_str()).collect();
    assert!(long.len() <= LONG_FILES, "{}\n{}", more("files", LONG_FILES), long.join("\n"));
}

#[test]
fn a_broken_rule_is_found() {
    for (path, text, part) in [
        ("usages/store.rs", "//! x\nuse actix_web::web;", "domain file"),
        ("usages/store.rs", "//! x\nuse crate::web::links;", "domain file"),
        (
            "usages/store.rs",
            "//! x\nuse crate::failed_accounting::store;",
            "usages may not use failed_accounting",
        ),
        ("audit/pages.rs", "//! x\nuse crate::usages::store;", "audit may not use usages"),
        ("base/money.rs", "//! x\nuse crate::db::Database;", "base may not use db"),
        ("db/mod.rs", "//! x\nuse crate::audit::event;", "db may not use audit"),
        (
            "db/mod.rs",
            "//! x\nuse crate::{\n    base::{csv, form},\n    audit::event,\n};",
            "db may not use audit",
        ),
        ("web/page.rs", "//! x\nuse crate::usages::store;", "web may not use usages"),
        ("usages/store.rs", "//! x\nfn f(c: PgConnection) {}", "belongs to db"),
        ("usages/store.rs", "//! x\nfn f() { g().unwrap(); }", "outside tests"),
        ("usages/store.rs", "//! x\nfn f(\n    (a, b): (&str, u8),\n) {\n}", "takes a tuple"),
        ("usages/store.rs", "//! x\nfn f(a: u8, days: (u8, u8)) -> u8 {\n}", "takes a tuple"),
        ("usages/pages/show.rs", "//! x\nuse diesel::prelude::*;", "asks the database by itself"),
        ("usages/store.rs", "//! x\nfn f(e: Engine) -> bool { e == Engine::Sqlite }", "outside db"),
        ("usages/pages.rs", "//! x\nfn show(request: HttpRequest) {}", "takes extractors"),
        ("usages/store.rs", "use x;", "no //!"),
        ("usages/store.rs", &format!("//! x\n{}", "\n".repeat(300)), "longer than 250"),
        ("usages/store.rs", "//! x. More than 250 lines: y.", "has fewer"),
    ] {
        let found = faults(&Source::new(path, text));
        assert!(found.iter().any(|fault| fault.contains(part)), "{path} {text:?}: {found:?}");
    }
    let right =
        "//! x\nuse crate::audit::store;\nuse crate::db::DbConnection;\n// crate::web is for others\n";
    assert!(faults(&Source::new("usages/store.rs", right)).is_empty());
    assert!(
        faults(&Source::new("usages/pages.rs", "//! x\nuse crate::web::page;\nuse actix_web::web;"))
            .is_empty()
    );
}

#[test]
fn the_pages_of_a_feature_are_used_by_the_app_alone() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for source in sources(&root, &root).iter().filter(|source| !source.path.starts_with("app")) {
        for (feature, _) in FEATURES.iter().filter(|(feature, _)| *feature != "web") {
            let used = source.has(&format!("crate::{feature}::pages"))
                || source.has(&format!("crate::{feature}::api"));
            assert!(!used || source.room() == *feature, "{} uses the pages of {feature}", source.path);
        }
    }
}

#[test]
fn migrations_have_equal_names_for_all_databases() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let names = |engine: &str| -> BTreeSet<String> {
        let entries = std::fs::read_dir(root.join(engine)).expect("migrations");
        let name = |entry: std::io::Result<std::fs::DirEntry>| entry.expect("an entry").file_name();
        entries.map(|entry| name(entry).to_string_lossy().into_owned()).collect()
    };
    for engine in ["mysql", "postgres"] {
        assert_eq!(names("sqlite"), names(engine), "{engine}");
    }
    for engine in ["sqlite", "mysql", "postgres"] {
        for name in names(engine) {
            for file in ["up.sql", "down.sql"] {
                assert!(root.join(engine).join(&name).join(file).is_file(), "{engine}/{name}/{file}");
            }
        }
    }
}

/// The stamp alone is what the database keeps: of two with the same one only the first would ever be applied.
#[test]
fn no_two_migrations_have_the_same_stamp() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    let mut stamps = BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let name = entry.expect("it can be read").file_name().to_string_lossy().into_owned();
        let stamp = name.split('_').next().unwrap_or_default().to_owned();
        assert!(stamps.insert(stamp), "{name} has the stamp of another one");
    }
    assert!(stamps.len() > 20);
}

#[test]
fn templates_hold_no_inline_script_or_style() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    for source in sources(&root, &root) {
        for part in ["<style", " style=", "<script>", " onclick=", " onchange=", " onsubmit="] {
            assert!(!source.text.contains(part), "{} holds {part}", source.path);
        }
    }
}

/// A lost brace hides all rules after it on wide windows, and nothing else notices.
#[test]
fn every_block_of_the_style_sheet_is_closed() {
    let css = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("static/app.css")).unwrap();
    let mut depth = 0;
    for (number, line) in css.lines().enumerate() {
        if line.starts_with("/* ----------") {
            assert_eq!(depth, 0, "line {}: a section begins inside a block", number + 1);
        }
        depth += line.matches('{').count();
        depth -= line.matches('}').count();
    }
    assert_eq!(depth, 0, "a block is not closed");
}
