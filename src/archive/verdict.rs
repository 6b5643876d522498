//! What a transaction of the archive finds of each usage: what is to become of it, and the proof of its copy.

use std::collections::{BTreeMap, HashMap};

use diesel::QueryableByName;
use diesel::sql_types::{Nullable, Text};

use super::left::{Left, Reason};
use super::moving::Moved;
use crate::base::money::Money;
use crate::db::values::{ForeignNumber, TolerantMoney, TolerantText};
use crate::error::{Error, Result};

/// A word for a usage that the history does not have, and for one that it has with the same content.
pub(super) const FRESH: &str = "fresh";
pub(super) const KNOWN: &str = "known";

#[derive(QueryableByName)]
pub(super) struct Judged {
    #[diesel(sql_type = Text, deserialize_as = TolerantText)]
    pub row_key: String,
    #[diesel(sql_type = Text, deserialize_as = TolerantText)]
    pub id: String,
    #[diesel(sql_type = Text)]
    pub fate: String,
    #[diesel(sql_type = Nullable<ForeignNumber>, deserialize_as = TolerantMoney)]
    pub amount: Option<Money>,
    #[diesel(sql_type = Nullable<ForeignNumber>, deserialize_as = TolerantMoney)]
    pub cost: Option<Money>,
}

#[derive(QueryableByName)]
pub(super) struct Proved {
    #[diesel(sql_type = Text, deserialize_as = TolerantText)]
    pub row_key: String,
    #[diesel(sql_type = Nullable<ForeignNumber>, deserialize_as = TolerantMoney)]
    pub amount: Option<Money>,
    #[diesel(sql_type = Nullable<ForeignNumber>, deserialize_as = TolerantMoney)]
    pub cost: Option<Money>,
}

/// What was moved and what stays.
///
/// # Errors
/// [`Error::Internal`] when the money that is kept is not the money that was taken.
pub(super) fn tally(judged: &[Judged], proved: &HashMap<String, Proved>) -> Result<Moved> {
    let (mut moved, mut left) = (Moved::default(), BTreeMap::<Reason, Left>::new());
    for row in judged {
        let (amount, cost) = (row.amount, row.cost);
        if let Some(kept) = proved.get(&row.row_key) {
            moved.taken.add(amount, cost);
            moved.kept.add(kept.amount, kept.cost);
            moved.known += i64::from(row.fate == KNOWN);
            continue;
        }
        let reason = match row.fate.as_str() {
            FRESH => Reason::NotCopied,
            fate => Reason::of(fate).unwrap_or(Reason::OtherContent),
        };
        let stays = left.entry(reason).or_insert_with(|| Left::none(reason));
        stays.sums.add(amount, cost);
        stays.ids.push(row.id.clone());
    }
    if moved.taken != moved.kept {
        return Err(Error::Internal(format!("the sums differ: {:?} and {:?}", moved.taken, moved.kept)));
    }
    moved.left = left.into_values().collect();
    Ok(moved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::money::Money;

    /// Money of so many 0.00001.
    fn money(units: i64) -> Option<Money> {
        Some(Money::from_units(units))
    }

    fn judged(key: &str, amount: i64, cost: i64) -> Judged {
        let (row_key, id) = (key.to_owned(), key.to_owned());
        Judged { row_key, id, fate: FRESH.to_owned(), amount: money(amount), cost: money(cost) }
    }

    fn proved(key: &str, amount: i64, cost: i64) -> (String, Proved) {
        let proved = Proved { row_key: key.to_owned(), amount: money(amount), cost: money(cost) };
        (key.to_owned(), proved)
    }

    #[test]
    fn money_that_is_kept_otherwise_than_it_was_taken_stops_the_transaction() {
        let taken = [judged("a", 150_000, 100_000), judged("b", 200_000, 100_000)];
        let moved =
            tally(&taken, &HashMap::from([proved("a", 150_000, 100_000), proved("b", 200_000, 100_000)]));
        assert_eq!(moved.expect("the same money").taken.rows, 2);
        for wrong in [proved("b", 200_001, 100_000), proved("b", 200_000, 100_001)] {
            let moved = tally(&taken, &HashMap::from([proved("a", 150_000, 100_000), wrong]));
            assert!(matches!(moved, Err(Error::Internal(_))), "{moved:?}");
        }
    }
}
