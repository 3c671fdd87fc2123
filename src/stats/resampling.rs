//! Tests of two samples by random relabelling, with the effect that each of them reports.
//!
//! The pooled values are sorted once; each relabelling is one pass over them, keyed by seed and
//! number, so that the order of work does not matter.

use std::cmp::Ordering;

use super::ecdf::Comparison;
use super::ks_test::gap;
use super::moments::Summary;
use super::p_values::{Sides, doubled, smaller};
use super::permutation::{Random, mean_difference};
use super::power::{detectable_t_noncentrality, detectable_z};
use super::quantile::{Definition, Fraction, position, quantile, quantile_interval};
use super::shift_power::{Whole, detectable};
use super::t_test::Contrast;
use super::{Design, Effect, Interval, PValue, Tail, TestResult, Undefined};

/// Steps that a test may take: about a minute.
const MOST_STEPS: u64 = 10_000_000_000;

/// How often, and from which seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resampling {
    pub seed: u64,
    pub resamples: u64,
}

impl Resampling {
    /// Refuses what takes too long and what could never alarm.
    pub fn check(self, n: u64, alpha: f64) -> Result<(), Undefined> {
        let Resampling { resamples, .. } = self;
        if resamples.saturating_mul(n) > MOST_STEPS {
            let text = format!("{resamples} resamples of {n} values take too long, ask for fewer");
            return Err(Undefined::Other(text));
        }
        let least = 1.0 / (resamples as f64 + 1.0);
        if least > alpha {
            let text = format!(
                "{resamples} resamples show no p below {least:.1e}, this test decides at \
                 {alpha:.1e}: ask for more"
            );
            return Err(Undefined::Other(text));
        }
        Ok(())
    }
}

/// The pooled values, ascending.
fn pool(x: &[f64], y: &[f64]) -> Vec<f64> {
    let mut pooled = [x, y].concat();
    pooled.sort_unstable_by(f64::total_cmp);
    pooled
}

/// Marks a random choice of `size` of the places, all choices equally likely (Knuth's algorithm S).
fn choose(places: usize, size: usize, random: &mut Random, mut visit: impl FnMut(usize, bool)) {
    let mut open = size;
    for place in 0..places {
        let taken = random.below((places - place) as u64) < open as u64;
        open -= usize::from(taken);
        visit(place, taken);
    }
}

/// The energy distance (Székely & Rizzo 2004) by relabelling; the effect is the largest gap.
pub fn energy(
    [x, y]: [&[f64]; 2],
    samples: &Comparison,
    resampling: Resampling,
    design: &Design,
) -> Result<TestResult, Undefined> {
    let pooled = finite(x, y)?;
    resampling.check(pooled.len() as u64, design.alpha)?;
    reachable(x.len(), y.len(), design)?;
    let gaps: Vec<f64> = pooled.windows(2).map(|pair| pair[1] - pair[0]).collect();
    if gaps.iter().all(|gap| *gap == 0.0) {
        return Err(Undefined::ZeroVariance);
    }
    let (n, m) = (x.len() as f64, y.len() as f64);
    let observed = samples.squared_area;
    let mut hits = 1;
    for draw in 0..resampling.resamples {
        let mut random = Random::new(resampling.seed, draw);
        let (mut own, mut area) = (0_u64, 0.0);
        choose(pooled.len(), x.len(), &mut random, |place, taken| {
            own += u64::from(taken);
            if let Some(gap) = gaps.get(place) {
                let share = own as f64 / n - (place as u64 + 1 - own) as f64 / m;
                area += share * share * gap;
            }
        });
        hits += u64::from(area >= observed * (1.0 - 1e-12));
    }
    Ok(TestResult {
        name: "energy_distance",
        symbol: "E2",
        statistic: 2.0 * observed,
        p: PValue::new(hits as f64 / (resampling.resamples as f64 + 1.0)),
        n: vec![samples.n, samples.m],
        df: None,
        exact: false,
        method: "random relabelling",
        effect: gap(samples, design),
        margin: None,
        detectable: detectable(Whole::Energy, [samples.n, samples.m], design),
        warnings: Vec::new(),
    })
}

/// The difference of two means by relabelling.
pub fn means(
    [x, y]: [&[f64]; 2],
    resampling: Resampling,
    design: &Design,
) -> Result<TestResult, Undefined> {
    let pooled = finite(x, y)?;
    resampling.check(pooled.len() as u64, design.alpha)?;
    reachable(x.len(), y.len(), design)?;
    let found = mean_difference(x, y, resampling.seed, resampling.resamples)?;
    let contrast = Contrast::welch(&Summary::of(x), &Summary::of(y))?;
    let (less, greater) = (found.p_less, found.p_greater);
    let sides = Sides { two_sided: found.p_two_sided, less, greater };
    let ci = contrast.interval(1.0 - design.alpha);
    let value = contrast.difference();
    Ok(TestResult {
        exact: found.exact,
        method: if found.exact { "all relabellings" } else { "random relabelling" },
        effect: Effect { name: "mean_difference", value, ci },
        detectable: detectable_t_noncentrality(contrast.dof, design)
            .map(|noncentrality| noncentrality * contrast.standard_error()),
        ..relabelled(value, sides, [x, y], design)
    })
}

/// The difference of two quantiles (type 7) by relabelling. Its interval joins the
/// distribution-free intervals of both sides (Newcombe 1998, method 10).
pub fn quantiles(
    [x, y]: [&[f64]; 2],
    p: f64,
    resampling: Resampling,
    design: &Design,
) -> Result<TestResult, Undefined> {
    let pooled = finite(x, y)?;
    resampling.check(pooled.len() as u64, design.alpha)?;
    reachable(x.len(), y.len(), design)?;
    let fraction = Fraction::from_f64(p)
        .ok_or_else(|| Undefined::Other(format!("{p} is not a probability")))?;
    let of = |sorted: &[f64]| quantile(sorted, fraction, Definition::Type7);
    let (Some(own), Some(other)) = (of(x), of(y)) else {
        return Err(Undefined::TooFew { needed: 1, got: 0 });
    };
    let observed = own - other;
    let place = |n: usize| position(n as u64, fraction, Definition::Type7);
    let (Some(at_x), Some(at_y)) = (place(x.len()), place(y.len())) else {
        return Err(Undefined::TooFew { needed: 1, got: 0 });
    };
    let own_sum: f64 = x.iter().sum();
    let slack = 1e-13 * pooled.iter().map(|value| value.abs()).sum::<f64>();
    let (mut less, mut greater) = (1_u64, 1_u64);
    let mut sides: [Vec<f64>; 2] = [Vec::with_capacity(x.len()), Vec::with_capacity(y.len())];
    for draw in 0..resampling.resamples {
        let mut random = Random::new(resampling.seed, draw);
        sides.iter_mut().for_each(Vec::clear);
        choose(pooled.len(), x.len(), &mut random, |place, taken| {
            sides[usize::from(!taken)].push(pooled[place]);
        });
        let value = at_x.of(&sides[0]) - at_y.of(&sides[1]);
        // Where values are tied, so are differences of their quantiles: sums tell them apart.
        let order = match value.total_cmp(&observed) {
            Ordering::Equal => compare_sums(sides[0].iter().sum(), own_sum, slack),
            order => order,
        };
        less += u64::from(order != Ordering::Greater);
        greater += u64::from(order != Ordering::Less);
    }
    let share = |count: u64| PValue::new(count as f64 / (resampling.resamples as f64 + 1.0));
    let (less, greater) = (share(less), share(greater));
    let sides = Sides { two_sided: doubled(smaller(less, greater)), less, greater };
    let level = 1.0 - design.alpha;
    let (a, b) = (quantile_interval(x, p, level), quantile_interval(y, p, level));
    let ci = Interval {
        low: observed - (own - a.low).hypot(b.high - other),
        high: observed + (a.high - own).hypot(other - b.low),
        level,
    };
    Ok(TestResult {
        effect: Effect { name: "quantile_difference", value: observed, ci },
        detectable: spread_of_quantile(&pooled, p, [x.len() as u64, y.len() as u64])
            .zip(detectable_z(design))
            .map(|(spread, reach)| spread * reach * of_few([x.len() as u64, y.len() as u64])),
        ..relabelled(observed, sides, [x, y], design)
    })
}

/// By what factor less is seen of the difference of two quantiles than their limit says: of few
/// values they vary less, and equal ones are told apart by sums. Fitted to simulated medians of
/// normal values (3000 pairs of 20 + 20, 30 + 300 and 200 + 200).
pub fn of_few([n, m]: [u64; 2]) -> f64 {
    1.0 - 0.25 / (n.min(m).max(1) as f64).sqrt()
}

/// Two sums, equal up to what rounding leaves.
fn compare_sums(sum: f64, other: f64, slack: f64) -> Ordering {
    if (sum - other).abs() <= slack { Ordering::Equal } else { sum.total_cmp(&other) }
}

/// Refuses sizes whose relabellings are so few that none of them could alarm.
fn reachable(n: usize, m: usize, design: &Design) -> Result<(), Undefined> {
    let smaller = n.min(m);
    let all: f64 = (0..smaller).map(|i| (n + m - i) as f64 / (i + 1) as f64).product();
    // Of equal sizes each relabelling has its mirror image, as far away.
    let alike = if n == m && design.tail == Tail::TwoSided { 2.0 } else { 1.0 };
    if alike / all <= design.alpha {
        return Ok(());
    }
    Err(Undefined::Other(format!(
        "too small a sample: the {all} relabellings of {n} and {m} values show no p below {:.2}, \
         this test decides at {}",
        alike / all,
        design.alpha
    )))
}

/// The standard error of the difference of two quantiles, read off the pooled sample: half the way
/// between the quantiles one standard error of a rank below and above.
fn spread_of_quantile(pooled: &[f64], p: f64, [n, m]: [u64; 2]) -> Option<f64> {
    let reach = (p * (1.0 - p) * (1.0 / n as f64 + 1.0 / m as f64)).sqrt();
    let at = |p: f64| quantile(pooled, Fraction::from_f64(p.clamp(0.0, 1.0))?, Definition::Type7);
    let spread = (at(p + reach)? - at(p - reach)?) / 2.0;
    (spread > 0.0).then_some(spread)
}

fn relabelled(value: f64, sides: Sides, [x, y]: [&[f64]; 2], design: &Design) -> TestResult {
    let ci = Interval { low: value, high: value, level: 1.0 - design.alpha };
    TestResult {
        name: "permutation_test",
        symbol: "difference",
        statistic: value,
        p: sides.of(design.tail),
        n: vec![x.len() as u64, y.len() as u64],
        df: None,
        exact: false,
        method: "random relabelling",
        effect: Effect { name: "difference", value, ci },
        margin: None,
        detectable: None,
        warnings: Vec::new(),
    }
}

/// Both samples in one list; at least two values on each side, all finite, not all equal.
fn finite(x: &[f64], y: &[f64]) -> Result<Vec<f64>, Undefined> {
    let got = x.len().min(y.len()) as u64;
    if got < 2 {
        return Err(Undefined::TooFew { needed: 2, got });
    }
    let pooled = pool(x, y);
    if !(pooled[0].is_finite() && pooled[pooled.len() - 1].is_finite()) {
        return Err(Undefined::Infinite);
    }
    if pooled[0] == pooled[pooled.len() - 1] {
        return Err(Undefined::ZeroVariance);
    }
    Ok(pooled)
}

#[cfg(test)]
mod tests {
    use super::super::ecdf::{Real, compare};
    use super::*;

    const DESIGN: Design = Design { tail: Tail::TwoSided, alpha: 0.05, power: 0.8, margin: None };
    const OFTEN: Resampling = Resampling { seed: 1, resamples: 499 };

    fn sample(seed: u64, n: u64, shift: f64) -> Vec<f64> {
        let mut random = Random::new(seed, 0);
        let mut list: Vec<f64> = (0..n).map(|_| random.below(1000) as f64 + shift).collect();
        list.sort_by(f64::total_cmp);
        list
    }

    fn all(x: &[f64], y: &[f64]) -> [f64; 3] {
        let real = |values: &[f64]| -> Vec<Real> {
            values.iter().copied().filter_map(Real::new).collect()
        };
        let both = compare(&real(x), &real(y));
        let p = |result: Result<TestResult, Undefined>| result.expect("values").p.value;
        [
            p(energy([x, y], &both, OFTEN, &DESIGN)),
            p(means([x, y], OFTEN, &DESIGN)),
            p(quantiles([x, y], 0.5, OFTEN, &DESIGN)),
        ]
    }

    // Law: under the null hypothesis each of them alarms in about 5 % of runs.
    #[test]
    fn false_alarms_are_as_promised() {
        let mut alarms = [0; 3];
        for seed in 0..400 {
            let found = all(&sample(2 * seed, 20, 0.0), &sample(2 * seed + 1, 30, 0.0));
            alarms.iter_mut().zip(found).for_each(|(alarms, p)| *alarms += u32::from(p < 0.05));
        }
        // 99.9 % of binomial(400, 0.05) lies in [7, 36].
        assert!(alarms.iter().all(|count| (5..=36).contains(count)), "{alarms:?}");
    }

    #[test]
    fn shifts_are_seen_and_seeds_decide() {
        let (x, y) = (sample(1, 60, 600.0), sample(2, 60, 0.0));
        assert!(all(&x, &y).iter().all(|p| *p < 0.01), "{:?}", all(&x, &y));
        assert_eq!(all(&x, &y), all(&x, &y));
        let few = Resampling { resamples: 9, ..OFTEN };
        assert!(means([&x, &y], few, &DESIGN).is_err());
        assert_eq!(finite(&[1.0; 3], &[1.0; 3]), Err(Undefined::ZeroVariance));
    }
}
