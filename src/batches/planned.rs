//! What a batch of corrections is to do, and what was foreseen of it, as it is kept with the batch.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::counts::{Part, Tally};
use crate::failed_accounting::correction::{Correction, Field};

/// What is to be corrected, and what was foreseen of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Planned {
    /// What the usages hold now, by field.
    pub present: BTreeMap<Field, Vec<Part>>,
    /// None until somebody says what shall become of them.
    pub correction: Option<Correction>,
    pub then_retry: bool,
    pub foreseen: Option<Foreseen>,
}

/// What a correction will come to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Foreseen {
    pub corrected: Tally,
    /// What becomes of which value of a field; a usage may stand in several.
    pub changes: Vec<Change>,
    /// Changes that are not told one by one.
    pub more: usize,
    /// What cannot be corrected, by why.
    pub refused: Vec<Part>,
    pub sample: Vec<Sampled>,
}

/// Usages of which a field has the same value now and becomes the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub field: Field,
    /// Nothing is the empty text; of `usages` the kind.
    pub from: String,
    /// None where each gets its own from its stored output.
    pub to: Option<String>,
    #[serde(flatten)]
    pub tally: Tally,
}

/// A row of the sample: its failure, and each field before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sampled {
    pub failed_id: String,
    pub changes: Vec<(Field, String, String)>,
}
