//! The two states of a usage as the database means them: MariaDB takes `Created` for `created`, and so does the platform
//! there.

use diesel::deserialize::{self, Queryable};
use diesel::sql_types::{Nullable, Text};

use super::usage::{ACCOUNTED, CREATED, FAILED, SUCCEEDED, Usage};
use crate::db::values::{TolerantWord, word_for};
use crate::db::{DbBackend, Engine};

const STATUSES: [&str; 3] = [SUCCEEDED, "FAILED", "UNKNOWN"];
const ACCOUNTING_STATUSES: [&str; 3] = [CREATED, ACCOUNTED, FAILED];

/// What the model's answer came to.
#[derive(Debug)]
pub struct Status(Option<String>);

/// Whether the usage was accounted.
#[derive(Debug)]
pub struct AccountingStatus(Option<String>);

impl From<Status> for Option<String> {
    fn from(status: Status) -> Option<String> {
        status.0
    }
}

impl From<AccountingStatus> for Option<String> {
    fn from(status: AccountingStatus) -> Option<String> {
        status.0
    }
}

impl Queryable<Nullable<Text>, DbBackend> for Status {
    type Row = TolerantWord;

    fn build(row: TolerantWord) -> deserialize::Result<Self> {
        Ok(Status(row.among(&STATUSES)))
    }
}

impl Queryable<Nullable<Text>, DbBackend> for AccountingStatus {
    type Row = TolerantWord;

    fn build(row: TolerantWord) -> deserialize::Result<Self> {
        Ok(AccountingStatus(row.among(&ACCOUNTING_STATUSES)))
    }
}

impl Usage {
    /// As that database means its states, where a person or a program typed them.
    pub fn as_meant(self, engine: Engine) -> Usage {
        Usage {
            status: self.status.map(|text| word_for(engine, text, &STATUSES)),
            accounting_status: self
                .accounting_status
                .map(|text| word_for(engine, text, &ACCOUNTING_STATUSES)),
            ..self
        }
    }
}
