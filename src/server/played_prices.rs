//! The prices of the demo's platform over HTTP, on this machine alone, by the contract that docs/operations.md tells.

use std::net::{SocketAddr, TcpListener};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::HeaderMap;
use actix_web::middleware::{Next, from_fn};
use actix_web::{App, HttpMessage, HttpResponse, HttpServer, web};
use secrecy::SecretString;
use serde_json::json;
use subtle::ConstantTimeEq;

use crate::base::clock::Clock;
use crate::base::money::{Money, Number};
use crate::base::outbound;
use crate::db::{Database, DbConnection};
use crate::demo::prices;
use crate::error::{Error, Result};
use crate::forecast::Sources;
use crate::forecast::platform::Platform;
use crate::forecast::price::Told;

/// Takes a port of this machine: that one, or any with 0.
///
/// # Errors
/// [`Error::Unavailable`] where it is not to be had.
pub fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).map_err(|error| Error::Unavailable(format!("--price-url {address}: {error}")))
}

/// Whose prices are told, and by what questions are signed.
#[derive(Debug, Clone)]
pub struct Prices {
    pub database: Database,
    pub clock: Clock,
    pub secret: SecretString,
}

/// Answers on a thread of its own until the process ends.
///
/// # Errors
/// [`Error::Internal`] where there is no thread to be had.
pub fn start(listener: TcpListener, prices: Prices) -> Result<()> {
    let serve = move || {
        let app = move || {
            App::new()
                .app_data(web::Data::new(prices.clone()))
                .default_service(web::post().to(answer))
                .wrap(from_fn(note_signature))
        };
        let served = actix_web::rt::System::new().block_on(async move {
            HttpServer::new(app).workers(1).disable_signals().listen(listener)?.run().await
        });
        if let Err(error) = served {
            tracing::warn!(%error, "the prices of the demo are told no more");
        }
    };
    std::thread::Builder::new().name("prices".to_owned()).spawn(serve).map(drop).map_err(Error::internal)
}

/// By what a question is signed, as its headers say.
#[derive(Debug, Clone, Default)]
struct Signature {
    timestamp: Option<i64>,
    digits: String,
}

impl Signature {
    fn of(headers: &HeaderMap) -> Signature {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let timestamp = header("x-llmage-timestamp").and_then(|timestamp| timestamp.parse().ok());
        Signature { timestamp, digits: header("x-llmage-signature").unwrap_or_default().to_owned() }
    }

    fn is_of(&self, secret: &SecretString, body: &str) -> bool {
        let right = self.timestamp.and_then(|at| outbound::signature(secret, at, body).ok());
        let is_same = |right: String| format!("sha256={right}").as_bytes().ct_eq(self.digits.as_bytes());
        right.is_some_and(|right| is_same(right).into())
    }
}

async fn note_signature(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> std::result::Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let signature = Signature::of(request.headers());
    request.extensions_mut().insert(signature);
    next.call(request).await
}

async fn answer(prices: web::Data<Prices>, signature: web::ReqData<Signature>, body: String) -> HttpResponse {
    if !signature.is_of(&prices.secret, &body) {
        return HttpResponse::Unauthorized().finish();
    }
    let mut platform = Platform::new(&Sources::default(), prices.clock.today());
    let price = move |connection: &mut DbConnection| prices::answer(connection, &body, &mut platform);
    match prices.database.run(price).await {
        Ok(Told::Priced(price)) => {
            let said = Said { amount: Number(price.amount), cost: Number(price.cost) };
            HttpResponse::Ok().json(said)
        }
        Ok(Told::Refused(reason)) => HttpResponse::Ok().json(json!({ "reason": reason })),
        Ok(Told::Untold(..)) | Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}

/// A price, to the digit.
#[derive(serde::Serialize)]
struct Said {
    amount: Number<Money>,
    cost: Number<Money>,
}
