//! `POST /api/v1/failed-accounting/{id}/test`: whether the next try would pass, for programs. It writes nothing.

use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::money::{MoneySum, Number};
use crate::db::DbConnection;
use crate::error::Error;
use crate::failed_accounting::case::View;
use crate::failed_accounting::forecast::Sum;
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
}

/// One check.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TestCheck)]
pub struct CheckBody {
    /// status, usages, model, map, organisation, account or cause.
    name: &'static str,
    /// holds, fails, untold, or passed_over: it cannot be read and does not matter here.
    ended: &'static str,
    /// What was found, as a key that stays the same in all languages.
    key: &'static str,
    /// What exactly: an id, a day, a factor, a setting, or what the database said.
    about: Option<String>,
}

impl TestBody {
    fn new(id: String, forecast: &Forecast) -> TestBody {
        let check = |check: &Check| CheckBody {
            name: check.name,
            ended: check.ended.as_str(),
            key: check.key,
            about: check.about.clone(),
        };
        TestBody {
            id,
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
    let mut platform = Platform::new(&visit.state.test_sources, visit.state.clock.today());
    let test = move |connection: &mut DbConnection| {
        let tested = forecast::of_cause(connection, &id, &mut platform)?;
        let reason = |(outlook, key, sum): (Option<Outlook>, &'static str, Sum)| TestReason {
            outlook: outlook.map_or("cannot_be_retried", Outlook::as_str),
            key,
            sums: sum.into(),
        };
        Ok(CauseTestBody {
            cause: id,
            would_pass: tested.passes.into(),
            would_fail: tested.fails.into(),
            cannot_be_told: tested.untold.into(),
            cannot_be_retried: tested.refused.into(),
            why: tested.reasons().into_iter().map(reason).collect(),
        })
    };
    json::answer(StatusCode::OK, &visit.state.database.run(test).await?)
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
        let forecast = forecast::of_one(connection, view, &record, &mut platform)?.map_err(Error::from)?;
        Ok(TestBody::new(record.id, &forecast))
    };
    json::answer(StatusCode::OK, &visit.state.database.run(test).await?)
}
