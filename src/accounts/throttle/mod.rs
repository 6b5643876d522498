//! How fast passwords may be tried: so many at once, then with waits that grow, by account and by address.
//!
//! A try is counted before its password is looked at, so that many at once are no more than one after another.

pub mod memory;
pub mod store;

use std::net::IpAddr;

use chrono::{NaiveDateTime, TimeDelta};
use sha2::{Digest, Sha256};

/// The longest wait, in seconds.
pub const LONGEST: i64 = 900;

/// Who or what tries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// As stored.
    key: String,
    /// How many tries are free of waits.
    free: i32,
}

impl Subject {
    /// An account, whether it exists or not, by any way of writing its name.
    pub fn account(name: &str) -> Subject {
        Subject { key: format!("account:{}", digest(name)), free: 5 }
    }

    /// The present password of somebody who is signed in, asked again.
    pub fn change(name: &str) -> Subject {
        Subject { key: format!("change:{}", digest(name)), free: 5 }
    }

    /// An address; of IPv6 the network that one customer has. Many people may share one.
    pub fn address(address: Option<IpAddr>) -> Subject {
        let text = match address.map(|address| address.to_canonical()) {
            None => "-".to_owned(),
            Some(IpAddr::V4(address)) => address.to_string(),
            Some(IpAddr::V6(address)) => {
                let network: Vec<String> =
                    address.segments()[..4].iter().map(|part| format!("{part:x}")).collect();
                format!("{}::/64", network.join(":"))
            }
        };
        Subject { key: format!("address:{text}"), free: 100 }
    }

    /// The wait after so many wrong passwords: none at first, then 1, 2, 4 ... seconds.
    fn wait(&self, failures: i32) -> TimeDelta {
        let doublings = failures - self.free;
        let seconds = match doublings {
            ..0 => 0,
            0..10 => 1 << doublings,
            _ => LONGEST,
        };
        TimeDelta::seconds(seconds)
    }
}

/// Somebody who has to wait, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    subject: Subject,
    until: NaiveDateTime,
}

impl Wait {
    fn new(subject: &Subject, until: NaiveDateTime) -> Wait {
        Wait { subject: subject.clone(), until }
    }

    /// A wait longer than the longest was never given: the clock of the zone was put back.
    fn is_needed(until: NaiveDateTime, now: NaiveDateTime) -> bool {
        now < until && until <= now + TimeDelta::seconds(LONGEST)
    }

    /// Whole seconds, rounded up; from 1 to [`LONGEST`].
    pub fn seconds(&self, now: NaiveDateTime) -> u64 {
        let wait = (self.until - now).num_milliseconds();
        wait.clamp(1, LONGEST * 1000).unsigned_abs().div_ceil(1000)
    }
}

/// Names are not kept: somebody may have typed a password there.
fn digest(name: &str) -> String {
    let digest = Sha256::digest(name.trim().to_lowercase());
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stay_within_a_quarter_of_an_hour() {
        let subject = Subject::account("li.wei");
        let waits: Vec<i64> = (1..=17).map(|failures| subject.wait(failures).num_seconds()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
        assert_eq!(subject.wait(i32::MAX).num_seconds(), LONGEST);
    }

    #[test]
    fn a_name_is_one_account_however_it_is_written_and_is_not_kept() {
        assert_eq!(Subject::account("Li.Wei "), Subject::account("li.wei"));
        assert_ne!(Subject::account("li.wei"), Subject::account("li.we"));
        assert!(!format!("{:?}", Subject::account("my secret passphrase")).contains("secret"));
    }

    #[test]
    fn addresses_of_one_customer_are_one_subject() {
        let subject = |text: &str| Subject::address(text.parse().ok());
        assert_eq!(subject("2001:db8:1:2::1"), subject("2001:db8:1:2:ffff::9"));
        assert_ne!(subject("2001:db8:1:2::1"), subject("2001:db8:1:3::1"));
        assert_eq!(subject("::ffff:192.0.2.7"), subject("192.0.2.7"));
        assert_ne!(subject("192.0.2.7"), subject("192.0.2.8"));
    }
}
