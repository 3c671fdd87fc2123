//! The two-sided one-sample Kolmogorov-Smirnov statistic at finite n.

use super::smirnov::smirnov_ln_sf;
use super::stirling::{deviance, stirling_error};
use std::f64::consts::{FRAC_PI_2, LN_2, PI};

/// Sizes up to here get the exact law; at the limit it takes about a tenth of a second.
const EXACT: u64 = 10_000;

/// Returns the probability that D of `n` values is at least `d`.
///
/// Twice the one-sided law where both sides cannot be passed (relative error exp(-6 n d²) < 3e-16);
/// otherwise the crossing of both boundaries by a conditioned Poisson process (Moscovich & Nadler
/// 2017) up to n = 10 000, and the expansion of Pelz & Good (1976) beyond, where it is good to 6e-9
/// absolutely at n = 10 000 and better as 1/n².
pub fn kstwo_ln_sf(n: u64, d: f64) -> f64 {
    if d.is_nan() || n == 0 {
        return f64::NAN;
    }
    let size = n as f64;
    let reach = size * d;
    if reach <= 0.5 {
        return 0.0;
    }
    if d >= 1.0 {
        return f64::NEG_INFINITY;
    }
    if d >= 0.5 || reach * d >= 6.0 {
        return (LN_2 + smirnov_ln_sf(n, d)).min(0.0);
    }
    let value =
        if n <= EXACT { crossing(n, reach) } else { 1.0 - pelz_good(size, size.sqrt() * d) };
    value.clamp(0.0, 1.0).ln()
}

/// Returns the exponential of [`kstwo_ln_sf`].
pub fn kstwo_sf(n: u64, d: f64) -> f64 {
    kstwo_ln_sf(n, d).exp()
}

/// Probability that a uniform empirical process leaves the band of half-width `reach` counts.
///
/// A Poisson process of rate n is followed from one change of the band's integers to the next.
/// Whatever leaves the band is added, weighted with its probability to end at n: positive terms
/// only.
fn crossing(n: u64, reach: f64) -> f64 {
    let size = n as f64;
    // Times, in expected counts: the upper bound rises past k at k - reach, the lower one at k +
    // reach.
    let mut ups = (0..=n).map(|k| k as f64 - reach).filter(|time| *time >= 0.0).peekable();
    let mut downs = (0..=n).map(|k| k as f64 + reach).filter(|time| *time < size).peekable();
    // Counts k with k < time + reach and k > time - reach are inside.
    let mut low = 0usize;
    let mut high = (reach.ceil() as usize).min(n as usize + 1);
    let mut inside = vec![0.0; n as usize + 2];
    inside[0] = 1.0;
    let (mut time, mut left) = (0.0, 0.0);
    loop {
        let up = ups.peek().copied().unwrap_or(f64::INFINITY);
        let down = downs.peek().copied().unwrap_or(f64::INFINITY);
        let next = up.min(down);
        if next.is_infinite() {
            break;
        }
        advance(&mut inside, low, high, next - time, |count, mass| {
            left += mass * return_weight(size, count as f64, next);
        });
        time = next;
        if up <= next {
            ups.next();
            high = (high + 1).min(n as usize + 1);
        }
        if down <= next {
            downs.next();
            left += inside[low] * return_weight(size, low as f64, time);
            inside[low] = 0.0;
            low += 1;
        }
    }
    let total = (-stirling_error(size)).exp() / (2.0 * PI * size).sqrt();
    left / total
}

/// Convolves `inside[low..high]` with Poisson steps of the given mean; reports what passes `high`.
fn advance(
    inside: &mut [f64],
    low: usize,
    high: usize,
    mean: f64,
    mut leave: impl FnMut(usize, f64),
) {
    if mean <= 0.0 {
        return;
    }
    let mut steps = Vec::with_capacity(24);
    let mut step = (-mean).exp();
    while step > 1e-30 && steps.len() < 40 {
        steps.push(step);
        step *= mean / steps.len() as f64;
    }
    let limit = inside.len() - 1;
    for count in high..(high + steps.len()).min(limit) {
        let first = count.saturating_sub(steps.len() - 1).max(low);
        let mass: f64 = (first..high).map(|from| inside[from] * steps[count - from]).sum();
        if mass > 0.0 {
            leave(count, mass);
        }
    }
    for count in (low..high).rev() {
        let first = count.saturating_sub(steps.len() - 1).max(low);
        let sources = inside[first..=count].iter().zip(steps[..=count - first].iter().rev());
        inside[count] = sources.map(|(mass, step)| mass * step).sum();
    }
}

/// Probability that exactly `size - count` more arrive in the remaining time.
fn return_weight(size: f64, count: f64, time: f64) -> f64 {
    let (missing, mean) = (size - count, size - time);
    if missing < 0.0 {
        return 0.0;
    }
    if missing == 0.0 {
        return (-mean).exp();
    }
    (-stirling_error(missing) - deviance(missing, mean)).exp() / (2.0 * PI * missing).sqrt()
}

/// Distribution function of `√n D` after Pelz & Good (1976), as in Simard & L'Ecuyer (2011), eq. 4.
fn pelz_good(n: f64, z: f64) -> f64 {
    let (z2, z3) = (z * z, z * z * z);
    let (z4, z6, z7) = (z2 * z2, z3 * z3, z3 * z3 * z);
    let (z8, z10) = (z4 * z4, z6 * z4);
    let pi2 = PI * PI;
    let (mut k0, mut k1, mut k2, mut k3) = (0.0, 0.0, 0.0, 0.0);
    for k in 0..40 {
        let half = f64::from(k) + 0.5;
        let a2 = pi2 * half * half;
        let (a4, a6) = (a2 * a2, a2 * a2 * a2);
        let e = 2.0 * (-a2 / (2.0 * z2)).exp();
        k0 += e;
        k1 += (a2 - z2) * e;
        k2 += (6.0 * z6 + 2.0 * z4 + a2 * (2.0 * z4 - 5.0 * z2) + a4 * (1.0 - 2.0 * z2)) * e;
        k3 += (a6 * (5.0 - 30.0 * z2)
            + a4 * (212.0 * z4 - 60.0 * z2)
            + a2 * (135.0 * z4 - 96.0 * z6)
            - 30.0 * z6
            - 90.0 * z8)
            * e;
    }
    let (mut k2_extra, mut k3_extra) = (0.0, 0.0);
    for k in 1..40 {
        let a2 = pi2 * f64::from(k * k);
        let e = 2.0 * (-a2 / (2.0 * z2)).exp();
        k2_extra += a2 * e;
        k3_extra += (3.0 * a2 * z2 - a2 * a2) * e;
    }
    let root = FRAC_PI_2.sqrt();
    let sqrt_n = n.sqrt();
    let first = root * k0 / z;
    let second = root * k1 / (6.0 * z4);
    let third = root * (k2 / (72.0 * z7) - k2_extra / (36.0 * z3));
    let fourth = root * (k3 / (6480.0 * z10) + k3_extra / (108.0 * z6));
    first + (second + (third + fourth / sqrt_n) / sqrt_n) / sqrt_n
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_samples_have_closed_forms() {
        // n = 1: 2 (1 - d); n = 2, 1/4 <= d <= 1/2: 1 - 2 (2d - 1/2)².
        assert!((kstwo_sf(1, 0.7) - 0.6).abs() < 1e-15);
        for d in [0.26, 0.3, 0.4, 0.49] {
            let exact = 1.0 - 2.0 * (2.0 * d - 0.5f64).powi(2);
            assert!((kstwo_sf(2, d) - exact).abs() < 1e-14, "{d}: {}", kstwo_sf(2, d) - exact);
        }
    }

    #[test]
    fn the_expansion_meets_the_exact_law() {
        for z in [0.45, 0.7, 1.0, 1.36, 2.0] {
            let n = EXACT as f64;
            let (exact, expansion) = (crossing(EXACT, n.sqrt() * z), 1.0 - pelz_good(n, z));
            assert!((exact - expansion).abs() < 1e-8, "{z}: {exact} {expansion}");
        }
    }

    #[test]
    fn the_tail_meets_the_body() {
        for n in [10, 200, 2000] {
            let d = (6.0 / n as f64).sqrt() - 1e-9;
            if d < 0.5 {
                let tail = LN_2 + smirnov_ln_sf(n, d);
                assert!((crossing(n, n as f64 * d).ln() - tail).abs() < 1e-11, "{n}");
            }
        }
    }
}
