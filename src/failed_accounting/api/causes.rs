//! `GET /api/v1/causes`: all causes, ranked, with exact numbers and their notes.

use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

use crate::base::clock::TIME_FORMAT;
use crate::base::form::Message;
use crate::base::money::{MoneySum, Number};
use crate::causes::cause::{NO_REASON, UNSORTED};
use crate::causes::store::KnownCause;
use crate::error::Error;
use crate::failed_accounting::causes::fixed::Fixed;
use crate::failed_accounting::causes::note::{self, state_of};
use crate::failed_accounting::causes::ranking::{self, Card, Rank, Ranked};
use crate::failed_accounting::condition::Search;
use crate::failed_accounting::filter::{Filter, MAX_PAGE_SIZE, PAGE_SIZE};
use crate::failed_accounting::list::totals::{self, Known, Totals};
use crate::web::document::{self, Query, ReadRefusals};
use crate::web::error::Answer;
use crate::web::extract::Visit;
use crate::web::json;

/// More causes than anybody has.
const MOST_SKIPPED: u64 = 1_000_000;

/// What the query takes.
const QUERY: [(&str, Query, &str); 3] = [
    (
        "sort",
        Query::OneOf(&["amount", "count", "newest", "oldest", ""]),
        "By open money, open failures, the newest or the oldest open failure. Causes with nothing open come last.",
    ),
    ("page_size", Query::Count(1, 200), "20 unless given."),
    ("after", Query::Count(0, MOST_SKIPPED), "The `next` of the page before."),
];

/// The query, for the document.
#[derive(Debug)]
pub struct CausesQuery;

impl IntoParams for CausesQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        document::query_parameters(&QUERY)
    }
}

/// A cause.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Cause)]
pub struct CauseRow {
    /// The key; a value of the list's `cause`.
    cause: String,
    title: String,
    family: &'static str,
    /// `new`, `known`, `closed` or `back`: failed again after it was closed.
    state: &'static str,
    open_count: i64,
    #[schema(value_type = f64)]
    open_amount: Number<MoneySum>,
    #[schema(value_type = f64)]
    open_cost: Number<MoneySum>,
    /// Open and handled.
    count: i64,
    #[schema(value_type = f64)]
    sum_amount: Number<MoneySum>,
    #[schema(value_type = f64)]
    sum_cost: Number<MoneySum>,
    first_seen: Option<String>,
    last_seen: Option<String>,
    owner: Option<String>,
    note: Option<String>,
    /// Whether nobody knows after its failures whether the customer was charged: look at the ledger before you retry.
    outcome_unknown: bool,
    /// What of it would pass now, where that is known; null else.
    likely_fixed: Option<FixedBody>,
}

/// What of a cause would pass now, as far as the last test told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LikelyFixed)]
pub struct FixedBody {
    records: i64,
    #[schema(value_type = f64)]
    sum_amount: Number<MoneySum>,
    #[schema(value_type = f64)]
    sum_cost: Number<MoneySum>,
    /// Whether there are more than were looked at.
    more: bool,
    /// The models of which it holds; null stands for failures without one.
    models: Vec<Option<String>>,
    since: String,
    tested_at: String,
}

impl From<&Fixed> for FixedBody {
    fn from(fixed: &Fixed) -> FixedBody {
        let time = |at: chrono::NaiveDateTime| at.format(TIME_FORMAT).to_string();
        FixedBody {
            records: fixed.found.records,
            sum_amount: Number(fixed.found.amount),
            sum_cost: Number(fixed.found.cost),
            more: fixed.found.is_more,
            models: fixed.found.models.clone(),
            since: time(fixed.since),
            tested_at: time(fixed.tested_at),
        }
    }
}

/// A page of causes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Causes)]
pub struct Page {
    success: bool,
    rows: Vec<CauseRow>,
    /// For `after`; null at the end.
    next: Option<String>,
}

/// Lists causes.
#[utoipa::path(
    get,
    path = "/api/v1/causes",
    tag = "failed accounting",
    params(CausesQuery),
    responses((status = 200, description = "A page.", body = Page), ReadRefusals)
)]
pub async fn index(visit: Visit) -> Answer {
    let state = &visit.state;
    let fields = visit.query()?;
    let mut errors = json::query_errors(&fields, &QUERY.map(|(name, ..)| name));
    let mut refuse = |name: &str, message| {
        errors.insert(name.to_owned(), message);
    };
    let rank = fields.text("sort").map_or(Some(Rank::default()), Rank::parse);
    if rank.is_none() {
        refuse("sort", Message::new("error-sort"));
    }
    let size = fields.text("page_size").map_or(Some(PAGE_SIZE), |text| text.parse().ok());
    let size = size.filter(|size| (1..=MAX_PAGE_SIZE).contains(size));
    if size.is_none() {
        refuse("page_size", Message::new("error-page-size").with("limit", MAX_PAGE_SIZE));
    }
    let skipped = fields.text("after").map_or(Some(0), |text| text.parse::<u64>().ok());
    let skipped = skipped.filter(|skipped| *skipped <= MOST_SKIPPED);
    if skipped.is_none() {
        refuse("after", Message::new("error-cursor"));
    }
    let (Some(rank), Some(size), Some(skipped), true) = (rank, size, skipped, errors.is_empty()) else {
        return Err(Error::Invalid(errors).into());
    };
    let today = state.clock.today();
    let (size, skipped) = (size as usize, skipped as usize);
    let (cards, is_last) = state
        .database
        .run(move |connection| {
            let all = ranking::ranking(connection, rank)?.causes;
            let is_last = all.len() <= skipped.saturating_add(size);
            let mut shown: Vec<Ranked> = all.into_iter().skip(skipped).take(size).collect();
            // Programs get exact numbers, however many failures are open.
            for ranked in shown.iter_mut().filter(|ranked| !matches!(ranked.known, Known::Exactly(_))) {
                let filter = Filter { cause: Some(ranked.group.key.clone()), ..Filter::default() };
                ranked.known = Known::Exactly(totals::exact(connection, &filter, &Search::Nothing)?);
            }
            Ok((ranking::cards(connection, shown, today, true)?, is_last))
        })
        .await?;
    let next = (!is_last).then(|| (skipped + size).to_string());
    json::answer(StatusCode::OK, &Page { success: true, rows: cards.into_iter().map(row).collect(), next })
}

fn row(card: Card) -> CauseRow {
    let totals = |known: &Known| match known {
        Known::Exactly(totals) => *totals,
        _ => Totals::default(),
    };
    let (open, all) = (totals(&card.ranked.known), totals(&card.all));
    let cause = card.cause.as_ref();
    let time = |time: chrono::NaiveDateTime| time.format(TIME_FORMAT).to_string();
    let title = match card.ranked.group.key.as_str() {
        NO_REASON => "No reason given".to_owned(),
        UNSORTED => "Not sorted yet".to_owned(),
        key => cause.map_or_else(|| key.to_owned(), |cause| cause.title.clone()),
    };
    CauseRow {
        title,
        family: cause.map_or("other", |cause| cause.family().as_str()),
        state: state_of(cause, card.ranked.group.newest),
        open_count: open.count,
        open_amount: Number(open.amount),
        open_cost: Number(open.cost),
        count: all.count,
        sum_amount: Number(all.amount),
        sum_cost: Number(all.cost),
        first_seen: card.seen.0.map(time),
        last_seen: card.seen.1.map(time),
        owner: cause.and_then(|cause| cause.owner.clone()),
        note: cause.and_then(note::shown),
        outcome_unknown: cause.is_some_and(KnownCause::is_outcome_unknown),
        likely_fixed: card.fixed.as_ref().filter(|_| open.count > 0).map(FixedBody::from),
        cause: card.ranked.group.key,
    }
}
