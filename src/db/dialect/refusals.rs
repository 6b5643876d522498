//! What MariaDB refuses of the values in a statement, told by its words: a fault of what was typed, at its column.

use crate::base::form::Message;
use crate::error::Error;

/// What that error's text says about a value: wrong in a column, or one that no row can hold.
pub fn refusal(message: &str) -> Option<Error> {
    // A text and a column that have no character set in common.
    if message.starts_with("Illegal mix of collations") {
        return Some(Error::NotFound);
    }
    let key = if message.starts_with("Incorrect string value") {
        "error-characters"
    } else if message.starts_with("Incorrect datetime value") {
        "error-time-gap"
    } else {
        return None;
    };
    // ... for column `desk`.`llmusage`.`use_time` at row 1; MySQL names the column alone.
    let (_, place) = message.rsplit_once(" for column ")?;
    let place = place.split(" at row").next()?;
    let column = place.rsplit('.').next()?.trim_matches(['`', '\'', ' ']);
    Some(Error::invalid(column, Message::new(key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_refused_at_its_column() {
        for (text, column, key) in [
            (
                "Incorrect string value: '\\xF0\\x9F\\x98\\x80' for column `desk`.`llmusage_accounting_failed`.`handled_note` at row 1",
                "handled_note",
                "error-characters",
            ),
            (
                "Incorrect string value: '\\xF0\\x9F' for column 'ioinfo' at row 1",
                "ioinfo",
                "error-characters",
            ),
            (
                "Incorrect datetime value: '2026-03-29 02:30:00' for column `desk`.`llmusage`.`use_time` at row 1",
                "use_time",
                "error-time-gap",
            ),
        ] {
            let Some(Error::Invalid(errors)) = refusal(text) else { panic!("{text} is no refusal") };
            assert_eq!(errors.get(column), Some(&Message::new(key)), "{text}");
        }
        assert!(refusal("Unknown column 'cost' in 'field list'").is_none());
        assert!(refusal("Incorrect datetime value: 'x'").is_none());
    }
}
