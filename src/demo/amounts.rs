//! What calls cost: integers of 10^-5, spread over the powers of ten as real calls are.

use super::random::{Random, Weights};

/// The smallest amount of a sample: 0.00001.
pub(super) const SMALLEST: i64 = 1;
/// The largest amount of a sample: 5,000.00000.
pub(super) const LARGEST: i64 = 500_000_000;

/// Weights of the powers of ten from 0.00001 to 1,000: most calls cost between 0.01 and 1.
const DECADES: [u64; 9] = [30, 60, 140, 250, 250, 140, 70, 22, 3];

/// Draws amounts and costs.
pub(super) struct Amounts(Weights);

impl Amounts {
    pub(super) fn new() -> Self {
        Self(Weights::new(DECADES))
    }

    /// What a customer should pay for one call.
    pub(super) fn amount(&self, random: &mut Random) -> i64 {
        let low = 10_i64.pow(self.0.draw(random) as u32);
        random.between(low, (low * 10 - 1).min(LARGEST))
    }
}

/// What a call of this amount cost us: mostly less, now and then more.
pub(super) fn cost(random: &mut Random, amount: i64) -> i64 {
    let percent = if random.chance(6) { random.between(104, 165) } else { random.between(28, 82) };
    (amount * percent / 100).max(SMALLEST)
}
