//! The trail as people look through it: the events of a filter, a page at a time, and all of them for the CSV.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::filter::Filter;
use super::store::Event;
use crate::base::paging::Page;
use crate::db::DbConnection;
use crate::db::schema::audit_event;
use crate::error::Result;

/// A stretch of the trail, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Newest,
    /// The events older than that one.
    OlderThan(i64),
    /// The events newer than that one, those next to it.
    NewerThan(i64),
}

/// One page of the events of a filter, newest first: by their time, and of one time in the order of the chain.
pub fn page(
    connection: &mut DbConnection,
    filter: &Filter,
    place: Place,
    limit: usize,
) -> Result<Page<Event>> {
    use audit_event::{happened_at, id};
    let query = filter.query().limit(limit as i64 + 1);
    let edge = edge(connection, place)?;
    // A place that nobody knows is none.
    let place = if edge.is_some() { place } else { Place::Newest };
    let query = match edge {
        None => query.order((happened_at.desc(), id.desc())),
        Some((time, own)) if matches!(place, Place::NewerThan(_)) => query
            .filter(happened_at.ge(time).and(happened_at.gt(time).or(id.gt(own))))
            .order((happened_at.asc(), id.asc())),
        Some((time, own)) => query
            .filter(happened_at.le(time).and(happened_at.lt(time).or(id.lt(own))))
            .order((happened_at.desc(), id.desc())),
    };
    let mut rows: Vec<Event> = query.select(Event::as_select()).load(connection)?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let newer = matches!(place, Place::NewerThan(_));
    if newer {
        rows.reverse();
    }
    Ok(Page {
        rows,
        has_previous: if newer { more } else { place != Place::Newest },
        has_next: newer || more,
    })
}

/// Time and id of the event at the edge of a stretch; none where it begins with the newest.
fn edge(connection: &mut DbConnection, place: Place) -> Result<Option<(NaiveDateTime, i64)>> {
    let (Place::OlderThan(id) | Place::NewerThan(id)) = place else { return Ok(None) };
    let event = audit_event::table.find(id).select((audit_event::happened_at, audit_event::id));
    Ok(event.first(connection).optional()?)
}

/// The events of a filter after that one, oldest first: the list from its end.
pub fn after(
    connection: &mut DbConnection,
    filter: &Filter,
    event: Option<&Event>,
    limit: usize,
) -> Result<Vec<Event>> {
    use audit_event::{happened_at, id};
    let mut query = filter.query().order((happened_at.asc(), id.asc())).limit(limit as i64);
    if let Some(event) = event {
        let time = event.happened_at;
        query = query.filter(happened_at.ge(time).and(happened_at.gt(time).or(id.gt(event.id))));
    }
    Ok(query.select(Event::as_select()).load(connection)?)
}
