//! `POST /failed-accounting/causes/{cause}`: keeps the note, merged with what somebody else changed meanwhile.

use super::show::shown;
use super::view::cause_link;
use crate::audit::event::CAUSE;
use crate::base::form::{Fields, Message};
use crate::base::merge::{self, Unit};
use crate::causes::store::{self as causes, KnownCause};
use crate::error::{Error, Result};
use crate::failed_accounting::causes::note::{self, Standing};
use crate::web::error::Answer;
use crate::web::extract::{Form, Id, Visit};
use crate::web::form::FormState;
use crate::web::merge as web_merge;
use crate::web::page;

/// `POST`: keeps the note, the owner and the standing.
pub async fn update(visit: Visit, Id(key): Id, Form(mut fields): Form) -> Answer {
    let (mut taken, mut met) = (Vec::new(), None);
    for _ in 0..TRIES {
        match keep(&visit, &key, &fields).await {
            Ok(()) => {
                let done = Message::new("flash-cause-saved");
                visit.tell(web_merge::done(visit.language, done, &taken));
                return Ok(page::see_other(&cause_link(&key)));
            }
            Err(Error::Invalid(errors)) => {
                return shown(&visit, key, FormState::refused(fields, errors)).await;
            }
            Err(Error::Conflict(message)) => met = Some(message),
            Err(error) => return Err(error.into()),
        }
        let asked = key.clone();
        let cause = visit.state.database.run(move |connection| causes::find(connection, &asked)).await?;
        let now = as_fields(Some(&cause));
        let (merged, saw) = merge::merge_form(&UNITS, &now, &fields);
        fields = merged.fields.with("revision", cause.revision);
        if !merged.is_clear() {
            let asked = web_merge::of_form(&merged, &saw, &now, visit.language);
            let last = web_merge::last_change(&visit, CAUSE, &key).await?;
            return shown(&visit, key, FormState::merging(fields, asked.by(last))).await;
        }
        taken.extend(merged.taken);
    }
    Err(met.map_or_else(|| Error::internal("no try was made"), Error::Conflict).into())
}

async fn keep(visit: &Visit, key: &str, fields: &Fields) -> Result<()> {
    let author = visit.author()?;
    let (key, note) = (key.to_owned(), note::read(fields)?);
    visit
        .state
        .database
        .transaction(move |connection| note::save(connection, &key, &note, &author).map(drop))
        .await
}

/// The fields of a note, each decided by itself.
const UNITS: [Unit<'static>; 3] = [&["note"], &["owner"], &["standing"]];

/// A form is merged at most this many times with a note that changes again and again.
const TRIES: usize = 3;

/// The values of a cause as its form starts with.
pub(super) fn as_fields(cause: Option<&KnownCause>) -> Fields {
    let text = |text: Option<&String>| text.cloned().unwrap_or_default();
    let pairs = [
        ("owner", text(cause.and_then(|cause| cause.owner.as_ref()))),
        ("note", cause.and_then(note::shown).unwrap_or_default()),
        ("standing", cause.map_or(Standing::New, Standing::of).as_str().to_owned()),
    ];
    Fields::new(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}
