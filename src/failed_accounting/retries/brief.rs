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
use crate::failed_accounting::failure::{FailedRecord, Resolution};
use crate::forecast::needs::{self, Needs};

/// What a test keeps of a failure until it is its turn.
#[derive(Debug, Clone)]
pub struct Brief {
    pub id: String,
    pub usage_id: Option<String>,
    pub amount: Option<Money>,
    pub cost: Option<Money>,
    pub needs: Arc<Needs>,
    /// Whether nobody knows if the customer was charged, by what is known of the attempts at the usage.
    pub is_outcome_unknown: bool,
}

impl Brief {
    fn new(bare: Bare, needs: Arc<Needs>) -> Brief {
        let Bare { id, usage_id, amount, cost, .. } = bare;
        let is_outcome_unknown = needs.is_outcome_unknown;
        Brief { id, usage_id, amount, cost, needs, is_outcome_unknown }
    }
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
    #[diesel(deserialize_as = TolerantWords)]
    handled: Option<String>,
    #[diesel(deserialize_as = TolerantWords)]
    resolution: Option<String>,
}

impl Bare {
    /// Whether somebody decided on it, or it was proven.
    fn is_decided(&self) -> bool {
        let is_superseded = self.resolution.as_deref() == Some(Resolution::Superseded.as_str());
        self.handled.as_deref() == Some("1") && !is_superseded
    }
}

impl Wordings {
    /// Of a record that was read.
    pub fn brief(&mut self, record: &FailedRecord) -> Brief {
        let needs = self.needs(record.cause.as_deref(), record.failed_reason.as_deref());
        Brief {
            id: record.id.clone(),
            usage_id: record.llmusageid.clone(),
            amount: record.amount,
            cost: record.cost,
            is_outcome_unknown: needs.is_outcome_unknown,
            needs,
        }
    }

    /// Of the failures of these ids, to the letter, by id; of most no reason is read.
    pub fn find(&mut self, connection: &mut DbConnection, ids: &[String]) -> Result<HashMap<String, Brief>> {
        let bare = bare(connection, "id", ids)?;
        let told = self.told(connection, bare)?;
        Ok(told.into_iter().map(|brief| (brief.id.clone(), brief)).collect())
    }

    /// Looks at the other failures of these usages, too, for a later attempt says nothing of whether an earlier one charged
    /// the customer; as [`View::is_outcome_unknown`](crate::failed_accounting::case::View::is_outcome_unknown) of a case.
    pub fn look_at_earlier(
        &mut self,
        connection: &mut DbConnection,
        briefs: &mut HashMap<String, Brief>,
    ) -> Result<()> {
        let definite = briefs.values().filter(|brief| !brief.is_outcome_unknown);
        let usage_ids: Vec<String> = definite.filter_map(|brief| brief.usage_id.clone()).collect();
        if usage_ids.is_empty() {
            return Ok(());
        }
        let mut others = bare(connection, "llmusageid", &usage_ids)?;
        others.retain(|other| !briefs.contains_key(&other.id) && !other.is_decided());
        let told = self.told(connection, others)?;
        let unknown: HashSet<Option<String>> =
            told.into_iter().filter(|brief| brief.is_outcome_unknown).map(|brief| brief.usage_id).collect();
        let earlier = briefs.values_mut().filter(|brief| unknown.contains(&brief.usage_id));
        earlier.for_each(|brief| brief.is_outcome_unknown = true);
        Ok(())
    }

    fn told(&mut self, connection: &mut DbConnection, bare: Vec<Bare>) -> Result<Vec<Brief>> {
        let mut met: HashSet<String> = HashSet::new();
        let mut is_untold = |row: &Bare| match sorted(row.cause.as_deref()) {
            None => true,
            Some(cause) => !self.known.contains_key(cause) && met.insert(cause.to_owned()),
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
            Brief::new(row, needs)
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

/// The failures with one of these values in that column, to the letter.
fn bare(connection: &mut DbConnection, column: &'static str, values: &[String]) -> Result<Vec<Bare>> {
    let among = failed::table.filter(dialect::among::<failed::table>(column, values));
    let columns =
        (dsl::id, dsl::llmusageid, dsl::cause, dsl::amount, dsl::cost, dsl::handled, dsl::resolution);
    Ok(among.select(columns).load(connection)?)
}

/// The cause, where the failure has been given one.
fn sorted(cause: Option<&str>) -> Option<&str> {
    cause.filter(|cause| !cause.trim().is_empty() && *cause != UNSORTED)
}
