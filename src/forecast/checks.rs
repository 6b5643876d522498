//! The checks of one usage, pure: what each says, and what they come to together.

use chrono::NaiveDate;

use super::needs::Needs;
use super::platform::{Kind, Platform, Unread};
use super::price::Price;
use super::subject::Subject;
use super::{Outlook, priced};
use crate::usages::usage::SUCCEEDED;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Holds,
    Fails,
    /// What it needs cannot be read, and the test depends on it.
    Untold,
    /// It cannot be read, and this cause does not ask for it.
    PassedOver,
}

impl Ended {
    /// As programs read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Ended::Holds => "holds",
            Ended::Fails => "fails",
            Ended::Untold => "untold",
            Ended::PassedOver => "passed_over",
        }
    }
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What is looked at: status, usages, model, map, organisation, account, cause or price.
    pub name: &'static str,
    pub ended: Ended,
    /// Key of the words that say what was found.
    pub key: &'static str,
    /// What exactly: an id, a day, a factor, a setting, or what the database said.
    pub about: Option<String>,
}

/// What a test of one usage comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    pub outlook: Outlook,
    pub checks: Vec<Check>,
    /// What would be charged, where the platform was asked and told it.
    pub price: Option<Price>,
}

impl Forecast {
    /// The checks that decide: those that fail, else those that cannot be told.
    pub fn why(&self) -> impl Iterator<Item = &Check> {
        let wanted = match self.outlook {
            Outlook::Passes => None,
            Outlook::Fails => Some(Ended::Fails),
            Outlook::Untold => Some(Ended::Untold),
        };
        self.checks.iter().filter(move |check| Some(check.ended) == wanted)
    }

    /// The key of the words for the first of them.
    pub fn key(&self) -> Option<&'static str> {
        self.why().next().map(|check| check.key)
    }
}

/// Judges a usage by what is known of the platform and what its cause asks for.
pub fn judge(subject: &Subject, needs: &Needs, platform: &Platform) -> Forecast {
    let mut checks =
        vec![status(subject), usages(subject, needs), model(subject, platform), map(subject, platform)];
    checks.push(organisation(subject, platform));
    if needs.account {
        checks.push(account(subject, platform));
    }
    if let Some(key) = needs.beyond {
        checks.push(Check { name: "cause", ended: Ended::Untold, key, about: None });
    }
    if platform.is_priced && outlook(&checks) != Outlook::Fails {
        priced::add_unasked(&mut checks);
    }
    Forecast { outlook: outlook(&checks), checks, price: None }
}

/// What checks come to together.
pub(super) fn outlook(checks: &[Check]) -> Outlook {
    let any = |ended| checks.iter().any(|check| check.ended == ended);
    match (any(Ended::Fails), any(Ended::Untold)) {
        (true, _) => Outlook::Fails,
        (false, true) => Outlook::Untold,
        (false, false) => Outlook::Passes,
    }
}

pub(super) fn check(name: &'static str, ended: Ended, key: &'static str, about: Option<&str>) -> Check {
    Check { name, ended, key, about: about.map(str::to_owned) }
}

/// The platform takes no others.
fn status(subject: &Subject) -> Check {
    match subject.status.as_deref() {
        Some(SUCCEEDED) => check("status", Ended::Holds, "test-status-succeeded", None),
        other => check("status", Ended::Fails, "test-status-other", other),
    }
}

fn usages(subject: &Subject, needs: &Needs) -> Check {
    let told = |ended, key, about: Option<&str>| check("usages", ended, key, about);
    let fails = |key, about| told(Ended::Fails, key, about);
    let Some(text) = subject.usages.as_deref().map(str::trim).filter(|text| !text.is_empty()) else {
        return fails("test-usages-none", None);
    };
    let factors = match serde_json::from_str::<serde_json::Value>(text) {
        Err(_) => return fails("test-usages-cut", None),
        Ok(serde_json::Value::Null) => return fails("test-usages-null", None),
        Ok(serde_json::Value::Object(factors)) if factors.is_empty() => {
            return fails("test-usages-empty", None);
        }
        Ok(serde_json::Value::Object(factors)) => factors,
        Ok(_) => return fails("test-usages-other", None),
    };
    match &needs.factor {
        None => told(Ended::Holds, "test-usages-counts", None),
        Some(factor) if factors.get(factor).is_none_or(serde_json::Value::is_null) => {
            fails("test-usages-factor", Some(factor))
        }
        Some(factor) => told(Ended::Holds, "test-usages-has-factor", Some(factor)),
    }
}

fn model(subject: &Subject, platform: &Platform) -> Check {
    let told = |ended, key, about: Option<&str>| check("model", ended, key, about);
    let Some(id) = given(subject.model.as_deref()) else {
        return told(Ended::Fails, "test-model-none", None);
    };
    match platform.facts(Kind::Models, id) {
        Err(unread) => untold("model", Kind::Models, unread, ["test-models-unknown", "test-models-failed"]),
        Ok([]) => told(Ended::Fails, "test-model-missing", Some(id)),
        Ok(rows) => {
            // What is no day says nothing.
            let day = |row: &Option<String>| row.as_deref()?.get(..10)?.parse::<NaiveDate>().ok();
            match rows.iter().map(day).collect::<Option<Vec<_>>>() {
                Some(days) if days.iter().all(|day| *day < platform.today) => {
                    let last = days.iter().max().map(NaiveDate::to_string);
                    told(Ended::Fails, "test-model-expired", last.as_deref())
                }
                _ => told(Ended::Holds, "test-model-there", Some(id)),
            }
        }
    }
}

/// Exactly one default map is right: without one a usage is never accounted, with two it is charged twice.
fn map(subject: &Subject, platform: &Platform) -> Check {
    let told = |ended, key, about: Option<&str>| check("map", ended, key, about);
    let Some(id) = given(subject.model.as_deref()) else {
        return told(Ended::PassedOver, "test-map-no-model", None);
    };
    match platform.facts(Kind::Maps, id) {
        Err(unread) => untold("map", Kind::Maps, unread, ["test-maps-unknown", "test-maps-failed"]),
        Ok([]) => told(Ended::Fails, "test-map-none", Some(id)),
        Ok([ppid]) => match given(ppid.as_deref()) {
            None => told(Ended::Fails, "test-map-no-program", Some(id)),
            Some(ppid) => told(Ended::Holds, "test-map-there", Some(ppid)),
        },
        Ok(_) => told(Ended::Fails, "test-map-several", Some(id)),
    }
}

fn organisation(subject: &Subject, platform: &Platform) -> Check {
    let told = |ended, key, about: Option<&str>| check("organisation", ended, key, about);
    let Some(id) = given(subject.organisation.as_deref()) else {
        return told(Ended::Fails, "test-organisation-none", None);
    };
    match platform.facts(Kind::Organisations, id) {
        Err(unread) => {
            let keys = ["test-organisations-unknown", "test-organisations-failed"];
            let check = untold("organisation", Kind::Organisations, unread, keys);
            // Most installations keep them in another database; no cause says that one is missing.
            Check { ended: Ended::PassedOver, ..check }
        }
        Ok([]) => told(Ended::Fails, "test-organisation-missing", Some(id)),
        Ok(_) => told(Ended::Holds, "test-organisation-there", Some(id)),
    }
}

fn account(subject: &Subject, platform: &Platform) -> Check {
    let told = |ended, key, about: Option<&str>| check("account", ended, key, about);
    let Some(id) = given(subject.organisation.as_deref()) else {
        return told(Ended::PassedOver, "test-account-no-organisation", None);
    };
    match platform.facts(Kind::Accounts, id) {
        Err(unread) => {
            untold("account", Kind::Accounts, unread, ["test-accounts-unknown", "test-accounts-failed"])
        }
        Ok([]) => told(Ended::Fails, "test-account-missing", Some(id)),
        Ok(_) => told(Ended::Holds, "test-account-there", Some(id)),
    }
}

/// A check whose facts cannot be read: with the setting that would help, or what the database said.
fn untold(name: &'static str, kind: Kind, unread: &Unread, [no_table, failed]: [&'static str; 2]) -> Check {
    match unread {
        Unread::NoTable => check(name, Ended::Untold, no_table, Some(kind.setting())),
        Unread::Failed(why) => {
            let about = format!("{}: {why}", kind.setting());
            check(name, Ended::Untold, failed, Some(&about))
        }
    }
}

fn given(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.trim().is_empty())
}
