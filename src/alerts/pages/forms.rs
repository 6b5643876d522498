//! The form of a rule: a new one, and one that is there.

use actix_web::web;
use serde::Serialize;

use super::super::destinations::Destinations;
use super::super::form::{self, FIELDS};
use super::super::rule::{Kind, Rule};
use super::super::store;
use super::view::{DestinationsView, View};
use super::{LIST, action};
use crate::audit::event::ALERT_RULE;
use crate::base::form::{Fields, Message};
use crate::base::merge::{self, SAW, Snapshot, Unit};
use crate::error::{Error, Result};
use crate::web::error::Answer;
use crate::web::extract::{Form, Id, Query, Visit};
use crate::web::form::{Choice, FormState, FormView};
use crate::web::merge::{self as web_merge, MergeView};
use crate::web::page;

#[derive(Serialize)]
struct FormPage {
    form: FormView,
    kinds: Vec<Choice>,
    action: String,
    /// The rule in words; none for a new one.
    words: Option<String>,
    /// Where to delete it; none for a new one.
    delete: Option<String>,
    /// Whether the kind of the rule has a threshold.
    has_threshold: bool,
    destinations: DestinationsView,
    /// What is to be asked where somebody else changed the rule meanwhile.
    merge: Option<MergeView>,
}

/// The fields of a rule that are decided together: whom to tell, and where.
const UNITS: [Unit<'static>; 3] = [&["threshold"], &["to_webhook", "webhook_url"], &["to_mail", "mail_to"]];

/// A form is merged at most this many times with a rule that changes again and again.
const TRIES: usize = 3;

async fn show(visit: &Visit, destinations: &Destinations, rule: Option<&Rule>, form: FormState) -> Answer {
    let language = visit.language;
    let view = View { state: &visit.state, language, destinations };
    let chosen = form.fields.text("kind").unwrap_or_default();
    let choice = |kind: Kind| Choice {
        value: kind.as_str(),
        text: format!("alert-kind-{}", kind.as_str().replace('_', "-")),
        selected: kind.as_str() == chosen,
    };
    let kind = rule.and_then(Rule::kind);
    let context = FormPage {
        form: form.view(&[&FIELDS[..], &[SAW]].concat(), language),
        merge: form.merge,
        kinds: Kind::ALL.into_iter().map(choice).collect(),
        action: rule.map_or_else(|| LIST.to_owned(), |rule| action(&rule.id, "")),
        words: rule.map(|rule| view.words(rule)),
        delete: rule.map(|rule| action(&rule.id, "/delete")),
        has_threshold: !matches!(kind, Some(Kind::NewCause | Kind::ArchiveFailed)),
        destinations: view.destinations(),
    };
    visit.render(form.status, "alerts/form.html", &context)
}

/// `GET /alerts/new`: ticked is what the settings have an address for.
pub async fn new(visit: Visit, Query(fields): Query, destinations: web::Data<Destinations>) -> Answer {
    let mut pairs = fields.pairs().to_vec();
    let mut tick =
        |name: &str, is_set: bool| pairs.push((name.to_owned(), if is_set { "1" } else { "" }.to_owned()));
    tick("to_webhook", destinations.webhook_url.is_some());
    tick("to_mail", destinations.mailer.as_ref().is_some_and(|mailer| mailer.to().is_some()));
    show(&visit, &destinations, None, FormState::new(Fields::new(pairs))).await
}

/// `POST /alerts`: makes a rule, which is on at once.
pub async fn create(visit: Visit, Form(fields): Form, destinations: web::Data<Destinations>) -> Answer {
    match make(&visit, &fields, &destinations).await {
        Ok(()) => {
            visit.tell(Message::new("flash-alert-made"));
            Ok(page::see_other(LIST))
        }
        Err(Error::Invalid(errors)) => {
            show(&visit, &destinations, None, FormState::refused(fields, errors)).await
        }
        Err(Error::Conflict(message)) => {
            show(&visit, &destinations, None, FormState::conflict(fields, "kind", message)).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn make(visit: &Visit, fields: &Fields, destinations: &Destinations) -> Result<()> {
    let author = visit.author()?;
    let wanted = form::wanted(fields, None, destinations).map_err(Error::Invalid)?;
    visit
        .state
        .database
        .transaction(move |connection| store::insert(connection, wanted, &author).map(drop))
        .await
}

async fn found(visit: &Visit, id: &str) -> Result<Rule> {
    let id = id.to_owned();
    visit.state.database.run(move |connection| store::find(connection, &id)).await
}

/// The values of a rule as its form starts with.
fn as_fields(rule: &Rule) -> Fields {
    let tick = |is_ticked: bool| if is_ticked { "1" } else { "" }.to_owned();
    let pairs = [
        ("threshold", rule.threshold_text().unwrap_or_default()),
        ("to_webhook", tick(rule.to_webhook)),
        ("webhook_url", rule.webhook_url.clone().unwrap_or_default()),
        ("to_mail", tick(rule.to_mail)),
        ("mail_to", rule.mail_to.clone().unwrap_or_default()),
    ];
    Fields::new(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// `GET /alerts/{id}/edit`.
pub async fn edit(visit: Visit, Id(id): Id, destinations: web::Data<Destinations>) -> Answer {
    let rule = found(&visit, &id).await?;
    let fields = as_fields(&rule);
    let saw = Snapshot::of(&fields).encode();
    let fields = fields.with("version", rule.version).with(SAW, saw);
    show(&visit, &destinations, Some(&rule), FormState::new(fields)).await
}

/// `POST /alerts/{id}`: changes a rule.
pub async fn update(
    visit: Visit,
    Id(id): Id,
    Form(typed): Form,
    destinations: web::Data<Destinations>,
) -> Answer {
    let mut fields = merge::with_boxes(&["to_webhook", "to_mail"], &typed);
    let (mut rule, mut taken) = (found(&visit, &id).await?, Vec::new());
    for _ in 0..TRIES {
        match change(&visit, &rule, &fields, &destinations).await {
            Ok(()) => {
                let done = Message::new("flash-alert-changed");
                visit.tell(web_merge::done(visit.language, done, &taken));
                return Ok(page::see_other(LIST));
            }
            Err(Error::Invalid(errors)) => {
                return show(&visit, &destinations, Some(&rule), FormState::refused(fields, errors)).await;
            }
            Err(Error::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
        rule = found(&visit, &id).await?;
        let now = as_fields(&rule);
        let (merged, saw) = merge::merge_form(&UNITS, &now, &fields);
        fields = merged.fields.with("version", rule.version);
        if !merged.is_clear() {
            let view = web_merge::of_form(&merged, &saw, &now, visit.language);
            let view = view.by(web_merge::last_change(&visit, ALERT_RULE, &id).await?);
            return show(&visit, &destinations, Some(&rule), FormState::merging(fields, view)).await;
        }
        taken.extend(merged.taken);
    }
    Err(Error::Conflict(Message::new("alert-conflict-changed")).into())
}

async fn change(visit: &Visit, rule: &Rule, fields: &Fields, destinations: &Destinations) -> Result<()> {
    let author = visit.author()?;
    let wanted = form::wanted(fields, rule.kind(), destinations).map_err(Error::Invalid)?;
    let (id, seen) = (rule.id.clone(), fields.text("version").and_then(|text| text.parse().ok()));
    let save =
        move |connection: &mut crate::db::DbConnection| store::change(connection, &id, seen, wanted, &author);
    visit.state.database.transaction(save).await
}
