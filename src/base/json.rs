//! JSON of any shape or damage, made readable without changing a letter of its values.

use serde::de::IgnoredAny;

/// The same JSON with line breaks and indents; none where the text is no JSON. Keys keep their order, numbers their
/// digits, texts their escapes.
pub fn pretty(text: &str) -> Option<String> {
    serde_json::from_str::<IgnoredAny>(text).ok()?;
    let mut out = String::with_capacity(text.len() * 2);
    let (mut depth, mut in_text, mut is_escaped) = (0_usize, false, false);
    let mut letters = text.trim().chars().filter(|letter| *letter != '\u{feff}').peekable();
    while let Some(letter) = letters.next() {
        if in_text {
            out.push(letter);
            in_text = is_escaped || letter != '"';
            is_escaped = letter == '\\' && !is_escaped;
            continue;
        }
        match letter {
            ' ' | '\t' | '\r' | '\n' => {}
            '{' | '[' => {
                out.push(letter);
                while letters.next_if(|next| next.is_ascii_whitespace()).is_some() {}
                match letters.next_if(|next| matches!(next, '}' | ']')) {
                    Some(end) => out.push(end),
                    None => {
                        depth += 1;
                        new_line(&mut out, depth);
                    }
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(letter);
            }
            ',' => {
                out.push(',');
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            _ => {
                in_text = letter == '"';
                out.push(letter);
            }
        }
    }
    Some(out)
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::pretty;

    #[test]
    fn values_keep_their_letters_and_keys_their_order() {
        let text = r#"{"b": 12345678901234567890123, "a":[1.10,{"t":"x,\"}{: \\"},[],{ }],"b":null}"#;
        let expected = "{\n  \"b\": 12345678901234567890123,\n  \"a\": [\n    1.10,\n    {\n      \"t\": \"x,\\\"}{: \\\\\"\n    },\n    [],\n    {}\n  ],\n  \"b\": null\n}";
        assert_eq!(pretty(text).as_deref(), Some(expected));
    }

    #[test]
    fn what_is_no_json_stays_as_it_is() {
        for text in ["", "{\"cut", "nul", "{'a': 1}", &"[".repeat(100_000)] {
            assert_eq!(pretty(text), None);
        }
        assert_eq!(pretty(" null ").as_deref(), Some("null"));
    }
}
