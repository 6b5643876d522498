//! `GET /metrics`, in the text format of Prometheus: open money, and so for whoever has the token; without one, for this
//! machine alone.

use std::fmt::Write;

use actix_web::{HttpResponse, web};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use super::figures::{Figures, Watch, age_in_seconds};
use crate::error::Error;
use crate::web::error::Answer;
use crate::web::extract::Visit;
use crate::web::state::AppState;

/// All figures.
pub async fn show(visit: Visit, watch: web::Data<Watch>) -> Answer {
    let state = &visit.state;
    match &state.metrics_token {
        Some(token) if !is_sent(&visit, token) => return Err(Error::Unauthenticated.into()),
        None if !is_from_here(&visit) => {
            return Ok(HttpResponse::Forbidden().content_type("text/plain; charset=utf-8").body(REFUSED));
        }
        _ => {}
    }
    let mut text = String::new();
    let figures = watch.figures(&state.database, state.stuck_since()).await;
    let engine = state.database.engine().name();
    let version = env!("CARGO_PKG_VERSION");
    gauge(
        &mut text,
        "llmage_build_info",
        "What runs.",
        &format!("{{version=\"{version}\",engine=\"{engine}\"}} 1"),
    );
    let up = i32::from(figures.is_some());
    gauge(
        &mut text,
        "llmage_database_up",
        "Whether the database answered when last asked.",
        &format!(" {up}"),
    );
    if let Some(figures) = figures {
        desk(&mut text, &figures, state);
    }
    let (used, most) = state.database.connections();
    gauge(&mut text, "llmage_database_connections_used", "Connections in use.", &format!(" {used}"));
    gauge(&mut text, "llmage_database_connections_max", "Connections at most.", &format!(" {most}"));
    state.meter.write(&mut text);
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text))
}

/// What is said to whoever comes from elsewhere where no token is set.
const REFUSED: &str = "/metrics is for this machine alone until LLMAGE_METRICS_TOKEN is set\n";

/// What proxies add: whoever comes through one comes from elsewhere, though the connection is from this machine.
const OF_PROXIES: [&str; 12] = [
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-forwarded-server",
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "true-client-ip",
    "cf-connecting-ip",
];

/// Whether a program on this machine asks by itself.
fn is_from_here(visit: &Visit) -> bool {
    let is_loopback = visit.peer().is_some_and(|address| address.to_canonical().is_loopback());
    is_loopback && !OF_PROXIES.iter().any(|name| visit.has_header(name))
}

fn is_sent(visit: &Visit, token: &SecretString) -> bool {
    let given = visit.header("authorization");
    let given = given.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    given.as_bytes().ct_eq(token.expose_secret().as_bytes()).into()
}

fn gauge(text: &mut String, name: &str, help: &str, value: &str) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n{name}{value}");
}

fn desk(text: &mut String, figures: &Figures, state: &AppState) {
    let open = &figures.open;
    let oldest = open.oldest.map_or(0, |time| age_in_seconds(&state.clock, time));
    for (name, help, value) in [
        ("llmage_open_failures", "Failed records that are open.", open.count.to_string()),
        ("llmage_open_failures_amount", "Their amount, in the platform's currency.", open.amount.to_string()),
        ("llmage_open_failures_cost", "Their cost, in the platform's currency.", open.cost.to_string()),
        ("llmage_open_failures_oldest_age_seconds", "Age of the oldest of them.", oldest.to_string()),
        ("llmage_retries_running", "Retries whose outcome is not known yet.", figures.retrying.to_string()),
        ("llmage_retries_stuck", "Retries that the platform does not take.", figures.stuck.to_string()),
        ("llmage_alerts_firing", "Alert rules that fire.", figures.alerts_firing.to_string()),
        (
            "llmage_alert_deliveries_waiting",
            "Deliveries of alerts that are tried again, up to 1,000.",
            figures.deliveries_waiting.to_string(),
        ),
        (
            "llmage_alert_deliveries_given_up",
            "Deliveries of alerts, and tests, that reached nobody, up to 1,000.",
            figures.deliveries_given_up.to_string(),
        ),
    ] {
        gauge(text, name, help, &format!(" {value}"));
    }
    jobs(text, figures, state);
}

fn jobs(text: &mut String, figures: &Figures, state: &AppState) {
    let on = || figures.jobs.iter().filter(|job| job.is_on() && job.ended_at.is_some());
    let line = |text: &mut String, name: &str, job: &str, value: i64| {
        let _ = writeln!(text, "{name}{{job_name=\"{job}\"}} {value}");
    };
    let failed = "llmage_job_last_failed";
    let _ = writeln!(text, "# HELP {failed} Whether the last run of a job failed.\n# TYPE {failed} gauge");
    for job in on() {
        line(text, failed, &job.name, i64::from(job.failed_at().is_some()));
    }
    let age = "llmage_job_last_run_age_seconds";
    let _ = writeln!(text, "# HELP {age} Since the last run of a job ended.\n# TYPE {age} gauge");
    for job in on() {
        let since = job.ended_at.map_or(0, |ended| age_in_seconds(&state.clock, ended));
        line(text, age, &job.name, since);
    }
}
