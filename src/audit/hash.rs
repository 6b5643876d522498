//! The hash of an event: over the event, the hash before it, and the place where the chain began.

use sha2::{Digest, Sha256};

use super::key;
use super::store::Event;
use crate::base::clock::TIME_FORMAT;
use crate::error::{Error, Result};

/// How a hash was made, from the weakest to the strongest. It is told by what the hash begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Seal {
    /// By earlier versions: without the place where the chain began.
    Early,
    /// Without a key: whoever can write the table can make it.
    Plain,
    /// With the key of the settings.
    Keyed,
}

const PLAIN: &str = "p1";
const KEYED: &str = "k1";

/// A hash is as long as its column, with what it begins with: 248 bits.
const DIGITS: usize = 62;

impl Seal {
    pub(super) fn of(hash: &str) -> Seal {
        match hash.get(..2) {
            Some(PLAIN) => Seal::Plain,
            Some(KEYED) => Seal::Keyed,
            _ => Seal::Early,
        }
    }

    /// The one of events that are recorded now.
    pub(super) fn present() -> Seal {
        if key::is_given() { Seal::Keyed } else { Seal::Plain }
    }
}

/// The hash of an event that follows the one with the hash `before`.
///
/// # Errors
/// [`Error::Unavailable`] where it takes the key, and there is none.
pub(super) fn of(seal: Seal, began_after: i64, before: &str, event: &Event) -> Result<String> {
    let began = began_after.to_string();
    match seal {
        Seal::Early => Ok(digits(&Sha256::digest(bytes(&[Some(before)], event)))),
        Seal::Plain => {
            let code = Sha256::digest(bytes(&[Some(PLAIN), Some(&began), Some(before)], event));
            Ok(format!("{PLAIN}{}", &digits(&code)[..DIGITS]))
        }
        Seal::Keyed => {
            let code = key::code(&bytes(&[Some(KEYED), Some(&began), Some(before)], event));
            let code = code.ok_or_else(key_missing)?;
            Ok(format!("{KEYED}{}", &digits(&code)[..DIGITS]))
        }
    }
}

/// What is said where the key is needed.
pub(super) fn key_missing() -> Error {
    Error::Unavailable(
        "LLMAGE_AUDIT_KEY: the audit trail is keyed; give the key with which it was written".to_owned(),
    )
}

/// The parts of an event, each with its length, so that no two events have the same bytes.
fn bytes(start: &[Option<&str>], event: &Event) -> Vec<u8> {
    let happened = event.happened_at.format(TIME_FORMAT).to_string();
    let id = event.id.to_string();
    let parts = [
        Some(id.as_str()),
        Some(&happened),
        Some(&event.author),
        Some(&event.source),
        Some(&event.action),
        Some(&event.record_kind),
        Some(&event.record_id),
        event.before_state.as_deref(),
        event.after_state.as_deref(),
        event.request_id.as_deref(),
    ];
    let mut bytes = Vec::new();
    for part in start.iter().copied().chain(parts) {
        match part {
            Some(text) => bytes.extend(format!("{}:{text}", text.len()).into_bytes()),
            None => bytes.push(b'-'),
        }
    }
    bytes
}

/// In hexadecimal digits.
pub(super) fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> Event {
        Event {
            id: 7,
            happened_at: chrono::NaiveDate::from_ymd_opt(2026, 5, 22)
                .and_then(|day| day.and_hms_opt(12, 0, 0))
                .expect("a time"),
            author: "li.wei".to_owned(),
            source: "page".to_owned(),
            action: "edit".to_owned(),
            record_kind: "usage".to_owned(),
            record_id: "u1".to_owned(),
            before_state: Some("{}".to_owned()),
            after_state: None,
            request_id: None,
            hash: None,
        }
    }

    #[test]
    fn a_hash_tells_how_it_was_made_and_fits_its_column() {
        let hash = |seal| of(seal, 3, "before", &event()).expect("a hash");
        for seal in [Seal::Early, Seal::Plain] {
            assert_eq!(Seal::of(&hash(seal)), seal);
            assert_eq!(hash(seal).len(), 64);
        }
        assert!(matches!(of(Seal::Keyed, 3, "before", &event()), Err(Error::Unavailable(_))), "no key");
    }

    #[test]
    fn another_beginning_is_another_hash() {
        let at = |began_after| of(Seal::Plain, began_after, "before", &event()).expect("a hash");
        assert_ne!(at(3), at(4));
    }

    #[test]
    fn hashes_of_earlier_versions_are_still_what_they_were() {
        // printf '6:before1:719:...' as earlier versions wrote it.
        let text = "6:before1:723:2026-05-22 12:00:00.0006:li.wei4:page4:edit5:usage2:u12:{}--";
        let expected = digits(&Sha256::digest(text));
        assert_eq!(of(Seal::Early, 0, "before", &event()).expect("a hash"), expected);
    }
}
