//! What a numeric sample is reduced to for tests of means and variances.
//!
//! Owns the mergeable state and its exact finish. The state holds exact sums of powers, so the
//! result is the same to the last bit however the values were ordered, split or merged.

use super::batch_sums;
use super::dyadic::{Dyadic, Scaled};
use super::exact_sum::ExactSum;

/// Sums over the values seen so far. Merge in any order, then [`finish`](Moments::finish).
#[derive(Clone, Debug)]
pub struct Moments {
    finite: u64,
    nan: u64,
    positive_infinite: u64,
    negative_infinite: u64,
    min: f64,
    max: f64,
    sum: ExactSum,
    squares: ExactSum,
    /// Sums of third and fourth powers, where the shape was asked for.
    shape: Option<Box<(ExactSum, ExactSum)>>,
    /// Values up to which the shape is kept.
    shape_limit: u64,
}

/// Values of which [`Moments::with_shape_of_few`] keeps the shape.
const FEW: u64 = 2000;

impl Default for Moments {
    fn default() -> Self {
        Moments::new()
    }
}

impl Moments {
    /// An empty state for mean and variance.
    pub fn new() -> Self {
        Moments {
            finite: 0,
            nan: 0,
            positive_infinite: 0,
            negative_infinite: 0,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
            sum: ExactSum::new(),
            squares: ExactSum::of_powers(2),
            shape: None,
            shape_limit: u64::MAX,
        }
    }

    /// An empty state that also keeps skewness and kurtosis.
    pub fn with_shape() -> Self {
        let shape = (ExactSum::of_powers(3), ExactSum::of_powers(4));
        Moments { shape: Some(Box::new(shape)), ..Moments::new() }
    }

    /// An empty state that keeps them as long as there are few values: there the shape decides
    /// whether a test of means can be trusted, and costs next to nothing.
    pub fn with_shape_of_few() -> Self {
        Moments { shape_limit: FEW, ..Moments::with_shape() }
    }

    /// Takes a value in. NaN and infinities are only counted.
    pub fn push(&mut self, value: f64) {
        if !value.is_finite() {
            return self.push_special(value);
        }
        self.finite += 1;
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        self.sum.add(value);
        self.squares.add(value);
        if let Some(shape) = &mut self.shape {
            shape.0.add(value);
            shape.1.add(value);
            self.forget_shape_of_many();
        }
    }

    fn push_special(&mut self, value: f64) {
        if value.is_nan() {
            self.nan += 1;
            return;
        }
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        if value > 0.0 { self.positive_infinite += 1 } else { self.negative_infinite += 1 }
    }

    /// Takes many values in.
    pub fn push_slice(&mut self, values: &[f64]) {
        let all_finite = values.iter().fold(true, |all, value| all & value.is_finite());
        if all_finite {
            self.forget_shape_of(values.len() as u64);
        }
        if values.len() < batch_sums::WORTH_IT || self.shape.is_some() || !all_finite {
            return values.iter().for_each(|value| self.push(*value));
        }
        self.finite += values.len() as u64;
        self.min = values.iter().fold(self.min, |min, value| min.min(*value));
        self.max = values.iter().fold(self.max, |max, value| max.max(*value));
        batch_sums::add_floats(values, &mut self.sum, &mut self.squares);
    }

    /// Takes many integers in, without passing through a double.
    pub fn push_integers(&mut self, values: &[i64]) {
        let (Some(min), Some(max)) = (values.iter().min(), values.iter().max()) else { return };
        self.forget_shape_of(values.len() as u64);
        if self.shape.is_some() {
            return values.iter().for_each(|value| self.push_i64(*value));
        }
        self.finite += values.len() as u64;
        self.min = self.min.min(*min as f64);
        self.max = self.max.max(*max as f64);
        batch_sums::add_integers(values, &mut self.sum, &mut self.squares);
    }

    /// Takes values in that occur so often each, at least once.
    pub fn push_counted(&mut self, values: &[f64], counts: &[u32]) {
        let all_finite = values.iter().fold(true, |all, value| all & value.is_finite());
        let n = counts.iter().map(|count| u64::from(*count)).sum();
        if all_finite {
            self.forget_shape_of(n);
        }
        if self.shape.is_some() || !all_finite {
            return values.iter().zip(counts).for_each(|(value, count)| {
                (0..*count).for_each(|_| self.push(*value));
            });
        }
        self.finite += n;
        self.min = values.iter().fold(self.min, |min, value| min.min(*value));
        self.max = values.iter().fold(self.max, |max, value| max.max(*value));
        batch_sums::add_counted_floats(values, counts, &mut self.sum, &mut self.squares);
    }

    /// Takes integers in that occur so often each, at least once.
    pub fn push_counted_integers(&mut self, values: &[i64], counts: &[u32]) {
        let (Some(min), Some(max)) = (values.iter().min(), values.iter().max()) else { return };
        let n = counts.iter().map(|count| u64::from(*count)).sum();
        self.forget_shape_of(n);
        if self.shape.is_some() {
            return values.iter().zip(counts).for_each(|(value, count)| {
                (0..*count).for_each(|_| self.push_i64(*value));
            });
        }
        self.finite += n;
        self.min = self.min.min(*min as f64);
        self.max = self.max.max(*max as f64);
        batch_sums::add_counted_integers(values, counts, &mut self.sum, &mut self.squares);
    }

    /// Takes an integer in, without passing through a double.
    pub fn push_i64(&mut self, value: i64) {
        self.push_i128(value.into());
    }

    /// Takes a wide integer in, such as the digits of a decimal, without passing through a double.
    pub fn push_i128(&mut self, value: i128) {
        self.finite += 1;
        let near = value as f64;
        self.min = self.min.min(near);
        self.max = self.max.max(near);
        self.sum.add_i128(value);
        self.squares.add_i128(value);
        if let Some(shape) = &mut self.shape {
            shape.0.add_i128(value);
            shape.1.add_i128(value);
            self.forget_shape_of_many();
        }
    }

    /// Adds what another state has seen. The shape survives if both kept it.
    pub fn merge(&mut self, other: &Moments) {
        self.finite += other.finite;
        self.nan += other.nan;
        self.positive_infinite += other.positive_infinite;
        self.negative_infinite += other.negative_infinite;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.sum.merge(&other.sum);
        self.squares.merge(&other.squares);
        match (&mut self.shape, &other.shape) {
            (Some(own), Some(other)) => {
                own.0.merge(&other.0);
                own.1.merge(&other.1);
            }
            (own, _) => *own = None,
        }
        self.forget_shape_of_many();
    }

    /// The same before so many finite values are taken in.
    fn forget_shape_of(&mut self, n: u64) {
        if self.finite.saturating_add(n) > self.shape_limit {
            self.shape = None;
        }
    }

    /// Whether few or many is decided by the number of values alone, never by their order.
    fn forget_shape_of_many(&mut self) {
        if self.finite > self.shape_limit {
            self.shape = None;
        }
    }

    /// The sum as a whole number, if it is one of at most 128 bits and nothing seen was infinite.
    pub fn whole_sum(&self) -> Option<i128> {
        let is_finite = self.positive_infinite + self.negative_infinite == 0;
        self.sum.to_dyadic().to_i128().filter(|_| is_finite)
    }

    /// The summary of everything seen.
    pub fn finish(&self) -> Summary {
        self.finish_decimal(0)
    }

    /// The same for decimals that were taken in as integers with `digits` digits after the point.
    pub fn finish_decimal(&self, digits: u32) -> Summary {
        let infinite = self.positive_infinite + self.negative_infinite;
        let n = self.finite + infinite;
        let unit = 10f64.powi(digits.min(300) as i32);
        let mut summary = Summary {
            n,
            nan: self.nan,
            infinite,
            min: (n > 0).then_some(self.min / unit),
            max: (n > 0).then_some(self.max / unit),
            ..Summary::default()
        };
        if infinite > 0 {
            let one_sided = self.positive_infinite == 0 || self.negative_infinite == 0;
            let sign = if self.positive_infinite > 0 { f64::INFINITY } else { f64::NEG_INFINITY };
            summary.sum = one_sided.then_some(sign);
            return summary;
        }
        if n > 0 {
            self.finish_finite(&mut summary, &powers_of_ten(digits));
        }
        summary
    }

    fn finish_finite(&self, summary: &mut Summary, unit: &[u64]) {
        let n = self.finite;
        let (s1, s2) = (self.sum.to_dyadic(), self.squares.to_dyadic());
        let with = |divisors: &[u64]| [divisors, unit].concat();
        let twice_with = |divisors: &[u64]| [divisors, unit, unit].concat();
        let mean = s1.over(&with(&[n])).to_f64();
        let scaled_mean =
            unit.iter().fold(Dyadic::from_f64(mean), |product, u| product.times_u64(*u));
        let rest = s1.minus(&scaled_mean.times_u64(n));
        summary.sum = Some(s1.over(unit).to_f64());
        summary.mean = Some(mean);
        summary.mean_tail = if mean.is_finite() { rest.over(&with(&[n])).to_f64() } else { 0.0 };
        // n² times the second central moment, exactly; likewise below.
        let m2 = s2.times_u64(n).minus(&s1.times(&s1));
        summary.constant = m2.is_zero();
        if n >= 2 {
            let variance = m2.over(&twice_with(&[n, n - 1]));
            summary.variance = Some(variance.to_f64());
            summary.sd = Some(variance.sqrt());
        }
        if self.min.abs().max(self.max.abs()) < TINY {
            let lift = i64::from(LIFT);
            let mean = s1.times_power_of_two(lift).over(&with(&[n])).to_f64();
            let variance = m2.times_power_of_two(2 * lift).over(&twice_with(&[n, n.max(2) - 1]));
            summary.lifted = Some(Lifted { mean, sd: variance.sqrt() });
        }
        let Some(shape) = self.shape.as_ref().filter(|_| !m2.is_zero()) else { return };
        let (s3, s4) = (shape.0.to_dyadic(), shape.1.to_dyadic());
        let scale = m2.over(&[]);
        let (m3, excess) = central(n, [&s1, &s2, &s3, &s4], &m2);
        summary.skewness = Some(m3.over_power(scale, 1.5));
        summary.kurtosis = Some(excess.over_power(scale, 2.0));
    }
}

/// n³ m3 and n⁴ (m4 - 3 m2²) from the sums of powers and n² m2.
fn central(n: u64, [s1, s2, s3, s4]: [&Dyadic; 4], m2: &Dyadic) -> (Scaled, Scaled) {
    let square = s1.times(s1);
    let m3 = s3.times_u64(n).times_u64(n);
    let m3 = m3.minus(&s1.times(s2).times_u64(3).times_u64(n));
    let m3 = m3.plus(&square.times(s1).times_u64(2));
    let m4 = s4.times_u64(n).times_u64(n).times_u64(n);
    let m4 = m4.minus(&s1.times(s3).times_u64(4).times_u64(n).times_u64(n));
    let m4 = m4.plus(&square.times(s2).times_u64(6).times_u64(n));
    let m4 = m4.minus(&square.times(&square).times_u64(3));
    let excess = m4.minus(&m2.times(m2).times_u64(3));
    (m3.over(&[]), excess.over(&[]))
}

/// Below this size of all values the moments are also kept 2^1000 times larger, where subnormal
/// numbers would cost them their digits.
const TINY: f64 = 1e-150;
pub(super) const LIFT: i32 = 1000;

/// Mean and deviation of tiny values, times 2^1000.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Lifted {
    pub mean: f64,
    pub sd: f64,
}

/// Factors whose product is 10^digits.
fn powers_of_ten(digits: u32) -> Vec<u64> {
    let mut factors = vec![10u64.pow(19); digits as usize / 19];
    if !digits.is_multiple_of(19) {
        factors.push(10u64.pow(digits % 19));
    }
    factors
}

/// Moments of a sample, each rounded once from the exact value.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Summary {
    /// Values that are not NaN, infinities included.
    pub n: u64,
    /// Values that were NaN, and took no part.
    pub nan: u64,
    /// Infinities; with any of them there is no mean.
    pub infinite: u64,
    /// `None` when both infinities occur, or without values.
    pub sum: Option<f64>,
    pub mean: Option<f64>,
    /// What the exact mean has beyond `mean`: differences of means keep their digits with it.
    pub mean_tail: f64,
    /// With n - 1 below; `None` for less than two values.
    pub variance: Option<f64>,
    /// Right even where the variance leaves the range of doubles.
    pub sd: Option<f64>,
    /// m3/m2^1.5, where the shape was kept and the values differ.
    pub skewness: Option<f64>,
    /// m4/m2² - 3.
    pub kurtosis: Option<f64>,
    pub min: Option<f64>,
    pub max: Option<f64>,
    /// Whether all values are equal, decided exactly.
    pub constant: bool,
    pub(super) lifted: Option<Lifted>,
}

impl Summary {
    /// The summary of a slice; of few values with their shape.
    pub fn of(values: &[f64]) -> Summary {
        let mut moments = Moments::with_shape_of_few();
        moments.push_slice(values);
        moments.finish()
    }

    /// The exact difference of the means, rounded once or twice.
    pub fn mean_minus(&self, other: &Summary) -> Option<f64> {
        let (own, its) = (self.mean?, other.mean?);
        Some(add_exactly(own, -its, self.mean_tail - other.mean_tail))
    }

    /// The exact mean minus a number.
    pub fn mean_minus_value(&self, value: f64) -> Option<f64> {
        Some(add_exactly(self.mean?, -value, self.mean_tail))
    }

    /// Skewness adjusted for bias, G1.
    pub fn adjusted_skewness(&self) -> Option<f64> {
        let n = self.n as f64;
        (self.n > 2).then_some(self.skewness? * (n * (n - 1.0)).sqrt() / (n - 2.0))
    }

    /// Excess kurtosis adjusted for bias, G2.
    pub fn adjusted_kurtosis(&self) -> Option<f64> {
        let n = self.n as f64;
        let factor = (n - 1.0) / ((n - 2.0) * (n - 3.0));
        (self.n > 3).then_some(factor * ((n + 1.0) * self.kurtosis? + 6.0))
    }
}

/// Adds `a + b + c` where c is small beside both, keeping what `a + b` loses.
fn add_exactly(a: f64, b: f64, c: f64) -> f64 {
    let sum = a + b;
    if !sum.is_finite() {
        return sum;
    }
    // Knuth's two-sum.
    let virtual_b = sum - a;
    let lost = (a - (sum - virtual_b)) + (b - virtual_b);
    sum + (lost + c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64]) -> Summary {
        let mut moments = Moments::with_shape();
        moments.push_slice(values);
        moments.finish()
    }

    #[test]
    fn the_same_bits_for_any_chunks_and_order() {
        let values: Vec<f64> = (0..1000).map(|i| (f64::from(i) * 0.7).sin() * 1e3 + 1e9).collect();
        let whole = of(&values);
        for chunk in [1, 7, 333] {
            let mut merged = Moments::with_shape();
            for part in values.chunks(chunk).rev() {
                let mut moments = Moments::with_shape();
                part.iter().rev().for_each(|x| moments.push(*x));
                merged.merge(&moments);
            }
            assert_eq!(merged.finish(), whole);
        }
    }

    #[test]
    fn constants_are_constant() {
        let summary = of(&[0.1; 10]);
        assert!(summary.constant);
        assert_eq!(summary.variance, Some(0.0));
        assert_eq!(summary.mean, Some(0.1));
        assert_eq!(summary.skewness, None);
    }

    #[test]
    fn integers_and_decimals_are_exact() {
        let mut moments = Moments::new();
        [i64::MAX, i64::MAX - 1, i64::MAX - 2].iter().for_each(|v| moments.push_i64(*v));
        assert_eq!(moments.finish().variance, Some(1.0));
        assert_eq!(moments.whole_sum(), Some(3 * (i128::from(i64::MAX) - 1)));
        let mut moments = Moments::new();
        [110, 120, 130].iter().for_each(|v| moments.push_i128(*v));
        let summary = moments.finish_decimal(2);
        assert_eq!((summary.mean, summary.sd), (Some(1.2), Some(0.1)));
        assert!(summary.mean_tail.abs() < 1e-16 && summary.mean_tail != 0.0);
    }

    #[test]
    fn extremes_keep_their_deviation() {
        assert_eq!(of(&[1e300, 3e300]).variance, Some(f64::INFINITY));
        assert!(
            (of(&[1e300, 3e300]).sd.unwrap_or(0.0) / (2e300 / 2f64.sqrt()) - 1.0).abs() < 1e-15
        );
        assert!(of(&[5e-324, 1.5e-323]).sd.unwrap_or(0.0) > 0.0);
        let shifted = of(&[1e15, 1e15 + 0.125]);
        assert_eq!(shifted.mean_minus_value(1e15), Some(0.0625));
    }

    #[test]
    fn infinities_and_nan_are_counted() {
        let summary = of(&[1.0, f64::INFINITY, f64::NAN]);
        assert_eq!((summary.n, summary.infinite, summary.nan), (2, 1, 1));
        assert_eq!((summary.mean, summary.sum), (None, Some(f64::INFINITY)));
        assert_eq!(of(&[]), Summary::default());
    }
}
