//! Every test, asked for the p-value of a pair.

use datacheck::stats::correlation::{RankCorrelation, pearson_two_sample, rank_two_sample};
use datacheck::stats::ks_test::{gap, one_sample, two_sample};
use datacheck::stats::resampling::{self, Resampling};
use datacheck::stats::special::{norm_cdf, norm_sf};
use datacheck::stats::z_test::Sigmas;
use datacheck::stats::{
    Design, Tail, TestResult, Undefined, anderson_darling, anova, chi_square, cramer_von_mises,
    epps_singleton, fisher, g_test, kruskal, levene, mann_whitney, normality, proportion, t_test,
    z_test,
};

use crate::laws::{Kind, Law, normal};
use crate::pair::Pair;

pub const ALPHA: f64 = 0.05;
/// A hundredth is the smallest p-value: the level of a permutation test is exact at any number.
const OFTEN: Resampling = Resampling { seed: 1, resamples: 99 };

pub fn design(tail: Tail) -> Design {
    Design { tail, alpha: ALPHA, power: 0.0, margin: None }
}

type Answer = Result<TestResult, Undefined>;

/// A test with the laws that it is asked about and what it may cost.
pub struct Test {
    pub name: &'static str,
    pub suits: fn(&Law) -> bool,
    /// Values on both sides together up to which it is simulated.
    pub most: usize,
    pub one_sided: bool,
    pub answer: fn(&Pair, &Design) -> Answer,
}

const ANY: fn(&Law) -> bool = |_| true;
const NUMBERS: fn(&Law) -> bool = |law| law.kind != Kind::Discrete;
const CONTINUOUS: fn(&Law) -> bool = |law| law.kind == Kind::Continuous;
const CATEGORIES: fn(&Law) -> bool = |law| law.kind == Kind::Discrete || law.name == "5 levels";
const TWO_LEVELS: fn(&Law) -> bool = |law| law.name.starts_with("2 levels");
const NORMAL: fn(&Law) -> bool = |law| law.normal;

const fn test(
    name: &'static str,
    suits: fn(&Law) -> bool,
    answer: fn(&Pair, &Design) -> Answer,
) -> Test {
    Test { name, suits, most: usize::MAX, one_sided: false, answer }
}

/// The same for one-sided designs too.
const fn sided(test: Test) -> Test {
    Test { one_sided: true, ..test }
}

/// The same for samples of a few hundred values at most.
const fn costly(test: Test) -> Test {
    Test { most: 400, ..test }
}

pub const TESTS: [Test; 27] = [
    sided(test("ks_test", ANY, |pair, design| two_sample(&pair.both, design))),
    sided(test("ks_test, one sample", NORMAL, |pair, design| {
        one_sample(&pair.sorted[0], |x| (norm_cdf(x), norm_sf(x)), design)
    })),
    sided(test("mann_whitney", ANY, |pair, design| mann_whitney::mann_whitney(&pair.both, design))),
    test("cramer_von_mises", ANY, |pair, design| cramer_von_mises::two_sample(&pair.both, design)),
    test("anderson_darling", ANY, |pair, design| anderson_darling::two_sample(&pair.both, design)),
    test("epps_singleton", NUMBERS, |pair, design| {
        let [x, y] = pair.sides();
        epps_singleton::two_sample(x, y, |design| gap(&pair.both, design), design)
    }),
    costly(test("energy_distance", ANY, |pair, design| {
        resampling::energy(pair.sides(), &pair.both, OFTEN, design)
    })),
    sided(test("t_test", ANY, |pair, design| {
        t_test::welch(&pair.summaries[0], &pair.summaries[1], design)
    })),
    sided(test("t_test, equal_var", NUMBERS, |pair, design| {
        t_test::student(&pair.summaries[0], &pair.summaries[1], design)
    })),
    sided(test("t_test, one sample", NORMAL, |pair, design| {
        t_test::one_sample(&pair.summaries[0], 0.0, design)
    })),
    sided(test("t_test, paired", NUMBERS, |pair, design| {
        let [x, y] = &pair.drawn;
        let differences: Vec<f64> = x.iter().zip(y).map(|(x, y)| x - y).collect();
        t_test::paired(&crate::pair::shape(&differences), design)
    })),
    sided(test("z_test", NORMAL, |pair, design| {
        let [x, y] = &pair.summaries;
        z_test::two_sample(x, y, Sigmas { x: 1.0, y: 1.0 }, 0.0, design)
    })),
    sided(costly(test("permutation_test, mean", ANY, |pair, design| {
        resampling::means(pair.sides(), OFTEN, design)
    }))),
    sided(costly(test("permutation_test, median", ANY, |pair, design| {
        resampling::quantiles(pair.sides(), 0.5, OFTEN, design)
    }))),
    costly(test("permutation_test, 0.9 quantile", CONTINUOUS, |pair, design| {
        resampling::quantiles(pair.sides(), 0.9, OFTEN, design)
    })),
    test("levene", NUMBERS, |pair, design| {
        let [x, y] = pair.sides();
        levene::two_sample(x, y, levene::Centre::Median, design)
    }),
    sided(test("f_test", NUMBERS, |pair, design| {
        levene::variance_ratio(&pair.summaries[0], &pair.summaries[1], design)
    })),
    test("chi_square_test", CATEGORIES, |pair, design| {
        chi_square::homogeneity(&pair.categories(), design).map(|found| found.test)
    }),
    test("g_test", CATEGORIES, |pair, design| {
        g_test::g_homogeneity(&pair.categories(), design).map(|found| found.test)
    }),
    sided(test("fisher_exact", TWO_LEVELS, |pair, design| {
        fisher::two_sample(pair.rates().ok_or(Undefined::OneCategory)?, design)
    })),
    sided(test("proportion_test", TWO_LEVELS, |pair, design| {
        proportion::two_proportions(pair.rates().ok_or(Undefined::OneCategory)?, design)
    })),
    sided(test("correlation_test, pearson", CONTINUOUS, |pair, design| {
        let [x, y] = companions(pair);
        pearson_two_sample(&x, &y, design)
    })),
    costly(test("correlation_test, spearman", NUMBERS, |pair, design| {
        let [x, y] = companions(pair);
        rank_two_sample([&x, &y], RankCorrelation::Spearman, OFTEN, design)
    })),
    costly(test("correlation_test, kendall", NUMBERS, |pair, design| {
        let [x, y] = companions(pair);
        rank_two_sample([&x, &y], RankCorrelation::Kendall, OFTEN, design)
    })),
    test("normality", NORMAL, |pair, design| normality::of_sample(&pair.summaries[0], design)),
    test("anova", NUMBERS, |pair, design| {
        let groups = thirds(pair).map(|group| crate::pair::shape(&group));
        anova::of_groups(&groups, false, design)
    }),
    test("kruskal", ANY, |pair, design| {
        let groups = thirds(pair).map(|mut group| {
            group.sort_by(f64::total_cmp);
            group
        });
        kruskal::of_groups(&groups.each_ref().map(|group| group.as_slice()), design)
    }),
];

/// The data, and the reference in two halves.
fn thirds(pair: &Pair) -> [Vec<f64>; 3] {
    let (a, b) = pair.drawn[1].split_at(pair.drawn[1].len() / 2);
    [pair.drawn[0].clone(), a.to_vec(), b.to_vec()]
}

/// Each value beside another that depends on it: with a normal error of the size of its rank's
/// spread, the same on both sides.
fn companions(pair: &Pair) -> [Vec<(f64, f64)>; 2] {
    let seed = pair.drawn[0].first().map_or(0, |value| value.to_bits());
    let mut random = datacheck::stats::permutation::Random::new(7, seed);
    pair.drawn.each_ref().map(|side| {
        side.iter().map(|x| (*x, x.abs().ln_1p() * x.signum() + normal(&mut random))).collect()
    })
}
