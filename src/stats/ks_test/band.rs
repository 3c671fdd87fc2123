//! The cells of the exact law: where its boundary runs, what passes there and what it costs.

use super::super::special::binom_ln_pmf;
use super::law::Question;

/// Cell updates that the exact law may take: about half a second.
pub const MOST_CELLS: f64 = 4e8;

/// Cells that one look at the boundary weighs.
const LOOK: f64 = 50.0;

/// Ranks at which the boundary is sampled to find where it is touched at all.
const SAMPLES: u64 = 512;

/// Where the boundary runs: x is inside at pooled rank s when N x - n s lies between both limits.
#[derive(Clone, Copy, Debug)]
pub struct Band {
    n: i128,
    m: i128,
    above: i128,
    /// The other boundary; for one side a depth from which too few come back to be followed.
    below: i128,
    pub two_sided: bool,
    /// Cells below the boundary in which U differs from one at the last rank, for one side.
    layer: f64,
}

impl Band {
    pub fn new(question: Question) -> Band {
        let (n, m) = (i128::from(question.n), i128::from(question.m));
        let above = question.h as i128;
        let mut below = above;
        let mut layer = f64::INFINITY;
        if !question.two_sided {
            // Reaching the top makes reaching the depth less likely than its exp(-48).
            let harmonic = question.n as f64 * (question.m as f64 / (n + m) as f64);
            let depth = (24.0 / harmonic).sqrt() * (n as f64 * m as f64);
            below = (depth.ceil() as i128).max(n + m);
            // A path that ends g below the boundary has touched with probability exp(-2 g D).
            layer = 14.0 / question.d();
        }
        Band { n, m, above, below, two_sided: question.two_sided, layer }
    }

    /// The least and the largest x that exist at pooled rank s.
    pub fn lattice(&self, s: i128) -> (i128, i128) {
        ((s - self.m).max(0), self.n.min(s))
    }

    /// The values of x inside at pooled rank s.
    pub fn inside(&self, s: i128) -> (i128, i128) {
        let total = self.n + self.m;
        let (least, most) = self.lattice(s);
        let low = (self.n * s - self.below).div_euclid(total) + 1;
        let high = -(-(self.n * s + self.above)).div_euclid(total) - 1;
        (low.max(least), high.min(most))
    }

    /// Cells that are followed at pooled rank s, roughly.
    fn width(&self, s: i128) -> f64 {
        let (low, high) = self.inside(s);
        let layer = 4.0 + self.layer * (s as f64 / (self.n + self.m) as f64);
        layer.min((high - low + 1).max(1) as f64)
    }

    /// Cells that the recursion would visit between two ranks, roughly.
    pub fn cost(&self, (first, last): (i128, i128), groups: impl Iterator<Item = u64>) -> f64 {
        let (mut cost, mut s, mut width) = (0.0, 0i128, 1.0);
        for size in groups {
            let t = size as f64;
            if s > last || s + i128::from(size) <= first {
                s += i128::from(size);
                cost += 1.0;
                continue;
            }
            cost += if cheaper_at_once(size, width) {
                leap_cost(t, width)
            } else {
                t * (width + 0.5 * t.min(self.n as f64) + 8.0)
            };
            cost += LOOK;
            s += i128::from(size);
            if size > 64 || s % 64 == 0 {
                width = self.width(s);
            }
            if cost > MOST_CELLS {
                break;
            }
        }
        cost
    }

    /// For one side, the ranks at which the boundary is touched at all: what touches it before or
    /// after adds less than 1e-17 of the p-value.
    ///
    /// The p-value is at least the likeliest passage through a boundary point where a group ends.
    /// Over all ranks such passages have one mode, so that sampling finds where they are lost.
    pub fn window(&self, groups: impl Iterator<Item = u64>) -> (i128, i128) {
        let total = self.n + self.m;
        let stride = total / i128::from(SAMPLES);
        if self.two_sided || stride < 8 {
            return (0, total);
        }
        let (mut s, mut due, mut best) = (0, 0, f64::NEG_INFINITY);
        for size in groups {
            s += i128::from(size);
            if s >= due {
                best = best.max(self.ln_touch(s));
                due = s + stride;
            }
        }
        let least = best - 40.0 - 2.0 * (total as f64).ln();
        let counts = |k: &i128| self.ln_touch(k * stride) > least;
        let samples = i128::from(SAMPLES);
        match (0..=samples).find(counts).zip((0..=samples).rfind(counts)) {
            Some((first, last)) if best.is_finite() => ((first - 2) * stride, (last + 2) * stride),
            _ => (0, total),
        }
    }

    /// The logarithm of the probability to pass the first point beyond the boundary at rank s.
    fn ln_touch(&self, s: i128) -> f64 {
        let x = self.inside(s).1 + 1;
        if x > self.lattice(s).1 { f64::NEG_INFINITY } else { self.ln_pass(x, s) }
    }

    /// The logarithm of the probability that a path passes (x, s).
    fn ln_pass(&self, x: i128, s: i128) -> f64 {
        let (n, total) = (self.n as u64, (self.n + self.m) as u64);
        let (p, q) = (n as f64 / total as f64, self.m as f64 / total as f64);
        let (x, s) = (x as u64, s as u64);
        binom_ln_pmf(x, s, p, q) + binom_ln_pmf(n - x, total - s, p, q)
            - binom_ln_pmf(n, total, p, q)
    }

    /// Passing (x + 1, s) as a multiple of passing (x, s).
    pub fn next_pass(&self, x: i128, s: i128) -> f64 {
        let ways = (s - x) as f64 * (self.n - x) as f64;
        ways / ((x + 1) as f64 * (self.m - s + x + 1) as f64)
    }
}

/// Whether a group is better taken in one leap with hypergeometric weights than value by value.
pub fn cheaper_at_once(size: u64, width: f64) -> bool {
    let t = size as f64;
    size > 32 && leap_cost(t, width) < t * (width + 0.5 * t)
}

fn leap_cost(t: f64, width: f64) -> f64 {
    (width + 40.0) * (40.0 + 8.0 * t.min(10.0 * t.sqrt()))
}

/// Passages along one boundary, each as a multiple of an earlier one that was computed in full.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    x: i128,
    s: i128,
    ln: f64,
    factor: f64,
    fresh: u32,
}

impl Edge {
    pub const NEW: Edge = Edge { x: 0, s: 0, ln: 0.0, factor: 1.0, fresh: 0 };

    /// Goes on to (x, s) and returns the logarithm of the probability that a path passes it.
    pub fn ln_pass(&mut self, band: &Band, x: i128, s: i128) -> f64 {
        let (right, steps) = (x - self.x, s - self.s);
        if self.fresh == 0 || steps > 8 || right < 0 || right > steps {
            *self = Edge { x, s, ln: band.ln_pass(x, s), factor: 1.0, fresh: 64 };
            return self.ln;
        }
        let (mut up, mut down) = (1.0, 1.0);
        for step in 0..steps {
            let (to_right, before) = (step < right, self.s + step);
            let (part, left) = if to_right {
                (self.x + step + 1, band.n - self.x - step)
            } else {
                (before + 1 - x, band.m - before + x)
            };
            up *= (before + 1) as f64 * left as f64;
            down *= part as f64 * (band.n + band.m - before) as f64;
        }
        self.factor *= up / down;
        *self = Edge { x, s, fresh: self.fresh - 1, ..*self };
        self.ln + self.factor.ln()
    }
}
