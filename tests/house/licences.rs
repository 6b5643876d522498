//! What is linked into the binary may be: the licences that `deny.toml` allows, and the crates it does not ban.
//!
//! `cargo deny check` asks the same and more where it is installed; this needs nothing but cargo.

use std::process::Command;

use serde_json::Value;

/// The quoted words of the list of that name in `deny.toml`.
fn list(name: &str) -> Vec<String> {
    let text = include_str!("../../deny.toml");
    let (_, rest) = text.split_once(&format!("\n{name} = [")).expect("deny.toml has that list");
    let (list, _) = rest.split_once("\n]").expect("the list ends");
    let lines = list.lines().filter(|line| !line.trim_start().starts_with('#'));
    lines.flat_map(|line| line.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn allows(allowed: &[String], expression: &str) -> bool {
    let plain = expression.replace('/', " OR ").replace(['(', ')'], "");
    let any = |text: &str| text.split(" OR ").any(|name| allowed.iter().any(|known| known == name.trim()));
    if expression.contains('(') {
        // (A OR B) AND C
        return plain.split(" AND ").all(any);
    }
    plain.split(" OR ").any(|part| part.split(" AND ").all(any))
}

fn packages() -> Vec<Value> {
    let asked = Command::new(env!("CARGO"))
        // Crates of other systems and features may have to be fetched first, as by the build before this test.
        .args(["metadata", "--format-version", "1", "--all-features", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
    let metadata: Value = serde_json::from_slice(&asked.stdout).expect("cargo answers in JSON");
    metadata["packages"].as_array().expect("packages").clone()
}

#[test]
fn every_crate_has_a_licence_that_is_allowed_comes_from_the_registry_and_is_not_banned() {
    let (allowed, banned) = (list("allow"), list("deny"));
    assert!(allowed.len() > 5 && banned.contains(&"actix-governor".to_owned()), "{allowed:?} {banned:?}");
    let packages = packages();
    assert!(packages.len() > 100);
    for package in packages.iter().filter(|package| package["name"] != "llmage-admin") {
        let name = package["name"].as_str().unwrap_or_default();
        let licence = package["license"].as_str().unwrap_or("none");
        assert!(allows(&allowed, licence), "{name}: {licence}");
        assert!(!banned.contains(&name.to_owned()), "{name} is banned");
        let source = package["source"].as_str().unwrap_or("a path");
        assert!(
            source.starts_with("registry+https://github.com/rust-lang/crates.io-index"),
            "{name}: {source}"
        );
    }
}

#[test]
fn a_licence_with_conditions_on_our_source_is_refused() {
    let allowed = list("allow");
    for licence in
        ["GPL-3.0-only", "LGPL-2.1-or-later", "MIT AND GPL-2.0-only", "(MIT OR Apache-2.0) AND AGPL-3.0-only"]
    {
        assert!(!allows(&allowed, licence), "{licence}");
    }
    for licence in ["MIT", "MIT/Apache-2.0", "Apache-2.0 OR GPL-2.0-only", "(MIT OR GPL-3.0) AND Zlib"] {
        assert!(allows(&allowed, licence), "{licence}");
    }
}
