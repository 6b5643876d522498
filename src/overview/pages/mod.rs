//! `GET /`: the front page. Its charts are drawn here, with their numbers in tables behind them.

mod chart;
mod figure;

use chrono::NaiveDate;
use serde::Serialize;

use self::chart::Chart;
use self::figure::{CauseFigure, DayFigure, PlaceFigure, day_figures, figure, place_figures, title_of};
use super::leakage::{self, Leakage};
use super::money::{self, AtStake, News};
use super::visit;
use crate::alerts::rule::Rule;
use crate::alerts::{store as alerts, words};
use crate::archive::run::Run;
use crate::archive::store as archive;
use crate::audit::event::Author;
use crate::check::adopted;
use crate::check::store as check;
use crate::failed_accounting::filter::Filter;
use crate::names::Names;
use crate::web::error::Answer;
use crate::web::extract::Visit;
use crate::web::list::Sums;
use crate::web::locale::{self, Language};
use crate::web::state::AppState;
use crate::web::view::{self, TimeView};

#[derive(Serialize)]
struct OverviewPage {
    open: Sums,
    oldest: Option<String>,
    /// Words of the age, and what is open of it.
    ages: Vec<(&'static str, Sums)>,
    retrying: Sums,
    /// Absent where none is stuck.
    stuck: Option<Sums>,
    top: Vec<CauseFigure>,
    /// When the person was here before, and what happened since: key of its words, and the failures.
    last_visit: Option<TimeView>,
    since: Vec<(&'static str, Sums)>,
    leakage: Option<LeakageView>,
    archive: Option<ArchiveView>,
    check: Option<CheckView>,
    /// What repeats an earlier failure, or is open although its usage is accounted.
    adopted: Vec<view::Adopted>,
    /// The alert rules that fire, in words.
    firing: Vec<String>,
}

#[derive(Serialize)]
struct LeakageView {
    days_number: usize,
    chart: Chart,
    days: Vec<DayFigure>,
    total: DayFigure,
    models: Vec<PlaceFigure>,
    organisations: Vec<PlaceFigure>,
}

/// The last run of the archive.
#[derive(Serialize)]
struct ArchiveView {
    /// Key of the words of its state.
    state: String,
    at: TimeView,
    rows: String,
    number: i64,
    amount: String,
    cutoff: String,
}

/// What the last check found.
#[derive(Serialize)]
struct CheckView {
    at: TimeView,
    classes: usize,
}

/// The page.
pub async fn index(visit: Visit, author: Author) -> Answer {
    let state = &visit.state;
    let language = visit.language;
    let (today, stuck_since) = (state.clock.today(), state.stuck_since());
    let (last_visit, stake, leakage, (run, check, firing), adopted) = state
        .database
        .run(move |connection| {
            let last_visit = visit::last(connection, &author.name)?;
            let stake = money::at_stake(connection, today, stuck_since, last_visit, &author.name)?;
            let leakage = leakage::of_last_days(connection, today)?;
            let runs =
                (archive::last_run(connection)?, check::last(connection)?, alerts::firing(connection)?);
            Ok((last_visit, stake, leakage, runs, adopted::last(connection)?))
        })
        .await?;
    let names = visit.names().await;
    let context = OverviewPage {
        last_visit: last_visit.map(|time| TimeView::new(&state.clock, time)),
        leakage: leakage.map(|leakage| leakage_view(&leakage, &names, today)),
        archive: run.map(|run| archive_view(&run, state)),
        check: check.map(|check| CheckView {
            at: TimeView::new(&state.clock, check.ended),
            classes: check.classes_found(),
        }),
        adopted: adopted
            .iter()
            .map(|found| view::Adopted::new(&state.clock, &found.finding, found.action, found.at))
            .collect(),
        firing: firing.iter().map(|rule| rule_in_words(rule, language)).collect(),
        ..at_stake_view(&stake, state, language)
    };
    visit.ok("overview/index.html", &context)
}

fn rule_in_words(rule: &Rule, language: Language) -> String {
    let words = rule.kind().map(|kind| words::rule(kind, rule.threshold_text()));
    words.map_or_else(|| rule.kind.clone(), |words| locale::words(language, &words))
}

fn at_stake_view(stake: &AtStake, state: &AppState, language: Language) -> OverviewPage {
    let now = state.clock.now();
    let oldest = stake.open.oldest().map(|time| locale::words(language, &view::age(now, time)));
    let words = ["age-band-1", "age-band-7", "age-band-30", "age-band-older"];
    let ages = stake.ages.iter().map(|(filter, known)| figure(filter, known));
    OverviewPage {
        open: figure(&Filter::default(), &stake.open),
        oldest,
        ages: words.into_iter().zip(ages).collect(),
        retrying: figure(&Filter::default().on_retrying(), &stake.retrying),
        stuck: Some(&stake.stuck)
            .filter(|(_, known)| !known.is_nothing())
            .map(|(filter, known)| figure(filter, known)),
        top: stake
            .top
            .iter()
            .map(|(group, cause)| CauseFigure::new(group, title_of(group, cause.as_ref(), language)))
            .collect(),
        last_visit: None,
        since: stake
            .since
            .iter()
            .map(|(news, filter, known)| (words_of(*news), figure(filter, known)))
            .collect(),
        leakage: None,
        archive: None,
        check: None,
        adopted: Vec::new(),
        firing: Vec::new(),
    }
}

fn words_of(news: News) -> &'static str {
    match news {
        News::New => "since-new",
        News::Accounted => "since-accounted",
        News::Handled => "since-handled",
        News::Reopened => "since-reopened",
    }
}

fn leakage_view(leakage: &Leakage, names: &Names, today: NaiveDate) -> LeakageView {
    let first = leakage.days.first().map_or(today, |(day, _)| *day);
    LeakageView {
        days_number: leakage.days.len(),
        chart: Chart::new(&leakage.days),
        days: day_figures(&leakage.days),
        total: DayFigure::new(first, today, &leakage.total),
        models: place_figures(&leakage.models, "llmid", &names.models, first, today),
        organisations: place_figures(&leakage.organisations, "userorgid", &names.organisations, first, today),
    }
}

fn archive_view(run: &Run, state: &AppState) -> ArchiveView {
    let moved = run.taken();
    ArchiveView {
        state: format!("archive-state-{}", run.state),
        at: TimeView::new(&state.clock, run.ended_at.unwrap_or(run.asked_at)),
        rows: locale::count(moved.rows),
        number: moved.rows,
        amount: moved.amount.to_string(),
        cutoff: run.cutoff.to_string(),
    }
}
