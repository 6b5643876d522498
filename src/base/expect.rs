//! What somebody last read of a record, compared with what it is now: two people at once lose nothing.

use serde_json::Value;
use serde_json::value::RawValue;

use super::form::{FieldErrors, Message};
use super::money::Money;
use super::object::Pairs;
use crate::error::{Error, Result};

/// Names of things change by themselves and are no part of a record.
const NAME: &str = "_text";

/// The member that names amounts beyond what is counted: the amounts tell it, and a record without such has none.
pub const BEYOND: &str = "beyond";

/// The member with what the ledger tells, which is no part of the record either.
const LEDGER: &str = "ledger";

/// Compares the fields that somebody expects with a record as JSON.
///
/// # Errors
/// [`Error::Stale`] with the fields that differ, both ways; [`Error::Invalid`] for fields that no record has.
pub fn compare(expected: &RawValue, present: &str) -> Result<()> {
    let pairs = |text: &str| serde_json::from_str::<Pairs>(text).map_err(Error::internal);
    let (Pairs(expected), Pairs(present)) = (pairs(expected.get())?, pairs(present)?);
    let mut errors = FieldErrors::new();
    let (mut before, mut now) = (Vec::new(), Vec::new());
    for (name, wanted) in expected {
        if name == BEYOND || name == LEDGER {
            continue;
        }
        match present.iter().find(|(known, _)| *known == name) {
            None => {
                errors.insert(format!("expect.{name}"), Message::new("error-json-unknown"));
            }
            Some((_, value)) if is_same(wanted.get(), value.get()) || name.ends_with(NAME) => {}
            Some((_, value)) => {
                now.push((name.clone(), value.clone()));
                before.push((name, wanted));
            }
        }
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    if before.is_empty() {
        return Ok(());
    }
    Err(Error::Stale { expected: object(&before)?, present: object(&now)?, changed: None })
}

fn object(pairs: &[(String, Box<RawValue>)]) -> Result<Box<RawValue>> {
    let mut members = Vec::new();
    for (name, value) in pairs {
        members.push(format!("{}:{}", Value::from(name.as_str()), value.get()));
    }
    RawValue::from_string(format!("{{{}}}", members.join(","))).map_err(Error::internal)
}

/// Whether two JSON texts mean the same: 1.2 is 1.20000.
fn is_same(left: &str, right: &str) -> bool {
    if let (Ok(left), Ok(right)) = (Money::from_json(left), Money::from_json(right)) {
        return left == right;
    }
    let value = |text: &str| serde_json::from_str::<Value>(text).ok();
    left == right || value(left).is_some_and(|left| Some(left) == value(right))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(expected: &str) -> Result<()> {
        let expected = RawValue::from_string(expected.to_owned()).expect("it is JSON");
        compare(
            &expected,
            r#"{"amount":1.20000,"reason":"a\"b","seconds":0.125,"handled":null,"llmid_text":"x"}"#,
        )
    }

    #[test]
    fn what_means_the_same_is_the_same() {
        for expected in [
            "{}",
            r#"{"amount": 1.2}"#,
            r#"{"amount": 12e-1, "reason": "a\u0022b", "seconds": 0.125, "handled": null}"#,
            r#"{"llmid_text": "another name"}"#,
        ] {
            assert!(compared(expected).is_ok(), "{expected}");
        }
    }

    #[test]
    fn what_differs_is_shown_both_ways_and_what_is_unknown_is_named() {
        match compared(r#"{"amount": 1.3, "reason": "a\"b", "handled": "1"}"#) {
            Err(Error::Stale { expected, present, .. }) => {
                assert_eq!(expected.get(), r#"{"amount":1.3,"handled":"1"}"#);
                assert_eq!(present.get(), r#"{"amount":1.20000,"handled":null}"#);
            }
            other => panic!("{other:?}"),
        }
        match compared(r#"{"amonut": 1.3}"#) {
            Err(Error::Invalid(errors)) => assert!(errors.contains_key("expect.amonut")),
            other => panic!("{other:?}"),
        }
    }
}
