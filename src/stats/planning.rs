//! What a test can see at which size, before any row is read.

use super::anova;
use super::categories_power;
use super::correlation::{RankCorrelation, detectable_rank};
use super::kruskal;
use super::ks_test::{attained, detectable_one_sample};
use super::levene::{NORMAL_VARIATION, detectable_deviation, detectable_ratio};
use super::mann_whitney::detectable_order;
use super::normality::detectable_skewness;
use super::power::{detectable_f, detectable_t, detectable_z, harmonic};
use super::rates_power::{RatePower, RateTest};
use super::resampling::of_few;
use super::shift_power::{self, Whole};
use super::special::{norm_isf, norm_pdf};
use super::{Design, Tail};

/// The law by which a test's power is planned, with what it depends on beside n.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Law {
    /// Two means; the effect is the difference in standard deviations.
    Means,
    /// One mean, or the mean of differences of pairs.
    OneMean,
    /// Two means whose deviations are known.
    KnownMeans,
    /// One mean whose deviation is known.
    KnownMean,
    /// Two distribution functions; the effect is their largest distance, of a shift.
    Whole(Whole),
    /// One distribution function against a given one.
    OneDistance,
    /// Stochastic order; the effect is the distance of A12 from 1/2.
    Order,
    /// Two quantiles; the effect is their difference in standard deviations of normal values.
    Quantiles { p: f64 },
    /// Two variances of normal values; the effect is what their ratio has above 1.
    Variances,
    /// Two mean deviations of normal values; the same.
    Deviations,
    /// A table of two rows; the effect is Cramér's V of one category that grows among equally
    /// common ones.
    Categories { count: u64 },
    /// Two rates; the effect is the difference from the reference's rate.
    Rates { p: f64, test: RateTest },
    /// Two correlations; the effect is Cohen's q.
    Correlations,
    /// Two correlations of ranks, the reference's being 0; the effect is their difference.
    RankCorrelations(RankCorrelation),
    /// One shape; the effect is the skewness of gamma values.
    Skewness,
    /// The means of groups; the effect is eta squared.
    Groups { count: u64 },
    /// The order of groups; the effect is epsilon squared.
    RankGroups { count: u64 },
}

/// A law and the side on which its test looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Planned {
    pub law: Law,
    pub tail: Tail,
}

/// Beyond this many rows nothing is planned.
const MOST_ROWS: u64 = 1 << 50;

impl Law {
    /// The law of a test that looks on both sides.
    pub fn two_sided(self) -> Planned {
        self.towards(Tail::TwoSided)
    }

    /// The law of a test that looks on this side.
    pub fn towards(self, tail: Tail) -> Planned {
        Planned { law: self, tail }
    }

    /// The field's name of the effect, as results call it.
    pub fn effect(self) -> &'static str {
        match self {
            Law::Means | Law::OneMean => "hedges_g",
            Law::KnownMeans | Law::KnownMean => "cohens_d",
            Law::Whole(_) | Law::OneDistance => "D",
            Law::Order => "a12 - 1/2",
            Law::Quantiles { .. } => "difference in sd",
            Law::Variances => "variance_ratio - 1",
            Law::Deviations => "deviation_ratio - 1",
            Law::Categories { .. } => "cramers_v",
            Law::Rates { .. } => "rate_difference",
            Law::Correlations => "cohens_q",
            Law::RankCorrelations(_) => "correlation_difference",
            Law::Skewness => "skewness",
            Law::Groups { .. } => "eta_squared",
            Law::RankGroups { .. } => "epsilon_squared",
        }
    }

    /// The smallest effect that these sizes show; laws of one sample look at the first.
    fn seen([n, m]: [u64; 2], law: Law, design: &Design) -> Option<f64> {
        match law {
            Law::Means => detectable_t(&[n, m], design),
            Law::OneMean => detectable_t(&[n], design),
            Law::KnownMeans => detectable_z(design).map(|z| z / harmonic(n, m).sqrt()),
            Law::KnownMean => detectable_z(design).map(|z| z / (n as f64).sqrt()),
            Law::Whole(Whole::KolmogorovSmirnov) => {
                Whole::KolmogorovSmirnov.detectable(n, m, attained(n, m, design), design)
            }
            Law::Whole(test) => shift_power::detectable(test, [n, m], design),
            Law::OneDistance => detectable_one_sample(n, design),
            Law::Order => detectable_order([n, m], 1.0, design),
            Law::Quantiles { p } => {
                let spread = (p * (1.0 - p) / harmonic(n, m)).sqrt() / norm_pdf(norm_isf(p));
                detectable_z(design).map(|z| z * spread * of_few([n, m]))
            }
            Law::Variances if n.min(m) < 2 => None,
            Law::Variances => Some(above_one(detectable_ratio([n, m], design))),
            Law::Deviations => {
                detectable_deviation([n, m], [NORMAL_VARIATION; 2], design).map(above_one)
            }
            Law::Categories { count } => categories_power::detectable([n, m], count, design),
            Law::Rates { p, test } => RatePower { n, m, test }.detectable(p, design),
            Law::Correlations if n.min(m) < 4 => None,
            Law::Correlations => {
                let spread = (1.0 / (n as f64 - 3.0) + 1.0 / (m as f64 - 3.0)).sqrt();
                detectable_z(design).map(|z| z * spread)
            }
            Law::RankCorrelations(_) if n.min(m) < 5 => None,
            Law::RankCorrelations(which) => {
                detectable_rank(0.0, [n as usize, m as usize], which, design)
            }
            Law::Skewness => detectable_skewness(n, design),
            Law::Groups { count } => {
                let sizes = vec![n as f64 / count as f64; count as usize];
                detectable_f(count, n, anova::welch_freedom(&sizes), design)
                    .map(|f| f * f / (1.0 + f * f))
            }
            Law::RankGroups { count } => kruskal::detectable_share(count, n, design),
        }
    }
}

/// How far a ratio lies from 1, whichever way it is taken.
fn above_one(ratio: f64) -> f64 {
    if ratio < 1.0 { 1.0 / ratio - 1.0 } else { ratio - 1.0 }
}

impl Planned {
    /// The smallest effect that these sizes show with the design's power.
    pub fn detectable(self, n: [u64; 2], design: &Design) -> Option<f64> {
        if n.contains(&0) {
            return None;
        }
        let design = Design { tail: self.tail, ..*design };
        Law::seen(n, self.law, &design).filter(|seen| seen.is_finite())
    }

    /// Rows on each side at which the effect is seen with the design's power.
    pub fn rows(self, effect: f64, design: &Design) -> Option<u64> {
        let enough = |n: u64| self.detectable([n, n], design).is_some_and(|seen| seen <= effect);
        let mut high = 2;
        while !enough(high) {
            high *= 2;
            if high > MOST_ROWS {
                return None;
            }
        }
        let mut low = high / 2;
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            *(if enough(middle) { &mut high } else { &mut low }) = middle;
        }
        Some(high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESIGN: Design = Design { tail: Tail::TwoSided, alpha: 0.01, power: 0.9, margin: None };

    const LAWS: [Law; 21] = [
        Law::Means,
        Law::OneMean,
        Law::KnownMeans,
        Law::KnownMean,
        Law::Whole(Whole::KolmogorovSmirnov),
        Law::Whole(Whole::CramerVonMises),
        Law::Whole(Whole::AndersonDarling),
        Law::Whole(Whole::Energy),
        Law::Whole(Whole::EppsSingleton),
        Law::OneDistance,
        Law::Order,
        Law::Quantiles { p: 0.9 },
        Law::Variances,
        Law::Deviations,
        Law::Categories { count: 5 },
        Law::Rates { p: 0.3, test: RateTest::PooledZ },
        Law::Correlations,
        Law::RankCorrelations(RankCorrelation::Spearman),
        Law::Skewness,
        Law::Groups { count: 3 },
        Law::RankGroups { count: 3 },
    ];

    // Law: the planned rows show the effect, and a tenth fewer do not.
    #[test]
    fn planned_rows_are_enough_and_no_more() {
        for planned in LAWS.map(Law::two_sided) {
            for effect in [0.02, 0.1, 0.3] {
                let rows = planned.rows(effect, &DESIGN).expect("a size");
                let seen = planned.detectable([rows, rows], &DESIGN).expect("an effect");
                assert!(seen <= effect * (1.0 + 1e-9), "{planned:?}: {rows} rows see {seen}");
                let fewer = rows * 9 / 10;
                let seen = planned.detectable([fewer, fewer], &DESIGN).unwrap_or(1.0);
                assert!(seen > effect, "{planned:?}: {fewer} rows see {seen} already");
            }
        }
        let usual = Design { alpha: 0.05, power: 0.8, ..DESIGN };
        assert_eq!(Law::Means.two_sided().rows(0.2, &usual), Some(394));
    }

    // Law: looking on one side sees more, and more rows see more.
    #[test]
    fn one_side_and_more_rows_see_more() {
        for law in LAWS {
            let both = law.two_sided().detectable([200, 300], &DESIGN).expect("an effect");
            let more = law.two_sided().detectable([400, 500], &DESIGN).expect("an effect");
            assert!(more < both, "{law:?}: {more} {both}");
            let one = law.towards(Tail::Greater).detectable([200, 300], &DESIGN);
            assert!(one.expect("an effect") <= both, "{law:?}");
            assert_eq!(law.two_sided().detectable([0, 300], &DESIGN), None);
        }
    }
}
