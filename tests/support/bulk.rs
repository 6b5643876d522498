//! Failed records by the thousand, spread as in production: few large organisations and models among many
//! small ones, a year of days, amounts of all sizes, most of them handled but for the last two weeks.

use chrono::{Duration, NaiveDate};

use super::rows::{Row, failure};

const DAYS: i64 = 365;
const MODELS: usize = 40;
const ORGANISATIONS: usize = 2_000;
const USERS: usize = 20_000;

/// The last day of the rows.
pub fn last_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 5, 31).expect("a date")
}

/// The id of a model, an organisation or a user; the first ones have the most rows.
pub fn id(kind: &str, number: usize) -> String {
    format!("{kind}-{number:05}-aGoLfJyDyMkm")
}

/// So many rows, in the order of their failed_time; the same ones each time.
pub fn rows(count: usize) -> impl Iterator<Item = Row> {
    let mut chance = Chance(42);
    let mut seconds: Vec<i64> = (0..count).map(|_| chance.second()).collect();
    seconds.sort_unstable();
    let (models, organisations) = (zipf(MODELS), zipf(ORGANISATIONS));
    seconds.into_iter().enumerate().map(move |(number, second)| {
        let organisation = chance.pick(&organisations);
        let user = organisation + ORGANISATIONS * chance.below(USERS / ORGANISATIONS);
        let model = chance.pick(&models);
        row(&mut chance, number, second, [model, organisation, user])
    })
}

fn row(chance: &mut Chance, number: usize, second: i64, [model, organisation, user]: [usize; 3]) -> Row {
    let start = last_day() - Duration::days(DAYS - 1);
    let failed = start.and_time(chrono::NaiveTime::MIN) + Duration::seconds(second);
    let used = failed - Duration::seconds(20 + (3_600.0 * chance.unit().powi(3)) as i64);
    let amount = (1e-5 * (chance.unit() * 15.4249).exp() * 1e5).round() / 1e5;
    let is_recent = second > (DAYS - 14) * 86_400;
    let is_open = chance.unit() < if is_recent { 0.9 } else { 0.1 };
    let resolution = ["charged_manually", "charged_manually", "written_off", "duplicate"][chance.below(4)];
    let milliseconds = chance.below(1_000);
    let time =
        |time: chrono::NaiveDateTime| Some(format!("{}.{milliseconds:03}", time.format("%Y-%m-%d %H:%M:%S")));
    let usage = format!("u{:020}", (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    Row {
        llmid: Some(id("model", model)),
        userid: Some(id("user", user)),
        userorgid: Some(id("org", organisation)),
        use_date: Some(used.date().to_string()),
        use_time: time(used),
        amount: Some(amount),
        cost: Some((amount * 0.6 * 1e5).round() / 1e5),
        failed_reason: Some(reason(chance, &usage, model)),
        failed_time: time(failed),
        handled: Some(if is_open { "0" } else { "1" }.to_owned()),
        handled_time: if is_open { None } else { time(failed + Duration::hours(30)) },
        resolution: (!is_open).then(|| resolution.to_owned()),
        handled_by: (!is_open).then(|| "ann".to_owned()),
        llmusageid: Some(usage),
        ..failure(&format!("f{:020}", (number as u64).wrapping_mul(0xbf58_476d_1ce4_e5b9)))
    }
}

fn reason(chance: &mut Chance, usage: &str, model: usize) -> String {
    let tokens = chance.below(9_000);
    match chance.below(10) {
        0 | 1 => "usages is None".to_owned(),
        2 | 3 => format!(
            "llm_charging failed: ppid='{usage}', usages={{'prompt_tokens': {tokens}}}llmusage.id='{usage}'  \
             env.buffered_charging() return None"
        ),
        4 | 5 => format!("llm ({}) donot has a pricing_program", id("model", model)),
        6 => "accounting failed".to_owned(),
        7 => "(1213, \"Deadlock found when trying to get lock; try restarting transaction\")".to_owned(),
        8 => format!("账户余额不足：余额 0.{tokens} 元，请充值"),
        _ => format!("HTTP 503, {{\"error\": {{\"request_id\": \"req-{usage}\"}}}}"),
    }
}

/// Weights that fall as one by the rank.
fn zipf(count: usize) -> Vec<f64> {
    let mut sum = 0.0;
    (1..=count)
        .map(|rank| {
            sum += 1.0 / (rank as f64).powf(1.05);
            sum
        })
        .collect()
}

/// SplitMix64.
struct Chance(u64);

impl Chance {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) as f64 / (u64::MAX as f64 + 1.0)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.unit() * end as f64) as usize
    }

    /// A position, by sums of weights.
    fn pick(&mut self, sums: &[f64]) -> usize {
        let drawn = self.unit() * sums.last().copied().unwrap_or_default();
        sums.partition_point(|sum| *sum < drawn)
    }

    /// A second of the year; the later, the more.
    fn second(&mut self) -> i64 {
        let later = 1.0 - (1.0 - self.unit()) * (0.7 + 0.3 * self.unit());
        (later * (DAYS * 86_400 - 1) as f64) as i64
    }
}
