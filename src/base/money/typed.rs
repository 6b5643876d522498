//! Amounts as people type them, or copy them from a page.

use super::{Money, MoneyError};

impl Money {
    /// Reads an amount that may have its thousands parted by commas, as pages write it: `1,000.5`. A comma anywhere else is
    /// refused, or who writes decimals with it would be understood a thousandfold.
    pub fn typed(text: &str) -> Result<Money, MoneyError> {
        let plain = text.trim();
        if !plain.contains(',') {
            return plain.parse();
        }
        let digits = plain.strip_prefix(['+', '-']).unwrap_or(plain);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mut groups = whole.split(',');
        let is_first = groups.next().is_some_and(|first| (1..=3).contains(&first.len()) && first != "0");
        if !is_first || fraction.contains(',') || groups.any(|group| group.len() != 3) {
            return Err(MoneyError::NotANumber);
        }
        plain.replace(',', "").parse()
    }
}

impl Money {
    /// As a text is parsed otherwise, but negative values pass.
    pub fn parse_signed(text: &str) -> Result<Money, MoneyError> {
        Money::parse_up_to(text, Money::MAX_ENTERED)
    }

    /// Whatever a cell of the platform's is counted as: foreign rows hold it, an export has it, and an import brings it back.
    pub fn parse_counted(text: &str) -> Result<Money, MoneyError> {
        Money::parse_up_to(text, Money::MAX_COLUMN)
    }

    fn parse_up_to(text: &str, most: Money) -> Result<Money, MoneyError> {
        let text = text.trim();
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction) {
            return Err(MoneyError::NotANumber);
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > 5 {
            return Err(MoneyError::TooPrecise);
        }
        let units = format!("{whole}{fraction:0<5}").parse::<i64>().map_err(|_| MoneyError::TooLarge)?;
        let money = Money(if negative { -units } else { units });
        if units > most.0 {
            return Err(MoneyError::TooLarge);
        }
        if money.fits_column() { Ok(money) } else { Err(MoneyError::NotExact) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_may_be_parted_and_nothing_else() {
        for (text, units) in
            [("1,000.5", 100_050_000), (" 12,345,678 ", 1_234_567_800_000), ("999.1", 99_910_000)]
        {
            assert_eq!(Money::typed(text), Ok(Money::from_units(units)), "{text}");
        }
        for text in
            ["1,5", "1,00", "1,0000", "1000,000", ",100", "1,,000", "1,000.5,0", "0,500", "1.000,5", "1,000,"]
        {
            assert_eq!(Money::typed(text), Err(MoneyError::NotANumber), "{text}");
        }
        assert_eq!(Money::typed("-1,000"), Err(MoneyError::Negative));
    }
}
