//! The money of a batch is the money line of its filter, in the preview, the split, the report and the CSV.

use llmage_admin::base::money::{Money, MoneySum};
use llmage_admin::batches::batch::Action;
use llmage_admin::batches::counts::{Part, Tally};
use llmage_admin::batches::export;
use llmage_admin::error::Error;
use llmage_admin::failed_accounting::{condition, totals};
use llmage_admin::names::Names;
use proptest::sample::select;

use crate::batches::{find, finish, frozen, start};
use crate::oracle;
use crate::support::database::{TestDatabase, engine};
use crate::support::proven;
use crate::support::rows::{self, hostile};

fn together(parts: &[Part], others: Tally) -> Tally {
    parts.iter().fold(others, |sum, part| sum + part.tally)
}

#[test]
fn preview_split_report_and_csv_add_up_to_the_money_line_of_the_filter() {
    let database = TestDatabase::with_doubles();
    let actions = select(&[Action::Handle, Action::Reopen, Action::Retry, Action::Delete][..]);
    let cases = (hostile(engine(), 24), oracle::any_filter(engine()), actions);
    proven(40, &cases, |(rows, filter, action)| {
        rows::clear(&database);
        rows::insert(&database, &rows);
        let line = database.run_here(|connection| {
            let search = condition::plan_search(connection, &filter)?;
            totals::exact(connection, &filter, &search)
        });
        let line = line.unwrap();
        let batch = match frozen(&database, action, &filter, "ann") {
            Err(Error::Invalid(_)) => return assert_eq!(line.count, 0),
            made => made.unwrap(),
        };
        let all = Tally { count: line.count, amount: line.amount, cost: line.cost };
        assert_eq!(batch.summary.all, all, "the preview");
        let summary = &batch.summary;
        assert_eq!(together(&summary.organisations, summary.other_organisations), all, "organisations");
        assert_eq!(together(&summary.causes, summary.other_causes), all, "causes");
        start(&database, &batch, "ann");
        finish(&database);
        let ended = find(&database, batch.id());
        assert_eq!(ended.progress.done + ended.progress.not_done, all, "the report");
        assert!(ended.progress.not_done.count >= summary.skipped().count, "what was said to be skipped is");
        assert_eq!(csv(&database, &ended), (all.count, all.amount, all.cost), "the CSV");
    });
}

fn csv(database: &TestDatabase, batch: &llmage_admin::batches::batch::Batch) -> (i64, MoneySum, MoneySum) {
    let mut file = Vec::new();
    let written = database.run_once_here(|connection| {
        let mut keep = |chunk: Vec<u8>| {
            file.extend(chunk);
            Ok(())
        };
        export::write(connection, batch, &Names::default(), &str::to_owned, false, &mut keep)
    });
    written.unwrap();
    let mut reader = csv::Reader::from_reader(file.as_slice());
    let money = |text: &str| if text.is_empty() { Money::ZERO } else { plain(text) };
    let (mut rows, mut amounts, mut costs) = (0, Vec::new(), Vec::new());
    for line in reader.records() {
        let line = line.unwrap();
        rows += 1;
        amounts.push(money(&line[5]));
        costs.push(money(&line[6]));
    }
    (rows, amounts.into_iter().sum(), costs.into_iter().sum())
}

/// Money of any size, which people may not enter.
fn plain(text: &str) -> Money {
    Money::from_units(text.replacen('.', "", 1).parse().unwrap())
}
