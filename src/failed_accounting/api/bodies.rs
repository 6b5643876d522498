//! What programs send about a failure.

use super::correcting::OF_USAGE;
use super::record::FIELDS;
use crate::base::object::{Kind, Member};
use crate::failed_accounting::case::{CHECKED, UNKNOWN_OUTCOME};
use crate::failed_accounting::correction::form::FROM_OUTPUT;
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

const OUTCOME: Member = Member::new(UNKNOWN_OUTCOME, Kind::OneOf(&[CHECKED]));
pub const RETRY: [Member; 1] = [OUTCOME];
pub const CLOSE_CHARGED: [Member; 2] = [Member::new("entry", Kind::Line(255)), EXPECT];

const MODEL: Member = Member::new("set_llmid", ID);
const USER: Member = Member::new("set_userid", ID);
const ORGANISATION: Member = Member::new("set_userorgid", ID);
const USAGES: Member = Member::new("set_usages", Kind::Json);
const FROM: Member = Member::new("usages_from", Kind::OneOf(&[FROM_OUTPUT]));
const THEN: Member = Member::new("then", Kind::OneOf(&["retry"]));
/// What was seen of the usage, which is what changes.
const SEEN: Member = Member::new("expect", Kind::Record(&OF_USAGE));

/// The inputs of a correction of one usage, as the page names them.
pub const CORRECT: [Member; 8] = [MODEL, USER, ORGANISATION, USAGES, FROM, THEN, OUTCOME, SEEN];
/// At least one of them, and the counts from one source.
const OF_MODEL: [Member; 6] = [MODEL.required(), USER, ORGANISATION, THEN, OUTCOME, SEEN];
const OF_USER: [Member; 6] = [MODEL, USER.required(), ORGANISATION, THEN, OUTCOME, SEEN];
const OF_ORGANISATION: [Member; 6] = [MODEL, USER, ORGANISATION.required(), THEN, OUTCOME, SEEN];
const OF_COUNTS: [Member; 7] = [MODEL, USER, ORGANISATION, USAGES.required(), THEN, OUTCOME, SEEN];
const OF_OUTPUT: [Member; 7] = [MODEL, USER, ORGANISATION, FROM.required(), THEN, OUTCOME, SEEN];

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
    /// What fields of the usage become: those that the role of the token may correct. `expect` holds fields of the usage as
    /// they were last read.
    Correction = any_of(&[&OF_MODEL, &OF_USER, &OF_ORGANISATION, &OF_COUNTS, &OF_OUTPUT])
);
described_body!(
    /// `checked`: somebody looked, and the customer was not charged. Needed after an error that leaves that open, where no ledger
    /// tells it.
    Retrying,
    &RETRY
);
described_body!(
    /// The entry that was seen; another one by now is refused.
    ClosingCharged,
    &CLOSE_CHARGED
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
