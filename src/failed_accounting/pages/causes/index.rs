//! `GET /failed-accounting/causes`: all causes, ranked; the cards of one page are looked up, the rest only counted.

use actix_web::http::StatusCode;
use chrono::NaiveDate;
use serde::Serialize;

use super::fixed::FixedView;
use super::view::{CAUSES, Spark, age_text, cause_link, family_key};
use crate::base::form::{FieldErrors, refuse_unknown};
use crate::base::secrets;
use crate::causes::store::KnownCause;
use crate::db::DbConnection;
use crate::error::Result;
use crate::failed_accounting::causes::history;
use crate::failed_accounting::causes::note::state_of;
use crate::failed_accounting::causes::ranking::{self, Card, Rank};
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::list::totals::Known;
use crate::failed_accounting::pages::cause::cause_title;
use crate::failed_accounting::pages::context::sums;
use crate::names::Names;
use crate::web::error::Answer;
use crate::web::extract::{Query, Visit};
use crate::web::form::FormView;
use crate::web::links;
use crate::web::list::Sums;
use crate::web::locale::Language;
use crate::web::state::AppState;
use crate::web::view::{self, TimeView, clip};

/// Cards on a page.
const CARDS: usize = 20;

struct Found {
    cards: Vec<Card>,
    total: Known,
    causes: usize,
    with_open: usize,
}

#[derive(Serialize)]
struct CardView {
    link: String,
    title: String,
    family: String,
    /// Whether nobody knows after it whether the customer was charged.
    is_unknown: bool,
    state: &'static str,
    open: Sums,
    all: Sums,
    first: Option<TimeView>,
    last: Option<TimeView>,
    last_age: Option<String>,
    oldest: Option<String>,
    models: i64,
    organisations: i64,
    spark: Option<Spark>,
    owner: Option<String>,
    note: Option<String>,
    /// What of it would pass now, where that is known.
    fixed: Option<FixedView>,
}

#[derive(Serialize)]
struct IndexPage {
    form: FormView,
    total: Sums,
    oldest: Option<String>,
    cards: Vec<CardView>,
    causes: usize,
    with_open: usize,
    ranks: Vec<RankView>,
    previous: Option<String>,
    next: Option<String>,
    page: usize,
    pages: usize,
    /// Whether this server runs batches.
    has_batches: bool,
}

#[derive(Serialize)]
struct RankView {
    name: &'static str,
    link: String,
    current: bool,
}

/// The page.
pub async fn index(visit: Visit, Query(fields): Query) -> Answer {
    let state = &visit.state;
    let language = visit.language;
    let mut errors = FieldErrors::new();
    refuse_unknown(&fields, &[&["sort", "page"]], &mut errors);
    let rank = fields.text("sort").and_then(Rank::parse).unwrap_or_default();
    let name = rank.as_str();
    let number =
        fields.text("page").and_then(|text| text.parse::<usize>().ok()).unwrap_or(1).clamp(1, 10_000);
    let today = state.clock.today();
    let found = state.database.run(move |connection| find(connection, rank, number, today)).await?;
    let names = visit.names().await;
    let pages = found.causes.div_ceil(CARDS).max(1);
    let now = state.clock.now();
    let oldest = found.total.oldest().map(|time| age_text(language, &view::age(now, time)));
    let context = IndexPage {
        form: FormView::new(&[], &fields, &errors, language),
        total: sums(&Filter::default(), &found.total),
        oldest,
        causes: found.causes,
        with_open: found.with_open,
        cards: found.cards.into_iter().map(|card| card_view(card, &names, state, language)).collect(),
        ranks: Rank::ALL
            .map(|one| RankView { name: one.as_str(), link: link(one.as_str(), 1), current: one == rank })
            .into(),
        previous: (number > 1 && number <= pages + 1).then(|| link(name, number - 1)),
        next: (number < pages).then(|| link(name, number + 1)),
        page: number,
        pages,
        has_batches: state.has_batches(),
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    visit.render(status, "failed_accounting/causes.html", &context)
}

/// The address of a page of that order.
fn link(sort: &str, page: usize) -> String {
    let mut pairs = Vec::new();
    if sort != "amount" {
        pairs.push(("sort", sort.to_owned()));
    }
    if page > 1 {
        pairs.push(("page", page.to_string()));
    }
    links::with_query(CAUSES, &links::query(&pairs))
}

fn card_view(card: Card, names: &Names, state: &AppState, language: Language) -> CardView {
    let Card { ranked, cause, all, seen, days, fixed } = card;
    let key = &ranked.group.key;
    let cause = cause.as_ref();
    let now = state.clock.now();
    let open = Filter { cause: Some(key.clone()), ..Filter::default() };
    let time = |time| TimeView::new(&state.clock, time);
    let age = |time| age_text(language, &view::age(now, time));
    CardView {
        link: cause_link(key),
        title: cause_title(key, cause, language),
        family: family_key(key, cause),
        is_unknown: cause.is_some_and(KnownCause::is_outcome_unknown),
        state: state_of(cause, ranked.group.newest),
        open: sums(&open, &ranked.known),
        all: sums(&history::filter_of(key), &all),
        first: seen.0.map(time),
        last: seen.1.map(time),
        last_age: seen.1.map(age),
        oldest: ranked.group.totals.oldest.map(age),
        models: ranked.group.models,
        organisations: ranked.group.organisations,
        spark: days.as_deref().map(Spark::new),
        owner: cause.and_then(|cause| cause.owner.clone()),
        fixed: fixed
            .filter(|_| !matches!(ranked.known, Known::Exactly(totals) if totals.count == 0))
            .map(|fixed| FixedView::new(&fixed, names, state)),
        note: cause.and_then(|cause| cause.note.as_deref()).map(|note| clip(&secrets::mask(note), 160)),
    }
}

fn find(connection: &mut DbConnection, rank: Rank, page: usize, today: NaiveDate) -> Result<Found> {
    let ranking = ranking::ranking(connection, rank)?;
    let (total, with_open, causes) = (ranking.total, ranking.with_open, ranking.causes.len());
    let shown = ranking.causes.into_iter().skip((page - 1) * CARDS).take(CARDS).collect();
    let cards = ranking::cards(connection, shown, today, false)?;
    Ok(Found { cards, total, causes, with_open })
}
