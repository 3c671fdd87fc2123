//! How often a distance exceeds the 95th percentile of the noise that it reports.

use datacheck::stats::distances::{self, Distance};
use datacheck::stats::{Undefined, pooled_noise};

use crate::Options;
use crate::laws::{Kind, LAWS};
use crate::pair::Pair;
use crate::table::simulate;
use crate::tests::ALPHA;

type Measure = fn(&[u64], &[u64]) -> Result<Distance, Undefined>;

const MEASURES: [(&str, Measure); 6] = [
    ("psi", distances::psi),
    ("kl_divergence", distances::kl),
    ("js_distance", distances::js),
    ("hellinger", distances::hellinger),
    ("total_variation", distances::total_variation),
    ("l_infinity", distances::l_infinity),
];
const COUNT: usize = MEASURES.len() + 2;
const SIZES: [[usize; 2]; 3] = [[50, 50], [30, 300], [500, 500]];
const DRAWN_NAMES: [&str; 2] = ["wasserstein", "quantile_shift, median"];
/// Runs of the distances whose noise is drawn for each pair.
const DRAWN: u64 = 2000;

/// Every distance over laws of each kind.
pub fn print(options: &Options) {
    let names = MEASURES.iter().map(|(name, _)| *name).chain(DRAWN_NAMES);
    if !names.clone().any(|name| name.contains(&options.only)) {
        return;
    }
    println!("\n## Distances beyond the 95th percentile of their noise\n");
    println!("Ten bins between the reference's quantiles, or each value a category.\n");
    println!("| distance | law | n + m | beyond % | 99.9 % interval | |");
    println!("| --- | --- | --- | --- | --- | --- |");
    let mut lines: Vec<(usize, String)> = Vec::new();
    for law in LAWS.iter().filter(|law| law.name != "2 levels, p = 0.01") {
        for sizes in SIZES {
            let [n, m] = sizes;
            let counts = simulate::<COUNT>(options.runs, options.threads, |number| {
                let pair = Pair::draw(law, sizes, number);
                let [data, reference] = pair.counts(law.kind == Kind::Continuous);
                let beyond = |measure: Measure| {
                    let found = measure(&data, &reference).ok()?;
                    Some(found.value > found.noise_p95)
                };
                let drawn = number < DRAWN.min(options.runs) && law.kind != Kind::Discrete;
                let area =
                    drawn.then(|| pair.both.wasserstein > pooled_noise::of_area(&pair.both).p95);
                let shift = drawn.then(|| {
                    let shift = (median(&pair.sorted[0]) - median(&pair.sorted[1])).abs();
                    shift > pooled_noise::of_quantile(&pair.both, 0.5, shift).p95
                });
                let mut all = [None; COUNT];
                for (place, (_, measure)) in MEASURES.iter().enumerate() {
                    all[place] = beyond(*measure);
                }
                (all[COUNT - 2], all[COUNT - 1]) = (area, shift);
                all
            });
            for (place, (name, count)) in names.clone().zip(counts).enumerate() {
                if name.contains(&options.only) && count.judged > 0 {
                    let cells = count.cells(ALPHA);
                    lines.push((place, format!("| {name} | {} | {n} + {m} | {cells} |", law.name)));
                }
            }
        }
    }
    lines.sort_by_key(|(place, _)| *place);
    lines.iter().for_each(|(_, line)| println!("{line}"));
}

fn median(sorted: &[f64]) -> f64 {
    let n = sorted.len();
    f64::midpoint(sorted[(n - 1) / 2], sorted[n / 2])
}
