//! A failed record as programs get it.

use serde::Serialize;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::error::{Error, Result};
use crate::failed_accounting::failure::{COLUMNS, FailedRecord};
use crate::names::Names;
use crate::names::columns::Face;
use crate::web::record::{self, Members};

/// A failure.
#[derive(Debug, Serialize)]
pub struct Record(Members);

/// What `expect` may hold: what is read.
pub const FIELDS: [&str; Face::Program.count(COLUMNS)] = Face::Program.header(COLUMNS, &[]);

impl Record {
    /// What programs see of a record.
    pub fn new(record: &FailedRecord, names: &Names) -> Record {
        Record(Members::of(COLUMNS, record, names))
    }

    /// A record as JSON text without names, to compare with what somebody expects.
    pub fn bare(record: &FailedRecord) -> Result<String> {
        serde_json::to_string(&Record::new(record, &Names::default())).map_err(Error::internal)
    }
}

impl PartialSchema for Record {
    fn schema() -> RefOr<Schema> {
        Schema::from(record::schema(COLUMNS, "A failure. Any column but the id may be null.")).into()
    }
}

impl ToSchema for Record {
    fn name() -> std::borrow::Cow<'static, str> {
        "Failure".into()
    }
}
