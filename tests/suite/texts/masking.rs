//! The labelled reasons group as labelled; any text at all is masked in time that grows with its length.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use llmage_admin::base::secrets::mask;
use llmage_admin::causes::cause::{Cause, TITLE};
use llmage_admin::causes::template::template;
use proptest::prelude::*;

use crate::texts::labelled;

#[test]
fn labelled_reasons_are_grouped_and_kept_apart() {
    let all = labelled::all();
    let reasons: usize = all.iter().map(|(_, reasons)| reasons.len()).sum();
    assert!(reasons >= 300, "only {reasons} labelled reasons");
    let mut of_key: HashMap<String, (&str, String)> = HashMap::new();
    let mut faults = Vec::new();
    for (label, reasons) in &all {
        let first = template(&reasons[0]);
        for reason in reasons {
            let shown: String = reason.chars().take(200).collect();
            if template(reason) != first {
                faults.push(format!("SPLIT {label}: {shown}\n   {}\n   {first}", template(reason)));
            }
            let other = of_key.entry(Cause::of(Some(reason)).key).or_insert((label, shown.clone()));
            if other.0 != *label {
                faults.push(format!(
                    "MERGED {label} and {}: {shown} | {}\n   {}",
                    other.0,
                    other.1,
                    template(reason)
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn a_template_is_its_own_template() {
    for reason in labelled::all().into_iter().flat_map(|(_, reasons)| reasons) {
        let once = template(&reason);
        assert_eq!(template(&once), once, "of {reason}");
    }
}

#[test]
fn no_secret_is_in_a_title_or_a_template() {
    for (text, secret) in [
        ("401, message='Unauthorized', api_key=sk-FAKE0000demo0000", "FAKE0000"),
        ("Incorrect API key provided: sk-proj-abcdefgh", "abcdefgh"),
        ("{'headers': {'Authorization': 'Bearer abcdefghijklmnop'}, 'code': 401}", "abcdefgh"),
        ("{\"error\": {\"message\": \"key \\u0073k-abcdefghijkl is wrong\"}}", "abcdefgh"),
        ("mysql://root:geheim@db/sage refused", "geheim"),
        ("password=hunterhunter", "hunter"),
    ] {
        let cause = Cause::of(Some(text));
        assert!(!cause.template.contains(secret) && !cause.title.contains(secret), "{}", cause.template);
    }
}

/// Texts that cost most where something is read again and again.
fn worst(length: usize) -> Vec<String> {
    [
        "{",
        "[",
        "[{",
        "{'a':",
        "{'a':{",
        "('a",
        "'",
        "\"",
        "' '",
        "a=b(",
        "\\",
        "\\'",
        "a",
        "1",
        "…",
        "=",
        "://",
        "a://",
        "(",
        "ppid=1, usages=",
        "usages={",
        "llm not found(",
        "llm (",
        "account not found: orgid=",
        "[parameters:",
        "MySQL server has gone away (",
        "“",
        "用户“",
        "用户【",
        "字",
        "\n",
        "a.",
        "a:",
        "1:",
        "a/",
        "😀",
        "Fri, ",
        "sk-",
        "://a:",
        "{'message': '",
        "\"{\\\"",
        "a'a",
        "{\"error\":\"",
        "{a=",
        "x='",
        "File \"",
        "1 s ",
        "--",
        "llm_charging failed: ",
        "{'code':1},",
        "password=",
        "token ",
        "eyJ",
        "AKIA",
        "-----BEGIN PRIVATE KEY-----",
        "Bearer ",
        "/hooks/a/",
        "a:b@c.d ",
        "auth=('a', ",
        "***",
        "bonfire ",
    ]
    .into_iter()
    .map(|part| part.chars().cycle().take(length).collect())
    .collect()
}

fn time(text: &str) -> Duration {
    let start = Instant::now();
    let masked = template(text);
    assert!(masked.len() <= text.len() * 4 + 100);
    start.elapsed()
}

fn time_of_mask(text: &str) -> Duration {
    let start = Instant::now();
    let masked = mask(text);
    assert!(masked.len() <= text.len() * 4 + 100);
    start.elapsed()
}

/// Four times the text may take twelve times as long and no more: sixteen times would be one reading for each letter. A
/// debug build reads shorter ones; who was held up by others is timed again.
#[test]
fn the_time_for_anything_grows_with_its_length() {
    for time in [time, time_of_mask] {
        grows_with_the_length(time);
    }
}

fn grows_with_the_length(time: fn(&str) -> Duration) {
    let length = if cfg!(debug_assertions) { 5_000 } else { 25_000 };
    for (short, long) in worst(length).into_iter().zip(worst(4 * length)) {
        let times = (0..4).map(|_| (time(&short), time(&long)));
        let is_in_proportion =
            |(least, most): &(Duration, Duration)| *most < *least * 12 + Duration::from_millis(250);
        let mut slow = times.take_while(|pair| !is_in_proportion(pair)).collect::<Vec<_>>();
        let part: String = long.chars().take(16).collect();
        assert!(slow.len() < 4, "{part:?}: {:?} for {length} bytes and four times as many", slow.pop());
    }
}

#[test]
fn an_id_that_looks_like_a_key_is_masked_as_an_id() {
    for text in ["llm not found({})", "{'message': 'request id: {}', 'code': 'x_y'}", "key={} is wrong"] {
        let with = |id: &str| template(&text.replacen("{}", id, 1));
        assert_eq!(with("-a-sk-0A--0A_aA0AA0aa"), with("_-aaaaaa-A__A0Aa0-aaA"));
    }
}

proptest! {
    #[test]
    fn any_text_has_one_stable_template(text in r#"[ -~\n…]{0,120}|.{0,80}|(['"{}\[\]():,= a1…\\]|ppid=|usages=|None|'code'|message|llm ){0,60}"#) {
        let once = template(&text);
        prop_assert_eq!(template(&once), once.clone(), "of {:?}", text);
        let cause = Cause::of(Some(&text));
        prop_assert!(cause.title.chars().count() <= TITLE && !cause.title.contains('\n'));
        prop_assert!(cause.key.len() <= 32);
    }

    #[test]
    fn other_values_are_no_other_cause(
        ids in prop::collection::vec("[A-Za-z0-9_-]{21}", 2),
        numbers in prop::collection::vec(0_u32..10_000_000, 2),
        octets in prop::collection::vec(1_u8..255, 2),
    ) {
        let write = |place: usize| {
            let (id, number, octet) = (&ids[place], numbers[place], octets[place]);
            [
                format!("llm not found({id})"),
                format!("llm_charging failed: ppid='{id}', usages={{'prompt_tokens': {number}}}llmusage.id='{id}'  env.buffered_charging() return None"),
                format!("account not found: orgid={id}, subject=客户资金账户"),
                format!("(1062, \"Duplicate entry '{id}' for key 'PRIMARY'\")"),
                format!("[Errno 111] Connect call failed ('10.0.0.{octet}', {})", 1 + number % 60_000),
                format!("502, message='Bad Gateway', url='https://host{octet}.example.com/a/{id}?n={number}'"),
                format!("Error code: 429 - {{'error': {{'code': 'x_y', 'message': 'Used {number}, request id: {id}', 'type': 't'}}}}"),
                format!("gave up after {number} ms at row {number}, order_id={id}"),
            ]
        };
        for (one, other) in write(0).iter().zip(&write(1)) {
            prop_assert_eq!(template(one), template(other));
        }
    }
}
