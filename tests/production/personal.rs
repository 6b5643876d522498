//! Numbers and addresses of people: shown or masked by a setting of the process, and found by a search only where shown.

use crate::desk::Desk;
use crate::support::database::TestDatabase;
use crate::support::rows::{Row, failure, insert};

const SHOWN: &str = "用户13812345678余额不足, mail wang.wei@example.com";

#[test]
fn a_setting_masks_them_everywhere_and_a_change_of_it_is_followed_by_the_search() {
    let database = TestDatabase::new();
    insert(&database, &[Row { failed_reason: Some(SHOWN.to_owned()), ..failure("f1") }, failure("f2")]);
    let found = |desk: &Desk, word: &str| {
        let page = desk.get(&format!("/failed-accounting?q={word}"));
        assert_eq!(page.status, 200, "{}", page.body);
        page.body.contains("/failed-accounting/f1")
    };
    for is_masked in [false, true, false] {
        let setting = format!("--mask-personal={is_masked}");
        let desk = Desk::start(database.url(), &[&setting]);
        assert_eq!(desk.sign_in().status, 303);
        for path in ["/failed-accounting", "/failed-accounting/f1", "/failed-accounting.csv"] {
            let page = desk.get(path);
            assert_eq!(page.status, 200, "{path}: {}", page.body);
            for part in ["13812345678", "wang.wei@example.com"] {
                assert_eq!(page.body.contains(part), !is_masked, "{part} on {path}, {setting}");
            }
        }
        // Before the job has looked at it, and after.
        assert!(!is_masked || !found(&desk, "13812345678"), "{setting}, at once");
        desk.until("/failed-accounting?q=13812345678", 60, |page| {
            page.body.contains("/failed-accounting/f1") != is_masked
        });
        assert_eq!(found(&desk, "wang.wei"), !is_masked, "{setting}");
        assert!(is_masked || found(&desk, "13812345678"), "{setting}");
        assert_eq!(desk.stop(), Some(0));
    }
}
