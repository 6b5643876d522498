//! Secrets of every kind are masked, and nothing else is: the kinds stand in `cases/`.

use llmage_admin::base::secrets::{has_secret, mask, signs};
use llmage_admin::causes::cause::Cause;

use crate::texts::files;

/// How many secrets of each kind are tried.
const TRIES: usize = 15;

/// A part of a secret of so many letters may not be shown.
const PART: usize = 6;

struct Kind {
    name: String,
    text: String,
    alphabet: &'static str,
    length: usize,
}

fn kinds(file: &'static str) -> Vec<Kind> {
    let kind = |cells: Vec<&str>| Kind {
        name: cells[0].to_owned(),
        text: files::unescaped(&cells[1].replace("{{", "\u{1}").replace("}}", "\u{2}")),
        alphabet: match cells[2] {
            "alnum" => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            "upper" => "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
            "base64" => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
            "hex" => "0123456789abcdef",
            "lower" => "abcdefghijklmnopqrstuvwxyz0123456789",
            "digits" => "0123456789",
            "letters" => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
            other => panic!("{other} is no alphabet"),
        },
        length: cells[3].parse().expect("a length"),
    };
    files::rows(file).into_iter().map(kind).collect()
}

fn shown_part(secret: &str, shown: &str) -> Option<String> {
    let letters: Vec<char> = secret.chars().collect();
    let parts = letters.windows(PART.min(letters.len())).map(|part| part.iter().collect::<String>());
    parts.into_iter().find(|part| shown.contains(part.as_str()))
}

#[test]
fn no_part_of_a_secret_of_any_kind_is_shown() {
    let mut random = files::Random::new(7);
    let mut faults = Vec::new();
    for kind in [files::SECRETS, files::MORE_SECRETS].into_iter().flat_map(kinds) {
        for _ in 0..TRIES {
            let secret = random.word(kind.alphabet, kind.length);
            let text = kind.text.replace("{}", &secret).replace('\u{1}', "{").replace('\u{2}', "}");
            let masked = mask(&text);
            if let Some(part) = shown_part(&secret, &masked) {
                faults.push(format!("{}: {part} of {text} in {masked}", kind.name));
                break;
            }
            assert!(has_secret(&text), "{text}");
            assert_eq!(mask(&masked), masked, "masked again");
            let cause = Cause::of(Some(&text));
            assert_eq!(shown_part(&secret, &cause.title), None, "{}", cause.title);
            assert_eq!(shown_part(&secret, &cause.template), None, "{}", cause.template);
        }
    }
    assert!(faults.is_empty(), "{} kinds are shown\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn what_the_databases_look_for_is_in_each_text_with_a_secret() {
    let [any_case, as_written] = signs().map(|signs| regex::Regex::new(signs).expect("it compiles"));
    let has_sign = |text: &str| any_case.is_match(text) || as_written.is_match(text);
    let mut random = files::Random::new(11);
    for kind in [files::SECRETS, files::MORE_SECRETS].into_iter().flat_map(kinds) {
        let text = kind.text.replace("{}", &random.word(kind.alphabet, kind.length));
        assert!(has_sign(&text), "{text}");
    }
    let pairs = [files::CAUSES, files::MORE_CAUSES].into_iter().flat_map(files::rows);
    for text in pairs.flat_map(|row| row[2..].to_vec()).filter(|text| has_secret(text)) {
        assert!(has_sign(text), "{text}");
    }
    for text in ["pin=1234", "otp: 0815", "验证码：481516", "jwt=abcd", "sk-1234"] {
        assert!(has_secret(text) && has_sign(text), "{text}");
    }
    for text in ["usages is None", "upstream is busy", "账户余额不够"] {
        let is_found = has_sign(text);
        assert!(!is_found, "not in each text, or nothing would be found: {text}");
    }
}

#[test]
fn the_name_stays_where_the_value_goes() {
    for (text, expected) in [
        (
            "https://h.example/v1?key=AIzaSyD4jK8mQ2pX7vR9tW1zB6nC3fH5gL0sYa&x=1",
            "https://h.example/v1?key=***&x=1",
        ),
        (
            "{\"password\": \"it's & , here\", \"user\": \"root\"}",
            "{\"password\": \"***\", \"user\": \"root\"}",
        ),
        (
            "{\"body\": \"{\\\"api_key\\\": \\\"x1y2z3\\\"}\"}",
            "{\"body\": \"{\\\"api_key\\\": \\\"***\\\"}\"}",
        ),
        ("mysql+pymysql://root:a/b c@10.0.0.1/db", "mysql+pymysql://root:***@10.0.0.1/db"),
        ("Authorization: ApiKey abc123", "Authorization: ApiKey ***"),
        ("密码：abc123，请检查", "密码：***，请检查"),
        ("sk_live_4eC39HqLyjWDarjtT1zdp7dc used", "sk_live_*** used"),
        ("Incorrect API key provided: sk-proj-********MxYA.", "Incorrect API key provided: sk-***."),
        (
            "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----***-----END PRIVATE KEY-----",
        ),
        ("<password><![CDATA[ab<cd9Xk]]></password>", "<password><![CDATA[***]]></password>"),
        ("<password>ab&lt;cd9Xk</password>", "<password>***</password>"),
        ("\\u003cpassword\\u003eHunter22\\u003c/password", "\\u003cpassword\\u003e***\\u003c/password"),
        ("%3Cpassword%3Esummer2024%3C/password%3E", "%3Cpassword%3E***%3C/password%3E"),
        ("Cookies: sid=a1b2; theme=dark", "Cookies: ***"),
    ] {
        assert_eq!(mask(text), expected);
    }
}

#[test]
fn wording_and_ids_are_no_secrets() {
    let shown = files::NO_SECRETS.lines().filter(|line| !line.is_empty());
    let faults: Vec<String> =
        shown.filter(|line| has_secret(line)).map(|line| format!("{line} | {}", mask(line))).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
