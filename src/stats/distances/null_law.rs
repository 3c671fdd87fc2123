//! The distances that pure sampling noise gives: both sides drawn from the same shares.
//!
//! With h = 1/n + 1/m and K categories, PSI / h tends to chi-square with K - 1 degrees of freedom,
//! and so do 2 KL / h, 8 JS / h, 8 H² / h and 2 / h times the triangular discrimination (Cressie &
//! Read 1984: all of them are power divergences to second order). Sums and maxima of |p - q| follow
//! from the normal limit of the differences, whose variances are h π (1 - π).

use std::f64::consts::{FRAC_2_PI, SQRT_2};

use super::super::PValue;
use super::super::noncentrality::detectable_noncentrality;
use super::super::p_values::chi2_p;
use super::super::special::{chi2_isf, ln_gamma};
use super::divided::{Division, MeanAndVariance, Steps};
use super::shares::Shares;
use super::{Measure, Zeros};

/// Categories up to which the variance of a sum is formed from all pairs.
const MAX_PAIRS: usize = 300;
/// Distinct spreads kept for a maximum; beyond this they are rounded up to a grid.
const MAX_SPREADS: usize = 256;

/// The law of one distance under no difference.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum NullLaw {
    /// One category: the distance is always 0.
    Point,
    /// `scale` times a chi-square; the square root of that where `root` is set.
    ChiSquare { scale: f64, df: f64, root: bool },
    /// The same with the moments of the sum matched, where categories are rare.
    Divided { scale: f64, df: f64, root: bool },
    /// `scale` times the square root of a chi-square, the moments matched.
    Chi { scale: f64, df: f64 },
    /// The largest of absolute normals: spread and how many have it.
    Largest(Vec<(f64, f64)>),
    /// The largest of terms that take steps, where categories are rare.
    LargestStep(Vec<Steps>),
}

impl NullLaw {
    /// `listed` categories, of which neither side need have seen all.
    pub fn new(measure: Measure, shares: &Shares, listed: usize, zeros: Zeros) -> Self {
        let pooled: Vec<f64> = shares.pooled().collect();
        if pooled.len() < 2 {
            return NullLaw::Point;
        }
        let divided = Division::new(shares, listed, zeros);
        let found = divided.and_then(|division| match measure {
            Measure::LInfinity => division.steps(measure).map(NullLaw::LargestStep),
            _ => division.moments(measure).map(|found| matched(found, measure.is_root())),
        });
        found.unwrap_or_else(|| limit(measure, &pooled, shares))
    }

    pub fn method(&self) -> &'static str {
        match self {
            NullLaw::Point => "one category, no noise",
            NullLaw::ChiSquare { .. } => "chi-square limit",
            NullLaw::Divided { .. } => "chi-square with the moments of counts divided by chance",
            NullLaw::LargestStep(_) => "counts divided by chance, each category by itself",
            NullLaw::Chi { .. } => "chi law with matched moments, normal limit",
            NullLaw::Largest(_) => "Šidák bound on the maximum, normal limit",
        }
    }

    pub fn mean(&self) -> f64 {
        match self {
            NullLaw::Point => 0.0,
            NullLaw::ChiSquare { scale, df, root } | NullLaw::Divided { scale, df, root } => {
                if *root {
                    scale.sqrt() * chi_mean(*df)
                } else {
                    scale * df
                }
            }
            NullLaw::Chi { scale, df } => scale * chi_mean(*df),
            NullLaw::Largest(spreads) => {
                mean_of_tail(largest_end(spreads), |x| largest_sf(spreads, x))
            }
            NullLaw::LargestStep(steps) => {
                mean_of_tail(largest_step(steps), |x| largest_step_sf(steps, x))
            }
        }
    }

    /// The value that noise exceeds with this probability.
    pub fn quantile(&self, upper: f64) -> f64 {
        match self {
            NullLaw::Point => 0.0,
            NullLaw::ChiSquare { scale, df, root } | NullLaw::Divided { scale, df, root } => {
                let value = scale * chi2_isf(upper, *df);
                if *root { value.sqrt() } else { value }
            }
            NullLaw::Chi { scale, df } => scale * chi2_isf(upper, *df).sqrt(),
            NullLaw::Largest(spreads) => {
                quantile_of_tail(largest_end(spreads), upper, |x| largest_sf(spreads, x))
            }
            NullLaw::LargestStep(steps) => {
                quantile_of_tail(largest_step(steps), upper, |x| largest_step_sf(steps, x))
            }
        }
    }

    pub fn p(&self, value: f64) -> Option<PValue> {
        if !value.is_finite() {
            return None;
        }
        match self {
            NullLaw::Point => None,
            NullLaw::ChiSquare { scale, df, root } | NullLaw::Divided { scale, df, root } => {
                let square = if *root { value * value } else { value };
                Some(chi2_p(square / scale, *df))
            }
            NullLaw::Chi { scale, df } => Some(chi2_p((value / scale).powi(2), *df)),
            NullLaw::Largest(spreads) => Some(PValue::new(largest_sf(spreads, value))),
            // At least as large as this value, which is a step.
            NullLaw::LargestStep(steps) => {
                Some(PValue::new(largest_step_sf(steps, value * (1.0 - 1e-12))))
            }
        }
    }

    /// The true distance that is seen with this power, where the noncentral law is known.
    pub fn detectable(&self, alpha: f64, power: f64) -> Option<f64> {
        let NullLaw::ChiSquare { scale, df, root } = self else { return None };
        let value = scale * detectable_noncentrality(*df, alpha, power);
        Some(if *root { value.sqrt() } else { value })
    }
}

/// The laws of many counts in each category.
fn limit(measure: Measure, pooled: &[f64], shares: &Shares) -> NullLaw {
    let df = (pooled.len() - 1) as f64;
    let h = 1.0 / shares.n() as f64 + 1.0 / shares.m() as f64;
    match (measure.curvature(), measure) {
        (Some(part), _) => NullLaw::ChiSquare { scale: h * part, df, root: measure.is_root() },
        (None, Measure::LInfinity) => largest_law(pooled, h),
        (None, Measure::TotalVariation) => sum_law(pooled, h, 0.5),
        (None, _) => sum_law(pooled, h, 1.0),
    }
}

/// The chi-square with this mean and variance.
fn matched(found: MeanAndVariance, root: bool) -> NullLaw {
    let MeanAndVariance { mean, variance } = found;
    NullLaw::Divided { scale: variance / mean / 2.0, df: 2.0 * mean * mean / variance, root }
}

/// The mean of a positive variable is the integral of its tail; Simpson's rule.
fn mean_of_tail(end: f64, tail: impl Fn(f64) -> f64) -> f64 {
    let steps = 200;
    let weight = |i: usize| match i {
        0 | 200 => 1.0,
        _ => 2.0 + 2.0 * (i % 2) as f64,
    };
    let at = |i: usize| weight(i) * tail(end * i as f64 / steps as f64);
    (0..=steps).map(at).sum::<f64>() * end / (3 * steps) as f64
}

/// Where a falling tail has come down to this.
fn quantile_of_tail(end: f64, upper: f64, tail: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (0.0, end);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        *(if tail(middle) > upper { &mut low } else { &mut high }) = middle;
    }
    high
}

/// The chance that one of the terms exceeds `x`.
fn largest_step_sf(steps: &[Steps], x: f64) -> f64 {
    let inside = |(sizes, times): &Steps| {
        let place = sizes.partition_point(|(size, _)| *size <= x);
        let above = if place == 0 { 1.0 } else { sizes[place - 1].1 };
        times * (-above.min(1.0)).ln_1p()
    };
    -steps.iter().map(inside).sum::<f64>().exp_m1()
}

fn largest_step(steps: &[Steps]) -> f64 {
    let ends = steps.iter().filter_map(|(sizes, _)| sizes.last().map(|(size, _)| *size));
    ends.fold(0.0, f64::max)
}

/// The mean of the square root of a chi-square.
fn chi_mean(df: f64) -> f64 {
    if df > 1e6 {
        return (df - 0.5).sqrt();
    }
    SQRT_2 * (ln_gamma((df + 1.0) / 2.0) - ln_gamma(df / 2.0)).exp()
}

/// The law of `part` times the sum of |p - q|: a chi law with the same mean and variance, which is
/// exact for two categories and normal for many.
fn sum_law(pooled: &[f64], h: f64, part: f64) -> NullLaw {
    let spread = |share: f64| (h * share * (1.0 - share)).sqrt();
    let mean = FRAC_2_PI.sqrt() * pooled.iter().map(|&share| spread(share)).sum::<f64>();
    let own: f64 = pooled.iter().map(|&share| (1.0 - FRAC_2_PI) * spread(share).powi(2)).sum();
    let variance = own + 2.0 * FRAC_2_PI * covariance(pooled, h);
    let cv2 = variance / (mean * mean);
    let df = chi_df(cv2);
    NullLaw::Chi { scale: part * mean / chi_mean(df), df }
}

/// Half the sum of the covariances of |d_i| and |d_j|, over 2/π (Nabeya 1951).
fn covariance(pooled: &[f64], h: f64) -> f64 {
    if pooled.len() > MAX_PAIRS {
        // sqrt(1 - r²) + r asin r - 1 is r²/2 for the small correlations of many categories.
        let part = |share: f64| share * (share / (1.0 - share)).sqrt();
        let (mut sum, mut squares) = (0.0, 0.0);
        for &share in pooled {
            sum += part(share);
            squares += part(share).powi(2);
        }
        return h * (sum * sum - squares) / 4.0;
    }
    let odds = |share: f64| (share / (1.0 - share)).sqrt();
    let mut total = 0.0;
    for (i, &a) in pooled.iter().enumerate() {
        for &b in &pooled[..i] {
            let r = (odds(a) * odds(b)).min(1.0);
            let sizes = (a * (1.0 - a) * b * (1.0 - b)).sqrt();
            total += h * sizes * ((1.0 - r * r).max(0.0).sqrt() + r * r.asin() - 1.0);
        }
    }
    total
}

/// The degrees of freedom at which a chi variable has this squared coefficient of variation.
fn chi_df(cv2: f64) -> f64 {
    let mut range = (0.1_f64.ln(), 1e9_f64.ln());
    for _ in 0..80 {
        let df = f64::midpoint(range.0, range.1).exp();
        // var / mean² of a chi, by its expansion where the difference would cancel.
        let got = if df > 1e3 {
            (1.0 - 0.25 / df) / (2.0 * df - 1.0)
        } else {
            df / chi_mean(df).powi(2) - 1.0
        };
        *(if got > cv2 { &mut range.0 } else { &mut range.1 }) = df.ln();
    }
    range.1.exp()
}

/// The law of the largest |p - q|: by Šidák (1967) the chance that all normals stay inside is at
/// least the product of the single ones, so that the tail is never understated. Two categories
/// differ as one.
fn largest_law(pooled: &[f64], h: f64) -> NullLaw {
    let distinct = if pooled.len() == 2 { &pooled[..1] } else { pooled };
    let spread = |share: &f64| (h * share * (1.0 - share)).sqrt();
    let mut spreads: Vec<(f64, f64)> = distinct.iter().map(|share| (spread(share), 1.0)).collect();
    if spreads.len() > MAX_SPREADS {
        let largest = spreads.iter().fold(0.0, |a: f64, b| a.max(b.0));
        let mut grid = vec![0.0; MAX_SPREADS];
        for (spread, _) in spreads {
            // Fifty steps for each factor e: rounded up by at most 2%.
            let step = ((largest / spread).ln() * 50.0) as usize;
            grid[step.min(MAX_SPREADS - 1)] += 1.0;
        }
        let at = |(step, &n): (usize, &f64)| (largest * (-(step as f64) / 50.0).exp(), n);
        spreads = grid.iter().enumerate().filter(|(_, n)| **n > 0.0).map(at).collect();
    }
    NullLaw::Largest(spreads)
}

fn largest_sf(spreads: &[(f64, f64)], x: f64) -> f64 {
    let inside = |&(spread, n): &(f64, f64)| n * (-libm::erfc(x / (spread * SQRT_2))).ln_1p();
    -spreads.iter().map(inside).sum::<f64>().exp_m1()
}

/// Where the tail of the maximum has vanished.
fn largest_end(spreads: &[(f64, f64)]) -> f64 {
    12.0 * spreads.iter().fold(0.0, |a: f64, b| a.max(b.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn law(measure: Measure, counts: &[u64]) -> NullLaw {
        let shares = Shares::new(counts, counts).expect("counts on both sides");
        NullLaw::new(measure, &shares, counts.len(), Zeros::Keep)
    }

    #[test]
    fn two_categories_are_half_normal() {
        let (n, share) = (1000.0, 0.3);
        let sigma = f64::sqrt(2.0 / n * share * (1.0 - share));
        for measure in [Measure::TotalVariation, Measure::LInfinity] {
            let law = law(measure, &[300, 700]);
            let mean = sigma * FRAC_2_PI.sqrt();
            assert!((law.mean() / mean - 1.0).abs() < 1e-6, "{measure:?}");
            assert!(
                (law.quantile(0.05) / (1.959_963_985 * sigma) - 1.0).abs() < 1e-6,
                "{measure:?}"
            );
        }
    }

    // Law: the p-value at the 95th percentile is 5%, and the mean lies below it.
    #[test]
    fn quantile_and_tail_agree() {
        for k in [2, 5, 40, 400] {
            let counts: Vec<u64> = (1..=k).map(|i| 50 + i * 7 % 31).collect();
            for measure in [Measure::Psi, Measure::Js, Measure::L1, Measure::LInfinity] {
                let law = law(measure, &counts);
                let p95 = law.quantile(0.05);
                let p = law.p(p95).expect("a finite value").value;
                assert!((p - 0.05).abs() < 1e-6, "{measure:?} {k} {p}");
                assert!(law.mean() > 0.0 && law.mean() < p95, "{measure:?} {k}");
            }
        }
    }
}
