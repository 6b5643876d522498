//! Money: exact from the form to the column, and the same sum in Rust and in SQL.

use crate::support::database::{TestDatabase, engine};
use crate::support::proven;
use crate::support::rows::{Row, clear, failure, insert, insert_many, money};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};
use llmage_admin::base::money::{Money, MoneyError, MoneySum};
use llmage_admin::db::{Database, Engine, dialect};
use proptest::prelude::*;

/// Below this many whole, doubles lie closer together than units.
const EXACT_BELOW: i64 = 68_719_476_736;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_parses_back(units in -EXACT_BELOW * 100_000 + 1..EXACT_BELOW * 100_000) {
        let money = Money::from_units(units);
        prop_assert_eq!(Money::parse_signed(&money.to_string()), Ok(money));
    }

    #[test]
    fn a_column_gives_back_every_amount_that_may_be_entered(units in 0..EXACT_BELOW * 100_000) {
        let money = Money::from_units(units);
        prop_assert_eq!(Money::from_column(money.to_column()), money);
        prop_assert!(money.fits_column());
    }

    #[test]
    fn printed_money_has_five_decimals_and_nothing_else(units in any::<i64>()) {
        let text = Money::from_units(units).to_string();
        let (whole, decimals) = text.split_once('.').unwrap();
        prop_assert_eq!(decimals.len(), 5);
        let digits: i128 = format!("{whole}{decimals}").parse().unwrap();
        prop_assert_eq!(digits, i128::from(units));
    }

    #[test]
    fn above_the_exact_range_an_amount_is_kept_or_refused_never_changed(
        units in EXACT_BELOW * 100_000..=Money::MAX_ENTERED.units(),
    ) {
        let money = Money::from_units(units);
        match money.to_string().parse::<Money>() {
            Ok(parsed) => prop_assert_eq!(Money::from_column(parsed.to_column()), money),
            Err(error) => {
                prop_assert_eq!(error, MoneyError::NotExact);
                prop_assert_ne!(Money::from_column(money.to_column()), money);
            }
        }
    }

    #[test]
    fn a_text_is_read_as_the_very_number_it_writes_or_refused(text in "[-+]?[0-9]{0,12}[.]?[0-9]{0,7}") {
        if let Ok(money) = Money::parse_signed(&text) {
            let (sign, digits) = text.strip_prefix('-').map_or((1, text.trim_start_matches('+')), |rest| (-1, rest));
            let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
            let written: i128 = format!("0{whole}{decimals:0<7}").parse().unwrap();
            prop_assert_eq!(i128::from(money.units()) * 100, sign * written);
        }
    }

    #[test]
    fn no_text_breaks_the_parser(text in any::<String>()) {
        let _ = text.parse::<Money>();
    }
}

#[test]
fn refusals_say_why() {
    let refused = [
        ("", MoneyError::NotANumber),
        (".", MoneyError::NotANumber),
        ("1,5", MoneyError::NotANumber),
        ("1e3", MoneyError::NotANumber),
        ("٣", MoneyError::NotANumber),
        ("NaN", MoneyError::NotANumber),
        ("--1", MoneyError::NotANumber),
        ("0.000001", MoneyError::TooPrecise),
        ("-0.00001", MoneyError::Negative),
        ("90000000000.00001", MoneyError::TooLarge),
        ("99999999999999999999", MoneyError::TooLarge),
        ("68719476736.00001", MoneyError::NotExact),
    ];
    for (text, why) in refused {
        assert_eq!(text.parse::<Money>(), Err(why), "{text}");
    }
}

#[test]
fn halves_are_rounded_away_from_zero_and_the_absurd_saturates() {
    let read = [
        (0.000005, 1),
        (-0.000005, -1),
        (0.000004999999, 0),
        (1e-9, 0),
        (-0.0, 0),
        (0.3, 30_000),
        (1e300, Money::MAX_COLUMN.units()),
        (f64::INFINITY, Money::MAX_COLUMN.units()),
        (f64::NEG_INFINITY, -Money::MAX_COLUMN.units()),
        (40_218_303_854.222_31, 4_021_830_385_422_231),
        (9_999_999_999_999.99, 999_999_999_999_999_023),
    ];
    for (column, units) in read {
        assert_eq!(Money::from_column(column).units(), units, "{column}");
    }
}

/// The sums of amount and cost over all rows, as the money line asks for them.
fn sums(database: &Database) -> (MoneySum, MoneySum) {
    let parts = database
        .run_here(|connection| {
            let columns = ["amount", "cost"].map(|column| dialect::sum_parts(connection.engine(), column));
            let select = |text: &str| diesel::dsl::sql::<BigInt>(text);
            Ok(llmage_admin::db::schema::llmusage_accounting_failed::table
                .select((
                    select(&columns[0][0]),
                    select(&columns[0][1]),
                    select(&columns[1][0]),
                    select(&columns[1][1]),
                ))
                .first::<(i64, i64, i64, i64)>(connection)?)
        })
        .expect("the sums can be computed");
    (dialect::money_sum(parts.0, parts.1), dialect::money_sum(parts.2, parts.3))
}

/// The amounts as the columns hold them now; MariaDB rounds what it is given.
fn amounts(database: &Database) -> Vec<Option<f64>> {
    use llmage_admin::db::schema::llmusage_accounting_failed::dsl;
    database
        .run_here(|connection| Ok(dsl::llmusage_accounting_failed.select(dsl::amount).load(connection)?))
        .expect("the amounts can be read")
}

fn with_amounts(amounts: &[Option<f64>]) -> Vec<Row> {
    let row = |(number, amount): (usize, &Option<f64>)| Row {
        amount: *amount,
        cost: None,
        ..failure(&format!("row-{number}"))
    };
    amounts.iter().enumerate().map(row).collect()
}

#[test]
fn sql_and_rust_round_every_double_alike() {
    let database = TestDatabase::with_doubles();
    let any_double = match engine() {
        Engine::Mysql => (-9e12..9e12).boxed(),
        _ => any::<f64>().prop_filter("NULL in SQLite", |number| !number.is_nan()).boxed(),
    };
    let near_half = (-4_000_000_000_000_i64..4_000_000_000_000).prop_map(|units| (units as f64 + 0.5) / 1e5);
    let doubles = prop_oneof![money(engine()), any_double, near_half, -10.0..10.0];
    let cases = prop::collection::vec(doubles, 30);
    proven(40, &cases, |doubles| {
        clear(&database);
        let doubles: Vec<Option<f64>> = doubles.into_iter().map(Some).collect();
        insert(&database, &with_amounts(&doubles));
        for (id, amount) in each_in_units(&database) {
            let stored = amount.0.expect("no amount is missing");
            assert_eq!(Money::from_column(stored).units(), amount.1, "{stored:e} in {id}");
        }
    });
}

/// Each row's amount as it is, and in units by SQL.
fn each_in_units(database: &Database) -> Vec<(String, (Option<f64>, i64))> {
    use llmage_admin::db::schema::llmusage_accounting_failed::dsl;
    database
        .run_here(|connection| {
            let units = diesel::dsl::sql::<BigInt>(&dialect::units(connection.engine(), "amount"));
            Ok(dsl::llmusage_accounting_failed.select((dsl::id, (dsl::amount, units))).load(connection)?)
        })
        .expect("the amounts can be read")
}

#[test]
fn the_sum_of_any_rows_is_the_sum_of_what_they_show() {
    let database = TestDatabase::with_doubles();
    let cases = prop::collection::vec(prop::option::weighted(0.9, money(engine())), 0..60);
    proven(40, &cases, |values| {
        clear(&database);
        insert(&database, &with_amounts(&values));
        let shown: MoneySum = amounts(&database).into_iter().flatten().map(Money::from_column).sum();
        assert_eq!(sums(&database), (shown, MoneySum::default()));
    });
}

#[test]
fn small_amounts_are_summed_alike_in_one_part() {
    let database = TestDatabase::with_doubles();
    let small = money(engine()).prop_map(|amount| amount % dialect::SMALL_MONEY);
    proven(40, &prop::collection::vec(prop::option::weighted(0.9, small), 0..60), |values| {
        clear(&database);
        insert(&database, &with_amounts(&values));
        let shown: MoneySum = amounts(&database).into_iter().flatten().map(Money::from_column).sum();
        let summed: i64 = database
            .run_here(|connection| {
                use llmage_admin::db::schema::llmusage_accounting_failed::dsl;
                let sum = diesel::dsl::sql::<BigInt>(&dialect::small_sum(connection.engine(), "amount"));
                Ok(dsl::llmusage_accounting_failed.select(sum).first(connection)?)
            })
            .expect("the sum can be computed");
        assert_eq!(i128::from(summed), shown.units());
    });
}

#[test]
fn what_adding_up_doubles_makes_of_an_amount_is_that_amount_and_more_digits_are_refused() {
    for (text, units) in [
        ("0.30000000000000004", 30_000),
        ("0.1", 10_000),
        ("2.6999999999999997", 270_000),
        ("1.0000000009", 100_000),
        ("-0.30000000000000004", -30_000),
        ("1e-05", 1),
    ] {
        assert_eq!(Money::from_json(text), Ok(Money::from_units(units)), "{text}");
    }
    for text in ["1.000000000000000000000001", "0.000001", "1.00000001", "0.3000001", "1e-10", "1e-400"] {
        assert_eq!(Money::from_json(text), Err(MoneyError::TooPrecise), "{text}");
    }
}

#[test]
fn a_sum_wider_than_any_integer_of_the_database_is_exact() {
    let database = TestDatabase::with_doubles();
    let largest = if engine() == Engine::Mysql { 9_999_999_999_999.0 } else { 1e300 };
    insert(&database, &with_amounts(&[Some(largest); 40]));
    let each = i128::from(Money::from_column(largest).units());
    assert_eq!(sums(&database).0.units(), 40 * each);
    assert!(engine() == Engine::Mysql || 40 * each > i128::from(i64::MAX));
}

#[test]
fn twenty_thousand_small_amounts_lose_nothing() {
    let database = TestDatabase::with_doubles();
    let row =
        |number: usize| Row { amount: Some(0.00001), cost: Some(0.1), ..failure(&format!("row-{number}")) };
    insert_many(&database, (0..20_000).map(row));
    let (amount, cost) = sums(&database);
    assert_eq!((amount.to_string(), cost.to_string()), ("0.20000".to_owned(), "2000.00000".to_owned()));
}

#[test]
fn money_read_through_a_query_is_what_the_column_rounds_to() {
    let database = TestDatabase::with_doubles();
    insert(&database, &with_amounts(&[Some(0.000015), Some(-2.5), None]));
    let read: Vec<Option<Money>> = database
        .run_here(|connection| {
            use llmage_admin::db::schema::llmusage_accounting_failed::dsl;
            Ok(dsl::llmusage_accounting_failed
                .select(diesel::dsl::sql::<Nullable<diesel::sql_types::Double>>("amount"))
                .order(dsl::id)
                .load(connection)?)
        })
        .unwrap();
    assert_eq!(read, [Some(Money::from_units(2)), Some(Money::from_units(-250_000)), None]);
}
