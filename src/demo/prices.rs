//! What the demo's platform charges: by the pricing program of the model. Its accounting and whoever asks for a price get the
//! same answer.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::base::money::Money;
use crate::db::DbConnection;
use crate::error::Result;
use crate::forecast::checks::{Ended, judge};
use crate::forecast::needs::Needs;
use crate::forecast::platform::{Kind, Platform};
use crate::forecast::price::{Price, Told};
use crate::forecast::subject::Subject;
use crate::usages::store as usages;
use crate::usages::usage::Usage;

/// The pricing program that has no prices yet, and the one whose prices were raised since, by so many of 100.
const WITHOUT_PRICES: &str = "pp-5";
const RAISED: (&str, i64) = ("pp-3", 5);

/// What a token, a second or an image costs where nothing was recorded, in units of 10^-5.
const UNIT: i64 = 3;

/// Of 100 of the amount so many are the cost, where nothing was recorded.
const COST: i64 = 70;

/// What it says of a question for a price: a price, or why there is none.
pub fn answer(connection: &mut DbConnection, question: &str, platform: &mut Platform) -> Result<Told> {
    #[derive(Deserialize)]
    struct Question<'a> {
        #[serde(borrow)]
        usage: Asked<'a>,
    }
    #[derive(Deserialize)]
    struct Asked<'a> {
        id: String,
        llmid: Option<String>,
        userorgid: Option<String>,
        status: Option<String>,
        #[serde(borrow)]
        usages: Option<&'a RawValue>,
    }
    let Ok(Question { usage }) = serde_json::from_str(question) else {
        return Ok(Told::Refused("the question is no usage".to_owned()));
    };
    let known = usages::lookup(connection, &usage.id)?.unwrap_or_default();
    let asked = Usage {
        id: usage.id,
        llmid: usage.llmid,
        userorgid: usage.userorgid,
        status: usage.status,
        usages: usage.usages.map(|usages| usages.get().to_owned()),
        ..known
    };
    of(connection, &asked, platform)
}

/// What it charges for a usage, or what it says instead.
pub(super) fn of(connection: &mut DbConnection, usage: &Usage, platform: &mut Platform) -> Result<Told> {
    let subject = Subject::from(usage);
    platform.learn(connection, [&subject])?;
    if let Some(lack) = lacking(&subject, platform) {
        return Ok(Told::Refused(lack));
    }
    let model = usage.llmid.as_deref().unwrap_or_default();
    let program = platform.facts(Kind::Maps, model).ok().and_then(|maps| maps.first()).cloned().flatten();
    if program.as_deref() == Some(WITHOUT_PRICES) {
        return Ok(Told::Refused(format!("llm_charging failed: {WITHOUT_PRICES} data not found")));
    }
    let percent = if program.as_deref() == Some(RAISED.0) { 100 + RAISED.1 } else { 100 };
    let amount = usage.amount.map_or_else(|| counts(usage) * UNIT, Money::units);
    let cost = usage.cost.map_or(amount * COST / 100, Money::units);
    let amount = Money::from_units(amount * percent / 100);
    Ok(Told::Priced(Price { amount, cost: Money::from_units(cost) }))
}

/// All that was counted of a call, together.
fn counts(usage: &Usage) -> i64 {
    let counted = usage.usages.as_deref().and_then(|usages| serde_json::from_str(usages).ok());
    let Some(serde_json::Value::Object(counted)) = counted else { return 0 };
    counted
        .values()
        .filter_map(serde_json::Value::as_i64)
        .filter(|count| (0..100_000_000).contains(count))
        .sum()
}

/// What it says of a usage that lacks something by its own tables; none where nothing is known to lack.
fn lacking(subject: &Subject, platform: &Platform) -> Option<String> {
    let model = subject.model.as_deref().unwrap_or("None");
    let forecast = judge(subject, &Needs::default(), platform);
    forecast.why().find_map(|check| match (check.ended, check.name, check.key) {
        (Ended::Fails, "usages", _) => Some("usages is None".to_owned()),
        (Ended::Fails, "model", _) => Some(format!("llm not found({model})")),
        // With two maps it is charged twice.
        (Ended::Fails, "map", "test-map-several") => None,
        (Ended::Fails, "map", _) => Some(format!("llm ({model}) donot has a pricing_program")),
        (Ended::Fails, "organisation", _) => {
            let organisation = subject.organisation.as_deref().unwrap_or("None");
            Some(format!("account not found: orgid={organisation}, subject=客户资金账户"))
        }
        _ => None,
    })
}
