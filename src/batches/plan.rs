//! Freezing the rows of a batch: what was seen of each, how much money it is, what will be skipped and why.
//!
//! One statement copies the rows, so that a filter of any size is seen at one moment; what comes later is no part of it.

use diesel::dsl::sql;
use diesel::expression::IntoSql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};

use super::batch::{Action, Batch, State, Stored};
use super::counts::Progress;
use super::form::Selection;
use super::obstacle::{is_meant, obstacle, restriction};
use super::{correcting, forecast, split, store};
use crate::audit::event::Author;
use crate::audit::store as audit;
use crate::base::form::Message;
use crate::db::schema::batch_item as item;
use crate::db::schema::llmusage_accounting_failed::{self as failed, dsl};
use crate::db::values::{ForeignNumber, TolerantText};
use crate::db::{DbBackend, DbConnection, Engine, dialect};
use crate::error::{Error, Result};
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::route;
use crate::failed_accounting::{branches, condition};

/// Ids in one statement.
const IDS: usize = 1_000;

/// What is kept of a row: the columns of `batch_item`.
type Frozen = (
    Text,
    BigInt,
    Nullable<Text>,
    Text,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<ForeignNumber>,
    Nullable<ForeignNumber>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Text>,
    Nullable<Integer>,
    Nullable<Text>,
);

type Rows = failed::BoxedQuery<'static, DbBackend, Frozen>;

/// Makes a batch of a selection, as its rows are now.
///
/// # Errors
/// [`Error::Invalid`] where there is no row.
pub fn freeze(
    connection: &mut DbConnection,
    action: Action,
    selection: &Selection,
    author: &Author,
) -> Result<Batch> {
    let mut plan = Plan::begin(connection, action)?;
    let filter = plan.select(connection, selection)?;
    plan.finish(connection, filter, None, author)
}

/// Makes a batch of what another one has not done, as these rows are now.
pub fn freeze_rest(connection: &mut DbConnection, of: &Batch, author: &Author) -> Result<Batch> {
    let mut plan = Plan::begin(connection, of.action)?;
    let left = sql::<Nullable<Bool>>(LEFT.0).bind::<Text, _>(of.id().to_owned()).sql(LEFT.1);
    let rows = plan.rows().filter(left);
    plan.copy(connection, rows)?;
    plan.finish(connection, None, Some(of.id().to_owned()), author)
}

/// "The row is in that batch and was not done there", before and after the bound id.
const LEFT: (&str, &str) = (
    "id IN (SELECT i.failed_id FROM batch_item i WHERE i.batch_id = ",
    " AND NOT EXISTS (SELECT 1 FROM batch_outcome o WHERE o.batch_id = i.batch_id AND o.phase = 'run' \
     AND o.number = i.number AND o.is_done))",
);

/// A batch whose rows are being copied.
struct Plan {
    id: String,
    action: Action,
    frozen_event: i64,
    size: i64,
    engine: Engine,
}

impl Plan {
    fn begin(connection: &mut DbConnection, action: Action) -> Result<Plan> {
        // Asked first: a row changed between this and the copy counts as changed, never the other way round.
        let frozen_event = audit::last_id(connection)?;
        let engine = connection.engine();
        Ok(Plan { id: nanoid::nanoid!(), action, frozen_event, size: 0, engine })
    }

    /// Failed records as the columns of `batch_item`, in the order of time: so the tables and most of their indexes have
    /// them, and a stretch touches few pages. Each stretch locks its rows in the order of their ids.
    fn rows(&self) -> Rows {
        // What has no id is changed by nothing.
        let is_named = if dialect::holds_nameless(self.engine) { "+id IS NOT NULL" } else { "1 = 1" };
        failed::table
            .filter(sql::<Nullable<Bool>>(is_named))
            .select((
                self.id.clone().into_sql::<Text>(),
                sql::<BigInt>(&format!("ROW_NUMBER() OVER (ORDER BY failed_time, id) + {}", self.size)),
                sql::<Nullable<Text>>(&obstacle(self.engine, self.action)),
                dsl::id,
                dsl::llmusageid,
                dsl::llmid,
                dsl::userorgid,
                // What another program emptied is as unsorted as what nobody told.
                sql::<Nullable<Text>>("NULLIF(cause, '')"),
                sql::<Nullable<ForeignNumber>>(&dialect::kept_number(self.engine, "amount")),
                sql::<Nullable<ForeignNumber>>(&dialect::kept_number(self.engine, "cost")),
                dsl::handled,
                dsl::resolution,
                dsl::handled_by,
                // What the platform counts may be more than a batch has room for.
                sql::<Nullable<Integer>>(
                    "CASE WHEN retry_count BETWEEN -2147483648 AND 2147483647 THEN retry_count END",
                ),
                sql::<Nullable<Text>>(&restriction(self.engine, self.action)),
            ))
            .into_boxed()
    }

    fn copy(&mut self, connection: &mut DbConnection, rows: Rows) -> Result<()> {
        let columns = (
            item::batch_id,
            item::number,
            item::obstacle,
            item::failed_id,
            item::llmusageid,
            item::llmid,
            item::userorgid,
            item::cause,
            item::amount,
            item::cost,
            item::handled,
            item::resolution,
            item::handled_by,
            item::retry_count,
            item::restriction,
        );
        let copied = rows.insert_into(item::table).into_columns(columns).execute(connection)?;
        self.size += copied as i64;
        Ok(())
    }

    /// Copies the rows of a selection; gives its filter, where it has one, as it is kept.
    fn select(&mut self, connection: &mut DbConnection, selection: &Selection) -> Result<Option<String>> {
        match selection {
            Selection::Ticked(ids) => self.ticked(connection, ids).map(|()| None),
            Selection::Filtered(filter) => {
                self.filtered(connection, filter)?;
                serde_json::to_string(&filter.to_pairs()).map(Some).map_err(Error::internal)
            }
        }
    }

    /// By the same conditions as the list and its money line.
    fn filtered(&mut self, connection: &mut DbConnection, filter: &Filter) -> Result<()> {
        let search = condition::plan_search(connection, filter)?;
        let route = route::to_all(connection, filter, &search)?;
        // Where each tab was copied by itself, a row handled in between was seen in two of them, or in none.
        let all = branches::whole(connection.engine(), filter, &search, route);
        let mut rows = all.into_iter().fold(self.rows(), |rows, condition| rows.filter(condition));
        if let Some(meant) = is_meant(self.engine, self.action) {
            rows = rows.filter(sql::<Nullable<Bool>>(&meant));
        }
        self.copy(connection, rows)
    }

    fn ticked(&mut self, connection: &mut DbConnection, ids: &[String]) -> Result<()> {
        for some in ids.chunks(IDS) {
            let rows = self.rows().filter(dialect::among::<failed::table>("id", some));
            self.copy(connection, rows)?;
        }
        if self.size == 0 {
            return Ok(());
        }
        let known = item::table.filter(item::batch_id.eq(self.id.clone())).select(item::failed_id);
        let known: Vec<TolerantText> = known.load(connection)?;
        let known: std::collections::HashSet<String> = known.into_iter().map(String::from).collect();
        for gone in ids.iter().filter(|id| !known.contains(*id)) {
            self.size += 1;
            diesel::insert_into(item::table)
                .values((
                    item::batch_id.eq(self.id.clone()),
                    item::number.eq(self.size),
                    item::obstacle.eq("batch-gone"),
                    item::failed_id.eq(gone.clone()),
                ))
                .execute(connection)?;
        }
        Ok(())
    }

    fn finish(
        self,
        connection: &mut DbConnection,
        selection: Option<String>,
        rest_of: Option<String>,
        author: &Author,
    ) -> Result<Batch> {
        if self.size == 0 {
            return Err(Error::invalid("id", Message::new("error-batch-empty")));
        }
        forecast::foresee(connection, &self.id, self.action)?;
        let correction = match self.action {
            Action::Correct => Some(store::to_json(&correcting::begin(connection, &self.id)?)?),
            _ => None,
        };
        let stored = Stored {
            action: self.action.as_str().to_owned(),
            state: State::Preview.as_str().to_owned(),
            created_at: author.at,
            created_by: author.name.clone(),
            selection,
            rest_of,
            frozen_event: self.frozen_event,
            size: self.size,
            summary: store::to_json(&split::of_batch(connection, &self.id)?)?,
            resolution: None,
            note: None,
            canary: None,
            run_at: None,
            run_by: None,
            position: 0,
            undo_by: None,
            undo_position: 0,
            progress: store::to_json(&Progress::default())?,
            ended_at: None,
            ended_by: None,
            outcomes: None,
            awaits_outcome: false,
            correction,
            id: self.id,
        };
        store::insert(connection, stored.clone())?;
        Batch::read(stored)
    }
}
