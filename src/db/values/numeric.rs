//! A NUMERIC of PostgreSQL, read and written to the digit.

use diesel::deserialize;

use crate::base::money::Money;

/// The digits of a NUMERIC as PostgreSQL sends it: groups of four, the first worth 10,000^weight.
pub(super) fn numeric(bytes: &[u8]) -> deserialize::Result<Option<Money>> {
    let word = |index: usize| -> deserialize::Result<i16> {
        let word = bytes.get(2 * index..2 * index + 2).ok_or("a NUMERIC that is cut off")?;
        Ok(i16::from_be_bytes(word.try_into()?))
    };
    let (groups, weight, sign) = (word(0)?, i32::from(word(1)?), word(2)? as u16);
    // Neither NaN nor an infinity is an amount.
    if !matches!(sign, 0 | 0x4000) {
        return Ok(None);
    }
    let mut units: i128 = 0;
    for index in 0..i32::from(groups) {
        let group = i128::from(word(4 + index as usize)?);
        match 4 * (weight - index) + 5 {
            power @ 0..=30 => units = units.saturating_add(group * 10_i128.pow(power.unsigned_abs())),
            31.. => units = i128::from(i64::MAX),
            // The digit behind the fifth decimal rounds.
            -3 => units += group / 1_000 + i128::from(group % 1_000 >= 500),
            _ => break,
        }
    }
    Ok(Some(Money::saturating(if sign == 0 { units } else { -units })))
}

/// A plain decimal as PostgreSQL takes a NUMERIC.
pub(super) fn to_numeric(text: &str) -> Vec<u8> {
    let (sign, text) = text.strip_prefix('-').map_or((0_u16, text), |text| (0x4000, text));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!(
        "{}{whole}{fraction}{}",
        "0".repeat((4 - whole.len() % 4) % 4),
        "0".repeat((4 - fraction.len() % 4) % 4)
    );
    let groups: Vec<i16> = digits
        .as_bytes()
        .chunks(4)
        .map(|group| group.iter().fold(0, |number, digit| number * 10 + i16::from(digit - b'0')))
        .collect();
    let weight = whole.len().div_ceil(4) as i16 - 1;
    let header = [groups.len() as u16, weight as u16, sign, fraction.len() as u16];
    let words = header.into_iter().chain(groups.into_iter().map(|group| group as u16));
    words.flat_map(u16::to_be_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerics_are_read_and_written_to_the_digit() {
        for text in ["0.00000", "30.85000", "-0.00001", "89999999999.99999", "10000.00000", "-12345678.90123"]
        {
            let Ok(Some(money)) = numeric(&to_numeric(text)) else { panic!("{text}") };
            assert_eq!(money.to_string(), text);
        }
        let rounded = |text| numeric(&to_numeric(text)).ok().flatten();
        assert_eq!(rounded("0.000005"), Some(Money::from_units(1)));
        assert_eq!(rounded("-0.0000049999"), Some(Money::ZERO));
        assert_eq!(rounded("0.00000000001"), Some(Money::ZERO));
        assert_eq!(rounded(&"9".repeat(40)), Some(Money::MAX_COLUMN));
    }
}
