//! Asking for a retry and taking it back; and what the details page says of it.

use std::collections::BTreeSet;

use serde::Serialize;

use super::changes::amount_of;
use super::context::record_link;
use super::show::{filter_of, in_the_way, refused};
use crate::audit::event::Author;
use crate::base::form::{Fields, Message};
use crate::base::money::Money;
use crate::db::DbConnection;
use crate::error::{Error, Result};
use crate::failed_accounting::case::{Acted, Case, Evidence, Place, View};
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::form;
use crate::failed_accounting::inquiry::Inquiry;
use crate::usages::usage::{Usage, Whereabouts};
use crate::web::error::Answer;
use crate::web::extract::{Form, Id, Visit};
use crate::web::page;
use crate::web::state::AppState;
use crate::web::view::TimeView;

/// The retry of a record as its page shows it.
#[derive(Serialize)]
pub(super) struct RetryView {
    since: Option<TimeView>,
    by: Option<String>,
    is_stuck: bool,
    /// The last figures of the usage, and whether they are others than the record's: the platform prices the usage anew.
    usage_amount: Option<String>,
    usage_cost: Option<String>,
    is_other_amount: bool,
    is_other_cost: bool,
    /// Why the usage cannot be accounted again now: a key of the catalogue.
    obstacle: Option<&'static str>,
    /// The record that stands in the way of a retry, or of opening again: its link and id.
    in_the_way: Option<(String, String)>,
    /// Another failure of the usage that was given up, how and by whom.
    waived: Option<Waived>,
    /// Whether it can be closed with the proof that its usage is accounted, and whether it was charged by hand as well.
    is_settleable: bool,
    is_charged_twice: bool,
    /// Links to the failures whose place this one took, and to the one that took its place, with their ids.
    supersedes: Vec<(String, String)>,
    superseded_by: Option<(String, String)>,
}

/// A failure that somebody gave up.
#[derive(Serialize)]
pub(super) struct Waived {
    link: String,
    id: String,
    /// Key of the words for how it was closed.
    resolution: String,
    by: Option<String>,
    at: Option<TimeView>,
}

impl RetryView {
    /// Whether a retry of the record is under way.
    pub(super) fn is_under_way(&self) -> bool {
        self.since.is_some()
    }
}

impl Waived {
    fn new(state: &AppState, other: &FailedRecord, filter: &Filter) -> Waived {
        let resolution = other.closed_as().map_or("other", |resolution| resolution.as_str());
        Waived {
            link: record_link(&other.id, "", filter),
            id: other.id.clone(),
            resolution: format!("resolution-{}", resolution.replace('_', "-")),
            by: other.handled_by.clone(),
            at: other.handled_at().map(|at| TimeView::new(&state.clock, at)),
        }
    }
}

/// What the page of a record shows of its retry.
pub(super) fn retry_view(
    state: &AppState,
    record: &FailedRecord,
    attempts: &[FailedRecord],
    usage: Option<&(Usage, Whereabouts)>,
    filter: &Filter,
) -> RetryView {
    let under_way = record.retry.retry_requested_at.filter(|_| record.is_retrying());
    let linked = |id: &String| (record_link(id, "", filter), id.clone());
    let gave_way = |attempt: &&FailedRecord| attempt.retry.superseded_by.as_ref() == Some(&record.id);
    let before: BTreeSet<&String> = record.retry.supersedes.iter().collect();
    let earlier: BTreeSet<&String> = attempts.iter().filter(gave_way).map(|attempt| &attempt.id).collect();
    let view = View { usage, failures: attempts };
    let obstacle =
        if record.is_open() { view.retry_obstacle(record) } else { view.reopening_obstacle(record) };
    let in_the_way = obstacle.as_ref().and_then(|refusal| refusal.record.as_ref());
    let waived = view.waived_elsewhere(&record.id).filter(|_| record.is_open());
    RetryView {
        in_the_way: in_the_way.filter(|id| **id != record.id).map(linked),
        waived: waived.map(|other| Waived::new(state, other, filter)),
        is_settleable: view.settling_obstacle(record).is_none(),
        is_charged_twice: view.is_charged_twice(record),
        usage_amount: usage.and_then(|(usage, _)| usage.amount).map(|money| money.to_string()),
        usage_cost: usage.and_then(|(usage, _)| usage.cost).map(|money| money.to_string()),
        is_other_amount: usage.is_some_and(|(usage, _)| usage.amount != record.amount),
        is_other_cost: usage.is_some_and(|(usage, _)| usage.cost != record.cost),
        since: under_way.map(|time| TimeView::new(&state.clock, time)),
        by: record.retry.retry_requested_by.clone().filter(|_| under_way.is_some()),
        is_stuck: record.is_stuck(state.stuck_since()),
        obstacle: view.retry_obstacle(record).map(|refusal| refusal.key),
        supersedes: before.union(&earlier).copied().map(linked).collect(),
        superseded_by: record.retry.superseded_by.as_ref().map(linked),
    }
}

/// `POST /failed-accounting/{id}/retry`: asks the platform to account the usage again.
pub async fn retry(visit: Visit, Id(id): Id, Form(fields): Form) -> Answer {
    let is_checked = match form::checked(&fields) {
        Ok(is_checked) => is_checked,
        Err(errors) => return refused(&visit, id, fields, errors).await,
    };
    let told = |_: &FailedRecord, usage: Option<Money>| match usage {
        // The platform prices it anew: the record's amount is not what will be charged.
        Some(amount) => Message::new("flash-retrying").with("amount", amount),
        None => Message::new("flash-retrying-unpriced"),
    };
    let wants = Wants::Evidence { is_checked, fields };
    change(&visit, id, wants, |case, id, evidence, author| case.retry(id, evidence, author), told).await
}

/// `POST /failed-accounting/{id}/withdraw`: takes a retry back that the platform has not begun.
pub async fn withdraw(visit: Visit, Id(id): Id) -> Answer {
    let told = |record: &FailedRecord, _| Message::new("flash-withdrawn").with("amount", amount_of(record));
    change(&visit, id, Wants::Nothing, |case, id, _, author| case.withdraw(id, author), told).await
}

/// What an act has to know beside the case.
pub(super) enum Wants {
    Nothing,
    /// What the ledger tells, and whether the form says that somebody looked.
    Evidence {
        is_checked: bool,
        fields: Fields,
    },
}

/// Acts on the case of the record in the path; what was done is told of the record and the amount of its usage.
pub(super) async fn change(
    visit: &Visit,
    id: String,
    wants: Wants,
    act: impl FnOnce(&mut Case, &str, &Evidence, &Author) -> Result<()> + Clone + Send + 'static,
    told: impl FnOnce(&FailedRecord, Option<Money>) -> Message,
) -> Answer {
    let state = &visit.state;
    let author = visit.author()?;
    let asked = id.clone();
    let place = state.database.run(move |connection| Place::find(connection, &asked)).await?;
    let (inquiry, fields) = match wants {
        Wants::Nothing => (Inquiry::default(), Fields::default()),
        Wants::Evidence { is_checked, fields } => {
            (Inquiry::begin(&state.ledger, &state.database, &place, is_checked).await, fields)
        }
    };
    let work = move |connection: &mut DbConnection| {
        let mut case = Case::of_failure(connection, &place)?;
        let evidence = inquiry.end(connection, &place)?;
        let acted = case.act(|case| act(case, &place.id, &evidence, &author))?;
        case.save(connection, &author)?;
        let amount = case.usage().and_then(|(usage, _)| usage.amount);
        Ok((acted, case.failure(&place.id)?.clone(), amount))
    };
    let (record, amount) = loop {
        match state.database.transaction(work.clone()).await {
            Ok((Acted::Done, record, amount)) => break (record, amount),
            Ok((Acted::Again, ..)) => {}
            Err(Error::Conflict(message)) => return in_the_way(visit, id, fields, &message).await,
            Err(Error::Invalid(errors)) => return refused(visit, id, fields, errors).await,
            Err(error) => return Err(error.into()),
        }
    };
    visit.tell(told(&record, amount));
    Ok(page::see_other(&record_link(&id, "", &filter_of(visit)?)))
}
