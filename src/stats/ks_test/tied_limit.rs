//! The limit law of the two-sample statistic conditional on ties, for samples too large for the
//! exact one.
//!
//! In the limit the difference of both distribution functions is a Brownian bridge, looked at only
//! where a group of equal values ends. The recursion over the groups is that of the exact law, with
//! normal transitions integrated by Gauss's rule, and so are the terms that it adds, by logarithm.
//! Errors are below 1% of the p-value; far in the tail the limit itself is off by a share of about
//! D² of the logarithm.

use super::super::log_sum::LogSum;
use super::super::special::norm_sf;
use super::law::Question;
use std::f64::consts::PI;

/// More groups than this are hardly tied: the untied law serves, and is on the safe side.
const MOST_GROUPS: usize = 400;

/// A step in time below this share of the squared height, or of its inverse if that is less, is
/// joined with the next.
const LEAST_STEP: f64 = 2e-4;

/// Terms that the quadrature may take: about a quarter of a second.
const MOST_WORK: f64 = 1e8;

/// Gauss and Legendre's six nodes and weights on -1 … 1, the upper half.
const NODES: [(f64, f64); 3] = [
    (0.238_619_186_083_196_9, 0.467_913_934_572_691),
    (0.661_209_386_466_264_5, 0.360_761_573_048_138_6),
    (0.932_469_514_203_152, 0.171_324_492_379_170_36),
];

/// Deviations beyond which a transition is not followed.
const REACH: f64 = 9.0;

/// Returns the logarithm of the p-value, given the sizes of the pooled groups in order.
///
/// `None` where the groups are too many or too small for the quadrature.
pub fn tied_limit(question: Question, groups: impl Iterator<Item = u64> + Clone) -> Option<f64> {
    let mut sum = LogSum::ZERO;
    for side in question.runs() {
        sum.add(one_run(side, groups.clone())?, 1.0);
    }
    Some(sum.ln().min(0.0))
}

fn one_run(question: Question, groups: impl Iterator<Item = u64>) -> Option<f64> {
    let looks = looks(question, groups);
    if looks.is_empty() || looks.len() > MOST_GROUPS {
        return None;
    }
    let nodes = nodes(&looks);
    let work = looks.len() as f64 * (nodes.len() as f64).powi(2);
    (work < MOST_WORK).then(|| touch(&looks, &nodes, question.two_sided).ln())
}

/// Where the bridge is looked at.
fn looks(question: Question, groups: impl Iterator<Item = u64>) -> Vec<Look> {
    let total = question.n + question.m;
    let (mut looks, mut seen, mut last) = (Vec::new(), 0u64, 0u64);
    let height = Look::new(question, total / 2).upper.powi(2);
    let least_step = LEAST_STEP * height.min(1.0 / height) * total as f64;
    let mut groups = groups.peekable();
    while let Some(size) = groups.next() {
        seen += size;
        // A run of small groups is looked at again and again at this distance, and at its end.
        let small_next = groups.peek().is_some_and(|next| (*next as f64) < least_step);
        let near = ((seen - last) as f64) < least_step;
        if seen >= total || near && small_next {
            continue;
        }
        last = seen;
        looks.push(Look::new(question, seen));
    }
    // Being beyond the bounds near either end of the bridge weighs nothing beside the likeliest
    // look.
    let likeliest = looks.iter().map(Look::exponent).fold(f64::INFINITY, f64::min);
    looks.retain(|look| look.exponent() < likeliest + 50.0);
    looks
}

/// The bridge at the end of a group: its time and the bounds between which it has not touched.
struct Look {
    time: f64,
    lower: f64,
    upper: f64,
    /// Whether the lower one is a bound, or only where nothing more has to be known.
    two_sided: bool,
}

impl Look {
    /// The bounds lie half a step beyond the last whole numbers inside, as a normal law wants it.
    fn new(question: Question, seen: u64) -> Look {
        let Question { n, m, h, two_sided } = question;
        let (n_wide, total) = (i128::from(n), i128::from(n) + i128::from(m));
        let (height, level) = (h as i128, n_wide * i128::from(seen));
        let scale = ((n as f64) * (m as f64)).sqrt() * (total as f64).sqrt();
        // Twice the height in the middle between x and x + 1, where N x - n s is the height at x.
        let between = |x: i128| (total * (2 * x + 1) - 2 * level) as f64 / (2.0 * scale);
        let upper = between(-(-(level + height)).div_euclid(total) - 1);
        let lower = if two_sided {
            between((level - height).div_euclid(total))
        } else {
            // Further down the bound has not been touched; and so far down nothing returns.
            let distance = height as f64 / scale;
            (upper - 10.0 / distance).max(-24f64.sqrt())
        };
        Look { time: seen as f64 / total as f64, lower, upper: upper.max(lower), two_sided }
    }

    /// Minus the logarithm of the probability to be beyond the nearer bound here, roughly.
    fn exponent(&self) -> f64 {
        let nearer = if self.two_sided { self.upper.min(-self.lower) } else { self.upper };
        0.5 * nearer * nearer / (self.time * (1.0 - self.time))
    }
}

/// The probability of being beyond the bounds at any look, the first time at each.
fn touch(looks: &[Look], nodes: &[(f64, f64)], two_sided: bool) -> LogSum {
    let mut touched = LogSum::ZERO;
    let mut leave = |look: &Look, fineness: f64, clear: &dyn Fn(f64) -> f64| {
        beyond(&mut touched, look.upper, look.time, fineness, clear);
        if two_sided {
            beyond(&mut touched, -look.lower, look.time, fineness, &|place| clear(-place));
        }
    };
    let mut clear = vec![1.0; nodes.len()];
    if let Some(look) = looks.first() {
        leave(look, f64::INFINITY, &|_| 1.0);
    }
    for pair in looks.windows(2) {
        let (earlier, look) = (&pair[0], &pair[1]);
        let width = look.upper - look.lower;
        let value = |place: f64| average(&clear, nodes, earlier, place, look.time);
        leave(look, spread(earlier.time, look.time), &value);
        clear = nodes.iter().map(|(node, _)| value(look.lower + width * node)).collect();
    }
    touched
}

/// Adds the density of the bridge beyond a bound, times the probability to have been clear before.
///
/// The latter changes over distances of `fineness`. Where the density has lost exp(-18) it ends.
fn beyond(touched: &mut LogSum, bound: f64, time: f64, fineness: f64, clear: &dyn Fn(f64) -> f64) {
    let variance = time * (1.0 - time);
    let start = bound.max(0.0);
    let length = (start * start + 36.0 * variance).sqrt() - bound;
    let scale = variance.sqrt().min(variance / start).min(fineness);
    let panels = (0.5 * length / scale).ceil().clamp(1.0, 1000.0);
    let mut share = 0.0;
    for (node, weight) in panel_nodes(panels as u32) {
        let place = bound + length * node;
        let excess = (place - start) * (place + start);
        share += weight * (-0.5 * excess / variance).exp() * clear(place);
    }
    let ln_density = -0.5 * start * start / variance;
    touched.add(ln_density, share * length / (2.0 * PI * variance).sqrt());
}

/// Nodes and weights on 0 … 1, in panels not wider than twice the least deviation of a transition.
fn nodes(looks: &[Look]) -> Vec<(f64, f64)> {
    let spreads = looks
        .windows(2)
        .map(|pair| spread(pair[0].time, pair[1].time) / (pair[0].upper - pair[0].lower).max(1e-9));
    let least = spreads.fold(f64::INFINITY, f64::min);
    panel_nodes((0.5 / least).ceil().clamp(6.0, 4000.0) as u32).collect()
}

/// Nodes and weights on 0 … 1 in so many panels.
fn panel_nodes(panels: u32) -> impl Iterator<Item = (f64, f64)> {
    let half = 0.5 / f64::from(panels);
    (0..panels).flat_map(move |panel| {
        let middle = half * f64::from(2 * panel + 1);
        NODES.into_iter().flat_map(move |(node, weight)| {
            [(middle - half * node, half * weight), (middle + half * node, half * weight)]
        })
    })
}

/// Averages over the place at the earlier look, given the one at a later time.
fn average(clear: &[f64], nodes: &[(f64, f64)], earlier: &Look, place: f64, later: f64) -> f64 {
    let (mean, sd) = (place * earlier.time / later, spread(earlier.time, later));
    let width = earlier.upper - earlier.lower;
    let scale = width / (sd * (2.0 * PI).sqrt());
    let mut inside = 0.0;
    for ((node, weight), value) in nodes.iter().zip(clear) {
        let z = (earlier.lower + width * node - mean) / sd;
        if z.abs() < REACH {
            inside += weight * value * (-0.5 * z * z).exp();
        }
    }
    let below = if earlier.two_sided { 0.0 } else { norm_sf((mean - earlier.lower) / sd) };
    below + scale * inside
}

/// Standard deviation of the bridge at the earlier time given the later one.
fn spread(earlier: f64, later: f64) -> f64 {
    (earlier * (later - earlier) / later).max(0.0).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One value makes up nearly everything.
    #[test]
    fn rare_values_are_not_overlooked() {
        for sizes in [[60u64, 199_940], [199_940, 60]] {
            let (n, m) = (100_000u64, 100_000u64);
            let question = Question { n, m, h: 18 * 100_000, two_sided: true };
            let exact = question.exact(sizes.into_iter()).expect("affordable");
            let limit = tied_limit(question, sizes.into_iter()).expect("two groups");
            assert!((exact - limit).abs() < 0.1, "{sizes:?}: {exact} {limit}");
        }
    }

    #[test]
    fn meets_the_exact_law() {
        for (n, m, d, groups) in [
            (20_000u64, 30_000u64, 0.012, 10),
            (20_000, 20_000, 0.014, 60),
            (20_000, 20_000, 0.03, 5),
            (30_000, 20_000, 0.011, 200),
        ] {
            for two_sided in [true, false] {
                let h = (d * (n * m) as f64) as u128 / 10_000 * 10_000;
                let question = Question { n, m, h, two_sided };
                let cut = |k: u64| k * (n + m) / groups + k * (groups - k) % 7;
                let sizes = || (0..groups).map(|k| cut(k + 1) - cut(k));
                let exact = question.exact(sizes()).expect("affordable");
                let limit = tied_limit(question, sizes()).expect("few groups");
                assert!((exact - limit).abs() < 0.02, "{n} {m} {d} {groups}: {exact} {limit}");
            }
        }
    }
}
