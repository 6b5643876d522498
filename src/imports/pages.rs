//! `/usages/import` and `/failed-accounting/import`: a CSV file, or its text, brought in as a whole or not at all.
//!
//! What is refused is named by line and column. A browser cannot keep a chosen file, so the text of a small one stays
//! in the form to be mended there.

use actix_web::http::StatusCode;
use actix_web::web;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::progress::Progress;
use super::{ImportError, Importable, Source};
use crate::audit::event::Author;
use crate::base::csv::reader::Refusal;
use crate::base::form::{FieldErrors, Fields, Message};
use crate::error::Error;
use crate::web::body::Bounds;
use crate::web::error::Answer;
use crate::web::extract::Visit;
use crate::web::form::FormView;
use crate::web::locale::{self, Language};
use crate::web::page;
use crate::web::upload::{SentFile, Upload};

/// The name of a text that was typed or pasted, in the audit trail.
const PASTED: &str = "pasted.csv";

/// The most bytes of a file whose text stays in a refused form.
const MAX_KEPT: usize = 256 * 1024;

#[derive(Serialize)]
struct ImportPage {
    /// `usage` or `failed_accounting`.
    kind: &'static str,
    list: String,
    action: String,
    columns: Vec<&'static str>,
    ignored: &'static [&'static str],
    mebibytes: usize,
    form: FormView,
    refused: Vec<RefusalView>,
    /// The name of a file whose text stands in the form.
    kept_name: Option<String>,
    /// What that text was, to know whether somebody changed it.
    kept: String,
    /// The name of a refused file that must be chosen again.
    lost_name: Option<String>,
}

#[derive(Serialize)]
struct RefusalView {
    line: u64,
    column: Option<String>,
    reason: String,
}

/// What somebody sent, and what is wrong with it.
#[derive(Default)]
struct Sent {
    text: String,
    file: Option<SentFile>,
    errors: FieldErrors,
    refused: Vec<Refusal>,
}

/// `GET .../import`.
pub async fn new<T: Importable>(visit: Visit) -> Answer {
    form::<T>(&visit, StatusCode::OK, Sent::default())
}

/// `POST .../import`: all rows, or none and why.
pub async fn create<T: Importable + 'static>(visit: Visit, author: Author, sent: Upload) -> Answer {
    let sent = match choose(sent) {
        Ok(sent) => sent,
        Err(sent) => return form::<T>(&visit, StatusCode::UNPROCESSABLE_ENTITY, sent),
    };
    let source = match &sent.file {
        Some(file) => Source::sent(&file.name, file.content.clone()),
        None => Source::sent(PASTED, sent.text.clone().into_bytes()),
    };
    let database = visit.state.database.clone();
    let run = move || super::run::<T>(&database, source, &author, &Progress::hidden());
    match web::block(run).await.map_err(Error::internal)? {
        Ok(imported) => {
            let done = Message::new(match T::RECORD_KIND {
                "usage" => "flash-imported-usages",
                _ => "flash-imported-failures",
            });
            let done = done
                .with("number", imported.rows)
                .with("count", locale::count(i64::try_from(imported.rows).unwrap_or(i64::MAX)))
                .with("amount", imported.amount)
                .with("cost", imported.cost);
            visit.tell(done);
            Ok(page::see_other(&list_of(&visit)))
        }
        Err(ImportError::Refused(refused)) => {
            form::<T>(&visit, StatusCode::UNPROCESSABLE_ENTITY, Sent { refused, ..sent })
        }
        Err(ImportError::Database(error)) => Err(error.into()),
        Err(ImportError::File(error)) => Err(Error::internal(error).into()),
    }
}

/// Which of the two is meant: a file that was chosen, or the text. A text that a refused file left in the form gives
/// way to a new file, one that somebody typed does not.
fn choose(sent: Upload) -> std::result::Result<Sent, Sent> {
    let text = sent.fields.raw("text").unwrap_or_default().replace("\r\n", "\n");
    let is_left = sent.fields.text("kept").is_some_and(|kept| kept == digest(&text));
    let is_blank = text.trim().is_empty();
    let refuse = |text, field: &str, key| {
        let errors = FieldErrors::from([(field.to_owned(), Message::new(key))]);
        Err(Sent { text, errors, ..Sent::default() })
    };
    match sent.file {
        Some(file) if is_blank || is_left => Ok(Sent { file: Some(file), ..Sent::default() }),
        Some(_) => refuse(text, "text", "import-both"),
        None if is_blank => refuse(text, "file", "import-nothing"),
        None => Ok(Sent { text, ..Sent::default() }),
    }
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `/usages` for `/usages/import`.
fn list_of(visit: &Visit) -> String {
    let path = visit.path();
    path.strip_suffix("/import").unwrap_or(path).to_owned()
}

fn form<T: Importable>(visit: &Visit, status: StatusCode, sent: Sent) -> Answer {
    let language = visit.language;
    let Sent { mut text, file, mut errors, refused } = sent;
    let (mut kept_name, mut lost_name) = (None, None);
    let mut field = "text";
    if let Some(file) = file {
        match String::from_utf8(file.content).ok().filter(|text| text.len() <= MAX_KEPT) {
            Some(content) => {
                text = content.replace("\r\n", "\n");
                kept_name = Some(file.name);
            }
            None => {
                field = "file";
                lost_name = Some(file.name);
            }
        }
    }
    if let Some(first) = refused.first() {
        errors.insert(field.to_owned(), first.in_words(words(language)));
    }
    let fields = Fields::new(vec![("text".to_owned(), text)]);
    let context = ImportPage {
        kind: T::RECORD_KIND,
        list: list_of(visit),
        action: visit.path().to_owned(),
        columns: T::LAYOUT.read().collect(),
        ignored: T::LAYOUT.ignored,
        mebibytes: Bounds::FILE.mebibytes(),
        form: FormView::new(&["text"], &fields, &errors, language),
        refused: refused.into_iter().map(|refusal| view(refusal, language)).collect(),
        kept: kept_name.as_ref().map(|_| digest(fields.raw("text").unwrap_or_default())).unwrap_or_default(),
        kept_name,
        lost_name,
    };
    visit.render(status, "imports/new.html", &context)
}

fn words(language: Language) -> impl Fn(&Message) -> String {
    move |message| locale::words(language, message)
}

fn view(refusal: Refusal, language: Language) -> RefusalView {
    RefusalView {
        line: refusal.line,
        reason: locale::words(language, &refusal.reason),
        column: refusal.column,
    }
}
