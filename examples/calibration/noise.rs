//! How often a distance exceeds the 95th percentile of the noise that it reports.

use datacheck::stats::distances::{self, Distance};
use datacheck::stats::{Undefined, pooled_noise};

use crate::Options;
use crate::laws::{Kind, LAWS};
use crate::pair::Pair;
use crate::table::{command, head, row, simulate};
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
const DRAWN: [&str; 2] = ["wasserstein", "quantile_shift, median"];
const SIZES: [[usize; 2]; 3] = [[50, 50], [30, 300], [500, 500]];
/// Runs of the distances whose noise is drawn for each pair, a tenth of the others.
const SHARE: u64 = 10;

/// Every distance over laws of each kind.
pub fn print(options: &Options) {
    println!("\n## Distances beyond the 95th percentile of their noise\n");
    println!(
        "{} pairs for each number, {} for the last two: {}.",
        options.runs,
        options.runs / SHARE,
        command(options.runs, "noise")
    );
    println!("Ten bins between the reference's quantiles, or each value a category.\n");
    let names = MEASURES.iter().map(|(name, _)| *name).chain(DRAWN);
    head(["law", "n + m"].into_iter().chain(names));
    let size = MEASURES.len() + DRAWN.len();
    for law in LAWS.iter().filter(|law| law.name.contains(&options.only)) {
        for sizes in SIZES {
            let counts = simulate(options.runs, options.threads, size, |number, counts| {
                let pair = Pair::draw(law, sizes, number);
                let [data, reference] = pair.counts(law.kind == Kind::Continuous);
                for (count, (_, measure)) in counts.iter_mut().zip(MEASURES) {
                    let found = measure(&data, &reference).ok();
                    count.take(found.map(|found| found.value > found.noise_p95));
                }
                if number % SHARE == 0 && law.kind != Kind::Discrete {
                    let [area, shift] = drawn_beyond(&pair);
                    counts[MEASURES.len()].take(Some(area));
                    counts[MEASURES.len() + 1].take(Some(shift));
                }
            });
            let start = [law.name.to_owned(), format!("{} + {}", sizes[0], sizes[1])];
            let cells = counts.iter().map(|count| count.bare(ALPHA));
            row(&start.into_iter().chain(cells).collect::<Vec<_>>());
        }
    }
}

fn drawn_beyond(pair: &Pair) -> [bool; 2] {
    let area = pair.both().wasserstein > pooled_noise::of_area(pair.both()).p95;
    let [data, reference] = pair.sides().map(median);
    let shift = (data - reference).abs();
    [area, shift > pooled_noise::of_quantile(pair.both(), 0.5, shift).p95]
}

fn median(sorted: &[f64]) -> f64 {
    let n = sorted.len();
    f64::midpoint(sorted[(n - 1) / 2], sorted[n / 2])
}
