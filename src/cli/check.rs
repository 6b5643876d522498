//! `check`: looks for what must not be, one line for each class.

use super::{clock, open, say};
use crate::check::{class, runner};
use crate::config::Config;
use crate::error::{Error, Result};

/// Prints each finding as it is known; fails when there is any.
pub(super) fn check(config: &Config) -> Result<()> {
    let database = open(config, false)?;
    let findings =
        runner::check(&database, &clock(config), "command line", &mut |finding| say(&finding.to_string()))?;
    match findings.iter().filter(|finding| finding.count > 0 && !class::is_note(finding.class)).count() {
        0 => Ok(()),
        classes => Err(Error::Unavailable(format!("{classes} of {} classes have findings", findings.len()))),
    }
}
