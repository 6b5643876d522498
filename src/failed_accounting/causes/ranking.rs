//! All causes in an order, and what is known of those that are looked at.
//!
//! What is open is added up for all of them at once; history, days and notes are looked up for one page of causes.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};

use super::fixed::{self, Fixed};
use super::groups::{self, Group};
use super::history;
use crate::causes::cause::UNSORTED;
use crate::causes::store::{self as causes, KnownCause};
use crate::db::DbConnection;
use crate::error::Result;
use crate::failed_accounting::condition::Search;
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::list::totals::{self, Known, Totals};

/// How causes are ranked. Causes with open failures always come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rank {
    /// By open money.
    #[default]
    Amount,
    /// By open failures.
    Count,
    /// By the newest open failure.
    Newest,
    /// By the oldest open failure.
    Oldest,
}

impl Rank {
    pub const ALL: [Rank; 4] = [Rank::Amount, Rank::Count, Rank::Newest, Rank::Oldest];

    /// As in query strings.
    pub fn as_str(self) -> &'static str {
        match self {
            Rank::Amount => "amount",
            Rank::Count => "count",
            Rank::Newest => "newest",
            Rank::Oldest => "oldest",
        }
    }

    /// The rank of that name.
    pub fn parse(text: &str) -> Option<Rank> {
        Rank::ALL.into_iter().find(|rank| rank.as_str() == text)
    }
}

/// A cause with what is open of it.
#[derive(Debug, Clone)]
pub struct Ranked {
    pub group: Group,
    pub known: Known,
}

/// All causes, and what is open in all.
#[derive(Debug, Clone)]
pub struct Ranking {
    pub total: Known,
    pub causes: Vec<Ranked>,
    /// How many of them have open failures.
    pub with_open: usize,
}

/// A cause as it is looked at.
#[derive(Debug, Clone)]
pub struct Card {
    pub ranked: Ranked,
    pub cause: Option<KnownCause>,
    /// Open and handled failures.
    pub all: Known,
    /// The first and the last time.
    pub seen: (Option<NaiveDateTime>, Option<NaiveDateTime>),
    /// By day; none where there are too many to draw.
    pub days: Option<Vec<(NaiveDate, i64)>>,
    /// What of it would pass now, where that is known.
    pub fixed: Option<Fixed>,
}

pub fn ranking(connection: &mut DbConnection, rank: Rank) -> Result<Ranking> {
    let open = Filter::default();
    let total = totals::known(connection, &open, &Search::Nothing)?;
    let is_by_time = matches!(rank, Rank::Newest | Rank::Oldest);
    let mut causes = match (groups::kept_by_cause(connection, &open, &Search::Nothing)?, total) {
        (Some(kept), _) if is_by_time => {
            let timed = kept.into_iter().map(|group| history::timed(connection, group));
            ranked(timed.collect::<Result<_>>()?)
        }
        (Some(kept), _) => ranked(kept),
        (None, Known::Exactly(_)) => ranked(groups::by_cause(connection, &open, &Search::Nothing)?),
        (None, _) => one_by_one(connection)?,
    };
    let with_open = causes.len();
    let mut others: HashMap<String, KnownCause> =
        causes::list(connection)?.into_iter().map(|cause| (cause.cause_key.clone(), cause)).collect();
    for ranked in &causes {
        others.remove(&ranked.group.key);
    }
    let nothing = Known::Exactly(Totals::default());
    causes.extend(others.into_keys().map(|key| Ranked { group: nothing_open(key), known: nothing }));
    sort(&mut causes, rank);
    Ok(Ranking { total, causes, with_open })
}

fn ranked(groups: Vec<Group>) -> Vec<Ranked> {
    groups.into_iter().map(|group| Ranked { known: Known::Exactly(group.totals), group }).collect()
}

/// Looks at some causes; all failures of each are counted as far as its list counts them, or every one.
pub fn cards(
    connection: &mut DbConnection,
    shown: Vec<Ranked>,
    today: NaiveDate,
    is_exact: bool,
) -> Result<Vec<Card>> {
    let keys: Vec<String> = shown.iter().map(|ranked| ranked.group.key.clone()).collect();
    let mut fixed = fixed::of_keys(connection, &keys)?;
    let mut known: HashMap<String, KnownCause> = causes::of_keys(connection, keys)?
        .into_iter()
        .map(|cause| (cause.cause_key.clone(), cause))
        .collect();
    let mut cards = Vec::new();
    for mut ranked in shown {
        if ranked.group.newest.is_none() && ranked.group.totals.count > 0 {
            ranked.group = history::placed(connection, ranked.group)?;
        }
        let key = ranked.group.key.clone();
        let filter = history::filter_of(&key);
        let all = match is_exact {
            false => totals::known(connection, &filter, &Search::Nothing)?,
            true => Known::Exactly(totals::exact(connection, &filter, &Search::Nothing)?),
        };
        cards.push(Card {
            cause: known.remove(&key),
            all,
            seen: history::seen(connection, &key)?,
            days: history::by_day(connection, &key, today)?,
            fixed: fixed.remove(&key),
            ranked,
        });
    }
    Ok(cards)
}

fn nothing_open(key: String) -> Group {
    Group { key, totals: Totals::default(), newest: None, models: 0, organisations: 0 }
}

/// Where more is open than one page adds up: each cause as far as it may be counted.
fn one_by_one(connection: &mut DbConnection) -> Result<Vec<Ranked>> {
    let mut ranked = Vec::new();
    let mut keys: Vec<String> = causes::list(connection)?.into_iter().map(|cause| cause.cause_key).collect();
    keys.push(UNSORTED.to_owned());
    for key in keys {
        let filter = Filter { cause: Some(key.clone()), ..Filter::default() };
        let known = totals::known(connection, &filter, &Search::Nothing)?;
        let mut group = nothing_open(key);
        match known {
            Known::Exactly(totals) if totals.count == 0 => continue,
            Known::Exactly(totals) => group.totals = totals,
            _ => {}
        }
        ranked.push(Ranked { group, known });
    }
    Ok(ranked)
}

fn sort(causes: &mut [Ranked], rank: Rank) {
    let is_many = |ranked: &Ranked| !matches!(ranked.known, Known::Exactly(_));
    let is_open = |ranked: &Ranked| is_many(ranked) || ranked.group.totals.count > 0;
    causes.sort_by(|one, other| {
        let (left, right) = (&one.group, &other.group);
        let by_rank = match rank {
            Rank::Amount => right.totals.amount.cmp(&left.totals.amount),
            Rank::Count => right.totals.count.cmp(&left.totals.count),
            Rank::Newest => right.newest.cmp(&left.newest),
            // No time at all comes last.
            Rank::Oldest => (left.totals.oldest.is_none(), left.totals.oldest)
                .cmp(&(right.totals.oldest.is_none(), right.totals.oldest)),
        };
        is_open(other)
            .cmp(&is_open(one))
            .then(is_many(other).cmp(&is_many(one)))
            .then(by_rank)
            .then(right.totals.count.cmp(&left.totals.count))
            .then(left.key.cmp(&right.key))
    });
}
