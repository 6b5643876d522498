//! Whether the platform would account a usage now, told without writing anything: by its own tables, where they are.
//!
//! `platform` reads what the tables say of some models and organisations, `needs` what a cause says must be there,
//! `checks` judges one usage by both: it would pass, it would fail again, or that cannot be told. Where `price` has somebody to
//! ask, what the tables leave open is asked there, by the `judged` ones themselves.

pub mod checks;
pub mod judged;
pub mod needs;
pub mod platform;
pub mod price;
mod priced;
pub mod subject;

use price::service::Service;

/// Where a test looks at the platform: queries of one's own (none: the platform's own table where it exists), and who prices.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Gives the id of a model and the day on which it expires.
    pub models: Option<String>,
    /// Gives the id of a model and its pricing program, one row for each default map.
    pub maps: Option<String>,
    /// Gives id and name of the organisations.
    pub organisations: Option<String>,
    /// Gives the organisation and the id of an account of it.
    pub accounts: Option<String>,
    /// Who says what a usage would be charged.
    pub prices: Option<Service>,
}

impl Sources {
    /// Whether a test asks the platform's own tables alone, by their keys, so that no page waits for it. How long a query of
    /// one's own takes nobody knows: such are asked when somebody tests.
    pub fn are_quick(&self) -> bool {
        let Sources { models, maps, organisations, accounts, prices: _ } = self;
        [models, maps, organisations, accounts].into_iter().all(Option::is_none)
    }
}

/// What a test comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outlook {
    Passes,
    Fails,
    Untold,
}

impl Outlook {
    /// As programs read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Outlook::Passes => "would_pass",
            Outlook::Fails => "would_fail",
            Outlook::Untold => "cannot_be_told",
        }
    }
}
