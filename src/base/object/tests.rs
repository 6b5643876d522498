//! What an object may hold, and all that is told about one that may not.

use super::*;

const MEMBERS: [Member; 7] = [
    Member::new("id", Kind::Line(32)).required(),
    Member::new("amount", Kind::Money),
    Member::new("use_date", Kind::Date),
    Member::new("seconds", Kind::Seconds),
    Member::new("state", Kind::OneOf(&["0", "1"])).filled(),
    Member::new("confirm", Kind::Flag),
    Member::new("expect", Kind::Record(&["amount"])),
];

fn keys(body: &str) -> Vec<(String, &'static str)> {
    let object = Object::read(body.as_bytes(), &MEMBERS).expect("it is JSON");
    object.errors.into_iter().map(|(name, message)| (name, message.key)).collect()
}

#[test]
fn members_become_the_fields_of_a_form_and_numbers_keep_their_digits() {
    let body = r#"{"id": "a\"/é 😀", "amount": 1.5e1, "use_date": null, "seconds": 0.25, "state": "1", "confirm": true,
        "expect": {"amount": 1.20000}}"#;
    let object = Object::read(body.as_bytes(), &MEMBERS).expect("it is JSON");
    assert!(object.errors.is_empty(), "{:?}", object.errors);
    for (name, value) in [
        ("id", "a\"/é 😀"),
        ("amount", "15.00000"),
        ("use_date", ""),
        ("seconds", "0.25"),
        ("state", "1"),
        ("confirm", "1"),
    ] {
        assert_eq!(object.fields.raw(name), Some(value), "{name}");
    }
    assert_eq!(object.record("expect").map(RawValue::get), Some(r#"{"amount": 1.20000}"#));
}

#[test]
fn all_that_is_wrong_is_told() {
    let body = r#"{"id": 7, "amount": "1.2", "use_date": "2026-02-30", "seconds": [], "state": "", "confirm": 1,
        "expect": [1], "x": 1, "x": 2}"#;
    let expected = [
        ("amount", "error-json-number"),
        ("confirm", "error-json-truth"),
        ("expect", "error-json-object"),
        ("id", "error-json-text"),
        ("seconds", "error-json-number"),
        ("state", "error-json-choice"),
        ("use_date", "error-date"),
        ("x", "error-json-twice"),
    ];
    assert_eq!(keys(body), expected.map(|(name, key)| (name.to_owned(), key)));
    assert_eq!(keys(r#"{"id": null}"#), [("id".to_owned(), "error-required")]);
    assert_eq!(keys(r#"{"id": "\ud800"}"#), [("id".to_owned(), "error-json-text")]);
}

#[test]
fn what_is_no_json_is_broken_and_what_is_no_object_is_refused() {
    let deep = format!("{{\"id\": {}", "[".repeat(200_000));
    for body in ["{", "{\"id\": }", "nul", "{\"id\": 1,}", "\u{feff}{}", &deep, "{} {}", "{'id': 1}"] {
        assert!(matches!(Object::read(body.as_bytes(), &MEMBERS), Err(Error::Malformed(_))), "{body:.40}");
    }
    assert!(matches!(Object::read(b"{\"id\": \"\xff\"}", &MEMBERS), Err(Error::Malformed(_))));
    for body in ["[]", "null", "1", "\"{\"", " [{}]"] {
        assert!(matches!(Object::read(body.as_bytes(), &MEMBERS), Err(Error::Invalid(_))), "{body}");
    }
    assert!(keys("").is_empty() && keys(" {} ").is_empty());
    let deep = format!("{{\"expect\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(keys(&deep), [("expect".to_owned(), "error-json-object")]);
}
