//! `POST /api/v1/failed-accounting/{id}/test`: whether the next try would pass, for programs. It writes nothing.

use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::money::{Money, MoneySum, Number};
use crate::db::DbConnection;
use crate::error::Error;
use crate::failed_accounting::case::View;
use crate::failed_accounting::failure::FailedRecord;
use crate::failed_accounting::tested::{Sum, difference};
use crate::failed_accounting::{forecast, store};
use crate::forecast::Outlook;
use crate::forecast::checks::{Check, Forecast};
use crate::forecast::platform::Platform;
use crate::usages::store as usages;
use crate::web::document::WriteRefusals;
use crate::web::error::Answer;
use crate::web::extract::{Body, Id, Visit};
use crate::web::json;

/// What a test of one failure comes to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Test)]
pub struct TestBody {
    id: String,
    /// would_pass, would_fail or cannot_be_told.
    outlook: &'static str,
    /// The names of the checks that decide: those that fail, else those that cannot be told.
    why: Vec<&'static str>,
    checks: Vec<CheckBody>,
    /// What would be charged now; null where nobody was asked, or told it.
    price: Option<PriceBody>,
}

/// What the platform would charge now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TestPrice)]
pub struct PriceBody {
    #[schema(value_type = f64)]
    amount: Number<Money>,
    #[schema(value_type = f64)]
    cost: Number<Money>,
    /// So much more than the recorded amount.
    #[schema(value_type = f64)]
    difference: Number<MoneySum>,
}

/// One check.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TestCheck)]
pub struct CheckBody {
    /// status, usages, model, map, organisation, account, cause or price.
    name: &'static str,
    /// holds, fails, untold, or passed_over: it cannot be read and does not matter here.
    ended: &'static str,
    /// What was found, as a key that stays the same in all languages.
    key: &'static str,
    /// What exactly: an id, a day, a factor, a setting, or what the database said.
    about: Option<String>,
}

impl TestBody {
    fn new(record: &FailedRecord, forecast: &Forecast) -> TestBody {
        let check = |check: &Check| CheckBody {
            name: check.name,
            ended: check.ended.as_str(),
            key: check.key,
            about: check.about.clone(),
        };
        TestBody {
            id: record.id.clone(),
            price: forecast.price.map(|price| PriceBody {
                amount: Number(price.amount),
                cost: Number(price.cost),
                difference: Number(difference(record, price)),
            }),
            outlook: forecast.outlook.as_str(),
            why: forecast.why().map(|check| check.name).collect(),
            checks: forecast.checks.iter().map(check).collect(),
        }
    }
}

/// What tests of the open failures of a cause come to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CauseTest)]
pub struct CauseTestBody {
    cause: String,
    would_pass: TestSums,
    /// What the platform would charge now for what would pass; null where nobody was asked.
    priced: Option<TestSums>,
    would_fail: TestSums,
    cannot_be_told: TestSums,
    cannot_be_retried: TestSums,
    /// Why, by outcome, the most money first.
    why: Vec<TestReason>,
}

/// Failures and their money.
#[derive(Debug, Serialize, ToSchema)]
pub struct TestSums {
    count: i64,
    #[schema(value_type = f64)]
    sum_amount: Number<MoneySum>,
    #[schema(value_type = f64)]
    sum_cost: Number<MoneySum>,
}

/// Failures that would not pass for the same reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct TestReason {
    /// would_fail, cannot_be_told or cannot_be_retried.
    outlook: &'static str,
    /// A key that stays the same in all languages.
    key: &'static str,
    #[serde(flatten)]
    sums: TestSums,
}

impl From<Sum> for TestSums {
    fn from(sum: Sum) -> TestSums {
        TestSums { count: sum.count, sum_amount: Number(sum.amount), sum_cost: Number(sum.cost) }
    }
}

/// Says whether retries of the open failures of a cause would pass now; nothing is written or asked for.
#[utoipa::path(
    post,
    path = "/api/v1/causes/{id}/test",
    tag = "failed accounting",
    params(("id" = String, Path, description = "The key of the cause.")),
    responses((status = 200, description = "What the tests come to.", body = CauseTestBody), WriteRefusals)
)]
pub async fn test_cause(visit: Visit, Id(id): Id, body: Body) -> Answer {
    body.optional_object(&[])?.checked(Ok(()))?;
    let state = &visit.state;
    let (sources, today) = (state.test_sources.clone(), state.clock.today());
    let tested = forecast::cause(&state.database, id.clone(), sources, today).await?;
    let reason = |(outlook, key, sum): (Option<Outlook>, &'static str, Sum)| TestReason {
        outlook: outlook.map_or("cannot_be_retried", Outlook::as_str),
        key,
        sums: sum.into(),
    };
    let body = CauseTestBody {
        cause: id,
        would_pass: tested.passes.into(),
        priced: (tested.priced.count > 0).then(|| tested.priced.into()),
        would_fail: tested.fails.into(),
        cannot_be_told: tested.untold.into(),
        cannot_be_retried: tested.refused.into(),
        why: tested.reasons().into_iter().map(reason).collect(),
    };
    json::answer(StatusCode::OK, &body)
}

/// Says whether a retry of a failure would pass now, by the tables of the platform; nothing is written or asked for.
#[utoipa::path(
    post,
    path = "/api/v1/failed-accounting/{id}/test",
    tag = "failed accounting",
    params(("id" = String, Path, description = "The id of the failure.")),
    responses((status = 200, description = "What the test comes to.", body = TestBody), WriteRefusals)
)]
pub async fn test(visit: Visit, Id(id): Id, body: Body) -> Answer {
    body.optional_object(&[])?.checked(Ok(()))?;
    let mut platform = Platform::new(&visit.state.test_sources, visit.state.clock.today());
    let test = move |connection: &mut DbConnection| {
        let record = store::find(connection, &id)?;
        let (usage, failures) = match record.llmusageid.as_deref() {
            Some(id) => (usages::find_anywhere(connection, id)?, store::attempts(connection, id)?),
            None => (None, Vec::new()),
        };
        let view = View { usage: usage.as_ref(), failures: &failures };
        let judged = forecast::of_one(connection, view, &record, &mut platform)?.map_err(Error::from)?;
        Ok((record, judged))
    };
    let (record, judged) = visit.state.database.run(test).await?;
    let forecast = forecast::priced(judged, visit.state.test_sources.clone()).await?;
    json::answer(StatusCode::OK, &TestBody::new(&record, &forecast))
}
