//! Many usages at once, to look at; who acts on many takes their cases.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};

use super::state::{AccountingStatus, Status};
use super::usage::{Usage, Whereabouts};
use crate::db::schema::{llmusage as live, llmusage_history as history};
use crate::db::values::{TolerantDate, TolerantText, TolerantTime, TolerantWords};
use crate::db::{DbConnection, dialect};
use crate::error::Result;

/// What the rules of a case, a test and a correction ask of a usage.
#[derive(Queryable)]
struct Asked {
    #[diesel(deserialize_as = TolerantText)]
    id: String,
    #[diesel(deserialize_as = TolerantWords)]
    llmid: Option<String>,
    #[diesel(deserialize_as = TolerantWords)]
    userid: Option<String>,
    #[diesel(deserialize_as = TolerantWords)]
    userorgid: Option<String>,
    #[diesel(deserialize_as = TolerantDate)]
    use_date: Option<NaiveDate>,
    #[diesel(deserialize_as = TolerantTime)]
    use_time: Option<NaiveDateTime>,
    #[diesel(deserialize_as = TolerantWords)]
    usages: Option<String>,
    #[diesel(deserialize_as = Status)]
    status: Option<String>,
    #[diesel(deserialize_as = AccountingStatus)]
    accounting_status: Option<String>,
    #[diesel(deserialize_as = TolerantWords)]
    ioinfo: Option<String>,
}

/// The columns of [`Asked`] in a table; the last is what stands for the stored output.
macro_rules! asked_of {
    ($table:ident, $output:expr) => {
        (
            $table::id,
            $table::llmid,
            $table::userid,
            $table::userorgid,
            $table::use_date,
            $table::use_time,
            $table::usages,
            $table::status,
            $table::accounting_status,
            sql::<Nullable<Text>>($output),
        )
    };
}

impl From<Asked> for Usage {
    fn from(found: Asked) -> Usage {
        Usage {
            id: found.id,
            llmid: found.llmid,
            userid: found.userid,
            userorgid: found.userorgid,
            use_date: found.use_date,
            use_time: found.use_time,
            usages: found.usages,
            status: found.status,
            accounting_status: found.accounting_status,
            ioinfo: found.ioinfo,
            ..Usage::default()
        }
    }
}

/// What a correction looks at of the live usages of these ids, to the letter, by id: what may be corrected, the states, and
/// where that is asked for the stored output. The other fields are empty.
pub fn find_correctable(
    connection: &mut DbConnection,
    ids: &[String],
    with_output: bool,
) -> Result<HashMap<String, Usage>> {
    let output = if with_output { "ioinfo" } else { "NULL" };
    let among = live::table.filter(dialect::among::<live::table>("id", ids));
    let found: Vec<Asked> = among.select(asked_of!(live, output)).load(connection)?;
    Ok(found.into_iter().map(|found| (found.id.clone(), found.into())).collect())
}

/// As [`find_correctable`], live or else archived, without the stored output.
pub fn find(connection: &mut DbConnection, ids: &[String]) -> Result<HashMap<String, (Usage, Whereabouts)>> {
    let live = find_correctable(connection, ids, false)?;
    let mut usages: HashMap<String, (Usage, Whereabouts)> =
        live.into_iter().map(|(id, usage)| (id, (usage, Whereabouts::Live))).collect();
    let others: Vec<String> = ids.iter().filter(|id| !usages.contains_key(*id)).cloned().collect();
    if others.is_empty() {
        return Ok(usages);
    }
    let among = history::table.filter(dialect::among::<history::table>("id", &others));
    let archived: Vec<(Asked, TolerantTime)> =
        among.select((asked_of!(history, "NULL"), history::backup_time)).load(connection)?;
    for (usage, time) in archived {
        let usage = Usage::from(usage);
        usages.insert(usage.id.clone(), (usage, Whereabouts::Archived { backup_time: time.into() }));
    }
    Ok(usages)
}
