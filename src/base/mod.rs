//! Small values that everything else is made of: money, time, paging, form errors, CSV cells, JSON.
//!
//! Nothing here knows a database or the web, so all of it is tested without either.

pub mod caseless;
pub mod cells;
pub mod clock;
pub mod columns;
pub mod csv;
pub mod drawn;
pub mod durability;
pub mod expect;
pub mod finding;
pub mod foreign;
pub mod form;
pub mod grouping;
pub mod json;
pub mod keys;
pub mod language;
pub mod merge;
pub mod moment;
pub mod money;
pub mod object;
pub mod outbound;
pub mod paging;
pub mod periods;
pub mod query;
pub mod secrets;
pub mod totals;
