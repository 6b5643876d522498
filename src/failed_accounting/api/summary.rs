//! `GET /api/v1/summary`: the money of a filter by day, model, organisation and cause.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

use super::index::filter_parameters;
use crate::base::money::{MoneySum, Number};
use crate::error::Error;
use crate::failed_accounting::filter::{Filter, KEYS};
use crate::failed_accounting::summary::{self, Group};
use crate::web::document::{self, ReadRefusals};
use crate::web::error::Answer;
use crate::web::extract::Visit;
use crate::web::json;

/// The list query without pages, for the document.
#[derive(Debug)]
pub struct SummaryQuery;

impl IntoParams for SummaryQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        document::query_parameters(&filter_parameters())
    }
}

/// The failures that share a day, a model, an organisation or a cause.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SummaryGroup)]
pub struct GroupBody {
    /// What they share; null where the column is NULL.
    key: Option<String>,
    /// Its name, where it has one.
    name: Option<String>,
    count: i64,
    #[schema(value_type = f64)]
    sum_amount: Number<MoneySum>,
    #[schema(value_type = f64)]
    sum_cost: Number<MoneySum>,
}

/// The money of a filter, whole and in groups; each list adds up to the whole.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Summary)]
pub struct SummaryBody {
    success: bool,
    count: i64,
    #[schema(value_type = f64)]
    sum_amount: Number<MoneySum>,
    #[schema(value_type = f64)]
    sum_cost: Number<MoneySum>,
    /// By use_date, oldest first.
    by_day: Vec<GroupBody>,
    /// By llmid, most money first.
    by_model: Vec<GroupBody>,
    by_organisation: Vec<GroupBody>,
    by_cause: Vec<GroupBody>,
}

/// Sums a filter up.
#[utoipa::path(
    get,
    path = "/api/v1/summary",
    tag = "failed accounting",
    params(SummaryQuery),
    responses((status = 200, description = "Count and sums.", body = SummaryBody), ReadRefusals)
)]
pub async fn show(visit: Visit) -> Answer {
    let keys: Vec<&str> = KEYS.into_iter().filter(|key| *key != "page_size").collect();
    let fields = visit.query()?;
    let mut errors = json::query_errors(&fields, &keys);
    let (filter, wrong) = Filter::read(&fields);
    errors.extend(wrong);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors).into());
    }
    let names = visit.names().await;
    let known = visit.state.database.run(move |connection| summary::of(connection, &filter)).await?;
    let nameless = HashMap::new();
    let body = SummaryBody {
        success: true,
        count: known.totals.count,
        sum_amount: Number(known.totals.amount),
        sum_cost: Number(known.totals.cost),
        by_day: named(known.by_day, &nameless),
        by_model: named(known.by_model, &names.models),
        by_organisation: named(known.by_organisation, &names.organisations),
        by_cause: named(known.by_cause, &known.titles),
    };
    json::answer(StatusCode::OK, &body)
}

fn named(groups: Vec<Group>, names: &HashMap<String, String>) -> Vec<GroupBody> {
    let body = |group: Group| GroupBody {
        name: group.key.as_ref().and_then(|key| names.get(key).cloned()),
        key: group.key,
        count: group.count,
        sum_amount: Number(group.amount),
        sum_cost: Number(group.cost),
    };
    groups.into_iter().map(body).collect()
}
