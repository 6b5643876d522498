//! `POST /api/v1/archive`: a program asks for a run, or what it would do.

use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::left::Left;
use super::preview::{self, Preview};
use super::run::{Run, Sums};
use super::{form, store};
use crate::audit::event::Author;
use crate::base::form::{FieldErrors, Fields};
use crate::base::money::{MoneySum, Number};
use crate::base::object::{Kind, Member};
use crate::db::DbConnection;
use crate::web::document::{WriteRefusals, described_body};
use crate::web::error::Answer;
use crate::web::extract::{Body, Visit};
use crate::web::json;
use crate::web::once::{self, Manner, Told};

const MEMBERS: [Member; 2] =
    [Member::new("cutoff_date", Kind::PastDate).required(), Member::new("dry_run", Kind::Flag).filled()];

described_body!(
    /// Usages used before `cutoff_date`, at most today, are moved; with `dry_run` they are only counted.
    ArchiveRequest,
    &MEMBERS
);

/// Usages and their money.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArchiveSums {
    count: i64,
    #[schema(value_type = f64)]
    sum_amount: Number<MoneySum>,
    #[schema(value_type = f64)]
    sum_cost: Number<MoneySum>,
}

impl From<Sums> for ArchiveSums {
    fn from(sums: Sums) -> ArchiveSums {
        ArchiveSums { count: sums.rows, sum_amount: Number(sums.amount), sum_cost: Number(sums.cost) }
    }
}

/// What stays live, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArchiveLeft {
    /// open_failure, retrying_failure, other_content, no_day or not_copied.
    reason: &'static str,
    #[serde(flatten)]
    sums: ArchiveSums,
    /// The first of them.
    ids: Vec<String>,
}

/// What a run would do, or the run that was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArchiveAnswer {
    success: bool,
    dry_run: bool,
    cutoff_date: String,
    /// The run that goes on in the background; null for a dry run.
    run: Option<String>,
    /// waiting at first; null for a dry run.
    state: Option<String>,
    /// What would move; null for a run, which is told on the page /archive.
    moves: Option<ArchiveSums>,
    stays: Vec<ArchiveLeft>,
}

/// Archives accounted usages in the background.
#[utoipa::path(
    post,
    path = "/api/v1/archive",
    tag = "usages",
    request_body = ArchiveRequest,
    responses(
        (status = 200, description = "What a run would do: `dry_run`.", body = ArchiveAnswer),
        (status = 202, description = "The run begins in a moment.", body = ArchiveAnswer),
        WriteRefusals
    )
)]
pub async fn create(visit: Visit, author: Author, body: Body) -> Answer {
    let object = body.object(&MEMBERS)?;
    let state = &visit.state;
    let today = state.clock.today();
    let cutoff = object.checked(cutoff(&object.fields, today))?;
    if is_dry(&object.fields) {
        let preview =
            state.database.run(move |connection| preview::preview(connection, cutoff, None)).await?;
        return json::answer(StatusCode::OK, &dry(&preview, cutoff));
    }
    let work = move |connection: &mut DbConnection| {
        let run = store::ask_alone(connection, cutoff, &author)?;
        Told::new(&run.id, &asked(&run))
    };
    once::act(&visit, Manner::accepted(), work).await
}

fn is_dry(fields: &Fields) -> bool {
    matches!(fields.text("dry_run"), Some("1" | "true"))
}

fn cutoff(fields: &Fields, today: chrono::NaiveDate) -> std::result::Result<chrono::NaiveDate, FieldErrors> {
    form::cutoff(fields, today).map_err(|error| match error {
        crate::error::Error::Invalid(errors) => errors,
        _ => FieldErrors::new(),
    })
}

fn left(left: &Left) -> ArchiveLeft {
    ArchiveLeft { reason: left.reason.as_str(), sums: left.sums.into(), ids: left.ids.clone() }
}

fn dry(preview: &Preview, cutoff: chrono::NaiveDate) -> ArchiveAnswer {
    ArchiveAnswer {
        success: true,
        dry_run: true,
        cutoff_date: cutoff.to_string(),
        run: None,
        state: None,
        moves: Some(preview.goes.into()),
        stays: preview.stays.iter().map(left).collect(),
    }
}

fn asked(run: &Run) -> ArchiveAnswer {
    ArchiveAnswer {
        success: true,
        dry_run: false,
        cutoff_date: run.cutoff.to_string(),
        run: Some(run.id.clone()),
        state: Some(run.state.clone()),
        moves: None,
        stays: Vec::new(),
    }
}
