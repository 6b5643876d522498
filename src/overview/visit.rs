//! When somebody was last here before now: the front page tells what failed since.
//!
//! That is the sign-in before the present one, as the audit trail knows it: looking at a page changes nothing.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::audit::event::Action;
use crate::db::DbConnection;
use crate::db::schema::audit_event::{self, dsl};
use crate::error::Result;

/// When that user signed in the time before the last; none who is here for the first time.
pub fn last(connection: &mut DbConnection, name: &str) -> Result<Option<NaiveDateTime>> {
    Ok(audit_event::table
        .filter(dsl::author.eq(name.to_owned()))
        .filter(dsl::action.eq(Action::SignIn.as_str()))
        .order(dsl::id.desc())
        .offset(1)
        .select(dsl::happened_at)
        .first(connection)
        .optional()?)
}
