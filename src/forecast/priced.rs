//! The check of the price: what the platform's answer adds to what its tables say.

use super::checks::{Check, Ended, Forecast, check, outlook};
use super::price::Told;

/// The name of the check.
const PRICE: &str = "price";

/// The key of its words as long as nobody was asked.
const UNASKED: &str = "test-price-unasked";

/// What of a cause the price alone decides.
const OF_PRICES: [&str; 2] = ["test-beyond-price", "test-beyond-engine"];

/// Adds the check as long as nobody was asked.
pub(super) fn add_unasked(checks: &mut Vec<Check>) {
    checks.iter_mut().for_each(leave_to_the_price);
    checks.push(check(PRICE, Ended::Untold, UNASKED, None));
}

impl Forecast {
    /// Whether the platform is still to be asked for the price.
    pub fn wants_price(&self) -> bool {
        self.checks.iter().any(|check| check.key == UNASKED)
    }

    /// Whether the price is all that cannot be told yet.
    pub fn wants_only_a_price(&self) -> bool {
        self.wants_price() && self.why().all(|check| check.name == PRICE)
    }

    /// Why the platform cannot price it, in its own words.
    pub fn refusal(&self) -> Option<&str> {
        let is_refused = |check: &&Check| (check.name, check.ended) == (PRICE, Ended::Fails);
        self.checks.iter().find(is_refused)?.about.as_deref()
    }

    /// Adds what the platform answered.
    pub(super) fn answer(&mut self, told: Told) {
        let answered = match told {
            Told::Priced(price) => {
                self.price = Some(price);
                let about = format!("{} / {}", price.amount, price.cost);
                check(PRICE, Ended::Holds, "test-price-given", Some(&about))
            }
            Told::Refused(reason) => check(PRICE, Ended::Fails, "test-price-refused", Some(&reason)),
            Told::Untold(key, about) => check(PRICE, Ended::Untold, key, about.as_deref()),
        };
        for known in self.checks.iter_mut().filter(|known| known.name == PRICE) {
            *known = answered.clone();
        }
        self.outlook = outlook(&self.checks);
    }
}

/// Where the price is asked, it decides what no table here tells: whether model and pricing program are there, and whether what
/// failed about the price was mended.
fn leave_to_the_price(open: &mut Check) {
    match (open.ended, open.name) {
        (Ended::Untold, "model" | "map") => {
            *open = check(open.name, Ended::PassedOver, "test-price-covers", None);
        }
        (Ended::Untold, "cause") if OF_PRICES.contains(&open.key) => {
            *open = check("cause", Ended::PassedOver, "test-price-mends", None);
        }
        _ => {}
    }
}
