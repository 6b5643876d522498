//! The cause that a reason tells: its key, its title, its family.
//!
//! The key is a hash of the template alone, so that a cause keeps it, and what people wrote about it, for as long
//! as its template stays the same.

use sha2::{Digest, Sha256};

use super::family::{self, Family};
use super::template::{self, HIDDEN};

/// The key of failures without any reason.
pub const NO_REASON: &str = "no-reason";

/// Where a failure waits to be given its cause.
pub const UNSORTED: &str = "unsorted";

/// The most characters of a title.
pub const TITLE: usize = 120;

/// The most characters of a template that are kept to be read; its key is of all of it.
const MAX_TEMPLATE: usize = 4_000;

/// A cause, as a reason tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// At most 32 characters: `c` and hexadecimal digits, or [`NO_REASON`].
    pub key: String,
    /// At most [`TITLE`] characters, on one line; empty for [`NO_REASON`].
    pub title: String,
    pub family: Family,
    pub template: String,
}

impl Cause {
    /// The cause of a failure with that reason. None, or only blanks, is a cause of its own.
    pub fn of(reason: Option<&str>) -> Cause {
        let template = template::template(reason.unwrap_or_default());
        if template.is_empty() {
            return Cause {
                key: NO_REASON.to_owned(),
                title: String::new(),
                family: Family::Other,
                template,
            };
        }
        let title = title(&template);
        let kept = template.char_indices().nth(MAX_TEMPLATE).map_or(template.len(), |(end, _)| end);
        Cause {
            key: key(&template),
            title,
            family: family::of(&template),
            template: template.get(..kept).unwrap_or_default().to_owned(),
        }
    }
}

fn key(template: &str) -> String {
    let hash = Sha256::digest(template.as_bytes());
    let digits: String = hash.iter().take(11).map(|byte| format!("{byte:02x}")).collect();
    format!("c{digits}")
}

/// The line of a template that says most, cut at a word.
fn title(template: &str) -> String {
    let lines = || template.lines().map(str::trim).filter(|line| !line.is_empty());
    let is_traceback = template.starts_with("Traceback ");
    let line = if is_traceback { lines().next_back() } else { lines().next() }.unwrap_or_default();
    let line = mysql(line).or_else(|| page(line)).unwrap_or_else(|| line.to_owned());
    if line.chars().count() <= TITLE {
        return line;
    }
    let cut: String = line.chars().take(TITLE - 1).collect();
    let end = cut.rfind(' ').filter(|end| *end > cut.len() / 2).unwrap_or(cut.len());
    format!("{}{HIDDEN}", cut.get(..end).unwrap_or(&cut).trim_end())
}

/// A page is called by its title.
fn page(line: &str) -> Option<String> {
    let title = line.strip_prefix("<html><title>")?.strip_suffix("</title></html>")?;
    (!title.is_empty()).then(|| title.to_owned())
}

/// `(1213, 'Deadlock …')` reads better as `MySQL 1213: Deadlock …`.
fn mysql(line: &str) -> Option<String> {
    let (number, text) = line.strip_prefix('(')?.strip_suffix(')')?.split_once(", ")?;
    let quote = text.chars().next().filter(|quote| ['\'', '"'].contains(quote))?;
    let text = text.strip_prefix(quote)?.strip_suffix(quote)?;
    let is_number = number.len() == 4
        && number.starts_with(['1', '2', '3'])
        && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| format!("MySQL {number}: {text}").trim_end_matches([':', ' ']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_one_short_line() {
        let of = |reason: &str| Cause::of(Some(reason)).title;
        assert_eq!(of("(1213, 'Deadlock found')"), "MySQL 1213: Deadlock found");
        assert_eq!(
            of("Traceback (most recent call last):\n  File \"/a.py\", line 3, in f\nKeyError: 'size'\n"),
            "KeyError: 'size'"
        );
        let long = of(&"many words of no use ".repeat(100));
        assert!(long.chars().count() <= TITLE && long.ends_with('…'), "{long}");
        assert!(of(&"字".repeat(500)).chars().count() <= TITLE);
    }

    #[test]
    fn no_reason_and_a_blank_one_are_one_cause() {
        for reason in [None, Some(""), Some(" \n\t")] {
            assert_eq!(Cause::of(reason).key, NO_REASON);
        }
    }

    #[test]
    fn a_key_is_short_and_stays() {
        let cause = Cause::of(Some("usages is None"));
        assert_eq!(cause.key.len(), 23);
        assert_eq!(cause, Cause::of(Some(&cause.template)));
    }
}
