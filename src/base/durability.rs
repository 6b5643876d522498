//! What is promised of a commit that was answered: whether it survives a power cut, or a killed process alone.

use std::str::FromStr;

/// When an answer may go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Once its commit is on the disk.
    #[default]
    Full,
    /// Once it is committed; a power cut may take the last moments, and nothing but those.
    Normal,
}

impl FromStr for Durability {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Durability, String> {
        match text {
            "full" => Ok(Durability::Full),
            "normal" => Ok(Durability::Normal),
            _ => Err("must be full or normal".to_owned()),
        }
    }
}
