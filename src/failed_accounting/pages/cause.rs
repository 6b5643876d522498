//! How a cause is called on the pages.

use crate::causes::store::KnownCause;
use crate::causes::titles;
use crate::web::locale::{self, Language};

/// The title of the cause of that key, or words where it has none.
pub(super) fn cause_title(key: &str, known: Option<&KnownCause>, language: Language) -> String {
    let word = locale::word(language);
    titles::in_words(key, known.map(|cause| cause.title.as_str()), &word)
}
