//! The money at stake now: open failures in all and by age, and what is being retried.
//!
//! Ages are in days of the business zone: the bands touch and do not overlap, so that they add up to what is open.

use chrono::{Duration, NaiveDate, NaiveDateTime};

use crate::causes::store::{self as causes, KnownCause};
use crate::db::DbConnection;
use crate::error::Result;
use crate::failed_accounting::causes::groups::{self, Group};
use crate::failed_accounting::changed::{self, Change};
use crate::failed_accounting::condition::Search;
use crate::failed_accounting::filter::{Filter, Handled};
use crate::failed_accounting::list::totals::{self, Known, Totals};

/// Causes that the front page names.
const TOP: usize = 6;

/// How long ago something failed, by its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// Today or yesterday.
    Days1,
    /// Two to seven days ago.
    Days7,
    /// Eight to thirty.
    Days30,
    /// Longer, or nobody knows when.
    Older,
}

impl Age {
    pub const ALL: [Age; 4] = [Age::Days1, Age::Days7, Age::Days30, Age::Older];

    /// The open failures of that age.
    pub fn filter(self, today: NaiveDate) -> Filter {
        let ago = |days| today - Duration::days(days);
        let (from, to) = match self {
            Age::Days1 => (Some(ago(1)), None),
            Age::Days7 => (Some(ago(7)), Some(ago(2))),
            Age::Days30 => (Some(ago(30)), Some(ago(8))),
            Age::Older => (None, Some(ago(31))),
        };
        Filter { failed_from: from.map(NaiveDateTime::from), failed_to: to, ..Filter::default() }
    }
}

/// What may have happened since somebody was here last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// Failed, handled meanwhile or not.
    New,
    /// The usage was accounted after a retry.
    Accounted,
    /// Somebody else handled it.
    Handled,
    /// Somebody else reopened it.
    Reopened,
}

impl News {
    pub const ALL: [News; 4] = [News::New, News::Accounted, News::Handled, News::Reopened];

    /// The failures to which it happened since then, as they stand now, for that person.
    pub fn filter(self, since: NaiveDateTime, person: &str) -> Filter {
        let changed = |change, handled, others_only: bool| Filter {
            handled,
            changed: Some(change),
            changed_from: Some(since),
            changed_not_by: others_only.then(|| person.to_owned()),
            ..Filter::default()
        };
        match self {
            News::New => Filter { handled: Handled::All, failed_from: Some(since), ..Filter::default() },
            News::Accounted => changed(Change::Accounted, Handled::Handled, false),
            News::Handled => changed(Change::Handled, Handled::Handled, true),
            News::Reopened => changed(Change::Reopened, Handled::Open, true),
        }
    }
}

#[derive(Debug, Clone)]
pub struct AtStake {
    pub open: Known,
    pub ages: Vec<(Filter, Known)>,
    pub retrying: Known,
    /// Of these, asked for so long ago that the platform does not seem to take them.
    pub stuck: (Filter, Known),
    /// The causes with the most open money; none where too much is open to add up.
    pub top: Vec<(Group, Option<KnownCause>)>,
    /// What happened since the last visit; none on the first one.
    pub since: Vec<(News, Filter, Known)>,
}

/// Looks at the money that is open.
pub fn at_stake(
    connection: &mut DbConnection,
    today: NaiveDate,
    stuck_since: NaiveDateTime,
    last_visit: Option<NaiveDateTime>,
    person: &str,
) -> Result<AtStake> {
    let nothing = Search::Nothing;
    let (open, ages) = open_by_age(connection, today)?;
    let mut since = Vec::new();
    for (time, news) in last_visit.into_iter().flat_map(|time| News::ALL.map(|news| (time, news))) {
        let filter = news.filter(time, person);
        let is_much = match filter.changed {
            Some(change) => changed::count_events(connection, change, filter.changed_from)? > changed::EVENTS,
            None => false,
        };
        let known = match is_much {
            true => Known::Unsearched,
            false => totals::known(connection, &filter, &nothing)?,
        };
        since.push((news, filter, known));
    }
    Ok(AtStake {
        retrying: totals::known(connection, &Filter::default().on_retrying(), &nothing)?,
        stuck: stuck(connection, stuck_since)?,
        top: if matches!(open, Known::Exactly(_)) { top(connection)? } else { Vec::new() },
        open,
        ages,
        since,
    })
}

/// What is open, in all and by age. The bands hold each open failure once: so many days ago are counted, and the rest is
/// what is older, where the total is kept.
fn open_by_age(connection: &mut DbConnection, today: NaiveDate) -> Result<(Known, Vec<(Filter, Known)>)> {
    let nothing = Search::Nothing;
    let kept = totals::kept(connection, &Filter::default(), &nothing)?;
    let mut ages: Vec<(Filter, Known)> = Vec::new();
    for age in Age::ALL {
        let filter = age.filter(today);
        let rest = kept.filter(|_| age == Age::Older).and_then(|open| rest_of(open, &ages));
        let known = match rest {
            Some(rest) => Known::Exactly(rest),
            None => totals::known(connection, &filter, &nothing)?,
        };
        ages.push((filter, known));
    }
    let open = match (kept, together(ages.iter().map(|(_, known)| known))) {
        (Some(totals), _) => Known::Exactly(totals),
        // Of many in one band the list of all says the same: many.
        (None, Known::Exactly(totals)) if totals.count <= totals::INDEXED_ROWS => Known::Exactly(totals),
        _ => totals::known(connection, &Filter::default(), &nothing)?,
    };
    Ok((open, ages))
}

/// What of all is in none of the bands; none where one of these is not known.
fn rest_of(all: Totals, bands: &[(Filter, Known)]) -> Option<Totals> {
    let Known::Exactly(others) = together(bands.iter().map(|(_, known)| known)) else { return None };
    Some(Totals {
        count: all.count - others.count,
        amount: all.amount - others.amount,
        cost: all.cost - others.cost,
        oldest: all.oldest.filter(|_| all.count > others.count),
    })
}

fn stuck(connection: &mut DbConnection, since: NaiveDateTime) -> Result<(Filter, Known)> {
    let filter = Filter { retry_before: Some(since), ..Filter::default().on_retrying() };
    let known = totals::known(connection, &filter, &Search::Nothing)?;
    Ok((filter, known))
}

fn top(connection: &mut DbConnection) -> Result<Vec<(Group, Option<KnownCause>)>> {
    let (open, nothing) = (Filter::default(), Search::Nothing);
    let mut groups = match groups::kept_by_cause(connection, &open, &nothing)? {
        Some(groups) => groups,
        None => groups::by_cause(connection, &open, &nothing)?,
    };
    groups.truncate(TOP);
    let mut known = causes::of_keys(connection, groups.iter().map(|group| group.key.clone()).collect())?;
    let mut with_cause = |group: Group| {
        let place = known.iter().position(|cause| cause.cause_key == group.key);
        (group, place.map(|place| known.swap_remove(place)))
    };
    Ok(groups.into_iter().map(&mut with_cause).collect())
}

/// The sum of parts that do not overlap; many where any is.
fn together<'a>(parts: impl Iterator<Item = &'a Known>) -> Known {
    let mut sum = Totals::default();
    for part in parts {
        let Known::Exactly(part) = part else { return *part };
        sum = Totals {
            count: sum.count + part.count,
            amount: sum.amount + part.amount,
            cost: sum.cost + part.cost,
            oldest: [sum.oldest, part.oldest].into_iter().flatten().min(),
        };
    }
    Known::Exactly(sum)
}
