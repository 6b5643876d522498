//! Looks at the tables before and after each act, and says what must hold between the two.

use std::collections::{BTreeMap, BTreeSet};

use diesel::dsl::max;
use diesel::prelude::*;
use llmage_admin::audit::event::{FAILED_ACCOUNTING, USAGE};
use llmage_admin::audit::store::{self as audit, Event};
use llmage_admin::base::form::Fields;
use llmage_admin::base::money::MoneySum;
use llmage_admin::db::Database;
use llmage_admin::db::schema::{audit_event, llmusage_accounting_failed as failed};
use llmage_admin::failed_accounting::failure::{FailedRecord, Resolution};
use llmage_admin::failed_accounting::filter::Filter;
use llmage_admin::failed_accounting::{condition, summary, totals};
use llmage_admin::usages::store as usages;
use llmage_admin::usages::usage::Usage;

use crate::retries::interleaved::{Act, USAGES};

/// All failures, by id.
pub fn records(database: &Database) -> Vec<FailedRecord> {
    database
        .run_here(|connection| {
            Ok(failed::table.order(failed::id.asc()).select(FailedRecord::as_select()).load(connection)?)
        })
        .expect("the failures can be read")
}

/// Everything as it is at one moment.
pub struct Snapshot {
    failures: BTreeMap<String, FailedRecord>,
    /// Each usage once for each table that holds it.
    usages: BTreeMap<&'static str, Vec<Usage>>,
    last_event: i64,
}

impl Snapshot {
    pub fn take(database: &Database) -> Snapshot {
        let failures = records(database).into_iter().map(|row| (row.id.clone(), row)).collect();
        let places = |usage: &'static str| {
            let found = database.run_here(|connection| {
                let live = usages::lookup(connection, usage)?;
                let archived = usages::find_archived(connection, usage)?.map(|(usage, _)| usage);
                Ok(live.into_iter().chain(archived).collect())
            });
            (usage, found.expect("usages can be read"))
        };
        let last_event = database.run_here(|connection| {
            Ok(audit_event::table.select(max(audit_event::id)).first::<Option<i64>>(connection)?)
        });
        Snapshot {
            failures,
            usages: USAGES.into_iter().map(places).collect(),
            last_event: last_event.expect("events can be read").unwrap_or(0),
        }
    }

    fn state(&self, usage: &str) -> Option<&str> {
        self.usages.get(usage)?.first()?.accounting_status.as_deref()
    }
}

/// Remembers what it saw since the beginning.
pub struct Witness<'a> {
    database: &'a Database,
    began: i64,
    accounted: BTreeSet<&'static str>,
}

impl Witness<'_> {
    pub fn new(database: &Database) -> Witness<'_> {
        Witness { database, began: Snapshot::take(database).last_event, accounted: BTreeSet::new() }
    }

    fn events(&self, since: i64, kind: &str, id: &str) -> Vec<Event> {
        let events = self.database.run_here(|connection| audit::timeline(connection, kind, id));
        events.expect("events can be read").into_iter().filter(|event| event.id > since).collect()
    }

    /// What must hold between the moments before and after an act.
    pub fn compare(&mut self, before: &Snapshot, after: &Snapshot, act: &Act) {
        self.look(after);
        for (id, old) in &before.failures {
            match after.failures.get(id) {
                Some(new) => assert_eq!((new.amount, new.cost), (old.amount, old.cost), "{act:?}: {id}"),
                None => {
                    assert!(matches!(act, Act::Delete(_)), "{act:?}: {id} disappeared");
                    self.kept_whole(before, (FAILED_ACCOUNTING, id), old.to_json());
                }
            }
        }
        for usage in USAGES {
            let (was, is) = (before.state(usage), after.state(usage));
            if before.usages[usage].len() > after.usages[usage].len() {
                assert!(matches!(act, Act::DeleteUsage(_)), "{act:?}: {usage} disappeared");
                self.kept_whole(before, (USAGE, usage), before.usages[usage][0].to_json());
            } else if was != is {
                match act {
                    Act::Retry(_) => assert_eq!((was, is), (Some("failed"), Some("created"))),
                    Act::Withdraw(_) => assert_eq!((was, is), (Some("created"), Some("failed"))),
                    Act::Record(_) => assert!(was != Some("accounted") && is == Some("failed"), "{was:?}"),
                    act => assert!(!act.is_ours(), "{act:?}: {usage} from {was:?} to {is:?}"),
                }
            }
        }
        if act.is_ours() {
            self.each_change_has_an_author(before, after, act);
        }
        if let Act::Record(usage) = act {
            let new = after.failures.values().filter(|row| !before.failures.contains_key(&row.id));
            let new: Vec<&FailedRecord> = new.collect();
            let became_failed = before.state(usage) != after.state(usage);
            assert_eq!(new.len(), usize::from(became_failed), "usage and failure, both or none");
            for row in new {
                let usage = &after.usages[usage][0];
                assert_eq!((row.amount, row.cost), (usage.amount, usage.cost));
                assert!(row.is_open() && row.llmusageid.as_ref() == Some(&usage.id), "{row:?}");
            }
        }
    }

    fn kept_whole(&self, before: &Snapshot, (kind, id): (&str, &str), row: serde_json::Value) {
        let events = self.events(before.last_event, kind, id);
        let deleted = events.iter().find(|event| event.action == "delete").expect("the deletion is told");
        let kept = deleted.before_state.as_deref().expect("the row as it was");
        assert_eq!(serde_json::from_str::<serde_json::Value>(kept).expect("it is JSON"), row);
    }

    fn each_change_has_an_author(&self, before: &Snapshot, after: &Snapshot, act: &Act) {
        let ids: BTreeSet<&String> = before.failures.keys().chain(after.failures.keys()).collect();
        for id in ids {
            let changed = before.failures.get(id) != after.failures.get(id);
            let told = self.events(before.last_event, FAILED_ACCOUNTING, id);
            assert_eq!(changed, !told.is_empty(), "{act:?}: {id}: {told:?}");
            assert!(told.iter().all(|event| event.author == "somebody"), "{told:?}");
        }
        for usage in USAGES {
            let changed = before.usages[usage] != after.usages[usage];
            let told = self.events(before.last_event, USAGE, usage);
            assert_eq!(changed, !told.is_empty(), "{act:?}: {usage}: {told:?}");
        }
    }

    /// What must hold at any moment.
    pub fn look(&mut self, now: &Snapshot) {
        for (usage, places) in &now.usages {
            if places.is_empty() {
                let gone = self.events(self.began, USAGE, usage);
                assert!(gone.iter().any(|event| event.action == "delete"), "{usage} is in no table");
                continue;
            }
            assert_eq!(places.len(), 1, "{usage} is in two tables");
            let is_accounted = now.state(usage) == Some("accounted");
            assert!(is_accounted || !self.accounted.contains(usage), "{usage} left the state accounted");
            if is_accounted {
                self.accounted.insert(usage);
            }
        }
        for row in now.failures.values() {
            self.look_at(row, now);
        }
    }

    fn look_at(&self, row: &FailedRecord, now: &Snapshot) {
        let closed_as = row.closed_as();
        if closed_as == Some(Resolution::Accounted) {
            let usage = row.llmusageid.as_deref().unwrap_or_default();
            assert!(self.accounted.contains(usage), "{row:?} is closed as accounted, its usage is not");
            self.proven_by(&row.id, &["retry_accounted"]);
        }
        if closed_as == Some(Resolution::Superseded) {
            self.proven_by(&row.id, &["retry_superseded", "supersede", "reopen"]);
            let next = row.retry.superseded_by.as_ref();
            match next.map(|next| (next, now.failures.get(next))) {
                Some((_, Some(next))) => {
                    assert_eq!(next.llmusageid, row.llmusageid);
                    assert!(next.retry_count >= row.retry_count, "{next:?}");
                    assert!(next.retry.supersedes.is_some(), "{next:?}");
                }
                Some((next, None)) => self.proven_by(next, &["delete"]),
                // Its follower was deleted, and the money of the case is decided otherwise.
                None => self.proven_by(&row.id, &["supersede"]),
            }
        }
        if row.retry.retry_requested_at.is_some() {
            assert!(row.is_open(), "{row:?} is closed and retrying");
        }
    }

    fn proven_by(&self, id: &str, actions: &[&str]) {
        let events = self.events(self.began, FAILED_ACCOUNTING, id);
        assert!(events.iter().any(|event| actions.contains(&&*event.action)), "{id}: none of {actions:?}");
    }

    /// Money line, groups and rows of each tab, of what was superseded, and of all, say the same.
    pub fn count_the_money(&self) {
        for (key, value) in [("handled", "0"), ("handled", "1"), ("superseded", "1"), ("handled", "")] {
            let (filter, _) = Filter::parse(&Fields::new(vec![(key.to_owned(), value.to_owned())]));
            let rows = records(self.database);
            let is_meant = |row: &FailedRecord| match (key, value) {
                ("superseded", _) => row.is_superseded(),
                (_, "0") => row.is_open(),
                (_, "1") => !row.is_open() && !row.is_superseded(),
                _ => true,
            };
            let rows = rows.iter().filter(|row| is_meant(row));
            let of = |row: &FailedRecord| (row.amount.unwrap_or_default(), row.cost.unwrap_or_default());
            let (amounts, costs): (Vec<_>, Vec<_>) = rows.map(of).unzip();
            let sums: (MoneySum, MoneySum) = (amounts.iter().copied().sum(), costs.iter().copied().sum());
            let told = self.database.run_here(|connection| {
                let search = condition::plan_search(connection, &filter)?;
                Ok((totals::exact(connection, &filter, &search)?, summary::of(connection, &filter)?))
            });
            let (line, groups) = told.expect("the totals can be read");
            assert_eq!((line.count, line.amount, line.cost), (amounts.len() as i64, sums.0, sums.1));
            for groups in [&groups.by_day, &groups.by_model, &groups.by_organisation, &groups.by_cause] {
                let amount = groups.iter().fold(MoneySum::default(), |sum, group| sum + group.amount);
                let count: i64 = groups.iter().map(|group| group.count).sum();
                assert_eq!((count, amount), (line.count, line.amount));
            }
        }
    }
}
