//! `GET /failed-accounting`: the list of a filter with its money line, tabs, chips and pages.

use actix_web::http::StatusCode;
use serde::Serialize;

use super::asked::{Found, find};
use super::cause::cause_title;
use super::causes::{TopCause, top_causes};
use super::context::{Choice, FormView, RowView, address, list_link, resolutions};
use super::empty::Empty;
use super::groups::{self, Words};
use super::money_line::{MoneyLine, money_line};
use super::toolbar::{Toolbar, carried_by_ticks};
use super::views::{self, Bar, Views};
use crate::base::form::{FieldErrors, Fields, Message, refuse_unknown};
use crate::base::grouping::DIMENSIONS;
use crate::base::keys::unseen;
use crate::error::{Error, Result};
use crate::failed_accounting::filter::{BESIDE, Filter, KEYS};
use crate::failed_accounting::list;
use crate::failed_accounting::list::keys::{self, Input};
use crate::names::{Names, search};
use crate::web::error::Answer;
use crate::web::extract::{Query, Visit};
use crate::web::form::suggestions;
use crate::web::groups::{Chooser, GroupTable};
use crate::web::list::{Chip, Head, Pager, Preset, Tab, position};
use crate::web::locale::{self, Language};
use crate::web::state::AppState;
use crate::web::view::{Adopted, Named};

#[derive(Serialize)]
struct IndexPage {
    money: MoneyLine,
    /// What repeats an earlier failure, or is open although its usage is accounted.
    adopted: Vec<Adopted>,
    tabs: Vec<Tab>,
    form: FormView,
    /// What the form carries unseen.
    unseen: Vec<(&'static str, String)>,
    /// Names of filters in force behind the fold, so that it stays open.
    more_open: bool,
    /// How many filters are in force.
    narrowed: usize,
    presets: Vec<Preset>,
    resolutions: Vec<Choice>,
    /// A resolution of the address that is none of these, and in words; empty where there is none.
    other_resolution: (String, String),
    sorts: Vec<Choice>,
    organisations: Vec<Named>,
    models: Vec<Named>,
    /// Those with the most money, where they can be added up in time.
    causes: Vec<TopCause>,
    chooser: Chooser,
    /// The groups, where they are asked for and can be added up in time.
    groups: Option<GroupTable>,
    /// Where they are all the same, if that would take too long here.
    groups_exact: Option<String>,
    chips: Vec<Chip>,
    clear: String,
    heads: Vec<Head>,
    rows: Vec<RowView>,
    saved: Bar,
    /// The filter and the place in the list, as the form of the ticks carries them.
    query: Vec<(String, String)>,
    /// Why nothing could be done with what was ticked.
    refused: Option<String>,
    /// The keys with an input, and what else may be wrong in the address.
    inputs: Vec<&'static str>,
    loose: Vec<&'static str>,
    #[serde(flatten)]
    pager: Pager,
    searched: i64,
    csv: String,
    csv_excel: String,
    empty: Option<Empty>,
}

/// The list.
pub async fn index(visit: Visit, Query(typed): Query) -> Answer {
    if let ([_], Some(view)) = (typed.pairs(), typed.text("view")) {
        return views::open(&visit, view).await;
    }
    list_page(&visit, &typed, None).await
}

/// The list from which something was asked that cannot be done, with why, at the bar below its rows.
pub async fn index_refusing(visit: &Visit, typed: &Fields, why: Message) -> Answer {
    list_page(visit, typed, Some(why)).await
}

async fn list_page(visit: &Visit, typed: &Fields, refused: Option<Message>) -> Answer {
    let state = &visit.state;
    let language = visit.language;
    let names = visit.names().await;
    let (fields, mut errors) = search::ids_for_names(typed, &names);
    let (mut filter, wrong) = Filter::parse(&fields);
    errors.extend(wrong);
    refuse_unknown(typed, &[&KEYS, &BESIDE], &mut errors);
    let position = position(&fields, &filter.sort.name(), &mut errors);
    let exact = fields.text("exact") == Some("1");
    let ask = |asked: Filter| {
        let (position, person) = (position.clone(), views::person_of(visit));
        state.database.run(move |connection| {
            Ok((find(connection, &asked, &position, exact)?, views::saved(connection, &person)?))
        })
    };
    let (found, (saved, titles)) = match ask(filter.clone()).await {
        // More groups than can be shown: the rows, with why.
        Err(Error::Invalid(wrong)) if filter.group.is_some() && wrong.contains_key("group") => {
            errors.extend(wrong);
            filter.group = None;
            ask(filter.clone()).await?
        }
        answer => answer?,
    };
    let is_right = errors.is_empty();
    let status =
        if is_right && refused.is_none() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form = FormView::new(&KEYS, if is_right { &fields } else { typed }, &errors, language);
    let shown = Views { visit, names: &names, titles: &titles, language };
    let saved = shown.bar(&saved, &filter, typed.text("view"));
    let builder = Builder { filter: &filter, exact, names: &names, state, language };
    let query = carried_by_ticks(&filter, typed);
    let refused = refused.map(|why| locale::words(language, &why));
    let context = IndexPage { query, refused, ..builder.page(found, form, saved) };
    visit.render(status, "failed_accounting/index.html", &context)
}

pub(super) struct Builder<'a> {
    pub filter: &'a Filter,
    /// Whether the exact count was asked for, which the next page keeps.
    exact: bool,
    pub names: &'a Names,
    pub state: &'a AppState,
    pub language: Language,
}

impl Builder<'_> {
    fn page(&self, found: Found, form: FormView, saved: Bar) -> IndexPage {
        let list = address(self.filter);
        let list = list.exactly_if(self.exact);
        let listing = &found.listing;
        let Builder { filter, exact, names, state, language } = *self;
        let words = Words { names, language, exact };
        let ordered = |filter: &Filter| address(filter).exactly_if(exact).link();
        let cause = filter.titled_cause().map(|key| cause_title(key, found.cause.as_ref(), language));
        let toolbar = Toolbar { filter, cause, names, state, language };
        let chips = toolbar.chips();
        let before = listing.rows.first().filter(|_| listing.has_previous).map(|row| &row.cursor);
        let after = listing.rows.last().filter(|_| listing.has_next).map(|row| &row.cursor);
        let in_fold = names_of(|input| input == Input::Folded);
        let row = |row: &list::Listed| {
            let view = RowView::new(&row.record, self.names, self.state, self.filter);
            view.counted(row.record.llmusageid.as_deref(), &found.counts)
        };
        IndexPage {
            money: money_line(self.filter, &found.known, self.state, self.language),
            adopted: found
                .adopted
                .iter()
                .map(|found| Adopted::new(&state.clock, &found.finding, found.action, found.at))
                .collect(),
            tabs: toolbar.tabs(&found.known, found.tabs),
            more_open: in_fold.iter().any(|name| {
                form.errors.contains_key(*name)
                    || form.values.get(*name).is_some_and(|value| !value.is_empty())
            }),
            unseen: unseen(&keys::TABLE, filter),
            presets: toolbar.presets(),
            resolutions: resolutions(|_| true, form.values.get("resolution").map_or("", String::as_str)),
            other_resolution: self.other_resolution(),
            sorts: toolbar.sorts(),
            organisations: suggestions(&self.names.organisations),
            models: suggestions(&self.names.models),
            narrowed: chips.len(),
            causes: top_causes(&found.top, &found.known_causes, filter, language),
            chooser: Chooser::new(&DIMENSIONS, filter.group, &|group| {
                groups::grouped_by(filter, group, exact)
            }),
            groups: found.groups.as_ref().map(|groups| groups::table(filter, groups, &words, &ordered)),
            groups_exact: filter.group.filter(|_| found.groups.is_none()).map(|_| list.exact().link()),
            chips,
            clear: list_link(&self.filter.cleared()),
            heads: toolbar.heads(),
            rows: listing.rows.iter().map(row).collect(),
            saved,
            inputs: names_of(|input| input != Input::None),
            loose: [names_of(|input| input == Input::None), vec!["after", "before"]].concat(),
            query: Vec::new(),
            refused: None,
            pager: Pager::new(&list, before, after, listing.go_on.as_ref()),
            searched: list::SEARCHED_ROWS,
            csv: address(filter).csv(false),
            csv_excel: address(filter).csv(true),
            empty: self.empty(&found),
            form,
        }
    }
}

impl Builder<'_> {
    fn other_resolution(&self) -> (String, String) {
        let Some(text) = &self.filter.foreign_resolution else { return Default::default() };
        let word = text.strip_prefix('=').map(str::to_owned);
        (text.clone(), word.unwrap_or_else(|| locale::text(self.language, "filter-none")))
    }
}

/// The error of a request whose filter is wrong, where no list can show it.
pub(super) fn refuse_wrong(errors: FieldErrors) -> Result<()> {
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

/// The keys of a filter with such an input.
fn names_of(is_such: fn(Input) -> bool) -> Vec<&'static str> {
    keys::TABLE.iter().filter(|key| is_such(key.input)).map(|key| key.name).collect()
}
