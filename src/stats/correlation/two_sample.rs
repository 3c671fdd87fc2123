//! Has the correlation of two columns changed between data and reference?

use super::super::moments::Moments;
use super::super::p_values::{Sides, doubled, larger, norm_p, smaller};
use super::super::permutation::Random;
use super::super::power::detectable_z;
use super::super::ranks::midranks;
use super::super::resampling::Resampling;
use super::super::special::{bisect, norm_isf};
use super::super::{
    Design, Effect, Interval, Margin, MarginTest, PValue, Tail, TestResult, Undefined,
};
use super::{compare_r, kendall, pearson, spearman_r};

/// Rows with a value in both columns.
type Pairs<'a> = &'a [(f64, f64)];

/// Which correlation of ranks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RankCorrelation {
    Spearman,
    Kendall,
}

fn columns(pairs: Pairs) -> (Vec<f64>, Vec<f64>) {
    pairs.iter().copied().unzip()
}

/// Pearson's correlations by Fisher's z. The effect is Cohen's q, the difference of the transformed
/// correlations, data less reference.
pub fn pearson_two_sample(
    data: Pairs,
    reference: Pairs,
    design: &Design,
) -> Result<TestResult, Undefined> {
    let of = |pairs: Pairs| {
        let (x, y) = columns(pairs);
        pearson(&x, &y)
    };
    let (own, other) = (of(data)?, of(reference)?);
    let found = compare_r(own.r, own.n, other.r, other.n)?;
    let spread = (1.0 / (own.n as f64 - 3.0) + 1.0 / (other.n as f64 - 3.0)).sqrt();
    let q = found.statistic * spread;
    let reach = norm_isf(0.5 * design.error()) * spread;
    let ci = Interval { low: q - reach, high: q + reach, level: design.level() };
    let margin = design.margin.map(|Margin { limit: margin, alpha }| {
        let from = |end: f64| (q - end) / spread;
        let size = q.abs();
        let (near, far) = (norm_p((size - margin) / spread), norm_p((size + margin) / spread));
        MarginTest {
            margin,
            p_beyond: PValue::from_ln(near.ln + (far.ln - near.ln).exp().ln_1p()),
            p_within: larger(norm_p(from(-margin)), norm_p(-from(margin))),
            rows_to_settle: rows_for_q((size - margin).abs(), alpha, design.power),
        }
    });
    Ok(TestResult {
        name: "correlation_test",
        symbol: "z",
        statistic: found.statistic,
        p: found.p.of(design.tail),
        n: vec![own.n, other.n],
        df: None,
        exact: false,
        method: "Fisher's z",
        effect: Effect { name: "cohens_q", value: q, ci },
        margin,
        detectable: detectable_z(design).map(|z| z * spread),
        warnings: heavy_tails([data, reference]).into_iter().collect(),
    })
}

/// Excess kurtosis of a column from which the spread of a correlation is far from Fisher's.
const HEAVY: f64 = 2.0;

/// Whether a column has tails with which Fisher's z alarms too often.
fn heavy_tails(sides: [Pairs; 2]) -> Option<String> {
    let kurtosis = |values: Vec<f64>| {
        let mut moments = Moments::with_shape();
        moments.push_slice(&values);
        moments.finish().kurtosis.unwrap_or(0.0)
    };
    let all = sides.into_iter().flat_map(|pairs| {
        let (x, y) = columns(pairs);
        [x, y]
    });
    let most = all.map(kurtosis).fold(0.0, f64::max);
    (most > HEAVY).then(|| {
        format!(
            "heavy tails (excess kurtosis {most:.1}): more clean runs alarm than alpha says; \
             `method: spearman` keeps it"
        )
    })
}

/// Rows on each side at which a difference of Fisher's z is settled.
fn rows_for_q(gap: f64, alpha: f64, power: f64) -> Option<u64> {
    let reach = norm_isf(alpha) + norm_isf(1.0 - power);
    let rows = 2.0 * (reach / gap).powi(2) + 3.0;
    (rows.is_finite() && rows < 1e18).then(|| rows.ceil() as u64)
}

/// Spearman's or Kendall's correlations by relabelling of rows. Each side is ranked within itself
/// first, so that only the dependence of the columns counts, not their distributions.
pub fn rank_two_sample(
    [data, reference]: [Pairs; 2],
    which: RankCorrelation,
    resampling: Resampling,
    design: &Design,
) -> Result<TestResult, Undefined> {
    let n = (data.len() + reference.len()) as u64;
    let got = data.len().min(reference.len()) as u64;
    if got < 5 {
        return Err(Undefined::TooFew { needed: 5, got });
    }
    resampling.check(n.saturating_mul(50), design.alpha)?;
    let correlation = |pairs: Pairs| {
        let (x, y) = columns(pairs);
        match which {
            // A p-value of each relabelling, enumerated, would take minutes.
            RankCorrelation::Spearman => spearman_r(&x, &y),
            RankCorrelation::Kendall => kendall(&x, &y).map(|found| found.tau_b),
        }
    };
    let (own, other) = (correlation(data)?, correlation(reference)?);
    let observed = own - other;
    let mut pooled = [ranked(data), ranked(reference)].concat();
    let (mut less, mut greater, mut drawn) = (1_u64, 1_u64, 1_u64);
    for draw in 0..resampling.resamples {
        let mut random = Random::new(resampling.seed, draw);
        for i in 0..data.len() {
            let with = i + random.below((pooled.len() - i) as u64) as usize;
            pooled.swap(i, with);
        }
        let (x, y) = pooled.split_at(data.len());
        // A relabelling in which a column is constant counts for both sides.
        let value = correlation(x).and_then(|x| correlation(y).map(|y| x - y)).ok();
        less += u64::from(value.is_none_or(|value| value <= observed + 1e-12));
        greater += u64::from(value.is_none_or(|value| value >= observed - 1e-12));
        drawn += 1;
    }
    let share = |count: u64| PValue::new(count as f64 / drawn as f64);
    let (less, greater) = (share(less), share(greater));
    let sides = Sides { two_sided: doubled(smaller(less, greater)), less, greater };
    let level = 1.0 - design.alpha;
    let [a, b] = [(own, data.len()), (other, reference.len())]
        .map(|(r, n)| rank_interval(r, n as f64, which, level));
    let ci = Interval {
        low: observed - (own - a.low).hypot(b.high - other),
        high: observed + (a.high - own).hypot(other - b.low),
        level,
    };
    Ok(TestResult {
        name: "correlation_test",
        symbol: "difference",
        statistic: observed,
        p: sides.of(design.tail),
        n: vec![data.len() as u64, reference.len() as u64],
        df: None,
        exact: false,
        method: "random relabelling of rows",
        effect: Effect { name: "correlation_difference", value: observed, ci },
        margin: None,
        detectable: detectable_rank(other, [data.len(), reference.len()], which, design),
        warnings: Vec::new(),
    })
}

/// The difference from a correlation `r`, towards 0 and beyond, that these sizes show with the
/// design's power, where the reference has `r`.
///
/// The critical value is that of relabelled rows, a mixture of both sides; the power has the spread
/// of each side's own, which shrinks towards a perfect correlation.
pub fn detectable_rank(
    r: f64,
    sizes: [usize; 2],
    which: RankCorrelation,
    design: &Design,
) -> Option<f64> {
    let tails = if design.tail == Tail::TwoSided { 2.0 } else { 1.0 };
    let (critical, reach) = (norm_isf(design.alpha / tails), norm_isf(1.0 - design.power));
    let [n, m] = sizes.map(|n| n as f64);
    let lacking = |seen: f64| {
        let (own, other) = (r.abs() - seen, r.abs());
        let null = which.spread_of_mixture([own, other], [n, m]);
        seen - critical * null - reach * which.spread(own, n).hypot(which.spread(other, m))
    };
    let most = r.abs() + 1.0;
    let seen = bisect(0.0, most, lacking);
    (seen.is_finite() && seen > 0.0 && lacking(most) > 0.0).then_some(seen)
}

impl RankCorrelation {
    /// The variance of Fisher's z of a rank correlation (Bonett & Wright 2000).
    fn variance(self, r: f64, n: f64) -> f64 {
        match self {
            RankCorrelation::Spearman => (1.0 + r * r / 2.0) / (n - 3.0),
            RankCorrelation::Kendall => 0.437 / (n - 4.0),
        }
    }

    /// The standard deviation of the difference of two relabelled sides, whose rows are those of a
    /// side with each of these correlations.
    ///
    /// A side has rows of both kinds: the spread within them, and the spread of their shares, which
    /// is hypergeometric.
    fn spread_of_mixture(self, [own, other]: [f64; 2], [n, m]: [f64; 2]) -> f64 {
        let within = |size: f64| {
            let [own, other] = [own, other].map(|r| self.spread(r, size).powi(2));
            (n * own + m * other) / (n + m)
        };
        let shares = (own - other).powi(2) / (n + m - 1.0);
        (within(n) + within(m) + shares).sqrt() * self.widening(2.0 * n * m / (n + m))
    }

    /// What ties add: ranks that occur on both sides are ties once rows are relabelled, which tau-b
    /// leaves out of its count. Fitted to 1,500 relabelled samples of 20 + 20.
    fn widening(self, size: f64) -> f64 {
        match self {
            RankCorrelation::Spearman => 1.0,
            RankCorrelation::Kendall => 1.0 + 15.0 / (size * size),
        }
    }

    /// The standard deviation of a rank correlation itself.
    fn spread(self, r: f64, n: f64) -> f64 {
        (1.0 - r * r) * self.variance(r, n).sqrt()
    }
}

/// Pairs as shares of their ranks within this side.
fn ranked(pairs: Pairs) -> Vec<(f64, f64)> {
    let (x, y) = columns(pairs);
    let size = pairs.len() as f64 + 1.0;
    let (x, y) = (midranks(&x), midranks(&y));
    x.into_iter().zip(y).map(|(x, y)| (x / size, y / size)).collect()
}

/// Bonett & Wright (2000): Fisher's z with the variance of a rank correlation.
fn rank_interval(r: f64, n: f64, which: RankCorrelation, level: f64) -> Interval {
    let reach = norm_isf((1.0 - level) / 2.0) * which.variance(r, n).sqrt();
    let z = r.atanh();
    if !z.is_finite() {
        return Interval { low: r, high: r, level };
    }
    Interval { low: (z - reach).tanh(), high: (z + reach).tanh(), level }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESIGN: Design = Design {
        tail: Tail::TwoSided,
        alpha: 0.05,
        power: 0.8,
        margin: Some(Margin { limit: 0.1, alpha: 0.05 }),
    };
    const OFTEN: Resampling = Resampling { seed: 3, resamples: 199 };

    fn rows(seed: u64, n: usize, slope: f64) -> Vec<(f64, f64)> {
        let mut random = Random::new(seed, 1);
        let mut uniform = || random.below(1 << 40) as f64 / (1u64 << 40) as f64;
        (0..n).map(|_| (uniform(), uniform())).map(|(x, e)| (x, slope * x + e)).collect()
    }

    #[test]
    fn a_changed_dependence_is_seen_and_an_equal_one_is_not() {
        let (a, b, c) = (rows(1, 200, 0.0), rows(2, 150, 0.0), rows(3, 150, 2.0));
        for which in [RankCorrelation::Spearman, RankCorrelation::Kendall] {
            let p = |x: Pairs, y: Pairs| {
                rank_two_sample([x, y], which, OFTEN, &DESIGN).expect("rows").p.value
            };
            assert!(p(&a, &b) > 0.05 && p(&a, &c) < 0.02);
        }
        let found = pearson_two_sample(&a, &c, &DESIGN).expect("rows");
        assert!(found.p.value < 1e-6 && found.effect.value < -0.5);
        assert!(found.margin.is_some_and(|margin| margin.p_beyond.value < 1e-6));
        assert!(found.warnings.is_empty());
        let heavy: Vec<(f64, f64)> = a.iter().map(|(x, y)| ((x - 0.5).powi(9), *y)).collect();
        let found = pearson_two_sample(&heavy, &b, &DESIGN).expect("rows");
        assert!(found.warnings[0].starts_with("heavy tails"), "{:?}", found.warnings);
        assert!(pearson_two_sample(&a[..3], &b, &DESIGN).is_err());
        assert!(rank_two_sample([&a[..4], &b], RankCorrelation::Kendall, OFTEN, &DESIGN).is_err());
    }
}
