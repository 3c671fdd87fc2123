//! Two samples compared value by value: everything that tests and distances of order need, in one
//! pass.
//!
//! Owns the ordered types and the merge of two sorted samples. Counts stay integers, so the largest
//! gap is exact and ties are seen as what they are.

mod gaps;
mod ordinal;

use std::ops::Deref;

pub use gaps::{Counted, CurvePoint, Gaps, MOST_GROUPS, Walk, unsettled};
pub use ordinal::{Ordinal, Real};

/// Two samples side by side. F is the distribution function of x, G that of y. Reads like the
/// [`Gaps`] in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    pub gaps: Gaps,
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
    /// The sum of t³ - t over the pooled groups of t equal values.
    pub tie_sum: u128,
    /// The mean over the pooled values of (F - G)² at the end of the group of each.
    pub mean_squared_gap: f64,
    /// The same in the middle of the group, over its variance (Scholz & Stephens 1987, equation 7,
    /// for one sample, times its size): half of the way to Anderson & Darling's A².
    pub weighted_gap: f64,
    /// Sizes of the pooled groups in order, where groups of less than one in [`COARSE`] are joined
    /// with those that follow.
    pub coarse: Vec<u64>,
}

/// Groups that are told apart in a law given the ties.
pub const COARSE: u64 = 2000;

impl Deref for Comparison {
    type Target = Gaps;

    fn deref(&self) -> &Gaps {
        &self.gaps
    }
}

/// Compares two samples, each sorted in ascending order.
pub fn compare<T: Ordinal>(x_sorted: &[T], y_sorted: &[T]) -> Comparison {
    let sizes = [x_sorted.len() as u64, y_sorted.len() as u64];
    compare_grouped(sizes, grouped(x_sorted), grouped(y_sorted))
}

/// The groups of equal values in a sorted sample, with their sizes.
pub fn grouped<T: Ordinal>(sorted: &[T]) -> impl Iterator<Item = (T, u64)> + '_ {
    let mut rest = sorted;
    std::iter::from_fn(move || {
        let first = *rest.first()?;
        let size = rest.iter().take_while(|value| **value == first).count();
        rest = &rest[size..];
        Some((first, size as u64))
    })
}

/// Compares two samples of these sizes, each given by its groups of equal values in ascending
/// order.
pub fn compare_grouped<T: Ordinal>(
    [n, m]: [u64; 2],
    mut x: impl Iterator<Item = (T, u64)>,
    mut y: impl Iterator<Item = (T, u64)>,
) -> Comparison {
    let mut pass = Pass::new(n, m);
    let (mut next_x, mut next_y) = (x.next(), y.next());
    let mut last: Option<T> = None;
    loop {
        let value = match (next_x, next_y) {
            (Some((x, _)), Some((y, _))) => x.min(y),
            (Some((value, _)), None) | (None, Some((value, _))) => value,
            (None, None) => break,
        };
        if let Some(last) = last {
            pass.area(last.distance_to(value));
        }
        let mut sizes = [0, 0];
        if let Some((_, size)) = next_x.filter(|(x, _)| *x == value) {
            (sizes[0], next_x) = (size, x.next());
        }
        if let Some((_, size)) = next_y.filter(|(y, _)| *y == value) {
            (sizes[1], next_y) = (size, y.next());
        }
        pass.group(value.to_f64(), sizes[0], sizes[1]);
        last = Some(value);
    }
    pass.finish()
}

/// The state of the merge.
struct Pass {
    walk: Walk,
    seen: Comparison,
    n: u64,
    m: u64,
    whole: f64,
    wasserstein: Compensated,
    squared_area: Compensated,
    pooled_spread: Compensated,
    squared_gaps: Compensated,
    weighted_gaps: Compensated,
    /// The size of the coarse group so far.
    joined: u64,
}

impl Pass {
    fn new(n: u64, m: u64) -> Pass {
        Pass {
            walk: Walk::new(n, m),
            seen: Comparison::default(),
            n,
            m,
            whole: (u128::from(n) * u128::from(m)) as f64,
            wasserstein: Compensated::default(),
            squared_area: Compensated::default(),
            pooled_spread: Compensated::default(),
            squared_gaps: Compensated::default(),
            weighted_gaps: Compensated::default(),
            joined: 0,
        }
    }

    /// Adds the area up to the next value.
    fn area(&mut self, width: f64) {
        let place = &self.walk.place;
        let (below, all) = ((place.i + place.j) as f64, (self.n + self.m) as f64);
        self.pooled_spread.add((below * (all - below)).sqrt() / all * width);
        if place.height == 0 || self.whole == 0.0 {
            return;
        }
        let gap = magnitude(place.height) / self.whole;
        self.wasserstein.add(gap * width);
        self.squared_area.add(gap * gap * width);
    }

    /// Takes a group of equal values in: `a` of x and `b` of y.
    fn group(&mut self, value: f64, a: u64, b: u64) {
        let (i, j, size) = (self.walk.place.i, self.walk.place.j, a + b);
        // Twice the midrank is what lies before, twice, plus the size, plus one.
        let doubled_rank = 2 * u128::from(i + j) + u128::from(size) + 1;
        let seen = &mut self.seen;
        seen.doubled_rank_sum += u128::from(a) * doubled_rank;
        let x_part = squared_shifts(a, 2 * j + size + 1);
        let y_part = squared_shifts(b, 2 * i + size + 1);
        let (own, other) = (u128::from(self.n), u128::from(self.m));
        let cvm = own.wrapping_mul(x_part).wrapping_add(other.wrapping_mul(y_part));
        seen.quadrupled_cvm = seen.quadrupled_cvm.wrapping_add(cvm);
        if size > 1 {
            let size = u128::from(size);
            seen.tie_sum += size * size * size - size;
        }
        let before = self.walk.place.height;
        self.walk.group(value, a, b);
        self.gaps(i + j, size, [before, self.walk.place.height]);
        self.joined += size;
        if self.joined * COARSE >= self.n + self.m {
            self.seen.coarse.push(std::mem::take(&mut self.joined));
        }
    }

    /// Adds the gaps in the middle and at the end of a group, from the heights at both of its ends.
    fn gaps(&mut self, below: u64, size: u64, [before, after]: [i128; 2]) {
        let (all, count) = ((self.n + self.m) as f64, size as f64);
        let (middle, end) = (magnitude(before + after) / 2.0, magnitude(after));
        if end > 0.0 {
            let gap = end / self.whole;
            self.squared_gaps.add(count * gap * gap);
        }
        if middle > 0.0 {
            let rank = (2 * below + size) as f64 / 2.0;
            let bottom = rank * (all - rank) - all * count / 4.0;
            self.weighted_gaps.add(count / all * middle * (middle / bottom));
        }
    }

    fn finish(mut self) -> Comparison {
        match self.seen.coarse.last_mut() {
            Some(last) => *last += self.joined,
            None if self.joined > 0 => self.seen.coarse.push(self.joined),
            None => {}
        }
        let all = (self.n + self.m).max(1) as f64;
        Comparison {
            mean_squared_gap: self.squared_gaps.value() / all,
            weighted_gap: self.weighted_gaps.value(),
            gaps: self.walk.finish(),
            wasserstein: self.wasserstein.value(),
            squared_area: self.squared_area.value(),
            pooled_spread: self.pooled_spread.value(),
            ..self.seen
        }
    }
}

/// The nearest double to the size of a height; short ones, which nearly all are, convert faster.
fn magnitude(height: i128) -> f64 {
    let magnitude = height.unsigned_abs();
    u64::try_from(magnitude).map_or(magnitude as f64, |short| short as f64)
}

/// Returns `Σ (c - 2k)²` over k = 1 … count.
fn squared_shifts(count: u64, c: u64) -> u128 {
    let c = u128::from(c);
    match count {
        0 => 0,
        // Most groups are of one value, and a division by three would cost more than all else.
        1 => (c - 2) * (c - 2),
        _ => {
            let a = u128::from(count);
            let sum = a * (a + 1) / 2;
            let squares = sum * (2 * a + 1) / 3;
            (a * c * c + 4 * squares).wrapping_sub(4 * c * sum)
        }
    }
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
