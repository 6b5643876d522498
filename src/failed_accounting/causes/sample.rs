//! Some failures of one model of a cause, tested, and what they tell of the others.

use crate::forecast::Outlook;
use crate::forecast::judged::Judged;
use crate::forecast::price::service::GIVEN_UP;

/// Some failures of a model, tested.
pub(super) struct Sample {
    /// Empty where they have none.
    pub model: String,
    halves: Vec<Judged>,
    /// Which of them the price is asked of.
    asked: Option<usize>,
}

impl Sample {
    /// Of a model, with what may be retried of its failures.
    pub fn new(model: String, halves: Vec<Judged>) -> Sample {
        let asked = halves.iter().position(|judged| judged.forecast.wants_only_a_price());
        Sample { model, halves, asked }
    }

    /// The first one that the tables let pass and that wants a price.
    pub fn wanting(&mut self) -> Option<&mut Judged> {
        self.halves.get_mut(self.asked?)
    }

    /// Whether nobody was asked, as nobody answers.
    pub fn is_given_up(&self) -> bool {
        self.asked().is_some_and(|judged| judged.forecast.key() == Some(GIVEN_UP))
    }

    /// What it tells of the model: where a price was asked, that one decides.
    pub fn outlook(&self) -> Outlook {
        let passes = |judged: &Judged| judged.forecast.outlook == Outlook::Passes;
        match self.asked() {
            _ if self.halves.iter().any(passes) => Outlook::Passes,
            Some(asked) => asked.forecast.outlook,
            None if self.halves.iter().any(is_untold) => Outlook::Untold,
            None => Outlook::Fails,
        }
    }

    fn asked(&self) -> Option<&Judged> {
        self.halves.get(self.asked?)
    }
}

/// Whether nothing but a price is open, which was told for one of the same model.
pub(super) fn may_pass(judged: &Judged) -> bool {
    judged.forecast.outlook == Outlook::Passes || judged.forecast.wants_only_a_price()
}

pub(super) fn is_untold(judged: &Judged) -> bool {
    judged.forecast.outlook == Outlook::Untold
}
