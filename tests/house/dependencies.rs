//! Each crate that is asked for is used: what nobody names is built, linked and watched in vain.

use std::path::Path;

/// Crates that no source names, each with what it is there for.
const UNNAMED: [(&str, &str); 1] = [("libsqlite3-sys", "its feature compiles SQLite in")];

/// The names below a heading of Cargo.toml.
fn listed(heading: &str) -> Vec<&'static str> {
    let text = include_str!("../../Cargo.toml");
    let (_, rest) = text.split_once(&format!("\n[{heading}]\n")).expect("Cargo.toml has that heading");
    let lines = rest.lines().take_while(|line| !line.starts_with('['));
    lines.filter_map(|line| line.split_once(" = ").map(|(name, _)| name)).collect()
}

/// The text of all sources below these folders.
fn sources(folders: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    folders.iter().map(|folder| text_below(&root.join(folder))).collect()
}

fn text_below(folder: &Path) -> String {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let text = |path: std::path::PathBuf| match path.extension() {
        _ if path.is_dir() => text_below(&path),
        Some(ending) if ending == "rs" => std::fs::read_to_string(&path).expect("a text"),
        _ => String::new(),
    };
    entries.map(text).collect()
}

fn is_named(text: &str, package: &str) -> bool {
    let name = package.replace('-', "_");
    let starts = |part: &str| part.starts_with("::") || part.starts_with(';') || part.starts_with(" as ");
    text.split(&name).skip(1).any(starts)
}

#[test]
fn each_dependency_is_used() {
    let (ours, tests) = (sources(&["src"]), sources(&["src", "tests", "benches"]));
    let (crates, for_tests) = (listed("dependencies"), listed("dev-dependencies"));
    assert!(crates.len() > 20 && for_tests.len() > 3);
    let is_known = |name: &&str| UNNAMED.iter().any(|(unnamed, _)| unnamed == name);
    let unused = |names: Vec<&'static str>, text: &str| -> Vec<&str> {
        names.into_iter().filter(|name| !is_known(name) && !is_named(text, name)).collect()
    };
    assert_eq!(unused(crates, &ours), Vec::<&str>::new());
    assert_eq!(unused(for_tests, &tests), Vec::<&str>::new());
}

#[test]
fn a_crate_that_is_only_spoken_of_is_unused() {
    assert!(is_named("use serde_json::Value;", "serde-json"));
    assert!(!is_named("// serde_json is not used here", "serde-json"));
}
