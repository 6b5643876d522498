//! Searching parts of texts, without case for all letters, whatever the collation of the column.

use diesel::dsl::sql;
use diesel::sql_types::{Bool, Nullable, Text};

use super::super::Engine;
use super::{Condition, masked};
use crate::base::caseless;
use crate::db::schema::llmusage_accounting_failed as failed;

/// The pattern for a part of a text, with the wildcards of LIKE taken literally (escape character `!`).
pub fn like_pattern(part: &str) -> String {
    let escaped = part.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{escaped}%")
}

/// "This column of text holds that word", in any case.
pub fn contains<T: 'static>(engine: Engine, column: &str, word: &str) -> Condition<T> {
    let word = caseless::fold(word).into_owned();
    match engine {
        // As bytes, since a cell may hold such.
        Engine::Sqlite => Box::new(
            sql::<Nullable<Bool>>(&format!("holds_word(CAST({column} AS BLOB), "))
                .bind::<Text, _>(word)
                .sql(")"),
        ),
        // In one character set and by letters, whatever set the table has and however its collation compares.
        Engine::Mysql => {
            let folded = format!("LOWER(CONVERT({column} USING utf8mb4))");
            let folded = if word.contains('σ') { format!("REPLACE({folded}, 'ς', 'σ')") } else { folded };
            Box::new(
                sql::<Nullable<Bool>>(&format!("{folded} LIKE "))
                    .bind::<Text, _>(like_pattern(&word))
                    .sql(" COLLATE utf8mb4_bin ESCAPE '!'"),
            )
        }
        // Letters fold there by the locale of the database, in "C" those of ASCII alone.
        Engine::Postgres
            if word.chars().any(|letter| !letter.is_ascii() && caseless::variants(letter).len() > 1) =>
        {
            let matches = sql::<Nullable<Bool>>(&format!("{column} ~ ")).bind::<Text, _>(any_case(&word));
            Box::new(matches.sql(""))
        }
        Engine::Postgres => Box::new(
            sql::<Nullable<Bool>>(&format!("{column} ILIKE "))
                .bind::<Text, _>(like_pattern(&word))
                .sql(" ESCAPE '!'"),
        ),
    }
}

/// "The reason of a failure, as it is shown, holds that word", in any case. Rows that rules before `version` sorted, or
/// none yet, are found by reasons in which nothing could be a secret.
pub fn shows(engine: Engine, word: &str, version: i32) -> Condition<failed::table> {
    if engine != Engine::Sqlite {
        return masked::shows(engine, word, version);
    }
    let word = caseless::fold(word).into_owned();
    Box::new(sql::<Nullable<Bool>>("shows_word(CAST(failed_reason AS BLOB), ").bind::<Text, _>(word).sql(")"))
}

/// A regular expression for a word in any case.
fn any_case(word: &str) -> String {
    let letter = |letter: char| match letter {
        letter if letter.is_ascii_alphabetic() => {
            format!("[{}{}]", letter.to_ascii_lowercase(), letter.to_ascii_uppercase())
        }
        letter if letter.is_ascii_punctuation() => format!("\\{letter}"),
        letter if letter.is_ascii() => letter.to_string(),
        letter => {
            let all: Vec<String> = caseless::variants(letter).iter().map(char::to_string).collect();
            if all.len() == 1 { all.concat() } else { format!("(?:{})", all.join("|")) }
        }
    };
    word.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_patterns_are_taken_literally() {
        assert_eq!(like_pattern("50%_!"), "%50!%!_!!%");
        assert_eq!(any_case("ü.b(1)_"), "(?:ü|Ü)\\.[bB]\\(1\\)\\_");
    }
}
