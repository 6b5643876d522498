//! How many requests each route had, how they ended and how long they took, since the start.
//!
//! Labels are routes, never paths: their number is bounded by the table of routes.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Upper bounds in seconds of what is counted together.
const BOUNDS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

#[derive(Debug, Default)]
struct Route {
    /// By status.
    ended: BTreeMap<u16, u64>,
    /// How many took at most each bound, and longer than the one before.
    within: [u64; BOUNDS.len()],
    count: u64,
    total: Duration,
}

/// Counts of all requests. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Mutex<BTreeMap<(String, String), Route>>>);

impl Meter {
    /// Notes a request that ended.
    pub fn note(&self, method: &str, route: &str, status: u16, took: Duration) {
        // A client may send any word as a method.
        let method = if METHODS.contains(&method) { method } else { "other" };
        let mut routes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let route = routes.entry((route.to_owned(), method.to_owned())).or_default();
        *route.ended.entry(status).or_default() += 1;
        route.count += 1;
        route.total += took;
        if let Some(place) = BOUNDS.iter().position(|bound| took.as_secs_f64() <= *bound) {
            route.within[place] += 1;
        }
    }

    /// The counts in the text format of Prometheus.
    pub fn write(&self, text: &mut String) {
        let routes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut say = |line: std::fmt::Arguments<'_>| {
            // Writing to a text does not fail.
            let _ = text.write_fmt(line);
            text.push('\n');
        };
        let total = "llmage_http_requests_total";
        say(format_args!("# HELP {total} Requests by route and status.\n# TYPE {total} counter"));
        for ((route, method), counts) in routes.iter() {
            for (status, count) in &counts.ended {
                say(format_args!(
                    "{total}{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}} {count}"
                ));
            }
        }
        let seconds = "llmage_http_request_seconds";
        say(format_args!("# HELP {seconds} How long requests took.\n# TYPE {seconds} histogram"));
        for ((route, method), counts) in routes.iter() {
            let labels = format!("method=\"{method}\",route=\"{route}\"");
            let mut up_to = 0;
            for (bound, count) in BOUNDS.iter().zip(counts.within) {
                up_to += count;
                say(format_args!("{seconds}_bucket{{{labels},le=\"{bound}\"}} {up_to}"));
            }
            say(format_args!("{seconds}_bucket{{{labels},le=\"+Inf\"}} {}", counts.count));
            say(format_args!("{seconds}_sum{{{labels}}} {}", counts.total.as_secs_f64()));
            say(format_args!("{seconds}_count{{{labels}}} {}", counts.count));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up_and_longer_ones_are_in_the_last_bucket_only() {
        let meter = Meter::default();
        for milliseconds in [1, 7, 60_000] {
            meter.note("GET", "/x/{id}", 200, Duration::from_millis(milliseconds));
            meter.note("NONSENSE\"", "-", 404, Duration::ZERO);
        }
        let mut text = String::new();
        meter.write(&mut text);
        for line in [
            "llmage_http_requests_total{method=\"GET\",route=\"/x/{id}\",status=\"200\"} 3",
            "llmage_http_requests_total{method=\"other\",route=\"-\",status=\"404\"} 3",
            "llmage_http_request_seconds_bucket{method=\"GET\",route=\"/x/{id}\",le=\"0.005\"} 1",
            "llmage_http_request_seconds_bucket{method=\"GET\",route=\"/x/{id}\",le=\"0.01\"} 2",
            "llmage_http_request_seconds_bucket{method=\"GET\",route=\"/x/{id}\",le=\"10\"} 2",
            "llmage_http_request_seconds_bucket{method=\"GET\",route=\"/x/{id}\",le=\"+Inf\"} 3",
        ] {
            assert!(text.contains(line), "no {line} in\n{text}");
        }
    }
}
