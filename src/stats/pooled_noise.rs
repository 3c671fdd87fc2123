//! What sampling noise alone gives a distance of order: both sides drawn from the pooled sample.
//!
//! Normal limits of the empirical process, simulated with a fixed seed on the curve of a
//! [`Comparison`]; the cost does not depend on n.

use std::f64::consts::FRAC_2_PI;

use super::PValue;
use super::ecdf::{Comparison, CurvePoint, Gaps};
use super::permutation::Random;
use super::special::norm_isf;

/// Draws of the null law: a 95th percentile is then known to within 1.4 % of rank.
const DRAWS: u64 = 1000;
const SEED: u64 = 0x5eed;

/// The noise of a distance, and how often it reaches the observed one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    pub mean: f64,
    pub p95: f64,
    /// (hits + 1) / (draws + 1).
    pub p: PValue,
}

impl Noise {
    fn of(mut draws: Vec<f64>, scale: f64, observed: f64) -> Noise {
        draws.iter_mut().for_each(|draw| *draw *= scale);
        draws.sort_by(f64::total_cmp);
        let hits = draws.len() - draws.partition_point(|draw| *draw < observed);
        let mean = draws.iter().sum::<f64>() / draws.len().max(1) as f64;
        let p95 = draws.get(draws.len() * 19 / 20).copied().unwrap_or(0.0);
        Noise { mean, p95, p: PValue::new((hits + 1) as f64 / (draws.len() + 1) as f64) }
    }
}

/// The noise of Wasserstein's distance: the area under a Brownian bridge over the pooled
/// distribution, its mean exact (the mean size of a normal is √(2/π) of its deviation).
pub fn of_area(samples: &Comparison) -> Noise {
    let h = 1.0 / samples.n as f64 + 1.0 / samples.m as f64;
    let mean = (FRAC_2_PI * h).sqrt() * samples.pooled_spread;
    let curve = pooled(samples);
    let draws: Vec<f64> = (0..DRAWS).map(|draw| bridge_area(&curve, draw)).collect();
    let on_curve = draws.iter().sum::<f64>() / DRAWS as f64;
    let scale = if on_curve > 0.0 { mean / on_curve } else { 0.0 };
    Noise::of(draws, scale, samples.wasserstein)
}

/// The noise of the difference of the quantiles at `p`.
pub fn of_quantile(samples: &Gaps, p: f64, observed: f64) -> Noise {
    let curve = pooled(samples);
    // With few different values a quantile jumps from one to the next.
    let steps = samples.distinct <= curve.len() as u64;
    let draw = |draw: u64| {
        let mut random = Random::new(SEED, draw);
        let [a, b] = [samples.n, samples.m].map(|n| {
            let rank = p + (p * (1.0 - p) / n as f64).sqrt() * normal(&mut random);
            value_at(&curve, rank, steps)
        });
        if a == b { 0.0 } else { (a - b).abs() }
    };
    Noise::of((0..DRAWS).map(draw).collect(), 1.0, observed)
}

/// Points of the pooled distribution function: value and share at most as large.
fn pooled(samples: &Gaps) -> Vec<(f64, f64)> {
    let (n, m) = (samples.n as f64, samples.m as f64);
    let share = |point: &CurvePoint| (n * point.x + m * point.y) / (n + m);
    samples.curve.iter().map(|point| (point.value, share(point))).collect()
}

fn normal(random: &mut Random) -> f64 {
    norm_isf(((random.bits() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64)
}

fn bridge_area(curve: &[(f64, f64)], draw: u64) -> f64 {
    let mut random = Random::new(SEED, draw);
    let mut walk = Vec::with_capacity(curve.len());
    let (mut place, mut before) = (0.0, 0.0);
    for (_, share) in curve {
        place += (share - before).max(0.0).sqrt() * normal(&mut random);
        before = *share;
        walk.push(place);
    }
    let height = |k: usize| (walk[k] - curve[k].1 * place).abs();
    let width = |k: usize| curve[k + 1].0 - curve[k].0;
    (0..curve.len().saturating_sub(1)).map(|k| height(k) * width(k)).sum()
}

fn value_at(curve: &[(f64, f64)], rank: f64, steps: bool) -> f64 {
    let last = curve.len().saturating_sub(1);
    let next = curve.partition_point(|(_, share)| *share < rank).min(last);
    let Some((high, above)) = curve.get(next).copied() else { return 0.0 };
    if steps || next == 0 || !rank.is_finite() {
        return high;
    }
    let (low, below) = curve[next - 1];
    let part = if above > below { ((rank - below) / (above - below)).clamp(0.0, 1.0) } else { 1.0 };
    low + part * (high - low)
}

#[cfg(test)]
mod tests {
    use super::super::ecdf::{Real, compare};
    use super::*;

    fn uniform(n: u64, seed: u64) -> Vec<Real> {
        let mut random = Random::new(seed, 0);
        let mut draw = || Real::new((random.bits() >> 11) as f64 / (1_u64 << 53) as f64);
        let mut values: Vec<Real> = (0..n).filter_map(|_| draw()).collect();
        values.sort();
        values
    }

    fn samples(n: u64, m: u64, seed: u64) -> Comparison {
        compare(&uniform(n, 2 * seed), &uniform(m, 2 * seed + 1))
    }

    /// The noise must be what repeated sampling gives.
    fn check(observed: impl Fn(&Comparison) -> f64, noise: impl Fn(&Comparison) -> Noise) {
        let runs: Vec<Comparison> = (1..=2000).map(|seed| samples(400, 900, seed)).collect();
        // The density around a quantile is an estimate too, so that many runs are asked.
        let told: Vec<Noise> = runs[..60].iter().map(&noise).collect();
        let average = |part: fn(&Noise) -> f64| told.iter().map(part).sum::<f64>() / 60.0;
        let (mean, p95) = (average(|noise| noise.mean), average(|noise| noise.p95));
        let found = runs.iter().map(&observed).sum::<f64>() / 2000.0;
        assert!((mean / found - 1.0).abs() < 0.06, "{mean} is told, {found} comes");
        let above = runs.iter().filter(|run| observed(run) > p95).count() as f64 / 2000.0;
        assert!((0.03..0.075).contains(&above), "{above} exceed the 95th percentile");
        let alarms = told.iter().filter(|noise| noise.p.value <= 0.05).count();
        assert!(alarms < 12, "{alarms} of 60 p-values are at most 0.05");
    }

    #[test]
    fn the_area_of_noise_is_what_sampling_gives() {
        check(|run| run.wasserstein, of_area);
    }

    #[test]
    fn the_shift_of_a_median_is_what_sampling_gives() {
        // Between two uniform samples the pooled curve is the line itself.
        let shift = |run: &Comparison| {
            let at = |side: fn(&CurvePoint) -> f64| {
                let curve = &run.curve;
                let next = curve.partition_point(|point| side(point) < 0.5);
                let (a, b) = (&curve[next - 1], &curve[next]);
                let part = (0.5 - side(a)) / (side(b) - side(a));
                a.value + part * (b.value - a.value)
            };
            (at(|point| point.x) - at(|point| point.y)).abs()
        };
        check(shift, |run| of_quantile(run, 0.5, shift(run)));
    }

    #[test]
    fn a_constant_has_no_noise() {
        let same = compare(&[7_i64; 20], &[7; 30]);
        assert_eq!(of_area(&same).p95, 0.0);
        assert_eq!(
            of_quantile(&same, 0.5, 0.0),
            Noise { mean: 0.0, p95: 0.0, p: PValue::new(1.0) }
        );
    }
}
