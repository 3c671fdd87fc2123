//! Prints how often each test alarms at a nominal 5 % when nothing changed.
//!
//! `cargo run --release --example calibration -- 20000` simulates that many pairs for each line. A
//! rate is `high` or `low` where its 99.9 % Clopper-Pearson interval leaves 5 % on that side.

use datacheck::stats::chi_square::homogeneity;
use datacheck::stats::contingency::Contingency;
use datacheck::stats::ecdf::{Comparison, Real, compare};
use datacheck::stats::ks_test::two_sample;
use datacheck::stats::mann_whitney::mann_whitney;
use datacheck::stats::moments::Summary;
use datacheck::stats::permutation::Random;
use datacheck::stats::proportion::Rate;
use datacheck::stats::special::norm_isf;
use datacheck::stats::t_test::welch;
use datacheck::stats::{Design, Tail, binning, distances};

const ALPHA: f64 = 0.05;
const DESIGN: Design = Design { tail: Tail::TwoSided, alpha: ALPHA, power: 0.8, margin: None };

/// A law to draw both sides from.
type Model = (&'static str, fn(f64) -> f64);

const MODELS: [Model; 4] = [
    ("normal", norm_isf),
    ("lognormal 1.5", |u| (1.5 * norm_isf(u)).exp()),
    ("uniform", |u| u),
    ("5 levels", |u| (5.0 * u).floor()),
];

const SIZES: [(usize, usize); 3] = [(10, 10), (30, 300), (500, 500)];

/// Both sides of one draw, sorted.
struct Pair {
    data: Vec<f64>,
    reference: Vec<f64>,
    both: Comparison,
}

/// A test's p-value, where it has one.
type Test = (&'static str, fn(&Pair) -> Option<f64>);

const TESTS: [Test; 5] = [
    ("ks_test", |pair| two_sample(&pair.both, &DESIGN).ok().map(|result| result.p.value)),
    ("t_test", |pair| {
        let [data, reference] = [&pair.data, &pair.reference].map(|side| Summary::of(side));
        welch(&data, &reference, &DESIGN).ok().map(|result| result.p.value)
    }),
    ("mann_whitney", |pair| mann_whitney(&pair.both, &DESIGN).ok().map(|result| result.p.value)),
    ("chi_square_test", |pair| {
        let [data, reference] = counts(pair);
        let rows = data.iter().zip(&reference).enumerate();
        let table = rows.map(|(place, (data, reference))| (place.to_string(), *data, *reference));
        homogeneity(&Contingency::new(table), &DESIGN).ok().map(|found| found.test.p.value)
    }),
    ("psi", |pair| {
        let [data, reference] = counts(pair);
        distances::psi(&data, &reference).ok()?.p.map(|p| p.value)
    }),
];

/// Counts between the reference's deciles.
fn counts(pair: &Pair) -> [Vec<u64>; 2] {
    let edges = binning::quantile_edges(&pair.reference, 10).unwrap_or_default();
    [&pair.data, &pair.reference].map(|side| binning::count_right_closed(side, &edges))
}

fn draw(model: fn(f64) -> f64, (n, m): (usize, usize), number: u64) -> Pair {
    let mut random = Random::new(20_240_601, number);
    let mut side = |n: usize| {
        let unit = |random: &mut Random| ((random.bits() >> 11) as f64 + 0.5) / 2f64.powi(53);
        let mut values: Vec<f64> = (0..n).map(|_| model(unit(&mut random))).collect();
        values.sort_by(f64::total_cmp);
        values
    };
    let (data, reference) = (side(n), side(m));
    let real = |side: &[f64]| -> Vec<Real> { side.iter().copied().filter_map(Real::new).collect() };
    let both = compare(&real(&data), &real(&reference));
    Pair { data, reference, both }
}

fn main() {
    let runs = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(2000_u64);
    println!("| test | law | n + m | alarms % | 99.9 % interval | |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for (test, p_value) in TESTS {
        for (model, law) in MODELS {
            for sizes in SIZES {
                let found = (0..runs).filter_map(|number| p_value(&draw(law, sizes, number)));
                let (alarms, judged) = found.fold((0, 0), |(alarms, judged), p| {
                    (alarms + u64::from(p <= ALPHA), judged + 1)
                });
                let Ok(rate) = Rate::new(alarms, judged) else { continue };
                let interval = rate.clopper_pearson(0.999);
                let mark = match () {
                    () if interval.low > ALPHA => "high",
                    () if interval.high < ALPHA => "low",
                    () => "",
                };
                let percent = |share: f64| format!("{:.2}", share * 100.0);
                println!(
                    "| {test} | {model} | {} + {} | {} | {} to {} | {mark} |",
                    sizes.0,
                    sizes.1,
                    percent(rate.value()),
                    percent(interval.low),
                    percent(interval.high),
                );
            }
        }
    }
}
