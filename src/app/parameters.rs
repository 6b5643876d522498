//! What each page may be asked with in its address. A page that is not named here takes nothing.

use crate::alerts::form::FIELDS as ALERT;
use crate::batches::form::CANARY;
use crate::batches::pages as pages_of_batches;
use crate::failed_accounting::filter::{self as failed, BESIDE, KEYS};
use crate::usages::filter::{
    self as usages, BESIDE as BESIDE_USAGES, HISTORY_KEYS, KEYS as USAGE_KEYS, Shelf,
};
use crate::web::parameters::Takes;

/// Of a page that may be told not to refresh by itself.
const REFRESH: &[&str] = &["refresh"];

/// What the page of that route takes.
pub(super) fn of(path: &str) -> Takes {
    match path {
        // They show the faults of a filter at its fields, and keep the rest of it. Machines may ask with anything.
        "/healthz" | "/readyz" | "/metrics" => Takes::Judging,
        "/failed-accounting" | "/failed-accounting.csv" | "/failed-accounting/causes" | "/decisions" => {
            Takes::Judging
        }
        "/usages" | "/usages.csv" | "/history" | "/history.csv" | "/audit" | "/audit.csv" | "/batches" => {
            Takes::Judging
        }
        // Programs are told of each name by the document of their route.
        path if path.starts_with("/api/") => Takes::Judging,
        "/failed-accounting/{id}" | "/failed-accounting/{id}/edit" | "/failed-accounting/{id}/delete" => {
            Takes::Read(&[&KEYS, &BESIDE], |fields| failed::Filter::parse(fields).1)
        }
        "/usages/{id}" | "/usages/{id}/edit" | "/usages/{id}/delete" => {
            Takes::Read(&[&USAGE_KEYS, &BESIDE_USAGES], |fields| usages::Filter::parse(fields).1)
        }
        "/history/{id}" => Takes::Read(&[&HISTORY_KEYS, &BESIDE_USAGES], |fields| {
            usages::Filter::parse_on(Shelf::History, fields).1
        }),
        "/views/new" => Takes::Only(&[&KEYS, &BESIDE, &["name", "shared", "default", "replace"]]),
        "/alerts/new" => Takes::Only(&[&ALERT]),
        "/alerts" => Takes::Only(&[&["after", "tested"]]),
        "/archive" => Takes::Only(&[&["cutoff_date", "exact"], REFRESH]),
        "/check" => Takes::Only(&[REFRESH]),
        "/batches/{id}" => Takes::Read(&[&["after", CANARY], REFRESH], pages_of_batches::misplaced),
        "/batches/{id}.csv" => Takes::Only(&[&["bom"]]),
        "/history/restore" => Takes::Only(&[&["id"]]),
        "/search" | "/usages/find" => Takes::Only(&[&["q"]]),
        "/login" => Takes::Only(&[&["next"]]),
        _ => Takes::Only(&[]),
    }
}
