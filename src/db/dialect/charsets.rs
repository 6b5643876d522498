//! Which texts the platform's tables can hold: on MariaDB they may be as an older server made them.
//!
//! A text outside of their character set makes a comparison an error there, so it is looked for nowhere.

use std::sync::atomic::{AtomicU8, Ordering};

use diesel::RunQueryDsl;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::super::{DbConnection, Engine};
use crate::base::form::{Fields, Message, Reader};
use crate::error::Result;

const WIDE: u8 = 0;
const NO_EMOJI: u8 = 1;
const LATIN: u8 = 2;

/// The narrowest set of the database that this process serves; read when it is opened.
static NARROWEST: AtomicU8 = AtomicU8::new(WIDE);

/// Learns the character sets of the platform's tables.
pub fn learn_character_sets(connection: &mut DbConnection) -> Result<()> {
    #[derive(QueryableByName)]
    struct Set {
        #[diesel(sql_type = Text)]
        name: String,
    }
    if connection.engine() != Engine::Mysql {
        return Ok(());
    }
    let sets: Vec<Set> = diesel::sql_query(
        "SELECT DISTINCT character_set_name AS name FROM information_schema.columns WHERE table_schema = DATABASE() \
         AND table_name IN ('llmusage', 'llmusage_accounting_failed', 'llmusage_history') \
         AND character_set_name IS NOT NULL",
    )
    .load(connection)?;
    let narrowness = |set: &Set| match set.name.as_str() {
        "latin1" | "ascii" => LATIN,
        "utf8" | "utf8mb3" => NO_EMOJI,
        // What others hold is not known here; they say so themselves.
        _ => WIDE,
    };
    NARROWEST.store(sets.iter().map(narrowness).max().unwrap_or(WIDE), Ordering::Relaxed);
    Ok(())
}

/// Whether the platform's tables are not all in the wide character set.
pub(super) fn is_narrow() -> bool {
    NARROWEST.load(Ordering::Relaxed) != WIDE
}

/// Whether a row of the platform's tables can hold that text.
pub(super) fn can_hold(text: &str) -> bool {
    match NARROWEST.load(Ordering::Relaxed) {
        WIDE => true,
        NO_EMOJI => text.chars().all(|letter| letter <= '\u{ffff}'),
        // Windows' Latin letters, as MariaDB understands the name; of its signs beyond, those that people type.
        _ => text.chars().all(|letter| letter <= '\u{ff}' || "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ".contains(letter)),
    }
}

/// As [`check_storable`], of each of these fields.
pub fn check_all_storable(read: &mut Reader<'_>, fields: &Fields, names: &[&str]) {
    names.iter().for_each(|name| check_storable(read, name, fields.raw(name)));
}

/// Refuses a field of a form whose text a row of the platform's tables cannot hold.
pub fn check_storable(read: &mut Reader<'_>, name: &str, text: Option<&str>) {
    if text.is_some_and(|text| !can_hold(text)) {
        read.refuse(name, Message::new("error-characters"));
    }
}
