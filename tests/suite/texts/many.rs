//! However many texts there are, and whatever varies in them, the causes are as many as the wordings.

use std::collections::HashMap;

use llmage_admin::causes::cause::Cause;

use crate::texts::files::Random;

/// How many texts are tried: a million where `LLMAGE_MANY_TEXTS` says so, less in every run.
fn texts() -> usize {
    std::env::var("LLMAGE_MANY_TEXTS").ok().and_then(|count| count.parse().ok()).unwrap_or(20_000)
}

const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const NANOID: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/// Wordings with places for what varies: of the platform, of suppliers, of databases and of programs elsewhere.
const WORDINGS: [&str; 30] = [
    "llm not found({id})",
    "llm_charging failed: ppid='{id}', usages={'prompt_tokens': {n}, 'note': '{word}'}llmusage.id='{id}'  env.buffered_charging() return None",
    "account not found: orgid={id}, subject=客户资金账户",
    "{'status': '{word}', 'message': '余额不足'} tpac accounting error",
    "{\"error\":{\"message\":\"Rate limit reached, request id: {id}\",\"type\":\"requests\",\"code\":\"rate_limit_exceeded\"},\"request_id\":\"{letters}\"}",
    "{\"code\":1113,\"msg\":\"余额不足\",\"data\":{\"{word}\":\"{letters}\"},\"traceId\":\"{id}\"}",
    "{\"ResponseMetadata\":{\"RequestId\":\"{id}\",\"Error\":{\"Code\":\"AccessDenied\",\"Message\":\"not allowed\"}}}",
    "<html><head><title>502 Bad Gateway</title></head><body><p>{word} {letters} {n}</p></body></html>",
    "<!DOCTYPE html><html><head><title>{host} | 524: A timeout occurred</title></head><body>Ray {id} {word}</body></html>",
    "Incorrect API key provided: sk-proj-{nanoid}.",
    "Incorrect API key provided: sk-****{four}.",
    "Cannot connect to host {host}:{port} ssl:default [Connect call failed ('{ip}', {port})]",
    "connect to [{ip6}]:{port} failed",
    "502, message='Bad Gateway', url='https://{host}/{word}/{id}?n={n}'",
    "(1062, \"Duplicate entry '{id}' for key 'PRIMARY'\")",
    "(1213, 'Deadlock found when trying to get lock; try restarting transaction')\n[SQL: UPDATE t SET a={n} WHERE id='{id}']",
    "余额不足：当前余额 ¥{n}.{n}，需要 {n} 元",
    "charge of USD {n}.{n} refused",
    "客户张三余额不足，订单号：{id}",
    "上海{zh}科技有限公司余额不足",
    "order {letters} was not charged",
    "job {hex} lost after {n} ms",
    "The model `{word}-{n}` does not exist",
    "Traceback (most recent call last):\n  File \"/d/{word}.py\", line {n}, in charge\nKeyError: 'size'",
    "<urllib3.connection.HTTPSConnection object at 0x{hex}>: timed out",
    "{n}-05-12 12:00:{two},{n} ERROR payment {id} failed: timeout after {n} ms",
    "session {hex}-{hex} closed after {n} requests",
    "token expired at 2026-05-{two}T10:00:00Z",
    "dial tcp {ip}:{port}: connect: connection refused",
    "mysql://root:{nanoid}@{ip}/db refused",
];

const WORDS: [&str; 16] = [
    "bonfire", "lantern", "orchid", "marble", "velvet", "harbour", "cedar", "falcon", "meadow", "granite",
    "willow", "ember", "saffron", "cobalt", "juniper", "thistle",
];

fn filled(wording: &str, random: &mut Random) -> String {
    let mut text = String::new();
    let mut rest = wording;
    while let Some(place) = rest.find('{') {
        text.push_str(&rest[..place]);
        rest = &rest[place..];
        let name = rest[1..].find('}').map_or("", |end| &rest[1..=end]);
        let value = match name {
            "id" | "nanoid" => random.word(NANOID, 21),
            "letters" => random.word(LETTERS, 21),
            "hex" => random.word("0123456789abcdef", 16),
            "four" => random.word(&NANOID[..62], 4),
            "n" => (1 + random.below(9_999_999)).to_string(),
            "two" => format!("{:02}", 1 + random.below(28)),
            "port" => (1_000 + random.below(60_000)).to_string(),
            "ip" => format!("10.{}.{}.{}", random.below(256), random.below(256), random.below(256)),
            "ip6" => format!("2001:db8::{:x}:{:x}", random.below(65_536), 1 + random.below(65_535)),
            "host" => format!("{}{}.example.com", WORDS[random.below(16)], random.below(99)),
            "word" => format!("{}{}", WORDS[random.below(16)], random.word("abcdefghijklmnopqrstuvwxyz", 3)),
            "zh" => random.word("某另远明华新诚信达通云智", 2),
            _ => {
                text.push('{');
                rest = &rest[1..];
                continue;
            }
        };
        text.push_str(&value);
        rest = &rest[name.len() + 2..];
    }
    text.push_str(rest);
    text
}

#[test]
fn the_causes_stay_as_many_as_the_wordings() {
    let mut random = Random::new(3);
    let mut of_wording: HashMap<(usize, String), usize> = HashMap::new();
    let texts = texts();
    let mut example: HashMap<String, String> = HashMap::new();
    for number in 0..texts {
        let wording = number % WORDINGS.len();
        let text = filled(WORDINGS[wording], &mut random);
        let cause = Cause::of(Some(&text));
        example.entry(cause.key.clone()).or_insert(cause.template);
        *of_wording.entry((wording, cause.key)).or_default() += 1;
    }
    let alone = of_wording.values().filter(|count| **count == 1).count();
    let mut worst: Vec<(usize, usize)> = (0..WORDINGS.len())
        .map(|wording| (of_wording.keys().filter(|(one, _)| *one == wording).count(), wording))
        .collect();
    worst.sort_unstable_by(|one, other| other.cmp(one));
    let shown: Vec<String> = worst
        .iter()
        .take(5)
        .map(|(count, wording)| {
            let keys = of_wording.keys().filter(|(one, _)| one == wording).take(4);
            let templates: Vec<&str> = keys.map(|(_, key)| example[key].as_str()).collect();
            format!("{count} of {}:\n  {}", WORDINGS[*wording], templates.join("\n  "))
        })
        .collect();
    let report =
        format!("{} causes of {texts} texts, {alone} with one\n{}", of_wording.len(), shown.join("\n"));
    println!("{report}");
    assert!(alone * 500 <= texts, "{report}");
    assert!(of_wording.len() <= WORDINGS.len() * 3 + texts / 500, "{report}");
}

/// Words that errors are not written with, as an answer of a model or a name has them.
const RARE: [&str; 48] = [
    "bonfire", "lantern", "orchid", "marble", "velvet", "cedar", "falcon", "meadow", "granite", "willow",
    "ember", "saffron", "cobalt", "juniper", "thistle", "walrus", "pumpkin", "violin", "glacier", "tulip",
    "sparrow", "cinnamon", "pebble", "raccoon", "trumpet", "hazel", "otter", "biscuit", "canyon", "lavender",
    "mustard", "penguin", "quartz", "ribbon", "sherbet", "turnip", "umbrella", "walnut", "yoghurt",
    "zeppelin", "acorn", "bamboo", "cactus", "dolphin", "fiddle", "gazelle", "hammock", "icicle",
];

/// What people and models write has no end, and no list of wordings: what is left of it as causes of their own is the
/// exception, and the wording around it stays.
#[test]
fn texts_of_random_words_make_few_causes() {
    let mut random = Random::new(9);
    let texts = texts() / 5;
    let mut of_key: HashMap<String, (usize, String)> = HashMap::new();
    for number in 0..texts {
        let count = 3 + random.below(6);
        let words: Vec<String> = (0..count)
            .map(|_| match number % 2 {
                0 => RARE[random.below(RARE.len())].to_owned(),
                _ => {
                    let length = 4 + random.below(7);
                    random.word("abcdefghijklmnopqrstuvwxyz", length)
                }
            })
            .collect();
        let words = words.join(" ");
        let text = match number % 5 {
            0 => words,
            1 => format!("{{\"error\":{{\"message\":\"{words}\",\"type\":\"x\"}}}}"),
            2 => format!("failed to charge: {words}"),
            3 => format!("prompt \"{words}\" was refused"),
            _ => format!("{{\"code\":5,\"note\":\"{words}\"}}"),
        };
        let cause = Cause::of(Some(&text));
        of_key.entry(cause.key).or_insert((0, cause.template)).0 += 1;
    }
    let alone = of_key.values().filter(|(count, _)| *count == 1).count();
    let shown: Vec<&str> = of_key.values().map(|(_, template)| template.as_str()).take(12).collect();
    let report = format!("{} causes of {texts}, {alone} with one\n{}", of_key.len(), shown.join("\n"));
    println!("{report}");
    assert!(of_key.len() * 50 <= texts, "{report}");
    assert_ne!(
        Cause::of(Some("failed to charge: bonfire lantern orchid")).key,
        Cause::of(Some("failed to refund: bonfire lantern orchid")).key
    );
}

#[test]
fn pages_that_differ_in_one_word_are_one_cause() {
    let mut random = Random::new(5);
    let mut keys: Vec<String> = (0..3_580)
        .map(|_| {
            let word = random.word("abcdefghijklmnopqrstuvwxyz", 9);
            let page = format!("<html><head><title>Error</title></head><body><h1>Sorry</h1><p>Reference {word}</p></body></html>");
            Cause::of(Some(&page)).key
        })
        .collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 1);
}
