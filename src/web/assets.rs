//! Templates and static files: inside the binary, so that one file is all there is to install, or in a folder that is
//! served in their place while they are being changed.

use std::collections::BTreeMap;
use std::hash::Hasher;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use actix_web::http::header::{self, EntityTag, Header, IfNoneMatch};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, guard, web};
use include_dir::{Dir, include_dir};

use super::error::{self as faults, Answer};
use crate::error::{Error, Result};

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");
static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/static");

/// Where templates and static files come from.
#[derive(Debug, Clone)]
pub enum Assets {
    /// Those that were compiled in.
    Inside,
    /// Those of a folder with `templates/` and `static/`.
    Folder(PathBuf),
}

impl Assets {
    /// Those of the folder that was named, else those inside the binary.
    ///
    /// # Errors
    /// [`Error::Unavailable`] naming the setting when the folder does not hold both.
    pub fn of(named: Option<&Path>) -> Result<Assets> {
        let Some(folder) = named else { return Ok(Assets::Inside) };
        if folder.join("templates").is_dir() && folder.join("static").is_dir() {
            return Ok(Assets::Folder(folder.to_owned()));
        }
        Err(Error::Unavailable(format!(
            "--assets: no folder with templates/ and static/ at {}",
            folder.display()
        )))
    }

    /// Every template, by its path below `templates/`.
    pub(super) fn templates(&self) -> Result<BTreeMap<String, String>> {
        let mut texts = BTreeMap::new();
        match self {
            Assets::Inside => gather_inside(&TEMPLATES, &mut texts)?,
            Assets::Folder(folder) => {
                let root = folder.join("templates");
                gather(&root, &root, &mut texts)?;
            }
        }
        Ok(texts)
    }

    /// A short text that changes whenever a static file does, for the addresses of static files.
    pub(super) fn version(&self) -> String {
        let mut hasher = hasher();
        match self {
            Assets::Inside => EMBEDDED.values().for_each(|file| hasher.write(&file.content)),
            Assets::Folder(folder) => {
                let entries = std::fs::read_dir(folder.join("static"));
                let mut files: Vec<PathBuf> = entries
                    .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
                    .unwrap_or_default();
                files.sort();
                files.iter().for_each(|file| hasher.write(&std::fs::read(file).unwrap_or_default()));
            }
        }
        format!("{:016x}", hasher.finish())
    }

    /// Serves the static files below `/static/`; whatever is not there gets the page of unknown routes.
    pub fn serve(&self, service: &mut web::ServiceConfig) {
        match self {
            Assets::Inside => {
                let reading = guard::Any(guard::Get()).or(guard::Head());
                service.service(
                    web::resource("/static/{file:.*}")
                        .route(web::route().guard(reading).to(show))
                        .default_service(web::to(faults::no_such_method)),
                );
            }
            Assets::Folder(folder) => {
                let files = actix_files::Files::new("/static", folder.join("static"));
                service.service(files.default_handler(web::to(faults::no_such_route)));
            }
        }
    }
}

/// Only has to differ between versions, so the standard hasher does.
fn hasher() -> std::collections::hash_map::DefaultHasher {
    std::collections::hash_map::DefaultHasher::new()
}

fn gather_inside(folder: &'static Dir<'static>, texts: &mut BTreeMap<String, String>) -> Result<()> {
    for file in folder.files() {
        let text = file.contents_utf8().ok_or_else(|| Error::internal("a template is no text"))?;
        texts.insert(slashed(file.path()), text.to_owned());
    }
    folder.dirs().try_for_each(|folder| gather_inside(folder, texts))
}

fn gather(root: &Path, folder: &Path, texts: &mut BTreeMap<String, String>) -> Result<()> {
    let unreadable =
        |path: &Path, error| Error::Unavailable(format!("--assets: cannot read {}: {error}", path.display()));
    for entry in std::fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
        let path = entry.map_err(|error| unreadable(folder, error))?.path();
        if path.is_dir() {
            gather(root, &path, texts)?;
        } else if path.extension().is_some_and(|extension| extension == "html") {
            let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
            texts.insert(slashed(path.strip_prefix(root).unwrap_or(&path)), text);
        }
    }
    Ok(())
}

fn slashed(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// A static file that was compiled in.
struct Embedded {
    content: Bytes,
    content_type: String,
    /// Tells the content, so that a browser that has it is not sent it again.
    tag: EntityTag,
}

static EMBEDDED: LazyLock<BTreeMap<String, Embedded>> = LazyLock::new(|| {
    let file = |file: &'static include_dir::File<'static>| {
        let mut hasher = hasher();
        hasher.write(file.contents());
        let embedded = Embedded {
            content: Bytes::from_static(file.contents()),
            content_type: content_type(file.path()),
            tag: EntityTag::new_strong(format!("{:016x}", hasher.finish())),
        };
        (slashed(file.path()), embedded)
    };
    FILES.files().map(file).collect()
});

fn content_type(path: &Path) -> String {
    let extension = path.extension().map(|extension| extension.to_string_lossy()).unwrap_or_default();
    let kind = actix_files::file_extension_to_mime(&extension);
    match kind.type_().as_str() == "text" {
        true => format!("{kind}; charset=utf-8"),
        false => kind.to_string(),
    }
}

/// A file that was compiled in; 304 for whoever has it already.
async fn show(request: HttpRequest) -> Answer {
    let file = EMBEDDED.get(request.match_info().query("file")).ok_or(Error::NotFound)?;
    let known = match IfNoneMatch::parse(&request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|tag| tag.weak_eq(&file.tag)),
        Err(_) => false,
    };
    let mut response = match known {
        true => HttpResponse::NotModified(),
        false => HttpResponse::Ok(),
    };
    response.insert_header(header::ETag(file.tag.clone()));
    if known {
        return Ok(response.finish());
    }
    Ok(response.content_type(file.content_type.clone()).body(file.content.clone()))
}
