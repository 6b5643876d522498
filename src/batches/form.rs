//! What people post to batches: which rows and which action; what is needed to run one.
//!
//! Pure checks of meaning; whether an action is possible now is the batch's business.

use super::batch::{Action, Batch, Canary};
use super::store::Order;
use crate::base::foreign;
use crate::base::form::{FieldErrors, Fields, LONGEST_KEY, Message, Reader};
use crate::base::money::{Money, MoneySum};
use crate::failed_accounting::correction::{self, form::INPUTS};
use crate::failed_accounting::filter::{Filter, KEYS};
use crate::failed_accounting::form as failed;

/// The most rows that may be ticked; more are meant by a filter.
pub const MOST_TICKED: usize = 10_000;

/// From this number of rows on, the person types the number.
pub const CONFIRM_FROM: i64 = 1_000;

/// The most rows to try first: looking at them must stay cheap.
const MOST_TRIED: i64 = 1_000;

/// What is ticked below a list, and what shall be done with it.
pub const OF_THE_TICKS: [&str; 3] = ["action", "scope", "id"];

/// Fields of the list's page that a batch passes over: where in the list one was, and how it was counted.
const OF_THE_PAGE: [&str; 3] = ["after", "before", "exact"];

/// The field that leads to a preview with so many rows to be tried first.
pub const CANARY: &str = "canary_size";

/// Which rows.
#[derive(Debug, Clone, PartialEq)]
pub enum Selection {
    /// The ticked ones, without repetition.
    Ticked(Vec<String>),
    /// Everything that matches.
    Filtered(Box<Filter>),
}

/// Reads what a batch shall be made of.
pub fn selection(fields: &Fields) -> Result<(Action, Selection), FieldErrors> {
    let mut read = Reader::new(fields);
    let action = fields.text("action").and_then(Action::parse);
    if action.is_none() {
        read.refuse("action", Message::new("error-batch-action"));
    }
    let selection = match fields.text("scope") {
        Some("filter") => filtered(&mut read, fields),
        None => ticked(&mut read, fields),
        Some(_) => {
            read.refuse("scope", Message::new("error-batch-scope"));
            None
        }
    };
    match (action, selection) {
        (Some(action), Some(selection)) if read.errors.is_empty() => Ok((action, selection)),
        _ => Err(read.errors),
    }
}

/// A filter that is wrong in any part would mean other rows than the person saw.
fn filtered(read: &mut Reader<'_>, fields: &Fields) -> Option<Selection> {
    let corrects = fields.text("action") == Some(Action::Correct.as_str());
    let known = |name: &str| {
        [&KEYS[..], &OF_THE_TICKS, &OF_THE_PAGE].iter().any(|names| names.contains(&name))
            || (corrects && INPUTS.contains(&name))
            || name == CANARY
    };
    for (name, _) in fields.pairs().iter().filter(|(name, _)| !known(name)) {
        read.refuse(name, Message::new("error-batch-unknown-filter"));
    }
    let (filter, errors) = Filter::parse(fields);
    read.errors.extend(errors);
    Some(Selection::Filtered(Box::new(Filter { page_size: None, ..filter })))
}

fn ticked(read: &mut Reader<'_>, fields: &Fields) -> Option<Selection> {
    let mut ids: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for id in fields.all("id").filter(|id| !id.is_empty()) {
        if foreign::shown(id).chars().count() > LONGEST_KEY {
            read.refuse("id", Message::new("error-too-long").with("limit", LONGEST_KEY));
            return None;
        }
        if id.contains('\0') {
            read.refuse("id", Message::new("error-control-characters"));
            return None;
        }
        if seen.insert(id) {
            ids.push(id.to_owned());
        }
    }
    if ids.is_empty() {
        read.refuse("id", Message::new("error-batch-empty"));
    } else if ids.len() > MOST_TICKED {
        read.refuse("id", Message::new("error-batch-too-many").with("limit", MOST_TICKED));
    }
    (!ids.is_empty()).then_some(Selection::Ticked(ids))
}

/// Whether so many rows, or so much money, asks for the number to be typed.
pub fn needs_confirmation(batch: &Batch, limit: Money) -> bool {
    batch.summary.all.count > CONFIRM_FROM || batch.summary.all.amount > MoneySum::from(limit)
}

/// Reads what a run is asked to do.
pub fn order(fields: &Fields, batch: &Batch, limit: Money) -> Result<Order, FieldErrors> {
    let mut errors = FieldErrors::new();
    let mut order = Order::default();
    let mut asked = batch.clone();
    match batch.action {
        Action::Handle => match failed::handling(&as_single(fields, "handled_note")) {
            Ok(handling) => {
                order.resolution = Some(handling.resolution.as_str().to_owned());
                order.note = handling.note;
            }
            Err(wrong) => errors.extend(renamed(wrong)),
        },
        Action::Reopen => match failed::reopening(&as_single(fields, "note")) {
            Ok(note) => order.note = note,
            Err(wrong) => errors.extend(renamed(wrong)),
        },
        Action::Retry => {
            let mut read = Reader::new(fields);
            order.canary = canary(&mut read, fields);
            asked = ticked_too(&mut read, &asked, &mut order);
            errors.extend(read.errors);
        }
        Action::Correct => {
            let mut read = Reader::new(fields);
            order.then_retry = correction::form::then_retry(&mut read);
            if order.then_retry {
                order.canary = canary(&mut read, fields);
                asked = ticked_too(&mut read, &batch.then_retry(true), &mut order);
            }
            errors.extend(read.errors);
        }
        Action::Delete | Action::Withdraw | Action::Supersede | Action::Settle => {}
    }
    if needs_confirmation(batch, limit)
        && let Err(message) = confirm(fields, &asked)
    {
        errors.insert("confirm_count".to_owned(), message);
    }
    if errors.is_empty() { Ok(order) } else { Err(errors) }
}

/// Reads what is retried, too: what would fail again, and what may have been charged. Where nothing else is left, or nobody has
/// tested, that has to be said. Gives the batch as it is meant then.
fn ticked_too(read: &mut Reader<'_>, batch: &Batch, order: &mut Order) -> Batch {
    let mut tick = |name: &str| match read.fields.text(name) {
        Some("1" | "true") => true,
        None | Some("false") => false,
        Some(_) => {
            read.refuse(name, Message::new("error-batch-with-failing"));
            false
        }
    };
    (order.with_failing, order.with_unknown) = (tick("with_failing"), tick("with_unknown"));
    let meant = batch.including(order.with_failing, order.with_unknown);
    let is_left = |failing, unknown| meant.including(failing, unknown).wanted().count > 0;
    match () {
        () if !read.errors.is_empty() => {}
        () if batch.summary.tested.is_none() && !order.with_failing => {
            read.refuse("with_failing", Message::new("error-batch-untested"));
        }
        () if meant.wanted().count > 0 || meant.includable().count == 0 => {}
        () if is_left(true, false) => read.refuse("with_failing", Message::new("error-batch-all-fail")),
        () => read.refuse("with_unknown", Message::new("error-batch-all-unknown")),
    }
    meant
}

/// The fields as the form of one record names them; there a handle's note is `handled_note`.
fn as_single(fields: &Fields, name: &str) -> Fields {
    let mut pairs = fields.pairs().to_vec();
    let note = fields.raw("note").or_else(|| fields.raw("handled_note")).unwrap_or_default();
    pairs.push((name.to_owned(), note.to_owned()));
    Fields::new(pairs)
}

fn renamed(errors: FieldErrors) -> FieldErrors {
    let name = |name: String| if name == "handled_note" { "note".to_owned() } else { name };
    errors.into_iter().map(|(field, message)| (name(field), message)).collect()
}

/// The number of all rows or of those that the batch is meant for; separators as shown are fine.
fn confirm(fields: &Fields, batch: &Batch) -> Result<(), Message> {
    let wanted = batch.wanted().count;
    let typed = fields.text("confirm_count").ok_or_else(|| Message::new("error-required"))?;
    let digits: String = typed.chars().filter(|letter| !matches!(letter, ',' | ' ' | '，')).collect();
    let is_right =
        digits.parse::<i64>().is_ok_and(|number| [batch.summary.all.count, wanted].contains(&number));
    if is_right { Ok(()) } else { Err(Message::new("error-batch-count")) }
}

/// How many to try first, and how many of 100 may fail again: both or neither.
fn canary(read: &mut Reader<'_>, fields: &Fields) -> Option<Canary> {
    let mut whole = |name: &str, range: std::ops::RangeInclusive<i64>| {
        let text = fields.text(name)?;
        let number = text.parse::<i64>().ok().filter(|number| range.contains(number));
        if number.is_none() {
            let message = Message::new("error-batch-between");
            read.refuse(name, message.with("least", range.start()).with("most", range.end()));
        }
        number
    };
    let size = whole(CANARY, 1..=MOST_TRIED);
    let percent = whole("canary_percent", 0..=100);
    if size.is_none() && percent.is_some() && read.errors.is_empty() {
        read.refuse(CANARY, Message::new("error-required"));
    }
    let size = size?;
    Some(Canary { size, percent: percent.unwrap_or(0), accounted: 0, failed: 0, has_passed: false })
}
