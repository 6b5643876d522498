//! `/check`: what the last check found, class by class, with the way to each; and a new one, in the background.

use serde::Serialize;

use super::class::{CLASSES, Kind};
use super::store::{self, Check};
use crate::audit::event::Author;
use crate::base::finding::{Finding, NAMED};
use crate::base::form::Message;
use crate::error::{Error, Result};
use crate::web::error::Answer;
use crate::web::extract::{Id, Visit};
use crate::web::locale;
use crate::web::state::AppState;
use crate::web::view::TimeView;
use crate::web::{links, page};

const LIST: &str = "/check";

#[derive(Serialize)]
struct CheckPage {
    is_under_way: bool,
    last: Option<CheckView>,
}

#[derive(Serialize)]
struct CheckView {
    by: String,
    ended: TimeView,
    seconds: i64,
    wrong: usize,
    findings: Vec<FindingView>,
}

#[derive(Serialize)]
struct FindingView {
    class: String,
    number: u64,
    count: String,
    sum: Option<String>,
    ids: Vec<(String, Option<String>)>,
    more: u64,
    link: String,
}

#[derive(Serialize)]
struct ShowPage {
    finding: FindingView,
    ended: TimeView,
}

/// `GET /check`.
pub async fn index(visit: Visit) -> Answer {
    let state = &visit.state;
    let (last, asked) =
        state.database.run(|connection| Ok((store::last(connection)?, store::asked_by(connection)?))).await?;
    let context = CheckPage { is_under_way: asked.is_some(), last: last.map(|last| view(&last, state)) };
    visit.ok("check/index.html", &context)
}

/// `GET /check/{id}`: the records of one class, as the last check saw them.
pub async fn show(visit: Visit, Id(class): Id) -> Answer {
    let state = &visit.state;
    let last = state.database.run(store::last).await?.ok_or(Error::NotFound)?;
    let ended = TimeView::new(&state.clock, last.ended);
    let finding = last.findings.iter().find(|finding| finding.class == class).ok_or(Error::NotFound)?;
    visit.ok("check/show.html", &ShowPage { finding: finding_view(finding, usize::MAX), ended })
}

/// `POST /check`: asks for a check.
pub async fn create(visit: Visit, author: Author) -> Answer {
    let by = author.name;
    let asked: Result<()> =
        visit.state.database.transaction(move |connection| store::ask(connection, &by)).await;
    asked?;
    visit.tell(Message::new("flash-check-asked"));
    Ok(page::see_other(LIST))
}

fn view(check: &Check, state: &AppState) -> CheckView {
    CheckView {
        by: check.by.clone(),
        ended: TimeView::new(&state.clock, check.ended),
        seconds: (check.ended - check.began).num_seconds(),
        wrong: check.classes_found(),
        findings: check.findings.iter().map(|finding| finding_view(finding, NAMED)).collect(),
    }
}

fn finding_view(finding: &Finding, shown: usize) -> FindingView {
    let kind = CLASSES.iter().find(|(name, _)| *name == finding.class).map(|(_, kind)| *kind);
    let link = |id: &String| match kind {
        Some(Kind::Usage) => Some(format!("/usages/{}", links::segment(id))),
        Some(Kind::Failure) => Some(format!("/failed-accounting/{}", links::segment(id))),
        _ => None,
    };
    let ids: Vec<_> = finding.ids.iter().take(shown).map(|id| (id.clone(), link(id))).collect();
    FindingView {
        class: finding.class.replace('_', "-"),
        number: finding.count,
        count: locale::count(i64::try_from(finding.count).unwrap_or(i64::MAX)),
        sum: finding.sum.map(|sum| sum.to_string()),
        more: finding.count.saturating_sub(ids.len() as u64),
        ids,
        link: format!("{LIST}/{}", finding.class),
    }
}
