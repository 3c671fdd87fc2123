//! What the tests of two rates see, by enumeration of all tables where they are few.
//!
//! Of each number of events on both sides together, the table that the data's share of them makes
//! is judged as the test judges it; the power at two rates is then a sum over binomial laws.

use super::power::harmonic;
use super::proportion::{Rate, TwoRates};
use super::special::{binom_ln_pmf, bisect, norm_isf, norm_sf};
use super::{Design, Tail};

/// Tables that are looked at, at most.
const MOST_TABLES: u64 = 400_000;

/// Which test of two rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateTest {
    /// Fisher's, with the whole probability of the observed table.
    Fisher,
    /// The pooled z, and Fisher's with mid-p where an expected count is below 5.
    PooledZ,
}

/// Two sizes and the test of their rates.
#[derive(Clone, Copy, Debug)]
pub struct RatePower {
    pub n: u64,
    pub m: u64,
    pub test: RateTest,
}

impl RatePower {
    /// The smallest difference from the rate `p` of the reference that is seen with the design's
    /// power, on the worse side where both are looked at.
    pub fn detectable(self, p: f64, design: &Design) -> Option<f64> {
        let usable = (0.0..=1.0).contains(&p) && design.power > 0.0;
        if !usable || self.n == 0 || self.m == 0 {
            return None;
        }
        let up = || self.rise(p, design);
        // A fall of the rate is a rise of its complement.
        let down = || self.rise(1.0 - p, design);
        match design.tail {
            Tail::Greater => up(),
            Tail::Less => down(),
            Tail::TwoSided => match (down(), up()) {
                (Some(down), Some(up)) => Some(down.max(up)),
                (down, up) => down.or(up),
            },
        }
    }

    /// The smallest rise over `p`.
    fn rise(self, p: f64, design: &Design) -> Option<f64> {
        let one_sided = Design { tail: one_or_two(design.tail), ..*design };
        let near = self.rise_by_normal_law(p, &one_sided)?;
        if !self.is_coarse(p, near) {
            return Some(near);
        }
        let Some(region) = Region::new(self, (p + 1.6 * near).min(1.0), p, &one_sided) else {
            return Some(near);
        };
        let most = (1.6 * near).min(1.0 - p);
        let lacking = |rise: f64| region.power(p + rise, p) - design.power;
        (lacking(most) >= 0.0).then(|| bisect(0.0, most, lacking))
    }

    /// Whether counts are so small that steps of the law matter.
    fn is_coarse(self, p: f64, rise: f64) -> bool {
        let events = |p: f64, n: u64| p.min(1.0 - p) * n as f64;
        let middle = (p + rise / 2.0).clamp(0.0, 1.0);
        self.test == RateTest::Fisher && self.n.min(self.m) < 2000
            || events(middle, self.n).min(events(middle, self.m)) < 40.0
    }

    /// By the normal law with the pooled error under the null hypothesis (Fleiss, Levin & Paik
    /// 2003, 4.3); Fisher's test loses half a count on each side (Casagrande, Pike & Smith 1978).
    fn rise_by_normal_law(self, p: f64, design: &Design) -> Option<f64> {
        let (n, m) = (self.n as f64, self.m as f64);
        let tails = if design.tail == Tail::TwoSided { 2.0 } else { 1.0 };
        let critical = norm_isf(design.alpha / tails);
        let lost = match self.test {
            RateTest::Fisher => 0.5 / harmonic(self.n, self.m),
            RateTest::PooledZ => 0.0,
        };
        let lacking = |rise: f64| {
            let q = (p + rise).min(1.0);
            let together = (n * q + m * p) / (n + m);
            let pooled = (together * (1.0 - together)).max(0.0) * (1.0 / n + 1.0 / m);
            let own = (q * (1.0 - q) / n + p * (1.0 - p) / m).max(1e-300);
            norm_sf((critical * pooled.sqrt() + lost - rise) / own.sqrt()) - design.power
        };
        let most = 1.0 - p;
        // Near the end the spread vanishes, so that the end itself is seen or nothing is.
        (lacking(most) >= 0.0).then(|| bisect(0.0, most, lacking))
    }
}

fn one_or_two(tail: Tail) -> Tail {
    if tail == Tail::TwoSided { Tail::TwoSided } else { Tail::Greater }
}

/// For each number of events on both sides, which shares of the data alarm.
struct Region {
    n: u64,
    m: u64,
    /// Of each number of events together: at most so many on the data's side alarm, and at least so
    /// many.
    bounds: Vec<(Option<u64>, Option<u64>)>,
}

impl Region {
    /// For events up to what rates of `high` and `low` can bring; `None` where that is too many.
    fn new(sizes: RatePower, high: f64, low: f64, design: &Design) -> Option<Region> {
        let RatePower { n, m, .. } = sizes;
        let mean = n as f64 * high + m as f64 * low;
        let most = ((mean + 8.0 * mean.sqrt() + 10.0).ceil() as u64).min(n + m);
        if most.saturating_mul(most.min(n).min(m)) > MOST_TABLES {
            return None;
        }
        let bounds = (0..=most).map(|events| sizes.bounds(events, design)).collect();
        Some(Region { n, m, bounds })
    }

    /// The chance of an alarm where the data has the rate `p` and the reference `q`.
    fn power(&self, p: f64, q: f64) -> f64 {
        let law = |n: u64, p: f64| -> Vec<f64> {
            let most = (self.bounds.len() as u64 - 1).min(n);
            (0..=most).map(|k| binom_ln_pmf(k, n, p, 1.0 - p).exp()).collect()
        };
        let (own, other) = (law(self.n, p), law(self.m, q));
        let table = |events: usize, x: u64| {
            let y = events as u64 - x;
            own.get(x as usize).copied().unwrap_or(0.0)
                * other.get(y as usize).copied().unwrap_or(0.0)
        };
        let alarms = self.bounds.iter().enumerate().map(|(events, (below, above))| {
            let first = (events as u64).saturating_sub(self.m);
            let last = (events as u64).min(self.n);
            let low = below.map_or(0.0, |below| (first..=below).map(|x| table(events, x)).sum());
            let high = above.map_or(0.0, |above| (above..=last).map(|x| table(events, x)).sum());
            low + high
        });
        alarms.sum::<f64>().min(1.0)
    }
}

impl RatePower {
    /// Which numbers of the data's events alarm, of so many on both sides.
    fn bounds(self, events: u64, design: &Design) -> (Option<u64>, Option<u64>) {
        let first = events.saturating_sub(self.m);
        let last = events.min(self.n);
        let total = self.n + self.m;
        let expected = |events: u64| self.n.min(self.m) as f64 * events as f64 / total as f64;
        let by_z =
            self.test == RateTest::PooledZ && expected(events).min(expected(total - events)) >= 5.0;
        let p: Vec<f64> = if by_z {
            (first..=last).map(|x| self.p_of_z(x, events - x, design.tail)).collect()
        } else {
            self.p_given_margins(first, last, events, design.tail)
        };
        let alarms = |p: &f64| *p <= design.alpha;
        // The p-values rise to the middle and fall again.
        let middle = p.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(at, _)| at);
        let below = (0..middle).rev().find(|at| alarms(&p[*at])).map(|at| first + at as u64);
        let above = (middle..p.len()).find(|at| alarms(&p[*at])).map(|at| first + at as u64);
        (below, above)
    }

    fn p_of_z(self, x: u64, y: u64, tail: Tail) -> f64 {
        let rates = Rate::new(x, self.n)
            .and_then(|data| Ok(TwoRates { data, reference: Rate::new(y, self.m)? }));
        rates.and_then(TwoRates::pooled_z).map_or(1.0, |(_, sides)| sides.of(tail).value)
    }

    /// Fisher's p-values of all tables with these margins.
    fn p_given_margins(self, first: u64, last: u64, events: u64, tail: Tail) -> Vec<f64> {
        let (n, m) = (self.n as f64, self.m as f64);
        // The weights of neighbours are in the ratio of four counts.
        let mut ln = vec![0.0];
        for x in first..last {
            let (x, y) = (x as f64, (events - x) as f64);
            let ratio = (n - x) * y / ((x + 1.0) * (m - y + 1.0));
            ln.push(ln.last().copied().unwrap_or(0.0) + ratio.ln());
        }
        let most = ln.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = ln.iter().map(|ln| (ln - most).exp()).sum();
        let weights: Vec<f64> = ln.iter().map(|ln| (ln - most).exp() / total).collect();
        let upper = |at: usize| weights[at..].iter().sum::<f64>();
        if tail != Tail::TwoSided {
            return (0..weights.len()).map(upper).collect();
        }
        let mut sorted = weights.clone();
        sorted.sort_by(f64::total_cmp);
        let sums: Vec<f64> = sorted
            .iter()
            .scan(0.0, |sum, weight| {
                *sum += weight;
                Some(*sum)
            })
            .collect();
        let up_to = |limit: f64| {
            let place = sorted.partition_point(|weight| *weight <= limit);
            if place == 0 { 0.0 } else { sums[place - 1] }
        };
        let half = self.test == RateTest::PooledZ;
        weights
            .iter()
            .map(|weight| {
                let whole = up_to(weight * (1.0 + 1e-9));
                let without = up_to(weight * (1.0 - 1e-9));
                if half { f64::midpoint(whole, without) } else { whole }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::fisher::fisher_exact;
    use super::super::proportion::two_proportions;
    use super::*;

    const DESIGN: Design = Design { tail: Tail::TwoSided, alpha: 0.05, power: 0.8, margin: None };

    // Law: the region is the one of the test itself, table by table.
    #[test]
    fn regions_agree_with_the_tests() {
        let (n, m) = (23, 31);
        for tail in [Tail::TwoSided, Tail::Greater] {
            let design = Design { tail, ..DESIGN };
            for test in [RateTest::Fisher, RateTest::PooledZ] {
                let sizes = RatePower { n, m, test };
                for events in 1..n + m {
                    let (below, above) = sizes.bounds(events, &design);
                    for x in events.saturating_sub(m)..=events.min(n) {
                        let y = events - x;
                        let rate = |count, n| Rate::new(count, n).expect("fewer than n");
                        let rates = TwoRates { data: rate(x, n), reference: rate(y, m) };
                        let p = match test {
                            RateTest::Fisher => {
                                let found = fisher_exact([[x, n - x], [y, m - y]]).expect("events");
                                if tail == Tail::TwoSided {
                                    found.p_two_sided
                                } else {
                                    found.p_greater
                                }
                            }
                            RateTest::PooledZ => two_proportions(rates, &design).expect("rates").p,
                        };
                        let alarms = below.is_some_and(|b| x <= b) || above.is_some_and(|a| x >= a);
                        assert_eq!(alarms, p.value <= 0.05, "{test:?} {tail:?} {x} {y} {p:?}");
                    }
                }
            }
        }
    }

    // Fisher's test of 2 x 100 rows and a rate of 0.1 needs a larger rise than the z-test.
    #[test]
    fn coarse_laws_need_more() {
        let sizes = |test| RatePower { n: 100, m: 100, test };
        let fisher = sizes(RateTest::Fisher).detectable(0.1, &DESIGN).expect("a rise");
        let z = sizes(RateTest::PooledZ).detectable(0.1, &DESIGN).expect("a rise");
        assert!(fisher > z && fisher - z < 0.03 && z > 0.13 && z < 0.17, "{fisher} {z}");
        assert_eq!(RatePower { n: 3, m: 3, test: RateTest::Fisher }.detectable(0.5, &DESIGN), None);
    }
}
