//! What people type about a view: its name, and whether others see it.

use crate::base::form::{FieldErrors, Fields, Message, Reader};
use crate::failed_accounting::filter::Filter;

/// The most characters of a name.
const NAME: usize = 60;

/// What a view shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub name: String,
    pub is_shared: bool,
}

/// Reads name and sharing.
pub fn wanted(fields: &Fields) -> Result<Wanted, FieldErrors> {
    let mut read = Reader::new(fields);
    let name = read.line("name", NAME);
    if fields.text("name").is_none() {
        read.refuse("name", Message::new("error-required"));
    }
    match name {
        Some(name) if read.errors.is_empty() => {
            Ok(Wanted { name, is_shared: fields.text("shared") == Some("1") })
        }
        _ => Err(read.errors),
    }
}

/// The filter that a form carries, as it is kept; a wrong one is not worth a name.
pub fn query(fields: &Fields) -> Result<String, FieldErrors> {
    let (filter, errors) = Filter::parse(fields);
    if !errors.is_empty() {
        return Err(errors);
    }
    let pairs = serde_json::to_string(&filter.to_pairs());
    pairs.map_err(|_| FieldErrors::from([("name".to_owned(), Message::new("error-body"))]))
}

/// Which view shall get the filter, and its version as the form showed it: `id:version`.
pub fn replaced(fields: &Fields) -> Result<(String, Option<i32>), FieldErrors> {
    let refuse = || FieldErrors::from([("replace".to_owned(), Message::new("error-required"))]);
    let (id, version) = fields.text("replace").and_then(|text| text.rsplit_once(':')).ok_or_else(refuse)?;
    Ok((id.to_owned(), version.parse().ok()))
}
