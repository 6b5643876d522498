//! A form that was filled from a record which others changed meanwhile: what only one touched is kept, the rest is asked.

use super::forms::as_fields;
use crate::base::form::Fields;
use crate::base::merge::{self, Clash, Merged, Snapshot, Unit};
use crate::base::money::Money;
use crate::error::Result;
use crate::failed_accounting::case::View;
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::seen::Seen;

/// The fields of a record that are decided together: a state goes with how it came about.
pub(super) const UNITS: [Unit<'static>; 5] =
    [&["amount"], &["cost"], &["failed_reason"], &["handled", "resolution"], &["handled_note"]];

/// What a form is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Edit,
    /// Decides about the money: another amount than the one that was seen is asked about.
    Handle,
    Reopen,
    Settle,
    /// Whatever changed is looked at again.
    Delete,
}

/// A form that cannot be carried out before something is asked.
#[derive(Debug)]
pub(super) struct Stale {
    pub record: FailedRecord,
    pub saw: Seen,
    pub merged: Merged,
}

/// A form to be carried out.
#[derive(Debug, Default)]
pub(super) struct Clear {
    pub fields: Fields,
    /// What others changed and is kept.
    pub taken: Vec<String>,
}

/// What a form wants of a record as it is now.
pub(super) fn wanted(
    purpose: Purpose,
    typed: &Fields,
    record: &FailedRecord,
    saw: Option<Seen>,
) -> std::result::Result<Clear, Box<Stale>> {
    let is_stale = saw.as_ref().is_some_and(|saw| *saw != record.seen());
    let Some(saw) = saw.filter(|_| is_stale || merge::has_choices(typed)) else {
        return Ok(Clear { fields: typed.clone(), taken: Vec::new() });
    };
    let now = as_fields(record);
    let snapshot = saw.snapshot();
    let mut merged = merge::merge(&UNITS, &snapshot, &now, &as_edit(purpose, typed, &snapshot, &now));
    if purpose == Purpose::Edit && !record.is_open() && is_decided_since(&snapshot, &now) {
        merged.clashes.extend(other_money(&snapshot, &now, &merged));
    }
    let has_other_money = merged.taken.iter().any(|name| ["amount", "cost"].contains(&name.as_str()));
    let is_asked =
        !merged.is_clear() || purpose == Purpose::Delete || (purpose == Purpose::Handle && has_other_money);
    if is_asked {
        return Err(Box::new(Stale { record: record.clone(), saw, merged }));
    }
    let note = merged.fields.raw("handled_note").unwrap_or_default().to_owned();
    let mut pairs = merged.fields.pairs().to_vec();
    if purpose == Purpose::Reopen {
        pairs.push(("note".to_owned(), note));
    }
    Ok(Clear { fields: Fields::new(pairs), taken: merged.taken })
}

/// What is to be asked; of a record whose place a newer failure took meanwhile there is nothing left to decide.
pub(super) fn asked(view: View<'_>, stale: Box<Stale>) -> Result<Box<Stale>> {
    let decides = stale.merged.clashes.iter().any(|clash| clash.names.iter().any(|name| name == "handled"));
    match view.taken_over(&stale.record).filter(|_| decides) {
        Some(refusal) => Err(refusal.into()),
        None => Ok(stale),
    }
}

fn is_decided_since(saw: &Snapshot, now: &Fields) -> bool {
    ["handled", "resolution"]
        .iter()
        .any(|name| saw.shown(name).unwrap_or_default() != now.raw(name).unwrap_or_default())
}

/// Money that was typed for a record that somebody decided about meanwhile: the decision was of what is there now.
fn other_money(saw: &Snapshot, now: &Fields, merged: &Merged) -> Vec<Clash> {
    let text = |fields: &Fields, name: &str| fields.raw(name).unwrap_or_default().to_owned();
    let is_other = |name: &&str| {
        let [now, typed] = [text(now, name), text(&merged.fields, name)];
        let is_same = now == typed
            || Money::parse_signed(&now)
                .ok()
                .is_some_and(|now| Money::parse_signed(&typed).ok() == Some(now));
        !is_same && !merged.clashes.iter().any(|clash| clash.names.iter().any(|known| known == name))
    };
    let clash = |name: &str| Clash {
        names: vec![name.to_owned()],
        saw: vec![saw.shown(name).unwrap_or_default().to_owned()],
        now: vec![text(now, name)],
        typed: vec![text(&merged.fields, name)],
    };
    ["amount", "cost"].into_iter().filter(is_other).map(clash).collect()
}

/// The form as an edit of the record says it, so that the page of a conflict can go on with it.
fn as_edit(purpose: Purpose, typed: &Fields, saw: &Snapshot, now: &Fields) -> Fields {
    let note = if purpose == Purpose::Handle { "handled_note" } else { "note" };
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut pairs: Vec<(String, String)> = match purpose {
        Purpose::Edit => return typed.clone(),
        Purpose::Handle => {
            vec![pair("handled", "1"), pair("resolution", typed.raw("resolution").unwrap_or_default())]
        }
        Purpose::Reopen => vec![pair("handled", "0"), pair("resolution", "")],
        Purpose::Settle | Purpose::Delete => Vec::new(),
    };
    let kept =
        typed.pairs().iter().filter(|(name, _)| !["resolution", "handled_note"].contains(&name.as_str()));
    pairs.extend(kept.cloned());
    // These forms begin with a blank note: one left blank is no answer to what somebody else noted meanwhile.
    let typed_note = typed.raw(note).unwrap_or_default();
    let is_noted = saw.shown("handled_note") != now.raw("handled_note");
    if matches!(purpose, Purpose::Handle | Purpose::Reopen) && (!typed_note.trim().is_empty() || !is_noted) {
        pairs.push(pair("handled_note", typed_note));
    }
    Fields::new(pairs)
}
