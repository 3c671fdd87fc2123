//! Times the order statistics and the moments of ten million doubles.
//!
//! `cargo run --release --example order -- 10000000 2` compares two samples of so many doubles, held
//! in memory, on so many threads: the largest gap as `ks_test` asks for it, the whole comparison as
//! tests of ranks do, both of them with bins and a quantile as all tests of a column together do,
//! and for the sake of measure both sides sorted once and merged. Medians of five alternating runs.

use std::sync::Arc;
use std::time::Instant;

use arrow::array::{ArrayRef, Float64Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use datacheck::engine::source::{MemorySource, Source};
use datacheck::engine::{EmbeddedEngine, Engine, Options};
use datacheck::metric::{Float, Measured, Metric, Side};
use datacheck::stats::ecdf::{Real, compare};
use datacheck::stats::moments::Moments;
use datacheck::stats::permutation::Random;
use datacheck::stats::quantile::Definition;
use datacheck::stats::special::norm_isf;

const RUNS: usize = 5;
const BATCH_ROWS: usize = 1 << 16;

/// A law to draw values from.
type Law = (&'static str, fn(f64) -> f64);

const LAWS: [Law; 3] = [
    ("normal", norm_isf),
    ("prices", |u| (100.0 * (20.0 + 30.0 * u * u).floor() + 99.0) / 100.0),
    ("half zeros", |u| if u < 0.5 { 0.0 } else { u }),
];

fn draw(n: usize, law: fn(f64) -> f64, seed: u64) -> Vec<f64> {
    let mut random = Random::new(seed, 0);
    let mut uniform = || ((random.bits() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
    (0..n).map(|_| law(uniform())).collect()
}

fn source(values: &[f64]) -> Box<dyn Source> {
    let schema = Arc::new(Schema::new(vec![Field::new("x", DataType::Float64, false)]));
    let batches = values.chunks(BATCH_ROWS).map(|part| {
        let column: ArrayRef = Arc::new(Float64Array::from(part.to_vec()));
        RecordBatch::try_new(schema.clone(), vec![column]).expect("a batch")
    });
    Box::new(MemorySource::new("x", &schema, batches.collect()).expect("a source"))
}

fn d_of(engine: &EmbeddedEngine, metrics: &[Metric]) -> f64 {
    match engine.measure(metrics).pop() {
        Some(Ok(Measured::Gaps(gaps))) => gaps.d(),
        Some(Ok(Measured::Comparison(both))) => both.d(),
        other => panic!("no comparison: {other:?}"),
    }
}

fn sorted_d(sides: [&[f64]; 2]) -> f64 {
    let [x, y] = sides.map(|side| {
        let mut sorted: Vec<Real> = side.iter().filter_map(|value| Real::new(*value)).collect();
        sorted.sort_unstable();
        sorted
    });
    compare(&x, &y).d()
}

fn moments(values: &[f64]) -> f64 {
    let mut moments = Moments::new();
    values.chunks(1 << 15).for_each(|part| moments.push_slice(part));
    moments.finish().mean.unwrap_or(f64::NAN)
}

/// Seconds of each task: medians over alternating runs.
fn medians(tasks: &[(&str, &dyn Fn() -> f64)]) -> Vec<f64> {
    let mut seconds = vec![Vec::new(); tasks.len()];
    for _ in 0..RUNS {
        for (taken, (_, task)) in seconds.iter_mut().zip(tasks) {
            let start = Instant::now();
            std::hint::black_box(task());
            taken.push(start.elapsed().as_secs_f64());
        }
    }
    let median = |mut taken: Vec<f64>| {
        taken.sort_by(f64::total_cmp);
        taken[RUNS / 2]
    };
    seconds.into_iter().map(median).collect()
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut next =
        |default: usize| arguments.next().and_then(|text| text.parse().ok()).unwrap_or(default);
    let (n, n_threads) = (next(10_000_000), next(2));
    for (name, law) in LAWS {
        let sides = [draw(n, law, 1), draw(n, law, 2)];
        let datasets = vec![(Side::Data, source(&sides[0])), (Side::Reference, source(&sides[1]))];
        let engine = EmbeddedEngine::new(datasets, Options { n_threads, ..Options::default() });
        let (column, filter) = ("x".to_owned(), None);
        let gaps = Metric::Gaps { column: column.clone(), filter: filter.clone() };
        let bins = Metric::Bins { column: column.clone(), bins: 10, filter: filter.clone() };
        let quantile = Metric::Quantile {
            on: Side::Data,
            column: column.clone(),
            p: Float(0.9),
            definition: Definition::Type7,
            filter: filter.clone(),
        };
        let whole = Metric::Comparison { column, filter };
        let both = [bins, quantile, gaps.clone(), whole.clone()];
        let gap = || d_of(&engine, std::slice::from_ref(&gaps));
        let all = || d_of(&engine, std::slice::from_ref(&whole));
        let together = || d_of(&engine, &both);
        let sort = || sorted_d([&sides[0], &sides[1]]);
        let mean = || moments(&sides[0]);
        assert_eq!((gap(), all(), together()), (sort(), sort(), sort()));
        let tasks: [(&str, &dyn Fn() -> f64); 5] = [
            ("largest gap (ks_test)", &gap),
            ("whole comparison (mann_whitney, wasserstein …)", &all),
            ("both of these, bins and a quantile", &together),
            ("both sides sorted and merged", &sort),
            ("exact moments of one side, one thread", &mean),
        ];
        println!("{name}, {n} against {n}, {n_threads} threads");
        for ((task, _), seconds) in tasks.iter().zip(medians(&tasks)) {
            println!("  {seconds:8.3} s  {:6.2} ns a value  {task}", 1e9 * seconds / n as f64);
        }
    }
}
