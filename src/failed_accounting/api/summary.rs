//! `GET /api/v1/summary`: the money of a filter by day, model, organisation and cause.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

use super::index::filter_parameters;
use crate::base::grouping::{Dimension, Group, Grouping};
use crate::base::money::{MoneySum, Number};
use crate::error::Error;
use crate::failed_accounting::filter::{Filter, KEYS};
use crate::failed_accounting::summary;
use crate::names::Names;
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

/// The failures of one group of those that `group` asks for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SummaryOfGroup)]
pub struct OfGroup {
    /// What they share, one for each that `group` names: an id, `2026-11-24`, `2026-W48`, `2026-11`, or a word; null
    /// where they have no such thing.
    keys: Vec<Option<String>>,
    /// Their names, where they have any.
    names: Vec<Option<String>>,
    count: i64,
    #[schema(value_type = f64)]
    sum_amount: Number<MoneySum>,
    #[schema(value_type = f64)]
    sum_cost: Number<MoneySum>,
    /// The amount less the cost.
    #[schema(value_type = f64)]
    margin: Number<MoneySum>,
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
    /// By what `group` names, in the order of `group_sort`: times as they went and everything else most money first,
    /// unless given. Empty without `group`.
    groups: Vec<OfGroup>,
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
    let grouping = filter.group;
    let known = visit.state.database.run(move |connection| summary::of(connection, &filter)).await?;
    let named = Naming { names: &names, titles: &known.titles };
    let by =
        |dimension, groups: Vec<Group>| groups.into_iter().map(|group| named.one(dimension, group)).collect();
    let body = SummaryBody {
        success: true,
        count: known.totals.count,
        sum_amount: Number(known.totals.amount),
        sum_cost: Number(known.totals.cost),
        by_day: by(Dimension::Day, known.by_day),
        by_model: by(Dimension::Model, known.by_model),
        by_organisation: by(Dimension::Organisation, known.by_organisation),
        by_cause: by(Dimension::Cause, known.by_cause),
        groups: grouping.map_or_else(Vec::new, |grouping| named.all(grouping, known.groups)),
    };
    json::answer(StatusCode::OK, &body)
}

/// Who and what has which name.
struct Naming<'a> {
    names: &'a Names,
    titles: &'a HashMap<String, String>,
}

impl Naming<'_> {
    fn of(&self, dimension: Dimension, key: Option<&String>) -> Option<String> {
        let name = match dimension {
            Dimension::Cause => self.titles.get(key?).map(String::as_str),
            _ => self.names.of(dimension, key?),
        };
        name.map(str::to_owned)
    }

    fn one(&self, dimension: Dimension, group: Group) -> GroupBody {
        let key = group.keys.into_iter().next().flatten();
        GroupBody {
            name: self.of(dimension, key.as_ref()),
            key,
            count: group.count,
            sum_amount: Number(group.amount),
            sum_cost: Number(group.cost),
        }
    }

    fn all(&self, grouping: Grouping, groups: Vec<Group>) -> Vec<OfGroup> {
        let names = |group: &Group| {
            grouping.dimensions().zip(&group.keys).map(|(one, key)| self.of(one, key.as_ref())).collect()
        };
        let body = |group: Group| OfGroup {
            names: names(&group),
            count: group.count,
            sum_amount: Number(group.amount),
            sum_cost: Number(group.cost),
            margin: Number(group.margin()),
            keys: group.keys,
        };
        groups.into_iter().map(body).collect()
    }
}
