//! How often the effect that a test calls detectable is seen.

use datacheck::stats::correlation::{RankCorrelation, pearson_two_sample, rank_two_sample};
use datacheck::stats::permutation::Random;
use datacheck::stats::planning::{Law, Planned};
use datacheck::stats::rates_power::RateTest;
use datacheck::stats::resampling::{self, Resampling};
use datacheck::stats::shift_power::{Whole, shift_of_gap};
use datacheck::stats::special::norm_isf;
use datacheck::stats::{Design, Tail, TestResult, Undefined};

use crate::Options;
use crate::alternatives::{gamma, normals, pairs, rates, shares};
use crate::pair::Pair;
use crate::table::{Count, command, head, row, simulate};
use crate::tests::{ALPHA, all, design};

const POWER: f64 = 0.8;
const SIZES: [[usize; 2]; 4] = [[20, 20], [30, 300], [200, 200], [1000, 400]];
/// Relabellings at which a permutation test loses next to nothing, and attains 5 % exactly.
const MANY: Resampling = Resampling { seed: 1, resamples: 479 };
/// Of the tests that relabel rows, one of so many runs.
const SHARE: u64 = 4;
const OFTEN: Resampling = Resampling { seed: 1, resamples: 999 };

/// A claim and how to put it to the test: values that differ by the effect, and whether a test sees
/// it.
struct Promise {
    test: &'static str,
    against: &'static str,
    planned: Planned,
    /// Values on both sides together up to which it is simulated.
    most: usize,
    /// One of so many runs is made.
    share: u64,
    seen: fn(&'static str, [usize; 2], f64, &mut Random) -> Option<bool>,
}

/// Whether a test of the list sees a difference in these values.
fn sees(test: &'static str, drawn: [Vec<f64>; 2]) -> Option<bool> {
    let found = all().find(|listed| listed.name == test)?;
    alarms((found.answer)(&Pair::of(drawn), &design(Tail::TwoSided)))
}

fn alarms(answer: Result<TestResult, Undefined>) -> Option<bool> {
    answer.ok().map(|result| result.p.value <= ALPHA)
}

const SHIFT_OF_D: fn(&'static str, [usize; 2], f64, &mut Random) -> Option<bool> =
    |test, n, effect, random| sees(test, normals(n, shift_of_gap(effect), 1.0, random));
const SHIFT: fn(&'static str, [usize; 2], f64, &mut Random) -> Option<bool> =
    |test, n, effect, random| sees(test, normals(n, effect, 1.0, random));

const fn promise(
    test: &'static str,
    against: &'static str,
    law: Law,
    seen: fn(&'static str, [usize; 2], f64, &mut Random) -> Option<bool>,
) -> Promise {
    let planned = Planned { law, tail: Tail::TwoSided };
    Promise { test, against, planned, most: usize::MAX, share: 1, seen }
}

const fn costly(promise: Promise) -> Promise {
    Promise { most: 400, ..promise }
}

const fn slow(promise: Promise) -> Promise {
    Promise { most: 400, share: SHARE, ..promise }
}

/// Five shares of a fifth each.
const FIFTHS: [f64; 5] = [0.2; 5];

const PROMISES: [Promise; 25] = [
    promise("ks_test", "normal shift", Law::Whole(Whole::KolmogorovSmirnov), SHIFT_OF_D),
    costly(promise("ks_test, one sample", "normal shift", Law::OneDistance, SHIFT_OF_D)),
    promise("cramer_von_mises", "normal shift", Law::Whole(Whole::CramerVonMises), SHIFT_OF_D),
    promise("anderson_darling", "normal shift", Law::Whole(Whole::AndersonDarling), SHIFT_OF_D),
    promise("epps_singleton", "normal shift", Law::Whole(Whole::EppsSingleton), SHIFT_OF_D),
    costly(promise(
        "energy_distance",
        "normal shift",
        Law::Whole(Whole::Energy),
        |_, n, effect, random| {
            let pair = Pair::of(normals(n, shift_of_gap(effect), 1.0, random));
            alarms(resampling::energy(pair.sides(), pair.both(), MANY, &design(Tail::TwoSided)))
        },
    )),
    promise("mann_whitney", "normal shift", Law::Order, |test, n, effect, random| {
        let shift = 2f64.sqrt() * norm_isf(0.5 - effect);
        sees(test, normals(n, shift, 1.0, random))
    }),
    promise("t_test", "normal shift", Law::Means, SHIFT),
    promise("t_test, one sample", "normal shift", Law::OneMean, SHIFT),
    promise("z_test", "normal shift", Law::KnownMeans, SHIFT),
    costly(promise(
        "permutation_test, mean",
        "normal shift",
        Law::Means,
        |_, n, effect, random| {
            let pair = Pair::of(normals(n, effect, 1.0, random));
            alarms(resampling::means(pair.sides(), MANY, &design(Tail::TwoSided)))
        },
    )),
    costly(promise("median", "normal shift", Law::Quantiles { p: 0.5 }, |_, n, effect, random| {
        let pair = Pair::of(normals(n, effect, 1.0, random));
        alarms(resampling::quantiles(pair.sides(), 0.5, MANY, &design(Tail::TwoSided)))
    })),
    promise("levene", "wider normal", Law::Deviations, |test, n, effect, random| {
        sees(test, normals(n, 0.0, 1.0 + effect, random))
    }),
    promise("f_test", "wider normal", Law::Variances, |test, n, effect, random| {
        sees(test, normals(n, 0.0, (1.0 + effect).sqrt(), random))
    }),
    promise(
        "chi_square_test",
        "one of 5 grows",
        Law::Categories { count: 5 },
        |test, n, v, random| sees(test, shares(n, &FIFTHS, v, random)),
    ),
    promise("g_test", "one of 5 grows", Law::Categories { count: 5 }, |test, n, v, random| {
        sees(test, shares(n, &FIFTHS, v, random))
    }),
    promise(
        "fisher_exact",
        "rise over 0.3",
        Law::Rates { p: 0.3, test: RateTest::Fisher },
        |test, n, effect, random| sees(test, rates(n, 0.3, effect, random)),
    ),
    promise(
        "proportion_test",
        "rise over 0.3",
        Law::Rates { p: 0.3, test: RateTest::PooledZ },
        |test, n, effect, random| sees(test, rates(n, 0.3, effect, random)),
    ),
    promise(
        "proportion_test",
        "rise over 0.01",
        Law::Rates { p: 0.01, test: RateTest::PooledZ },
        |test, n, effect, random| sees(test, rates(n, 0.01, effect, random)),
    ),
    promise(
        "correlation_test, pearson",
        "normal pairs, 0.3",
        Law::Correlations,
        |_, n, effect, random| {
            let [x, y] = pairs(n, (0.3f64.atanh() + effect).tanh(), 0.3, random);
            alarms(pearson_two_sample(&x, &y, &design(Tail::TwoSided)))
        },
    ),
    slow(promise(
        "spearman",
        "normal pairs, 0",
        Law::RankCorrelations(RankCorrelation::Spearman),
        |_, n, effect, random| {
            let r = 2.0 * (std::f64::consts::PI * effect / 6.0).sin();
            ranks(n, r, RankCorrelation::Spearman, random)
        },
    )),
    slow(promise(
        "kendall",
        "normal pairs, 0",
        Law::RankCorrelations(RankCorrelation::Kendall),
        |_, n, effect, random| {
            let r = (std::f64::consts::PI * effect / 2.0).sin();
            ranks(n, r, RankCorrelation::Kendall, random)
        },
    )),
    promise("normality", "gamma", Law::Skewness, |test, [n, m], effect, random| {
        sees(test, [gamma(n, effect, random), vec![0.0; m]])
    }),
    promise("anova", "one group shifted", Law::Groups { count: 3 }, |test, n, effect, random| {
        let own = n[0] as f64 / (n[0] + n[1]) as f64;
        let f = (effect / (1.0 - effect)).sqrt();
        sees(test, normals(n, f / (own * (1.0 - own)).sqrt(), 1.0, random))
    }),
    promise(
        "kruskal",
        "one group shifted",
        Law::RankGroups { count: 3 },
        |test, n, share, random| {
            // The variance between groups of ranks, a twelfth of it being all there is.
            let own = n[0] as f64 / (n[0] + n[1]) as f64;
            let excess = (share / (12.0 * own * (1.0 - own))).sqrt();
            sees(test, normals(n, 2f64.sqrt() * norm_isf(0.5 - excess), 1.0, random))
        },
    ),
];

fn ranks(n: [usize; 2], r: f64, which: RankCorrelation, random: &mut Random) -> Option<bool> {
    let [x, y] = pairs(n, r, 0.0, random);
    alarms(rank_two_sample([&x, &y], which, OFTEN, &design(Tail::TwoSided)))
}

/// Every claim at several sizes.
pub fn print(options: &Options) {
    println!("\n## Detectable effects\n");
    println!(
        "{} pairs for each number, {} for spearman and kendall: {}.",
        options.runs,
        options.runs / SHARE,
        command(options.runs, "effects")
    );
    println!("The effect that is called detectable with power 80 %: how often it is seen, in %.\n");
    let sizes = SIZES.map(|[n, m]| format!("{n} + {m}"));
    head(["test", "alternative"].into_iter().chain(sizes.iter().map(String::as_str)));
    for promise in PROMISES.iter().filter(|promise| promise.test.contains(&options.only)) {
        let cells = SIZES.map(|sizes| promise.cell(sizes, options));
        let start = [promise.test, promise.against].map(str::to_owned);
        row(&start.into_iter().chain(cells).collect::<Vec<_>>());
    }
}

impl Promise {
    /// "0.1185: 80.30".
    fn cell(&self, sizes: [usize; 2], options: &Options) -> String {
        if sizes.iter().sum::<usize>() > self.most {
            return "-".to_owned();
        }
        // The groups of one column are on one side.
        let rows = match self.planned.law {
            Law::Groups { .. } | Law::RankGroups { .. } => [sizes[0] + sizes[1]; 2],
            _ => sizes,
        };
        let promised = Design { power: POWER, ..design(Tail::TwoSided) };
        let Some(effect) = self.planned.detectable(rows.map(|n| n as u64), &promised) else {
            return "none".to_owned();
        };
        let counts = simulate(options.runs / self.share, options.threads, 1, |number, counts| {
            let mut random = Random::new(77, number);
            counts[0].take((self.seen)(self.test, sizes, effect, &mut random));
        });
        format!("{effect:.4}: {}", seen(counts[0]))
    }
}

/// The share in percent, bold where it is more than two points from what was promised.
fn seen(count: Count) -> String {
    let share = count.alarms as f64 / count.judged.max(1) as f64;
    let percent = format!("{:.2}", 100.0 * share);
    if (share - POWER).abs() > 0.02 { format!("**{percent}**") } else { percent }
}
