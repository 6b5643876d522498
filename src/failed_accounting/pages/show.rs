//! `GET /failed-accounting/{id}`: one record with its usage, attempts, actions at hand and timeline.

use actix_web::http::StatusCode;

use super::context::{FormView, SHOWN_FIELDS};
use super::correcting::{self, correct_view};
use super::details;
use super::found::Found;
use super::refusal::{RefusalView, gone};
use super::testing::TestView;
use crate::base::form::{FieldErrors, Fields, Message};
use crate::db::DbConnection;
use crate::error::{Error, Result};
use crate::failed_accounting::case::{Refusal, View};
use crate::failed_accounting::filter::Filter;
use crate::failed_accounting::forecast;
use crate::forecast::judged::Judged;
use crate::forecast::platform::Platform;
use crate::web::error::{Answer, WebError};
use crate::web::extract::{Id, Visit};
use crate::web::typed;

/// The details page.
pub async fn show(visit: Visit, Id(id): Id) -> Answer {
    details(&visit, id, StatusCode::OK, Shown::default()).await
}

/// What the details page shows besides the record.
#[derive(Default)]
struct Shown {
    /// A refused form, values kept.
    fields: Fields,
    errors: FieldErrors,
    /// The reason with its secrets.
    unmasked: bool,
    refusal: Option<RefusalView>,
    /// Whether a test was asked for.
    is_tested: bool,
}

/// The details page with the secrets of the reason.
pub(super) async fn unmasked(visit: &Visit, id: String) -> Answer {
    details(visit, id, StatusCode::OK, Shown { unmasked: true, ..Shown::default() }).await
}

/// The details page for somebody who asked whether a retry would pass.
pub(super) async fn tested(visit: &Visit, id: String) -> Answer {
    details(visit, id, StatusCode::OK, Shown { is_tested: true, ..Shown::default() }).await
}

async fn details(visit: &Visit, id: String, status: StatusCode, shown: Shown) -> Answer {
    let filter = filter_of(visit)?;
    let asked = filter.clone();
    let sources = &visit.state.test_sources;
    let (mut platform, is_to_test) =
        (Platform::new(sources, visit.state.clock.today()), shown.is_tested || sources.are_quick());
    let read = move |connection: &mut DbConnection| {
        let found = Found::read(connection, &id, &asked)?;
        let judged = judge(connection, &found, is_to_test.then_some(&mut platform))?;
        Ok((found, judged))
    };
    let (found, judged) = visit.state.database.run(read).await?;
    let forecast = match judged {
        Ok(Some(judged)) if shown.is_tested => Ok(Some(forecast::priced(judged, sources.clone()).await?)),
        // No page waits for a price that nobody asked for.
        Ok(judged) => Ok(judged.map(|judged| judged.forecast).filter(|told| !told.wants_price())),
        Err(refusal) => Err(refusal),
    };
    let told = visit.state.ledger.look(&visit.state.database, found.record.llmusageid.clone()).await;
    let names = visit.names().await;
    let language = visit.language;
    let form = FormView::new(&SHOWN_FIELDS, &shown.fields, &shown.errors, language);
    let mut context = details::build(visit, &filter, &found, &names, form, shown.unmasked);
    context.correct = correct_view(visit, &names, &found, &filter);
    let test = |told: &Option<_>| TestView::new(&found.record, told.as_ref(), &filter, shown.is_tested);
    context.test = forecast.as_ref().ok().map(test);
    context.tell(&told, &found, &filter);
    // The tick that is asked for stands in the form that was sent.
    let was_correction = !shown.errors.is_empty() && shown.fields.raw("then").is_some();
    context.corrects = was_correction || shown.errors.keys().any(|name| correcting::is_input(name));
    if shown.refusal.is_some() {
        context.typed = typed::in_words(&shown.fields, |name| !context.holds(name), language);
        context.refusal = shown.refusal;
    }
    if let (true, Err(refusal)) = (shown.is_tested, &forecast) {
        context.refusal = Some(RefusalView::new(visit, &found.record.id, &refusal.message())?);
        return visit.render(StatusCode::CONFLICT, "failed_accounting/show.html", &context);
    }
    visit.render(status, "failed_accounting/show.html", &context)
}

/// Tests whether a retry would pass, where that is asked for; why there can be none.
fn judge(
    connection: &mut DbConnection,
    found: &Found,
    platform: Option<&mut Platform>,
) -> Result<std::result::Result<Option<Judged>, Refusal>> {
    let view = View { usage: found.usage.as_ref(), failures: &found.attempts };
    match (view.retry_obstacle(&found.record), platform) {
        (Some(refusal), _) => Ok(Err(refusal)),
        (None, Some(platform)) => Ok(forecast::of_one(connection, view, &found.record, platform)?.map(Some)),
        (None, None) => Ok(Ok(None)),
    }
}

/// The filter in which a record is looked at; what is wrong of it is refused where a page is asked for, and passed over
/// where a form is sent, so that nothing typed is lost.
pub(super) fn filter_of(visit: &Visit) -> Result<Filter> {
    Ok(Filter::parse(&visit.query()?).0)
}

/// An answer for a form whose fields were refused.
pub(super) async fn refused(visit: &Visit, id: String, fields: Fields, errors: FieldErrors) -> Answer {
    details(visit, id, StatusCode::UNPROCESSABLE_ENTITY, Shown { fields, errors, ..Shown::default() }).await
}

/// An answer for a form that the present state of the record, or of another of its usage, does not allow.
pub(super) async fn in_the_way(visit: &Visit, id: String, fields: Fields, message: &Message) -> Answer {
    let refusal = Some(RefusalView::new(visit, &id, message)?);
    let shown = Shown { fields: fields.clone(), refusal, ..Shown::default() };
    match details(visit, id, StatusCode::CONFLICT, shown).await {
        Err(WebError(Error::NotFound)) => gone(visit, &fields),
        page => page,
    }
}
