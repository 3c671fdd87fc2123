//! Null laws of the two-sample statistic: exact where that can be afforded, else their limits.
//!
//! With h = n·m·D a whole number, a law answers the logarithm of P(statistic >= observed).

use super::super::special::{binom_ln_pmf, deviance, kstwo_ln_sf, stirling_error};
use std::f64::consts::LN_2;

/// Cell updates that the exact law may take: about half a second.
pub const MOST_CELLS: f64 = 4e8;

/// What stands for certainty in the recursion, so that far smaller probabilities stay above zero.
const CERTAIN_LN: f64 = 900.0 * LN_2;

/// Two samples of `n` and `m` values with a statistic of `h / (n m)`.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    pub n: u64,
    pub m: u64,
    pub h: u128,
    /// Whether a gap on either side counts, or only F above G.
    pub two_sided: bool,
}

impl Question {
    fn d(self) -> f64 {
        self.h as f64 / (u128::from(self.n) * u128::from(self.m)) as f64
    }

    /// Equal sizes without ties: a sum over reflected paths (Gnedenko & Korolyuk 1951), at any n.
    pub fn equal_sizes(self) -> f64 {
        let n = self.n;
        let step = (self.h / u128::from(n)) as u64;
        if step == 0 {
            return 0.0;
        }
        let first = ln_reflected(n, step);
        if !self.two_sided {
            return first;
        }
        let (mut rest, mut sign, mut reach) = (0.0, -1.0, 2 * step);
        while reach <= n {
            let term = (ln_reflected(n, reach) - first).exp();
            rest += sign * term;
            if term < 1e-17 {
                break;
            }
            sign = -sign;
            reach += step;
        }
        (LN_2 + first + f64::ln_1p(rest)).min(0.0)
    }

    /// Complete separation: one or two of all arrangements, if a group of equal values ends after
    /// as many as the first, or the second, sample has. `None` for anything less.
    pub fn separated(self, ends_after: impl Fn(u64) -> bool) -> Option<f64> {
        if self.h < u128::from(self.n) * u128::from(self.m) {
            return None;
        }
        let other_way = self.two_sided && ends_after(self.m);
        let arrangements = u8::from(ends_after(self.n)) + u8::from(other_way);
        Some(f64::from(arrangements).ln() - ln_binomial(self.n as f64, self.m as f64))
    }

    /// The limits: Kolmogorov's law at the harmonic size, one-sided Hodges (1957), eq. 5.3.
    pub fn limit(self) -> f64 {
        let (n, m) = (self.n as f64, self.m as f64);
        let harmonic = n * (m / (n + m));
        if self.two_sided {
            return kstwo_ln_sf((harmonic.round() as u64).max(1), self.d());
        }
        hodges_ln(self.n, self.m, self.d())
    }

    /// The exact law, given the sizes of the pooled groups of equal values in order.
    ///
    /// A(x, s), the probability that a random path with x of its first s steps in the first sample
    /// has touched the boundary, is the mean of A(x-1, s-1) and A(x, s-1) with weights x and s - x
    /// (Viehmann 2021). Equal values cannot be told apart, so the boundary is looked at only where
    /// a group ends (Schröer & Trenkler 1995). Only positive terms are added. `None` if it would
    /// take too long.
    pub fn exact(self, groups: impl Iterator<Item = u64> + Clone) -> Option<f64> {
        if self.h == 0 {
            return Some(0.0);
        }
        let band = Band::new(self);
        if band.cost(groups.clone()) > MOST_CELLS {
            return None;
        }
        let mut state = State::new(band);
        for size in groups {
            if size == 0 {
                continue;
            }
            if cheaper_at_once(size, state.values.len() as f64) {
                state.leap(size);
            } else {
                (0..size).for_each(|_| state.step());
            }
            if !state.absorb() {
                return Some(0.0);
            }
        }
        let last = state.values.first().copied().unwrap_or(0.0);
        (last > 0.0).then_some((last.ln() - CERTAIN_LN).min(0.0))
    }
}

/// Hodges' approximation of the one-sided law, which needs no distinction of the sides.
pub fn hodges_ln(n: u64, m: u64, d: f64) -> f64 {
    let (large, small) = (n.max(m) as f64, n.min(m) as f64);
    let z = (large * (small / (large + small))).sqrt() * d;
    let correction = (large + 2.0 * small) / (small * (large + small)).sqrt() / large.sqrt();
    (-2.0 * z * z - 2.0 * z * correction / 3.0).min(0.0)
}

/// Returns `ln (C(2n, n-j) / C(2n, n))`.
fn ln_reflected(n: u64, j: u64) -> f64 {
    if j > n {
        return f64::NEG_INFINITY;
    }
    let (size, shift) = (n as f64, j as f64);
    if j == n {
        return -ln_binomial(size, size);
    }
    let (low, high) = (size - shift, size + shift);
    let errors = 2.0 * stirling_error(size) - stirling_error(low) - stirling_error(high);
    // The ratio n/√((n-j)(n+j)) is (1 - (j/n)²)^(-1/2).
    let scale = -0.5 * (-(shift / size) * (shift / size)).ln_1p();
    errors + scale - deviance(low, size) - deviance(high, size)
}

/// Returns `ln C(n + m, n)`.
fn ln_binomial(n: f64, m: f64) -> f64 {
    let (total, errors) = (n + m, stirling_error(n + m) - stirling_error(n) - stirling_error(m));
    let powers = -n * (-(m / total)).ln_1p() - m * (-(n / total)).ln_1p();
    errors + powers - 0.5 * (2.0 * std::f64::consts::PI * n * (m / total)).ln()
}

/// Where the boundary runs: x is inside at pooled rank s when N x - n s lies between both limits.
#[derive(Clone, Copy, Debug)]
struct Band {
    n: i128,
    m: i128,
    above: i128,
    below: i128,
    /// What lies below: certainty for two sides, nothing for one.
    value_below: f64,
}

impl Band {
    fn new(question: Question) -> Band {
        let (n, m) = (i128::from(question.n), i128::from(question.m));
        let above = question.h as i128;
        let mut below = above;
        if !question.two_sided {
            // Paths that go this far down and also reach the top add less than 1e-20 of the answer.
            let harmonic = question.n as f64 * (question.m as f64 / (n + m) as f64);
            let depth = (24.0 / harmonic).sqrt() * (n as f64 * m as f64);
            below = (depth.ceil() as i128).max(1);
        }
        let value_below = if question.two_sided { CERTAIN_LN.exp() } else { 0.0 };
        Band { n, m, above, below, value_below }
    }

    /// The values of x inside at pooled rank s.
    fn inside(&self, s: i128) -> (i128, i128) {
        let total = self.n + self.m;
        let low = (self.n * s - self.below).div_euclid(total) + 1;
        let high = -(-(self.n * s + self.above)).div_euclid(total) - 1;
        (low.max(0).max(s - self.m), high.min(self.n).min(s))
    }

    /// Cells that the recursion would visit, roughly.
    fn cost(&self, groups: impl Iterator<Item = u64>) -> f64 {
        let full = (self.above + self.below) as f64 / (self.n + self.m) as f64;
        let (mut cost, mut s) = (0.0, 0i128);
        let mut width = 1.0;
        for size in groups {
            let t = size as f64;
            cost += if cheaper_at_once(size, width) {
                leap_cost(t, full)
            } else {
                t * (width + 0.5 * t.min(self.n as f64) + 8.0)
            };
            s += i128::from(size);
            let (low, high) = if size > 64 || s % 64 == 0 { self.inside(s) } else { continue };
            width = (high - low + 1).max(1) as f64;
            if cost > MOST_CELLS {
                break;
            }
        }
        cost
    }
}

/// Whether a group is better taken in one leap with hypergeometric weights than value by value.
fn cheaper_at_once(size: u64, width: f64) -> bool {
    let t = size as f64;
    size > 32 && leap_cost(t, width) < t * (width + 0.5 * t)
}

fn leap_cost(t: f64, width: f64) -> f64 {
    (width + 1.0) * (200.0 + 4.0 * t.min(10.0 * t.sqrt()))
}

/// A(x, s) for x = low, low + 1, … at the present rank s.
struct State {
    band: Band,
    s: i128,
    low: i128,
    values: Vec<f64>,
    spare: Vec<f64>,
}

impl State {
    fn new(band: Band) -> State {
        State { band, s: 0, low: 0, values: vec![0.0], spare: Vec::new() }
    }

    /// The value at x, those outside included.
    fn at(&self, x: i128) -> f64 {
        if x < self.low {
            return self.band.value_below;
        }
        let inside = self.values.get((x - self.low) as usize);
        inside.copied().unwrap_or_else(|| CERTAIN_LN.exp())
    }

    /// One more value.
    fn step(&mut self) {
        let s = self.s + 1;
        let old_high = self.low + self.values.len() as i128 - 1;
        let low = self.low.max(s - self.band.m);
        let high = (old_high + 1).min(self.band.n).min(s);
        let size = s as f64;
        let inverse = 1.0 / size;
        self.spare.clear();
        // Below the first of them lies the outside or, where the sample is used up, the next
        // inside.
        let first = low as f64;
        let before = self.at(low - 1);
        self.spare.push((before * first + self.at(low) * (size - first)) * inverse);
        let skip = (low - self.low) as usize;
        let pairs = self.values[skip..].windows(2).take((high - low).max(0) as usize);
        self.spare.extend(pairs.enumerate().map(|(k, pair)| {
            let x = first + f64::from(k as i32 + 1);
            (pair[0] * x + pair[1] * (size - x)) * inverse
        }));
        while (self.spare.len() as i128) < high - low + 1 {
            let x = low + self.spare.len() as i128;
            let value = self.at(x - 1) * x as f64 + self.at(x) * (size - x as f64);
            self.spare.push(value * inverse);
        }
        std::mem::swap(&mut self.values, &mut self.spare);
        self.s = s;
        self.low = low;
    }

    /// A whole group at once: the first s steps of a path given its x among s + size are
    /// hypergeometric.
    fn leap(&mut self, size: u64) {
        let s = self.s + i128::from(size);
        let (low, high) = self.band.inside(s);
        let next: Vec<f64> = (low..=high).map(|x| self.average(x as u64, size)).collect();
        self.values = next;
        self.s = s;
        self.low = low;
    }

    fn average(&self, x: u64, size: u64) -> f64 {
        let before = self.s as u64;
        let total = before + size;
        let (least, most) = (x.saturating_sub(size), x.min(before));
        let mode = ((u128::from(before + 1) * u128::from(x + 1)) / u128::from(total + 2)) as u64;
        let mode = mode.clamp(least, most);
        let weight = hypergeometric(mode, before, x, size);
        let mut sum = weight * self.at(mode.into());
        let (t, s, x_f) = (size as f64, before as f64, x as f64);
        let certain = CERTAIN_LN.exp();
        let mut upward = weight;
        for k in mode..most {
            let k_f = k as f64;
            let ratio = (s - k_f) * (x_f - k_f) / ((k_f + 1.0) * (t - x_f + k_f + 1.0));
            upward *= ratio;
            sum += upward * self.at((k + 1).into());
            if upward * certain < 1e-17 * sum * (1.0 - ratio) {
                break;
            }
        }
        let mut downward = weight;
        for k in (least + 1..=mode).rev() {
            let k_f = k as f64;
            let ratio = k_f * (t - x_f + k_f) / ((s - k_f + 1.0) * (x_f - k_f + 1.0));
            downward *= ratio;
            sum += downward * self.at((k - 1).into());
            if downward * certain < 1e-17 * sum * (1.0 - ratio) {
                break;
            }
        }
        sum
    }

    /// Cuts off what has touched the boundary. False when everything has.
    fn absorb(&mut self) -> bool {
        let (low, high) = self.band.inside(self.s);
        let skip = (low - self.low).max(0);
        let keep = high - low.max(self.low) + 1;
        if keep <= 0 || skip >= self.values.len() as i128 {
            return false;
        }
        self.values.truncate((skip + keep) as usize);
        if skip > 0 {
            self.values.drain(..skip as usize);
            self.low += skip;
        }
        true
    }
}

/// P(k of the first `before` steps | x among `before + size`), through binomial densities.
fn hypergeometric(k: u64, before: u64, x: u64, size: u64) -> f64 {
    let total = (before + size) as f64;
    let (p, q) = (x as f64 / total, (total - x as f64) / total);
    let ln = binom_ln_pmf(k, before, p, q) + binom_ln_pmf(x - k, size, p, q)
        - binom_ln_pmf(x, before + size, p, q);
    ln.exp()
}
