//! A cell of SQLite that holds something else than its column is for, such as a number where times stand.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::{BadCursor, Digits, MAX_ID, order_of_numbers};

/// Such a cell, as [`OddCell::sql`] selects it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum OddCell {
    Number(Digits),
    /// Beyond all numbers, and whether it is below them.
    Infinite {
        is_negative: bool,
    },
    /// The bytes in hexadecimal digits.
    Text(String),
    Blob(String),
}

/// Stands before such a cell where it is selected beside texts.
pub const MARK: char = '\u{1}';

impl OddCell {
    /// How to select a cell of that column so that [`OddCell::try_from`] reads it, behind the mark.
    pub fn sql(column: &str) -> String {
        // SQLite reads the digits that it printed itself as another number now and then, of the greatest ones above all.
        let read_back = ["%!.15g", "%!.17g", "%!.20g"].map(|digits| {
            format!("WHEN CAST(printf('{digits}', {column}) AS REAL) = {column} THEN printf('{digits}', {column}) ")
        });
        format!(
            "char(1) || (CASE typeof({column}) WHEN 'integer' THEN 'number:' || {column} \
             WHEN 'real' THEN 'number:' || CASE {}ELSE printf('%!.26g', {column}) END \
             ELSE typeof({column}) || ':' || hex({column}) END)",
            read_back.concat()
        )
    }

    /// The cell as a literal of SQLite: digits and what frames them, nothing that anybody typed.
    pub fn literal(&self) -> String {
        match self {
            OddCell::Number(digits) => digits.text().to_owned(),
            OddCell::Infinite { is_negative: true } => "-9e999".to_owned(),
            OddCell::Infinite { is_negative: false } => "9e999".to_owned(),
            OddCell::Text(digits) => format!("CAST(x'{digits}' AS TEXT)"),
            OddCell::Blob(digits) => format!("x'{digits}'"),
        }
    }

    /// Numbers before texts before bytes.
    fn rank(&self) -> u8 {
        match self {
            OddCell::Infinite { is_negative: true } => 0,
            OddCell::Number(_) => 1,
            OddCell::Infinite { is_negative: false } => 2,
            OddCell::Text(_) => 3,
            OddCell::Blob(_) => 4,
        }
    }

    /// The order of SQLite.
    pub fn order(&self, other: &OddCell) -> Ordering {
        match (self, other) {
            (OddCell::Number(left), OddCell::Number(right)) => order_of_numbers(left, right),
            (OddCell::Text(left), OddCell::Text(right)) | (OddCell::Blob(left), OddCell::Blob(right)) => {
                left.cmp(right)
            }
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl TryFrom<String> for OddCell {
    type Error = BadCursor;

    fn try_from(text: String) -> Result<OddCell, BadCursor> {
        let (kind, value) = text.split_once(':').ok_or(BadCursor)?;
        let is_hex = || value.len() <= 2 * MAX_ID && value.bytes().all(|digit| digit.is_ascii_hexdigit());
        match (kind, value) {
            ("number", "Inf" | "-Inf") => Ok(OddCell::Infinite { is_negative: value.starts_with('-') }),
            ("number", _) => Digits::try_from(value.to_owned()).map(OddCell::Number),
            ("text", _) if value.len() % 2 == 0 && is_hex() => Ok(OddCell::Text(value.to_owned())),
            ("blob", _) if value.len() % 2 == 0 && is_hex() => Ok(OddCell::Blob(value.to_owned())),
            _ => Err(BadCursor),
        }
    }
}

impl From<OddCell> for String {
    fn from(cell: OddCell) -> String {
        match cell {
            OddCell::Number(digits) => format!("number:{}", digits.text()),
            OddCell::Infinite { is_negative } => format!("number:{}Inf", if is_negative { "-" } else { "" }),
            OddCell::Text(digits) => format!("text:{digits}"),
            OddCell::Blob(digits) => format!("blob:{digits}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_cell_is_refused_and_what_is_one_comes_back() {
        for text in
            ["number:5", "number:-1.5e-7", "number:Inf", "number:-Inf", "text:4A", "blob:", "blob:FF00"]
        {
            let cell = OddCell::try_from(text.to_owned()).expect("a cell");
            assert_eq!(String::from(cell), text);
        }
        for text in
            ["", "5", "number:", "number:1)", "number:NaN", "text:4", "blob:xy", "blob:00' OR 1", "null:"]
        {
            assert_eq!(OddCell::try_from(text.to_owned()), Err(BadCursor), "{text}");
        }
    }

    #[test]
    fn numbers_come_before_texts_and_bytes() {
        let cells = [
            "number:-Inf",
            "number:-2",
            "number:1e300",
            "number:Inf",
            "text:",
            "text:41",
            "text:4142",
            "blob:00",
        ];
        let cells = cells.map(|text| OddCell::try_from(text.to_owned()).expect("a cell"));
        assert!(cells.windows(2).all(|pair| pair[0].order(&pair[1]) == Ordering::Less));
    }
}
