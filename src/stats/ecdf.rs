//! Two samples compared value by value: everything that tests and distances of order need, in one
//! pass.
//!
//! Owns the ordered types and the merge of two sorted samples. Counts stay integers, so the largest
//! gap is exact and ties are seen as what they are.

use std::cmp::Ordering;

/// A value with a total order and a place on the real line.
pub trait Ordinal: Copy + Ord {
    /// The nearest double.
    fn to_f64(self) -> f64;

    /// How far a later value is away; never through a lossy double for integers.
    fn distance_to(self, later: Self) -> f64 {
        later.to_f64() - self.to_f64()
    }
}

/// A double other than NaN, where both zeros are one value.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(transparent)]
pub struct Real(f64);

impl Real {
    /// `None` for NaN.
    pub fn new(value: f64) -> Option<Real> {
        (!value.is_nan()).then_some(Real(value + 0.0))
    }
}

impl Eq for Real {}

impl PartialOrd for Real {
    fn partial_cmp(&self, other: &Real) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Real {
    fn cmp(&self, other: &Real) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Ordinal for Real {
    fn to_f64(self) -> f64 {
        self.0
    }
}

impl Ordinal for i64 {
    fn to_f64(self) -> f64 {
        self as f64
    }
    fn distance_to(self, later: i64) -> f64 {
        later.abs_diff(self) as f64
    }
}

impl Ordinal for u64 {
    fn to_f64(self) -> f64 {
        self as f64
    }
    fn distance_to(self, later: u64) -> f64 {
        later.abs_diff(self) as f64
    }
}

impl Ordinal for i128 {
    fn to_f64(self) -> f64 {
        self as f64
    }
    fn distance_to(self, later: i128) -> f64 {
        later.abs_diff(self) as f64
    }
}

impl Ordinal for u128 {
    fn to_f64(self) -> f64 {
        self as f64
    }
    fn distance_to(self, later: u128) -> f64 {
        later.abs_diff(self) as f64
    }
}

/// A point of both distribution functions: the shares of x and of y that are at most `value`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    pub value: f64,
    pub x: f64,
    pub y: f64,
}

/// Two samples side by side. F is the distribution function of x, G that of y.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// Values of x and of y.
    pub n: u64,
    pub m: u64,
    /// The largest F - G and the largest G - F, each times n·m: exact whole numbers.
    pub h_plus: u128,
    pub h_minus: u128,
    /// Where they are reached first.
    pub at_plus: Option<f64>,
    pub at_minus: Option<f64>,
    /// The area between F and G, Wasserstein's distance of order one.
    pub wasserstein: f64,
    /// The integral of (F - G)², half of the squared energy distance.
    pub squared_area: f64,
    /// The integral of √(H (1 - H)) of the pooled distribution function H: the noise of the area is
    /// proportional to it.
    pub pooled_spread: f64,
    /// Twice the sum of the midranks of x: Mann & Whitney's U is half of it less n(n+1)/2.
    pub doubled_rank_sum: u128,
    /// Four times `n Σ (rank(x_i) - i)² + m Σ (rank(y_j) - j)²` with midranks, Cramér & von Mises'
    /// U.
    pub quadrupled_cvm: u128,
    /// Different values in the pooled sample.
    pub distinct: u64,
    /// The sum of t³ - t over the pooled groups of t equal values.
    pub tie_sum: u128,
    /// Pooled values that have an equal.
    pub tied: u64,
    /// The pooled groups of equal values in order, counts of x and of y, unless there are too many.
    pub groups: Option<Vec<(u32, u32)>>,
    /// At most 200 points of both functions, the largest gaps among them, for a chart.
    pub curve: Vec<CurvePoint>,
}

/// More groups than this are not kept: no exact law of so many could be afforded.
const MOST_GROUPS: usize = 1 << 20;

/// Evenly spaced points of the curve; with both gaps and both ends it stays within 200.
const CURVE_POINTS: u128 = 190;

impl Comparison {
    /// The largest distance of F and G.
    pub fn d(&self) -> f64 {
        self.share(self.h_plus.max(self.h_minus))
    }

    /// The largest F - G.
    pub fn d_plus(&self) -> f64 {
        self.share(self.h_plus)
    }

    /// The largest G - F.
    pub fn d_minus(&self) -> f64 {
        self.share(self.h_minus)
    }

    /// Share of pooled values that have an equal.
    pub fn tied_share(&self) -> f64 {
        self.tied as f64 / (self.n + self.m).max(1) as f64
    }

    /// Where the largest distance is reached first.
    pub fn at(&self) -> Option<f64> {
        if self.h_plus >= self.h_minus { self.at_plus } else { self.at_minus }
    }

    fn share(&self, h: u128) -> f64 {
        let whole = u128::from(self.n) * u128::from(self.m);
        if whole == 0 { 0.0 } else { h as f64 / whole as f64 }
    }
}

/// Compares two samples, each sorted in ascending order.
pub fn compare<T: Ordinal>(x_sorted: &[T], y_sorted: &[T]) -> Comparison {
    let mut pass = Pass::new(x_sorted.len(), y_sorted.len());
    let (mut i, mut j) = (0, 0);
    let mut last: Option<T> = None;
    loop {
        let value = match (x_sorted.get(i), y_sorted.get(j)) {
            (Some(x), Some(y)) => *x.min(y),
            (Some(value), None) | (None, Some(value)) => *value,
            (None, None) => break,
        };
        if let Some(last) = last {
            pass.area(last.distance_to(value));
        }
        let (first_i, first_j) = (i, j);
        while x_sorted.get(i) == Some(&value) {
            i += 1;
        }
        while y_sorted.get(j) == Some(&value) {
            j += 1;
        }
        pass.group(value.to_f64(), (i - first_i) as u64, (j - first_j) as u64);
        last = Some(value);
    }
    pass.finish()
}

/// The state of the merge.
struct Pass {
    seen: Comparison,
    i: u64,
    j: u64,
    /// m·i - n·j.
    height: i128,
    wasserstein: Compensated,
    squared_area: Compensated,
    pooled_spread: Compensated,
    best: [Option<CurvePoint>; 2],
}

impl Pass {
    fn new(n: usize, m: usize) -> Pass {
        let keep = n + m <= u32::MAX as usize;
        Pass {
            seen: Comparison {
                n: n as u64,
                m: m as u64,
                groups: keep.then(Vec::new),
                ..Comparison::default()
            },
            i: 0,
            j: 0,
            height: 0,
            wasserstein: Compensated::default(),
            squared_area: Compensated::default(),
            pooled_spread: Compensated::default(),
            best: [None, None],
        }
    }

    /// Adds the area up to the next value.
    fn area(&mut self, width: f64) {
        let (below, all) = ((self.i + self.j) as f64, (self.seen.n + self.seen.m) as f64);
        self.pooled_spread.add((below * (all - below)).sqrt() / all * width);
        if self.height == 0 {
            return;
        }
        let gap = self.seen.share(self.height.unsigned_abs());
        self.wasserstein.add(gap * width);
        self.squared_area.add(gap * gap * width);
    }

    /// Takes a group of equal values in: `a` of x and `b` of y.
    fn group(&mut self, value: f64, a: u64, b: u64) {
        let size = u128::from(a + b);
        let seen = &mut self.seen;
        // Twice the midrank is what lies before, twice, plus the size, plus one.
        let before = u128::from(self.i + self.j);
        seen.doubled_rank_sum += u128::from(a) * (2 * before + size + 1);
        let (own, other) = (u128::from(seen.n), u128::from(seen.m));
        let x_part = squared_shifts(a, 2 * u128::from(self.j) + size + 1);
        let y_part = squared_shifts(b, 2 * u128::from(self.i) + size + 1);
        let cvm = own.wrapping_mul(x_part).wrapping_add(other.wrapping_mul(y_part));
        seen.quadrupled_cvm = seen.quadrupled_cvm.wrapping_add(cvm);
        seen.distinct += 1;
        if size > 1 {
            seen.tied += a + b;
            seen.tie_sum += size * size * size - size;
        }
        match &mut seen.groups {
            Some(groups) if groups.len() < MOST_GROUPS => groups.push((a as u32, b as u32)),
            groups => *groups = None,
        }
        let (earlier, total) = (self.i + self.j, seen.n + seen.m);
        self.i += a;
        self.j += b;
        self.height += i128::from(seen.m) * i128::from(a) - i128::from(seen.n) * i128::from(b);
        self.mark(value);
        // A point whenever the pooled rank passes the next of evenly spaced marks, and at both
        // ends.
        let mark = |rank: u64| u128::from(rank) * CURVE_POINTS / u128::from(total);
        if earlier == 0 || mark(earlier) != mark(self.i + self.j) {
            let point = self.point(value);
            self.seen.curve.push(point);
        }
    }

    /// Remembers the largest gaps.
    fn mark(&mut self, value: f64) {
        let height = self.height.unsigned_abs();
        if self.height > 0 && height > self.seen.h_plus {
            self.seen.h_plus = height;
            self.seen.at_plus = Some(value);
            self.best[0] = Some(self.point(value));
        } else if self.height < 0 && height > self.seen.h_minus {
            self.seen.h_minus = height;
            self.seen.at_minus = Some(value);
            self.best[1] = Some(self.point(value));
        }
    }

    fn point(&self, value: f64) -> CurvePoint {
        let share =
            |part: u64, whole: u64| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        CurvePoint { value, x: share(self.i, self.seen.n), y: share(self.j, self.seen.m) }
    }

    fn finish(mut self) -> Comparison {
        self.seen.wasserstein = self.wasserstein.value();
        self.seen.squared_area = self.squared_area.value();
        self.seen.pooled_spread = self.pooled_spread.value();
        for best in self.best.into_iter().flatten() {
            let place =
                self.seen.curve.partition_point(|point| point.x + point.y < best.x + best.y);
            if self.seen.curve.get(place) != Some(&best) {
                self.seen.curve.insert(place, best);
            }
        }
        self.seen
    }
}

/// Returns `Σ (c - 2k)²` over k = 1 … count.
fn squared_shifts(count: u64, c: u128) -> u128 {
    let a = u128::from(count);
    let sum = a * (a + 1) / 2;
    let squares = sum * (2 * a + 1) / 3;
    (a * c * c + 4 * squares).wrapping_sub(4 * c * sum)
}

/// A running sum that keeps what rounding loses (Neumaier 1974).
#[derive(Default)]
struct Compensated {
    sum: f64,
    lost: f64,
}

impl Compensated {
    fn add(&mut self, term: f64) {
        let sum = self.sum + term;
        let lost = if self.sum.abs() >= term.abs() {
            (self.sum - sum) + term
        } else {
            (term - sum) + self.sum
        };
        if lost.is_finite() {
            self.lost += lost;
        }
        self.sum = sum;
    }

    fn value(&self) -> f64 {
        self.sum + self.lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reals(values: &[f64]) -> Vec<Real> {
        let mut reals: Vec<Real> = values.iter().filter_map(|v| Real::new(*v)).collect();
        reals.sort();
        reals
    }

    #[test]
    fn counts_areas_and_ranks() {
        let c = compare(&reals(&[1.0, 2.0, 2.0, 5.0]), &reals(&[2.0, 3.0]));
        // F - G: 1/4 from 1, 1/4 from 2, -1/4 from 3, 0 from 5; midranks 1, 3, 3, 6 of x.
        assert_eq!((c.h_plus, c.h_minus), (2, 2));
        assert_eq!((c.at_plus, c.at_minus), (Some(1.0), Some(3.0)));
        assert_eq!(c.wasserstein, 0.25 + 0.25 + 0.5);
        assert_eq!(c.squared_area, 4.0 / 16.0);
        assert_eq!((c.doubled_rank_sum, c.distinct, c.tie_sum, c.tied), (26, 4, 24, 3));
        assert_eq!(c.groups, Some(vec![(1, 0), (2, 1), (0, 1), (1, 0)]));
        // n Σ (r - i)² = 4 (0 + 1 + 0 + 4), m Σ (s - j)² = 2 (4 + 9); quadrupled.
        assert_eq!(c.quadrupled_cvm, 4 * (4 * 5 + 2 * 13));
    }

    #[test]
    fn zeros_are_one_value_and_integers_keep_their_digits() {
        let c = compare(&reals(&[-0.0]), &reals(&[0.0]));
        assert_eq!((c.distinct, c.d()), (1, 0.0));
        let near = [i64::MAX - 1, i64::MAX];
        let c = compare(&near[..1], &near[1..]);
        assert_eq!((c.d(), c.wasserstein), (1.0, 1.0));
    }

    #[test]
    fn the_curve_is_short_and_holds_the_gap() {
        let x: Vec<i64> = (0..5000).collect();
        let y: Vec<i64> = (0..7000).map(|i| i + i / 3).collect();
        let c = compare(&x, &y);
        assert!(c.curve.len() <= 200 && c.curve.len() > 150);
        let gap = c.curve.iter().map(|p| p.x - p.y).fold(0.0, f64::max);
        assert_eq!(gap, c.d_plus());
        assert!(c.curve.is_sorted_by(|a, b| a.value < b.value));
    }

    #[test]
    fn empty_and_infinite_samples() {
        assert_eq!(compare::<i64>(&[], &[]).d(), 0.0);
        let c = compare(&reals(&[f64::NEG_INFINITY, 1.0]), &reals(&[1.0, f64::INFINITY]));
        assert_eq!(c.d(), 0.5);
        assert_eq!(c.wasserstein, f64::INFINITY);
    }
}
