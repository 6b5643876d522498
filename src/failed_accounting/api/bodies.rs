//! What programs send about a failure.

use super::record::FIELDS;
use crate::base::object::{Kind, Member};
use crate::failed_accounting::failure::RESOLUTIONS;
use crate::failed_accounting::form;
use crate::web::document::{any_of, described_body};

const ID: Kind = Kind::Line(32);
/// The names of the resolutions that a person may choose.
const CHOSEN: &[&str] = RESOLUTIONS.split_at(6).0;
const BY_HAND: Kind = Kind::OneOf(CHOSEN);
/// The same without the one that needs a note, and that one.
const BY_WORD: Kind = Kind::OneOf(CHOSEN.split_at(5).0);
const OTHER: Kind = Kind::OneOf(CHOSEN.split_at(5).1);

const AMOUNT: Member = Member::new("amount", Kind::Money).filled();
const COST: Member = Member::new("cost", Kind::Money).filled();
const REASON: Member = Member::new("failed_reason", Kind::Text(form::MAX_REASON));
const NOTE: Member = Member::new("handled_note", Kind::Text(form::MAX_NOTE));
const EXPECT: Member = Member::new("expect", Kind::Record(&FIELDS));

pub const NEW: [Member; 10] = [
    Member::new("llmusageid", ID).required(),
    Member::new("llmid", ID),
    Member::new("userid", ID),
    Member::new("userorgid", ID),
    Member::new("use_date", Kind::Date),
    Member::new("use_time", Kind::Time),
    Member::new("amount", Kind::Money),
    Member::new("cost", Kind::Money),
    Member::new("failed_reason", Kind::Text(form::MAX_REASON)).required(),
    Member::new("failed_time", Kind::Time),
];

pub const EDIT: [Member; 7] = [
    AMOUNT,
    COST,
    REASON,
    Member::new("handled", Kind::OneOf(&["0", "1"])).filled(),
    Member::new("resolution", BY_HAND),
    NOTE,
    EXPECT,
];

/// An edit that closes, one that closes as `other`, one that opens, and one that leaves the record as open as it is.
const CLOSING: [Member; 7] = [
    AMOUNT,
    COST,
    REASON,
    Member::new("handled", Kind::OneOf(&["1"])).required(),
    Member::new("resolution", BY_WORD).required(),
    NOTE,
    EXPECT,
];
const CLOSING_AS_OTHER: [Member; 7] = [
    AMOUNT,
    COST,
    REASON,
    Member::new("handled", Kind::OneOf(&["1"])).required(),
    Member::new("resolution", OTHER).required(),
    NOTE.required(),
    EXPECT,
];
const OPENING: [Member; 7] = [
    AMOUNT,
    COST,
    REASON,
    Member::new("handled", Kind::OneOf(&["0"])).required(),
    Member::new("resolution", Kind::OneOf(&[])),
    NOTE,
    EXPECT,
];
const LEAVING: [Member; 6] = [AMOUNT, COST, REASON, Member::new("resolution", BY_HAND), NOTE, EXPECT];

pub const HANDLE: [Member; 3] = [Member::new("resolution", BY_HAND).required(), NOTE, EXPECT];
const HANDLE_BY_WORD: [Member; 3] = [Member::new("resolution", BY_WORD).required(), NOTE, EXPECT];
const HANDLE_AS_OTHER: [Member; 3] = [Member::new("resolution", OTHER).required(), NOTE.required(), EXPECT];

pub const REOPEN: [Member; 2] =
    [Member::new("note", Kind::Text(form::MAX_NOTE)), Member::new("expect", Kind::Record(&FIELDS))];

described_body!(
    /// A failure to record by itself, whatever its usage is.
    NewFailure,
    &NEW
);
described_body!(
    /// What shall change; what is absent stays.
    FailureEdit = any_of(&[&LEAVING, &CLOSING, &CLOSING_AS_OTHER, &OPENING])
);
described_body!(
    /// How to close; the resolution `other` needs a note.
    Handling = any_of(&[&HANDLE_BY_WORD, &HANDLE_AS_OTHER])
);
described_body!(
    /// Why to open again.
    Reopening,
    &REOPEN
);

#[cfg(test)]
mod tests {
    use super::{BY_HAND, BY_WORD, Kind, OTHER};
    use crate::failed_accounting::failure::Resolution;

    #[test]
    fn programs_may_choose_what_people_may() {
        let by_hand = Resolution::ALL.into_iter().filter(|one| one.is_by_hand()).map(Resolution::as_str);
        let names: Vec<&str> = by_hand.collect();
        assert!(matches!(BY_HAND, Kind::OneOf(chosen) if chosen == names));
        let (by_word, other) = names.split_at(names.len() - 1);
        assert!(matches!(BY_WORD, Kind::OneOf(chosen) if chosen == by_word));
        assert!(matches!(OTHER, Kind::OneOf(chosen) if chosen == other && other == ["other"]));
    }
}
