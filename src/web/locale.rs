//! The two languages: choosing one, and the catalogue of all texts.

use std::borrow::Cow;
use std::collections::HashMap;

use fluent_langneg::{NegotiationStrategy, negotiate_languages, parse_accepted_languages};
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::static_loader;

use super::author;
use crate::base::form::{FieldErrors, Message};
pub use crate::base::language::Language;
use crate::base::money::MoneySum;

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

/// The arguments that are money or another figure, which texts for people show in the form of their language.
const MONEY: [&str; 4] = ["amount", "cost", "reading", "threshold"];

/// The argument that is a count of thousands, and chooses nothing.
const MANY: &str = "many";

/// The text of an argument as people read it.
pub(super) fn shown<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    if MONEY.contains(&name) || name == MANY { money(value).into() } else { value.into() }
}

/// A message in words; a key that is missing shows itself, and a test finds it.
pub fn words(language: Language, message: &Message) -> String {
    let arguments = message.arguments.iter().map(|(name, value)| {
        let number = value.parse::<i64>().ok().filter(|_| COUNTS.contains(name));
        let text = || match *name {
            "author" => author::in_words(language, value),
            _ => shown(name, value).into_owned(),
        };
        let value = number.map_or_else(|| text().into(), FluentValue::from);
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
    grouped(&number.to_string())
}

/// The whole of the most that a cell is counted as, [`crate::base::money::Money::MAX_COLUMN`].
const MOST: &str = "90000000000000";

/// Plain money, such as `1234.50000`, with the thousands separators of the languages; what is none stays as it is.
pub fn money(plain: &str) -> String {
    let (whole, fraction) = plain.split_once('.').map_or((plain, None), |(whole, rest)| (whole, Some(rest)));
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    let is_plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    match fraction {
        _ if !is_plain => plain.to_owned(),
        // The cell holds more, or just that: nobody counts further.
        Some("00000") if digits == MOST => {
            format!("{} {}.00000", if whole.starts_with('-') { '≤' } else { '≥' }, grouped(whole))
        }
        Some(fraction) => format!("{}.{fraction}", grouped(whole)),
        None => grouped(whole),
    }
}

/// A difference of money, with its sign and the thousands separators.
pub fn signed(difference: MoneySum) -> String {
    let sign = if difference.units() > 0 { "+" } else { "" };
    format!("{sign}{}", money(&difference.to_string()))
}

/// Digits, after a minus or not, in threes.
fn grouped(whole: &str) -> String {
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut grouped = String::from(sign);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
