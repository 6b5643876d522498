//! `POST /batches`: the batch of what was ticked; where nothing was, the same list again, which is another feature's page.

use crate::audit::event::Author;
use crate::base::form::Fields;
use crate::batches::form::OF_THE_TICKS;
use crate::error::Error;
use crate::web::error::{Answer, WebError};
use crate::web::extract::{Form, Visit};
use crate::{batches, failed_accounting};

/// Leads to the preview; or says at the list what was not ticked.
pub async fn create(visit: Visit, author: Author, Form(fields): Form) -> Answer {
    let refused = match batches::pages::create(&visit, author, &fields).await {
        Err(WebError(Error::Invalid(errors))) => errors,
        answer => return answer,
    };
    match refused.get("id").filter(|_| refused.len() == 1) {
        Some(why) => {
            let of_list = |(name, _): &&(String, String)| !OF_THE_TICKS.contains(&name.as_str());
            let query = Fields::new(fields.pairs().iter().filter(of_list).cloned().collect());
            failed_accounting::pages::index_refusing(&visit, &query, why.clone()).await
        }
        None => Err(Error::Invalid(refused).into()),
    }
}
