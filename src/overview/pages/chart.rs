//! The leakage by day as bars (by money) and a line (by count), in whole units of the picture.

use chrono::NaiveDate;
use serde::Serialize;

use super::figure::percent;
use crate::overview::leakage::Leak;

/// The picture: its height, and what a day takes of its width.
const HEIGHT: i64 = 160;
const DAY: i64 = 24;
const BAR: i64 = 16;

/// Hundredths of a percent in a whole.
const WHOLE: i64 = 10_000;

/// The steps at which the scale may end, in hundredths of a percent.
const SCALES: [i64; 10] = [50, 100, 200, 500, 1_000, 2_000, 3_000, 5_000, 7_500, WHOLE];

#[derive(Debug, Serialize)]
pub(super) struct Chart {
    width: i64,
    height: i64,
    bar: i64,
    bars: Vec<Bar>,
    /// `x,y x,y …` of the line.
    points: Vec<String>,
    /// Half and whole of the scale: where, and what it says.
    lines: Vec<(i64, String)>,
    first: String,
    last: String,
}

#[derive(Debug, Serialize)]
struct Bar {
    x: i64,
    y: i64,
    height: i64,
    title: String,
}

impl Chart {
    pub(super) fn new(days: &[(NaiveDate, Leak)]) -> Chart {
        let rates = days.iter().flat_map(|(_, leak)| [leak.rate_of_money(), leak.rate_of_count()]);
        let most = rates.flatten().max().unwrap_or(0).min(WHOLE);
        let scale = SCALES.into_iter().find(|scale| *scale >= most).unwrap_or(WHOLE);
        let y = |rate: i64| HEIGHT - (rate.clamp(0, scale) * HEIGHT / scale);
        let places = || days.iter().zip(0_i64..);
        let bars = places().filter_map(|((day, leak), place)| {
            let rate = leak.rate_of_money().filter(|rate| *rate > 0)?;
            let top = y(rate).min(HEIGHT - 1);
            let title = format!("{day}: {}", percent(Some(rate)));
            Some(Bar { x: place * DAY + (DAY - BAR) / 2, y: top, height: HEIGHT - top, title })
        });
        // Days without usages interrupt the line.
        let mut points = vec![Vec::new()];
        for ((_, leak), place) in places() {
            match (leak.rate_of_count(), points.last_mut()) {
                (Some(rate), Some(line)) => line.push(format!("{},{}", place * DAY + DAY / 2, y(rate))),
                _ => points.push(Vec::new()),
            }
        }
        let day = |day: Option<&(NaiveDate, Leak)>| day.map(|(day, _)| day.to_string()).unwrap_or_default();
        Chart {
            width: days.len() as i64 * DAY,
            height: HEIGHT,
            bar: BAR,
            bars: bars.collect(),
            points: points.into_iter().filter(|line| !line.is_empty()).map(|line| line.join(" ")).collect(),
            lines: vec![(0, percent(Some(scale))), (HEIGHT / 2, percent(Some(scale / 2)))],
            first: day(days.first()),
            last: day(days.last()),
        }
    }
}
