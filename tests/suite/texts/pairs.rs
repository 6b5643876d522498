//! Pairs of reasons that are one cause, and pairs that are two, from many suppliers and programs: `cases/`.

use llmage_admin::causes::cause::Cause;
use llmage_admin::causes::template::template;

use crate::texts::files;

#[test]
fn each_pair_is_one_cause_or_two_as_it_should() {
    let mut faults = Vec::new();
    for row in [files::CAUSES, files::MORE_CAUSES].into_iter().flat_map(files::rows) {
        let reasons: Vec<String> = row[2..].iter().map(|cell| files::unescaped(cell)).collect();
        let keys: Vec<String> = reasons.iter().map(|reason| Cause::of(Some(reason)).key).collect();
        let is_right = match row[0] {
            "together" => keys.iter().all(|key| *key == keys[0]),
            "apart" => (1..keys.len()).all(|at| !keys[..at].contains(&keys[at])),
            other => panic!("{other} is no relation"),
        };
        assert!(keys.len() >= 2, "{} has one reason only", row[1]);
        for reason in &reasons {
            let once = template(reason);
            assert_eq!(template(&once), once, "of {reason}");
        }
        if !is_right {
            let shown: Vec<String> =
                reasons.iter().map(|reason| format!("{reason}\n   {}", template(reason))).collect();
            faults.push(format!("{} {}\n{}", row[0], row[1], shown.join("\n")));
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn a_page_is_called_by_its_title() {
    let page =
        "<!DOCTYPE html>\n<html><head><meta x><title>502 Bad Gateway</title></head><body>abc</body></html>";
    assert_eq!(Cause::of(Some(page)).title, "502 Bad Gateway");
    let cause = Cause::of(Some(&format!("upstream answered {page} after 3 s")));
    assert!(
        cause.template.contains("502 Bad Gateway") && !cause.template.contains("abc"),
        "{}",
        cause.template
    );
}
