//! `GET /api/v1/openapi.json`: the document of the API. A test holds that it names every route of the API and no other.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use utoipa::OpenApi;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::Type;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ObjectBuilder, RefOr, Required};

use crate::error::Error;
use crate::web::error::Answer;
use crate::web::extract::NoQuery;
use crate::web::once;
use crate::{accounts, archive, audit, batches, failed_accounting, usages};

/// The name by which operations ask for a token.
const TOKEN: &str = "token";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "llmage-admin",
        description = "The desk where failed billing gets settled, for programs. Times are in the business zone; money \
                       has at most 5 decimals; what is refused is told as application/problem+json."
    ),
    paths(
        show,
        failed_accounting::api::index::index,
        audit::api::index,
        batches::api::index::index,
        batches::api::index::show,
        batches::api::outcome::show,
        batches::api::create::create,
        batches::api::create::correct,
        batches::api::changes::run,
        batches::api::changes::abort,
        batches::api::changes::undo,
        batches::api::changes::rest,
        batches::api::changes::test,
        failed_accounting::api::cause::show,
        failed_accounting::api::cause::update,
        failed_accounting::api::causes::index,
        failed_accounting::api::changes::create,
        failed_accounting::api::show::show,
        failed_accounting::api::changes::update,
        failed_accounting::api::changes::destroy,
        failed_accounting::api::changes::handle,
        failed_accounting::api::changes::reopen,
        failed_accounting::api::retrying::retry,
        failed_accounting::api::changes::settle,
        failed_accounting::api::retrying::withdraw,
        failed_accounting::api::retrying::close_charged,
        failed_accounting::api::testing::test,
        failed_accounting::api::testing::test_cause,
        failed_accounting::api::correcting::correct,
        failed_accounting::api::failing::create,
        failed_accounting::api::summary::show,
        usages::api::index::index,
        usages::api::index::history,
        usages::api::changes::create,
        usages::api::changes::show,
        usages::api::changes::update,
        usages::api::changes::destroy,
        archive::api::create,
        accounts::tokens::api::show,
    ),
    components(schemas(crate::web::document::ProblemBody)),
    security(("token" = [])),
    modifiers(&Tokens, &Keys)
)]
struct Document;

struct Tokens;

impl utoipa::Modify for Tokens {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A token of the page /tokens, or of `llmage-admin token add`."))
            .build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme(TOKEN, SecurityScheme::Http(scheme));
    }
}

/// The header that every POST takes.
struct Keys;

impl utoipa::Modify for Keys {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for path in document.paths.paths.values_mut() {
            if let Some(post) = &mut path.post {
                post.parameters.get_or_insert_default().push(RefOr::T(idempotency_key()));
            }
        }
    }
}

fn idempotency_key() -> Parameter {
    let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[!-~]{1,255}$"));
    ParameterBuilder::new()
        .name(once::KEY)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "With one, the same request again answers the same and writes nothing; another request with the same key is \
             422. Kept for 48 hours; each token has its own.",
        ))
        .schema(Some(text))
        .build()
}

/// Shows this document.
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    tag = "document",
    security(()),
    responses((status = 200, description = "The document.", body = serde_json::Value))
)]
pub async fn show(_: NoQuery) -> Answer {
    let text = Document::openapi().to_json().map_err(Error::internal)?;
    Ok(HttpResponse::build(StatusCode::OK).content_type("application/json").body(text))
}
