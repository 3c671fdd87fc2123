//! The two-sample test of Cramér and von Mises in Anderson's form (1962): the squared distance of
//! two distribution functions, summed over the pooled values.

use std::f64::consts::PI;

use super::bridge_form::{BridgeForm, group_shares};
use super::ecdf::Comparison;
use super::ks_test::gap;
use super::rare_values::{RareValues, SquaredGaps};
use super::shift_power::{Whole, detectable};
use super::{Design, PValue, TestResult, Undefined};

/// Values up to which the exact law is used, together.
const EXACT_N: u64 = 40;
/// Distinct sums that the exact law may hold for one path.
const EXACT_SUMS: usize = 200_000;

/// T and its p-values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CramerVonMises {
    /// T, with mean 1/6 in large samples.
    pub statistic: f64,
    /// Anderson's U, from which T is made.
    pub u: f64,
    pub p_asymptotic: PValue,
    /// Given the ties, where the samples are small.
    pub p_exact: Option<PValue>,
}

impl CramerVonMises {
    /// The exact p-value where there is one.
    pub fn p(&self) -> PValue {
        self.p_exact.unwrap_or(self.p_asymptotic)
    }
}

/// Tests whether two samples come from one distribution.
pub fn cramer_von_mises(samples: &Comparison) -> Result<CramerVonMises, Undefined> {
    if samples.n < 2 || samples.m < 2 {
        return Err(Undefined::TooFew { needed: 2, got: samples.n.min(samples.m) });
    }
    let (n, m) = (samples.n as f64, samples.m as f64);
    let (total, product) = (n + m, n * m);
    let u = samples.quadrupled_cvm as f64 / 4.0;
    let statistic = u / (product * total) - (4.0 * product - 1.0) / (6.0 * total);
    let mean = (1.0 + 1.0 / total) / 6.0;
    let variance = (total + 1.0) * (4.0 * product * total - 3.0 * (n * n + m * m) - 2.0 * product)
        / (45.0 * total * total * 4.0 * product);
    let adjusted = 1.0 / 6.0 + (statistic - mean) / (45.0 * variance).sqrt();
    let p_asymptotic = PValue::from_ln(limit_ln_sf(adjusted));
    Ok(CramerVonMises { statistic, u, p_asymptotic, p_exact: exact(samples) })
}

/// The same with the largest gap as the effect.
pub fn two_sample(samples: &Comparison, design: &Design) -> Result<TestResult, Undefined> {
    let found = cramer_von_mises(samples)?;
    if samples.distinct < 2 {
        return Err(Undefined::ZeroVariance);
    }
    let tied = found.p_exact.is_none().then(|| given_ties(samples)).flatten();
    let rare = tied.and_then(|_| RareValues::new(samples));
    let exact = rare.as_ref().and_then(|rare| SquaredGaps::even(rare).p(rare)).or(found.p_exact);
    let (statistic, p, method) = match (tied, exact) {
        (tied, Some(p)) => {
            (tied.map_or(found.statistic, |tied| tied.0), p, "exact, conditional on ties")
        }
        (Some((statistic, p)), None) => (statistic, p, "limit law given the ties"),
        (None, None) => (found.statistic, found.p(), "limit law, Anderson's moments"),
    };
    let exact = exact.is_some();
    Ok(TestResult {
        name: "cramer_von_mises",
        symbol: "T",
        statistic,
        p,
        n: vec![samples.n, samples.m],
        df: None,
        exact,
        method,
        effect: gap(samples, design),
        margin: None,
        detectable: detectable(Whole::CramerVonMises, [samples.n, samples.m], design),
        warnings: rare.filter(|_| !exact).and_then(|rare| rare.warning()).into_iter().collect(),
    })
}

/// T of samples with ties, the mean squared gap over all values times nm/N, with its law given the
/// ties.
///
/// Anderson's U from midranks is the same without ties. With them it also counts how each group of
/// equal values is split, which has nothing to do with a gap: at 30 against 300 values of five
/// levels every clean run would alarm by the law of samples without ties.
fn given_ties(samples: &Comparison) -> Option<(f64, PValue)> {
    if samples.tied == 0 {
        return None;
    }
    let (n, m) = (samples.n as f64, samples.m as f64);
    let total = n + m;
    let statistic = n * (m / total) * samples.mean_squared_gap;
    // Given the ties the variance of a gap is that of the bridge times N / (N - 1).
    let law = BridgeForm::squared_gap(&group_shares(samples));
    let p = PValue::from_ln(law.ln_sf(statistic * (total - 1.0) / total));
    Some((statistic, p))
}

/// Logarithm of the upper tail of the limit law, by Smirnov's integrals over the intervals in which
/// the sine is negative: 2/π sum (-1)^j ∫ exp(-x t²/2) / sqrt(-t sin t) dt for t from (2j+1) π to
/// (2j+2) π. The tail itself is summed, so that it keeps its digits when it is tiny.
pub fn limit_ln_sf(x: f64) -> f64 {
    if x <= 0.004 {
        return 0.0;
    }
    // With u = π (1 - cos φ)/2 the integrand is smooth and even at both ends: the midpoint rule
    // converges faster than any power.
    let nodes = 120 + (60.0 * x.sqrt()) as usize;
    let step = PI / nodes as f64;
    let piece = |j: usize| {
        let start = (2 * j + 1) as f64 * PI;
        let at = |i: usize| {
            let angle = (i as f64 + 0.5) * step;
            let u = PI * (angle / 2.0).sin().powi(2);
            let t = start + u;
            // u and π - u are both formed without cancellation.
            let sine = u.min(PI * (angle / 2.0).cos().powi(2)).sin();
            let decay = (-x / 2.0 * (t - PI) * (t + PI)).exp();
            decay * angle.sin() / (t * sine).sqrt()
        };
        (0..nodes).map(at).sum::<f64>() * step * PI / 2.0
    };
    let mut sum = 0.0;
    for j in 0..200 {
        let term = piece(j);
        sum += if j % 2 == 0 { term } else { -term };
        if term <= 1e-18 * sum.abs() {
            break;
        }
    }
    ((2.0 / PI * sum).ln() - x * PI * PI / 2.0).min(0.0)
}

/// The chance of a U at least as large, all assignments of the pooled values being equally likely.
fn exact(samples: &Comparison) -> Option<PValue> {
    let groups = samples.groups.as_ref()?;
    if samples.n + samples.m > EXACT_N {
        return None;
    }
    let (n, m) = (samples.n as usize, samples.m as usize);
    // For each number of x so far the sums that paths have reached, with their probabilities.
    let mut paths: Vec<Vec<(u128, f64)>> = vec![Vec::new(); n + 1];
    paths[0] = vec![(0, 1.0)];
    let mut seen = 0;
    for &(x, y) in groups {
        let size = (x + y) as usize;
        let mut next: Vec<Vec<(u128, f64)>> = vec![Vec::new(); n + 1];
        for (i, sums) in paths.iter().enumerate().filter(|(i, _)| *i <= seen) {
            let j = seen - i;
            for a in 0..=size.min(n - i) {
                let b = size - a;
                if j + b > m {
                    continue;
                }
                let weight = choose(n - i, a) * choose(m - j, b) / choose(n + m - seen, size);
                let gain = quadrupled(n, i, a, seen, size) + quadrupled(m, j, b, seen, size);
                next[i + a].extend(sums.iter().map(|&(sum, p)| (sum + gain, p * weight)));
            }
        }
        paths = next.into_iter().map(merge).collect();
        if paths.iter().any(|sums| sums.len() > EXACT_SUMS) {
            return None;
        }
        seen += size;
    }
    let far = paths[n].iter().filter(|(sum, _)| *sum >= samples.quadrupled_cvm);
    Some(PValue::new(far.map(|(_, p)| p).sum()))
}

/// Four times `size` times the sum of (midrank - place)² for `a` values after `i`, in a group of
/// `tied` equal values after `seen`.
fn quadrupled(size: usize, i: usize, a: usize, seen: usize, tied: usize) -> u128 {
    let doubled_rank = 2 * seen + tied + 1;
    let square = |t: usize| (doubled_rank.abs_diff(2 * (i + t)) as u128).pow(2);
    size as u128 * (1..=a).map(square).sum::<u128>()
}

fn merge(mut sums: Vec<(u128, f64)>) -> Vec<(u128, f64)> {
    sums.sort_by_key(|(sum, _)| *sum);
    let equal = sums.chunk_by(|a, b| a.0 == b.0);
    equal.map(|same| (same[0].0, same.iter().map(|(_, p)| p).sum())).collect()
}

fn choose(n: usize, k: usize) -> f64 {
    (0..k).map(|i| (n - i) as f64 / (i + 1) as f64).product()
}

#[cfg(test)]
mod tests {
    use super::*;

    // The usual percentage points of the limit law, as tabulated since Anderson & Darling (1952).
    #[test]
    fn agrees_with_the_published_table() {
        for (x, p) in [(0.461_36, 0.05), (0.743_46, 0.01), (0.347_30, 0.1), (0.118_88, 0.5)] {
            assert!((limit_ln_sf(x).exp() / p - 1.0).abs() < 1e-4, "{x}");
        }
    }

    // Law: the tail falls, from 1 to nothing, and stays finite as a logarithm.
    #[test]
    fn the_tail_falls() {
        let mut last = 0.0;
        for x in [0.001, 0.01, 0.02, 0.05, 0.1, 1.0, 10.0, 100.0, 1e4] {
            let ln = limit_ln_sf(x);
            assert!(ln <= last && ln.is_finite(), "{x} {ln} {last}");
            last = ln;
        }
    }
}
