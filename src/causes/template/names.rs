//! The words that tell what stands beside them: a name that belongs to the cause, or a value that does not.
//!
//! The lists of words stand in `lists/`; short ones stand beside the rules that ask them.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::base::drawn;

/// A list of words, read when it is asked for the first time.
pub(super) type Words = LazyLock<HashSet<&'static str>>;

macro_rules! words {
    ($file:literal) => {
        std::sync::LazyLock::new(|| {
            include_str!($file).lines().filter(|line| !line.starts_with('#')).collect()
        })
    };
}
pub(super) use words;

static BEFORE_VALUES: Words = words!("lists/before_values.txt");
static BEFORE_VALUES_ZH: Words = words!("lists/before_values_zh.txt");

/// What follows a quoted value.
const AFTER_VALUES: [&str; 7] = [
    " is not a valid",
    " is not valid",
    " is too long",
    " does not match",
    " is not of type",
    " is not one of",
    " is not a multiple",
];

static BEFORE_CODES: Words = words!("lists/before_codes.txt");

pub(super) fn is_before_value(word: &str) -> bool {
    BEFORE_VALUES.contains(word) || is_id_name(word) || is_before_value_zh(word)
}

pub(super) fn is_before_value_zh(word: &str) -> bool {
    BEFORE_VALUES_ZH.iter().any(|noun| word.ends_with(noun))
}

pub(super) fn is_after_value(text: &str) -> bool {
    AFTER_VALUES.iter().any(|words| text.starts_with(words))
}

pub(super) fn is_before_code(word: &str) -> bool {
    BEFORE_CODES.contains(word)
        || (!word.is_ascii() && BEFORE_CODES.iter().any(|noun| !noun.is_ascii() && word.ends_with(noun)))
}

/// Whether a word, in small letters, names an id.
pub(super) fn is_id_name(word: &str) -> bool {
    const IDS: [&str; 18] = [
        "id",
        "orgid",
        "userid",
        "llmid",
        "llmusageid",
        "luid",
        "ppid",
        "taskid",
        "transno",
        "requestid",
        "traceid",
        "sessionid",
        "guid",
        "tenantid",
        "orderid",
        "customerid",
        "apikey",
        "accountid",
    ];
    IDS.contains(&word) || word.ends_with("_id") || word.ends_with("-id")
}

/// Values that are no values: what is missing is part of the cause.
pub(super) fn is_nothing_or_truth(text: &str) -> bool {
    matches!(
        text,
        "None" | "null" | "NULL" | "nil" | "undefined" | "NaN" | "nan" | "True" | "False" | "true" | "false"
    )
}

/// Whether a quoted word can be the name of a field, a column, a type.
pub(super) fn is_name(text: &str) -> bool {
    let part = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    text.len() <= 64
        && text.split('.').all(part)
        && !is_host(text)
        && !is_file(text)
        && !text.split('.').any(is_random)
}

/// Whether a word of letters, digits, `_` and `-` was drawn, not written.
pub(super) fn is_random(word: &str) -> bool {
    let (mut digits, mut changes, mut last) = (0, 0, ' ');
    for letter in word.chars() {
        digits += usize::from(letter.is_ascii_digit());
        if last != ' ' && letter.is_ascii_digit() != last.is_ascii_digit() {
            changes += 1;
        }
        last = letter;
    }
    let length = word.len();
    let is_hex = digits > 0 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    (length >= 8 && is_hex)
        || (length >= 16 && digits >= 3 && changes >= 3)
        || (length >= 6 && changes >= 4)
        || (length >= 14 && drawn::are_letters_drawn(word))
        || drawn::has_strewn_capitals(word)
}

/// Names of hosts, of at least two parts, without a port.
pub(super) fn is_host(text: &str) -> bool {
    const SURE: [&str; 15] = [
        "com",
        "cn",
        "net",
        "org",
        "edu",
        "gov",
        "biz",
        "xyz",
        "cloud",
        "local",
        "internal",
        "lan",
        "svc",
        "localdomain",
        "cluster",
    ];
    const IN_LONG_NAMES: [&str; 14] =
        ["io", "ai", "dev", "app", "top", "tech", "site", "info", "hk", "sg", "jp", "uk", "us", "de"];
    let labels: Vec<&str> = text.split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let Some(last) = labels.last().map(|last| last.to_ascii_lowercase()) else { return false };
    labels.len() >= 2
        && labels.iter().all(is_label)
        && (SURE.contains(&last.as_str()) || labels.len() >= 3 && IN_LONG_NAMES.contains(&last.as_str()))
}

/// Names of files, by their endings.
pub(super) fn is_file(text: &str) -> bool {
    const ENDINGS: [&str; 49] = [
        "py", "pyc", "js", "ts", "json", "jsonl", "yaml", "yml", "txt", "csv", "xml", "log", "conf", "ini",
        "sql", "sh", "html", "htm", "md", "pdf", "png", "jpg", "jpeg", "gif", "webp", "bmp", "svg", "mp3",
        "mp4", "wav", "avi", "mov", "flac", "ogg", "zip", "gz", "tar", "whl", "pem", "crt", "toml", "rs",
        "java", "ui", "dspy", "xlsx", "docx", "sqlite", "bin",
    ];
    let Some((name, ending)) = text.rsplit_once('.') else { return false };
    !name.is_empty() && ENDINGS.contains(&ending.to_ascii_lowercase().as_str())
}

/// Words with digits in them that name a technique, not a thing.
pub(super) fn is_technical(word: &str) -> bool {
    const TECHNICAL: [&str; 50] = [
        "utf-8",
        "utf8",
        "utf8mb4",
        "utf8mb3",
        "utf-16",
        "utf-32",
        "latin-1",
        "latin1",
        "iso-8859-1",
        "base64",
        "base32",
        "sha1",
        "sha-1",
        "sha256",
        "sha-256",
        "sha512",
        "md5",
        "http2",
        "ipv4",
        "ipv6",
        "s3",
        "ec2",
        "oauth2",
        "oauth1",
        "x509",
        "h264",
        "h265",
        "mp3",
        "mp4",
        "k8s",
        "i18n",
        "aiohttp3",
        "urllib3",
        "http/1",
        "b64",
        "cp1252",
        "cp936",
        "gb2312",
        "gb18030",
        "int32",
        "int64",
        "uint8",
        "float32",
        "float64",
        "float16",
        "int8",
        "int16",
        "2xx",
        "4xx",
        "5xx",
    ];
    TECHNICAL.contains(&word.to_ascii_lowercase().as_str())
        || ["Error", "Exception", "Warning", "Timeout"]
            .iter()
            .any(|end| word.ends_with(end) && !word.contains('-'))
            && !word.starts_with(|first: char| first.is_ascii_digit())
}
