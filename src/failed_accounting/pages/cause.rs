//! How a cause is called: its title, or words where it has none.

use crate::base::form::Message;
use crate::causes::cause::{NO_REASON, UNSORTED};
use crate::causes::store::KnownCause;
use crate::web::locale::{self, Language};

/// The title of the cause of that key.
pub(super) fn cause_title(key: &str, known: Option<&KnownCause>, language: Language) -> String {
    match (key, known) {
        (NO_REASON, _) => locale::words(language, &Message::new("cause-no-reason")),
        (UNSORTED, _) => locale::words(language, &Message::new("cause-unsorted")),
        (_, Some(cause)) => cause.title.clone(),
        (key, None) => key.to_owned(),
    }
}
