//! Where templates and static files lie, wherever the app was installed or built.

use std::hash::Hasher;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The folder with `templates/` and `static/`: the one named, else the one installed beside the binary,
/// else the one the binary was built from.
///
/// # Errors
/// [`Error::Unavailable`] naming the setting when none of them holds both.
pub fn find(named: Option<&Path>) -> Result<PathBuf> {
    let installed = std::env::current_exe()
        .ok()
        .and_then(|binary| binary.parent().map(|folder| folder.join("../share/llmage-admin")));
    let built = Some(PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    let candidates = match named {
        Some(named) => vec![named.to_owned()],
        None => installed.into_iter().chain(built).collect(),
    };
    let is_complete = |folder: &&PathBuf| folder.join("templates").is_dir() && folder.join("static").is_dir();
    candidates.iter().find(is_complete).cloned().ok_or_else(|| {
        let looked: Vec<String> = candidates.iter().map(|folder| folder.display().to_string()).collect();
        Error::Unavailable(format!(
            "--assets: no folder with templates/ and static/ at {}",
            looked.join(" or ")
        ))
    })
}

/// A short text that changes whenever a static file does, for the addresses of static files.
pub fn version(folder: &Path) -> String {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    files.sort();
    // Only has to differ between versions, so the standard hasher does.
    let mut hasher = std::collections::hash_map::DefaultHasher::new();
    for file in files {
        hasher.write(&std::fs::read(file).unwrap_or_default());
    }
    format!("{:016x}", hasher.finish())
}
