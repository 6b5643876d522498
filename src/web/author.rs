//! Who did something, in words: the app's own jobs and the command line have a name in each language.

use super::locale::{self, Language};
use crate::base::form::Message;

/// The names under which jobs stand in the trail; no person can have one of them.
const JOBS: [(&str, &str); 5] = [
    ("retry watcher", "by-retry-watcher"),
    ("new failures", "by-new-failures"),
    ("accounted usages", "by-accounted-usages"),
    ("batch runner", "by-batch-runner"),
    ("archive", "by-archive"),
];

/// What the trail puts before the name of the system's user who ran a command.
const COMMAND: &str = "command line: ";

/// An author of the trail as pages name them.
pub fn in_words(language: Language, name: &str) -> String {
    if let Some(user) = name.strip_prefix(COMMAND) {
        return locale::words(language, &Message::new("by-command-line").with("user", user));
    }
    let job = JOBS.iter().find(|(job, _)| *job == name);
    job.map_or_else(|| name.to_owned(), |(_, key)| locale::text(language, key))
}
