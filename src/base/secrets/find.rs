//! Where secrets stand in a text: one search for all that can begin one, then a closer look at each place.
//!
//! Most texts hold none of what is searched for, and cost that search alone.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, MatchKind};

use super::{address, header, names, pem, personal, prefix, shape, shortened, told, wide};

/// The most bytes that one secret is followed through.
pub(super) const LONGEST: usize = 20_000;

/// What a place in a text can be the beginning of.
#[derive(Debug, Clone, Copy)]
enum Sign {
    Prefix(usize),
    Name(usize),
    Scheme,
    Address,
    PathWithKey,
    PathBeforeKey,
    Host,
    PrivateKey,
    Stars,
    Shape,
}

struct Signs {
    search: AhoCorasick,
    kinds: Vec<Sign>,
}

// A test builds it; without it nothing could be found, and masking hides everything instead.
static SIGNS: LazyLock<Option<Signs>> = LazyLock::new(|| {
    let prefixes = prefix::all().iter().enumerate().map(|(at, one)| (one.begin, Sign::Prefix(at)));
    let names = names::all().iter().enumerate().map(|(at, one)| (one.name, Sign::Name(at)));
    let schemes = header::SCHEMES.iter().map(|scheme| (*scheme, Sign::Scheme));
    let addresses = address::SIGNS.iter().map(|sign| (*sign, Sign::Address));
    let paths = address::PATHS.iter().map(|path| (*path, Sign::PathWithKey));
    let before_keys = address::PATHS_BEFORE_KEYS.iter().map(|path| (*path, Sign::PathBeforeKey));
    let stars = shortened::SIGNS.iter().map(|sign| (*sign, Sign::Stars));
    let shapes = shape::SIGNS.iter().map(|sign| (*sign, Sign::Shape));
    let all = prefixes
        .chain(names)
        .chain(schemes)
        .chain(addresses)
        .chain(paths)
        .chain(before_keys)
        .chain([(address::HOST, Sign::Host)])
        .chain([(pem::BEGIN, Sign::PrivateKey)])
        .chain(stars)
        .chain(shapes);
    let (texts, kinds): (Vec<&str>, Vec<Sign>) = all.unzip();
    let search = AhoCorasickBuilder::new()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .kind(Some(AhoCorasickKind::DFA))
        .build(texts)
        .ok()?;
    Some(Signs { search, kinds })
});

/// The parts of the text that are to be hidden, in their order and apart from each other. None: nothing can be found.
pub(super) fn secrets(text: &str) -> Option<Vec<Range<usize>>> {
    let mut found = as_written(text)?;
    if let Some((plain, places)) = wide::folded(text) {
        found.extend(as_written(&plain)?.iter().map(|part| wide::placed(part, &places)));
        found = merged(found);
    }
    Some(found)
}

fn as_written(text: &str) -> Option<Vec<Range<usize>>> {
    let signs = SIGNS.as_ref()?;
    let mut found = shape::dotted_keys(text);
    let mut told = Vec::new();
    for sign in signs.search.find_overlapping_iter(text) {
        let (from, to) = (sign.start(), sign.end());
        let Some(kind) = signs.kinds.get(sign.pattern().as_usize()) else { continue };
        let is_hidden = found.last().is_some_and(|last: &Range<usize>| last.start <= from && to <= last.end);
        if is_hidden {
            continue;
        }
        match kind {
            Sign::Prefix(at) => {
                if let Some(key) = prefix::key(text, from, *at) {
                    // Of two beginnings at one place the longer one tells more.
                    found.retain(|other| {
                        other.end != key.end || other.start < from || other.start > key.start
                    });
                    found.push(key);
                }
            }
            Sign::Name(at) => match names::value(text, from, to, *at) {
                Some(value) => found.push(value),
                None => told.extend(told::told(text, to, *at)),
            },
            Sign::Scheme => found.extend(header::value(text, from, to)),
            Sign::Address => found.extend(address::password(text, from, to)),
            Sign::PathWithKey => found.extend(address::key_in_path(text, to)),
            Sign::PathBeforeKey => found.extend(address::drawn_in_path(text, to)),
            Sign::Host => found.extend(address::password_before(text, from)),
            Sign::PrivateKey => found.extend(pem::block(text, from)),
            Sign::Stars => found.extend(shortened::key(text, from, to)),
            Sign::Shape => found.extend(shape::key(text, from, to)),
        }
    }
    // What a key begins with tells more than the words before it, and stays.
    told.retain(|part| !found.iter().any(|other| other.start < part.end && part.start < other.end));
    found.append(&mut told);
    if personal::is_personal_masked() {
        found.extend(personal::all(text));
    }
    Some(merged(found))
}

fn merged(mut found: Vec<Range<usize>>) -> Vec<Range<usize>> {
    found.retain(|part| !part.is_empty());
    found.sort_by_key(|part| (part.start, part.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(found.len());
    for part in found {
        match merged.last_mut() {
            Some(last) if part.start <= last.end => last.end = last.end.max(part.end),
            _ => merged.push(part),
        }
    }
    merged
}

/// Whether something may begin at that place: behind anything but a letter or a digit of English, and behind a line
/// break, a letter or a sign that was written with a backslash or in percent.
pub(super) fn is_boundary(text: &str, at: usize) -> bool {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    let Some(last) = before.last().filter(|last| last.is_ascii_alphanumeric()) else { return true };
    let end = |length: usize| before.len().checked_sub(length).and_then(|from| before.get(from..));
    let is_hex = |digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit);
    let is_escape = b"nrtbf".contains(last) && end(2).is_some_and(|end| end.first() == Some(&b'\\'));
    let is_unicode = end(6).is_some_and(|end| end.starts_with(b"\\u") && end.get(2..).is_some_and(is_hex));
    let is_percent = end(3).is_some_and(|end| end.first() == Some(&b'%') && end.get(1..).is_some_and(is_hex));
    let is_hex_escape = end(4).is_some_and(|end| end.starts_with(b"\\x") && end.get(2..).is_some_and(is_hex));
    is_escape || is_unicode || is_percent || is_hex_escape
}

/// What stands before that place, at most so many bytes of it.
pub(super) fn just_before(text: &str, at: usize, length: usize) -> &str {
    let mut begin = at.saturating_sub(length);
    while !text.is_char_boundary(begin) {
        begin += 1;
    }
    text.get(begin..at).unwrap_or_default()
}

/// The rest of a text, cut after so many bytes.
pub(super) fn near(text: &str, at: usize, length: usize) -> &str {
    let mut end = text.len().min(at.saturating_add(length));
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(at..end).unwrap_or_default()
}
