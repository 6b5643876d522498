//! What a page may be asked with: a name that it does not know is refused, or a filter with a typing error would do nothing.

use actix_web::HttpRequest;

use super::request;
use crate::base::form::{FieldErrors, Fields, refuse_unknown};
use crate::error::{Error, Result};

/// Which names the address of a page may hold.
#[derive(Debug, Clone, Copy)]
pub enum Takes {
    /// The page judges them itself, and shows its faults at its fields.
    Judging,
    Only(&'static [&'static [&'static str]]),
    /// These names, with values of which that finds nothing wrong.
    Read(&'static [&'static [&'static str]], fn(&Fields) -> FieldErrors),
}

impl Takes {
    /// Refuses an address with any other name, or a value that means nothing there.
    ///
    /// # Errors
    /// [`Error::Invalid`] with each such name; [`Error::Malformed`] when the address is not UTF-8.
    pub(super) fn judge(self, request: &HttpRequest) -> Result<()> {
        let (known, mut errors) = match self {
            Takes::Judging => return Ok(()),
            Takes::Only(known) => (known, FieldErrors::new()),
            Takes::Read(known, wrong) => (known, wrong(&request::query_fields(request)?)),
        };
        refuse_unknown(&request::query_fields(request)?, known, &mut errors);
        if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
    }
}
