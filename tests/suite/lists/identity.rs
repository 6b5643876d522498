//! The identity of money: whatever rows there are and whatever is asked, overview, cards, groups, list, CSV and SQL say
//! the same count and the same sums, to the last digit.

use chrono::NaiveDate;
use llmage_admin::base::money::MoneySum;
use llmage_admin::base::paging::Position;
use llmage_admin::causes::sorting;
use llmage_admin::failed_accounting::causes::groups::{self, By};
use llmage_admin::failed_accounting::causes::ranking::{self, Rank};
use llmage_admin::failed_accounting::condition::{Search, plan_search};
use llmage_admin::failed_accounting::export;
use llmage_admin::failed_accounting::filter::{Filter, Handled};
use llmage_admin::failed_accounting::list;
use llmage_admin::failed_accounting::totals::{self, Known};
use llmage_admin::names::Names;
use llmage_admin::overview::money;
use proptest::prelude::*;

use crate::oracle::{any_filter, expected, facts, sums};
use crate::support::database::{TestDatabase, engine};
use crate::support::proven;
use crate::support::rows::{clear, hostile, insert};

type Sums = (i64, MoneySum, MoneySum);

fn known(known: &Known) -> Sums {
    match known {
        Known::Exactly(totals) => (totals.count, totals.amount, totals.cost),
        other => panic!("so few rows are counted exactly: {other:?}"),
    }
}

fn added(all: impl Iterator<Item = Sums>) -> Sums {
    all.fold((0, MoneySum::default(), MoneySum::default()), |sum, one| {
        (sum.0 + one.0, sum.1 + one.1, sum.2 + one.2)
    })
}

#[test]
fn every_face_of_a_filter_says_the_same_money() {
    let database = TestDatabase::with_doubles();
    let cases = (hostile(engine(), 40), prop::collection::vec(any_filter(engine()), 4), any::<bool>());
    proven(20, &cases, |(rows, filters, is_sorted)| {
        clear(&database);
        insert(&database, &rows);
        if is_sorted {
            sorting::sort_all(&database).expect("the rows are sorted");
        }
        let all = facts(&database);
        for filter in filters {
            let wanted = sums(&expected(&all, &filter));
            database
                .run_here(|connection| {
                    let search = plan_search(connection, &filter)?;
                    let exact = totals::exact(connection, &filter, &search)?;
                    assert_eq!((exact.count, exact.amount, exact.cost), wanted, "money line, {filter:?}");
                    for by in [By::Cause, By::Model, By::Organisation] {
                        let groups = groups::grouped(connection, &filter, &search, by)?;
                        assert_eq!(groups::sum(&groups), wanted, "groups {by:?}, {filter:?}");
                    }
                    for group in groups::by_cause(connection, &filter, &search)? {
                        let one = Filter { cause: Some(group.key.clone()), ..filter.clone() };
                        let known_one = totals::known(connection, &one, &search)?;
                        let of_group = (group.totals.count, group.totals.amount, group.totals.cost);
                        assert_eq!(known(&known_one), of_group, "the list behind a group, {one:?}");
                    }
                    let listed = list::rows(connection, &filter, &search, &Position::Start, 1_000)?;
                    assert_eq!(listed.rows.len() as i64, wanted.0, "list, {filter:?}");
                    let exported = export::write(
                        connection,
                        &filter,
                        &Names::default(),
                        export::Shape::default(),
                        &mut |_| Ok(()),
                    )?;
                    assert_eq!(
                        (exported.rows as i64, exported.amount, exported.cost),
                        wanted,
                        "CSV, {filter:?}"
                    );
                    Ok(())
                })
                .expect("everything can be read");
        }
    });
}

#[test]
fn the_front_page_and_the_cards_add_up_to_what_is_open() {
    let database = TestDatabase::with_doubles();
    let today = NaiveDate::from_ymd_opt(2026, 5, 31).expect("a date");
    proven(12, &(hostile(engine(), 30), any::<bool>()), |(rows, is_sorted)| {
        clear(&database);
        insert(&database, &rows);
        if is_sorted {
            sorting::sort_all(&database).expect("the rows are sorted");
        }
        let open = sums(&expected(&facts(&database), &Filter::default()));
        let whole =
            sums(&expected(&facts(&database), &Filter { handled: Handled::All, ..Filter::default() }));
        database
            .run_here(|connection| {
                let stake = money::at_stake(connection, today, today.into(), None, "")?;
                assert_eq!(known(&stake.open), open, "the front page");
                assert_eq!(added(stake.ages.iter().map(|(_, one)| known(one))), open, "its ages");
                for (filter, one) in &stake.ages {
                    let list = totals::exact(connection, filter, &Search::Nothing)?;
                    assert_eq!((list.count, list.amount, list.cost), known(one), "{filter:?}");
                }
                for rank in Rank::ALL {
                    let ranking = ranking::ranking(connection, rank)?;
                    assert_eq!(known(&ranking.total), open, "the page of causes");
                    assert_eq!(added(ranking.causes.iter().map(|one| known(&one.known))), open, "its cards");
                    if is_sorted && rank == Rank::Amount {
                        let cards = ranking::cards(connection, ranking.causes, today, true)?;
                        assert_eq!(added(cards.iter().map(|card| known(&card.all))), whole, "cards in all");
                    }
                }
                Ok(())
            })
            .expect("everything can be read");
    });
}
