//! Decides which failures were handled, by whom, how and when, and what became of their usages.
//!
//! An open failure has a failed usage; a failure closed as accounted has an accounted one.

use chrono::NaiveDateTime;

use super::foreign;
use super::incidents::Incident;
use super::random::{Random, Weights};
use super::stage::Stage;
use crate::failed_accounting::failure::FailedRecord;

/// Open failures of a sample, the platform's own odd rows included: 37.5%.
const OPEN: usize = 450;
const PEOPLE: [&str; 6] = ["admin", "li.wei", "li.wei", "chen.yu", "chen.yu", "sofia"];
const HOUR_MS: i64 = 3_600_000;
/// Minutes added to each age: the larger, the more young failures are handled and old ones open.
const HABIT: u64 = 18 * 24 * 60;

/// A resolution with its weight and the notes that people write; `##` becomes a number.
struct Resolution {
    name: &'static str,
    weight: u64,
    notes: &'static [&'static str],
}

const RESOLUTIONS: [Resolution; 7] = [
    Resolution {
        name: "accounted",
        weight: 38,
        notes: &[
            "retry ok",
            "余额已充值，重试成功",
            "Pricing program added, accounted on retry",
            "数据库恢复后重新记账",
        ],
    },
    Resolution {
        name: "written_off",
        weight: 19,
        notes: &[
            "Waived, ticket ##",
            "金额过小，核销",
            "Our own outage;\nnot the customer's bill",
            "财务已批准核销，单号 ##",
        ],
    },
    Resolution {
        name: "charged_manually",
        weight: 17,
        notes: &[
            "已人工补记，凭证 ##",
            "Charged by hand, invoice ##",
            "月底并入账单",
            "Added to the \"monthly\" invoice",
        ],
    },
    Resolution {
        name: "test_traffic",
        weight: 8,
        notes: &["内部测试，不收费", "Load test of the platform team", "压测流量"],
    },
    Resolution {
        name: "duplicate",
        weight: 7,
        notes: &["Same call as transno ##", "重复调用，已按另一条计费"],
    },
    Resolution {
        name: "customer_credited",
        weight: 6,
        notes: &["客户投诉，已赠送额度", "Credit note ## sent 👍", "Credited together with the outage"],
    },
    Resolution {
        name: "other",
        weight: 5,
        notes: &[
            "转商务处理，等待合同变更",
            "Contract covers this model; nothing to charge",
            "See mail of finance, ##",
        ],
    },
];

/// Closes all but the failures that stay open: the young ones, and a few that everybody forgot.
pub(super) fn settle(stage: &mut Stage, incidents: &mut [Incident]) {
    let weights = Weights::new(RESOLUTIONS.iter().map(|resolution| resolution.weight));
    let mut ranks: Vec<(u64, usize)> =
        (0..).zip(&*incidents).map(|(i, it)| (urgency(stage, it), i)).collect();
    ranks.sort_unstable();
    for (rank, (_, position)) in ranks.into_iter().enumerate() {
        let incident = &mut incidents[position];
        if rank < OPEN - foreign::ROWS {
            incident.usage.accounting_status = Some("failed".to_owned());
        } else if incident.failures.len() > 1 {
            close(stage, incident, &RESOLUTIONS[0]);
        } else {
            let drawn = weights.draw(&mut stage.random);
            close(stage, incident, &RESOLUTIONS[drawn]);
        }
    }
}

/// Closes an attempt whose retry failed again at `next`.
pub(super) fn supersede(stage: &mut Stage, failure: &mut FailedRecord, next: NaiveDateTime) {
    sign(&mut stage.random, failure, "superseded", next);
}

/// The lower, the likelier to be open still; what failed within two hours always is.
fn urgency(stage: &mut Stage, incident: &Incident) -> u64 {
    let failed = incident.failures.last().and_then(|last| last.failed_time);
    let minutes = failed.map_or(0, |failed| (stage.now - failed).num_minutes());
    if minutes < 120 { 0 } else { (minutes as u64 + HABIT) * (stage.random.below(1_000_000) + 1) }
}

fn close(stage: &mut Stage, incident: &mut Incident, resolution: &Resolution) {
    let accounted = resolution.name == "accounted";
    let charged = accounted || stage.random.chance(8);
    let status = if charged { "accounted" } else { "failed" };
    incident.usage.accounting_status = Some(status.to_owned());
    let attempts = incident.failures.len();
    let Some(last) = incident.failures.last_mut() else {
        return;
    };
    if accounted && attempts == 1 {
        last.retry_count = Some(1);
    }
    let failed_time = last.failed_time.unwrap_or(stage.now);
    let latest = (stage.now - failed_time).num_milliseconds().min(9 * 24 * HOUR_MS);
    let handled_time = failed_time + stage.draw_delay(HOUR_MS, latest);
    sign(&mut stage.random, last, resolution.name, handled_time);
    last.handled_note = note(&mut stage.random, resolution);
}

fn sign(random: &mut Random, failure: &mut FailedRecord, resolution: &str, time: NaiveDateTime) {
    failure.handled = Some("1".to_owned());
    failure.handled_time = Some(time);
    failure.resolution = Some(resolution.to_owned());
    failure.handled_by = Some(random.pick(&PEOPLE).to_owned());
}

fn note(random: &mut Random, resolution: &Resolution) -> Option<String> {
    let silent = resolution.name != "other" && random.chance(30);
    let text = random.pick(resolution.notes);
    let number = format!("#{}", random.between(1_000, 9_999));
    (!silent).then(|| text.replace("##", &number))
}
