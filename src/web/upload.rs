//! Forms that carry a file: the fields as text, the file as bytes.

use actix_multipart::{Multipart, MultipartError};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures_util::future::{LocalBoxFuture, ready};
use futures_util::stream::once;
use futures_util::{FutureExt, TryStreamExt};

use super::error::WebError;
use super::request;
use crate::base::form::{Fields, Message};
use crate::error::{Error, Result};

/// A file as the browser sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentFile {
    /// Its name without folders; never blank.
    pub name: String,
    pub content: Vec<u8>,
}

/// What a form with a field for a file carries; the file is none where nobody chose one.
#[derive(Debug, Default)]
pub struct Upload {
    pub fields: Fields,
    pub file: Option<SentFile>,
}

impl FromRequest for Upload {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, std::result::Result<Upload, actix_web::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, body) = (request.clone(), web::Bytes::from_request(request, payload));
        async move { Ok(read(&request, body.await?).await.map_err(WebError)?) }.boxed_local()
    }
}

/// Reads a form of either encoding.
///
/// # Errors
/// [`Error::UnsupportedMediaType`] when it is no form, [`Error::Malformed`] when it is cut or its fields are not UTF-8.
async fn read(request: &HttpRequest, body: web::Bytes) -> Result<Upload> {
    if request.content_type() != "multipart/form-data" {
        return Ok(Upload { fields: request::form_fields(request, &body)?, file: None });
    }
    let mut parts = Multipart::new(request.headers(), once(ready(Ok::<_, PayloadError>(body))));
    let (mut pairs, mut file) = (Vec::new(), None);
    while let Some(mut part) = parts.try_next().await.map_err(cut)? {
        let mut content = Vec::new();
        while let Some(bytes) = part.try_next().await.map_err(cut)? {
            content.extend_from_slice(&bytes);
        }
        let name = part.name().unwrap_or_default().to_owned();
        match part.content_disposition().and_then(|disposition| disposition.get_filename()) {
            Some(path) if path.is_empty() && content.is_empty() => {}
            Some(path) => file = Some(SentFile { name: name_of(path), content }),
            None => pairs.push((name, String::from_utf8(content).map_err(|_| request::not_utf8())?)),
        }
    }
    Ok(Upload { fields: Fields::new(pairs), file })
}

fn cut(_: MultipartError) -> Error {
    Error::Malformed(Message::new("error-body"))
}

/// Some browsers send the folder, too.
fn name_of(path: &str) -> String {
    let name: String = path.rsplit(['/', '\\']).next().unwrap_or_default().trim().to_owned();
    let name: String = name.chars().filter(|letter| !letter.is_control()).collect();
    if name.is_empty() { "file.csv".to_owned() } else { name }
}
