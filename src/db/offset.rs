//! The business zone on MariaDB, whose TIMESTAMP columns keep instants and show them in the zone of the session.

use chrono_tz::Tz;
use diesel::result::{Error, QueryResult};

use crate::base::clock;

/// How the refusal begins of a zone that a server without tables of time zones cannot have.
pub(super) const NO_ZONE_TABLES: &str = "--timezone: this server has no tables of time zones";

/// The offset of the zone as MariaDB wants it, such as `+08:00`, where it has no tables of time zones. Of a zone with
/// summer time no offset is right: half of the rows would be shown an hour off, and some on the wrong day.
pub(super) fn steady_offset(zone: Tz) -> QueryResult<String> {
    let seconds = clock::steady_offset(zone).ok_or_else(|| {
        let refusal = format!(
            "{NO_ZONE_TABLES}, and the offset of {} has changed since 2000: load them with: \
             mariadb-tzinfo-to-sql /usr/share/zoneinfo | mariadb -u root mysql",
            zone.name()
        );
        Error::QueryBuilderError(refusal.into())
    })?;
    let sign = if seconds < 0 { '-' } else { '+' };
    Ok(format!("{sign}{:02}:{:02}", seconds.abs() / 3600, seconds.abs() / 60 % 60))
}
