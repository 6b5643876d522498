//! Money as whole units of 10^-5, the smallest step the platform's `double(18,5)` columns hold.
//! The one rule: no arithmetic on `f64`. Columns are doubles, so a value crosses that border in
//! [`Money::of_column`] and [`Money::to_column`] only, by the same rounding as `db::dialect` does in SQL.

mod number;
mod typed;

use std::fmt;
use std::iter::Sum;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use number::Number;

/// Units in one whole: 5 decimals.
const SCALE: i64 = 100_000;

/// Up to here a double times 10^5 is off by less than half a unit; beyond, whole and fraction go apart.
const SIMPLE: f64 = 8e9;

/// An amount or a cost, in units of 10^-5. Negative values occur in rows of the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(i64);

impl Money {
    pub const ZERO: Money = Money(0);
    /// The largest amount that people and programs may enter: 90,000,000,000.00000.
    pub const MAX_ENTERED: Money = Money(90_000_000_000 * SCALE);
    /// Columns beyond this are read as this value; 18 digits with 5 decimals can never reach it.
    pub const MAX_COLUMN: Money = Money(9_000_000_000_000_000_000);

    /// Money of that many units of 10^-5.
    pub const fn from_units(units: i64) -> Money {
        Money(units)
    }

    /// The value in units of 10^-5.
    pub const fn units(self) -> i64 {
        self.0
    }

    /// Reads a double column: to the nearest unit, halves away from zero, saturating at
    /// [`Money::MAX_COLUMN`]; what is not finite is no amount. The SQL of `dialect::units` computes the same number.
    pub fn of_column(value: f64) -> Option<Money> {
        let nearest = |units: f64| (units + 0.5_f64.copysign(units)) as i64;
        let largest = Money::MAX_COLUMN.to_column();
        if !value.is_finite() {
            None
        } else if value.abs() <= SIMPLE {
            Some(Money(nearest(value * SCALE as f64)))
        } else if value >= largest {
            Some(Money::MAX_COLUMN)
        } else if value <= -largest {
            Some(Money(-Money::MAX_COLUMN.0))
        } else {
            Some(Money(value.trunc() as i64 * SCALE + nearest(value.fract() * SCALE as f64)))
        }
    }

    /// As [`Money::of_column`], of a double that is known to be finite; else the largest that is read.
    pub fn from_column(value: f64) -> Money {
        Money::of_column(value).unwrap_or(if value < 0.0 {
            Money(-Money::MAX_COLUMN.0)
        } else {
            Money::MAX_COLUMN
        })
    }

    /// Money of that many units, saturating at [`Money::MAX_COLUMN`].
    pub fn saturating(units: i128) -> Money {
        let most = i128::from(Money::MAX_COLUMN.0);
        i64::try_from(units.clamp(-most, most)).map_or(Money::MAX_COLUMN, Money)
    }

    /// Reads a plain decimal of a column that holds such, as [`Money::of_column`] reads a double.
    pub fn from_decimal(text: &str) -> Option<Money> {
        let (is_negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        if !(whole.bytes().chain(fraction.bytes())).all(|digit| digit.is_ascii_digit()) || whole.is_empty() {
            return None;
        }
        let kept = &fraction[..fraction.len().min(5)];
        let is_up = fraction.as_bytes().get(5).is_some_and(|digit| *digit >= b'5');
        // More digits than 38 are more than a column is read as.
        let units = format!("{whole}{kept:0<5}").parse::<i128>().unwrap_or(i128::MAX - 1) + i128::from(is_up);
        Some(Money::saturating(if is_negative { -units } else { units }))
    }

    /// The double nearest to this value, for a column or a bound of a query.
    pub fn to_column(self) -> f64 {
        self.0 as f64 / SCALE as f64
    }

    /// Whether a column may hold more, or less than its negative: such is counted as this value.
    pub fn is_beyond(self) -> bool {
        self.0.abs() >= Money::MAX_COLUMN.0
    }

    /// What is left of an amount behind its cost, where both are known; saturating.
    pub fn margin(amount: Option<Money>, cost: Option<Money>) -> Option<Money> {
        Some(Money(amount?.0.saturating_sub(cost?.0)))
    }

    /// Whether a double column gives back exactly this value. True below 68,719,476,736; above that
    /// doubles lie more than a unit apart, and some amounts would come back changed.
    pub fn fits_column(self) -> bool {
        Money::of_column(self.to_column()) == Some(self)
    }
}

/// Why a text is no money that may be entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoneyError {
    /// Not a plain decimal number such as `0.00036`.
    NotANumber,
    /// More than 5 decimals.
    TooPrecise,
    /// Below zero.
    Negative,
    /// Above [`Money::MAX_ENTERED`].
    TooLarge,
    /// Within the bound, but a double column cannot hold it to the last digit.
    NotExact,
}

/// What people and programs may enter: plain digits with at most 5 decimals, from 0 to
/// [`Money::MAX_ENTERED`]; no exponent, no thousands separators.
impl FromStr for Money {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Money, MoneyError> {
        let money = Money::parse_signed(text)?;
        if money < Money::ZERO {
            return Err(MoneyError::Negative);
        }
        Ok(money)
    }
}

/// Plain decimal with all 5 decimals and no separators: `318.20140`, `-0.00001`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_units(f, i128::from(self.0))
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// An exact sum of money; wide enough for any number of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct MoneySum(i128);

impl MoneySum {
    /// The sum that SQL gives back in two parts, so that no engine's integers overflow:
    /// `high` millions of units plus `low` units.
    pub fn from_parts(high: i64, low: i64) -> MoneySum {
        MoneySum(i128::from(high) * 1_000_000 + i128::from(low))
    }

    /// A sum of that many units of 10^-5.
    pub const fn from_units(units: i128) -> MoneySum {
        MoneySum(units)
    }

    /// The sum in units of 10^-5.
    pub const fn units(self) -> i128 {
        self.0
    }
}

impl std::ops::Add for MoneySum {
    type Output = MoneySum;

    fn add(self, other: MoneySum) -> MoneySum {
        MoneySum(self.0 + other.0)
    }
}

impl std::ops::Sub for MoneySum {
    type Output = MoneySum;

    fn sub(self, other: MoneySum) -> MoneySum {
        MoneySum(self.0 - other.0)
    }
}

impl From<Money> for MoneySum {
    fn from(money: Money) -> MoneySum {
        MoneySum(i128::from(money.0))
    }
}

impl Sum<Money> for MoneySum {
    fn sum<I: Iterator<Item = Money>>(iter: I) -> MoneySum {
        MoneySum(iter.map(|money| i128::from(money.0)).sum())
    }
}

impl fmt::Display for MoneySum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_units(f, self.0)
    }
}

impl Serialize for MoneySum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Reads what is serialised: a plain decimal with all 5 decimals.
impl<'de> Deserialize<'de> for MoneySum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<MoneySum, D::Error> {
        let text = String::deserialize(deserializer)?;
        let units = text.replacen('.', "", 1).parse().map_err(serde::de::Error::custom)?;
        Ok(MoneySum(units))
    }
}

fn write_units(f: &mut fmt::Formatter<'_>, units: i128) -> fmt::Result {
    let sign = if units < 0 { "-" } else { "" };
    let (scale, units) = (SCALE as u128, units.unsigned_abs());
    write!(f, "{sign}{}.{:05}", units / scale, units % scale)
}
