//! The rank-sum test of Mann and Whitney (1947) and Wilcoxon (1945): is a value of the data more
//! often above or below a value of the reference?
//!
//! A test of stochastic order, not of medians. Ties are handled by midranks; small samples by the
//! exact law given the ties.

use super::ecdf::Comparison;
use super::p_values::{Sides, doubled, larger, norm_p};
use super::ranks::{doubled_ranks, tie_factor};
use super::rare_values::RareValues;
use super::special::{bisect, norm_isf};
use super::{Design, Effect, Interval, Margin, MarginTest, PValue, Tail, TestResult, Undefined};

/// Samples up to which the exact law is used, together.
const EXACT_N: u64 = 60;
/// Without ties the exact law is also used when one side has at most this many.
const EXACT_SMALLER: u64 = 8;
/// Additions that an exact law may cost.
const EXACT_COST: f64 = 1e9;
/// Values of which the ranks are listed for the exact law.
const EXACT_MOST: u64 = 100_000;

/// The rank-sum statistics of two samples, data first.
#[derive(Clone, Debug, PartialEq)]
pub struct MannWhitney {
    n: u64,
    m: u64,
    /// Twice U of the data: pairs in which the data is above count 2, equal ones 1.
    doubled_u: u128,
    /// What ties leave of the variance.
    free: f64,
    /// Variance of U given the ties.
    variance: f64,
    has_ties: bool,
    /// Twice the midrank of each pooled value, ascending, where the samples are small enough to
    /// list them.
    doubled_ranks: Option<Vec<u64>>,
}

impl MannWhitney {
    /// From two samples side by side, the data being x; both must have a value.
    pub fn new(samples: &Comparison) -> Result<Self, Undefined> {
        let (n, m) = (samples.n, samples.m);
        if n == 0 || m == 0 {
            return Err(Undefined::TooFew { needed: 1, got: 0 });
        }
        let (wide_n, wide_m) = (u128::from(n), u128::from(m));
        let pairs = wide_n as f64 * wide_m as f64;
        let free = tie_factor(n + m, Some(samples.tie_sum));
        let groups = samples.groups.as_ref().filter(|_| n + m <= EXACT_MOST);
        let sizes = |groups: &Vec<(u32, u32)>| {
            doubled_ranks(groups.iter().map(|&(x, y)| u64::from(x) + u64::from(y)))
        };
        Ok(MannWhitney {
            n,
            m,
            doubled_u: samples.doubled_rank_sum - wide_n * (wide_n + 1),
            free,
            variance: pairs * (n as f64 + m as f64 + 1.0) / 12.0 * free,
            has_ties: samples.tied > 0,
            doubled_ranks: groups.map(sizes),
        })
    }

    /// U of the data.
    pub fn u(&self) -> f64 {
        self.doubled_u as f64 / 2.0
    }

    /// U of the reference.
    pub fn u_reference(&self) -> f64 {
        (2 * self.pairs() - self.doubled_u) as f64 / 2.0
    }

    /// P(data > reference) + P(equal) / 2, as in Vargha & Delaney (2000).
    pub fn a12(&self) -> f64 {
        self.doubled_u as f64 / (2 * self.pairs()) as f64
    }

    /// P(data > reference) - P(data < reference), 2 A12 - 1 (Cliff 1993).
    pub fn cliffs_delta(&self) -> f64 {
        let size = self.doubled_u.abs_diff(self.pairs()) as f64 / self.pairs() as f64;
        if self.doubled_u < self.pairs() { -size } else { size }
    }

    /// Whether a value occurs more than once.
    pub fn has_ties(&self) -> bool {
        self.has_ties
    }

    fn pairs(&self) -> u128 {
        u128::from(self.n) * u128::from(self.m)
    }

    /// The normal limit with the variance corrected for ties, with or without the continuity
    /// correction.
    pub fn asymptotic(&self, continuity: bool) -> Result<Sides, Undefined> {
        if self.variance <= 0.0 {
            return Err(Undefined::ZeroVariance);
        }
        let excess = self.cliffs_delta() * self.pairs() as f64 / 2.0;
        let correction = if continuity { 0.5 } else { 0.0 };
        let tail = |excess: f64| norm_p((excess - correction) / self.variance.sqrt());
        Ok(Sides {
            two_sided: doubled(tail(excess.abs())),
            less: tail(-excess),
            greater: tail(excess),
        })
    }

    /// The exact law given the ties: all assignments of the pooled values are equally likely.
    /// Two-sided counts those at least as far from the mean.
    pub fn exact(&self) -> Result<Sides, Undefined> {
        let too_large = || Undefined::Other("samples too large for the exact law".to_string());
        let ranks = self.doubled_ranks.as_ref().ok_or_else(too_large)?;
        if self.exact_cost() > 2.0 * EXACT_COST {
            return Err(too_large());
        }
        // The rank sum of the smaller side follows from U.
        let law = RankSumLaw::new(ranks, self.n.min(self.m));
        let smaller = u128::from(self.n.min(self.m));
        let data_is_smaller = self.n <= self.m;
        let u = if data_is_smaller { self.doubled_u } else { 2 * self.pairs() - self.doubled_u };
        let sides = law.sides(u + smaller * (smaller + 1));
        Ok(if data_is_smaller { sides } else { sides.swapped() })
    }

    /// The same where nearly all values are equal, whatever the size.
    fn exact_of(&self, rare: &RareValues) -> Option<Sides> {
        let mut ranks = doubled_ranks(rare.sizes.iter().copied());
        ranks.dedup();
        // Of the doubled rank sum of the data: the mean is n (N + 1).
        let mean = i128::from(self.n) * i128::from(self.n + self.m + 1);
        let excess = |counts: &[u64]| {
            let sums = counts.iter().zip(&ranks);
            sums.map(|(count, rank)| i128::from(*count) * i128::from(*rank)).sum::<i128>() - mean
        };
        let [two_sided, less, greater] = rare.probabilities(|counts, observed| {
            let (excess, own) = (excess(counts), excess(observed));
            [excess.abs() >= own.abs(), excess <= own, excess >= own]
        })?;
        Some(Sides { two_sided, less, greater })
    }

    /// Additions for the exact law: values times the smaller sample times the range of U.
    fn exact_cost(&self) -> f64 {
        let (n, m) = (self.n as f64, self.m as f64);
        (n + m) * n.min(m) * n * m
    }

    fn is_small(&self) -> bool {
        let n = self.n.saturating_add(self.m);
        let few = n <= EXACT_N || (!self.has_ties && self.n.min(self.m) <= EXACT_SMALLER);
        few && self.doubled_ranks.is_some() && self.exact_cost() <= EXACT_COST
    }

    /// Pseudo-score variance of A12 at a hypothetical value (Newcombe 2006, method 5).
    fn variance_at(&self, theta: f64) -> f64 {
        let (n, m) = (self.n as f64, self.m as f64);
        let half = f64::midpoint(n, m) - 1.0;
        let spread = (1.0 - theta) / (2.0 - theta) + theta / (1.0 + theta);
        theta * (1.0 - theta) * (1.0 + half * spread) / (n * m)
    }

    /// How many standard errors A12 lies above a hypothetical value.
    fn score(&self, theta: f64) -> f64 {
        let gap = self.a12() - theta;
        if gap == 0.0 { 0.0 } else { gap / self.variance_at(theta).sqrt() }
    }

    /// The hypothetical values that A12 does not refute.
    fn interval(&self, level: f64) -> Interval {
        let z = norm_isf((1.0 - level) / 2.0);
        let estimate = self.a12();
        let edge = |outside: f64| {
            let (mut inside, mut outside) = (estimate, outside);
            for _ in 0..60 {
                let middle = f64::midpoint(inside, outside);
                *(if self.score(middle).abs() <= z { &mut inside } else { &mut outside }) = middle;
            }
            inside
        };
        Interval { low: edge(0.0), high: edge(1.0), level }
    }

    /// Both one-sided score tests of |A12 - 1/2| against the margin.
    fn margin_test(
        &self,
        Margin { limit: margin, alpha }: Margin,
        design: &Design,
    ) -> Option<MarginTest> {
        if !(margin > 0.0 && margin < 0.5) {
            return None;
        }
        let (low, high) = (self.score(0.5 - margin), self.score(0.5 + margin));
        let beyond = if self.cliffs_delta() < 0.0 { -low } else { high };
        let gap = ((self.a12() - 0.5).abs() - margin).abs();
        let reach = norm_isf(alpha) + norm_isf(1.0 - design.power);
        let rows = ((reach / gap).powi(2) / 6.0).ceil();
        Some(MarginTest {
            margin,
            p_beyond: norm_p(beyond),
            p_within: larger(norm_p(low), norm_p(-high)),
            rows_to_settle: (rows.is_finite() && rows < 1e18).then_some(rows.max(1.0) as u64),
        })
    }
}

/// The rank-sum test; exact where the samples are small, and where nearly all values are equal. The
/// effect is A12 = P(data > reference) + P(equal)/2 with Newcombe's pseudo-score interval; margin
/// and detectable effect are distances of A12 from 1/2.
pub fn mann_whitney(samples: &Comparison, design: &Design) -> Result<TestResult, Undefined> {
    let test = MannWhitney::new(samples)?;
    let limit = test.asymptotic(true)?;
    let rare = RareValues::new(samples).filter(|_| !test.is_small() && test.has_ties);
    let found = match test.is_small() {
        true => Some(test.exact()?),
        false => rare.as_ref().and_then(|rare| test.exact_of(rare)),
    };
    let exact = found.is_some();
    let level = design.level();
    let method = match (exact, test.has_ties) {
        (true, false) => "exact",
        (true, true) => "exact, conditional on ties",
        (false, _) => "normal limit with tie and continuity corrections",
    };
    Ok(TestResult {
        name: "mann_whitney",
        symbol: "U",
        statistic: test.u(),
        p: found.unwrap_or(limit).of(design.tail),
        n: vec![test.n, test.m],
        df: None,
        exact,
        method,
        effect: Effect { name: "a12", value: test.a12(), ci: test.interval(level) },
        margin: design.margin.and_then(|margin| test.margin_test(margin, design)),
        detectable: detectable_order([test.n, test.m], test.free, design),
        warnings: rare.filter(|_| !exact).and_then(|rare| rare.warning()).into_iter().collect(),
    })
}

/// The distance of A12 from 1/2 that these sizes show with the design's power; `free` is what ties
/// leave of the variance.
///
/// The critical value has the variance of the null hypothesis (Noether 1987), the power that of the
/// alternative, which is smaller where samples are small and the distance is large.
pub fn detectable_order([n, m]: [u64; 2], free: f64, design: &Design) -> Option<f64> {
    let tails = if design.tail == Tail::TwoSided { 2.0 } else { 1.0 };
    let (critical, reach) = (norm_isf(design.alpha / tails), norm_isf(1.0 - design.power));
    let null = null_spread([n, m]);
    let lacking = |distance: f64| {
        let spread = null.min(spread_at([n, m], 0.5 + distance));
        distance - free.sqrt() * (critical * null + reach * spread)
    };
    let detectable = bisect(0.0, 0.5, lacking);
    (detectable > 0.0 && detectable < 0.499_999).then_some(detectable)
}

/// The standard deviation of A12 where both samples have one law.
pub fn null_spread([n, m]: [u64; 2]) -> f64 {
    let (n, m) = (n as f64, m as f64);
    ((n + m + 1.0) / 12.0 / n / m).sqrt()
}

/// The same where A12 is `theta` (Hanley & McNeil 1982).
pub fn spread_at([n, m]: [u64; 2], theta: f64) -> f64 {
    let (n, m) = (n as f64, m as f64);
    let square = theta * theta;
    let twice = [theta / (2.0 - theta), 2.0 * square / (1.0 + theta)].map(|pair| pair - square);
    let sum = theta * (1.0 - theta) + (n - 1.0) * twice[0] + (m - 1.0) * twice[1];
    (sum / (n * m)).max(0.0).sqrt()
}

/// The law of the rank sum of the smaller sample, by shifts of a table of probabilities (Streitberg
/// & Röhmel 1986). Every step adds positive numbers, so that the tails keep their relative
/// accuracy.
struct RankSumLaw {
    /// Ranks as small integers: doubled, shifted to start at 0, divided by what they have in
    /// common.
    scores: Vec<usize>,
    first: u64,
    unit: u64,
    size: usize,
}

impl RankSumLaw {
    fn new(ranks: &[u64], size: u64) -> Self {
        let first = ranks.first().copied().unwrap_or(0);
        let unit = ranks.iter().fold(0, |unit, rank| greatest_divisor(unit, rank - first)).max(1);
        let scores = ranks.iter().map(|rank| ((rank - first) / unit) as usize).collect();
        RankSumLaw { scores, first, unit, size: size as usize }
    }

    /// Probabilities of each sum of scores.
    fn probabilities(&self) -> Vec<f64> {
        let n = self.scores.len();
        let highest: usize = self.scores.iter().rev().take(self.size).sum();
        let mut table = vec![vec![0.0; highest + 1]; self.size + 1];
        table[0][0] = 1.0;
        for (i, &score) in self.scores.iter().enumerate() {
            let left = (n - i) as f64;
            for taken in (0..=self.size.min(i + 1)).rev() {
                let open = (self.size - taken) as f64;
                let stay = ((left - open) / left).max(0.0);
                let (before, here) = table.split_at_mut(taken);
                here[0].iter_mut().for_each(|p| *p *= stay);
                let Some(before) = before.last() else { continue };
                let take = (open + 1.0) / left;
                let shifted = here[0].get_mut(score..).unwrap_or_default();
                for (to, from) in shifted.iter_mut().zip(before) {
                    *to += from * take;
                }
            }
        }
        table.pop().unwrap_or_default()
    }

    fn sides(&self, doubled_rank_sum: u128) -> Sides {
        let p = self.probabilities();
        let shifted = doubled_rank_sum - u128::from(self.first) * self.size as u128;
        let observed = (shifted / u128::from(self.unit)) as usize;
        let (n, total) = (self.scores.len() as u128, self.scores.iter().sum::<usize>() as u128);
        let distance = |sum: usize| (sum as u128 * n).abs_diff(total * self.size as u128);
        let far = |sum: &usize| distance(*sum) >= distance(observed);
        let add = |sums: &mut dyn Iterator<Item = usize>| {
            PValue::new(sums.map(|sum| p[sum]).sum::<f64>())
        };
        Sides {
            two_sided: add(&mut (0..p.len()).filter(far)),
            less: add(&mut (0..=observed.min(p.len() - 1))),
            greater: add(&mut (observed..p.len()).rev()),
        }
    }
}

fn greatest_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::super::ecdf::{Real, compare};
    use super::*;

    const DESIGN: Design = Design {
        tail: Tail::TwoSided,
        alpha: 0.05,
        power: 0.8,
        margin: Some(Margin { limit: 0.1, alpha: 0.05 }),
    };

    fn samples(x: &[f64], y: &[f64]) -> Comparison {
        let real = |values: &[f64]| values.iter().filter_map(|&x| Real::new(x)).collect::<Vec<_>>();
        compare(&real(x), &real(y))
    }

    fn test(x: &[f64], y: &[f64]) -> MannWhitney {
        MannWhitney::new(&samples(x, y)).expect("values on both sides")
    }

    // Law: exchanging the samples exchanges less and greater and mirrors the effect.
    #[test]
    fn samples_are_exchangeable() {
        let (x, y) = ([1.0, 2.0, 2.0, 5.0, 7.0], [0.0, 2.0, 3.0]);
        let (there, back) = (test(&x, &y), test(&y, &x));
        assert_eq!(there.u(), back.u_reference());
        assert_eq!(there.cliffs_delta(), -back.cliffs_delta());
        let (a, b) = (there.exact().expect("small"), back.exact().expect("small").swapped());
        for (a, b) in [(a.less, b.less), (a.greater, b.greater), (a.two_sided, b.two_sided)] {
            assert!((a.value - b.value).abs() < 1e-15);
        }
    }

    #[test]
    fn separated_samples_have_one_assignment() {
        let x: Vec<f64> = (0..20).map(f64::from).collect();
        let y: Vec<f64> = (20..40).map(f64::from).collect();
        let p = test(&x, &y).exact().expect("small").less.value;
        // 1 / C(40, 20).
        assert!((p * 137_846_528_820.0 - 1.0).abs() < 1e-13);
    }

    // Law: the interval contains the estimate and stays within 0 and 1, also at the ends.
    #[test]
    fn interval_is_proper() {
        let lists = [vec![1.0, 2.0, 3.0], vec![7.0, 8.0, 9.0], vec![2.0, 8.0, 8.5]];
        for x in &lists {
            for y in &lists {
                let effect = mann_whitney(&samples(x, y), &DESIGN).expect("spread").effect;
                let Interval { low, high, .. } = effect.ci;
                assert!(0.0 <= low && low <= effect.value && effect.value <= high && high <= 1.0);
                assert!(high - low > 0.1);
            }
        }
    }

    // Three of 330 rows have another value: by the normal law one of them among the 30 would alarm.
    #[test]
    fn few_other_values_have_their_exact_law() {
        let (x, y) = ([vec![0.0; 29], vec![1.0]].concat(), [vec![0.0; 298], vec![1.0; 2]].concat());
        let found = mann_whitney(&samples(&x, &y), &DESIGN).expect("a spread");
        assert!(found.exact && (found.p.value - 0.249_371).abs() < 1e-5, "{}", found.p.value);
        let list: Vec<f64> = (1..50).map(f64::from).collect();
        let y = [vec![0.0; 251], list].concat();
        let found = mann_whitney(&samples(&[0.0; 30], &y), &DESIGN).expect("a spread");
        assert!(!found.exact && found.warnings[0].contains("all but 49 of 330 values are equal"));
    }

    // Law: where both exact laws can be had they are the same.
    #[test]
    fn exact_laws_agree() {
        let x = [0.0, 0.0, 0.0, 0.0, 2.0, -1.0];
        let y = [vec![0.0; 20], vec![1.0, 2.0, -3.0]].concat();
        let mut x = x.to_vec();
        x.sort_by(f64::total_cmp);
        let mut y = y;
        y.sort_by(f64::total_cmp);
        let both = samples(&x, &y);
        let test = MannWhitney::new(&both).expect("values");
        let rare = RareValues::new(&both).expect("few others");
        let (a, b) = (test.exact().expect("small"), test.exact_of(&rare).expect("few ways"));
        for (a, b) in [(a.less, b.less), (a.greater, b.greater), (a.two_sided, b.two_sided)] {
            assert!((a.value - b.value).abs() < 1e-13, "{a:?} {b:?}");
        }
    }

    #[test]
    fn constant_or_missing_samples_are_undefined() {
        let equal = mann_whitney(&samples(&[2.0, 2.0], &[2.0]), &DESIGN);
        assert_eq!(equal, Err(Undefined::ZeroVariance));
        let missing = MannWhitney::new(&samples(&[], &[2.0]));
        assert_eq!(missing, Err(Undefined::TooFew { needed: 1, got: 0 }));
    }
}
