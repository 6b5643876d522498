//! Whether the next try of a failure would pass: what its page says of it, always as it is now.

use serde::Serialize;

use super::context::record_link;
use super::show;
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::tested::{Sum, Tested, difference};
use crate::forecast::checks::{Check, Forecast};
use crate::web::error::Answer;
use crate::web::extract::{Id, Visit};
use crate::web::locale::{self, Language};

/// A test as the page shows it.
#[derive(Serialize)]
pub(super) struct TestView {
    /// would_pass, would_fail or cannot_be_told; none as long as nobody asked.
    outlook: Option<&'static str>,
    /// What decides.
    why: Vec<CheckView>,
    checks: Vec<CheckView>,
    /// What the platform would charge, where it was asked.
    price: Option<PriceView>,
    /// Where to test again.
    link: String,
    /// Whether somebody has just asked for it.
    is_asked: bool,
}

#[derive(Serialize)]
struct CheckView {
    name: &'static str,
    /// holds, fails, untold or passed_over.
    ended: &'static str,
    key: &'static str,
    about: Option<String>,
}

impl TestView {
    pub(super) fn new(
        record: &FailedRecord,
        forecast: Option<&Forecast>,
        filter: &Filter,
        is_asked: bool,
    ) -> TestView {
        let view = |check: &Check| CheckView {
            name: check.name,
            ended: check.ended.as_str(),
            key: check.key,
            about: check.about.clone(),
        };
        TestView {
            outlook: forecast.map(|told| told.outlook.as_str()),
            why: forecast.iter().flat_map(|told| told.why()).map(view).collect(),
            checks: forecast.iter().flat_map(|told| &told.checks).map(view).collect(),
            price: forecast.and_then(|told| told.price).map(|price| PriceView {
                amount: price.amount.to_string(),
                cost: price.cost.to_string(),
                recorded: record.amount.map(|amount| amount.to_string()),
                difference: locale::signed(difference(record, price)),
            }),
            link: record_link(&record.id, "/test", filter),
            is_asked,
        }
    }
}

/// What would be charged now, beside what is recorded.
#[derive(Serialize)]
struct PriceView {
    amount: String,
    cost: String,
    recorded: Option<String>,
    /// Of the amounts, with its sign.
    difference: String,
}

/// Tests of many failures as a page shows them.
#[derive(Serialize)]
pub(super) struct ManyView {
    /// Why nothing was tested.
    refused: Option<String>,
    passes: SumView,
    fails: SumView,
    untold: SumView,
    none: SumView,
    /// What the platform would charge now for what would pass, where it was asked, and how much more that is.
    priced: Option<(SumView, String)>,
    why: Vec<(String, SumView)>,
}

#[derive(Serialize)]
struct SumView {
    number: i64,
    count: String,
    amount: String,
    cost: String,
}

impl From<Sum> for SumView {
    fn from(sum: Sum) -> SumView {
        SumView {
            number: sum.count,
            count: locale::count(sum.count),
            amount: sum.amount.to_string(),
            cost: sum.cost.to_string(),
        }
    }
}

impl ManyView {
    /// What was tested, or in words why nothing was.
    pub(super) fn new(tested: Result<Tested, String>, language: Language) -> ManyView {
        let (tested, refused) = match tested {
            Ok(tested) => (tested, None),
            Err(why) => (Tested::default(), Some(why)),
        };
        let reasons = tested.reasons().into_iter();
        ManyView {
            refused,
            passes: tested.passes.into(),
            fails: tested.fails.into(),
            untold: tested.untold.into(),
            none: tested.refused.into(),
            priced: (tested.priced.count > 0).then(|| {
                let more = tested.priced.amount - tested.passes.amount;
                (tested.priced.into(), locale::signed(more))
            }),
            why: reasons.map(|(_, key, sum)| (locale::text(language, key), sum.into())).collect(),
        }
    }
}

/// `POST /failed-accounting/{id}/test`: tests again; nothing is written.
pub async fn test(visit: Visit, Id(id): Id) -> Answer {
    show::tested(&visit, id).await
}
