//! Cargo does not see by itself that these folders are compiled in: a file that comes or goes there changes the binary.

fn main() {
    for folder in ["migrations", "templates", "static"] {
        println!("cargo:rerun-if-changed={folder}");
    }
}
