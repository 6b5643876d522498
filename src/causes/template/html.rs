//! Pages that stand where an answer should: of their words the title tells the cause, all else differs from page to page.

use super::scanner::Scanner;

/// The longest title, in bytes.
const TITLE: usize = 400;

/// Reads a page where the present place begins one.
pub(super) fn page(scanner: &mut Scanner<'_>) -> bool {
    let rest = scanner.rest();
    let is_page = ["<!doctype html", "<html", "<head>", "<head "].iter().any(|begin| begins(rest, begin));
    if !is_page {
        return false;
    }
    let end = find(rest, "</html>").map_or(rest.len(), |end| end + "</html>".len());
    let page = rest.get(..end).unwrap_or(rest);
    let title = ["title", "h1", "h2"].iter().find_map(|name| content(page, name));
    // `host | 502: Bad gateway`: each part says something of its own.
    let title = title.map(|title| {
        let parts: Vec<String> = title
            .split(" | ")
            .map(|part| super::tidy(&scanner.inner(part.trim())).replace(['<', '>'], ""))
            .collect();
        parts.join(" | ")
    });
    let title = title.filter(|title| !title.is_empty()).unwrap_or_else(|| super::HIDDEN.to_string());
    scanner.out.push_str(&format!("<html><title>{title}</title></html>"));
    scanner.word.clear();
    scanner.at += end;
    true
}

fn begins(text: &str, begin: &str) -> bool {
    text.get(..begin.len()).is_some_and(|first| first.eq_ignore_ascii_case(begin))
}

/// Where a part stands, in any case of its letters.
fn find(text: &str, part: &str) -> Option<usize> {
    let (bytes, part) = (text.as_bytes(), part.as_bytes());
    bytes.windows(part.len()).position(|window| window.eq_ignore_ascii_case(part))
}

/// The text of the first element of that name.
fn content<'t>(page: &'t str, name: &str) -> Option<&'t str> {
    let begin = find(page, &format!("<{name}"))?;
    let from = begin + page.get(begin..)?.find('>')? + 1;
    let mut to = page.len().min(from + TITLE);
    while !page.is_char_boundary(to) {
        to -= 1;
    }
    let near = page.get(from..to)?;
    let text = near.get(..near.find('<').unwrap_or(near.len()))?.trim();
    (!text.is_empty()).then_some(text)
}
