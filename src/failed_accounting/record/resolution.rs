//! How a failure was closed.

/// How a failure was closed; the list of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    Accounted,
    Superseded,
    /// Charged by the platform under another entry, as its ledger proves.
    AccountedElsewhere,
    ChargedManually,
    WrittenOff,
    Duplicate,
    TestTraffic,
    CustomerCredited,
    Other,
}

/// The names of [`Resolution::ALL`], in its order.
pub const RESOLUTIONS: [&str; Resolution::ALL.len()] = {
    let mut names = [""; Resolution::ALL.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = Resolution::ALL[at].as_str();
        at += 1;
    }
    names
};

impl Resolution {
    /// Those that a person may choose come first, and of these the one that needs a note last.
    pub const ALL: [Resolution; 9] = [
        Resolution::ChargedManually,
        Resolution::WrittenOff,
        Resolution::Duplicate,
        Resolution::TestTraffic,
        Resolution::CustomerCredited,
        Resolution::Other,
        Resolution::Accounted,
        Resolution::Superseded,
        Resolution::AccountedElsewhere,
    ];

    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Resolution::Accounted => "accounted",
            Resolution::Superseded => "superseded",
            Resolution::AccountedElsewhere => "accounted_elsewhere",
            Resolution::ChargedManually => "charged_manually",
            Resolution::WrittenOff => "written_off",
            Resolution::Duplicate => "duplicate",
            Resolution::TestTraffic => "test_traffic",
            Resolution::CustomerCredited => "customer_credited",
            Resolution::Other => "other",
        }
    }

    /// The resolution of that stored name.
    pub fn parse(text: &str) -> Option<Resolution> {
        Resolution::ALL.into_iter().find(|resolution| resolution.as_str() == text)
    }

    /// Whether a person may choose it. The others are set by the app only, with proof.
    pub fn is_by_hand(self) -> bool {
        !matches!(self, Resolution::Accounted | Resolution::Superseded | Resolution::AccountedElsewhere)
    }
}
