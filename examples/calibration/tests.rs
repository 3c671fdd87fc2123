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

use crate::laws::{Kind, Law};
use crate::pair::{Pair, shape};

pub const ALPHA: f64 = 0.05;

/// Relabellings with a seed of this pair. A fortieth is the smallest p-value, so that twice the
/// smaller tail attains 5 % exactly: a permutation test keeps its level at any number of them that
/// can attain it, over all seeds.
fn often(pair: &Pair) -> Resampling {
    let seed =
        pair.drawn[0].iter().fold(1, |seed: u64, value| seed.rotate_left(5) ^ value.to_bits());
    Resampling { seed, resamples: 39 }
}

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

/// Tests that share a table.
pub struct Kindred {
    pub title: &'static str,
    pub tests: &'static [Test],
}

const ANY: fn(&Law) -> bool = |_| true;
const NUMBERS: fn(&Law) -> bool = |law| law.kind != Kind::Discrete;
const CONTINUOUS: fn(&Law) -> bool = |law| law.kind == Kind::Continuous;
const CATEGORIES: fn(&Law) -> bool = |law| law.kind == Kind::Discrete || law.name == "5 levels";
const TWO_LEVELS: fn(&Law) -> bool = |law| law.name.starts_with("2 levels");
const NORMAL: fn(&Law) -> bool = |law| law.name == "normal";
/// Where only ranks count, one continuous law stands for all.
const RANKS: fn(&Law) -> bool = |law| law.kind != Kind::Continuous || law.name == "normal";

/// One law of each kind, for tests that take their time.
const EACH_KIND: fn(&Law) -> bool = |law| {
    ["normal", "lognormal 1.5", "t3", "Poisson 8", "19 of 20 are 0", "5 levels"].contains(&law.name)
};
const RANKED: fn(&Law) -> bool = |law| EACH_KIND(law) && RANKS(law);

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

/// The same for samples of a thousand values at most.
const fn fewer(test: Test) -> Test {
    Test { most: 1000, ..test }
}

pub static KINDRED: [Kindred; 7] = [
    Kindred { title: "Whole distributions", tests: &WHOLE },
    Kindred { title: "Means and order", tests: &MEANS },
    Kindred { title: "Relabelled differences", tests: &RELABELLED },
    Kindred { title: "Spread and groups", tests: &SPREAD },
    Kindred { title: "Categories and shares", tests: &SHARES },
    Kindred { title: "Two columns", tests: &COLUMNS },
    Kindred { title: "One sample, and pairs", tests: &ONE },
];

static WHOLE: [Test; 5] = [
    sided(test("ks_test", RANKS, |pair, design| two_sample(pair.both(), design))),
    test("cramer_von_mises", RANKS, |pair, design| {
        cramer_von_mises::two_sample(pair.both(), design)
    }),
    test("anderson_darling", RANKS, |pair, design| {
        anderson_darling::two_sample(pair.both(), design)
    }),
    test("epps_singleton", EACH_KIND, |pair, design| {
        let [x, y] = pair.sides();
        epps_singleton::two_sample(x, y, |design| gap(pair.both(), design), design)
    }),
    costly(test("energy_distance", ANY, |pair, design| {
        resampling::energy(pair.sides(), pair.both(), often(pair), design)
    })),
];

static MEANS: [Test; 4] = [
    sided(test("t_test", ANY, |pair, design| {
        t_test::welch(&pair.summaries()[0], &pair.summaries()[1], design)
    })),
    sided(test("t_test, equal_var", NUMBERS, |pair, design| {
        t_test::student(&pair.summaries()[0], &pair.summaries()[1], design)
    })),
    sided(test("z_test", NORMAL, |pair, design| {
        let [x, y] = pair.summaries();
        z_test::two_sample(x, y, Sigmas { x: 1.0, y: 1.0 }, 0.0, design)
    })),
    sided(test("mann_whitney", RANKS, |pair, design| {
        mann_whitney::mann_whitney(pair.both(), design)
    })),
];

static RELABELLED: [Test; 3] = [
    costly(test("permutation_test, mean", ANY, |pair, design| {
        resampling::means(pair.sides(), often(pair), design)
    })),
    sided(costly(test("median", ANY, |pair, design| {
        resampling::quantiles(pair.sides(), 0.5, often(pair), design)
    }))),
    costly(test("0.9 quantile", ANY, |pair, design| {
        resampling::quantiles(pair.sides(), 0.9, often(pair), design)
    })),
];

static SPREAD: [Test; 5] = [
    sided(test("levene", EACH_KIND, |pair, design| {
        let [x, y] = pair.sides();
        levene::two_sample(x, y, levene::Centre::Median, design)
    })),
    sided(fewer(test("f_test", EACH_KIND, |pair, design| {
        levene::variance_ratio(&pair.summaries()[0], &pair.summaries()[1], design)
    }))),
    test("anova", EACH_KIND, |pair, design| {
        anova::of_groups(&pair.groups().map(|group| shape(&group)), false, design)
    }),
    costly(test("anova, equal_var", EACH_KIND, |pair, design| {
        anova::of_groups(&pair.groups().map(|group| shape(&group)), true, design)
    })),
    test("kruskal", RANKS, |pair, design| {
        let mut groups = pair.groups();
        groups.iter_mut().for_each(|group| group.sort_unstable_by(f64::total_cmp));
        kruskal::of_groups(&groups.each_ref().map(|group| group.as_slice()), design)
    }),
];

static SHARES: [Test; 4] = [
    test("chi_square_test", CATEGORIES, |pair, design| {
        chi_square::homogeneity(pair.categories(), design).map(|found| found.test)
    }),
    test("g_test", CATEGORIES, |pair, design| {
        g_test::g_homogeneity(pair.categories(), design).map(|found| found.test)
    }),
    sided(test("fisher_exact", TWO_LEVELS, |pair, design| {
        fisher::two_sample(pair.rates().ok_or(Undefined::OneCategory)?, design)
    })),
    sided(test("proportion_test", TWO_LEVELS, |pair, design| {
        proportion::two_proportions(pair.rates().ok_or(Undefined::OneCategory)?, design)
    })),
];

static COLUMNS: [Test; 3] = [
    sided(test("correlation_test, pearson", CONTINUOUS, |pair, design| {
        let [x, y] = pair.companions();
        pearson_two_sample(x, y, design)
    })),
    costly(test("spearman", RANKED, |pair, design| {
        let [x, y] = pair.companions();
        rank_two_sample([x, y], RankCorrelation::Spearman, often(pair), design)
    })),
    costly(test("kendall", RANKED, |pair, design| {
        let [x, y] = pair.companions();
        rank_two_sample([x, y], RankCorrelation::Kendall, often(pair), design)
    })),
];

static ONE: [Test; 4] = [
    sided(costly(test("ks_test, one sample", NORMAL, |pair, design| {
        one_sample(&pair.sorted()[0], |x| (norm_cdf(x), norm_sf(x)), design)
    }))),
    sided(test("t_test, one sample", NORMAL, |pair, design| {
        t_test::one_sample(&pair.summaries()[0], 0.0, design)
    })),
    sided(test("t_test, paired", EACH_KIND, |pair, design| {
        let [x, y] = &pair.drawn;
        let differences: Vec<f64> = x.iter().zip(y).map(|(x, y)| x - y).collect();
        t_test::paired(&shape(&differences), design)
    })),
    test("normality", NORMAL, |pair, design| normality::of_sample(&pair.summaries()[0], design)),
];

/// All of them, of every table.
pub fn all() -> impl Iterator<Item = &'static Test> {
    KINDRED.iter().flat_map(|kindred| kindred.tests)
}
