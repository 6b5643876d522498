//! How much of the usage could not be accounted, by day of use: failed usages of all, by count and by money.
//!
//! Live usages and the history together. No more rows are added up than a page may cost: where thirty days hold too
//! many, fewer days are shown.

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDate};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};

use crate::base::money::MoneySum;
use crate::db::schema::{llmusage as live, llmusage_history as history};
use crate::db::values::TolerantWords;
use crate::db::{DbConnection, dialect};
use crate::error::Result;

/// The spans that are tried, in days, the longest first.
const SPANS: [i64; 3] = [30, 7, 1];

/// The most usages that are added up.
const ADDED: i64 = 50_000;

/// Usages, and those of them that could not be accounted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Leak {
    pub usages: i64,
    pub archived: i64,
    pub failed: i64,
    pub amount: MoneySum,
    pub failed_amount: MoneySum,
}

impl Leak {
    fn add(&mut self, other: Leak) {
        self.usages += other.usages;
        self.archived += other.archived;
        self.failed += other.failed;
        self.amount = self.amount + other.amount;
        self.failed_amount = self.failed_amount + other.failed_amount;
    }

    /// Live and archived ones.
    pub fn all(&self) -> i64 {
        self.usages + self.archived
    }

    /// Failed of all in hundredths of a percent; none where nothing was used.
    pub fn rate_of_count(&self) -> Option<i64> {
        rate(self.failed.into(), self.all().into())
    }

    /// The same of the money; none where it adds up to nothing.
    pub fn rate_of_money(&self) -> Option<i64> {
        rate(self.failed_amount.units(), self.amount.units())
    }
}

fn rate(part: i128, whole: i128) -> Option<i64> {
    if whole <= 0 { None } else { i64::try_from((part * 10_000 + whole / 2) / whole).ok() }
}

/// The leakage of some days.
#[derive(Debug, Clone, Default)]
pub struct Leakage {
    /// From the first day to today.
    pub days: Vec<(NaiveDate, Leak)>,
    pub total: Leak,
    /// By id, the most failed money first; empty for usages without one.
    pub models: Vec<(String, Leak)>,
    pub organisations: Vec<(String, Leak)>,
}

/// Day, model, organisation, whether failed, count, and the sum in two parts.
type Row = (TolerantWords, TolerantWords, TolerantWords, i32, i64, (i64, i64));

/// The leakage of the last days, as many as may be added up; none where even today holds too many usages.
pub fn of_last_days(connection: &mut DbConnection, today: NaiveDate) -> Result<Option<Leakage>> {
    for span in SPANS {
        let first = today - Duration::days(span - 1);
        let live = live::table.filter(live::use_date.between(first, today)).select(live::id).limit(ADDED + 1);
        let archived = history::table
            .filter(history::use_date.between(first, today))
            .select(history::id)
            .limit(ADDED + 1);
        let counted = dialect::count_rows(connection, live)? + dialect::count_rows(connection, archived)?;
        if counted <= ADDED {
            return of_days(connection, first, today).map(Some);
        }
    }
    Ok(None)
}

fn of_days(connection: &mut DbConnection, first: NaiveDate, today: NaiveDate) -> Result<Leakage> {
    let engine = connection.engine();
    let day = dialect::day_text(engine, "use_date");
    let is_failed = dialect::is_word("accounting_status", "failed");
    let is_failed = format!("CASE WHEN {is_failed} THEN 1 ELSE 0 END");
    let [high, low] = dialect::sum_parts(engine, "amount");
    let [(model, by_model), (organisation, by_organisation)] =
        ["llmid", "userorgid"].map(|column| dialect::letter_by_letter(engine, column));
    let columns = format!("{day}, {by_model}, {by_organisation}, {is_failed}");
    let is_day = dialect::is_day_among(engine, "use_date").unwrap_or_else(|| "1 = 1".to_owned());
    macro_rules! rows {
        ($table:ident) => {
            $table::table
                .group_by(sql::<Nullable<Text>>(&columns))
                .filter($table::use_date.between(first, today))
                .filter(sql::<Nullable<Bool>>(&is_day))
                .select((
                    sql::<Nullable<Text>>(&day),
                    sql::<Nullable<Text>>(&model),
                    sql::<Nullable<Text>>(&organisation),
                    sql::<Integer>(&is_failed),
                    sql::<BigInt>("COUNT(*)"),
                    (sql::<BigInt>(&high), sql::<BigInt>(&low)),
                ))
                .load::<Row>(connection)?
        };
    }
    let live = rows!(live);
    let archived = rows!(history);
    Ok(added(
        first,
        today,
        live.into_iter().map(|row| (row, false)).chain(archived.into_iter().map(|row| (row, true))),
    ))
}

fn added(first: NaiveDate, today: NaiveDate, rows: impl Iterator<Item = (Row, bool)>) -> Leakage {
    let mut days: BTreeMap<NaiveDate, Leak> =
        first.iter_days().take_while(|day| *day <= today).map(|day| (day, Leak::default())).collect();
    let (mut models, mut organisations) = (BTreeMap::new(), BTreeMap::new());
    let mut total = Leak::default();
    for ((day, model, organisation, is_failed, count, sum), is_archived) in rows {
        let (day, model, organisation): (Option<String>, Option<String>, Option<String>) =
            (day.into(), model.into(), organisation.into());
        let Some(day) = day.and_then(|day| day.parse::<NaiveDate>().ok()) else { continue };
        let amount = dialect::money_sum(sum.0, sum.1);
        let is_failed = is_failed == 1 && !is_archived;
        let leak = Leak {
            usages: if is_archived { 0 } else { count },
            archived: if is_archived { count } else { 0 },
            failed: if is_failed { count } else { 0 },
            amount,
            failed_amount: if is_failed { amount } else { MoneySum::default() },
        };
        total.add(leak);
        days.entry(day).or_default().add(leak);
        models.entry(model.unwrap_or_default()).or_insert_with(Leak::default).add(leak);
        organisations.entry(organisation.unwrap_or_default()).or_insert_with(Leak::default).add(leak);
    }
    Leakage {
        days: days.into_iter().collect(),
        total,
        models: ranked(models),
        organisations: ranked(organisations),
    }
}

fn ranked(leaks: BTreeMap<String, Leak>) -> Vec<(String, Leak)> {
    let mut ranked: Vec<_> = leaks.into_iter().filter(|(_, leak)| leak.failed > 0).collect();
    ranked.sort_by(|one, other| {
        (other.1.failed_amount, other.1.failed).cmp(&(one.1.failed_amount, one.1.failed))
    });
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_rounded_and_nothing_of_nothing_is_none() {
        let leak = Leak { usages: 2, archived: 1, failed: 1, ..Leak::default() };
        assert_eq!(leak.rate_of_count(), Some(3333));
        assert_eq!(Leak::default().rate_of_count(), None);
        assert_eq!(leak.rate_of_money(), None);
    }
}
