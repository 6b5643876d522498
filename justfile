# The commands that people type. `just` lists them; each line also works by itself.

mariadb := "mysql://root@127.0.0.1:3306/test"
postgres := "postgres://postgres@127.0.0.1:5432/test"

_list:
    @just --list --unsorted

# Serves the sample data on http://127.0.0.1:8080
demo:
    cargo run -- serve --demo

# Tests on SQLite; `just test web::usages` runs the tests of that name only
test *names:
    cargo test {{ names }}

# The suite on MariaDB
test-mariadb *names:
    TEST_DATABASE_URL={{ mariadb }} cargo test --all-features --test suite -- {{ names }}

# The suite on PostgreSQL
test-postgres *names:
    TEST_DATABASE_URL={{ postgres }} cargo test --all-features --test suite -- {{ names }}

# Format and lints, as the gate has them
lint:
    cargo fmt --check
    cargo clippy --all-targets --all-features -- -D warnings
    scripts/lint-pages

# The documentation of the code, in a browser
doc:
    cargo doc --no-deps --all-features --open

# One bench: lists, masking, recording, batches, archive, pages or load
bench name:
    cargo bench --all-features --bench {{ name }}

# Figures of the code: lengths, comments, tests beside code
measure:
    scripts/measure

# Everything that a change must pass; installs what is missing, wants root
gate:
    .ci/run
