//! Makes rows of `llmusage`: calls of a model with their tokens, times and money.

use chrono::{Duration, NaiveDateTime};

use super::amounts;
use super::names::VIDEO;
use super::random::Random;
use super::stage::Stage;
use crate::base::money::Money;
use crate::usages::usage::Usage;

/// Usages of each status that nobody has accounted: the loop takes only succeeded ones.
const WAITING: [(&str, usize); 4] = [("SUCCEEDED", 15), ("PENDING", 8), ("FAILED", 26), ("UNKNOWN", 9)];

/// A usage that was charged at `use_time`, of any model.
pub(super) fn draft(stage: &mut Stage, use_time: NaiveDateTime) -> Usage {
    let model = stage.draw_model();
    let (userid, userorgid) = stage.draw_user();
    let owner = stage.organisations[model % 5].id.clone();
    let random = &mut stage.random;
    let amount = stage.amounts.amount(random);
    let answered = random.near(180, 9_000) as u32;
    let finished = answered + random.near(300, 90_000) as u32;
    Usage {
        id: random.id(),
        llmid: Some(stage.models[model].id.clone()),
        use_date: Some(use_time.date()),
        use_time: Some(use_time),
        userid: Some(userid),
        usages: Some(measured(random, model, amount)),
        ioinfo: Some(exchange(random)),
        transno: random.chance(80).then(|| random.id()),
        responsed_seconds: Some(f64::from(answered) / 1_000.0),
        finish_seconds: Some(f64::from(finished) / 1_000.0),
        status: Some("SUCCEEDED".to_owned()),
        taskid: random.chance(35).then(|| format!("task-{}", random.id())),
        amount: Some(Money::from_units(amount)),
        cost: Some(Money::from_units(amounts::cost(random, amount))),
        userorgid: Some(userorgid),
        ownerid: Some(owner),
        accounting_status: Some("accounted".to_owned()),
    }
}

/// Usages that were charged without trouble; a few carry the odd usage texts that occur.
pub(super) fn accounted(stage: &mut Stage, count: usize) -> Vec<Usage> {
    let one = |_| {
        let use_time = stage.draw_time(Duration::minutes(1));
        let mut usage = draft(stage, use_time);
        if stage.random.chance(2) {
            usage.usages = odd_text(&mut stage.random, usage.usages);
        }
        usage
    };
    (0..count).map(one).collect()
}

/// Usages that wait to be accounted, or never will be because the call did not succeed; without money so far.
pub(super) fn waiting(stage: &mut Stage) -> Vec<Usage> {
    let mut usages = Vec::new();
    for (status, count) in WAITING {
        for _ in 0..count {
            usages.push(unaccounted(stage, status));
        }
    }
    usages
}

fn unaccounted(stage: &mut Stage, status: &str) -> Usage {
    let use_time = match status {
        "SUCCEEDED" => stage.now - stage.draw_delay(2_000, 600_000),
        "PENDING" => stage.now - stage.draw_delay(5_000, 10_800_000),
        _ => stage.draw_time(Duration::minutes(1)),
    };
    let usage = draft(stage, use_time);
    let succeeded = status == "SUCCEEDED";
    Usage {
        usages: usage.usages.filter(|_| succeeded),
        finish_seconds: usage.finish_seconds.filter(|_| status != "PENDING"),
        status: Some(status.to_owned()),
        amount: None,
        cost: None,
        accounting_status: Some("created".to_owned()),
        ..usage
    }
}

/// What a supplier may send in place of a usage: `null`, `{}`, a text that was cut, or nothing.
pub(super) fn odd_text(random: &mut Random, usages: Option<String>) -> Option<String> {
    match random.below(4) {
        0 => Some("null".to_owned()),
        1 => Some("{}".to_owned()),
        2 => usages.map(cut),
        _ => None,
    }
}

/// The first half of a text.
pub(super) fn cut(text: String) -> String {
    text.chars().take(text.chars().count() / 2).collect()
}

/// The usage of a video.
pub(super) fn video(random: &mut Random) -> String {
    let size = random.pick(&["1280x720", "1920x1080", "720x1280"]);
    format!(r#"{{"duration":{},"size":"{size}"}}"#, random.between(4, 30))
}

fn measured(random: &mut Random, model: usize, amount: i64) -> String {
    if model == VIDEO {
        return video(random);
    }
    let total = (amount * 4).clamp(random.between(12, 80), random.between(90_000, 260_000));
    let completion = total * random.between(4, 45) / 100 + 1;
    let prompt = total - completion;
    format!(r#"{{"prompt_tokens":{prompt},"completion_tokens":{completion},"total_tokens":{total}}}"#)
}

fn exchange(random: &mut Random) -> String {
    let prompt = random.pick(&[
        "总结这份合同的要点",
        "Translate to German",
        "写一段产品介绍",
        "Explain this stack trace",
        "把下表转成 JSON",
        "Draft a polite reply",
    ]);
    let (stream, file) = (random.chance(70), random.between(1, 9_999_999));
    format!(r#"{{"stream":{stream},"input":"{prompt}","webpath":"/idfile/{file:07}.json"}}"#)
}
