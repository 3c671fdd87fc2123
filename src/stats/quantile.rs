//! Quantiles of a sample: Hyndman and Fan's nine definitions, intervals from order statistics.
//!
//! The probability is a fraction, so that n·p is never rounded before it is compared with a whole
//! number.

use super::Interval;
use super::special::{binom_cdf, binom_tails};

/// A probability as a fraction of whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fraction {
    numerator: u64,
    denominator: u64,
}

impl Fraction {
    /// `None` outside 0 … 1, or for terms beyond 2^32.
    pub fn new(numerator: u64, denominator: u64) -> Option<Fraction> {
        let fits = numerator <= denominator && denominator > 0 && denominator <= 1 << 60;
        fits.then_some(Fraction { numerator, denominator })
    }

    /// The fraction that the shortest decimal form of a double says: 0.1 is one tenth.
    pub fn from_f64(p: f64) -> Option<Fraction> {
        if !(0.0..=1.0).contains(&p) {
            return None;
        }
        let text = format!("{p}");
        let (whole, digits) = text.split_once('.').unwrap_or((&text, ""));
        // Beyond eighteen digits the probability is as good as any double.
        let digits = &digits[..digits.len().min(18)];
        let denominator = 10u64.pow(digits.len() as u32);
        let fraction = if digits.is_empty() { 0 } else { digits.parse().ok()? };
        Fraction::new(whole.parse::<u64>().ok()? * denominator + fraction, denominator)
    }

    /// The nearest double.
    pub fn value(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }
}

/// The nine definitions of R. J. Hyndman & Y. Fan, "Sample quantiles in statistical packages"
/// (1996).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Definition {
    /// The inverse of the distribution function.
    Type1,
    /// The same, averaged at its steps.
    Type2,
    /// The order statistic nearest to n·p, the even one of two (SAS).
    Type3,
    /// Linear interpolation of the distribution function.
    Type4,
    /// Linear between the middles of its steps (hydrology).
    Type5,
    /// Linear over (n+1)p (Weibull; Minitab, SPSS).
    Type6,
    /// Linear over (n-1)p + 1, the default of numpy, polars, R and Excel.
    #[default]
    Type7,
    /// Median-unbiased, whatever the distribution.
    Type8,
    /// Unbiased for the normal distribution.
    Type9,
}

impl Definition {
    /// All of them in order.
    pub const ALL: [Definition; 9] = [
        Definition::Type1,
        Definition::Type2,
        Definition::Type3,
        Definition::Type4,
        Definition::Type5,
        Definition::Type6,
        Definition::Type7,
        Definition::Type8,
        Definition::Type9,
    ];
}

/// Two neighbouring order statistics, counted from zero, and the share of the upper one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    pub lower: u64,
    pub upper: u64,
    pub weight: f64,
}

impl Position {
    /// The quantile of the sorted sample that the position was asked for.
    pub fn of(self, sorted: &[f64]) -> f64 {
        interpolate(sorted[self.lower as usize], sorted[self.upper as usize], self.weight)
    }
}

/// Where the quantile of a sorted sample of `n` values lies. `None` without values.
pub fn position(n: u64, p: Fraction, definition: Definition) -> Option<Position> {
    if n == 0 {
        return None;
    }
    let (a, b, n_wide) = (i128::from(p.numerator), i128::from(p.denominator), i128::from(n));
    // The place is place/scale, counted from one: n·p plus the definition's shift.
    let (place, scale) = match definition {
        Definition::Type1 | Definition::Type2 | Definition::Type4 => (n_wide * a, b),
        Definition::Type3 | Definition::Type5 => (2 * n_wide * a + b, 2 * b),
        Definition::Type6 => ((n_wide + 1) * a, b),
        Definition::Type7 => ((n_wide - 1) * a + b, b),
        Definition::Type8 => ((3 * n_wide + 1) * a + b, 3 * b),
        Definition::Type9 => (2 * (4 * n_wide + 1) * a + 3 * b, 8 * b),
    };
    let (whole, rest) = (place.div_euclid(scale), place.rem_euclid(scale));
    let weight = match definition {
        Definition::Type1 => f64::from(u8::from(rest > 0)),
        Definition::Type2 if rest == 0 => 0.5,
        Definition::Type2 => 1.0,
        // The place is n·p + 1/2 here: a whole one is a tie of two neighbours, and the even one
        // wins.
        Definition::Type3 if rest == 0 && whole % 2 != 0 => -1.0,
        Definition::Type3 => 0.0,
        _ => rest as f64 / scale as f64,
    };
    let (whole, weight) = if weight < 0.0 { (whole - 1, 0.0) } else { (whole, weight) };
    let index = |rank: i128| (rank - 1).clamp(0, n_wide - 1) as u64;
    Some(Position { lower: index(whole), upper: index(whole + 1), weight })
}

/// The quantile of a sorted sample without NaN.
pub fn quantile(sorted: &[f64], p: Fraction, definition: Definition) -> Option<f64> {
    let position = position(sorted.len() as u64, p, definition)?;
    let at = |index: u64| sorted.get(index as usize).copied();
    Some(interpolate(at(position.lower)?, at(position.upper)?, position.weight))
}

/// The point between two values, safe for infinities and for the largest doubles.
pub fn interpolate(low: f64, high: f64, weight: f64) -> f64 {
    if weight == 0.0 || low == high {
        return low;
    }
    if weight == 1.0 {
        return high;
    }
    let width = high - low;
    if width.is_finite() { low + weight * width } else { (1.0 - weight) * low + weight * high }
}

/// The median.
pub fn median(sorted: &[f64]) -> Option<f64> {
    quantile(sorted, Fraction { numerator: 1, denominator: 2 }, Definition::Type7)
}

/// An interval for a quantile between two order statistics, counted from one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankInterval {
    /// `None` where no order statistic is low, or high, enough for the level.
    pub lower_rank: Option<u64>,
    pub upper_rank: Option<u64>,
    /// Probability with which both ranks enclose the quantile of a continuous law.
    pub coverage: Option<f64>,
}

/// The equal-tailed interval for the quantile at `p`, valid for any distribution (David & Nagaraja
/// 2003, 7.1): the number of values below the quantile is binomial.
///
/// The lower rank is the largest l with P(B < l) <= α/2, the upper one the smallest u with
/// P(B >= u) <= α/2.
pub fn rank_interval(n: u64, p: f64, level: f64) -> RankInterval {
    let tail = 0.5 * (1.0 - level);
    // A hair of room, so that a tail of exactly α/2 is not lost to rounding.
    let small = |probability: f64| probability <= tail * (1.0 + 1e-12);
    // P(B <= l - 1) grows with l.
    let lower = last(0, n, |l| l == 0 || small(binom_cdf(l - 1, n, p)));
    // P(B > u - 1) falls with u; beyond n it is zero.
    let upper = 1 + last(0, n, |k| k == 0 || !small(binom_tails(k - 1, n, p).upper));
    let lower_rank = (lower > 0).then_some(lower);
    let upper_rank = (upper <= n).then_some(upper);
    let coverage = lower_rank
        .zip(upper_rank)
        .map(|(l, u)| 1.0 - binom_cdf(l - 1, n, p) - binom_tails(u - 1, n, p).upper);
    RankInterval { lower_rank, upper_rank, coverage }
}

/// The interval itself, of a sorted sample; an end that no order statistic reaches is infinite.
pub fn quantile_interval(sorted: &[f64], p: f64, level: f64) -> Interval {
    let ranks = rank_interval(sorted.len() as u64, p, level);
    let at = |rank: u64| sorted.get(rank as usize - 1).copied();
    Interval {
        low: ranks.lower_rank.and_then(at).unwrap_or(f64::NEG_INFINITY),
        high: ranks.upper_rank.and_then(at).unwrap_or(f64::INFINITY),
        level,
    }
}

/// The last of low … high for which `holds`, which holds up to some point; `low` always does.
fn last(mut low: u64, mut high: u64, holds: impl Fn(u64) -> bool) -> u64 {
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if holds(middle) { low = middle } else { high = middle - 1 }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_what_the_text_says() {
        for (p, numerator, denominator) in
            [(0.1, 1, 10), (0.0, 0, 1), (1.0, 1, 1), (0.025, 25, 1000)]
        {
            assert_eq!(Fraction::from_f64(p), Fraction::new(numerator, denominator));
        }
        assert_eq!(Fraction::from_f64(1e-7).map(Fraction::value), Some(1e-7));
        assert_eq!(Fraction::from_f64(1.5), None);
        assert_eq!(Fraction::from_f64(f64::NAN), None);
    }

    #[test]
    fn steps_are_taken_exactly() {
        // 0.07 · 100 is 7.000000000000001 in doubles.
        let p = Fraction::from_f64(0.07).expect("a probability");
        let place = position(100, p, Definition::Type1).expect("values");
        assert_eq!((place.lower, place.weight), (6, 0.0));
    }

    #[test]
    fn extremes_stay_within_the_sample() {
        let sorted = [f64::NEG_INFINITY, -f64::MAX, f64::MAX, f64::INFINITY];
        for definition in Definition::ALL {
            for p in [0.0, 0.25, 0.5, 1.0] {
                let p = Fraction::from_f64(p).expect("a probability");
                assert!(quantile(&sorted, p, definition).is_some_and(|q| !q.is_nan()));
            }
        }
        assert_eq!(median(&sorted), Some(0.0));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn small_samples_have_no_interval() {
        let ranks = rank_interval(5, 0.5, 0.95);
        assert_eq!((ranks.lower_rank, ranks.upper_rank), (None, None));
        assert_eq!(quantile_interval(&[1.0; 5], 0.5, 0.95).low, f64::NEG_INFINITY);
    }
}
