//! What a closed failure says of the money.

use crate::failed_accounting::failure::{FailedRecord, Resolution};

/// What a closed failure says of the money of its usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Charged by hand, or elsewhere.
    Moved,
    Credited,
    /// Given up.
    Waived,
    /// Decided on another record.
    Duplicate,
    /// Closed by the app with proof, or because a newer failure took its place.
    ByApp,
    /// Closed by the system before, which kept no resolution.
    Unknown,
}

impl Decision {
    /// What a resolution says.
    pub fn of(resolution: Resolution) -> Decision {
        match resolution {
            Resolution::ChargedManually | Resolution::AccountedElsewhere => Decision::Moved,
            Resolution::CustomerCredited => Decision::Credited,
            Resolution::WrittenOff | Resolution::TestTraffic | Resolution::Other => Decision::Waived,
            Resolution::Duplicate => Decision::Duplicate,
            Resolution::Accounted | Resolution::Superseded => Decision::ByApp,
        }
    }

    /// What a closed record says; none while it is open.
    pub fn on(record: &FailedRecord) -> Option<Decision> {
        (!record.is_open()).then(|| record.closed_as().map_or(Decision::Unknown, Decision::of))
    }

    /// Whether money moved by hand.
    pub fn is_by_hand(self) -> bool {
        matches!(self, Decision::Moved | Decision::Credited)
    }
}
