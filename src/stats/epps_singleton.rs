//! The two-sample test of Epps and Singleton (1986): it compares empirical characteristic
//! functions, and so also serves discrete values.

use super::p_values::chi2_p;
use super::quantile::{Definition, Fraction, quantile};
use super::relative_entropy::Compensated;
use super::shift_power::{Whole, detectable};
use super::{Design, Effect, PValue, TestResult, Undefined};

/// Where the characteristic functions are compared, in units of half the pooled interquartile
/// range.
pub const POINTS: [f64; 2] = [0.4, 0.8];
/// Cosine and sine at each point.
const K: usize = 4;

/// W and its chi-square tail.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EppsSingleton {
    pub statistic: f64,
    /// Rank of the covariance.
    pub df: f64,
    pub p: PValue,
}

/// Tests whether two samples come from one distribution. The small-sample correction of the authors
/// applies below 25 values.
pub fn epps_singleton(x: &[f64], y: &[f64]) -> Result<EppsSingleton, Undefined> {
    let smaller = x.len().min(y.len());
    if smaller < 5 {
        return Err(Undefined::TooFew { needed: 5, got: smaller as u64 });
    }
    if x.iter().chain(y).any(|value| !value.is_finite()) {
        return Err(Undefined::Infinite);
    }
    let mut pooled = [x, y].concat();
    pooled.sort_by(f64::total_cmp);
    let unit = match (quartile(&pooled, 1), quartile(&pooled, 3)) {
        (Some(low), Some(high)) if low < high => high / 2.0 - low / 2.0,
        _ => return Err(Undefined::Other("the pooled interquartile range is 0".to_string())),
    };
    // Angles from the middle of the data keep their digits; the statistic does not depend on the
    // origin.
    let origin = pooled[pooled.len() / 2];
    let features = |value: &f64| {
        let angles = POINTS.map(|point| point * ((value - origin) / unit));
        [angles[0].cos(), angles[1].cos(), angles[0].sin(), angles[1].sin()]
    };
    let sides = [x, y].map(|side| Side::new(side.iter().map(features).collect()));
    let n = pooled.len() as f64;
    let mut covariance = [[0.0; K]; K];
    for side in &sides {
        for (i, row) in covariance.iter_mut().enumerate() {
            for (j, value) in row.iter_mut().enumerate() {
                *value += n / side.n * side.covariance[i][j];
            }
        }
    }
    let gap: [f64; K] = std::array::from_fn(|i| sides[0].mean[i] - sides[1].mean[i]);
    let (form, rank) = inverse_form(covariance, gap);
    let statistic = n * form * small_sample_correction(sides[0].n, sides[1].n);
    let df = rank as f64;
    if rank == 0 {
        return Err(Undefined::ZeroVariance);
    }
    Ok(EppsSingleton { statistic, df, p: chi2_p(statistic, df) })
}

/// What W of small samples is multiplied by, so that it follows chi-square.
pub fn small_sample_correction(n: f64, m: f64) -> f64 {
    if n.max(m) >= 25.0 {
        return 1.0;
    }
    1.0 / (1.0 + (n + m).powf(-0.45) + 10.1 * (n.powf(-1.7) + m.powf(-1.7)))
}

/// The same with an effect that was measured elsewhere.
pub fn two_sample(
    x: &[f64],
    y: &[f64],
    effect: impl FnOnce(&Design) -> Effect,
    design: &Design,
) -> Result<TestResult, Undefined> {
    let found = epps_singleton(x, y)?;
    Ok(TestResult {
        name: "epps_singleton",
        symbol: "W",
        statistic: found.statistic,
        p: found.p,
        n: vec![x.len() as u64, y.len() as u64],
        df: Some(found.df),
        exact: false,
        method: "chi-square limit",
        effect: effect(design),
        margin: None,
        detectable: detectable(Whole::EppsSingleton, [x.len() as u64, y.len() as u64], design),
        warnings: Vec::new(),
    })
}

fn quartile(sorted: &[f64], k: u64) -> Option<f64> {
    quantile(sorted, Fraction::new(k, 4)?, Definition::Type7)
}

/// Means and covariances (divisor n) of the features of one sample.
struct Side {
    n: f64,
    mean: [f64; K],
    covariance: [[f64; K]; K],
}

impl Side {
    fn new(features: Vec<[f64; K]>) -> Self {
        let n = features.len() as f64;
        let average = |term: &dyn Fn(&[f64; K]) -> f64| {
            features.iter().map(term).collect::<Compensated>().value() / n
        };
        let mean: [f64; K] = std::array::from_fn(|i| average(&|row| row[i]));
        let entry = |i: usize, j: usize| average(&|row| (row[i] - mean[i]) * (row[j] - mean[j]));
        let covariance = std::array::from_fn(|i| std::array::from_fn(|j| entry(i, j)));
        Side { n, mean, covariance }
    }
}

/// g' A⁺ g and the rank of A, by Jacobi's rotations of the symmetric A.
fn inverse_form(mut a: [[f64; K]; K], g: [f64; K]) -> (f64, usize) {
    let mut vectors: [[f64; K]; K] =
        std::array::from_fn(|i| std::array::from_fn(|j| f64::from(u8::from(i == j))));
    for _ in 0..60 {
        let mut off = 0.0;
        for p in 0..K {
            for q in p + 1..K {
                off += a[p][q] * a[p][q];
                rotate(&mut a, &mut vectors, p, q);
            }
        }
        if off == 0.0 {
            break;
        }
    }
    let largest = (0..K).fold(0.0, |largest: f64, i| largest.max(a[i][i].abs()));
    let mut form = 0.0;
    let mut rank = 0;
    for i in 0..K {
        if a[i][i].abs() > largest * K as f64 * f64::EPSILON {
            let along: f64 = (0..K).map(|j| vectors[j][i] * g[j]).sum();
            form += along * along / a[i][i];
            rank += 1;
        }
    }
    (form, rank)
}

fn rotate(a: &mut [[f64; K]; K], vectors: &mut [[f64; K]; K], p: usize, q: usize) {
    if a[p][q] == 0.0 {
        return;
    }
    let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    let t = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let c = 1.0 / t.hypot(1.0);
    let s = t * c;
    for row in a.iter_mut().chain(vectors.iter_mut()) {
        let (x, y) = (row[p], row[q]);
        (row[p], row[q]) = (c * x - s * y, s * x + c * y);
    }
    let (upper, lower) = (a[p], a[q]);
    a[p] = std::array::from_fn(|i| c * upper[i] - s * lower[i]);
    a[q] = std::array::from_fn(|i| s * upper[i] + c * lower[i]);
    (a[p][q], a[q][p]) = (0.0, 0.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    const X: [f64; 6] = [0.1, 0.9, 1.4, 2.2, 2.5, 4.0];
    const Y: [f64; 7] = [1.0, 2.0, 2.6, 3.1, 3.9, 5.5, 6.0];

    // Law: symmetric, and blind to offset and unit.
    #[test]
    fn offset_and_unit_do_not_matter() {
        let plain = epps_singleton(&X, &Y).expect("a spread").statistic;
        let back = epps_singleton(&Y, &X).expect("a spread").statistic;
        let change = |x: f64| x * 4.0 + 1e6;
        let moved = epps_singleton(&X.map(change), &Y.map(change)).expect("a spread").statistic;
        assert!((back / plain - 1.0).abs() < 1e-10 && (moved / plain - 1.0).abs() < 1e-6);
    }

    #[test]
    fn too_little_is_undefined() {
        assert!(epps_singleton(&X[..4], &Y).is_err());
        assert!(epps_singleton(&[1.0; 6], &[1.0; 6]).is_err());
        assert_eq!(
            epps_singleton(&[1.0, 2.0, 3.0, 4.0, f64::INFINITY], &X),
            Err(Undefined::Infinite)
        );
    }
}
