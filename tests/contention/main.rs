//! Two acts on one usage at the same moment: whatever they are, it ends as if one had come after the other, the trail tells
//! the truth, and no state is left that the rules exclude.
//!
//! Each pair is run one after the other first, in both orders: that is what may come out. Then the second begins while the
//! first has written and not committed; then both begin at once, `CONTENTION_RACES` times.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../support/mod.rs"]
mod support;

mod act;
mod crowd;
mod crowd_batches;
mod picture;
mod scene;

use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use llmage_admin::db::Database;

use act::{Act, Prepared};
use scene::Scene;
use support::database::TestDatabase;

/// So often each pair begins at once.
fn races() -> u32 {
    std::env::var("CONTENTION_RACES").ok().and_then(|text| text.parse().ok()).unwrap_or(2)
}

/// How two acts ended, and what they left.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Ended {
    first: String,
    second: String,
    left: String,
}

/// A fresh usage in that scene, with a name of its own.
fn usage(database: &Database, scene: Scene) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let usage = format!("usage{:06}", COUNT.fetch_add(1, Ordering::Relaxed));
    scene.build(database, &usage);
    usage
}

fn prepare(database: &Database, usage: &str, pair: (Act, Act)) -> (Prepared, Prepared) {
    (pair.0.prepare(database, usage, "one"), pair.1.prepare(database, usage, "two"))
}

/// One after the other.
fn in_turn(database: &Database, scene: Scene, pair: (Act, Act), is_turned: bool) -> Ended {
    let usage = usage(database, scene);
    let since = picture::last_event(database);
    let (one, two) = prepare(database, &usage, pair);
    let (first, second) = if is_turned {
        let second = two.perform(database);
        (one.perform(database), second)
    } else {
        let first = one.perform(database);
        (first, two.perform(database))
    };
    Ended { first, second, left: picture::of(database, (&usage, since), scene) }
}

/// The second begins while the first has written, and has not committed; or the other way round.
fn overlapping(database: &Database, scene: Scene, pair: (Act, Act), is_turned: bool) -> Ended {
    let usage = usage(database, scene);
    let since = picture::last_event(database);
    let (one, two) = prepare(database, &usage, pair);
    let (early, late) = if is_turned { (&two, &one) } else { (&one, &two) };
    let (written, is_written) = mpsc::channel();
    let (early, late) = std::thread::scope(|scope| {
        let early = scope.spawn(|| {
            early.perform_and(database, &mut || {
                written.send(()).unwrap();
                std::thread::sleep(Duration::from_millis(25));
            })
        });
        is_written.recv_timeout(Duration::from_secs(20)).unwrap();
        let late = late.perform(database);
        (early.join().unwrap(), late)
    });
    let (first, second) = if is_turned { (late, early) } else { (early, late) };
    Ended { first, second, left: picture::of(database, (&usage, since), scene) }
}

/// Both begin at once.
fn at_once(database: &Database, scene: Scene, pair: (Act, Act)) -> Ended {
    let usage = usage(database, scene);
    let since = picture::last_event(database);
    let (one, two) = prepare(database, &usage, pair);
    let barrier = Barrier::new(2);
    let (first, second) = std::thread::scope(|scope| {
        let first = scope.spawn(|| {
            barrier.wait();
            one.perform(database)
        });
        barrier.wait();
        let second = two.perform(database);
        (first.join().unwrap(), second)
    });
    Ended { first, second, left: picture::of(database, (&usage, since), scene) }
}

/// Whether one act inserts the row that the other one looks for.
fn is_brought_back(pair: (Act, Act)) -> bool {
    matches!(pair, (Act::Restore, Act::Archive) | (Act::Archive, Act::Restore))
}

fn try_all(scene: Scene) {
    let test = TestDatabase::new();
    let database: Database = (*test).clone();
    let acts = scene.acts();
    let mut pairs = 0;
    for (place, one) in acts.iter().enumerate() {
        for two in &acts[place..] {
            let pair = (*one, *two);
            if scene.centre().is_some_and(|centre| centre != *one && centre != *two) {
                continue;
            }
            let expected = [in_turn(&database, scene, pair, false), in_turn(&database, scene, pair, true)];
            let told = |ended: &Ended| format!("{scene:?} {pair:?}\nended {ended:#?}\nnot {expected:#?}");
            for (place, is_turned) in [false, true].into_iter().enumerate() {
                let ended = overlapping(&database, scene, pair, is_turned);
                // What locks the rows that it sees does not wait for one that another is about to insert.
                let allowed = if is_brought_back(pair) { &expected[..] } else { &expected[place..=place] };
                assert!(
                    allowed.contains(&ended),
                    "turned: {is_turned}, the first had written: {}",
                    told(&ended)
                );
            }
            for _ in 0..races() {
                let ended = at_once(&database, scene, pair);
                assert!(expected.contains(&ended), "at once: {}", told(&ended));
            }
            pairs += 1;
        }
    }
    assert!(pairs >= 10, "{pairs} pairs");
    let trail = database.run_here(llmage_admin::audit::chain::check).unwrap();
    assert_eq!(trail.count, 0, "the trail is whole: {trail:?}");
}

#[test]
fn two_open_failures_of_a_failed_usage() {
    try_all(Scene::Open);
}

#[test]
fn an_open_failure_and_one_that_was_given_up() {
    try_all(Scene::Waived);
}

#[test]
fn an_open_failure_and_one_that_was_charged_by_hand() {
    try_all(Scene::Charged);
}

#[test]
fn a_retry_under_way() {
    try_all(Scene::Retrying);
}

#[test]
fn a_retry_of_a_usage_that_the_platform_accounted() {
    try_all(Scene::Accounted);
}

#[test]
fn a_usage_that_the_platform_will_take() {
    try_all(Scene::Awaited);
}

#[test]
fn a_usage_that_is_archived_beside_those_who_act_on_it() {
    try_all(Scene::Settled);
}

#[test]
fn a_usage_that_is_brought_back_beside_those_who_act_on_it() {
    try_all(Scene::Archived);
}
