//! A search by words means letters, not bytes: in any case, in any script, with and without an index.

use llmage_admin::base::paging::Position;
use llmage_admin::causes::sorting;
use llmage_admin::db::Database;
use llmage_admin::failed_accounting::condition::{Search, plan_search};
use llmage_admin::failed_accounting::filter::Filter;
use llmage_admin::failed_accounting::list;

use crate::lists::pages::read;
use crate::support::database::TestDatabase;
use crate::support::rows::{Row, failure, insert};

const REASONS: [(&str, &str); 7] = [
    ("german", "Dienst meldet Überlast"),
    ("german-upper", "DIENST MELDET ÜBERLAST"),
    ("russian", "Сервер перегружен"),
    ("russian-upper", "СЕРВЕР ПЕРЕГРУЖЕН"),
    ("greek", "Εσωτερικό σφάλμα λογισμός"),
    ("greek-upper", "ΕΣΩΤΕΡΙΚΌ ΣΦΆΛΜΑ ΛΟΓΙΣΜΌΣ"),
    ("plain", "uberlast (a+b) [c] 100% under_score \\back"),
];

fn found(database: &Database, text: &str, search: Option<Search>) -> Vec<String> {
    let filter = Filter { q: Some(text.to_owned()), ..Filter::default() };
    read(database, |connection| {
        let search = search.map_or_else(|| plan_search(connection, &filter), Ok)?;
        let page = list::rows(connection, &filter, &search, &Position::Start, 100)?;
        let mut ids: Vec<String> = page.rows.into_iter().map(|row| row.record.id).collect();
        ids.sort();
        Ok(ids)
    })
}

#[test]
fn words_are_found_in_any_case_of_any_letter() {
    let database = TestDatabase::new();
    let row = |(id, reason): &(&str, &str)| Row { failed_reason: Some((*reason).to_owned()), ..failure(id) };
    insert(&database, &REASONS.iter().map(row).collect::<Vec<_>>());
    for is_sorted in [false, true] {
        if is_sorted {
            sorting::sort_all(&database).expect("the rows are sorted");
        }
        for (text, ids) in [
            ("ÜBERLAST", &["german", "german-upper"][..]),
            ("überlast", &["german", "german-upper"]),
            ("üB", &["german", "german-upper"]),
            ("перегружен", &["russian", "russian-upper"]),
            ("СЕРВЕР ПЕРЕГРУЖЕН", &["russian", "russian-upper"]),
            ("σφάλμα", &["greek", "greek-upper"]),
            ("ΛΟΓΙΣΜΌΣ", &["greek", "greek-upper"]),
            ("λογισμός", &["greek", "greek-upper"]),
            ("UBERLAST", &["plain"]),
            ("(A+B) [C] 100% UNDER_SCORE \\BACK", &["plain"]),
            ("überlast.", &[]),
        ] {
            let context = format!("{text}, sorted: {is_sorted}");
            assert_eq!(found(&database, text, None), ids, "{context}");
            assert_eq!(found(&database, text, Some(Search::Scan)), ids, "{context}, by scan");
        }
    }
}
