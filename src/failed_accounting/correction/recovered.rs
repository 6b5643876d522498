//! What a model counted, out of the stored output of the call: the last output that has a `usage` or `usages`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

/// What is kept of a call.
#[derive(Deserialize)]
struct Stored<'a> {
    #[serde(borrow)]
    output: &'a RawValue,
}

/// One output, as far as it tells of counts. As it stands: a number read and printed again would lose digits.
#[derive(Deserialize)]
struct Output<'a> {
    #[serde(borrow, default)]
    usage: Option<&'a RawValue>,
    #[serde(borrow, default)]
    usages: Option<&'a RawValue>,
}

/// The usages that an `ioinfo` holds, letter by letter; none where it is the path of a file, cut, or holds none.
pub fn recovered(ioinfo: &str) -> Option<String> {
    let output = serde_json::from_str::<Stored>(ioinfo).ok()?.output.get();
    match serde_json::from_str::<Vec<&RawValue>>(output) {
        Ok(outputs) => outputs.iter().rev().find_map(|output| counted(output.get())),
        Err(_) => counted(output),
    }
}

/// What one output says was counted. Some suppliers' outputs are kept as texts of JSON.
fn counted(output: &str) -> Option<String> {
    if let Ok(text) = serde_json::from_str::<String>(output) {
        return counts(text.trim().trim_start_matches("data:").trim());
    }
    counts(output)
}

fn counts(output: &str) -> Option<String> {
    let output: Output = serde_json::from_str(output).ok()?;
    [output.usage, output.usages]
        .into_iter()
        .flatten()
        .map(RawValue::get)
        .find(|&counts| is_filled(counts))
        .map(str::to_owned)
}

fn is_filled(counts: &str) -> bool {
    serde_json::from_str::<BTreeMap<String, &RawValue>>(counts).is_ok_and(|counts| !counts.is_empty())
}

#[cfg(test)]
mod tests {
    use super::recovered;

    #[test]
    fn the_last_output_that_has_counts_tells_them() {
        for (ioinfo, expected) in [
            (
                r#"{"input": {}, "output": [{"usage": {"a": 1}}, {"usages": {"b": 2}}, {"done": true}]}"#,
                Some(r#"{"b": 2}"#),
            ),
            (r#"{"output": {"usage": {"a": 1.50}}}"#, Some(r#"{"a": 1.50}"#)),
            (r#"{"output": ["data: {\"usage\": {\"a\": 3}}", "[DONE]"]}"#, Some(r#"{"a": 3}"#)),
            (
                r#"{"output": {"usages": {"z": 9007199254740993.10, "a": 1e400}}}"#,
                Some(r#"{"z": 9007199254740993.10, "a": 1e400}"#),
            ),
            (r#"{"output": [{"usage": null}, {"usage": {}}]}"#, None),
            (r#"{"output": [{"usage": {"a": 1}"#, None),
            ("/data/io/2026/05/1.json", None),
            ("[]", None),
        ] {
            assert_eq!(recovered(ioinfo).as_deref(), expected, "{ioinfo}");
        }
    }
}
