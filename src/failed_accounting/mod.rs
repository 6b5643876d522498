//! Failed accounting records: the heart. One filter stands behind page, CSV and totals.
//!
//! `record` is one failure, `list` the failures of a filter, `case` the gate for whatever acts on one, with the rules of
//! state; `inquiry` asks the ledger for a retry; `correction` says what fields of a usage become; `recording` brings failures in, `retries` tells what became of retries, `causes` groups failures, `views` keeps
//! filters. `pages` and `api` are the web.

pub mod api;
pub mod case;
pub mod causes;
pub mod change;
pub mod correction;
pub mod inquiry;
pub mod list;
pub mod pages;
pub mod record;
pub mod recording;
pub mod retries;
pub mod views;

// What others ask for, by its own name.
pub use list::{
    batched, branches, changed, chips, condition, export, filter, route, search, sort, summary, totals,
};
pub use record::{failure, form, many, retry, seen, store};
pub use recording::{import, recorder};
pub use retries::{accounted, arrivals, brief, forecast, settlement, tested, watcher};
