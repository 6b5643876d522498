//! The failures that one transaction records: the usages become `failed` one by one, what follows from it is written for
//! all of them at once.
//!
//! Whoever comes second to a usage or a key finds what the first one wrote, in the same group, too.

use super::recorder::{Asked, Outcome, Prepared};
use crate::accounts::idempotency;
use crate::db::{DbConnection, dialect};
use crate::error::{Error, Result};
use crate::failed_accounting::case::{Case, Telling};
use crate::failed_accounting::store;
use crate::usages::recording::Recorded;

/// A group that grows.
#[derive(Default)]
pub(in crate::failed_accounting) struct Group<'a> {
    /// None where a failure is still owed.
    outcomes: Vec<Option<Outcome>>,
    owed: Vec<Owed<'a>>,
    telling: Telling<'a>,
}

/// A failure that is recorded and not yet written.
struct Owed<'a> {
    asked: &'a Asked,
    case: Case,
    /// Its place among the outcomes.
    place: usize,
}

impl<'a> Group<'a> {
    /// One more.
    pub fn one(&mut self, connection: &mut DbConnection, prepared: &'a Prepared) -> Result<()> {
        let asked = &prepared.asked;
        if self.owed.iter().any(|owed| meets(owed.asked, asked)) {
            self.pay(connection)?;
        }
        let outcome = self.begin(connection, prepared)?;
        self.outcomes.push(outcome);
        Ok(())
    }

    /// Writes what is owed; how each of them ended, in their order.
    pub fn finish(mut self, connection: &mut DbConnection) -> Result<Vec<Outcome>> {
        self.pay(connection)?;
        self.telling.finish(connection)?;
        let outcomes: Option<Vec<Outcome>> = self.outcomes.into_iter().collect();
        outcomes.ok_or_else(|| Error::internal("an outcome is owed"))
    }

    fn begin(&mut self, connection: &mut DbConnection, prepared: &'a Prepared) -> Result<Option<Outcome>> {
        let asked = &prepared.asked;
        let mut case = Case::of_usage(connection, &asked.usage_id)?;
        if let Some(key) = &asked.key {
            // Of two with the same key, the later one sees what the earlier one wrote.
            if let Some(known) = idempotency::lookup(connection, key)? {
                let is_same = known.is_to(key);
                let repeated = Outcome::Repeated { id: known.record_id, answer: known.answer };
                return Ok(Some(if is_same { repeated } else { Outcome::KeyTaken }));
            }
        }
        match case.record_prepared(&asked.recording, &prepared.cause, &asked.author) {
            Ok(Recorded::Done { .. }) => {
                self.owed.push(Owed { asked, case, place: self.outcomes.len() });
                Ok(None)
            }
            Ok(refused) => Ok(Some(Outcome::Refused(refused))),
            Err(Error::NotFound) => Ok(Some(Outcome::Unknown)),
            Err(error) => Err(error),
        }
    }

    fn pay(&mut self, connection: &mut DbConnection) -> Result<()> {
        let cases = self.owed.iter_mut().map(|owed| (&mut owed.case, &owed.asked.author));
        self.telling.write(connection, cases)?;
        let paid: Vec<Owed<'a>> = self.owed.drain(..).collect();
        let told = paid.iter().map(|owed| owed.tell(connection)).collect::<Result<Vec<_>>>()?;
        let answers = paid.iter().zip(&told).filter_map(|(Owed { asked, .. }, (id, text))| {
            let key = asked.key.as_ref()?;
            Some(idempotency::Answer { key, record_id: id, text, at: asked.author.at })
        });
        idempotency::keep(connection, &answers.collect::<Vec<_>>())?;
        for (Owed { place, .. }, (id, answer)) in paid.iter().zip(told) {
            if let Some(outcome) = self.outcomes.get_mut(*place) {
                *outcome = Some(Outcome::Written { id, answer });
            }
        }
        Ok(())
    }
}

impl Owed<'_> {
    /// The id of the failure that is written by now, and what is answered.
    fn tell(&self, connection: &mut DbConnection) -> Result<(String, String)> {
        let id = &self.asked.recording.id;
        let record = match dialect::keeps_milliseconds(connection.engine()) {
            true => self.case.failure(id)?.clone(),
            false => store::find(connection, id)?,
        };
        Ok((record.id.clone(), (self.asked.render)(&record)?))
    }
}

/// Whether one has to see what the other wrote.
fn meets(one: &Asked, other: &Asked) -> bool {
    let key = |asked: &Asked| asked.key.as_ref().map(|key| (key.token.clone(), key.text.clone()));
    one.usage_id == other.usage_id || (one.key.is_some() && key(one) == key(other))
}
