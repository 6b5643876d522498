//! What each cell of a page and of a CSV costs: looking for secrets in a reason, and sorting it into its cause.
//!
//! `cargo bench --bench masking`. Compare figures of one run on one machine, never across machines.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use llmage_admin::base::secrets::mask;
use llmage_admin::causes::cause::Cause;

/// Reasons without secrets, as most are, and as the rows of a page bring them together.
const REASONS: &str = include_str!("../tests/suite/texts/cases/no_secrets.txt");

fn masking(criterion: &mut Criterion) {
    let reasons: Vec<&str> = REASONS.lines().filter(|line| !line.is_empty()).collect();
    let mut group = criterion.benchmark_group("a reason");
    group.throughput(Throughput::Elements(reasons.len() as u64));
    group.bench_function("is masked", |bench| {
        bench.iter(|| reasons.iter().map(|reason| mask(black_box(reason)).len()).sum::<usize>());
    });
    group.bench_function("is sorted into its cause", |bench| {
        bench.iter(|| {
            reasons.iter().map(|reason| Cause::of(Some(black_box(reason))).key.len()).sum::<usize>()
        });
    });
    group.finish();
}

criterion_group!(benches, masking);
criterion_main!(benches);
