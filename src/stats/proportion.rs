//! Rates: one against a fixed value, and two against each other.
//!
//! Intervals by Wilson and Clopper-Pearson for one rate and by Newcombe's method 10 for a
//! difference: they stay proper at 0 of n and n of n.

use super::contingency::Table;
use super::fisher;
use super::p_values::{Sides, larger, lower, norm_p, smaller, upper};
use super::rates_power::{RatePower, RateTest};
use super::relative_entropy::share_difference;
use super::special::{beta_isf, beta_quantile, binom_ln_pmf, binom_tails, norm_isf};
use super::{Design, Effect, Interval, Margin, MarginTest, PValue, TestResult, Undefined};

/// `count` events among `n`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    count: u64,
    n: u64,
}

impl Rate {
    /// At least one observation, and no more events than observations.
    pub fn new(count: u64, n: u64) -> Result<Self, Undefined> {
        match (n, count <= n) {
            (0, _) => Err(Undefined::TooFew { needed: 1, got: 0 }),
            (_, false) => Err(Undefined::Other("more events than observations".to_string())),
            (_, true) => Ok(Rate { count, n }),
        }
    }

    /// How many events there are.
    pub fn count(self) -> u64 {
        self.count
    }

    /// How many observations there are.
    pub fn n(self) -> u64 {
        self.n
    }

    /// Events over observations.
    pub fn value(self) -> f64 {
        self.count as f64 / self.n as f64
    }

    fn complement(self) -> f64 {
        (self.n - self.count) as f64 / self.n as f64
    }

    /// Wilson's score interval (1927).
    pub fn wilson(self, level: f64) -> Interval {
        let (low, high) = self.wilson_at(norm_isf((1.0 - level) / 2.0));
        Interval { low, high, level }
    }

    /// The roots of (p - x)² = z² x (1 - x) / n; the smaller one as product of both over the larger
    /// one.
    fn wilson_at(self, z: f64) -> (f64, f64) {
        let (n, p, q) = (self.n as f64, self.value(), self.complement());
        let z2 = z * z / n;
        let larger = p + z2 / 2.0 + (z2 * (p * q + z2 / 4.0)).sqrt();
        let low = if self.count == 0 { 0.0 } else { p * p / larger };
        let high = if self.count == self.n { 1.0 } else { (larger / (1.0 + z2)).min(1.0) };
        (low.min(p), high.max(p))
    }

    /// The exact interval of Clopper & Pearson (1934).
    pub fn clopper_pearson(self, level: f64) -> Interval {
        let tail = (1.0 - level) / 2.0;
        let (k, rest) = (self.count as f64, (self.n - self.count) as f64);
        let low = if self.count == 0 { 0.0 } else { beta_quantile(k, rest + 1.0, tail) };
        let high = if self.count == self.n { 1.0 } else { beta_isf(k + 1.0, rest, tail) };
        Interval { low, high, level }
    }

    /// The interval of Jeffreys' prior, with its ends at 0 of n and n of n (Brown, Cai & DasGupta
    /// 2001).
    pub fn jeffreys(self, level: f64) -> Interval {
        let tail = (1.0 - level) / 2.0;
        let (a, b) = (self.count as f64 + 0.5, (self.n - self.count) as f64 + 0.5);
        let low = if self.count == 0 { 0.0 } else { beta_quantile(a, b, tail) };
        let high = if self.count == self.n { 1.0 } else { beta_isf(a, b, tail) };
        Interval { low, high, level }
    }

    /// The score test against a fixed rate, z = (p - p0) / sqrt(p0 (1 - p0) / n).
    pub fn score_test(self, p0: f64) -> Result<(f64, Sides), Undefined> {
        check_rate(p0)?;
        let variance = p0 * (1.0 - p0) / self.n as f64;
        if variance <= 0.0 {
            return Err(Undefined::ZeroVariance);
        }
        let z = (self.value() - p0) / variance.sqrt();
        Ok((z, Sides::normal(z)))
    }

    /// The exact binomial test; two-sided sums all counts that are not more probable than the
    /// observed one.
    pub fn binomial_test(self, p0: f64) -> Result<Sides, Undefined> {
        check_rate(p0)?;
        let tails = |k: u64| binom_tails(k, self.n, p0);
        let less = lower(tails(self.count));
        let at_least = |k: u64| if k == 0 { PValue::new(1.0) } else { upper(tails(k - 1)) };
        let greater = at_least(self.count);
        let ln_pmf = |k: u64| binom_ln_pmf(k, self.n, p0, 1.0 - p0);
        let own = ln_pmf(self.count);
        // What rounding leaves of two equal probabilities.
        let slack = 1e-11 * (1.0 + own.abs().min(1e3));
        let rare = |k: u64| ln_pmf(k) <= own + slack;
        let mode = (((self.n as f64 + 1.0) * p0).floor() as u64).min(self.n);
        let two_sided = if rare(mode) {
            PValue::new(1.0)
        } else if self.count < mode {
            // The first count above the mode that is as rare.
            let first = partition(mode, self.n + 1, |k| k > self.n || rare(k));
            if first > self.n { less } else { sum(less, at_least(first)) }
        } else {
            let above = partition(0, mode, |k| !rare(k));
            if above == 0 { greater } else { sum(greater, lower(tails(above - 1))) }
        };
        Ok(Sides { two_sided, less, greater })
    }
}

fn check_rate(p0: f64) -> Result<(), Undefined> {
    match (0.0..=1.0).contains(&p0) {
        true => Ok(()),
        false => Err(Undefined::Other(format!("{p0} is not a rate"))),
    }
}

/// The first of `low..high` for which `holds`, which once true stays true; `high` if none.
fn partition(mut low: u64, mut high: u64, holds: impl Fn(u64) -> bool) -> u64 {
    while low < high {
        let middle = u64::midpoint(low, high);
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    low
}

fn sum(a: PValue, b: PValue) -> PValue {
    let (high, low) = (larger(a, b), smaller(a, b));
    if high.value > 1e-290 {
        return PValue::new(high.value + low.value);
    }
    PValue::from_ln(high.ln + (low.ln - high.ln).exp().ln_1p())
}

/// A rate of the data and the rate of the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TwoRates {
    pub data: Rate,
    pub reference: Rate,
}

impl TwoRates {
    /// Data minus reference.
    pub fn difference(self) -> f64 {
        let [a, n, b, m] = [self.data.count, self.data.n, self.reference.count, self.reference.n];
        share_difference(a.into(), n.into(), b.into(), m.into())
    }

    /// The test of equal rates, z with the rate of both sides together in its variance.
    pub fn pooled_z(self) -> Result<(f64, Sides), Undefined> {
        let n = self.data.n as f64 + self.reference.n as f64;
        let events = self.data.count as f64 + self.reference.count as f64;
        let others = (self.data.n - self.data.count) as f64
            + (self.reference.n - self.reference.count) as f64;
        let sizes = 1.0 / self.data.n as f64 + 1.0 / self.reference.n as f64;
        self.z(events / n * (others / n) * sizes)
    }

    /// The same with the rates of each side in the variance.
    pub fn unpooled_z(self) -> Result<(f64, Sides), Undefined> {
        self.z(self.variance())
    }

    fn z(self, variance: f64) -> Result<(f64, Sides), Undefined> {
        if variance <= 0.0 {
            return Err(Undefined::ZeroVariance);
        }
        let z = self.difference() / variance.sqrt();
        Ok((z, Sides::normal(z)))
    }

    fn variance(self) -> f64 {
        let part = |rate: Rate| rate.value() * rate.complement() / rate.n as f64;
        part(self.data) + part(self.reference)
    }

    /// The interval of the difference by Newcombe (1998), method 10: Wilson's intervals, squared
    /// and added.
    pub fn newcombe(self, level: f64) -> Interval {
        let (low, high) = self.newcombe_at(norm_isf((1.0 - level) / 2.0));
        Interval { low, high, level }
    }

    fn newcombe_at(self, z: f64) -> (f64, f64) {
        let (p, q) = (self.data.value(), self.reference.value());
        let ((p_low, p_high), (q_low, q_high)) =
            (self.data.wilson_at(z), self.reference.wilson_at(z));
        let d = self.difference();
        (d - (p - p_low).hypot(q_high - q), d + (p_high - p).hypot(q - q_low))
    }

    /// Cohen's h, twice the difference of the arcsines of the roots.
    pub fn cohen_h(self) -> f64 {
        let (p, q) = (self.data, self.reference);
        // sin(a - b) = sin a cos b - cos a sin b, and p (1 - q) - q (1 - p) is p - q.
        let sum = (p.value() * q.complement()).sqrt() + (q.value() * p.complement()).sqrt();
        if sum == 0.0 { 0.0 } else { 2.0 * (self.difference() / sum).clamp(-1.0, 1.0).asin() }
    }

    /// The ratio of the odds, unless it would be infinite.
    pub fn odds_ratio(self) -> Option<f64> {
        let (p, q) = (self.data, self.reference);
        let bottom = (p.n - p.count) as f64 * q.count as f64;
        (bottom > 0.0).then(|| p.count as f64 * (q.n - q.count) as f64 / bottom)
    }

    /// The ratio of the rates, unless it would be infinite.
    pub fn risk_ratio(self) -> Option<f64> {
        (self.reference.count > 0).then(|| self.data.value() / self.reference.value())
    }

    fn min_expected(self) -> f64 {
        let n = self.data.n as f64 + self.reference.n as f64;
        let events = self.data.count as f64 + self.reference.count as f64;
        let smaller = self.data.n.min(self.reference.n) as f64;
        smaller * events.min(n - events) / n
    }

    /// At which z the interval's end meets a hypothetical difference; negative when the difference
    /// found lies above it.
    fn meets(self, bound: f64) -> f64 {
        let below = self.difference() < bound;
        let open = |z: f64| {
            let (low, high) = self.newcombe_at(z);
            if below { high < bound } else { low > bound }
        };
        let (mut inside, mut outside) = (0.0, 60.0);
        for _ in 0..80 {
            let middle = f64::midpoint(inside, outside);
            *(if open(middle) { &mut inside } else { &mut outside }) = middle;
        }
        if below { inside } else { -inside }
    }

    /// Whether the rates differ by more or by less than a margin, by inversion of Newcombe's
    /// interval.
    fn margin_test(
        self,
        Margin { limit: margin, alpha }: Margin,
        design: &Design,
    ) -> Option<MarginTest> {
        if !(margin > 0.0 && margin < 1.0) {
            return None;
        }
        let (low, high) = (self.meets(-margin), self.meets(margin));
        let d = self.difference();
        let gap = (d.abs() - margin).abs();
        let reach = norm_isf(alpha) + norm_isf(1.0 - design.power);
        let spread = |rate: Rate| (rate.value() * rate.complement()).max(0.25 / rate.n as f64);
        let rows = ((reach / gap).powi(2) * (spread(self.data) + spread(self.reference))).ceil();
        Some(MarginTest {
            margin,
            p_beyond: if d >= 0.0 { norm_p(-high) } else { norm_p(low) },
            p_within: larger(norm_p(high), norm_p(-low)),
            rows_to_settle: (rows.is_finite() && rows < 1e18).then_some(rows.max(1.0) as u64),
        })
    }

    /// The smallest difference from the reference's rate that a test of these sizes sees with the
    /// design's power.
    pub fn detectable(self, test: RateTest, design: &Design) -> Option<f64> {
        let sizes = RatePower { n: self.data.n, m: self.reference.n, test };
        sizes.detectable(self.reference.value(), design)
    }
}

/// Tests whether two rates are equal: the pooled z, or Fisher's test with mid-p where expected
/// counts are below 5. The effect is the difference, data minus reference, with Newcombe's
/// interval.
pub fn two_proportions(rates: TwoRates, design: &Design) -> Result<TestResult, Undefined> {
    let level = design.level();
    let (z, sides, exact, method) = match rates.pooled_z() {
        // No event, or nothing but events, on both sides: no difference was seen, yet the interval
        // is open.
        Err(_) => {
            let one = PValue::new(1.0);
            let sides = Sides { two_sided: one, less: one, greater: one };
            (0.0, sides, true, "both rates are 0 or both are 1")
        }
        Ok((z, sides)) if rates.min_expected() >= 5.0 => (z, sides, false, "normal limit, pooled"),
        Ok((z, _)) => (z, fisher_sides(rates)?, true, "exact conditional, mid-p when two-sided"),
    };
    Ok(TestResult {
        name: "two_proportions",
        symbol: "z",
        statistic: z,
        p: sides.of(design.tail),
        n: vec![rates.data.n, rates.reference.n],
        df: None,
        exact,
        method,
        effect: Effect {
            name: "rate_difference",
            value: rates.difference(),
            ci: rates.newcombe(level),
        },
        margin: design.margin.and_then(|margin| rates.margin_test(margin, design)),
        detectable: rates.detectable(RateTest::PooledZ, design),
        warnings: Vec::new(),
    })
}

fn fisher_sides(rates: TwoRates) -> Result<Sides, Undefined> {
    let row = |rate: Rate| vec![rate.count, rate.n - rate.count];
    let table = Table::new(&[row(rates.data), row(rates.reference)])?;
    let fisher = fisher::two_by_two(&table)?;
    Ok(Sides { two_sided: fisher.p_mid, less: fisher.p_less, greater: fisher.p_greater })
}

/// Equivalence of two rates within a margin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateEquivalence {
    /// Two one-sided tests with the unpooled standard error; nothing where that is 0.
    pub p: Option<PValue>,
    /// Newcombe's interval at 1 - 2 alpha.
    pub interval: Interval,
    /// Whether that interval lies within the margin.
    pub within: bool,
}

/// Two one-sided tests of |data - reference| < margin (Schuirmann 1987), and the decision by
/// Newcombe's interval, which also holds where no event was seen.
pub fn tost_proportions(rates: TwoRates, margin: f64, alpha: f64) -> RateEquivalence {
    let spread = rates.variance().sqrt();
    let d = rates.difference();
    let p = larger(norm_p((d + margin) / spread), norm_p((margin - d) / spread));
    let interval = rates.newcombe(1.0 - 2.0 * alpha);
    let within = -margin < interval.low && interval.high < margin;
    RateEquivalence { p: (spread > 0.0).then_some(p), interval, within }
}

#[cfg(test)]
mod tests {
    use super::super::Tail;
    use super::*;

    const DESIGN: Design = Design {
        tail: Tail::TwoSided,
        alpha: 0.05,
        power: 0.8,
        margin: Some(Margin { limit: 0.05, alpha: 0.05 }),
    };

    fn rates(a: u64, n: u64, b: u64, m: u64) -> TwoRates {
        let rate = |count, n| Rate::new(count, n).expect("at least one observation");
        TwoRates { data: rate(a, n), reference: rate(b, m) }
    }

    // Law: intervals hold the estimate and stay within bounds, at the ends too.
    #[test]
    fn intervals_are_proper() {
        for (count, n) in [(0, 1), (1, 1), (0, 1000), (7, 9), (u64::MAX / 2, u64::MAX)] {
            let rate = Rate::new(count, n).expect("at least one observation");
            for ci in [rate.wilson(0.95), rate.clopper_pearson(0.95), rate.jeffreys(0.95)] {
                assert!(0.0 <= ci.low && ci.low <= rate.value(), "{count}/{n} {ci:?}");
                assert!(rate.value() <= ci.high && ci.high <= 1.0, "{count}/{n} {ci:?}");
            }
        }
    }

    // Law: exchanging the sides mirrors everything.
    #[test]
    fn sides_are_exchangeable() {
        let (there, back) = (rates(45, 100, 60, 110), rates(60, 110, 45, 100));
        assert_eq!(there.difference(), -back.difference());
        assert_eq!(there.cohen_h(), -back.cohen_h());
        assert!((there.newcombe(0.95).low + back.newcombe(0.95).high).abs() < 1e-15);
        let p = |rates| two_proportions(rates, &DESIGN).expect("a spread").p.value;
        assert!((p(there) - p(back)).abs() < 1e-14);
    }

    // Law: the margin's answer agrees with the interval at 1 - 2 alpha.
    #[test]
    fn margin_agrees_with_the_interval() {
        for count in [50, 80, 95, 100, 140, 200] {
            let rates = rates(count, 1000, 100, 1000);
            let margin = two_proportions(rates, &DESIGN).expect("a spread").margin;
            let margin = margin.expect("a margin was asked for");
            let ci = rates.newcombe(0.9);
            assert_eq!(margin.p_within.value < 0.05, ci.low > -0.05 && ci.high < 0.05);
            assert_eq!(margin.p_beyond.value < 0.05, ci.low > 0.05 || ci.high < -0.05);
        }
    }

    #[test]
    fn nothing_on_both_sides_is_no_difference() {
        let got = two_proportions(rates(0, 500, 0, 400), &DESIGN).expect("counts on both sides");
        assert_eq!((got.statistic, got.p.value), (0.0, 1.0));
        assert!(got.effect.ci.low < 0.0 && got.effect.ci.high > 0.0);
        assert!(Rate::new(0, 0).is_err() && Rate::new(3, 2).is_err());
    }

    #[test]
    fn extreme_rates_have_exact_answers() {
        let rate = Rate::new(3, 1_000_000_000).expect("observations");
        assert_eq!(rate.binomial_test(0.0).expect("a rate").two_sided.value, 0.0);
        assert_eq!(rate.binomial_test(1.0).expect("a rate").greater.value, 1.0);
        assert!(rate.binomial_test(0.5).expect("a rate").two_sided.ln < -6e8);
        assert!(rate.binomial_test(1.5).is_err() && rate.score_test(0.0).is_err());
    }
}
