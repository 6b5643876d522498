//! What is read out of an answer to the question for a price, pure. What is not understood to the letter tells nothing.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Price, Told};
use crate::base::money::{Money, MoneyError};
use crate::base::outbound::{Answer, Cut};
use crate::base::secrets::told_line;

/// The members that count; others are passed over.
#[derive(Deserialize)]
struct Said<'a> {
    #[serde(borrow)]
    amount: Option<&'a RawValue>,
    #[serde(borrow)]
    cost: Option<&'a RawValue>,
    reason: Option<String>,
}

/// What an exchange tells of the price; `seconds` is how long it may take.
pub(super) fn read(answer: &Answer, seconds: u64) -> Told {
    let untold = |key, about: Option<String>| Told::Untold(key, about);
    let late = || untold("test-price-late", Some(format!("{seconds} s")));
    match answer {
        Answer::Came { status, .. } if !(200..300).contains(status) => {
            untold("test-price-status", Some(format!("HTTP {status}")))
        }
        Answer::Came { body, cut: None, .. } => said(body),
        Answer::Came { cut: Some(Cut::TooLong), .. } => untold("test-price-huge", None),
        Answer::Came { cut: Some(Cut::Late), .. } | Answer::Silent => late(),
        Answer::Came { cut: Some(Cut::Broken), .. } => untold("test-price-broken", None),
        Answer::Private(address) => untold("test-price-private", Some(address.to_string())),
        Answer::Error(why) => untold("test-price-away", Some(told_line(why))),
    }
}

/// What the text of an answer says.
fn said(body: &[u8]) -> Told {
    // A list would be read as the members in their order.
    let is_object = body.trim_ascii_start().starts_with(b"{");
    let Some(said) = serde_json::from_slice::<Said<'_>>(body).ok().filter(|_| is_object) else {
        return Told::Untold("test-price-no-json", None);
    };
    let reason = said.reason.as_deref().map(told_line).filter(|reason| !reason.is_empty());
    match (reason, said.amount, said.cost) {
        (Some(reason), None, None) => Told::Refused(reason),
        (None, Some(amount), Some(cost)) => priced(amount, cost),
        (Some(_), _, _) => Told::Untold("test-price-both", None),
        (None, _, _) => Told::Untold("test-price-neither", None),
    }
}

fn priced(amount: &RawValue, cost: &RawValue) -> Told {
    let read = |name: &str, value: &RawValue| {
        let text = value.get();
        let about = || Some(format!("{name} {}", told_line(text)));
        match money(text) {
            Ok(money) if money < Money::ZERO => Err(Told::Untold("test-price-negative", about())),
            Ok(money) => Ok(money),
            Err(_) => Err(Told::Untold("test-price-no-amount", about())),
        }
    };
    match (read("amount", amount), read("cost", cost)) {
        (Ok(amount), Ok(cost)) => Told::Priced(Price { amount, cost }),
        (Err(untold), _) | (_, Err(untold)) => untold,
    }
}

/// A number, or a decimal in quotes, as some programs write exact ones.
fn money(text: &str) -> Result<Money, MoneyError> {
    match serde_json::from_str::<String>(text) {
        Ok(decimal) => Money::parse_signed(&decimal),
        Err(_) => Money::from_json(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(told: &Told) -> &'static str {
        match told {
            Told::Untold(key, _) => key,
            other => panic!("{other:?}"),
        }
    }

    fn came(body: &str) -> Told {
        read(&Answer::Came { status: 200, body: body.as_bytes().to_vec(), cut: None }, 3)
    }

    #[test]
    fn a_price_is_read_to_the_digit() {
        let price = |amount, cost| {
            Told::Priced(Price { amount: Money::from_units(amount), cost: Money::from_units(cost) })
        };
        for (body, told) in [
            (r#"{"amount": 1.2, "cost": 0.9}"#, price(120_000, 90_000)),
            (r#"{"amount": 1e-05, "cost": 0, "currency": "CNY"}"#, price(1, 0)),
            (r#"{"amount": "2228.37462", "cost": "0.00001", "reason": null}"#, price(222_837_462, 1)),
            (r#"{"amount": 0.30000000000000004, "cost": 0.1}"#, price(30_000, 10_000)),
            (r#"{"reason": " no  price\nfor m1 "}"#, Told::Refused("no price for m1".to_owned())),
        ] {
            assert_eq!(came(body), told, "{body}");
        }
    }

    #[test]
    fn what_is_not_understood_tells_nothing() {
        for (body, wanted) in [
            ("", "test-price-no-json"),
            ("<html>", "test-price-no-json"),
            ("[1.2, 0.9]", "test-price-no-json"),
            (" [1.2, 0.9, null]", "test-price-no-json"),
            ("{\"amount\": 1.2, \"cost\": 0.9", "test-price-no-json"),
            (r#"{"amount": 1.2, "amount": 1.3, "cost": 0.9}"#, "test-price-no-json"),
            (r#"{"amount": 1.2, "cost": 0.9, "reason": 7}"#, "test-price-no-json"),
            ("{}", "test-price-neither"),
            (r#"{"amount": 1.2}"#, "test-price-neither"),
            (r#"{"amount": null, "cost": null, "reason": ""}"#, "test-price-neither"),
            (r#"{"amount": 1.2, "cost": 0.9, "reason": "no price"}"#, "test-price-both"),
            (r#"{"amount": -1.2, "cost": 0.9}"#, "test-price-negative"),
            (r#"{"amount": 1.2, "cost": "-0.00001"}"#, "test-price-negative"),
            (r#"{"amount": 1e99, "cost": 0.9}"#, "test-price-no-amount"),
            (r#"{"amount": 0.123456, "cost": 0.9}"#, "test-price-no-amount"),
            (r#"{"amount": "1,2", "cost": 0.9}"#, "test-price-no-amount"),
            (r#"{"amount": true, "cost": 0.9}"#, "test-price-no-amount"),
            (r#"{"amount": [1.2], "cost": 0.9}"#, "test-price-no-amount"),
        ] {
            assert_eq!(key(&came(body)), wanted, "{body}");
        }
        for (answer, wanted) in [
            (Answer::Silent, "test-price-late"),
            (Answer::Came { status: 503, body: b"{}".to_vec(), cut: None }, "test-price-status"),
            (Answer::Came { status: 302, body: Vec::new(), cut: None }, "test-price-status"),
            (Answer::Came { status: 200, body: Vec::new(), cut: Some(Cut::TooLong) }, "test-price-huge"),
            (Answer::Came { status: 200, body: Vec::new(), cut: Some(Cut::Late) }, "test-price-late"),
            (Answer::Came { status: 200, body: Vec::new(), cut: Some(Cut::Broken) }, "test-price-broken"),
            (Answer::Private([10, 0, 0, 1].into()), "test-price-private"),
            (Answer::Error("io: Connection refused".to_owned()), "test-price-away"),
        ] {
            assert_eq!(key(&read(&answer, 3)), wanted, "{answer:?}");
        }
    }
}
