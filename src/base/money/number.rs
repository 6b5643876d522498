//! Money as JSON numbers, in and out, to the digit and never through a float.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::{Money, MoneyError};

/// Money as a JSON number: its exact digits, never through a float. Only for JSON text, not for [`serde_json::Value`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number<T>(pub T);

impl<T: fmt::Display> Serialize for Number<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let digits = RawValue::from_string(self.0.to_string()).map_err(serde::ser::Error::custom)?;
        digits.serialize(serializer)
    }
}

/// The most digits that a program writes of a double; who writes more means each of them.
const DOUBLE_DIGITS: usize = 17;

impl Money {
    /// Reads a JSON number to the digit, with an exponent too (`1e-05` is how Python writes 0.00001); minus zero is zero.
    pub fn from_json(text: &str) -> Result<Money, MoneyError> {
        let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        let digits = digits.trim_start_matches('0');
        if !rest.starts_with(|first: char| first.is_ascii_digit())
            || !digits.bytes().all(|byte| byte.is_ascii_digit())
        {
            return Err(MoneyError::NotANumber);
        }
        if digits.is_empty() {
            return Ok(Money::ZERO);
        }
        let bare = digits.trim_end_matches('0');
        let places = fraction.len() as i64 - (digits.len() - bare.len()) as i64;
        let exponent = exponent.trim_start_matches('+').parse::<i64>();
        let exponent =
            exponent.unwrap_or(if rest.contains("e-") || rest.contains("E-") { i64::MIN } else { i64::MAX });
        // So many decimals the value has once the exponent is worked in; below 0, so many zeros follow its digits.
        let decimals = places.saturating_sub(exponent);
        if decimals > 5 {
            let noisy = || {
                Money::without_noise(bare, decimals)
                    .map(|money| if negative { Money(-money.0) } else { money })
            };
            let money = Money::of_same_double(text).or_else(noisy).filter(|_| bare.len() <= DOUBLE_DIGITS);
            return money.ok_or(MoneyError::TooPrecise);
        }
        // No amount that may be entered has more digits than 16.
        let zeros = 5_i64.saturating_sub(decimals);
        if zeros.saturating_add(bare.len() as i64) > 17 {
            return Err(MoneyError::TooLarge);
        }
        let units = format!("{bare}{}", "0".repeat(zeros as usize));
        let units = units.parse::<i64>().map_err(|_| MoneyError::TooLarge)?;
        let money = Money(if negative { -units } else { units });
        Money::parse_signed(&money.to_string())
    }

    /// A number of these digits, so many of them decimals, where it is within 10^-9 of an amount: what adding up doubles
    /// makes of one, such as 0.30000000000000004.
    fn without_noise(digits: &str, decimals: i64) -> Option<Money> {
        let power =
            |exponent: i64| u32::try_from(exponent).ok().and_then(|exponent| 10_u128.checked_pow(exponent));
        let (unit, noise) = (power(decimals - 5)?, power(decimals - 9)?);
        let number = digits.parse::<u128>().ok()?;
        let units = (number + unit / 2) / unit;
        let money = Money(i64::try_from(units).ok()?);
        let is_near = number.abs_diff(units * unit) <= noise;
        (is_near && money != Money::ZERO && money <= Money::MAX_ENTERED).then_some(money)
    }

    /// A number with more digits than an amount has, where it is the very double that the column would hold.
    fn of_same_double(text: &str) -> Option<Money> {
        let value = text.parse::<f64>().ok().filter(|value| value.is_finite())?;
        let money = Money::of_column(value)?;
        let is_it = money != Money::ZERO && money <= Money::MAX_ENTERED && money.to_column() == value;
        is_it.then_some(money)
    }
}
