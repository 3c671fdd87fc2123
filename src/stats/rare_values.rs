//! The exact law of a statistic of two samples given the ties, where all but few rows have one
//! value.
//!
//! All assignments of the pooled values to the sides are equally likely, and differ only in how the
//! rows of each rarer value are divided. Where the ways to do that are few they are all looked at:
//! a limit law does not see that a handful of rows fall on one side or the other, and at 30 against
//! 300 rows alarms in 8 to 17 % of clean runs at a nominal 5 %.

use super::PValue;
use super::ecdf::Comparison;
use super::log_sum::LogSum;

/// Ways to divide the rarer values that are looked at, at most.
const MOST_WAYS: f64 = 16_384.0;
/// Values that are told apart, at most.
const MOST_VALUES: usize = 64;
/// From so many rows of rarer values on the smaller side on, limit laws hold.
const ENOUGH: f64 = 20.0;
/// Below so many of them a limit law is far off.
const ROUGH: f64 = 5.0;

/// Two samples of which most rows have one value.
#[derive(Clone, Debug)]
pub struct RareValues {
    /// The rows of each value on both sides together, ascending.
    pub sizes: Vec<u64>,
    /// The rows of each value in the data.
    observed: Vec<u64>,
    /// Values of the data and of the reference.
    n: u64,
    m: u64,
    /// The place of the most common value.
    common: usize,
}

impl RareValues {
    /// `None` where so many rows have other values that limit laws hold.
    pub fn new(samples: &Comparison) -> Option<Self> {
        let groups = samples.groups.as_ref()?;
        let size = |(a, b): &(u32, u32)| u64::from(*a) + u64::from(*b);
        let common = (0..groups.len()).max_by_key(|place| size(&groups[*place]))?;
        let (n, m) = (samples.n, samples.m);
        if expected([n, m], n + m - size(&groups[common])) >= ENOUGH {
            return None;
        }
        let observed = groups.iter().map(|(a, _)| u64::from(*a)).collect();
        let sizes = groups.iter().map(size).collect();
        Some(RareValues { sizes, observed, n, m, common })
    }

    fn smaller(&self) -> u64 {
        self.n.min(self.m)
    }

    /// Rows with a rarer value.
    fn rare(&self) -> u64 {
        self.n + self.m - self.sizes[self.common]
    }

    /// Says that a limit law is rough here, for a verdict that has to use one.
    pub fn warning(&self) -> Option<String> {
        (expected([self.n, self.m], self.rare()) < ROUGH).then(|| {
            format!(
                "all but {} of {} values are equal: the p-value is rough, and clean runs may alarm \
                 more often than alpha says; `proportion_test` compares the share of such rows \
                 exactly",
                self.rare(),
                self.n + self.m
            )
        })
    }

    /// The probabilities of what is asked of the rows of each value in the data, all of it of the
    /// observed ones too; `None` where the ways to divide the rows are too many.
    pub fn probabilities<const K: usize>(
        &self,
        asked: impl Fn(&[u64], &[u64]) -> [bool; K],
    ) -> Option<[PValue; K]> {
        if self.sizes.len() > MOST_VALUES || self.ways() > MOST_WAYS {
            return None;
        }
        let rarer: Vec<usize> =
            (0..self.sizes.len()).filter(|place| *place != self.common).collect();
        let ln_ways = rarer.iter().map(|place| self.ln_choices(self.sizes[*place])).collect();
        let mut walk = Walk {
            of: self,
            rarer,
            ln_ways,
            ln_rest: self.ln_rest(),
            counts: vec![0; self.sizes.len()],
            asked,
            sums: [LogSum::ZERO; K],
            all: LogSum::ZERO,
        };
        walk.divide(0, 0, 0.0);
        let all = walk.all.ln();
        Some(walk.sums.map(|sum| PValue::from_ln(sum.ln() - all)))
    }

    /// How many ways there are, by multiplying out one value after the other.
    fn ways(&self) -> f64 {
        let most = (self.smaller() as usize).min(self.rare() as usize);
        if most as f64 > MOST_WAYS {
            return f64::INFINITY;
        }
        let mut ways = vec![0.0; most + 1];
        ways[0] = 1.0;
        for (_, size) in self.sizes.iter().enumerate().filter(|(place, _)| *place != self.common) {
            // Sums over the last `size` entries and the entry itself.
            let sums: Vec<f64> = ways
                .iter()
                .scan(0.0, |sum, way| {
                    *sum += way;
                    Some(*sum)
                })
                .collect();
            for (place, way) in ways.iter_mut().enumerate() {
                let before = place.checked_sub(*size as usize + 1).map_or(0.0, |at| sums[at]);
                *way = sums[place] - before;
            }
            if ways.iter().sum::<f64>() > MOST_WAYS {
                return f64::INFINITY;
            }
        }
        ways.iter().sum()
    }

    /// Logarithms of the binomial coefficients of a size, up to what the smaller side can take.
    fn ln_choices(&self, size: u64) -> Vec<f64> {
        let most = size.min(self.smaller());
        let steps = (0..most).map(|k| ((size - k) as f64 / (k + 1) as f64).ln());
        cumulative(steps)
    }

    /// Logarithms of the ways to fill the smaller side up with the common value after so many rarer
    /// rows, over those after none.
    fn ln_rest(&self) -> Vec<f64> {
        let (all, side) = (self.sizes[self.common], self.smaller());
        let first = side.saturating_sub(all);
        let most = side.min(self.rare());
        let steps = (first..most).map(|taken| {
            let filled = side - taken;
            (filled as f64 / (all - filled + 1) as f64).ln()
        });
        let impossible = std::iter::repeat_n(f64::NEG_INFINITY, first as usize);
        impossible.chain(cumulative(steps)).collect()
    }
}

/// Rows with a rarer value that the smaller side may expect.
fn expected([n, m]: [u64; 2], rare: u64) -> f64 {
    rare as f64 * (n.min(m) as f64 / (n as f64 + m as f64))
}

/// Running sums, beginning with 0.
fn cumulative(steps: impl Iterator<Item = f64>) -> Vec<f64> {
    let later = steps.scan(0.0, |sum, step| {
        *sum += step;
        Some(*sum)
    });
    std::iter::once(0.0).chain(later).collect()
}

/// The way through all divisions of the rarer rows.
struct Walk<'a, A, const K: usize> {
    of: &'a RareValues,
    rarer: Vec<usize>,
    ln_ways: Vec<Vec<f64>>,
    ln_rest: Vec<f64>,
    /// Rows of each value in the data.
    counts: Vec<u64>,
    asked: A,
    sums: [LogSum; K],
    all: LogSum,
}

impl<A: Fn(&[u64], &[u64]) -> [bool; K], const K: usize> Walk<'_, A, K> {
    /// Divides the values from this one on, so many rows being taken by the smaller side already.
    fn divide(&mut self, at: usize, taken: u64, ln: f64) {
        let Some(&place) = self.rarer.get(at) else { return self.look(taken, ln) };
        let most = self.of.sizes[place].min(self.of.smaller() - taken);
        for own in 0..=most {
            self.set(place, own);
            self.divide(at + 1, taken + own, ln + self.ln_ways[at][own as usize]);
        }
    }

    /// The smaller side takes so many rows of a value.
    fn set(&mut self, place: usize, own: u64) {
        let data_is_smaller = self.of.n <= self.of.m;
        self.counts[place] = if data_is_smaller { own } else { self.of.sizes[place] - own };
    }

    fn look(&mut self, taken: u64, ln: f64) {
        let ln = ln + self.ln_rest[taken as usize];
        if ln == f64::NEG_INFINITY {
            return;
        }
        self.set(self.of.common, self.of.smaller() - taken);
        self.all.add(ln, 1.0);
        let held = (self.asked)(&self.counts, &self.of.observed);
        let held = self.sums.iter_mut().zip(held).filter(|(_, held)| *held);
        held.for_each(|(sum, _)| sum.add(ln, 1.0));
    }
}

/// The weighted sum of squares to which Cramér and von Mises' statistic and Anderson and Darling's
/// are proportional given the ties: of N times the values of the data up to a place, less n times
/// all values up to it.
#[derive(Clone, Debug)]
pub struct SquaredGaps {
    weights: Vec<f64>,
    /// Whether the gap is read in the middle of each group of equal values, not at its end.
    in_the_middle: bool,
    n: u64,
    total: u64,
    sizes: Vec<u64>,
}

impl SquaredGaps {
    /// Cramér and von Mises.
    pub fn even(rare: &RareValues) -> Self {
        let weights = rare.sizes.iter().map(|size| *size as f64).collect();
        SquaredGaps::new(rare, weights, false)
    }

    /// Anderson and Darling with midranks.
    pub fn weighted(rare: &RareValues) -> Self {
        let total = (rare.n + rare.m) as f64;
        let mut below = 0.0;
        let weights = rare.sizes.iter().map(|size| {
            let size = *size as f64;
            let rank = below + size / 2.0;
            below += size;
            size / (rank * (total - rank) - total * size / 4.0)
        });
        SquaredGaps::new(rare, weights.collect(), true)
    }

    fn new(rare: &RareValues, weights: Vec<f64>, in_the_middle: bool) -> Self {
        let (n, total, sizes) = (rare.n, rare.n + rare.m, rare.sizes.clone());
        SquaredGaps { weights, in_the_middle, n, total, sizes }
    }

    fn of(&self, counts: &[u64]) -> f64 {
        let (mut own, mut all) = (0_u64, 0_u64);
        let mut sum = 0.0;
        for ((count, size), weight) in counts.iter().zip(&self.sizes).zip(&self.weights) {
            let before = gap(self.total, own, self.n, all);
            (own, all) = (own + count, all + size);
            let after = gap(self.total, own, self.n, all);
            let gap = if self.in_the_middle { (before + after) / 2.0 } else { after };
            sum += if gap == 0.0 { 0.0 } else { weight * gap * gap };
        }
        sum
    }

    /// The chance of a sum at least as large as the observed one.
    pub fn p(&self, rare: &RareValues) -> Option<PValue> {
        // What rounding leaves of two equal sums.
        let least = self.of(&rare.observed) * (1.0 - 1e-11);
        let [p] = rare.probabilities(|counts, _| [self.of(counts) >= least])?;
        Some(p)
    }
}

/// a b - c d, formed in integers; short ones, which nearly all are, convert faster.
fn gap(a: u64, b: u64, c: u64, d: u64) -> f64 {
    if a.max(b).max(c).max(d) < 1 << 31 {
        return (a as i64 * b as i64 - c as i64 * d as i64) as f64;
    }
    (i128::from(a) * i128::from(b) - i128::from(c) * i128::from(d)) as f64
}

#[cfg(test)]
mod tests {
    use super::super::ecdf::{Real, compare};
    use super::super::fisher::fisher_exact;
    use super::super::permutation::Random;
    use super::*;

    fn samples(x: &[f64], y: &[f64]) -> Comparison {
        let real = |values: &[f64]| {
            let mut real: Vec<Real> = values.iter().filter_map(|&x| Real::new(x)).collect();
            real.sort();
            real
        };
        compare(&real(x), &real(y))
    }

    fn zeros_and(n: usize, others: &[f64]) -> Vec<f64> {
        [vec![0.0; n - others.len()], others.to_vec()].concat()
    }

    // Law: of two values it is the law of Fisher's test.
    #[test]
    fn two_values_are_hypergeometric() {
        for (n, a, m, b) in [(30, 2, 300, 1), (300, 1, 30, 3), (12, 0, 50, 4), (9, 5, 9, 1)] {
            let both = samples(&zeros_and(n, &vec![1.0; a]), &zeros_and(m, &vec![1.0; b]));
            let rare = RareValues::new(&both).expect("few ones");
            let place = both.distinct as usize - 1;
            let found = rare.probabilities(|counts, observed| {
                [counts[place] >= observed[place], counts[place] <= observed[place]]
            });
            let [greater, less] = found.expect("few ways");
            let (n, m, a, b) = (n as u64, m as u64, a as u64, b as u64);
            let want = fisher_exact([[a, n - a], [b, m - b]]).expect("ones and zeros");
            assert!((greater.value / want.p_greater.value - 1.0).abs() < 1e-12, "{n} {a}");
            assert!((less.value / want.p_less.value - 1.0).abs() < 1e-12, "{n} {a}");
        }
    }

    // Law: random assignments of the pooled values have the same shares.
    #[test]
    fn shuffled_rows_have_this_law() {
        let others = [5.0, -1.0, 7.0, 7.0, 2.0];
        let both = samples(&zeros_and(20, &others[..3]), &zeros_and(60, &others[3..]));
        let rare = RareValues::new(&both).expect("few others");
        for gaps in [SquaredGaps::even(&rare), SquaredGaps::weighted(&rare)] {
            let observed = gaps.of(&rare.observed);
            let p = gaps.p(&rare).expect("few ways").value;
            let labels: Vec<usize> = rare
                .sizes
                .iter()
                .enumerate()
                .flat_map(|(place, size)| std::iter::repeat_n(place, *size as usize))
                .collect();
            let mut far = 0;
            for draw in 0..4000 {
                let mut random = Random::new(11, draw);
                let mut shuffled = labels.clone();
                let mut counts = vec![0; rare.sizes.len()];
                for i in 0..20 {
                    let with = i + random.below((shuffled.len() - i) as u64) as usize;
                    shuffled.swap(i, with);
                    counts[shuffled[i]] += 1;
                }
                far += u32::from(gaps.of(&counts) >= observed * (1.0 - 1e-11));
            }
            assert!((f64::from(far) / 4000.0 - p).abs() < 0.03, "{far} {p}");
        }
    }

    #[test]
    fn many_rare_rows_have_no_such_law() {
        let list: Vec<f64> = (0..50).map(f64::from).collect();
        let both = samples(&zeros_and(200, &list), &zeros_and(200, &list));
        assert!(RareValues::new(&both).is_none());
        let both = samples(&zeros_and(30, &list[..3]), &zeros_and(300, &list[..45]));
        let rare = RareValues::new(&both).expect("few rows");
        assert!(rare.probabilities(|_, _| [true]).is_none());
        assert!(rare.warning().is_some_and(|text| text.contains("all but 46 of 330")));
    }
}
