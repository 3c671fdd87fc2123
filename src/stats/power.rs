//! Planning: the power of a test, the size it needs, and the effect it can detect.
//!
//! Effects are Cohen's: d (difference over the common deviation), w, h, f. Power at an observed
//! effect is not offered on purpose: it says nothing that the p-value does not.

use super::special::{
    bisect, chi2_isf, f_isf, ncf_sf, nct_cdf, nct_sf, ncx2_sf, norm_isf, norm_sf, t_isf,
};
use super::{Design, Tail};

/// Power of a t-test with this noncentrality.
pub fn t_power(noncentrality: f64, dof: f64, alpha: f64, tail: Tail) -> f64 {
    match tail {
        Tail::TwoSided => {
            let critical = t_isf(0.5 * alpha, dof);
            nct_sf(critical, dof, noncentrality) + nct_cdf(-critical, dof, noncentrality)
        }
        Tail::Greater => nct_sf(t_isf(alpha, dof), dof, noncentrality),
        Tail::Less => nct_cdf(-t_isf(alpha, dof), dof, noncentrality),
    }
    .clamp(0.0, 1.0)
}

/// Noncentrality per unit of d and degrees of freedom, for one sample or two.
fn t_setting(n: &[u64]) -> Option<(f64, f64)> {
    match *n {
        [n] if n >= 2 => Some(((n as f64).sqrt(), n as f64 - 1.0)),
        [n, m] if n >= 2 && m >= 2 => Some((harmonic(n, m).sqrt(), (n + m) as f64 - 2.0)),
        _ => None,
    }
}

/// Returns `n m / (n + m)`.
pub fn harmonic(n: u64, m: u64) -> f64 {
    n as f64 * (m as f64 / (n as f64 + m as f64))
}

/// Power to see a standardised difference `d` with one sample (one size) or two.
pub fn t_power_at(d: f64, n: &[u64], alpha: f64, tail: Tail) -> Option<f64> {
    let (factor, dof) = t_setting(n)?;
    Some(t_power(d * factor, dof, alpha, tail))
}

/// The standardised difference that one sample or two show with the design's power.
pub fn detectable_t(n: &[u64], design: &Design) -> Option<f64> {
    let (factor, dof) = t_setting(n)?;
    Some(detectable_t_noncentrality(dof, design)? / factor)
}

/// The difference over its standard error that a t-test with these degrees of freedom shows.
pub fn detectable_t_noncentrality(dof: f64, design: &Design) -> Option<f64> {
    let tail = one_or_two(design.tail);
    noncentrality_for(design, |delta| t_power(delta, dof, design.alpha, tail))
}

/// Values on each side, or in the one sample, that show a standardised difference `d`.
pub fn rows_for_t(d: f64, samples: usize, design: &Design) -> Option<u64> {
    if d.is_nan() || d <= 0.0 || !(1..=2).contains(&samples) {
        return None;
    }
    let tail = Tail::Greater;
    // The normal law gives the place, and the t law moves it by a few values at most.
    let z = norm_isf(design.alpha) + norm_isf(1.0 - design.power);
    let guess = samples as f64 * (z / d).powi(2);
    if guess.is_nan() || guess > 1e7 {
        return (guess < 1e18).then(|| guess.ceil() as u64);
    }
    smallest(guess as u64 + 2, |n| {
        let power = t_power_at(d, &vec![n; samples], design.alpha, tail);
        power.is_some_and(|power| power >= design.power)
    })
}

/// Power of a two-sample test with known deviations; `d` is the difference over its standard error.
pub fn z_power(d: f64, alpha: f64, tail: Tail) -> f64 {
    match tail {
        Tail::TwoSided => {
            let critical = norm_isf(0.5 * alpha);
            norm_sf(critical - d) + norm_sf(critical + d)
        }
        Tail::Greater => norm_sf(norm_isf(alpha) - d),
        Tail::Less => norm_sf(norm_isf(alpha) + d),
    }
}

/// Difference over its standard error that a z-test shows with the design's power.
pub fn detectable_z(design: &Design) -> Option<f64> {
    let tail = one_or_two(design.tail);
    noncentrality_for(design, |delta| z_power(delta, design.alpha, tail))
}

/// Cohen's h, the difference of two rates on the arcsine scale.
pub fn cohen_h(p1: f64, p2: f64) -> f64 {
    2.0 * (p1.sqrt().asin() - p2.sqrt().asin())
}

/// Power to tell two rates apart, on the arcsine scale.
pub fn proportions_power_arcsine(p1: f64, p2: f64, n: u64, m: u64, alpha: f64, tail: Tail) -> f64 {
    z_power(cohen_h(p1, p2) * harmonic(n, m).sqrt(), alpha, tail)
}

/// Power of the pooled z-test of two rates: its standard error under each hypothesis is used where
/// it holds (Fleiss, Levin & Paik 2003, 4.3).
pub fn proportions_power(p1: f64, p2: f64, n: u64, m: u64, alpha: f64, tail: Tail) -> f64 {
    let (n, m) = (n as f64, m as f64);
    let pooled = (n * p1 + m * p2) / (n + m);
    let null = (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)).sqrt();
    let alternative = (p1 * (1.0 - p1) / n + p2 * (1.0 - p2) / m).sqrt();
    let difference = p1 - p2;
    if alternative == 0.0 {
        return if difference == 0.0 { 0.0 } else { 1.0 };
    }
    let beyond =
        |critical: f64, sign: f64| norm_sf((critical * null - sign * difference) / alternative);
    match tail {
        Tail::TwoSided => {
            let critical = norm_isf(0.5 * alpha);
            beyond(critical, 1.0) + beyond(critical, -1.0)
        }
        Tail::Greater => beyond(norm_isf(alpha), 1.0),
        Tail::Less => beyond(norm_isf(alpha), -1.0),
    }
}

/// Power of a chi-square test; the noncentrality is `w² n`, or `nm/(n+m)` times a chi-square
/// distance.
pub fn chi_square_power(noncentrality: f64, dof: f64, alpha: f64) -> f64 {
    ncx2_sf(chi2_isf(alpha, dof), dof, noncentrality)
}

/// The w that a chi-square test over `n` rows shows with the design's power.
pub fn detectable_w(n: f64, dof: f64, design: &Design) -> Option<f64> {
    // In the root of the noncentrality, which grows evenly with the effect.
    let root = noncentrality_for(design, |root| chi_square_power(root * root, dof, design.alpha))?;
    (n > 0.0).then(|| root / n.sqrt())
}

/// Power of a one-way analysis of variance over `groups` groups of `total` values to see Cohen's f.
pub fn anova_power(f: f64, groups: u64, total: u64, alpha: f64) -> Option<f64> {
    if groups < 2 || total <= groups {
        return None;
    }
    let degrees = [(groups - 1) as f64, (total - groups) as f64];
    Some(f_power(f * f * total as f64, degrees, alpha))
}

/// The same from the noncentrality and both degrees of freedom.
fn f_power(noncentrality: f64, [d1, d2]: [f64; 2], alpha: f64) -> f64 {
    ncf_sf(f_isf(alpha, d1, d2), d1, d2, noncentrality)
}

/// The f that an analysis of variance shows with the design's power; `within` degrees of freedom
/// where they are not those of a common variance.
pub fn detectable_f(groups: u64, total: u64, within: Option<f64>, design: &Design) -> Option<f64> {
    anova_power(0.0, groups, total, design.alpha)?;
    let degrees = [(groups - 1) as f64, within.unwrap_or((total - groups) as f64)];
    noncentrality_for(design, |root| f_power(root * root, degrees, design.alpha))
        .map(|root| root / (total as f64).sqrt())
}

/// Detectable effects are sizes: a one-sided design is taken on the side of the effect.
fn one_or_two(tail: Tail) -> Tail {
    if tail == Tail::TwoSided { Tail::TwoSided } else { Tail::Greater }
}

/// Where a power function that grows from zero on reaches the design's power.
fn noncentrality_for(design: &Design, power: impl Fn(f64) -> f64) -> Option<f64> {
    if !(0.0..1.0).contains(&design.power) || !(1e-300..1.0).contains(&design.alpha) {
        return None;
    }
    let lacking = |delta: f64| power(delta) - design.power;
    if lacking(0.0) >= 0.0 {
        return Some(0.0);
    }
    let mut high = 4.0;
    while lacking(high) < 0.0 {
        high *= 2.0;
        if high > 1e12 {
            return None;
        }
    }
    Some(bisect(0.0, high, lacking))
}

/// The smallest whole number from 2 on that is enough, where larger ones are too; `near` is a
/// guess.
fn smallest(near: u64, enough: impl Fn(u64) -> bool) -> Option<u64> {
    let mut high = near.max(2);
    while !enough(high) {
        high = high.checked_mul(2)?;
        if high > 1 << 60 {
            return None;
        }
    }
    // Mostly the answer is close below the guess.
    let mut step = 1;
    let mut low = high;
    while low > 2 && enough(low) {
        high = low;
        low = low.saturating_sub(step).max(2);
        step *= 2;
    }
    if enough(low) {
        return Some(low);
    }
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if enough(middle) { high = middle } else { low = middle }
    }
    Some(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESIGN: Design = Design { tail: Tail::TwoSided, alpha: 0.05, power: 0.8, margin: None };

    #[test]
    fn detectable_effects_have_the_power_they_promise() {
        for n in [5, 40, 1000, 1_000_000] {
            let d = detectable_t(&[n, 2 * n], &DESIGN).expect("sizes");
            let power = t_power_at(d, &[n, 2 * n], 0.05, Tail::TwoSided).expect("sizes");
            assert!((power - 0.8).abs() < 1e-9, "{n}: {power}");
        }
        let w = detectable_w(500.0, 4.0, &DESIGN).expect("rows");
        assert!((chi_square_power(w * w * 500.0, 4.0, 0.05) - 0.8).abs() < 1e-9);
        let f = detectable_f(4, 200, None, &DESIGN).expect("rows");
        assert!((anova_power(f, 4, 200, 0.05).expect("rows") - 0.8).abs() < 1e-9);
    }

    #[test]
    fn sizes_are_the_smallest_that_do() {
        let one = Design { tail: Tail::Greater, alpha: 0.025, ..DESIGN };
        assert_eq!(rows_for_t(0.5, 2, &one), Some(64));
        assert_eq!(rows_for_t(0.2, 2, &one), Some(394));
        assert_eq!(rows_for_t(0.0, 2, &one), None);
        assert!(rows_for_t(1e-5, 2, &one).is_some_and(|n| n > 100_000_000));
    }
}
