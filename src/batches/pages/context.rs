//! What the pages of batches show alike: their address, their sums, their rows in words.

use serde::Serialize;

use crate::base::form::{Fields, Message};
use crate::batches::batch::Batch;
use crate::batches::counts::Tally;
use crate::causes::titles::Titles;
use crate::failed_accounting::chips;
use crate::failed_accounting::failure::Resolution;
use crate::failed_accounting::filter::{Filter, Handled};
use crate::names::Names;
use crate::web::author;
use crate::web::form::Choice;
use crate::web::links;
use crate::web::locale::{self, Language};

/// The path of the list of batches.
pub(super) const LIST: &str = "/batches";

/// The path of the list of failed records.
const RECORDS: &str = "/failed-accounting";

/// The address of a batch or of one of its actions.
pub(super) fn batch_link(id: &str, action: &str) -> String {
    format!("{LIST}/{}{action}", links::segment(id))
}

/// A count with its money.
#[derive(Debug, Serialize)]
pub(super) struct Card {
    pub number: i64,
    /// For people, with separators.
    pub count: String,
    pub amount: String,
    pub cost: String,
}

impl From<Tally> for Card {
    fn from(tally: Tally) -> Card {
        Card {
            number: tally.count,
            count: locale::count(tally.count),
            amount: tally.amount.to_string(),
            cost: tally.cost.to_string(),
        }
    }
}

/// The filter of exactly the rows of a batch.
pub(super) fn rows_of(batch: &Batch) -> Filter {
    Filter { handled: Handled::All, batch: Some(batch.id().to_owned()), ..Filter::default() }
}

/// The list of a filter.
pub(super) fn records_link(filter: &Filter) -> String {
    links::with_query(RECORDS, &links::query(&filter.to_pairs()))
}

/// The filter that a batch was made of; none where rows were ticked.
pub(super) fn filter_of(batch: &Batch) -> Option<Filter> {
    let pairs: Vec<(String, String)> = serde_json::from_str(batch.stored.selection.as_deref()?).ok()?;
    Some(Filter::parse(&Fields::new(pairs)).0)
}

/// A filter in words: its tab, then what narrows it.
pub(super) fn in_words(filter: &Filter, names: &Names, causes: &Titles, language: Language) -> Vec<String> {
    let word = locale::word(language);
    let tab = word(&format!("tab-{}", filter.tab())).unwrap_or_default();
    let cause = filter.titled_cause().map(|key| causes.of(key, &word));
    let narrowing = chips::of(filter, names, cause.as_deref(), &word).into_iter();
    std::iter::once(tab).chain(narrowing.map(|chip| locale::words(language, &chip.message))).collect()
}

/// A reason in words: a key of the catalogue, with who was there before where it names somebody.
pub(super) fn reason_in_words(language: Language, why: &str, by: Option<&str>) -> String {
    let text = locale::word(language);
    match by {
        Some(name) if ["batch-changed", "batch-gone", "batch-moved-on"].contains(&why) => {
            let key = match why {
                "batch-changed" => "batch-changed-by",
                "batch-gone" => "batch-gone-by",
                _ => "batch-moved-on-by",
            };
            locale::words(language, &Message::new(key).with("name", author::in_words(language, name)))
        }
        _ => text(why).unwrap_or_else(|| why.to_owned()),
    }
}

/// The resolutions that people may choose.
pub(super) fn resolutions(selected: &str) -> Vec<Choice> {
    let choice = |resolution: Resolution| Choice {
        value: resolution.as_str(),
        text: format!("resolution-{}", resolution.as_str().replace('_', "-")),
        selected: resolution.as_str() == selected,
    };
    Resolution::ALL.into_iter().filter(|resolution| resolution.is_by_hand()).map(choice).collect()
}

/// The addresses of a batch's actions.
#[derive(Serialize)]
pub(super) struct Links {
    this: String,
    run: String,
    correction: String,
    abort: String,
    undo: String,
    rest: String,
    test: String,
    csv: String,
}

impl Links {
    pub fn new(id: &str) -> Links {
        let link = |action| batch_link(id, action);
        Links {
            this: link(""),
            run: link("/run"),
            correction: link("/correction"),
            abort: link("/abort"),
            undo: link("/undo"),
            rest: link("/rest"),
            test: link("/test"),
            csv: link(".csv"),
        }
    }
}
