//! `zone`: another business zone, and which times then read differently.

use chrono_tz::Tz;
use serde_json::json;

use super::desk::{self, Desk};
use super::say;
use crate::audit::event::{Action, Change, SETTING};
use crate::audit::store as audit;
use crate::config::Config;
use crate::db::{Database, zone};
use crate::error::{Error, Result};

/// Keeps another zone, with an event; without a name, tells the one that is kept.
pub(super) fn zone(config: &Config, wanted: Option<Tz>) -> Result<()> {
    Database::check_exists(&config.database_url)?;
    let note_use = || desk::note_use(Database::name_of(&config.database_url));
    let Some(wanted) = wanted else {
        note_use();
        return tell(config);
    };
    // One that is none is what this command is for.
    let kept = Database::look(&config.database_url, zone::kept).ok().flatten();
    if kept == Some(wanted) {
        note_use();
        return say(&format!("the zone is {wanted} already; nothing was changed"));
    }
    let desk = Desk::within(config, wanted)?;
    desk.check_schema()?;
    if desk.database.is_served()? {
        return Err(Error::Unavailable(
            "a server works with this database and would go on writing times in the zone before; stop every server \
             first (one that was killed counts for 10 s)"
                .to_owned(),
        ));
    }
    let by = desk.author();
    let state = |zone: Option<Tz>| zone.map(|zone| json!({ "timezone": zone.name() }));
    let moments = desk.database.transaction_here(|connection| {
        zone::replace(connection, wanted)?;
        let change = Change {
            action: Action::ChangeZone,
            record_kind: SETTING,
            record_id: "timezone",
            before: state(kept),
            after: state(Some(wanted)),
        };
        audit::record(connection, &by, change)?;
        zone::columns_of_moments(connection)
    })?;
    let before = kept.map_or_else(|| "not known".to_owned(), |kept| format!("{kept}"));
    say(&format!("the zone is {wanted} now; it was {before}"))?;
    say(&format!(
        "times that are stored keep their figures and are from now on times in {wanted}: 09:15 stays 09:15, at another \
         moment"
    ))?;
    if !moments.is_empty() {
        say(&format!(
            "these hold moments and from now on show the time that it was in {wanted}: {}",
            moments.join(", ")
        ))?;
    }
    say(
        "start the servers of this database again, and set --timezone or LLMAGE_TIMEZONE alike where they are set",
    )
}

fn tell(config: &Config) -> Result<()> {
    match Database::look(&config.database_url, zone::kept)? {
        Some(kept) => say(kept.name()),
        None => say("none yet: the first serve keeps it"),
    }
}
