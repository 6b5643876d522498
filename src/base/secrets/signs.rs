//! What a text with a secret in it has at least, as regular expressions for the databases.

use std::sync::LazyLock;

use super::{address, header, names, pem, personal, prefix, shape, shortened, wide};

static EXPRESSIONS: LazyLock<[String; 2]> = LazyLock::new(|| of_secrets(None));

static WITH_PERSONAL: LazyLock<[String; 2]> = LazyLock::new(|| of_secrets(Some(personal::SIGN)));

fn of_secrets(more: Option<&str>) -> [String; 2] {
    let mut parts: Vec<String> = Vec::new();
    for name in names::all() {
        let word = escaped(name.name);
        // A short name is in many words; a secret never stands right behind a letter that follows it.
        parts.push(if name.is_whole { format!("{word}([^a-z]|$|v|h|b|s|p)") } else { word });
    }
    let signs = header::SCHEMES
        .iter()
        .chain(&address::SIGNS)
        .chain(&address::PATHS)
        .chain(&address::PATHS_BEFORE_KEYS)
        .chain(&shortened::SIGNS)
        .chain(&shape::SIGNS)
        .chain([&pem::BEGIN, &address::HOST]);
    parts.extend(signs.map(|sign| escaped(sign)));
    parts.push(r"[0-9a-f]{8}\.".to_owned());
    parts.push(wide::SIGN.to_owned());
    parts.extend(more.map(str::to_owned));
    let begins: Vec<String> = prefix::all().iter().map(|one| escaped(one.begin)).collect();
    // Not with the whole length of each key: a database would read such an expression for seconds.
    [format!("(?i){}", parts.join("|")), format!("({})[A-Za-z0-9_.~+/=*…•●-]{{2}}", begins.join("|"))]
}

pub(super) fn expressions() -> [&'static str; 2] {
    let told = if personal::is_personal_masked() { &WITH_PERSONAL } else { &EXPRESSIONS };
    let [any_case, as_written] = &**told;
    [any_case, as_written]
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        if letter.is_ascii_punctuation() && !matches!(letter, '_' | '-' | '/' | '@' | ':' | '~') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}
