//! What the people of the sample did in the hours before the demo starts: an archive run, a check, alert rules, a saved view,
//! and batches, one of them a correction, one retried, one undone.
//!
//! Done by the app's own code, each at its time, so that every page has something to show and the trail tells it all. The
//! platform is played meanwhile; it adds no failure.

mod batches;

use chrono::{Days, NaiveDateTime, TimeDelta};
use chrono_tz::Tz;
use diesel::prelude::*;
use serde_json::json;

use crate::accounts::password;
use crate::accounts::role::Role;
use crate::accounts::store::{self as accounts, User};
use crate::alerts::evaluation::Evaluator;
use crate::alerts::rule::Kind;
use crate::alerts::store::{self as alerts, Wanted};
use crate::archive::mover::Mover;
use crate::archive::store as archive;
use crate::audit::event::{Author, Source};
use crate::base::clock::Clock;
use crate::base::money::Money;
use crate::check::runner as check;
use crate::db::schema::{llmusage as live, llmusage_accounting_failed as failed};
use crate::db::{Database, DbConnection};
use crate::error::Result;
use crate::failed_accounting::views::{View, store as views};
use crate::usages::store as usages;
use crate::usages::usage::{ACCOUNTED, Usage};

/// How long before `now` the first of it was done at the earliest, and the last of it at the latest.
const HOURS: TimeDelta = TimeDelta::hours(6);
const LAST: TimeDelta = TimeDelta::minutes(12);

/// So many things are done, one after the other.
const ACTS: i32 = 10;

/// Usages of before the sample, which are archived.
const ARCHIVED: i64 = 180;

/// The people who work at the desk beside `admin`; nobody knows their passwords until an admin gives them one.
const PEOPLE: [(&str, Role); 3] =
    [("chen.yu", Role::Operator), ("li.wei", Role::Operator), ("sofia", Role::Operator)];

struct Morning<'a> {
    database: &'a Database,
    zone: Tz,
    from: NaiveDateTime,
    to: NaiveDateTime,
}

/// Does what the people did. To be called once, on a database that was filled just now.
pub fn tell(database: &Database, clock: &Clock) -> Result<()> {
    let now = clock.now();
    let to = now - LAST;
    // After what the sample's trail tells, where there is time.
    let last: Option<NaiveDateTime> = database.run_here(|connection| {
        Ok(failed::table.select(diesel::dsl::max(failed::handled_time)).first(connection)?)
    })?;
    let from = last.unwrap_or(to).max(now - HOURS).min(to);
    let morning = Morning { database, zone: clock.zone(), from, to };
    morning.archive(morning.at(0), now)?;
    morning.prepare(morning.at(1))?;
    morning.look(morning.at(2))?;
    morning.retry(morning.at(3))?;
    morning.handle_small(morning.at(5))?;
    morning.correct(morning.at(6))?;
    morning.handle_and_undo(morning.at(7))?;
    morning.look(morning.at(9))
}

impl Morning<'_> {
    /// When the act of that number is done.
    fn at(&self, act: i32) -> NaiveDateTime {
        self.from + (self.to - self.from) * act / ACTS
    }

    fn clock(&self, at: NaiveDateTime) -> Clock {
        Clock::stopped(self.zone, at)
    }

    /// Last night's archive run.
    fn archive(&self, at: NaiveDateTime, now: NaiveDateTime) -> Result<()> {
        let author = Author { source: Source::Job, ..by("archive", at) };
        let before_all = now.date() - Days::new(92);
        let old = |connection: &mut DbConnection| {
            let rows =
                live::table.filter(live::accounting_status.eq(ACCOUNTED)).order(live::id).limit(ARCHIVED);
            let models: Vec<Usage> = rows.select(Usage::as_select()).load(connection)?;
            for (number, usage) in models.into_iter().enumerate() {
                let days = Days::new(number as u64 % 7 + 1);
                let time = usage.use_time.map(|time| before_all.and_time(time.time()) - days);
                let id = format!("archived-{number:04}");
                let usage = Usage {
                    taskid: Some(id.clone()),
                    id,
                    use_date: Some(before_all - days),
                    use_time: time,
                    ..usage
                };
                usages::insert(connection, &usage)?;
            }
            archive::ask_alone(connection, before_all, &author)
        };
        let run = self.database.transaction_here(old)?;
        Mover::new(self.database.clone(), self.clock(at + TimeDelta::seconds(2)))
            .drive(&run.id, &mut |_| {})?;
        Ok(())
    }

    /// The people, what they want to be told, and what they look at every day.
    fn prepare(&self, at: NaiveDateTime) -> Result<()> {
        let admin = by("admin", at);
        for (name, role) in PEOPLE {
            let user = User::new(name, password::hash(&password::random())?, role, at);
            self.database.transaction_here(|connection| accounts::insert(connection, &user, &admin))?;
        }
        let limit = Money::from_units(5_000 * 100_000).units();
        for (kind, threshold) in
            [(Kind::OpenAmount, Some(limit)), (Kind::NewCause, None), (Kind::ArchiveFailed, None)]
        {
            let wanted = || Wanted {
                kind,
                threshold,
                to_webhook: false,
                webhook_url: None,
                to_mail: false,
                mail_to: None,
            };
            self.database.transaction_here(|connection| alerts::insert(connection, wanted(), &admin))?;
        }
        let view = View {
            id: nanoid::nanoid!(),
            owner: "chen.yu".to_owned(),
            name: "50.00 and more".to_owned(),
            query: json!([["amount_min", "50"]]).to_string(),
            is_shared: true,
            version: 0,
            created_at: at,
        };
        let author = by("chen.yu", at);
        self.database.transaction_here(|connection| views::create(connection, &view, &author))
    }

    /// Alerts are evaluated, and the database is checked.
    fn look(&self, at: NaiveDateTime) -> Result<()> {
        Evaluator::new(self.database.clone(), self.clock(at), TimeDelta::minutes(10)).step()?;
        let order = check::Order { by: "admin", since: None };
        check::check(self.database, &self.clock(at + TimeDelta::minutes(1)), &order, &mut |_| Ok(()))?;
        Ok(())
    }
}

fn by(name: &str, at: NaiveDateTime) -> Author {
    Author { name: name.to_owned(), source: Source::Page, request_id: None, at }
}
