//! The filter as a value: through a query string and back.

use std::collections::BTreeSet;

use llmage_admin::base::form::Fields;
use llmage_admin::base::money::Money;
use llmage_admin::failed_accounting::filter::{Filter, KEYS};
use llmage_admin::failed_accounting::list::keys::TABLE;
use llmage_admin::web::locale::{self, Language};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::oracle::filter_of_any_key;
use crate::support::database::engine;

fn parsed(pairs: Vec<(&'static str, String)>) -> Filter {
    let pairs = pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    let (filter, errors) = Filter::parse(&Fields::new(pairs));
    assert!(errors.is_empty(), "{errors:?}");
    filter
}

/// Filters that people can ask for: amounts within what may be entered, ranges the right way round.
fn askable() -> impl Strategy<Value = Filter> {
    filter_of_any_key(engine()).prop_map(|filter| {
        let amount = |money: Option<Money>| {
            money.map(|money| Money::from_units(money.units().unsigned_abs().min(1 << 50) as i64))
        };
        let (least, most) = (amount(filter.amount_min), amount(filter.amount_max));
        let amounts = least.zip(most).map(|(one, other)| (one.min(other), one.max(other)));
        let dates =
            filter.start_date.zip(filter.end_date).map(|(one, other)| (one.min(other), one.max(other)));
        let decided =
            filter.handled_from.zip(filter.handled_to).map(|(one, other)| (one.min(other), one.max(other)));
        // As a range is refused where it ends before it begins.
        let failed_to =
            filter.failed_to.filter(|to| filter.failed_from.is_none_or(|from| from.date() <= *to));
        Filter {
            failed_to,
            amount_min: amounts.map(|pair| pair.0).or(least),
            amount_max: amounts.map(|pair| pair.1).or(most),
            start_date: dates.map(|pair| pair.0).or(filter.start_date),
            end_date: dates.map(|pair| pair.1).or(filter.end_date),
            handled_from: decided.map(|pair| pair.0).or(filter.handled_from),
            handled_to: decided.map(|pair| pair.1).or(filter.handled_to),
            ..filter
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_filter_parses_back_from_its_query_string(filter in askable()) {
        prop_assert_eq!(parsed(filter.to_pairs()), filter);
    }

    #[test]
    fn a_removed_chip_removes_its_key_and_no_other(filter in askable(), key in 0..KEYS.len()) {
        let key = KEYS[key];
        let mut pairs = filter.to_pairs();
        // An outcome, and a cause of then, mean nothing without their batch.
        let of_batch = |name: &str| ["batch_outcome", "batch_cause"].contains(&name);
        pairs.retain(|(name, _)| *name != key && !(key == "batch" && of_batch(name)));
        prop_assert_eq!(filter.without(key).to_pairs(), pairs);
    }

    #[test]
    fn clearing_keeps_tab_order_and_page_size_only(filter in askable()) {
        let cleared = filter.cleared();
        prop_assert!(!cleared.is_narrowed());
        prop_assert_eq!((cleared.handled, cleared.sort, cleared.page_size), (filter.handled, filter.sort, filter.page_size));
        prop_assert_eq!((cleared.group, cleared.group_sort), (filter.group, filter.group_sort));
    }

    #[test]
    fn no_query_string_breaks_the_filter(pairs in prop::collection::vec((0..KEYS.len(), ".{0,40}"), 0..8)) {
        let pairs = pairs.into_iter().map(|(key, value)| (KEYS[key].to_owned(), value)).collect();
        let (filter, _) = Filter::parse(&Fields::new(pairs));
        prop_assert_eq!(parsed(filter.to_pairs()), filter);
    }
}

/// A key that the generator never sets is tested by none of the properties above.
#[test]
fn the_generator_of_filters_sets_every_key() {
    let mut runner = TestRunner::deterministic();
    let mut missing: BTreeSet<&str> = KEYS.into_iter().collect();
    for _ in 0..2_000 {
        let filter = askable().new_tree(&mut runner).expect("a filter").current();
        filter.to_pairs().iter().for_each(|(key, _)| {
            missing.remove(key);
        });
    }
    assert!(missing.is_empty(), "{missing:?}");
}

/// What is told of a key to people and programs.
#[test]
fn every_key_has_a_meaning_and_what_narrows_has_words_in_every_language() {
    for key in &TABLE {
        assert!(!key.meaning.is_empty(), "{}", key.name);
        let Some(chip) = key.chip else { continue };
        for language in Language::ALL {
            let word = locale::lookup(
                language,
                chip,
                &[("value".into(), "x".into()), ("author".into(), "x".into())].into(),
            );
            assert!(word.is_some(), "{}: {chip} in {}", key.name, language.tag());
        }
    }
}

#[test]
fn what_is_wrong_is_named_and_the_rest_stands() {
    let long = "x".repeat(1_001);
    let wrong = [
        ("handled", "2"),
        ("superseded", "0"),
        ("start_date", "2026-02-30"),
        ("end_date", "20260101"),
        ("userorgid", &*long),
        ("llmid", &*long),
        ("q", "a\0b"),
        ("amount_min", "1e3"),
        ("amount_max", "-1"),
        ("resolution", "paid"),
        ("use_date", "2026-05-20"),
        ("family", "cousins"),
        ("handled_from", "2026"),
        ("handled_on", "2026-05-20"),
        ("group", "day,colour"),
        ("group_sort", "day"),
        ("sort", "id"),
        ("page_size", "201"),
    ];
    for (key, value) in wrong {
        let pairs = [(key, value), ("userid", "u1")].map(|(key, value)| (key.to_owned(), value.to_owned()));
        let (filter, errors) = Filter::parse(&Fields::new(pairs.to_vec()));
        assert_eq!(errors.keys().collect::<Vec<_>>(), [key], "{value}");
        assert_eq!(filter, Filter { userid: Some("u1".to_owned()), ..Filter::default() });
    }
}

#[test]
fn a_blank_value_is_absent_but_a_blank_handled_means_all_and_ids_may_be_blanks() {
    let parsed = |value: &str| {
        let pairs = KEYS.map(|key| (key.to_owned(), value.to_owned()));
        let (filter, errors) = Filter::parse(&Fields::new(pairs.to_vec()));
        assert!(errors.is_empty(), "{errors:?}");
        filter
    };
    let all = Filter { handled: llmage_admin::failed_accounting::filter::Handled::All, ..Filter::default() };
    assert_eq!(parsed(""), all);
    let blank = Some(" ".to_owned());
    let [userorgid, llmid, userid, llmusageid, handled_by] = [(); 5].map(|()| blank.clone());
    assert_eq!(parsed(" "), Filter { userorgid, llmid, userid, llmusageid, handled_by, ..all });
}
