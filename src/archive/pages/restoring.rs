//! `/history/restore`: which usages come back, what that means, and the way back itself.

use serde::Serialize;

use crate::archive::restore;
use crate::archive::run::Sums;
use crate::base::form::{Fields, Message};
use crate::error::{Error, Result};
use crate::usages::usage::Usage;
use crate::web::error::Answer;
use crate::web::extract::{Form, Query, Visit};
use crate::web::form::{FormState, FormView};
use crate::web::{links, page};

#[derive(Serialize)]
struct RestorePage {
    form: FormView,
    usages: Vec<UsageView>,
    number: i64,
    amount: String,
    cost: String,
}

#[derive(Serialize)]
struct UsageView {
    id: String,
    link: String,
    use_date: Option<String>,
    amount: Option<String>,
    cost: Option<String>,
}

/// `GET /history/restore`.
pub async fn confirm(visit: Visit, Query(fields): Query) -> Answer {
    let asked = fields.all("id").any(|id| !id.trim().is_empty());
    let found = if asked { look(&visit, &fields).await } else { Ok(Vec::new()) };
    match found {
        Ok(usages) => show(&visit, FormState::new(fields), &usages),
        Err(Error::Invalid(errors)) => show(&visit, FormState::refused(fields, errors), &[]),
        Err(error) => Err(error.into()),
    }
}

async fn look(visit: &Visit, fields: &Fields) -> Result<Vec<Usage>> {
    let ids = restore::ids(fields)?;
    visit.state.database.run(move |connection| restore::named(connection, &ids)).await
}

fn show(visit: &Visit, form: FormState, usages: &[Usage]) -> Answer {
    let mut sums = Sums::default();
    usages.iter().for_each(|usage| sums.add(usage.amount, usage.cost));
    let typed: Vec<&str> = form.fields.all("id").collect();
    let fields = Fields::new(vec![("id".to_owned(), typed.join("\n"))]);
    let form = FormState { fields, ..form };
    let view = |usage: &Usage| UsageView {
        link: format!("/history/{}", links::segment(&usage.id)),
        id: usage.id.clone(),
        use_date: usage.use_date.map(|date| date.to_string()),
        amount: usage.amount.map(|money| money.to_string()),
        cost: usage.cost.map(|money| money.to_string()),
    };
    let context = RestorePage {
        form: form.view(&["id"], visit.language),
        usages: usages.iter().map(view).collect(),
        number: sums.rows,
        amount: sums.amount.to_string(),
        cost: sums.cost.to_string(),
    };
    visit.render(form.status, "archive/restore.html", &context)
}

/// `POST /history/restore`.
pub async fn create(visit: Visit, Form(fields): Form) -> Answer {
    match bring_back(&visit, &fields).await {
        Ok(usages) => {
            let mut sums = Sums::default();
            usages.iter().for_each(|usage| sums.add(usage.amount, usage.cost));
            let told = Message::new("flash-restored").with("number", sums.rows).with("amount", sums.amount);
            visit.tell(told);
            let link = match &usages[..] {
                [alone] => format!("/usages/{}", links::segment(&alone.id)),
                _ => "/usages".to_owned(),
            };
            Ok(page::see_other(&link))
        }
        Err(Error::Invalid(errors)) => show(&visit, FormState::refused(fields, errors), &[]),
        Err(error) => Err(error.into()),
    }
}

async fn bring_back(visit: &Visit, fields: &Fields) -> Result<Vec<Usage>> {
    let ids = restore::ids(fields)?;
    let author = visit.author()?;
    visit.state.database.transaction(move |connection| restore::restore(connection, &ids, &author)).await
}
