//! The two languages: choosing one, and the catalogue of all texts.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_langneg::{NegotiationStrategy, negotiate_languages, parse_accepted_languages};
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::static_loader;

use crate::base::form::{FieldErrors, Message};
pub use crate::base::language::Language;

static_loader! {
    static CATALOGUE = {
        locales: "./locales",
        fallback_language: "en",
        // Marks around inserted values would end up in copied ids and amounts.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

impl Language {
    /// The best one for an `Accept-Language` header; English when none fits.
    pub fn negotiate(header: &str) -> Language {
        let available: Vec<fluent_langneg::LanguageIdentifier> =
            Language::ALL.iter().filter_map(|language| language.tag().parse().ok()).collect();
        let wanted = parse_accepted_languages(&by_preference(header));
        let chosen = negotiate_languages(&wanted, &available, None, NegotiationStrategy::Filtering);
        chosen.first().and_then(|found| Language::of_tag(&found.to_string())).unwrap_or(Language::English)
    }
}

/// The languages of an `Accept-Language` header, the most wanted first; those of equal weight as they stand.
fn by_preference(header: &str) -> String {
    let mut wanted: Vec<(f32, &str)> =
        header.split(',').map(weighed).filter(|(weight, _)| *weight > 0.0).collect();
    wanted.sort_by(|one, other| other.0.total_cmp(&one.0));
    wanted.into_iter().map(|(_, language)| language).collect::<Vec<_>>().join(",")
}

/// `zh;q=0.1`: a language with its weight; without one it is wanted most.
fn weighed(item: &str) -> (f32, &str) {
    let (language, parameters) = item.split_once(';').unwrap_or((item, ""));
    let weight = parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("q="));
    (weight.map_or(1.0, |weight| weight.trim().parse().unwrap_or(0.0)), language.trim())
}

/// Arguments of a text.
pub type Arguments = HashMap<Cow<'static, str>, FluentValue<'static>>;

/// Looks keys without arguments up, for those who do not know the web.
pub fn word(language: Language) -> impl Fn(&str) -> Option<String> {
    move |key| lookup(language, key, &Arguments::default())
}

/// The text of that key, or none if the catalogue of this language lacks it.
pub fn lookup(language: Language, key: &str, arguments: &Arguments) -> Option<String> {
    let tag = language.tag().parse().ok()?;
    CATALOGUE.lookup_single_language(&tag, key, Some(arguments)).ok()
}

/// The arguments that are counts and choose singular or plural; an id such as `007` is none.
const COUNTS: [&str; 5] = ["number", "limit", "seconds", "least", "most"];

/// A message in words; a key that is missing shows itself, and a test finds it.
pub fn words(language: Language, message: &Message) -> String {
    let arguments = message.arguments.iter().map(|(name, value)| {
        let number = value.parse::<i64>().ok().filter(|_| COUNTS.contains(name));
        let value = number.map_or_else(|| FluentValue::from(value.clone()), FluentValue::from);
        (Cow::from(*name), value)
    });
    lookup(language, message.key, &arguments.collect()).unwrap_or_else(|| message.key.to_owned())
}

/// The text of a key without arguments.
pub fn text(language: Language, key: &'static str) -> String {
    words(language, &Message::new(key))
}

/// The messages of a form, by field, in words.
pub fn errors_in_words(
    language: Language,
    errors: &FieldErrors,
) -> std::collections::BTreeMap<String, String> {
    errors.iter().map(|(field, message)| (field.clone(), words(language, message))).collect()
}

/// A count with the thousands separators of the languages (both use commas).
pub fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if number < 0 { format!("-{grouped}") } else { grouped }
}
