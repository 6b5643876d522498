//! A form sealed for the person who typed it: nobody else can read, change or open it.

use std::fmt;

use actix_web::cookie::{Cookie, CookieJar, Key};
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha512};

use crate::error::{Error, Result};

/// What a sealed form is bound to beside its key: another kind of text would not open in its place.
const NAME: &str = "typed";

/// A form that came without a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    pub(super) user: String,
    pub(super) until: NaiveDateTime,
    /// Where the form is sent.
    pub(super) path: String,
    pub(super) fields: Vec<(String, String)>,
}

/// What seals forms: nobody can read or change one, and it opens for its user alone.
#[derive(Clone)]
pub struct Seal(Key);

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal")
    }
}

impl Seal {
    /// The seal of an app with that secret; another one than that of its cookies.
    pub fn new(secret: &str) -> Seal {
        Seal(Key::from(&Sha512::digest(format!("typed forms {secret}"))))
    }

    pub(super) fn close(&self, kept: &Kept) -> Result<String> {
        let text = serde_json::to_string(kept).map_err(Error::internal)?;
        let mut jar = CookieJar::new();
        jar.private_mut(&self.0).add(Cookie::new(NAME, text));
        Ok(jar.get(NAME).map(|sealed| sealed.value().to_owned()).unwrap_or_default())
    }

    /// Opens what was sealed for that user, unless it is too old.
    pub fn open(&self, sealed: &str, user: &str, now: NaiveDateTime) -> Option<Kept> {
        let mut jar = CookieJar::new();
        jar.add_original(Cookie::new(NAME, sealed.to_owned()));
        let text = jar.private(&self.0).get(NAME)?;
        let kept: Kept = serde_json::from_str(text.value()).ok()?;
        (kept.user == user && now < kept.until).then_some(kept)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_sealed_form_opens_for_its_user_and_for_its_time_alone() {
        let now = chrono::NaiveDate::from_ymd_opt(2026, 5, 22).and_then(|day| day.and_hms_opt(9, 0, 0));
        let now = now.expect("a time");
        let fields = vec![("handled_note".to_owned(), "请核对 ; \"a=b\"\nline".to_owned())];
        let kept = Kept { user: "li.wei".to_owned(), until: now, path: "/x?y=z".to_owned(), fields };
        let seal = Seal::new("a secret");
        let sealed = seal.close(&kept).expect("it is sealed");
        let before = now - TimeDelta::seconds(1);
        assert_eq!(seal.open(&sealed, "li.wei", before), Some(kept));
        assert_eq!(seal.open(&sealed, "sofia", before), None);
        assert_eq!(seal.open(&sealed, "li.wei", now), None, "its time is over");
        assert_eq!(Seal::new("another").open(&sealed, "li.wei", before), None);
        for place in [0, sealed.len() / 2, sealed.len() - 5] {
            let mut changed = sealed.clone();
            let other = if changed[place..].starts_with('A') { "B" } else { "A" };
            changed.replace_range(place..=place, other);
            assert_eq!(seal.open(&changed, "li.wei", before), None, "it was changed at {place}");
        }
        assert!(!sealed.contains("核对"));
    }
}
