//! Usages from a CSV file.

use diesel::prelude::*;

use super::export::HEADER;
use super::usage::{COLUMNS, Usage};
use super::{failures, store};
use crate::audit::event::{Author, USAGE};
use crate::base::columns;
use crate::base::csv::reader::Refusal;
use crate::base::csv::sheet::{Cells, Layout, quoted};
use crate::base::form::Message;
use crate::base::money::Money;
use crate::db::schema::llmusage as live;
use crate::db::values::{TextOf, TolerantText};
use crate::db::{Database, DbConnection};
use crate::error::Result;
use crate::imports::progress::Progress;
use crate::imports::{self, Claim, Forbidden, ImportError, Importable, Imported, Source};

/// Imports a file: every row of it or none, with one audit event.
pub fn run(
    database: &Database,
    source: Source,
    author: &Author,
    progress: &Progress,
) -> std::result::Result<Imported, ImportError> {
    imports::run::<Usage>(database, source, author, progress)
}

impl Importable for Usage {
    const LAYOUT: Layout = Layout { columns: &HEADER, ignored: &["llm_name", "user_name", "org_name"] };
    const TABLE: &'static str = "llmusage";
    const RECORD_KIND: &'static str = USAGE;
    const UNIQUE: &'static [&'static str] = &["id", "taskid"];

    fn from_cells(cells: &Cells<'_>) -> std::result::Result<Usage, Refusal> {
        let mut usage = Usage::default();
        columns::read_cells(COLUMNS, cells, &mut usage)?;
        Ok(usage)
    }

    fn insert(&self, connection: &mut DbConnection) -> QueryResult<()> {
        store::insert(connection, self)
    }

    fn money(&self) -> [Option<Money>; 2] {
        [self.amount, self.cost]
    }

    fn unique_value(&self, column: &str) -> Option<&str> {
        match column {
            "id" => Some(&self.id),
            "taskid" => self.taskid.as_deref(),
            _ => None,
        }
    }

    fn is_taken(connection: &mut DbConnection, column: &str, value: &str) -> Result<bool> {
        let row = live::table.select(live::id).into_boxed();
        let row = match column {
            "taskid" => row.filter(live::taskid.eq(value.to_owned())),
            _ => row.filter(live::id.eq(TextOf::new(value))),
        };
        Ok(row.first::<TolerantText>(connection).optional()?.is_some())
    }

    fn forbidden(connection: &mut DbConnection, _claims: &[Claim]) -> Result<Forbidden> {
        let reason = |id: &String| Message::new("csv-usage-decided").with("found", quoted(id));
        let charged = failures::charged_beside(connection)?.into_iter();
        Ok(charged.map(|id| (id.clone(), ("accounting_status", reason(&id)))).collect())
    }

    /// A usage is in exactly one of the two tables.
    fn obstacle(&self, connection: &mut DbConnection) -> Result<Option<(&'static str, Message)>> {
        let archived = store::is_archived(connection, &self.id)?;
        Ok(archived.then(|| ("id", Message::new("csv-in-history").with("found", quoted(&self.id)))))
    }
}
