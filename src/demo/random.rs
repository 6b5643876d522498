//! A small deterministic source of chance (SplitMix64), so that a demo can be shown twice and tested.
//!
//! Not for secrets: everything follows from the seed.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/// The state of SplitMix64.
#[derive(Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `end` without `end`; 0 when `end` is 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(end)) >> 64) as u64
    }

    /// A number from `low` to `high`, both included; `low` when they are the wrong way round.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low).map_or(1, |span| span + 1);
        low + self.below(span) as i64
    }

    /// A number from `low` to `high` of which most lie near `low`: the smallest of three.
    pub(super) fn near(&mut self, low: i64, high: i64) -> i64 {
        let [a, b, c] = [(); 3].map(|()| self.between(low, high));
        a.min(b).min(c)
    }

    /// True in `percent` of 100 cases.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of `choices`, which must not be empty.
    pub(super) fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len() as u64) as usize]
    }

    /// Puts `items` into a random order (Fisher and Yates).
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u64 + 1) as usize);
        }
    }

    /// An id as the platform makes them: 21 characters of `A-Za-z0-9_-`.
    pub(super) fn id(&mut self) -> String {
        (0..21).map(|_| char::from(ALPHABET[self.below(64) as usize])).collect()
    }
}

/// Indexes that are drawn in proportion to their weights.
pub(super) struct Weights(Vec<u64>);

impl Weights {
    /// The weights of the indexes 0, 1, 2, ...; one at least must be above 0.
    pub(super) fn new(weights: impl IntoIterator<Item = u64>) -> Self {
        let mut sum = 0;
        let sums = weights.into_iter().map(|weight| {
            sum += weight;
            sum
        });
        Self(sums.collect())
    }

    pub(super) fn draw(&self, random: &mut Random) -> usize {
        let ticket = random.below(self.0.last().copied().unwrap_or(0));
        self.0.partition_point(|&sum| sum <= ticket)
    }
}
