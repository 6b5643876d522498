//! Saved views: the bar on the list, opening one, and the page of all.

use serde::Serialize;

use super::context::{LIST, list_link};
use crate::base::form::Message;
use crate::causes::titles::Titles;
use crate::db::DbConnection;
use crate::error::{Error, Result};
use crate::failed_accounting::chips;
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::views::{View, store};
use crate::web::error::Answer;
use crate::web::extract::Visit;
use crate::web::locale::{self, Language};
use crate::web::{links, page};

/// The path of the page of all views.
pub(super) const VIEWS: &str = "/views";

/// A view as the bar and the page of all views show it.
#[derive(Debug, Serialize)]
pub(super) struct ViewLink {
    name: String,
    link: String,
    edit: String,
    default: String,
    is_current: bool,
    is_default: bool,
    is_shared: bool,
    /// Who shares it, where that is somebody else.
    owner: Option<String>,
    /// The filter in words.
    words: Vec<String>,
    unknown: Vec<String>,
}

#[derive(Serialize)]
struct IndexPage {
    views: Vec<ViewLink>,
}

/// How views are shown to the one who asks.
pub(super) struct Views<'a> {
    pub visit: &'a Visit,
    pub names: &'a crate::names::Names,
    /// Those of the causes in the filters.
    pub titles: &'a Titles,
    pub language: Language,
}

impl Views<'_> {
    /// Views as links; the one that shows this filter is current.
    pub(super) fn links(&self, views: &[View], present: Option<&Filter>) -> Vec<ViewLink> {
        let visitor = self.visit.visitor();
        let (person, default) =
            visitor.map(|visitor| (visitor.name, visitor.default_view)).unwrap_or_default();
        let link = |view: &View| ViewLink {
            link: open_link(view),
            edit: action_link(&view.id, "/edit"),
            default: action_link(&view.id, "/default"),
            is_current: present.is_some_and(|filter| filter.to_pairs() == view.filter().to_pairs()),
            is_default: default.as_deref() == Some(&view.id),
            is_shared: view.is_shared,
            owner: (view.owner != person).then(|| view.owner.clone()),
            words: self.words(&view.filter()),
            unknown: view.unknown(),
            name: view.name.clone(),
        };
        views.iter().map(link).collect()
    }

    pub(super) fn words(&self, filter: &Filter) -> Vec<String> {
        let word = locale::word(self.language);
        let tab = word(&format!("tab-{}", filter.tab())).unwrap_or_default();
        let order = format!("sort-{}", super::toolbar::sort_word(&filter.sort.name()));
        let cause = filter.titled_cause().map(|key| self.titles.of(key, &word));
        let chips = chips::of(filter, self.names, cause.as_deref(), &word).into_iter();
        let narrowing = chips.map(|chip| locale::words(self.language, &chip.message));
        std::iter::once(tab).chain(narrowing).chain(word(&order)).collect()
    }
}

pub(super) fn action_link(id: &str, action: &str) -> String {
    format!("{VIEWS}/{}{action}", links::segment(id))
}

/// The list as the view shows it. What the list does not know any more goes along, so that it is told.
pub(super) fn open_link(view: &View) -> String {
    let mut pairs = view.pairs();
    if pairs.is_empty() {
        pairs.push(("handled".to_owned(), "0".to_owned()));
    }
    pairs.push(("view".to_owned(), view.id.clone()));
    links::with_query(LIST, &links::query(&pairs))
}

pub(super) fn person_of(visit: &Visit) -> String {
    visit.visitor().map(|visitor| visitor.name).unwrap_or_default()
}

/// `GET /failed-accounting?view=`: leads to the list with the filter of that view.
pub(super) async fn open(visit: &Visit, id: &str) -> Answer {
    let (id, person) = (id.to_owned(), person_of(visit));
    match visit.state.database.run(move |connection| store::find(connection, &id, &person)).await {
        Ok(view) => Ok(page::see_other(&open_link(&view))),
        Err(Error::NotFound) => {
            visit.tell(Message::new("flash-view-gone"));
            Ok(page::see_other(LIST))
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /views`: all that this person sees.
pub async fn views(visit: Visit) -> Answer {
    let person = person_of(&visit);
    let (found, titles) = visit.state.database.run(move |connection| saved(connection, &person)).await?;
    let (names, language) = (visit.names().await, visit.language);
    let shown = Views { visit: &visit, names: &names, titles: &titles, language };
    visit.ok("failed_accounting/views.html", &IndexPage { views: shown.links(&found, None) })
}

/// The bar of views above the list.
#[derive(Debug, Serialize)]
pub(super) struct Bar {
    views: Vec<ViewLink>,
    /// What to say of the view that was opened, where its filter is not what it was.
    note: Option<String>,
    /// Where the present filter gets a name.
    new: String,
}

impl Views<'_> {
    /// The bar above the list of that filter, which may have come from a view.
    pub(super) fn bar(&self, views: &[View], present: &Filter, opened: Option<&str>) -> Bar {
        let note = |view: &View| {
            let unknown = view.unknown();
            let message = Message::new("view-unknown").with("name", &view.name);
            (!unknown.is_empty())
                .then(|| locale::words(self.language, &message.with("keys", unknown.join(", "))))
        };
        Bar {
            note: views.iter().find(|view| Some(view.id.as_str()) == opened).and_then(note),
            new: list_link(present).replacen(LIST, &format!("{VIEWS}/new"), 1),
            views: self.links(views, Some(present)),
        }
    }
}

/// The views that a person sees, and the titles of the causes in them.
pub(super) fn saved(connection: &mut DbConnection, person: &str) -> Result<(Vec<View>, Titles)> {
    let views = store::of(connection, person)?;
    let keys = views.iter().filter_map(|view| view.filter().titled_cause().map(str::to_owned)).collect();
    Ok((views, Titles::read(connection, keys)?))
}
