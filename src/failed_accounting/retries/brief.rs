//! What a test keeps of a failure: whose it is, its money, and what its cause asks for. The only place that tells what a
//! record asks for, so that a test of one and a test of many agree.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use diesel::prelude::*;

use crate::base::money::Money;
use crate::causes::cause::{Cause, UNSORTED};
use crate::db::schema::llmusage_accounting_failed::{self as failed, dsl};
use crate::db::values::{TolerantMoney, TolerantText, TolerantWords};
use crate::db::{DbConnection, dialect};
use crate::error::Result;
use crate::failed_accounting::failure::FailedRecord;
use crate::forecast::needs::{self, Needs};

/// What a test keeps of a failure until it is its turn.
#[derive(Debug, Clone)]
pub struct Brief {
    pub id: String,
    pub usage_id: Option<String>,
    pub amount: Option<Money>,
    pub cost: Option<Money>,
    pub needs: Arc<Needs>,
}

/// What the causes ask for that were met so far: told once for all failures of a cause.
#[derive(Debug, Default)]
pub struct Wordings {
    known: HashMap<String, Arc<Needs>>,
}

/// A failure without its reason, which may be long.
#[derive(Queryable)]
struct Bare {
    #[diesel(deserialize_as = TolerantText)]
    id: String,
    #[diesel(deserialize_as = TolerantWords)]
    usage_id: Option<String>,
    #[diesel(deserialize_as = TolerantWords)]
    cause: Option<String>,
    #[diesel(deserialize_as = TolerantMoney)]
    amount: Option<Money>,
    #[diesel(deserialize_as = TolerantMoney)]
    cost: Option<Money>,
}

impl Wordings {
    /// Of a record that was read.
    pub fn brief(&mut self, record: &FailedRecord) -> Brief {
        Brief {
            id: record.id.clone(),
            usage_id: record.llmusageid.clone(),
            amount: record.amount,
            cost: record.cost,
            needs: self.needs(record.cause.as_deref(), record.failed_reason.as_deref()),
        }
    }

    /// Of the failures of these ids, to the letter, by id; of most no reason is read.
    pub fn find(&mut self, connection: &mut DbConnection, ids: &[String]) -> Result<HashMap<String, Brief>> {
        let among = || failed::table.filter(dialect::among::<failed::table>("id", ids));
        let bare = among().select((dsl::id, dsl::llmusageid, dsl::cause, dsl::amount, dsl::cost));
        let bare: Vec<Bare> = bare.load(connection)?;
        let mut told: HashSet<String> = HashSet::new();
        let mut is_untold = |row: &Bare| match sorted(row.cause.as_deref()) {
            None => true,
            Some(cause) => !self.known.contains_key(cause) && told.insert(cause.to_owned()),
        };
        let untold: Vec<String> =
            bare.iter().filter(|row| is_untold(row)).map(|row| row.id.clone()).collect();
        let mut reasons: HashMap<String, Option<String>> = HashMap::new();
        if !untold.is_empty() {
            let rows = failed::table.filter(dialect::among::<failed::table>("id", &untold));
            let rows: Vec<(TolerantText, TolerantWords)> =
                rows.select((dsl::id, dsl::failed_reason)).load(connection)?;
            reasons.extend(rows.into_iter().map(|(id, reason)| (id.into(), reason.into())));
        }
        // Those with a reason first, which tell what their cause asks for.
        let (first, others): (Vec<Bare>, Vec<Bare>) =
            bare.into_iter().partition(|row| reasons.contains_key(&row.id));
        let brief = |row: Bare| {
            let reason = reasons.get(&row.id).and_then(Option::as_deref);
            let needs = self.needs(row.cause.as_deref(), reason);
            let Bare { id, usage_id, amount, cost, .. } = row;
            (id.clone(), Brief { id, usage_id, amount, cost, needs })
        };
        Ok(first.into_iter().chain(others).map(brief).collect())
    }

    fn needs(&mut self, cause: Option<&str>, reason: Option<&str>) -> Arc<Needs> {
        let of_reason = || {
            let cause = Cause::of(reason);
            Arc::new(needs::of(&cause.template, cause.family))
        };
        match sorted(cause) {
            // What waits to be sorted shares no wording.
            None => of_reason(),
            Some(cause) => self.known.entry(cause.to_owned()).or_insert_with(of_reason).clone(),
        }
    }
}

/// The cause, where the failure has been given one.
fn sorted(cause: Option<&str>) -> Option<&str> {
    cause.filter(|cause| !cause.trim().is_empty() && *cause != UNSORTED)
}
