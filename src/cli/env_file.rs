//! `--env-file`: settings from a file that systemd reads as well, so that a command beside a service has the service's.
//!
//! A flag counts more than the environment, and that more than the file. The file is read as systemd reads it: comments
//! begin with `#` or `;`, values may be quoted, a backslash takes the next sign as it is. What systemd passes over with a
//! warning is refused: a command that misses a setting would work on another database than the service.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::Arg;

use crate::error::{Error, Result};

/// What the environment and the file set.
#[derive(Debug, Default)]
pub(super) struct Settings {
    file: BTreeMap<String, String>,
    path: PathBuf,
}

impl Settings {
    /// Those of the file that this command line names.
    ///
    /// # Errors
    /// [`Error::Unavailable`] with one line, where the file cannot be read.
    pub(super) fn of_command_line() -> Result<Settings> {
        let Some(path) = path_among(std::env::args_os().skip(1)) else { return Ok(Settings::default()) };
        let path = PathBuf::from(path);
        let refuse = |why: String| Error::Unavailable(format!("--env-file {}: {why}", path.display()));
        let text = std::fs::read_to_string(&path).map_err(|error| refuse(error.to_string()))?;
        Ok(Settings { file: parse(&text).map_err(refuse)?, path: path.clone() })
    }

    /// A setting that is no flag; what is set to nothing, as compose files do, is not set.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.find(name).map(|(value, _)| value)
    }

    /// As [`Settings::get`], with where it is from, in words.
    pub(super) fn find(&self, name: &str) -> Option<(String, String)> {
        if let Some(value) = std::env::var(name).ok().filter(|value| !value.is_empty()) {
            return Some((value, format!("environment: {name}")));
        }
        let value = self.file.get(name).filter(|value| !value.is_empty())?;
        Some((value.clone(), format!("{}: {name}", self.path.display())))
    }

    /// Gives an argument the value of its variable.
    pub(super) fn apply(&self, arg: Arg) -> Arg {
        let Some(name) = arg.get_env().map(|name| name.to_string_lossy().into_owned()) else { return arg };
        let in_environment = std::env::var_os(&name);
        if in_environment.as_ref().is_some_and(|value| !value.is_empty()) {
            return arg;
        }
        match self.file.get(&name).filter(|value| !value.is_empty()) {
            // Once in the life of the process; clap wants texts that stay. It must not print passwords.
            Some(value) => arg.env(None).default_value(&*value.clone().leak()).hide_default_value(true),
            None if in_environment.is_some() => arg.env(None),
            None => arg,
        }
    }
}

fn path_among(arguments: impl Iterator<Item = OsString>) -> Option<OsString> {
    let mut arguments = arguments.take_while(|argument| argument != "--");
    while let Some(argument) = arguments.next() {
        if argument == "--env-file" {
            return arguments.next();
        }
        if let Some(path) = argument.to_str().and_then(|text| text.strip_prefix("--env-file=")) {
            return Some(path.into());
        }
    }
    None
}

/// Where in the file the next sign stands.
enum Place {
    /// Before the name of a line.
    Start,
    Comment,
    Name,
    /// Before or between the parts of a value.
    Gap,
    Bare,
    Single,
    Double,
}

/// What is wrong in the line of that place.
fn wrong(text: &str, place: usize, why: &str) -> String {
    format!("line {}: {why}", 1 + text.bytes().take(place).filter(|byte| *byte == b'\n').count())
}

fn is_name(name: &str) -> bool {
    let is_sign = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
    name.chars().all(is_sign) && name.chars().next().is_some_and(|first| !first.is_ascii_digit())
}

/// The last value of each name.
///
/// # Errors
/// What is no NAME=value, with its line.
fn parse(text: &str) -> std::result::Result<BTreeMap<String, String>, String> {
    const NO_SETTING: &str = "must be NAME=value, a comment after # or ;, or empty";
    let mut settings = BTreeMap::new();
    let mut began = 0;
    let (mut place, mut name, mut value, mut bare_end) = (Place::Start, String::new(), String::new(), 0);
    let mut signs = text.char_indices().chain([(text.len(), '\n')]);
    while let Some((at, sign)) = signs.next() {
        place = match (place, sign) {
            (Place::Start, '#' | ';') => Place::Comment,
            (Place::Start, sign) if sign.is_whitespace() => Place::Start,
            (Place::Start, sign) => {
                (name, began) = (sign.to_string(), at);
                Place::Name
            }
            (Place::Comment, '\n') => Place::Start,
            (Place::Name, '\n') => return Err(wrong(text, began, NO_SETTING)),
            (Place::Comment, _) => Place::Comment,
            (Place::Name, '=') if !is_name(name.trim()) => return Err(wrong(text, began, NO_SETTING)),
            (Place::Name, '=') => {
                value.clear();
                bare_end = 0;
                Place::Gap
            }
            (Place::Name, sign) => {
                name.push(sign);
                Place::Name
            }
            (Place::Gap | Place::Bare, '\n') => {
                // Space at the end belongs to a value only where it was quoted or escaped.
                value.truncate(bare_end);
                settings.insert(name.trim().to_owned(), value.clone());
                Place::Start
            }
            (Place::Gap, '\'') => Place::Single,
            (Place::Gap, '"') => Place::Double,
            (Place::Gap, sign) if sign.is_whitespace() => Place::Gap,
            (Place::Gap | Place::Bare, '\\') => {
                if let Some(next) = signs.next().map(|(_, next)| next).filter(|next| *next != '\n') {
                    value.push(next);
                    bare_end = value.len();
                }
                Place::Bare
            }
            (Place::Gap | Place::Bare, sign) => {
                value.push(sign);
                if !sign.is_whitespace() {
                    bare_end = value.len();
                }
                Place::Bare
            }
            (Place::Single, '\'') | (Place::Double, '"') => {
                bare_end = value.len();
                Place::Gap
            }
            (Place::Double, '\\') => {
                match signs.next().map(|(_, next)| next) {
                    Some(next @ ('"' | '\\' | '$' | '`')) => value.push(next),
                    Some('\n') | None => {}
                    Some(next) => value.extend(['\\', next]),
                }
                Place::Double
            }
            (quoted, sign) => {
                value.push(sign);
                quoted
            }
        };
    }
    match place {
        Place::Single | Place::Double => Err(wrong(text, began, "a quote that does not end")),
        _ => Ok(settings),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_systemd_reads_it() {
        let read = parse(
            "# a comment\n; another=one\n\nLLMAGE_LISTEN=127.0.0.1:8080\n  DATABASE_URL = \"mysql://a:p#w@h/d\"  \n\
             SINGLE='a \\n \"b\"'\nBARE=a b \\\n c\\ \nESCAPED=\"a\\\"b\\$c\\d\"\nLINES=\"one\ntwo\"\nEMPTY=\nJOINED='a'\"b\"\n\
             HASH=a#b ; c\nTWICE=1\nTWICE=2",
        );
        let expected = [
            ("LLMAGE_LISTEN", "127.0.0.1:8080"),
            ("DATABASE_URL", "mysql://a:p#w@h/d"),
            ("SINGLE", "a \\n \"b\""),
            ("BARE", "a b  c "),
            ("ESCAPED", "a\"b$c\\d"),
            ("LINES", "one\ntwo"),
            ("EMPTY", ""),
            ("JOINED", "ab"),
            ("HASH", "a#b ; c"),
            ("TWICE", "2"),
        ];
        let expected: BTreeMap<String, String> =
            expected.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        assert_eq!(read, Ok(expected));
    }

    #[test]
    fn what_is_no_setting_is_refused_with_its_line() {
        for (text, line) in [
            ("A=1\nno setting\nB=2", "line 2: must be NAME=value"),
            ("A=\"one\ntwo\"\n\nexport B=2\n", "line 4: must be NAME=value"),
            ("=1", "line 1: must be NAME=value"),
            ("A=1\nB=\"open\nC=3\n", "line 2: a quote that does not end"),
            ("A='open", "line 1: a quote that does not end"),
        ] {
            let refused = parse(text).expect_err("it is refused");
            assert!(refused.starts_with(line), "{text}: {refused}");
        }
    }

    #[test]
    fn the_file_is_named_before_the_end_of_flags() {
        let among = |words: &[&str]| path_among(words.iter().map(OsString::from));
        assert_eq!(among(&["check", "--env-file", "/etc/x.env"]), Some("/etc/x.env".into()));
        assert_eq!(among(&["--env-file=/etc/x.env", "check"]), Some("/etc/x.env".into()));
        assert_eq!(among(&["check", "--", "--env-file", "x"]), None);
    }
}
