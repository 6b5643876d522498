//! What the tests of files share: exporting to text, importing from text.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use llmage_admin::audit::event::{Author, Source};
use llmage_admin::base::csv::reader::{Reader, Record};
use llmage_admin::base::form::Fields;
use llmage_admin::db::Database;
use llmage_admin::failed_accounting::export::{self, Exported};
use llmage_admin::failed_accounting::filter::Filter;
use llmage_admin::imports::{ImportError, Imported, Source as File, progress::Progress};
use llmage_admin::names::Names;
use llmage_admin::web::locale::{self, Language};
use tempfile::TempDir;

/// The filter of that query string.
pub fn filter(query: &str) -> Filter {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let pairs = pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let (filter, errors) = Filter::parse(&Fields::new(pairs));
    assert!(errors.is_empty(), "{query}: {errors:?}");
    filter
}

/// The export of a filter as text, and what it says of itself.
pub fn export(database: &Database, filter: &Filter, names: &Names) -> (String, Exported) {
    let mut bytes = Vec::new();
    let exported = export::run(database, filter, names, &mut bytes).expect("the export is written");
    (String::from_utf8(bytes).expect("the export is UTF-8"), exported)
}

/// The rows of a CSV without its header, and the header.
pub fn parse(text: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = Reader::new(text.as_bytes());
    let mut record = Record::default();
    let mut rows = Vec::new();
    while reader.read(&mut record).expect("the CSV can be read") {
        rows.push(record.cells().map(str::to_owned).collect());
    }
    (rows.remove(0), rows)
}

/// A file of that name with that text, as long as the folder lasts.
pub fn file(name: &str, text: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder for the file");
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("the file is written");
    (folder, path)
}

/// Who imports, and when.
pub fn author() -> Author {
    let at = NaiveDate::from_ymd_opt(2026, 5, 31).and_then(|day| day.and_hms_opt(12, 0, 0));
    let at = at.expect("a time");
    Author { name: "root".to_owned(), source: Source::Command, request_id: None, at }
}

/// Imports failures from that text.
pub fn import_failures(database: &Database, text: impl AsRef<[u8]>) -> Result<Imported, String> {
    let (_folder, path) = file("failures.csv", text);
    import_failures_of(database, &path)
}

/// Imports the failures of that file.
pub fn import_failures_of(database: &Database, path: &Path) -> Result<Imported, String> {
    let run =
        |file| llmage_admin::failed_accounting::import::run(database, file, &author(), &Progress::hidden());
    in_words(File::open(path).and_then(run))
}

/// Imports usages from that text.
pub fn import_usages(database: &Database, text: impl AsRef<[u8]>) -> Result<Imported, String> {
    let (_folder, path) = file("usages.csv", text);
    let run = |file| llmage_admin::usages::import::run(database, file, &author(), &Progress::hidden());
    in_words(File::open(&path).and_then(run))
}

fn in_words(imported: Result<Imported, ImportError>) -> Result<Imported, String> {
    imported.map_err(|error| error.in_words(|message| locale::words(Language::English, message)))
}
