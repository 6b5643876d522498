//! What cargo does not see by itself: folders that are compiled in, and how the bundled SQLite is built.

fn main() {
    // A file that comes or goes there changes the binary.
    for folder in ["migrations", "templates", "static"] {
        println!("cargo:rerun-if-changed={folder}");
    }
    warn_of_missing_flags();
}

/// Cargo reads `.cargo/config.toml` of the folder that it is called from: a build from elsewhere has another SQLite.
fn warn_of_missing_flags() {
    println!("cargo:rerun-if-env-changed=LIBSQLITE3_FLAGS");
    println!("cargo:rerun-if-changed=.cargo/config.toml");
    let set = std::env::var("LIBSQLITE3_FLAGS").unwrap_or_default();
    let is_set = |flag: &&str| set.split_whitespace().any(|one| one == *flag);
    let config = include_str!(".cargo/config.toml");
    let wanted = config.split_once("LIBSQLITE3_FLAGS = \"").and_then(|(_, rest)| rest.split('"').next());
    let missing: Vec<&str> =
        wanted.unwrap_or_default().split_whitespace().filter(|flag| !is_set(flag)).collect();
    if std::env::var_os("CARGO_FEATURE_SQLITE").is_some() && !missing.is_empty() {
        println!(
            "cargo:warning=SQLite is built without {}: readers and the writer will wait for each other. \
             Call cargo inside the repository, or set LIBSQLITE3_FLAGS.",
            missing.join(" ")
        );
    }
}
