//! The exact law of the two-sample statistic, given the ties.
//!
//! A random path takes a step for each pooled value, to the right for one of the first sample; x of
//! its first s steps go right. It touches the boundary where N x - n s is h or more, or for two
//! sides -h or less. Equal values cannot be told apart, so the boundary is looked at only where a
//! group of them ends (Schröer & Trenkler 1995).
//!
//! U(x, s), the probability that a path through (x, s) has not touched before, is the mean of
//! U(x-1, s-1) and U(x, s-1) with weights x and s - x (the complement of Viehmann's A, 2021). The
//! p-value is the sum, over all points where the boundary can be touched first, of U times the
//! hypergeometric probability to pass that point. Only positive terms are added, and far in the
//! tail all that is small sits in the second factor, whose logarithm has a formula: no exponent is
//! lost however small the p-value is. Where U itself is too small for a double, the term is below
//! 1e-280 of the p-value, for what passes a point beyond the boundary is part of it.

use super::super::log_sum::LogSum;
use super::band::{Band, Edge, MOST_CELLS, cheaper_at_once};
use super::law::Question;
use std::iter::successors;

/// U from here on is taken for one, far from the only boundary: p-values are wrong by as little.
const UNTOUCHED: f64 = 1.0 - 1e-12;

/// U below is taken for zero.
const NEVER: f64 = 1e-280;

/// Returns the logarithm of the p-value, given the sizes of the pooled groups in order.
///
/// `None` if it would take too long.
pub fn exact(question: Question, groups: impl Iterator<Item = u64> + Clone) -> Option<f64> {
    if question.h == 0 {
        return Some(0.0);
    }
    let (mut sides, mut cost) = (Vec::new(), 0.0);
    for question in question.runs() {
        let band = Band::new(question);
        let window = band.window(groups.clone());
        cost += band.cost(window, groups.clone());
        if cost > MOST_CELLS {
            return None;
        }
        sides.push((band, window));
    }
    let mut sum = LogSum::ZERO;
    for (band, window) in sides {
        sum.add(State::new(band).follow(window, groups.clone()), 1.0);
    }
    Some(sum.ln().min(0.0))
}

/// U(x, s) for x = low, low + 1, … at the present rank s.
struct State {
    band: Band,
    s: i128,
    low: i128,
    values: Vec<f64>,
    spare: Vec<f64>,
    /// What has touched so far.
    touched: LogSum,
    /// Where the boundary above and the one below were touched last.
    edges: [Edge; 2],
}

impl State {
    fn new(band: Band) -> State {
        let (values, spare, edges) = (vec![1.0], Vec::new(), [Edge::NEW; 2]);
        State { band, s: 0, low: 0, values, spare, touched: LogSum::ZERO, edges }
    }

    /// The logarithm of the probability to touch, along the groups between two ranks.
    fn follow(mut self, (first, last): (i128, i128), groups: impl Iterator<Item = u64>) -> f64 {
        let mut skipped = false;
        for size in groups.filter(|size| *size > 0) {
            let end = self.s + i128::from(size);
            if self.s > last {
                break;
            }
            if end <= first {
                (self.s, skipped) = (end, true);
                continue;
            }
            if std::mem::take(&mut skipped) {
                self.values.clear();
                self.low = self.band.inside(self.s).1 + 1;
            }
            let some_inside = if cheaper_at_once(size, self.values.len() as f64) {
                self.leap(size)
            } else {
                (0..size).for_each(|_| self.step());
                self.look()
            };
            if !some_inside {
                return 0.0;
            }
        }
        self.touched.ln()
    }

    /// U below the values that are kept.
    fn below(&self) -> f64 {
        if self.band.two_sided { 0.0 } else { 1.0 }
    }

    fn top(&self) -> i128 {
        self.low + self.values.len() as i128 - 1
    }

    /// The value at x, those not kept included.
    fn at(&self, x: i128) -> f64 {
        if x < self.low {
            return self.below();
        }
        self.values.get((x - self.low) as usize).copied().unwrap_or(0.0)
    }

    /// One more value.
    fn step(&mut self) {
        let s = self.s + 1;
        while self.values.last().is_some_and(|value| *value < NEVER) {
            self.values.pop();
        }
        let (least, most) = self.band.lattice(s);
        let high = (self.top() + 1).min(most);
        let mut low = self.low.max(least);
        if !self.band.two_sided {
            let known = self.values.iter().take_while(|value| **value >= UNTOUCHED).count();
            low = low.max(self.low + known as i128);
        }
        self.spare.clear();
        let cells = (high - low + 1).max(0) as usize;
        if cells > 0 {
            let (before, first, inverse) = (self.at(low - 1), low as f64, 1.0 / s as f64);
            let skip = (low - self.low) as usize;
            // Nothing above them is inside.
            self.values.push(0.0);
            let mean = |left: f64, same: f64, x: f64| same + (left - same) * (x * inverse);
            self.spare.push(mean(before, self.values[skip], first));
            let pairs = self.values[skip..].windows(2).take(cells - 1).enumerate();
            self.spare.extend(
                pairs.map(|(k, pair)| mean(pair[0], pair[1], first + f64::from(k as i32 + 1))),
            );
        }
        std::mem::swap(&mut self.values, &mut self.spare);
        self.s = s;
        self.low = low;
    }

    /// A whole group at once: the first s steps of a path given its x among s + size are
    /// hypergeometric. False when nothing is left inside.
    fn leap(&mut self, size: u64) -> bool {
        let s = self.s + i128::from(size);
        let (low, high) = self.band.inside(s);
        if low > high {
            return false;
        }
        let value = |x: i128| self.average(x as u64, size);
        let most = self.band.lattice(s).1.min(self.top() + i128::from(size));
        let least = self.band.lattice(s).0.max(self.low);
        let leaving =
            [self.leaving(s, high + 1, most, value), self.leaving(s, low - 1, least, value)];
        let certain = if self.band.two_sided { f64::INFINITY } else { UNTOUCHED };
        let inside = (low..=high).rev().map(value).take_while(|value| *value < certain);
        let mut values: Vec<f64> = inside.collect();
        values.reverse();
        self.leave(&leaving);
        self.low = high + 1 - values.len() as i128;
        self.values = values;
        self.s = s;
        true
    }

    /// U at x after the next `size` steps.
    ///
    /// The weights are relative to the largest, and divided by their sum, so that ones give one.
    fn average(&self, x: u64, size: u64) -> f64 {
        let before = self.s as u64;
        let (least, most) = (x.saturating_sub(size), x.min(before));
        let both = u128::from(before + 1) * u128::from(x + 1);
        let mode = ((both / u128::from(before + size + 2)) as u64).clamp(least, most);
        let (t, s, x_f) = (size as f64, before as f64, x as f64);
        let (mut sum, mut weights) = (self.at(mode.into()), 1.0);
        let mut add = |k: u64, weight: f64, ratio: f64| {
            sum += weight * self.at(k.into());
            weights += weight;
            // The ratios decrease, and no value is above one.
            weight > 1e-17 * sum * (1.0 - ratio) && weight > NEVER
        };
        let mut weight = 1.0;
        for k in mode..most {
            let k_f = k as f64;
            let ratio = (s - k_f) * (x_f - k_f) / ((k_f + 1.0) * (t - x_f + k_f + 1.0));
            weight *= ratio;
            if !add(k + 1, weight, ratio) {
                break;
            }
        }
        weight = 1.0;
        for k in (least + 1..=mode).rev() {
            let k_f = k as f64;
            let ratio = k_f * (t - x_f + k_f) / ((s - k_f + 1.0) * (x_f - k_f + 1.0));
            weight *= ratio;
            if !add(k - 1, weight, ratio) {
                break;
            }
        }
        sum / weights
    }

    /// Takes out what touches the boundary. False when nothing is left inside.
    fn look(&mut self) -> bool {
        let (low, high) = self.band.inside(self.s);
        if low > high || self.top() < low && self.band.two_sided {
            return false;
        }
        let value = |x: i128| self.at(x);
        let leaving = [
            self.leaving(self.s, high + 1, self.top(), value),
            self.leaving(self.s, low - 1, self.low, value),
        ];
        self.leave(&leaving);
        self.values.truncate((high + 1 - self.low).max(0) as usize);
        let skip = ((low - self.low).max(0) as usize).min(self.values.len());
        self.values.drain(..skip);
        self.low = self.low.max(low).min(high + 1);
        true
    }

    /// What passes rank s from x = `first` outwards to `last`, as a multiple of what passes the
    /// first.
    ///
    /// The terms are log-concave: they count paths, and steps by zero or one keep that.
    fn leaving(&self, s: i128, first: i128, last: i128, value: impl Fn(i128) -> f64) -> Leaving {
        let upward = first > self.band.inside(s).1;
        let mut leaving = Leaving { x: first, s, sum: 0.0 };
        if if upward { first > last } else { first < last || !self.band.two_sided } {
            return leaving;
        }
        let outward = if upward { 1 } else { -1 };
        let (mut pass, mut before) = (1.0, 0.0);
        for x in successors(Some(first), |x| (*x != last).then_some(x + outward)) {
            let term = pass * value(x);
            leaving.sum += term;
            let ratio = term / before;
            if term == 0.0 || ratio < 1.0 && term * ratio < 1e-17 * leaving.sum * (1.0 - ratio) {
                break;
            }
            before = term;
            if x == last {
                break;
            }
            pass *= if upward {
                self.band.next_pass(x, s)
            } else {
                1.0 / self.band.next_pass(x - 1, s)
            };
        }
        leaving
    }

    fn leave(&mut self, leaving: &[Leaving; 2]) {
        for (edge, Leaving { x, s, sum }) in self.edges.iter_mut().zip(leaving) {
            if *sum > 0.0 {
                self.touched.add(edge.ln_pass(&self.band, *x, *s), *sum);
            }
        }
    }
}

/// What goes beyond the boundary at rank s, as a multiple of what passes (x, s).
struct Leaving {
    x: i128,
    s: i128,
    sum: f64,
}
