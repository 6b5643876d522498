//! What people type of a rule, checked.

use super::destinations::Destinations;
use super::mail;
use super::rule::{Kind, MOST_COUNT, Unit, parse_percent};
use super::store::Wanted;
use crate::base::form::{FieldErrors, Fields, Message, Reader, money_message};
use crate::base::money::Money;
use crate::base::outbound;

pub const FIELDS: [&str; 7] =
    ["kind", "threshold", "to_webhook", "webhook_url", "to_mail", "mail_to", "version"];

/// The most characters of the address of a webhook, and of all addresses of a mail.
const MAX_ADDRESS: usize = 2_000;

/// Reads a rule; the kind of one that exists is given.
///
/// # Errors
/// What is wrong with which field.
pub fn wanted(
    fields: &Fields,
    kind: Option<Kind>,
    destinations: &Destinations,
) -> Result<Wanted, FieldErrors> {
    let mut read = Reader::new(fields);
    let kind = kind.or_else(|| Kind::parse(fields.text("kind").unwrap_or_default()));
    if kind.is_none() {
        read.refuse("kind", Message::new("error-alert-kind"));
    }
    let threshold = kind.and_then(|kind| threshold(&mut read, fields, kind.unit()));
    let is_ticked = |name: &str| fields.text(name) == Some("1");
    let (to_webhook, to_mail) = (is_ticked("to_webhook"), is_ticked("to_mail"));
    let webhook_url = read.line("webhook_url", MAX_ADDRESS);
    if let Some(Err(message)) =
        webhook_url.as_deref().map(|url| outbound::check_url(url, destinations.allows_private))
    {
        read.refuse("webhook_url", message);
    }
    let mail_to = read.line("mail_to", MAX_ADDRESS);
    if let Some(Err(message)) = mail_to.as_deref().map(mail::parse_addresses) {
        read.refuse("mail_to", message);
    }
    if to_webhook {
        if destinations.secret.is_none() {
            read.refuse("to_webhook", Message::new("error-alert-no-secret"));
        } else if webhook_url.is_none() && destinations.webhook_url.is_none() {
            read.refuse("webhook_url", Message::new("error-alert-no-url"));
        }
    }
    if to_mail {
        match &destinations.mailer {
            None => read.refuse("to_mail", Message::new("error-alert-no-mail")),
            Some(mailer) if mail_to.is_none() && mailer.to().is_none() => {
                read.refuse("mail_to", Message::new("error-alert-no-address"));
            }
            Some(_) => {}
        }
    }
    match kind {
        Some(kind) if read.errors.is_empty() => {
            Ok(Wanted { kind, threshold, to_webhook, webhook_url, to_mail, mail_to })
        }
        _ => Err(read.errors),
    }
}

fn threshold(read: &mut Reader<'_>, fields: &Fields, unit: Unit) -> Option<i64> {
    let typed = fields.text("threshold");
    let read_text = |text: &str| match unit {
        Unit::Money => Money::typed(text).map(Money::units).map_err(money_message),
        Unit::Percent => parse_percent(text).map_err(|_| Message::new("error-alert-percent")),
        Unit::Count => text
            .parse()
            .ok()
            .filter(|count| (0..=MOST_COUNT).contains(count))
            .ok_or_else(|| Message::new("error-alert-count").with("limit", MOST_COUNT)),
        Unit::None => Ok(0),
    };
    let needed = || {
        Message::new(match unit {
            Unit::Money => "error-alert-amount",
            Unit::Percent => "error-alert-percent",
            _ => "error-alert-count",
        })
        .with("limit", MOST_COUNT)
    };
    match (unit, typed.map(read_text)) {
        (Unit::None, None) => None,
        // Nobody shall believe that it does something.
        (Unit::None, Some(_)) => {
            read.refuse("threshold", Message::new("error-alert-no-threshold"));
            None
        }
        (_, Some(Ok(number))) => Some(number),
        (_, Some(Err(message))) => {
            read.refuse("threshold", message);
            None
        }
        (_, None) => {
            read.refuse("threshold", needed());
            None
        }
    }
}
