//! The noise of distances where some categories are rare: the counts of both sides together are
//! given, and chance divides them.
//!
//! Each category's share of the data is then hypergeometric, so that the mean of a sum over
//! categories is exact. Its variance adds up what the categories have by themselves, their linear
//! parts with the covariances of such a division, and the rest corrected as the chi-square limit
//! wants it. The limit laws themselves see no more than the second derivative of a term: of fifty
//! rows in sixty categories they put Hellinger's noise at a half of what it is.

use std::collections::BTreeMap;

use super::super::special::binom_ln_pmf;
use super::shares::{Share, Shares};
use super::{Measure, Zeros};

/// Counts that the smaller side expects of a category below which it is rare.
pub const RARE: f64 = 20.0;
/// Counts that the smaller side expects from which a term is no more than its second derivative.
const COMMON: f64 = 400.0;
/// Divisions that are looked at, at most.
const MOST: f64 = 1e6;
/// Standard deviations to either side that are looked at.
const REACH: f64 = 9.0;

/// How the rows of both sides are divided by chance.
pub struct Division {
    n: u64,
    m: u64,
    /// How many categories have each count on both sides together.
    counts: BTreeMap<u64, u64>,
    zeros: Zeros,
    /// Categories that are given half a count.
    listed: f64,
}

/// The mean and the variance of a sum over categories.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanAndVariance {
    pub mean: f64,
    pub variance: f64,
}

/// The sizes that a term can have, ascending, with the chance of more than each; and how many
/// categories have them.
pub type Steps = (Vec<(f64, f64)>, f64);

impl Division {
    /// `None` where no category is rare, or too much would have to be looked at.
    pub fn new(shares: &Shares, listed: usize, zeros: Zeros) -> Option<Self> {
        let total = shares.n() + shares.m();
        if total > 1 << 50 || matches!(zeros, Zeros::Floor(_)) {
            return None;
        }
        let (n, m) = (shares.n() as u64, shares.m() as u64);
        let mut counts = BTreeMap::new();
        for count in shares.seen() {
            *counts.entry(count as u64).or_insert(0) += 1;
        }
        let found = Division { n, m, counts, zeros, listed: listed as f64 };
        let rarest = *found.counts.first_key_value()?.0;
        let work: f64 = found.divided().map(|count| found.window(count)).map(width).sum();
        (found.expected(rarest) < RARE && work < MOST).then_some(found)
    }

    /// What the smaller side expects of a count.
    fn expected(&self, count: u64) -> f64 {
        let all = self.n as f64 + self.m as f64;
        count as f64 * (self.n.min(self.m) as f64 / all)
    }

    /// The counts whose divisions are looked at.
    fn divided(&self) -> impl Iterator<Item = u64> + '_ {
        self.counts.keys().copied().filter(|count| self.expected(*count) < COMMON)
    }

    /// The variance of the data's part of a count.
    fn spread(&self, count: u64) -> f64 {
        let (n, m, all) = (self.n as f64, self.m as f64, (self.n + self.m) as f64);
        let share = count as f64 / all;
        n * (m / all) * share * (all - count as f64) / (all - 1.0)
    }

    /// Parts of a count that the data may have.
    fn window(&self, count: u64) -> (u64, u64) {
        let all = (self.n + self.m) as f64;
        let mean = count as f64 * (self.n as f64 / all);
        let reach = REACH * self.spread(count).sqrt() + 20.0;
        let least = count.saturating_sub(self.m);
        let low = (mean - reach).max(0.0) as u64;
        let high = (mean + reach).ceil() as u64;
        (low.max(least), high.min(count).min(self.n))
    }

    /// Each part of a count with its chance and its term.
    fn terms(&self, measure: Measure, count: u64) -> impl Iterator<Item = (f64, f64, f64)> + '_ {
        let all = self.n + self.m;
        let (p, q) = (self.n as f64 / all as f64, self.m as f64 / all as f64);
        let whole = binom_ln_pmf(self.n, all, p, q);
        let (low, high) = self.window(count);
        (low..=high).map(move |part| {
            let ln = binom_ln_pmf(part, count, p, q)
                + binom_ln_pmf(self.n - part, all - count, p, q)
                - whole;
            (part as f64, ln.exp(), measure.term(self.share(part, count - part)))
        })
    }

    fn share(&self, part: u64, rest: u64) -> Share {
        let half = if self.zeros == Zeros::AddHalf { 0.5 } else { 0.0 };
        let of = |part: u64, n: u64| (part as f64 + half) / (n as f64 + half * self.listed);
        let (p, q) = (of(part, self.n), of(rest, self.m));
        Share { p, q, difference: p - q }
    }

    /// Of the sum of the terms; `None` where a term is infinite.
    pub fn moments(&self, measure: Measure) -> Option<MeanAndVariance> {
        let (n, m, all) = (self.n as f64, self.m as f64, (self.n + self.m) as f64);
        // Categories that neither side has seen have one term.
        let unseen = self.listed - self.counts.values().sum::<u64>() as f64;
        let constant = if self.zeros == Zeros::AddHalf { unseen } else { 0.0 };
        let mut mean = if constant > 0.0 { constant * measure.term(self.share(0, 0)) } else { 0.0 };
        let (mut own, mut linear, mut line, mut free) = (0.0, 0.0, 0.0, 0.0);
        for (&count, &times) in &self.counts {
            let (times, share) = (times as f64, count as f64 / all);
            let of = match self.expected(count) < COMMON {
                true => Term::looked_at(self.terms(measure, count)),
                false => Term::limit(measure, share, 1.0 / n + 1.0 / m),
            };
            let spread = self.spread(count);
            let slope = of.covariance / spread;
            mean += times * of.mean;
            own += times * (of.variance - slope * of.covariance).max(0.0);
            linear += times * share * slope * slope;
            line += times * share * slope;
            free += times * (1.0 - share) * (1.0 - share);
        }
        let categories = self.counts.values().sum::<u64>() as f64;
        let along = n * (m / all) * (all / (all - 1.0)) * (linear - line * line).max(0.0);
        let variance = own * (categories - 1.0) / free + along;
        (mean.is_finite() && variance > 0.0).then_some(MeanAndVariance { mean, variance })
    }

    /// The sizes of the terms of each count; two categories differ as one.
    pub fn steps(&self, measure: Measure) -> Option<Vec<Steps>> {
        if self.counts.keys().any(|count| self.expected(*count) >= COMMON) {
            return None;
        }
        let categories: u64 = self.counts.values().sum();
        let taken = if categories == 2 { 1 } else { self.counts.len() };
        let of = |(&count, &times): (&u64, &u64)| {
            let terms = self.terms(measure, count);
            let mut sizes: Vec<(f64, f64)> =
                terms.map(|(_, chance, term)| (term, chance)).collect();
            sizes.sort_by(|a, b| b.0.total_cmp(&a.0));
            let mut above = 0.0;
            for (_, chance) in &mut sizes {
                (*chance, above) = (above, above + *chance);
            }
            sizes.reverse();
            (sizes, if categories == 2 { 1.0 } else { times as f64 })
        };
        Some(self.counts.iter().take(taken).map(of).collect())
    }
}

fn width((low, high): (u64, u64)) -> f64 {
    high.saturating_sub(low) as f64 + 1.0
}

/// One term under chance.
struct Term {
    mean: f64,
    variance: f64,
    /// With the data's part of the count.
    covariance: f64,
}

impl Term {
    fn looked_at(parts: impl Iterator<Item = (f64, f64, f64)>) -> Term {
        let (mut chance, mut x, mut t, mut tt, mut xt) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (part, p, term) in parts {
            chance += p;
            x += p * part;
            t += p * term;
            tt += p * term * term;
            xt += p * part * term;
        }
        let (x, t) = (x / chance, t / chance);
        Term { mean: t, variance: tt / chance - t * t, covariance: xt / chance - x * t }
    }

    /// Of a common category: a multiple of a squared normal, or of the size of one.
    fn limit(measure: Measure, share: f64, h: f64) -> Term {
        let spread = h * (1.0 - share);
        if let Some(part) = measure.curvature() {
            let mean = part * spread;
            return Term { mean, variance: 2.0 * mean * mean, covariance: 0.0 };
        }
        let part = if measure == Measure::TotalVariation { 0.5 } else { 1.0 };
        let unit = part * part * spread * share;
        let mean = (std::f64::consts::FRAC_2_PI * unit).sqrt();
        Term { mean, variance: unit - mean * mean, covariance: 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::permutation::Random;
    use super::super::distance;
    use super::*;

    // Law: what shuffled rows give on average, and what one in twenty of them exceeds.
    #[test]
    fn shuffled_rows_have_this_noise() {
        let counts: Vec<u64> = (0..40).map(|k| 60 / (k + 1) + 1).collect();
        let labels: Vec<usize> =
            (0..40).flat_map(|k| std::iter::repeat_n(k, counts[k] as usize)).collect();
        let n = labels.len() / 4;
        let divide = |draw: u64| {
            let mut random = Random::new(5, draw);
            let mut shuffled = labels.clone();
            let (mut data, mut reference) = (vec![0; 40], counts.clone());
            for i in 0..n {
                let with = i + random.below((shuffled.len() - i) as u64) as usize;
                shuffled.swap(i, with);
                data[shuffled[i]] += 1;
                reference[shuffled[i]] -= 1;
            }
            (data, reference)
        };
        use Measure::*;
        for (measure, zeros) in [
            (Psi, Zeros::AddHalf),
            (Kl, Zeros::AddHalf),
            (Js, Zeros::Keep),
            (Hellinger, Zeros::Keep),
            (TotalVariation, Zeros::Keep),
            (LInfinity, Zeros::Keep),
        ] {
            let (mut sum, mut beyond) = (0.0, 0);
            for draw in 0..2000 {
                let (data, reference) = divide(draw);
                let found = distance(measure, &data, &reference, zeros).expect("counts");
                sum += found.value / found.noise_mean / 2000.0;
                beyond += u32::from(found.value > found.noise_p95);
            }
            assert!((sum - 1.0).abs() < 0.03, "{measure:?}: mean {sum}");
            assert!((40..150).contains(&beyond), "{measure:?}: {beyond} of 2000");
        }
    }

    // Law: where no category is rare both laws agree.
    #[test]
    fn common_categories_meet_the_limit() {
        let counts = [19, 3000, 5000, 1000, 981];
        let shares = Shares::new(&counts, &counts).expect("counts");
        let found = Division::new(&shares, 5, Zeros::Keep).expect("a rare one");
        for measure in [Measure::JsDivergence, Measure::ChiSquare, Measure::L1] {
            let found = found.moments(measure).expect("finite");
            let h = 2.0 / 10_000.0;
            let (mean, variance) = match measure.curvature() {
                Some(part) => (part * h * 4.0, part * part * h * h * 8.0),
                None => (found.mean, found.variance),
            };
            assert!((found.mean / mean - 1.0).abs() < 0.03, "{measure:?} {found:?} {mean}");
            assert!((found.variance / variance - 1.0).abs() < 0.1, "{measure:?} {found:?}");
        }
    }
}
