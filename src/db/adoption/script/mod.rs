//! The statements of a migration file, and what each adds: tables, columns, indexes, triggers.
//!
//! Reads the SQL that migrations are written in, not all of SQL: what it does not know is run as it stands.

/// A statement with the comments before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub comment: String,
    /// Without the semicolon.
    pub sql: String,
}

/// What a statement, or a clause of one, adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Table { table: String, columns: Vec<String> },
    Column { table: String, column: String },
    Index { table: String, name: String, keys: String },
    Trigger { table: String, name: String },
}

/// A clause of an `ALTER TABLE`, or a whole other statement, with what it adds if that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    pub sql: String,
    pub part: Option<Part>,
}

/// Splits a script at the semicolons that end statements.
pub fn statements(script: &str) -> Vec<Statement> {
    let mut all = Vec::new();
    let mut rest = script;
    loop {
        let (comment, after) = leading_comment(rest);
        let end = statement_end(after);
        let sql = after[..end].trim();
        if !sql.is_empty() {
            all.push(Statement { comment, sql: sql.to_owned() });
        }
        match after.get(end + 1..) {
            Some(more) => rest = more,
            None => return all,
        }
    }
}

/// The comment lines at the beginning, and what follows them.
fn leading_comment(text: &str) -> (String, &str) {
    let mut comment = String::new();
    let mut rest = text.trim_start();
    while rest.starts_with("--") {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        comment.push_str(line);
        comment.push('\n');
        rest = after.trim_start();
    }
    (comment, rest)
}

/// Where the first statement of a text ends: the place of its semicolon, or the end.
fn statement_end(text: &str) -> usize {
    let is_block = is_trigger_with_body(text);
    let mut at = 0;
    while let Some(next) = text[at..].chars().next() {
        if next == ';' {
            let before = text[..at].trim_end().to_ascii_uppercase();
            if !is_block || before.ends_with("END") {
                return at;
            }
        }
        at += skipped(&text[at..]);
    }
    text.len()
}

/// Whether a statement makes a trigger of several statements.
pub fn is_trigger_with_body(text: &str) -> bool {
    // The first semicolon ends the trigger, or the first statement of its body.
    let head = text.split(';').next().unwrap_or(text);
    let head: Vec<String> = head.split_whitespace().map(str::to_ascii_uppercase).collect();
    head.starts_with(&["CREATE".to_owned(), "TRIGGER".to_owned()]) && head.iter().any(|word| word == "BEGIN")
}

/// How many bytes the character, text, name or comment at the beginning takes.
fn skipped(text: &str) -> usize {
    let closed_by = |open: usize, close: &str| {
        text[open..].find(close).map_or(text.len(), |found| open + found + close.len())
    };
    match text.as_bytes() {
        [b'-', b'-', ..] => closed_by(2, "\n"),
        [b'/', b'*', ..] => closed_by(2, "*/"),
        [b'$', b'$', ..] => closed_by(2, "$$"),
        [b'\'', ..] => closed_by(1, "'"),
        [b'"', ..] => closed_by(1, "\""),
        [b'`', ..] => closed_by(1, "`"),
        _ => text.chars().next().map_or(1, char::len_utf8),
    }
}

/// The text without its comments.
pub fn bare(text: &str) -> String {
    let mut bare = String::new();
    let mut at = 0;
    while at < text.len() {
        let length = skipped(&text[at..]);
        if text[at..].starts_with("--") || text[at..].starts_with("/*") {
            bare.push(' ');
        } else {
            bare.push_str(&text[at..at + length]);
        }
        at += length;
    }
    bare
}

/// Splits at commas that stand in no parentheses and no text.
fn at_commas(text: &str) -> Vec<String> {
    let (mut all, mut depth, mut at, mut from) = (Vec::new(), 0_i32, 0, 0);
    while at < text.len() {
        match text.as_bytes()[at] {
            b'(' => depth += 1,
            b')' => depth -= 1,
            b',' if depth == 0 => {
                all.push(text[from..at].trim().to_owned());
                from = at + 1;
            }
            _ => {}
        }
        at += skipped(&text[at..]);
    }
    all.push(text[from..].trim().to_owned());
    all
}

/// The words before the first parenthesis, in upper case, without `IF NOT EXISTS` and the like; and the rest from
/// that parenthesis on.
fn head(text: &str) -> (Vec<String>, &str) {
    let at = text.find('(').unwrap_or(text.len());
    let noise = ["IF", "NOT", "EXISTS", "CONCURRENTLY"];
    let words = text[..at].split_whitespace().map(str::to_owned);
    let words = words.filter(|word| !noise.contains(&word.to_ascii_uppercase().as_str()));
    (words.collect(), &text[at..])
}

/// What stands in the parentheses at the beginning.
fn inside(text: &str) -> &str {
    let (mut depth, mut at) = (0_i32, 0);
    while at < text.len() {
        match text.as_bytes()[at] {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return text.get(1..at).unwrap_or_default();
        }
        at += skipped(&text[at..]);
    }
    ""
}

/// A name without quotes and schema.
fn name(word: &str) -> String {
    let last = word.rsplit('.').next().unwrap_or(word);
    last.trim_matches(['"', '`', ';']).to_ascii_lowercase()
}

/// The keys of an index in a form that can be compared: columns, order and condition, without spaces.
fn keys(text: &str) -> String {
    let text = text.trim().trim_start_matches("USING btree").trim();
    text.chars()
        .filter(|sign| !sign.is_whitespace() && !matches!(sign, '"' | '`'))
        .collect::<String>()
        .to_lowercase()
}

/// What a statement consists of.
pub fn clauses(sql: &str) -> Vec<Clause> {
    let text = bare(sql);
    let (words, rest) = head(&text);
    let upper: Vec<String> = words.iter().map(|word| word.to_ascii_uppercase()).collect();
    let upper: Vec<&str> = upper.iter().map(String::as_str).collect();
    let whole = |part| vec![Clause { sql: sql.to_owned(), part }];
    match upper.as_slice() {
        ["CREATE", "TABLE", _] => {
            whole(Some(Part::Table { table: name(&words[2]), columns: columns(inside(rest)) }))
        }
        ["CREATE", "VIRTUAL", "TABLE", ..] if words.len() > 3 => {
            whole(Some(Part::Table { table: name(&words[3]), columns: Vec::new() }))
        }
        ["CREATE", "TRIGGER", ..] if words.len() > 2 => whole(Some(trigger(&words))),
        ["CREATE", "INDEX", _, "ON", ..] | ["CREATE", "UNIQUE", "INDEX", _, "ON", ..] => whole(index(&text)),
        ["ALTER", "TABLE", ..] if words.len() > 3 => altered(&name(&words[2]), &text),
        _ => whole(None),
    }
}

/// The table of a trigger stands behind the first `ON`.
fn trigger(words: &[String]) -> Part {
    let table = words.iter().skip_while(|word| !word.eq_ignore_ascii_case("ON")).nth(1);
    Part::Trigger { table: table.map(|word| name(word)).unwrap_or_default(), name: name(&words[2]) }
}

/// What a `CREATE INDEX` adds, also one that the database tells.
pub fn index(text: &str) -> Option<Part> {
    let on = text.find(" ON ")?;
    let (words, _) = head(&text[..on]);
    let rest = text[on + 4..].trim_start();
    let end = rest.find(|sign: char| sign.is_whitespace() || sign == '(')?;
    Some(Part::Index { table: name(&rest[..end]), name: name(words.last()?), keys: keys(&rest[end..]) })
}

/// The names of the columns in the body of a `CREATE TABLE`.
fn columns(body: &str) -> Vec<String> {
    let others = ["PRIMARY", "UNIQUE", "INDEX", "KEY", "CONSTRAINT", "FOREIGN", "CHECK"];
    let first = |item: String| item.split_whitespace().next().map(str::to_owned);
    let words = at_commas(body).into_iter().filter_map(first);
    words
        .filter(|word| !others.contains(&word.to_ascii_uppercase().as_str()))
        .map(|word| name(&word))
        .collect()
}

fn altered(table: &str, text: &str) -> Vec<Clause> {
    let after_table = text.split_whitespace().nth(2).and_then(|word| {
        let at = text.find(word)? + word.len();
        text.get(at..)
    });
    at_commas(after_table.unwrap_or_default())
        .into_iter()
        .map(|sql| {
            let (words, rest) = head(&sql);
            let upper: Vec<String> = words.iter().map(|word| word.to_ascii_uppercase()).collect();
            let upper: Vec<&str> = upper.iter().map(String::as_str).collect();
            let table = table.to_owned();
            let part = match upper.as_slice() {
                ["ADD", "COLUMN", _, ..] => Some(Part::Column { table, column: name(&words[2]) }),
                ["ADD", "INDEX" | "KEY", _] => {
                    Some(Part::Index { table, name: name(&words[2]), keys: keys(rest) })
                }
                _ => None,
            };
            Clause { sql, part }
        })
        .collect()
}

#[cfg(test)]
mod tests;
