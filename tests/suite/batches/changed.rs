//! A row that was changed past the app since it was frozen is not touched, whatever changed.

use llmage_admin::batches::batch::Action;
use llmage_admin::failed_accounting::filter::Filter;

use crate::batches::{find, finish, frozen, start};
use crate::support::database::TestDatabase;
use crate::support::rows::{failure, insert, run};

#[test]
fn a_change_of_any_frozen_field_keeps_a_row_out() {
    for change in [
        "amount = 7",
        "cost = 7",
        "retry_count = 7",
        "userorgid = 'another'",
        "llmusageid = 'another'",
        "handled_by = 'somebody'",
        "handled = '1'",
    ] {
        let database = TestDatabase::new();
        insert(&database, &[failure("f1"), failure("f2")]);
        run(&database, "UPDATE llmusage_accounting_failed SET llmusageid = id");
        let batch = frozen(&database, Action::Handle, &Filter::default(), "li").unwrap();
        run(&database, &format!("UPDATE llmusage_accounting_failed SET {change} WHERE id = 'f1'"));
        start(&database, &batch, "li");
        finish(&database);
        let batch = find(&database, batch.id());
        assert_eq!((batch.progress.done.count, batch.progress.not_done.count), (1, 1), "{change}");
    }
}
