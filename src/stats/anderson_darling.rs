//! The k-sample test of Anderson and Darling by Scholz and Stephens (1987).

use std::f64::consts::PI;

use super::bridge_form::{BridgeForm, group_shares};
use super::ecdf::Comparison;
use super::ks_test::gap;
use super::path_law;
use super::ranks::Pooled;
use super::rare_values::{RareValues, SquaredGaps};
use super::relative_entropy::Compensated;
use super::shift_power::{Whole, detectable};
use super::{Design, PValue, TestResult, Undefined};

/// Where the distribution functions are read within a group of equal values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TieRule {
    /// In the middle, equation 7.
    #[default]
    Midrank,
    /// At the right end, equation 6.
    Right,
}

/// A² of several samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AndersonDarling {
    pub a2: f64,
    /// (A² - (k - 1)) / σ, with the exact σ of samples without ties.
    pub standardized: f64,
    /// Interpolated in the published table, which ends at the two bounds below.
    pub p: PValue,
    /// Whether p is one of the table's ends, hence only a bound.
    pub clipped: bool,
}

/// The p-values at which the published table ends.
pub const P_BOUNDS: (f64, f64) = (0.001, 0.25);

/// Tests whether several samples come from one distribution.
pub fn anderson_darling(pooled: &Pooled, ties: TieRule) -> Result<AndersonDarling, Undefined> {
    let sizes = pooled.sizes();
    if sizes.len() < 2 {
        return Err(Undefined::Other("fewer than two samples".to_string()));
    }
    if sizes.contains(&0) {
        return Err(Undefined::TooFew { needed: 1, got: 0 });
    }
    if pooled.n_distinct() < 2 {
        return Err(Undefined::ZeroVariance);
    }
    if pooled.n() < 4 {
        return Err(Undefined::TooFew { needed: 4, got: pooled.n() });
    }
    let a2 = match ties {
        TieRule::Midrank => midrank_a2(pooled, &sizes),
        TieRule::Right => right_a2(pooled, &sizes),
    };
    Ok(standardized(a2, &sizes))
}

/// A² in the published table.
fn standardized(a2: f64, sizes: &[u64]) -> AndersonDarling {
    let freedom = sizes.len() as f64 - 1.0;
    let standardized = (a2 - freedom) / variance(sizes).sqrt();
    let raw = interpolated(standardized, freedom);
    let p = raw.clamp(P_BOUNDS.0, P_BOUNDS.1);
    AndersonDarling { a2, standardized, p: PValue::new(p), clipped: p != raw }
}

fn midrank_a2(pooled: &Pooled, sizes: &[u64]) -> f64 {
    let total = pooled.n();
    let n = total as f64;
    let mut sums = vec![Compensated::default(); sizes.len()];
    let (mut below, mut below_each) = (0_u64, vec![0_u64; sizes.len()]);
    for tie in pooled.ties() {
        let size: u64 = tie.iter().sum();
        let doubled = 2 * below + size;
        let rank = doubled as f64 / 2.0;
        let bottom = rank * (n - rank) - n * size as f64 / 4.0;
        for (i, &count) in tie.iter().enumerate() {
            let own = 2 * below_each[i] + count;
            let gap = difference(total, own, doubled, sizes[i]) / 2.0;
            if gap != 0.0 {
                sums[i].add(size as f64 / n * gap * (gap / bottom));
            }
            below_each[i] += count;
        }
        below += size;
    }
    (n - 1.0) / n * per_size(&sums, sizes)
}

fn right_a2(pooled: &Pooled, sizes: &[u64]) -> f64 {
    let total = pooled.n();
    let n = total as f64;
    let mut sums = vec![Compensated::default(); sizes.len()];
    let (mut upto, mut upto_each) = (0_u64, vec![0_u64; sizes.len()]);
    for tie in pooled.ties().take(pooled.n_distinct() - 1) {
        let size: u64 = tie.iter().sum();
        upto += size;
        let bottom = upto as f64 * (total - upto) as f64;
        for (i, &count) in tie.iter().enumerate() {
            upto_each[i] += count;
            let gap = difference(total, upto_each[i], upto, sizes[i]);
            sums[i].add(size as f64 / n * gap * (gap / bottom));
        }
    }
    per_size(&sums, sizes)
}

/// a b - c d, formed in integers.
fn difference(a: u64, b: u64, c: u64, d: u64) -> f64 {
    (u128::from(a) * u128::from(b)).abs_diff(u128::from(c) * u128::from(d)) as f64
}

fn per_size(sums: &[Compensated], sizes: &[u64]) -> f64 {
    sums.iter().zip(sizes).map(|(sum, &size)| sum.value() / size as f64).sum()
}

/// The variance of A², equation 4.
fn variance(sizes: &[u64]) -> f64 {
    let total: u64 = sizes.iter().sum();
    let (k, n) = (sizes.len() as f64, total as f64);
    let inverse: f64 = sizes.iter().map(|&size| 1.0 / size as f64).sum();
    // h = sum 1/i for i < N, and g = sum over i < j < N of 1/((N - i) j).
    let (mut partial, mut g) = (0.0, 0.0);
    for t in 0..total.saturating_sub(2) {
        partial += 1.0 / (n - 1.0 - t as f64);
        g += partial / (t as f64 + 2.0);
    }
    let h = partial + 1.0;
    let a = (4.0 * g - 6.0) * (k - 1.0) + (10.0 - 6.0 * g) * inverse;
    let b = (2.0 * g - 4.0) * k * k + 8.0 * h * k + (2.0 * g - 14.0 * h - 4.0) * inverse - 8.0 * h
        + 4.0 * g
        - 6.0;
    let c = (6.0 * h + 2.0 * g - 2.0) * k * k
        + (4.0 * h - 4.0 * g + 6.0) * k
        + (2.0 * h - 6.0) * inverse
        + 4.0 * h;
    let d = (2.0 * h + 6.0) * k * k - 4.0 * h * k;
    (((a * n + b) * n + c) * n + d) / ((n - 1.0) * (n - 2.0) * (n - 3.0))
}

/// The percentage points of table 2, b0 + b1/sqrt(m) + b2/m for m = k - 1, and their p-values.
const TABLE: [(f64, f64, f64, f64); 7] = [
    (0.675, -0.245, -0.105, 0.25),
    (1.281, 0.25, -0.305, 0.1),
    (1.645, 0.678, -0.362, 0.05),
    (1.96, 1.149, -0.391, 0.025),
    (2.326, 1.822, -0.396, 0.01),
    (2.573, 2.364, -0.345, 0.005),
    (3.085, 3.615, -0.154, 0.001),
];

/// A parabola through ln p by least squares, as in Scholz & Stephens and in SciPy.
fn interpolated(standardized: f64, freedom: f64) -> f64 {
    let point = |&(b0, b1, b2, p): &(f64, f64, f64, f64)| {
        (b0 + b1 / freedom.sqrt() + b2 / freedom, f64::ln(p))
    };
    let points = TABLE.map(|row| point(&row));
    // Orthogonal polynomials over the points (Forsythe 1957).
    let n = points.len() as f64;
    let mean = points.iter().map(|(x, _)| x).sum::<f64>() / n;
    let first = |x: f64| x - mean;
    let squares: f64 = points.iter().map(|&(x, _)| first(x).powi(2)).sum();
    let skew = points.iter().map(|&(x, _)| x * first(x).powi(2)).sum::<f64>() / squares;
    let second = |x: f64| (x - skew) * first(x) - squares / n;
    let norm: f64 = points.iter().map(|&(x, _)| second(x).powi(2)).sum();
    let level = points.iter().map(|(_, y)| y).sum::<f64>() / n;
    let slope = points.iter().map(|&(x, y)| y * first(x)).sum::<f64>() / squares;
    let bend = points.iter().map(|&(x, y)| y * second(x)).sum::<f64>() / norm;
    let x = standardized;
    // Outside its points the parabola says nothing, and beyond its vertex it would rise again.
    if x < points[0].0 {
        return 1.0;
    }
    if x > points[points.len() - 1].0 {
        return 0.0;
    }
    (level + slope * first(x) + bend * second(x)).exp()
}

/// Values that each side of the two-sample test must have.
const NEEDED: u64 = 5;

/// The test of two samples. Its p-value comes from the limit law of the standardised statistic, not
/// from the table, so that it has no smallest value; from the exact law where the assignments of
/// the pooled values to the sides are few, or nearly all values are equal.
pub fn two_sample(samples: &Comparison, design: &Design) -> Result<TestResult, Undefined> {
    let got = samples.n.min(samples.m);
    if got < NEEDED {
        return Err(Undefined::TooFew { needed: NEEDED, got });
    }
    if samples.distinct < 2 {
        return Err(Undefined::ZeroVariance);
    }
    let found = of_two(samples);
    let tied = samples.tied > 0;
    let rare = RareValues::new(samples);
    let exact = rare.as_ref().and_then(|rare| SquaredGaps::weighted(rare).p(rare));
    let groups = samples.groups.as_ref().filter(|_| exact.is_none());
    let few = groups.and_then(|groups| path_law::p_of_groups(groups));
    let (p, method) = match (exact.or(few), tied) {
        (Some(p), _) if few.is_some() => (p, "law of all assignments, in small steps"),
        (Some(p), false) => (p, "exact"),
        (Some(p), true) => (p, "exact, conditional on ties"),
        (None, true) => {
            let law = BridgeForm::weighted_gap(&group_shares(samples));
            (PValue::from_ln(law.ln_sf(found.a2)), "limit law given the ties, midranks")
        }
        (None, false) => (limit_p(&found), "limit law of the standardised statistic"),
    };
    let rare = rare.filter(|_| exact.or(few).is_none() && tied);
    let warnings = rare.and_then(|rare| rare.warning()).into_iter().collect();
    Ok(TestResult {
        name: "anderson_darling",
        symbol: "A2",
        statistic: found.a2,
        p,
        n: vec![samples.n, samples.m],
        df: None,
        exact: exact.is_some(),
        method,
        effect: gap(samples, design),
        margin: None,
        detectable: detectable(Whole::AndersonDarling, [samples.n, samples.m], design),
        warnings,
    })
}

/// A² of two samples: both lie equally far from the pooled one, times their sizes.
fn of_two(samples: &Comparison) -> AndersonDarling {
    let all = (samples.n + samples.m) as f64;
    let of = |size: u64| samples.weighted_gap / size as f64;
    let a2 = (all - 1.0) / all * (of(samples.n) + of(samples.m));
    standardized(a2, &[samples.n, samples.m])
}

/// From the limit law, with the mean and the variance of these sizes.
fn limit_p(found: &AndersonDarling) -> PValue {
    // The deviation of the limit law, sum 2 / (j (j + 1))².
    let sd = (2.0 * (PI * PI - 9.0) / 3.0).sqrt();
    PValue::from_ln(limit_ln_sf(1.0 + sd * found.standardized))
}

/// Logarithm of the upper tail of the limit law (Anderson & Darling 1952), the sum of squared
/// normals with weights 1/(j (j + 1)), by Smirnov's integrals over the intervals in which its
/// characteristic product is negative: (-1)^(k+1)/π ∫ exp(-x s) / (s sqrt|D(s)|) ds with
/// D(s) = -cos(π r/2) / (2π s) and 8 s = r² - 1, for r from 4k - 1 to 4k + 1.
pub fn limit_ln_sf(x: f64) -> f64 {
    // Below, the tail is 1 to fifteen digits.
    if x <= 0.03 {
        return 0.0;
    }
    let nodes = 120 + (60.0 * x.sqrt()) as usize;
    let step = PI / nodes as f64;
    let piece = |k: usize| {
        let at = |i: usize| {
            let angle = (i as f64 + 0.5) * step;
            // r = 4k - cos φ; the distance to the nearer end without cancellation.
            let near = 2.0 * (angle / 2.0).sin().powi(2).min((angle / 2.0).cos().powi(2));
            let r = 4.0 * k as f64 - angle.cos();
            let cosine = (PI / 2.0 * near).sin();
            // From r = 3, which gives the tail its scale.
            let decay = (-x / 8.0 * (r - 3.0) * (r + 3.0)).exp();
            decay * r * angle.sin() / ((r * r - 1.0) * cosine).sqrt()
        };
        (0..nodes).map(at).sum::<f64>() * step
    };
    let mut sum = 0.0;
    for k in 1..200 {
        let term = piece(k);
        sum += if k % 2 == 1 { term } else { -term };
        if term <= 1e-18 * sum.abs() {
            break;
        }
    }
    ((sum / PI.sqrt()).ln() - x).min(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Table 1 of Marsaglia & Marsaglia (2004), J. Stat. Soft. 9(2), and the usual points.
    #[test]
    fn the_limit_law_has_its_published_points() {
        for (x, p) in [(1.933, 0.10), (2.492, 0.05), (3.878, 0.01), (0.7743, 0.5)] {
            assert!((limit_ln_sf(x).exp() / p - 1.0).abs() < 3e-3, "{x} {}", limit_ln_sf(x).exp());
        }
        assert!(limit_ln_sf(1e4) < -9e3 && limit_ln_sf(0.05).exp() > 0.999_999);
    }

    // Law: the merge of two samples sums up what the pooled ranks do.
    #[test]
    fn two_samples_are_a_case_of_several() {
        let x: Vec<i64> = (0..400).map(|i| i * i % 97).collect();
        let y: Vec<i64> = (0..250).map(|i| i * 7 % 110).collect();
        let (mut own, mut other) = (x.clone(), y.clone());
        own.sort_unstable();
        other.sort_unstable();
        let merged = of_two(&super::super::ecdf::compare(&own, &other));
        let pooled = Pooled::new(&[&x[..], &y[..]]);
        assert_eq!(Ok(merged), anderson_darling(&pooled, TieRule::Midrank));
    }

    // Law: only the order counts, and the order of the samples does not.
    #[test]
    fn samples_are_exchangeable() {
        let (x, y) = ([1.0, 4.0, 2.0, 2.0, 7.0], [3.0, 9.0, 2.0, 8.0]);
        for ties in [TieRule::Midrank, TieRule::Right] {
            let there = anderson_darling(&Pooled::new(&[&x[..], &y[..]]), ties).expect("a spread");
            let back = anderson_darling(&Pooled::new(&[&y[..], &x[..]]), ties).expect("a spread");
            assert!((there.a2 - back.a2).abs() < 1e-14);
        }
    }

    #[test]
    fn too_little_is_undefined() {
        for samples in [[&[1, 1][..], &[1, 1][..]], [&[1][..], &[2][..]], [&[1, 2, 3][..], &[][..]]]
        {
            assert!(anderson_darling(&Pooled::new(&samples), TieRule::Midrank).is_err());
        }
    }
}
