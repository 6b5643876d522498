//! What a batch holds, counted once when its rows are frozen: all of it, what will be skipped, whose it is.

use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::counts::{Part, Summary, Tally};
use crate::db::schema::batch_item as item;
use crate::db::values::TolerantWords;
use crate::db::{DbConnection, dialect};
use crate::error::Result;

/// The causes and organisations that are named; the others stand together.
const NAMED: usize = 12;

/// Count, and the sums of amount and cost in two parts each.
type Sums = (i64, i64, i64, i64, i64);

/// Counts and adds up the items of a batch.
pub fn of_batch(connection: &mut DbConnection, id: &str) -> Result<Summary> {
    let engine = connection.engine();
    let parts = ["amount", "cost"].map(|column| dialect::sum_parts(engine, column));
    let [[amount_high, amount_low], [cost_high, cost_low]] = parts;
    let whole = |text: &str| sql::<BigInt>(text);
    let sums =
        || (count_star(), whole(&amount_high), whole(&amount_low), whole(&cost_high), whole(&cost_low));
    let items = || item::table.filter(item::batch_id.eq(id.to_owned()));
    let by_obstacle: Vec<(Option<String>, Sums)> =
        items().group_by(item::obstacle).select((item::obstacle, sums())).load(connection)?;
    let restricted = items().filter(item::obstacle.is_null()).filter(item::restriction.is_not_null());
    let by_restriction: Vec<(Option<String>, Sums)> =
        restricted.group_by(item::restriction).select((item::restriction, sums())).load(connection)?;
    let by_organisation: Vec<(TolerantWords, Sums)> =
        items().group_by(item::userorgid).select((item::userorgid, sums())).load(connection)?;
    let by_cause: Vec<(Option<String>, Sums)> =
        items().group_by(item::cause).select((item::cause, sums())).load(connection)?;
    let all = by_obstacle.iter().fold(Tally::default(), |sum, (_, sums)| sum + tally(*sums));
    let mut skipped: Vec<Part> = parts_of(by_obstacle);
    skipped.retain(|part| part.key.is_some());
    let (organisations, other_organisations) =
        largest(parts_of(by_organisation.into_iter().map(|(key, sums)| (key.into(), sums)).collect()));
    let (causes, other_causes) = largest(parts_of(by_cause));
    let restricted = parts_of(by_restriction);
    Ok(Summary {
        all,
        skipped,
        restricted,
        causes,
        other_causes,
        organisations,
        other_organisations,
        tested: None,
        with_unknown: false,
    })
}

/// The first ones, and all others together.
fn largest(mut parts: Vec<Part>) -> (Vec<Part>, Tally) {
    let others = parts.split_off(parts.len().min(NAMED));
    let others = others.iter().fold(Tally::default(), |sum, part| sum + part.tally);
    (parts, others)
}

/// The most money first.
fn parts_of(groups: Vec<(Option<String>, Sums)>) -> Vec<Part> {
    let part = |(key, sums)| Part { key, tally: tally(sums) };
    let mut parts: Vec<Part> = groups.into_iter().map(part).collect();
    by_money(&mut parts);
    parts
}

/// Puts the parts with the most money first.
pub(super) fn by_money(parts: &mut [Part]) {
    parts.sort_by(|left, right| {
        (right.tally.amount, right.tally.count, &left.key).cmp(&(
            left.tally.amount,
            left.tally.count,
            &right.key,
        ))
    });
}

fn tally((count, amount_high, amount_low, cost_high, cost_low): Sums) -> Tally {
    Tally {
        count,
        amount: dialect::money_sum(amount_high, amount_low),
        cost: dialect::money_sum(cost_high, cost_low),
    }
}
