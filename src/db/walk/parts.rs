//! Of what stretches a list is made, in the order in which they are walked.

use super::super::{DbConnection, dialect};
use super::{Order, Stretch};
use crate::base::paging::{Cursor, Key, OddCell};
use crate::error::Result;

/// Which of the rows, by what their sort column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A value of the column's kind.
    Values,
    /// None: NULL, or anything else.
    None,
    /// Of those without a value, the ones that an index has together: NULL, what is less than any value, and what is
    /// more.
    Null,
    Below,
    Above,
}

/// Which of the rows, by whether they have an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ids {
    /// All, and all of the table have one.
    All,
    /// All, and some of the table have none.
    Some,
    /// Those with an id, where others have none.
    Those,
    /// Those without one: few, which no index has in the order of the list, as their ids tie.
    Without,
}

/// The stretches of a walk in that order from a place on, in the order in which they are walked.
pub fn stretches(connection: &mut DbConnection, order: Order, from: Option<&Cursor>) -> Result<Vec<Stretch>> {
    let engine = connection.engine();
    let ids = if dialect::has_nameless(connection, order.table)? { Ids::Some } else { Ids::All };
    let mut parts = match dialect::bounds(engine, order.kind()).filter(|_| dialect::has_odd_cells(engine)) {
        Some(_) => vec![Part::Values, Part::Null, Part::Below, Part::Above],
        None => vec![Part::Values, Part::None],
    };
    if !order.descending {
        parts.reverse();
    }
    let begin = from.map(|cursor| part_of(&parts, order, &cursor.key));
    let passed = parts.iter().take_while(|part| begin.is_some_and(|begin| **part != begin)).count();
    let stretch = |part| Stretch {
        engine,
        order,
        part,
        ids,
        from: from.filter(|_| begin == Some(part)).cloned(),
        until: None,
    };
    Ok(parts.into_iter().skip(passed).map(stretch).collect())
}

/// In which of the parts a key is.
fn part_of(parts: &[Part], order: Order, key: &Key) -> Part {
    match key {
        Key::Time(_) | Key::Number(_) => Part::Values,
        Key::Null if parts.contains(&Part::Null) => Part::Null,
        Key::Null => Part::None,
        Key::Odd(OddCell::Text(_)) if order.is_time => Part::Values,
        Key::Odd(OddCell::Number(_) | OddCell::Infinite { .. }) if order.is_time => Part::Below,
        Key::Odd(OddCell::Infinite { is_negative: true }) => Part::Below,
        Key::Odd(_) => Part::Above,
    }
}
