//! What the platform is sent to tell a price.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::base::clock::TIME_FORMAT;
use crate::error::{Error, Result};
use crate::forecast::subject::Subject;

/// The version of what is sent.
const FORMAT: u32 = 1;

/// What the platform is sent.
#[derive(Serialize)]
struct Question<'a> {
    version: u32,
    usage: Sent<'a>,
}

/// A usage by the names of the platform's columns.
#[derive(Serialize)]
struct Sent<'a> {
    id: &'a str,
    llmid: Option<&'a str>,
    userid: Option<&'a str>,
    userorgid: Option<&'a str>,
    use_date: Option<String>,
    use_time: Option<String>,
    status: Option<&'a str>,
    /// To the letter: a count may have more digits than a double.
    usages: Option<&'a RawValue>,
}

/// The question for the price of a usage, as JSON.
pub(super) fn of(subject: &Subject) -> Result<String> {
    let usages = subject.usages.clone().and_then(|usages| RawValue::from_string(usages).ok());
    let usage = Sent {
        id: &subject.usage_id,
        llmid: subject.model.as_deref(),
        userid: subject.user.as_deref(),
        userorgid: subject.organisation.as_deref(),
        use_date: subject.use_date.map(|day| day.to_string()),
        use_time: subject.use_time.map(|at| at.format(TIME_FORMAT).to_string()),
        status: subject.status.as_deref(),
        usages: usages.as_deref(),
    };
    serde_json::to_string(&Question { version: FORMAT, usage }).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_sent_is_json_with_the_counts_to_the_letter() {
        let subject = Subject {
            usage_id: "u\"1}".to_owned(),
            usages: Some(" {\"tokens\": 12345678901234567890123} ".trim().to_owned()),
            status: Some("SUCCEEDED".to_owned()),
            ..Subject::default()
        };
        let text = of(&subject).unwrap();
        assert!(text.contains("\"usages\":{\"tokens\": 12345678901234567890123}}}"), "{text}");
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&read["version"], &read["usage"]["id"]), (&json!(1), &json!("u\"1}")));
        assert_eq!((&read["usage"]["llmid"], &read["usage"]["status"]), (&json!(null), &json!("SUCCEEDED")));
    }
}
