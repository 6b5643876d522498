//! Tests as far as the platform's tables tell, and the usages of which a price is still to be asked.

use std::time::Duration;

use super::Sources;
use super::checks::{Forecast, judge};
use super::needs::Needs;
use super::platform::Platform;
use super::subject::Subject;

/// A test as far as the tables tell.
#[derive(Debug, Clone)]
pub struct Judged {
    pub forecast: Forecast,
    subject: Subject,
}

impl Judged {
    /// Judges a usage by what is known of the platform.
    pub fn new(subject: &Subject, needs: &Needs, platform: &Platform) -> Judged {
        Judged { forecast: judge(subject, needs, platform), subject: subject.clone() }
    }
}

/// Asks for the prices that are wanted, where the settings say whom; for no longer than that. It blocks: never to be called
/// with a transaction open.
pub fn ask_prices<'a>(
    judged: impl IntoIterator<Item = &'a mut Judged>,
    sources: &Sources,
    patience: Duration,
) {
    let Some(service) = &sources.prices else { return };
    let (mut subjects, mut forecasts) = (Vec::new(), Vec::new());
    for Judged { forecast, subject } in judged {
        if forecast.wants_price() {
            subjects.push(&*subject);
            forecasts.push(forecast);
        }
    }
    if subjects.is_empty() {
        return;
    }
    for (forecast, told) in forecasts.into_iter().zip(service.ask(&subjects, patience)) {
        forecast.answer(told);
    }
}
