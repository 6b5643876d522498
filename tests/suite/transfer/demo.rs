//! The sample data in a database.

use chrono::{NaiveDate, NaiveDateTime};
use llmage_admin::audit::chain;
use llmage_admin::audit::event::FAILED_ACCOUNTING;
use llmage_admin::causes::store as causes;
use llmage_admin::demo::store::{Filled, fill};
use llmage_admin::failed_accounting::filter::{Filter, Handled};
use llmage_admin::failed_accounting::{condition::Search, list, totals};
use llmage_admin::names::{NameSources, store::load};
use llmage_admin::usages::{store::find_anywhere, usage::Whereabouts};

use crate::support::database::TestDatabase;

#[test]
fn the_demo_fills_an_empty_database_once() {
    let database = TestDatabase::new();
    let now = NaiveDate::from_ymd_opt(2026, 5, 31).unwrap().and_hms_opt(12, 0, 0).unwrap();
    let filled = fill(&database, now, 7).unwrap();
    assert_eq!(filled, Filled::Written { usages: 5_000, failures: 1_200 });
    assert_eq!(fill(&database, now, 7).unwrap(), Filled::NotEmpty);

    let (names, problems) = load(&database, &NameSources::default());
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!((names.models.len(), names.users.len(), names.organisations.len()), (12, 150, 40));
    assert_eq!(names.organisation(Some("0")), Some("开源智算平台"));

    database
        .run_here(|connection| {
            let handled = Filter { handled: Handled::Handled, ..Filter::default() };
            let count = totals::exact(connection, &handled, &Search::Nothing)?.count;
            let page = list::rows(connection, &handled, &Search::Nothing, &Default::default(), 2_000)?;
            assert_eq!(page.rows.len() as i64, count);
            for row in page.rows {
                let trail =
                    llmage_admin::audit::store::timeline(connection, FAILED_ACCOUNTING, &row.record.id)?;
                assert_eq!(trail.len(), 1);
                assert_eq!(Some(trail[0].author.clone()), row.record.handled_by);
                // MariaDB keeps whole seconds in the platform's columns.
                let seconds = |time: NaiveDateTime| time.and_utc().timestamp();
                assert_eq!(Some(seconds(trail[0].happened_at)), row.record.handled_time.map(seconds));
                let usage = find_anywhere(connection, row.record.llmusageid.as_deref().unwrap_or(""))?;
                assert!(usage.is_none_or(|(_, whereabouts)| whereabouts == Whereabouts::Live));
            }
            let mut standings: Vec<(String, Option<String>)> = causes::list(connection)?
                .into_iter()
                .filter(|cause| cause.note.is_some())
                .map(|cause| (cause.title, cause.owner))
                .collect();
            standings.sort();
            assert_eq!(standings.len(), 3, "{standings:?}");
            assert_eq!(chain::check(connection)?.count, 0);
            Ok(())
        })
        .unwrap();
}
