//! Stirling's error and the deviance: what is left of a gamma density once the cancelling parts are
//! gone.
//!
//! Every density of this module goes through these two, so that errors do not grow with the degrees
//! of freedom (C. Loader, "Fast and accurate computation of binomial probabilities", 2000).

/// Half the logarithm of two pi.
pub const HALF_LN_2PI: f64 = 0.918_938_533_204_672_7;

/// Returns `ln Γ(a) - ((a - 1/2) ln a - a + ln(2π)/2)` for a > 0.
///
/// Asymptotic series (Abramowitz & Stegun 6.1.41) from 10 on, and the recurrence in `a` below.
pub fn stirling_error(a: f64) -> f64 {
    let mut shift = 0.0;
    let mut a = a;
    while a < 10.0 {
        shift += step(a);
        a += 1.0;
    }
    // Bernoulli numbers B_2k / (2k (2k - 1)).
    const SERIES: [f64; 8] = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360_360.0,
        1.0 / 156.0,
        -3617.0 / 122_400.0,
    ];
    let inverse_square = 1.0 / (a * a);
    let sum = SERIES.iter().rev().fold(0.0, |sum, term| sum * inverse_square + term);
    shift + sum / a
}

/// Returns `stirling_error(a) - stirling_error(a + 1)`, which is `(a + 1/2) ln(1 + 1/a) - 1`.
fn step(a: f64) -> f64 {
    if a < 0.5 {
        return (a + 0.5) * (1.0 / a).ln_1p() - 1.0;
    }
    // With t = 1/(2a + 1) this is artanh(t)/t - 1 = t²/3 + t⁴/5 + …
    let t = 1.0 / (2.0 * a + 1.0);
    let square = t * t;
    let (mut power, mut sum, mut divisor) = (square, 0.0, 3.0);
    loop {
        let term = power / divisor;
        sum += term;
        if term <= sum * 1e-17 {
            return sum;
        }
        power *= square;
        divisor += 2.0;
    }
}

/// Returns `ln Γ(a)` for a > 0.
pub fn ln_gamma(a: f64) -> f64 {
    libm::lgamma(a)
}

/// Returns `u - ln(1 + u)`, at least zero, without cancellation near zero.
pub fn u_minus_ln_1p(u: f64) -> f64 {
    if !(-0.4..=0.7).contains(&u) {
        return u - u.ln_1p();
    }
    // With r = u/(2 + u): ln(1 + u) = 2 artanh(r), and u = 2 r/(1 - r).
    let r = u / (2.0 + u);
    let square = r * r;
    let (mut power, mut sum, mut divisor) = (square * r, 0.0, 3.0);
    loop {
        let term: f64 = power / divisor;
        sum += term;
        if term.abs() <= sum.abs() * 1e-17 {
            break;
        }
        power *= square;
        divisor += 2.0;
    }
    r * u - 2.0 * sum
}

/// Returns `x ln(x/m) + m - x`, the deviance of x from the mean m, at least zero.
pub fn deviance(x: f64, mean: f64) -> f64 {
    if x == 0.0 {
        return mean;
    }
    if mean == 0.0 || mean.is_infinite() {
        return f64::INFINITY;
    }
    let u = (mean - x) / x;
    if (-0.4..=0.7).contains(&u) {
        return x * u_minus_ln_1p(u);
    }
    // Far apart: the logarithm dominates, and the ratio may leave the range of doubles.
    x * (x.ln() - mean.ln()) + (mean - x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stirling_error_agrees_with_exact_values() {
        // ln 1! - (1/2 ln(2π)) + 1, and the same for Γ(1/2) = √π.
        let cases = [
            (1.0, 1.0 - HALF_LN_2PI),
            (0.5, 0.5 * std::f64::consts::PI.ln() + 0.5 - HALF_LN_2PI),
            (2.0, 2.0 - 1.5 * 2f64.ln() - HALF_LN_2PI),
        ];
        for (a, expected) in cases {
            assert!((stirling_error(a) - expected).abs() < 2e-15, "{a}");
        }
    }

    #[test]
    fn deviance_is_smooth_across_its_switch() {
        for x in [1e-3, 1.0, 7.0, 1e9] {
            for ratio in [0.59, 0.61, 1.69, 1.71] {
                let direct = x * (1.0f64 / ratio).ln() + x * ratio - x;
                assert!((deviance(x, x * ratio) / direct - 1.0).abs() < 1e-13);
            }
        }
    }
}
