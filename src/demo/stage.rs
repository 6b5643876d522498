//! What all makers of rows share: the chance, the clock's `now`, the cast and how busy each of them is.

use chrono::{Duration, NaiveDateTime, Timelike};

use super::Named;
use super::amounts::Amounts;
use super::calendar::Calendar;
use super::names;
use super::random::{Random, Weights};

/// One run of the generator.
pub(super) struct Stage {
    pub(super) random: Random,
    /// In whole milliseconds.
    pub(super) now: NaiveDateTime,
    pub(super) calendar: Calendar,
    pub(super) amounts: Amounts,
    pub(super) models: Vec<Named>,
    pub(super) users: Vec<Named>,
    pub(super) organisations: Vec<Named>,
    /// Models that the platform dropped while they were still called: no name is known.
    retired: [String; 2],
    /// The organisation of each user, by position.
    employers: Vec<usize>,
    model_weights: Weights,
    user_weights: Weights,
}

impl Stage {
    pub(super) fn new(now: NaiveDateTime, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let now = now - Duration::nanoseconds(i64::from(now.nanosecond() % 1_000_000));
        let users = names::users(&mut random);
        let organisations = names::organisations(&mut random);
        Self {
            now,
            calendar: Calendar::new(now, &mut random),
            amounts: Amounts::new(),
            models: names::models(&mut random),
            retired: [(); 2].map(|()| random.id()),
            employers: employers(&mut random, users.len(), organisations.len()),
            model_weights: falling(names::VIDEO + 1),
            user_weights: falling(users.len()),
            users,
            organisations,
            random,
        }
    }

    /// The position of a model, the popular ones more often.
    pub(super) fn draw_model(&mut self) -> usize {
        self.model_weights.draw(&mut self.random)
    }

    /// The ids of a user and of the user's organisation, the busy ones more often.
    pub(super) fn draw_user(&mut self) -> (String, String) {
        let user = self.user_weights.draw(&mut self.random);
        let organisation = &self.organisations[self.employers[user]];
        (self.users[user].id.clone(), organisation.id.clone())
    }

    /// The id of a model that is gone.
    pub(super) fn draw_retired_model(&mut self) -> String {
        let [old, older] = &self.retired;
        self.random.pick(&[old.as_str(), old.as_str(), older.as_str()]).to_owned()
    }

    /// A time of the ninety days, at least `before_now` before now.
    pub(super) fn draw_time(&mut self, before_now: Duration) -> NaiveDateTime {
        self.calendar.time_until(self.now - before_now, &mut self.random)
    }

    /// `low` to `high` milliseconds, mostly near `low`.
    pub(super) fn draw_delay(&mut self, low: i64, high: i64) -> Duration {
        Duration::milliseconds(self.random.near(low, high))
    }
}

/// Each organisation has a user; the rest work where most work.
fn employers(random: &mut Random, users: usize, organisations: usize) -> Vec<usize> {
    let sizes = falling(organisations);
    let employer = |user| match user {
        user if user < organisations => user,
        _ => sizes.draw(random),
    };
    (0..users).map(employer).collect()
}

/// Weights that fall slowly: the first is some ten times as busy as the last of a dozen.
fn falling(count: usize) -> Weights {
    Weights::new((0..count as u64).map(|position| 10_000 / (position + 2)))
}
