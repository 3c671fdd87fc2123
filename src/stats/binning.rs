//! Continuous values into counts: quantile bins of a reference, and the usual histogram rules.
//!
//! Owns edges and counting. Edges of a reference are kept with its profile, so that runs are
//! comparable.

use std::fmt;
use std::str::FromStr;

use super::Undefined;
use super::quantile::{Definition, Fraction, interpolate, position, quantile};
use super::relative_entropy::Compensated;

/// Bins that a comparison uses unless told otherwise.
pub const DEFAULT_BINS: usize = 10;

/// Most bins that a rule may ask for.
const MAX_BINS: f64 = 1e6;

/// The inner edges of bins that hold equal parts of the reference: its k/`bins` quantiles by linear
/// interpolation (Hyndman & Fan 1996, type 7), repeated ones once.
///
/// The outer bins are open, so that there is one bin more than edges. `sorted` is ascending.
pub fn quantile_edges(sorted: &[f64], bins: usize) -> Result<Vec<f64>, Undefined> {
    quantile_edges_at(sorted.len() as u64, bins, |rank| sorted[rank as usize])
}

/// The same for `n` values, of which the one of each rank, counted from 0, can be asked for.
pub fn quantile_edges_at(
    n: u64,
    bins: usize,
    at: impl Fn(u64) -> f64,
) -> Result<Vec<f64>, Undefined> {
    if n == 0 || bins == 0 {
        return Err(Undefined::TooFew { needed: 1, got: 0 });
    }
    let part = |numerator: usize| {
        let fraction = Fraction::new(numerator as u64, bins as u64);
        let place = fraction.and_then(|fraction| position(n, fraction, Definition::Type7));
        place.map_or(f64::NAN, |place| interpolate(at(place.lower), at(place.upper), place.weight))
    };
    let mut edges: Vec<f64> = (1..bins).map(part).collect();
    if edges.iter().any(|edge| edge.is_nan()) {
        return Err(Undefined::Infinite);
    }
    edges.dedup();
    Ok(edges)
}

/// The numerator/denominator quantile of ascending values.
fn part(sorted: &[f64], numerator: u64, denominator: u64) -> f64 {
    let fraction = Fraction::new(numerator, denominator);
    let value = fraction.and_then(|fraction| quantile(sorted, fraction, Definition::Type7));
    value.unwrap_or(f64::NAN)
}

/// Counts of values per bin; a bin is open on the left and closed on the right, the outer ones
/// endless.
///
/// NaN belongs to no bin and is left out.
pub fn count_right_closed<T: PartialOrd + Copy>(values: &[T], inner_edges: &[T]) -> Vec<u64> {
    let mut counts = vec![0; inner_edges.len() + 1];
    for value in values.iter().filter(|value| value.partial_cmp(value).is_some()) {
        counts[inner_edges.partition_point(|edge| edge < value)] += 1;
    }
    counts
}

/// How many equal bins a histogram has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinRule {
    /// This many.
    Count(usize),
    /// log2(n) + 1 (Sturges 1926).
    Sturges,
    /// Width 2 IQR / n^(1/3) (Freedman & Diaconis 1981); one bin where the quartiles are equal.
    FreedmanDiaconis,
    /// Width (24 sqrt(π) / n)^(1/3) standard deviations (Scott 1979).
    Scott,
    /// 2 n^(1/3).
    Rice,
    /// sqrt(n).
    SquareRoot,
}

impl FromStr for BinRule {
    type Err = UnknownBinRule;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "sturges" => Ok(BinRule::Sturges),
            "fd" | "freedman_diaconis" => Ok(BinRule::FreedmanDiaconis),
            "scott" => Ok(BinRule::Scott),
            "rice" => Ok(BinRule::Rice),
            "sqrt" => Ok(BinRule::SquareRoot),
            _ => match text.parse() {
                Ok(count) if count > 0 => Ok(BinRule::Count(count)),
                _ => Err(UnknownBinRule(text.to_string())),
            },
        }
    }
}

/// A name that is none of the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownBinRule(pub String);

impl fmt::Display for UnknownBinRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown bin rule `{}`", self.0)
    }
}

impl std::error::Error for UnknownBinRule {}

/// Equal bins over the range of the values.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    /// One more than there are bins, ascending.
    pub edges: Vec<f64>,
    pub counts: Vec<u64>,
}

/// A histogram of ascending values with numpy's edges: bins are closed on the left, the last on
/// both sides.
pub fn histogram(sorted: &[f64], rule: BinRule) -> Result<Histogram, Undefined> {
    let (Some(&low), Some(&high)) = (sorted.first(), sorted.last()) else {
        return Err(Undefined::TooFew { needed: 1, got: 0 });
    };
    if !(high - low).is_finite() {
        return Err(Undefined::Infinite);
    }
    let bins = n_bins(sorted, rule);
    let (low, high) = if low == high { (low - 0.5, high + 0.5) } else { (low, high) };
    let edges = equal_edges(low, high, bins);
    let mut counts = vec![0; bins];
    for value in sorted {
        let bin = edges[1..bins].partition_point(|edge| edge <= value);
        counts[bin] += 1;
    }
    Ok(Histogram { edges, counts })
}

/// Edges of `bins` equal bins from `low` to `high`, as numpy's `linspace` rounds them.
pub fn equal_edges(low: f64, high: f64, bins: usize) -> Vec<f64> {
    let step = (high - low) / bins as f64;
    let mut edges: Vec<f64> = (0..bins).map(|i| i as f64 * step + low).collect();
    edges.push(high);
    edges
}

fn n_bins(sorted: &[f64], rule: BinRule) -> usize {
    let n = sorted.len() as f64;
    let range = sorted[sorted.len() - 1] - sorted[0];
    let width = match rule {
        BinRule::Count(count) => return count.clamp(1, MAX_BINS as usize),
        BinRule::Sturges => range / (n.log2() + 1.0),
        BinRule::FreedmanDiaconis => 2.0 * (part(sorted, 3, 4) - part(sorted, 1, 4)) / n.cbrt(),
        BinRule::Scott => (24.0 * std::f64::consts::PI.sqrt() / n).cbrt() * deviation(sorted),
        BinRule::Rice => range / (2.0 * n.cbrt()),
        BinRule::SquareRoot => range / n.sqrt(),
    };
    if width > 0.0 { (range / width).ceil().clamp(1.0, MAX_BINS) as usize } else { 1 }
}

/// The standard deviation with divisor n, in two passes.
fn deviation(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let first = values[0];
    let mean = values.iter().map(|x| x - first).collect::<Compensated>().value() / n;
    let square = |x: &f64| ((x - first) - mean).powi(2);
    (values.iter().map(square).collect::<Compensated>().value() / n).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_quantiles_make_fewer_bins() {
        let sorted = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 3.0];
        let edges = quantile_edges(&sorted, 10).expect("ten values");
        assert_eq!(edges[0], 0.0);
        assert!(edges.len() < 9 && edges.is_sorted_by(|a, b| a < b));
        assert_eq!(count_right_closed(&sorted, &edges).iter().sum::<u64>(), 10);
    }

    #[test]
    fn outer_bins_take_what_the_reference_never_saw() {
        let edges = [1.0, 2.0];
        let values = [f64::NEG_INFINITY, 1.0, 1.5, 2.0, 2.1, f64::INFINITY, f64::NAN];
        assert_eq!(count_right_closed(&values, &edges), [2, 2, 2]);
    }

    #[test]
    fn constant_values_have_one_range() {
        let got = histogram(&[3.0, 3.0], BinRule::Sturges).expect("two values");
        assert_eq!((got.edges.first(), got.edges.last()), (Some(&2.5), Some(&3.5)));
        assert_eq!(got.counts.iter().sum::<u64>(), 2);
        assert!(histogram(&[], BinRule::Sturges).is_err());
        assert!(histogram(&[0.0, f64::INFINITY], BinRule::Scott).is_err());
    }

    // Law: every value is in one bin, and its bin's edges enclose it.
    #[test]
    fn nothing_is_lost() {
        let sorted: Vec<f64> = (0..500).map(|i| f64::from(i * i % 97).mul_add(0.1, 1e9)).collect();
        let mut sorted = sorted;
        sorted.sort_by(f64::total_cmp);
        for rule in ["sturges", "fd", "scott", "rice", "sqrt", "7"] {
            let rule = rule.parse().expect("a known rule");
            let got = histogram(&sorted, rule).expect("finite values");
            assert_eq!(got.counts.iter().sum::<u64>(), 500);
            assert_eq!(got.edges.len(), got.counts.len() + 1);
            assert!(got.edges.is_sorted());
        }
        assert!("magic".parse::<BinRule>().is_err());
        assert!("0".parse::<BinRule>().is_err());
    }
}
