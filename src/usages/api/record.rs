//! A usage as programs get it, with where it is.

use serde::Serialize;
use utoipa::openapi::schema::Type;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::base::columns::{Cell, Kind};
use crate::error::{Error, Result};
use crate::names::Names;
use crate::names::columns::Face;
use crate::usages::usage::{COLUMNS, Usage, Whereabouts};
use crate::web::record::{self, Members};

/// A usage, live or archived.
#[derive(Debug, Serialize)]
pub struct Record(Members);

/// What is told behind the columns.
const BEHIND: [&str; 2] = ["archived", "backup_time"];

/// What `expect` may hold: what is read.
pub const FIELDS: [&str; Face::Program.count(COLUMNS) + BEHIND.len()] =
    Face::Program.header(COLUMNS, &BEHIND);

impl Record {
    /// What programs see of a usage.
    pub fn new(usage: &Usage, whereabouts: Whereabouts, names: &Names) -> Record {
        let members = Members::of(COLUMNS, usage, names);
        let members = members.flag("archived", whereabouts != Whereabouts::Live);
        Record(members.with("backup_time", Cell::Time(whereabouts.backup_time())))
    }

    /// A live usage as JSON text without names, to compare with what somebody expects.
    pub fn bare(usage: &Usage) -> Result<String> {
        let record = Record::new(usage, Whereabouts::Live, &Names::default());
        serde_json::to_string(&record).map_err(Error::internal)
    }
}

impl PartialSchema for Record {
    fn schema() -> RefOr<Schema> {
        let archived = ObjectBuilder::new()
            .schema_type(Type::Boolean)
            .description(Some("Whether it was moved to the history, where nothing changes it."));
        let moved = record::property(Kind::Time, "When it was moved there, where that is known.");
        let usage = record::schema(COLUMNS, "A usage, live or archived. Any column but the id may be null.")
            .property("archived", archived.build())
            .required("archived")
            .property("backup_time", moved);
        Schema::from(usage).into()
    }
}

impl ToSchema for Record {
    fn name() -> std::borrow::Cow<'static, str> {
        "Usage".into()
    }
}
