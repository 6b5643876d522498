//! An entry of the ledger as it tells it, to the letter.

use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::base::foreign;
use crate::base::money::Money;
use crate::db::dialect::LedgerRow;

/// An entry of the ledger: what it is called there, when it was written and how much was charged, as the ledger says it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    pub id: Option<String>,
    pub time: Option<String>,
    pub amount: Option<String>,
}

impl Entry {
    /// The usage of a row and its entry; none where the row names no entry, as a query may that begins with the usages.
    pub(super) fn read(row: LedgerRow) -> Option<(String, Entry)> {
        let LedgerRow { usage_id, entry_id, entry_time, entry_amount } = row;
        let told = |text: Option<String>| {
            text.map(|text| foreign::shown(text.trim()).into_owned()).filter(|text| !text.is_empty())
        };
        let entry =
            Entry { id: told(entry_id), time: told(entry_time), amount: told(entry_amount).map(plain) };
        let is_one = entry.id.is_some() || entry.time.is_some() || entry.amount.is_some();
        Some((usage_id?, entry)).filter(|_| is_one)
    }

    /// Its money, where it is one of at most 5 decimals.
    pub fn money(&self) -> Option<Money> {
        self.amount.as_deref().and_then(|amount| Money::parse_signed(amount).ok())
    }

    /// What it is called in a line of words.
    pub fn name(&self) -> &str {
        self.id.as_deref().unwrap_or("–")
    }

    /// All of it in one line, the same in all languages: for the note of a record that is closed by it.
    pub fn line(&self) -> String {
        let parts = [&self.id, &self.time, &self.amount];
        parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" · ")
    }

    /// The amount as a JSON number, to the digit; null where the ledger holds no number.
    pub fn number<S: Serializer>(amount: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
        let is_number = |text: &&String| text.bytes().all(|byte| b"0123456789.-+eE".contains(&byte));
        let number = amount.as_ref().filter(is_number);
        number.and_then(|text| RawValue::from_string(text.clone()).ok()).serialize(serializer)
    }
}

/// An amount with the five decimals of money, where it has no more; else as it is.
fn plain(amount: String) -> String {
    let bare = match amount.contains('.') {
        true => amount.trim_end_matches('0').trim_end_matches('.'),
        false => &amount,
    };
    Money::parse_signed(bare).map_or_else(|_| amount.clone(), |money| money.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(amount: &str) -> String {
        let row = LedgerRow {
            usage_id: Some("u1".to_owned()),
            entry_id: None,
            entry_time: None,
            entry_amount: Some(amount.to_owned()),
        };
        Entry::read(row).and_then(|(_, entry)| entry.amount).unwrap_or_default()
    }

    #[test]
    fn amounts_are_told_to_the_digit() {
        for (amount, shown) in [
            ("1.2", "1.20000"),
            ("1", "1.00000"),
            ("-0.50000000", "-0.50000"),
            ("1.2345678", "1.2345678"),
            ("1e-07", "1e-07"),
            ("$1.20", "$1.20"),
        ] {
            assert_eq!(told(amount), shown);
        }
    }
}
