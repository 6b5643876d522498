//! A correction: what fields of a usage become, so that it can be accounted. The failure keeps what it recorded.

pub mod form;
mod lines;
mod recovered;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use self::recovered::recovered;
use crate::base::foreign;
use crate::usages::usage::Usage;

/// The key of the words for a usage that already is as the correction wants it.
pub const CHANGES_NOTHING: &str = "correct-changes-nothing";

/// The key of the words for a usage whose stored output holds no usages.
pub const NOT_RECOVERED: &str = "correct-not-recovered";

/// A field of a usage that may be corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Field {
    #[serde(rename = "llmid")]
    Model,
    #[serde(rename = "userid")]
    User,
    #[serde(rename = "userorgid")]
    Organisation,
    #[serde(rename = "usages")]
    Usages,
}

impl Field {
    pub const ALL: [Field; 4] = [Field::Model, Field::User, Field::Organisation, Field::Usages];

    /// The name of its column.
    pub fn as_str(self) -> &'static str {
        match self {
            Field::Model => "llmid",
            Field::User => "userid",
            Field::Organisation => "userorgid",
            Field::Usages => "usages",
        }
    }

    /// The field of that column.
    pub fn parse(name: &str) -> Option<Field> {
        Field::ALL.into_iter().find(|field| field.as_str() == name)
    }

    /// What a usage has there.
    pub fn of(self, usage: &Usage) -> Option<&str> {
        match self {
            Field::Model => usage.llmid.as_deref(),
            Field::User => usage.userid.as_deref(),
            Field::Organisation => usage.userorgid.as_deref(),
            Field::Usages => usage.usages.as_deref(),
        }
    }

    /// The usage with that value there.
    pub fn set(self, usage: Usage, value: Option<String>) -> Usage {
        match self {
            Field::Model => Usage { llmid: value, ..usage },
            Field::User => Usage { userid: value, ..usage },
            Field::Organisation => Usage { userorgid: value, ..usage },
            Field::Usages => Usage { usages: value, ..usage },
        }
    }
}

/// What a field becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Becomes {
    /// The same for every usage.
    Value(String),
    /// By what is there now, as people see it; nothing there is the empty text. What is not named stays.
    Mapping(BTreeMap<String, String>),
    /// What the stored output of the call holds.
    Recovered,
}

/// What a correction makes of usages: at least one field becomes something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    fields: BTreeMap<Field, Becomes>,
}

impl Correction {
    /// The fields that it names.
    pub fn fields(&self) -> impl Iterator<Item = Field> + '_ {
        self.fields.keys().copied()
    }

    /// What it makes of that field.
    pub fn of(&self, field: Field) -> Option<&Becomes> {
        self.fields.get(&field)
    }

    /// The usage as it is once it is corrected.
    ///
    /// # Errors
    /// Why it cannot be, as the key of its words.
    pub fn apply(&self, usage: &Usage) -> Result<Usage, &'static str> {
        let mut corrected = usage.clone();
        for (field, becomes) in &self.fields {
            let value = match becomes {
                Becomes::Value(value) => value.clone(),
                Becomes::Mapping(lines) => match lines.get(shown(field.of(usage)).as_ref()) {
                    Some(value) => value.clone(),
                    None => continue,
                },
                Becomes::Recovered => usage.ioinfo.as_deref().and_then(recovered).ok_or(NOT_RECOVERED)?,
            };
            corrected = field.set(corrected, Some(value));
        }
        if corrected == *usage { Err(CHANGES_NOTHING) } else { Ok(corrected) }
    }
}

/// What a usage holds that may be corrected, in few letters.
pub fn digest(usage: &Usage) -> String {
    let held = Field::ALL.map(|field| field.of(usage));
    let digest = Sha256::digest(serde_json::json!(held).to_string());
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// A value as people see and type it; nothing, and blanks alone, are the empty text.
pub fn shown(value: Option<&str>) -> std::borrow::Cow<'_, str> {
    match value {
        Some(value) if !value.trim().is_empty() => foreign::shown(value),
        _ => "".into(),
    }
}
