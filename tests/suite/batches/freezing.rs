//! A batch is frozen by one look at its rows: each is in it once, whoever handles or reopens them meanwhile.

use std::sync::atomic::{AtomicBool, Ordering};

use diesel::prelude::*;
use llmage_admin::batches::batch::Action;
use llmage_admin::db::schema::batch_item as item;
use llmage_admin::failed_accounting::filter::{Filter, Handled};

use crate::batches::frozen;
use crate::support::bulk;
use crate::support::database::TestDatabase;
use crate::support::rows;

const ROWS: usize = 400;

#[test]
fn each_row_of_the_tab_all_is_frozen_once_while_others_handle_and_reopen_them() {
    let database = TestDatabase::new();
    rows::insert_many(&database, bulk::rows(ROWS));
    // By the cause, whose index begins with the tab.
    rows::run(&database, "UPDATE llmusage_accounting_failed SET cause = 'c1', cause_version = 1");
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for handled in ["1", "0"].into_iter().cycle() {
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
                rows::run(
                    &database,
                    &format!(
                        "UPDATE llmusage_accounting_failed SET handled = '{handled}' WHERE id LIKE '%7'"
                    ),
                );
            }
        });
        for filter in [Filter::default(), Filter { cause: Some("c1".to_owned()), ..Filter::default() }] {
            let all = filter.on_tab(Handled::All);
            for _ in 0..15 {
                let batch = frozen(&database, Action::Handle, &all, "ann").unwrap();
                let ids: Vec<String> = database
                    .run_here(|connection| {
                        let of = item::table.filter(item::batch_id.eq(batch.id().to_owned()));
                        Ok(of.select(item::failed_id).load(connection)?)
                    })
                    .unwrap();
                let different: std::collections::HashSet<&String> = ids.iter().collect();
                assert_eq!((ids.len(), different.len()), (ROWS, ROWS), "{all:?}");
                assert_eq!(batch.summary.all.count, ROWS as i64);
            }
        }
        is_over.store(true, Ordering::Relaxed);
    });
}
