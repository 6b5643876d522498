//! The files from which packages and containers are made name only what is there: nothing here runs dpkg or Docker.

use std::path::Path;

fn file(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn exists(path: &str) -> bool {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path).exists()
}

/// What is built, not kept.
const BINARY: &str = "target/release/llmage-admin";

/// The three texts of each asset of the Debian package: source, destination, mode.
fn assets() -> Vec<[String; 3]> {
    let manifest = file("Cargo.toml");
    let list =
        manifest.split("\nassets = [").nth(1).and_then(|rest| rest.split("\n]").next()).expect("assets");
    let texts = |line: &str| line.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let lines = list.lines().map(texts).filter(|texts| !texts.is_empty());
    lines.map(|texts| texts.try_into().unwrap_or_else(|texts| panic!("no asset: {texts:?}"))).collect()
}

#[test]
fn each_asset_of_the_debian_package_is_there() {
    let assets = assets();
    assert!(assets.len() > 5, "{assets:?}");
    for [source, ..] in &assets {
        let place = source.split('*').next().unwrap_or_default();
        assert!(source == BINARY || (!place.is_empty() && exists(place)), "{source} is not there");
    }
    let goes_to = |wanted: &str| {
        assets.iter().any(|[source, destination, _]| {
            let name = source.rsplit('/').next().unwrap_or_default();
            *destination == wanted || format!("{destination}{name}") == wanted
        })
    };
    // The unit names binary and settings. Templates, static files and texts are inside the binary.
    let unit = file("packaging/llmage-admin.service");
    for (line, place) in [
        ("ExecStart=/usr/bin/llmage-admin serve", "usr/bin/llmage-admin"),
        ("EnvironmentFile=-/etc/llmage-admin.env", "etc/llmage-admin.env"),
        ("/usr/share/doc/llmage-admin/operations.md", "usr/share/doc/llmage-admin/*.md"),
    ] {
        assert!(unit.contains(line) && goes_to(place), "{place}, {line}: {assets:?}");
    }
    let secrets = assets.iter().find(|[source, ..]| source.ends_with(".env")).expect("the settings");
    assert_eq!(secrets[2], "600", "it holds passwords");
}

#[test]
fn each_path_of_the_dockerfile_is_there() {
    let text = file("packaging/Dockerfile");
    let mut copied = 0;
    for line in text.lines().filter(|line| line.starts_with("COPY ")) {
        let from = line.split_whitespace().find(|word| !word.starts_with("COPY") && !word.starts_with("--"));
        let from = from.expect("a source").trim_start_matches("/src/");
        assert!(from == BINARY || exists(from), "{line}");
        copied += 1;
    }
    assert_eq!(copied, 2, "{text}");
    let stages: Vec<&str> = text.lines().filter_map(|line| line.split(" AS ").nth(1)).collect();
    for line in text.lines().filter(|line| line.contains("--from=")) {
        assert!(stages.iter().any(|stage| line.contains(&format!("--from={stage} "))), "{line}");
    }
    let ignored = file(".dockerignore");
    assert!(
        ignored.lines().any(|line| line == "target"),
        "the build's folder would be sent along: {ignored}"
    );
    assert!(!ignored.lines().any(|line| ["src", "templates", "static", "migrations"].contains(&line)));
}

#[test]
fn each_setting_that_packages_name_is_known() {
    let known = ["src/config/mod.rs", "src/config/alerts.rs", "src/config/tests.rs", "src/cli/serve.rs"];
    let known = known.map(file).concat();
    for path in ["Dockerfile", "compose.yaml", "llmage-admin.env", "llmage-admin.service"] {
        let text = file(&format!("packaging/{path}"));
        let names = text.split(|sign: char| !sign.is_ascii_uppercase() && sign != '_');
        let names: Vec<&str> =
            names.filter(|name| name.starts_with("LLMAGE_") || *name == "DATABASE_URL").collect();
        assert!(!names.is_empty(), "{path} names no setting");
        for name in names {
            assert!(known.contains(&format!("\"{name}\"")), "{path}: nothing reads {name}");
        }
    }
}
