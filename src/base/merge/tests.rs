//! Merging, case by case.

use super::*;

const UNITS: [Unit<'static>; 3] = [&["amount"], &["state", "why"], &["note"]];

fn fields(amount: &str, state: &str, why: &str, note: &str) -> Fields {
    let pairs = [("amount", amount), ("state", state), ("why", why), ("note", note)];
    Fields::new(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec())
}

fn merged(now: &Fields, typed: &Fields) -> Merged {
    merge(&UNITS, &Snapshot::of(&fields("1.00000", "open", "", "first")), now, typed)
}

#[test]
fn what_only_one_touched_is_as_that_one_left_it() {
    let found = merged(&fields("77.7", "open", "", "first"), &fields("1.00000", "open", "", "mine"));
    assert_eq!(found.fields, fields("77.7", "open", "", "mine"));
    assert_eq!((found.clashes, found.taken), (vec![], vec!["amount".to_owned()]));
}

#[test]
fn what_both_changed_alike_is_no_clash_and_what_differs_is_one() {
    let found = merged(&fields("2.00000", "open", "", "theirs"), &fields("2", "open", "", "mine"));
    let names: Vec<_> = found.clashes.iter().map(|clash| clash.names[0].as_str()).collect();
    assert_eq!(names, ["note"]);
    assert_eq!((found.clashes[0].saw[0].as_str(), found.clashes[0].now[0].as_str()), ("first", "theirs"));
    assert_eq!(found.fields.raw("note"), Some("mine"), "nothing typed is lost");
}

#[test]
fn fields_of_a_unit_go_together() {
    let found = merged(&fields("1", "done", "lost", "first"), &fields("1", "done", "given", "first"));
    assert_eq!(found.clashes.len(), 1);
    assert_eq!(found.clashes[0].names, ["state", "why"]);
    let given_up = Fields::new(
        [fields("1", "done", "given", "x").pairs(), &[("take-state".to_owned(), "now".to_owned())]].concat(),
    );
    let found = merged(&fields("1", "done", "lost", "first"), &given_up);
    assert!(found.is_clear());
    assert_eq!(found.fields, fields("1", "done", "lost", "x"));
}

#[test]
fn long_texts_and_other_line_ends_are_compared_whole() {
    let long = "x\n".repeat(300);
    let saw = Snapshot::of(&fields("1", "", "", &long));
    let saw = Snapshot::decode(&saw.encode()).expect("it reads back");
    let back = long.replace('\n', "\r\n");
    let now = fields("1", "", "", &format!("{long}theirs"));
    let found = merge(&UNITS, &saw, &now, &fields("1", "", "", &back));
    assert_eq!(found.taken, ["note"]);
    assert_eq!(found.fields, now);
    let mine = merge(&UNITS, &saw, &now, &fields("1", "", "", &format!("{long}mine")));
    assert_eq!(mine.clashes.len(), 1);
}

#[test]
fn what_was_not_typed_was_not_touched_and_what_else_was_typed_is_kept() {
    let typed =
        Fields::new(vec![("note".to_owned(), "mine".to_owned()), ("confirm".to_owned(), "1".to_owned())]);
    let found = merged(&fields("5", "open", "", "first"), &typed);
    assert_eq!(found.fields.raw("amount"), Some("5"));
    assert_eq!((found.fields.raw("note"), found.fields.raw("confirm")), (Some("mine"), Some("1")));
}

#[test]
fn of_a_form_that_does_not_say_what_it_saw_all_that_it_would_change_is_asked() {
    let now = fields("2", "open", "", "theirs");
    let (found, _) = merge_form(&UNITS, &now, &fields("2", "open", "", "mine"));
    let names: Vec<_> = found.clashes.iter().map(|clash| clash.names[0].as_str()).collect();
    assert_eq!(names, ["note"]);
    assert_eq!(found.fields.raw("note"), Some("mine"), "nothing typed is lost");
    let (same, _) = merge_form(&UNITS, &now, &now);
    assert!(same.clashes.is_empty() && !same.is_clear(), "nothing is saved unasked");
    let (seen, _) = merge_form(&UNITS, &now, &same.fields);
    assert!(seen.is_clear(), "what comes back has seen it");
}
