//! Correlation of two columns, with p-values and intervals, and the comparison of correlations.
//!
//! Pairs with a missing side are dropped before they come here. A constant column has no
//! correlation.

mod compare;
mod kendall;
mod spearman;
mod two_sample;

use super::dyadic::Dyadic;
use super::exact_sum::ExactSum;
use super::p_values::t_two_sided_p;
use super::special::norm_isf;
use super::{Interval, PValue, Undefined};

pub use compare::{CompareR, CorrelationMatrix, Jennrich, compare_r, jennrich};
pub use kendall::{Kendall, kendall};
pub use spearman::{Spearman, spearman, spearman_r};
pub use two_sample::{RankCorrelation, detectable_rank, pearson_two_sample, rank_two_sample};

/// Pearson's correlation and what follows from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pearson {
    pub n: u64,
    pub r: f64,
    /// r sqrt(n - 2) / sqrt(1 - r²), infinite for a perfect line.
    pub t: f64,
    /// From Student's t; exact for normal data.
    pub p_two_sided: PValue,
    /// Fisher's z, the area tangent of r.
    pub fisher_z: f64,
}

impl Pearson {
    /// Fisher's interval (1921), the widest possible one below four pairs.
    pub fn interval(&self, level: f64) -> Interval {
        if self.n < 4 {
            return Interval { low: -1.0, high: 1.0, level };
        }
        let half = norm_isf((1.0 - level) / 2.0) / (self.n as f64 - 3.0).sqrt();
        let (low, high) = ((self.fisher_z - half).tanh(), (self.fisher_z + half).tanh());
        Interval { low, high, level }
    }
}

/// Pearson's correlation. All sums are exact, so that neither offsets nor a nearly perfect line
/// cost digits: 1 - r² comes from the sums, not from r.
pub fn pearson(x: &[f64], y: &[f64]) -> Result<Pearson, Undefined> {
    if x.len() != y.len() {
        return Err(Undefined::Other("columns of different lengths".to_string()));
    }
    if x.len() < 2 {
        return Err(Undefined::TooFew { needed: 2, got: x.len() as u64 });
    }
    if x.iter().chain(y).any(|value| !value.is_finite()) {
        return Err(Undefined::Infinite);
    }
    let products = Products::new(x, y);
    if products.xx.is_zero() || products.yy.is_zero() {
        return Err(Undefined::ZeroVariance);
    }
    Ok(products.correlation(x.len() as u64))
}

/// n times the sums of squares and products about the means, exactly.
struct Products {
    xx: Dyadic,
    yy: Dyadic,
    xy: Dyadic,
}

impl Products {
    fn new(x: &[f64], y: &[f64]) -> Self {
        let (x_unit, y_unit) = (unit(x), unit(y));
        let [mut sum_x, mut sum_y, mut sum_xy] = std::array::from_fn(|_| ExactSum::new());
        let [mut sum_xx, mut sum_yy] = std::array::from_fn(|_| ExactSum::of_powers(2));
        for (x, y) in x.iter().zip(y) {
            // Powers of two bring both columns near 1, so that products neither over- nor
            // underflow.
            let (x, y) = (x * x_unit, y * y_unit);
            sum_x.add(x);
            sum_y.add(y);
            sum_xx.add(x);
            sum_yy.add(y);
            let product = x * y;
            sum_xy.add(product);
            sum_xy.add(x.mul_add(y, -product));
        }
        let n = x.len() as u64;
        let [x, y, xy] = [sum_x, sum_y, sum_xy].map(|sum| sum.to_dyadic());
        let centred = |sum: Dyadic, a: &Dyadic, b: &Dyadic| sum.times_u64(n).minus(&a.times(b));
        Products {
            xx: centred(sum_xx.to_dyadic(), &x, &x),
            yy: centred(sum_yy.to_dyadic(), &y, &y),
            xy: centred(xy, &x, &y),
        }
    }

    fn correlation(&self, n: u64) -> Pearson {
        let whole = self.xx.times(&self.yy);
        let unexplained = whole.minus(&self.xy.times(&self.xy));
        from_products(n, self.xy.to_f64(), whole.to_f64(), unexplained.to_f64())
    }
}

/// The power of two that brings the largest value of a column near 1.
fn unit(values: &[f64]) -> f64 {
    let largest = values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    if largest > 0.0 { (-largest.log2().floor()).clamp(-1000.0, 1000.0).exp2() } else { 1.0 }
}

/// From the product sum, the product of the square sums, and what the line leaves of the latter.
fn from_products(n: u64, xy: f64, whole: f64, unexplained: f64) -> Pearson {
    let r = (xy / whole.sqrt()).clamp(-1.0, 1.0);
    let df = n as f64 - 2.0;
    let unexplained = unexplained.max(0.0);
    let t = if df > 0.0 { xy * df.sqrt() / unexplained.sqrt() } else { 0.0 };
    let t = if xy == 0.0 { 0.0 } else { t };
    let p_two_sided = match (df > 0.0, t.is_infinite()) {
        (false, _) => PValue::new(1.0),
        (true, true) => PValue::new(0.0),
        (true, false) => t_two_sided_p(t, df),
    };
    // Near ±1: ln((1 + |r|) / sqrt(1 - r²)), with 1 - r² from the sums.
    let fisher_z = if r.abs() < 0.5 {
        r.atanh()
    } else {
        ((1.0 + r.abs()) / (unexplained / whole).sqrt()).ln().copysign(r)
    };
    Pearson { n, r, t, p_two_sided, fisher_z }
}

#[cfg(test)]
mod tests {
    use super::*;

    const X: [f64; 6] = [1.0, 2.5, 3.0, 4.75, 6.0, 6.5];
    const Y: [f64; 6] = [2.0, 1.5, 4.0, 3.25, 7.0, 5.5];

    // Law: symmetric in the columns, and blind to offset and unit.
    #[test]
    fn offset_and_unit_do_not_matter() {
        let plain = pearson(&X, &Y).expect("a spread");
        assert_eq!(pearson(&Y, &X), Ok(plain));
        for (offset, unit) in [(1e9, 1.0), (0.0, 1e300), (0.0, 1e-300), (-1e12, 4.0)] {
            let got = pearson(&X.map(|x| x * unit + offset), &Y).expect("a spread");
            assert!((got.r - plain.r).abs() < 1e-12, "{offset} {unit}");
        }
        let mirrored = pearson(&X.map(|x| -x), &Y).expect("a spread");
        assert_eq!((mirrored.r, mirrored.t), (-plain.r, -plain.t));
    }

    #[test]
    fn nearly_perfect_lines_keep_their_tail() {
        let y = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0 + 1e-9];
        let got = pearson(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &y).expect("a spread");
        assert!(got.p_two_sided.value > 0.0 && got.p_two_sided.value < 1e-30);
        let exact = pearson(&[1.0, 2.0, 3.0], &[3.0, 6.0, 9.0]).expect("a spread");
        assert_eq!((exact.r, exact.p_two_sided.value), (1.0, 0.0));
    }

    #[test]
    fn constant_columns_are_undefined() {
        assert_eq!(pearson(&[0.1; 10], &[1.0; 10]), Err(Undefined::ZeroVariance));
        assert!(pearson(&[1.0], &[1.0]).is_err());
        assert_eq!(pearson(&[1.0, f64::INFINITY], &[1.0, 2.0]), Err(Undefined::Infinite));
    }
}
