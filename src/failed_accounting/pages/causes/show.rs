//! `GET /failed-accounting/causes/{cause}`: one cause with its numbers, where it strikes, its failures, what may be done
//! with all of them, and what people noted; `POST` keeps the note.
//!
//! More than 250 lines: all that one page shows is gathered here, with its form.

use chrono::{NaiveDate, NaiveDateTime};
use serde::Serialize;

use super::view::{CAUSES, Spark, age_text, cause_link, family_key};
use crate::audit::event::CAUSE;
use crate::audit::store::{self as audit, Event};
use crate::base::form::{Fields, Message, NONE, key_of};
use crate::base::merge::{self, SAW, Snapshot, Unit};
use crate::base::paging::Position;
use crate::causes::cause::{NO_REASON, UNSORTED};
use crate::causes::store::{self as causes, KnownCause};
use crate::db::DbConnection;
use crate::error::{Error, Result};
use crate::failed_accounting::causes::groups::{self, By, Group};
use crate::failed_accounting::causes::history;
use crate::failed_accounting::causes::note::{self, Standing, state_of};
use crate::failed_accounting::condition::Search;
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::list;
use crate::failed_accounting::list::totals::{self, Known};
use crate::failed_accounting::pages::cause::cause_title;
use crate::failed_accounting::pages::context::{Choice, FormView, RowView, sums};
use crate::web::error::Answer;
use crate::web::extract::{Form, Id, Visit};
use crate::web::form::FormState;
use crate::web::list::Sums;
use crate::web::locale::Language;
use crate::web::merge::{self as web_merge, MergeView};
use crate::web::page;
use crate::web::state::AppState;
use crate::web::timeline::EventView;
use crate::web::view::{self, Named, TimeView};

/// Failures and places that are shown; the rest is in the list.
const SHOWN: usize = 10;

/// The fields of the form.
const FIELDS: [&str; 5] = ["owner", "note", "standing", "revision", SAW];

struct Found {
    cause: Option<KnownCause>,
    open: Known,
    all: Known,
    newest_open: Option<NaiveDateTime>,
    seen: (Option<NaiveDateTime>, Option<NaiveDateTime>),
    days: Option<Vec<(NaiveDate, i64)>>,
    models: Vec<Group>,
    organisations: Vec<Group>,
    rows: Vec<FailedRecord>,
    events: Vec<Event>,
}

#[derive(Serialize)]
struct ShowPage {
    key: String,
    title: String,
    template: Option<String>,
    family: String,
    state: &'static str,
    this: String,
    back: &'static str,
    open: Sums,
    all: Sums,
    oldest: Option<String>,
    first: Option<TimeView>,
    last: Option<TimeView>,
    spark: Option<Spark>,
    models: Vec<Place>,
    organisations: Vec<Place>,
    rows: Vec<RowView>,
    /// Whether there is a note to keep: not for failures that still wait for their cause.
    is_kept: bool,
    owner: Option<String>,
    note: Vec<Piece>,
    standing: &'static str,
    standing_since: Option<TimeView>,
    standing_by: Option<String>,
    form: FormView,
    /// What is to be asked where somebody else changed the note meanwhile.
    merge: Option<MergeView>,
    standings: Vec<Choice>,
    /// Whether this server runs batches.
    has_batches: bool,
    timeline: Vec<EventView>,
}

/// A model or an organisation that a cause strikes.
#[derive(Serialize)]
struct Place {
    of: Option<Named>,
    numbers: Sums,
}

/// A piece of a note: text, or an address to go to.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Piece {
    text: String,
    is_link: bool,
}

/// The page.
pub async fn show(visit: Visit, Id(key): Id) -> Answer {
    shown(&visit, key, FormState::default()).await
}

/// `POST`: keeps the note, the owner and the standing.
pub async fn update(visit: Visit, Id(key): Id, Form(mut fields): Form) -> Answer {
    let mut taken = Vec::new();
    for _ in 0..TRIES {
        let message = match keep(&visit, &key, &fields).await {
            Ok(()) => {
                let done = Message::new("flash-cause-saved");
                visit.tell(web_merge::done(visit.language, done, &taken));
                return Ok(page::see_other(&cause_link(&key)));
            }
            Err(Error::Invalid(errors)) => {
                return shown(&visit, key, FormState::refused(fields, errors)).await;
            }
            Err(Error::Conflict(message)) => message,
            Err(error) => return Err(error.into()),
        };
        let asked = key.clone();
        let cause = visit.state.database.run(move |connection| causes::find(connection, &asked)).await?;
        let now = as_fields(Some(&cause));
        let Some((merged, saw)) = merge::merge_form(&UNITS, &now, &fields) else {
            return shown(&visit, key, FormState::conflict(fields, "note", message)).await;
        };
        fields = merged.fields.with("revision", cause.revision);
        if !merged.is_clear() {
            let asked = web_merge::of_form(&merged, &saw, &now, visit.language);
            return shown(&visit, key, FormState::merging(fields, asked)).await;
        }
        taken.extend(merged.taken);
    }
    Err(Error::Conflict(Message::new("conflict-cause")).into())
}

async fn keep(visit: &Visit, key: &str, fields: &Fields) -> Result<()> {
    let author = visit.author()?;
    let (key, note) = (key.to_owned(), note::read(fields)?);
    visit
        .state
        .database
        .transaction(move |connection| note::save(connection, &key, &note, &author).map(drop))
        .await
}

/// The fields of a note, each decided by itself.
const UNITS: [Unit<'static>; 3] = [&["note"], &["owner"], &["standing"]];

/// A form is merged at most this many times with a note that changes again and again.
const TRIES: usize = 3;

/// The values of a cause as its form starts with.
fn as_fields(cause: Option<&KnownCause>) -> Fields {
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    let pairs = [
        ("owner", text(cause.and_then(|cause| cause.owner.as_ref()))),
        ("note", cause.and_then(note::shown).unwrap_or_default()),
        ("standing", cause.map_or(Standing::New, Standing::of).as_str().to_owned()),
    ];
    Fields::new(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

async fn shown(visit: &Visit, key: String, form: FormState) -> Answer {
    let state = &visit.state;
    let language = visit.language;
    let today = state.clock.today();
    let asked = key.clone();
    let found = state.database.run(move |connection| find(connection, &asked, today)).await?;
    let names = visit.names().await;
    let filter = open_filter(&key);
    let rows = found.rows.iter().map(|record| RowView::new(record, &names, state, &filter)).collect();
    let named = |groups: &[Group], by: By| -> Vec<Place> {
        let place = |group: &Group| {
            let id = group.key.clone();
            let wanted = if id.is_empty() { NONE.to_owned() } else { key_of(&id).into_owned() };
            let (known, filter) = match by {
                By::Organisation => {
                    (&names.organisations, Filter { userorgid: Some(wanted), ..filter.clone() })
                }
                _ => (&names.models, Filter { llmid: Some(wanted), ..filter.clone() }),
            };
            let numbers = sums(&filter, &Known::Exactly(group.totals));
            Place { of: (!id.is_empty()).then(|| Named { name: known.get(&id).cloned(), id }), numbers }
        };
        groups.iter().map(place).collect()
    };
    let places = Places {
        models: named(&found.models, By::Model),
        organisations: named(&found.organisations, By::Organisation),
    };
    let page = Builder { key: &key, state, language }.page(&found, rows, places, &form);
    let context = ShowPage { merge: form.merge, ..page };
    visit.render(form.status, "failed_accounting/cause.html", &context)
}

fn open_filter(key: &str) -> Filter {
    Filter { cause: Some(key.to_owned()), ..Filter::default() }
}

fn find(connection: &mut DbConnection, key: &str, today: NaiveDate) -> Result<Found> {
    let cause = causes::lookup(connection, key)?;
    if cause.is_none() && ![NO_REASON, UNSORTED].contains(&key) {
        return Err(Error::NotFound);
    }
    let filter = open_filter(key);
    let nothing = Search::Nothing;
    let open = totals::known(connection, &filter, &nothing)?;
    let is_exact = matches!(open, Known::Exactly(_));
    let of_group = |connection: &mut DbConnection, by: By| -> Result<Vec<Group>> {
        if is_exact { groups::grouped(connection, &filter, &nothing, by) } else { Ok(Vec::new()) }
    };
    let mut models = of_group(connection, By::Model)?;
    let mut organisations = of_group(connection, By::Organisation)?;
    let newest_open = models.iter().filter_map(|group| group.newest).max();
    models.truncate(SHOWN);
    organisations.truncate(SHOWN);
    let rows = list::rows(connection, &filter, &nothing, &Position::Start, SHOWN)?;
    Ok(Found {
        cause,
        open,
        all: totals::known(connection, &history::filter_of(key), &Search::Nothing)?,
        newest_open,
        seen: history::seen(connection, key)?,
        days: history::by_day(connection, key, today)?,
        models,
        organisations,
        rows: rows.rows.into_iter().map(|row| row.record).collect(),
        events: audit::timeline(connection, CAUSE, key)?,
    })
}

/// Where the open failures of a cause are.
struct Places {
    models: Vec<Place>,
    organisations: Vec<Place>,
}

struct Builder<'a> {
    key: &'a str,
    state: &'a AppState,
    language: Language,
}

impl Builder<'_> {
    fn page(
        &self,
        found: &Found,
        rows: Vec<RowView>,
        Places { models, organisations }: Places,
        form: &FormState,
    ) -> ShowPage {
        let Builder { key, state, language } = *self;
        let cause = found.cause.as_ref();
        let time = |time| TimeView::new(&state.clock, time);
        let standing = cause.map_or(Standing::New, Standing::of);
        let since = cause.and_then(|cause| cause.closed_at.or(cause.known_at));
        let by = cause.and_then(|cause| cause.closed_by.clone().or_else(|| cause.known_by.clone()));
        let form = self.form(cause, form);
        let chosen = form.values.get("standing").cloned().unwrap_or_default();
        let oldest = found.open.oldest();
        ShowPage {
            key: key.to_owned(),
            title: cause_title(key, cause, language),
            template: cause.map(|cause| cause.template.clone()).filter(|template| !template.is_empty()),
            family: family_key(key, cause),
            state: state_of(cause, found.newest_open),
            this: cause_link(key),
            back: CAUSES,
            open: sums(&open_filter(key), &found.open),
            all: sums(&history::filter_of(key), &found.all),
            oldest: oldest.map(|oldest| age_text(language, &view::age(state.clock.now(), oldest))),
            first: found.seen.0.map(time),
            last: found.seen.1.map(time),
            spark: found.days.as_deref().map(Spark::new),
            models,
            organisations,
            rows,
            is_kept: cause.is_some(),
            owner: cause.and_then(|cause| cause.owner.clone()),
            note: cause.and_then(note::shown).as_deref().map(pieces).unwrap_or_default(),
            standing: standing.as_str(),
            standing_since: since.map(time),
            standing_by: by,
            standings: Standing::ALL
                .map(|one| Choice {
                    value: one.as_str(),
                    text: format!("standing-{}", one.as_str()),
                    selected: chosen == one.as_str(),
                })
                .into(),
            form,
            merge: None,
            has_batches: state.permissions.iter().any(|permission| permission.path == "/batches"),
            timeline: found
                .events
                .iter()
                .map(|event| EventView::new(state, event, |action| format!("event-{action}"), language))
                .collect(),
        }
    }

    /// The form as typed, or as the cause is. After a conflict it carries the present revision, so that sending it again
    /// is a decision.
    fn form(&self, cause: Option<&KnownCause>, state: &FormState) -> FormView {
        let FormState { fields, errors, .. } = state;
        let mut form = state.view(&FIELDS, self.language);
        let revision = cause.map_or(0, |cause| cause.revision).to_string();
        let present = as_fields(cause);
        if fields.pairs().is_empty() {
            form.values.extend(present.pairs().iter().cloned());
        }
        if form.values.get(SAW).is_none_or(String::is_empty) {
            form.values.insert(SAW.to_owned(), Snapshot::of(&present).encode());
        }
        // A form that was refused for another reason has not seen what changed meanwhile.
        let has_seen = errors.values().any(|message| message.key == "conflict-cause");
        if has_seen || fields.raw("revision").is_none() {
            form.values.insert("revision".to_owned(), revision);
        }
        form
    }
}

/// A note in pieces: addresses that begin with http:// or https:// become links, all else stays text.
fn pieces(note: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut rest = note;
    while let Some(begin) = ["http://", "https://"].iter().filter_map(|scheme| rest.find(scheme)).min() {
        let (text, address) = rest.split_at(begin);
        let end = address.find(|next: char| next.is_whitespace() || "<>\"'，。；）".contains(next));
        let (address, after) = address.split_at(end.unwrap_or(address.len()));
        let plain = address.trim_end_matches(['.', ',', ';', ':', ')', '!', '?']);
        pieces.push(Piece { text: text.to_owned(), is_link: false });
        let is_whole = plain.split_once("://").is_some_and(|(_, host)| !host.is_empty());
        pieces.push(Piece { text: plain.to_owned(), is_link: is_whole });
        pieces
            .push(Piece { text: address.get(plain.len()..).unwrap_or_default().to_owned(), is_link: false });
        rest = after;
    }
    pieces.push(Piece { text: rest.to_owned(), is_link: false });
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_a_note_become_links_and_nothing_else_does() {
        let links = |note: &str| -> Vec<String> {
            pieces(note).into_iter().filter(|piece| piece.is_link).map(|piece| piece.text).collect()
        };
        assert_eq!(
            links("see https://wiki.local/a?b=1, then http://x/y."),
            ["https://wiki.local/a?b=1", "http://x/y"]
        );
        assert!(links("javascript:alert(1) https:// <b>").is_empty());
        let whole: String = pieces("a\nhttps://x/ b").into_iter().map(|piece| piece.text).collect();
        assert_eq!(whole, "a\nhttps://x/ b");
    }
}
