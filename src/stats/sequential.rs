//! Looking again and again: how much alpha each look may spend, and evidence that may be watched
//! all the time.

use super::p_values::norm_two_sided_p;
use super::special::norm_isf;
use super::{PValue, Undefined};

/// How the false-alarm rate of a planned series of looks is spread over them (Lan & DeMets 1983).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Spending {
    /// Little at first, like the bounds of O'Brien & Fleming.
    OBrienFleming,
    /// About evenly, like the bounds of Pocock.
    Pocock,
    /// In proportion to the information.
    Linear,
}

impl Spending {
    /// The two-sided alpha spent up to this share of the planned information.
    pub fn spent(self, alpha: f64, information: f64) -> f64 {
        let share = information.clamp(0.0, 1.0);
        if share == 0.0 {
            return 0.0;
        }
        match self {
            Spending::OBrienFleming => norm_two_sided_p(norm_isf(alpha / 2.0) / share.sqrt()).value,
            Spending::Pocock => alpha * ((std::f64::consts::E - 1.0) * share).ln_1p(),
            Spending::Linear => alpha * share,
        }
    }
}

/// A test of the mean of normal values of known sigma that holds at any time: a mixture of
/// likelihood ratios over normally distributed alternatives (Robbins 1970), whose value is an
/// e-value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NormalMixture {
    sigma: f64,
    tau2: f64,
    n: u64,
    sum: f64,
    lost: f64,
    smallest_ln_p: f64,
}

impl NormalMixture {
    /// `tau2` is the variance of the mixture in units of sigma²: about the square of the effect
    /// looked for.
    pub fn new(sigma: f64, tau2: f64) -> Result<Self, Undefined> {
        if !(sigma > 0.0 && sigma.is_finite() && tau2 > 0.0 && tau2.is_finite()) {
            return Err(Undefined::Other("sigma and tau² have to be above 0".to_string()));
        }
        Ok(NormalMixture { sigma, tau2, n: 0, sum: 0.0, lost: 0.0, smallest_ln_p: 0.0 })
    }

    /// Adds a deviation from the mean under the null hypothesis.
    pub fn push(&mut self, deviation: f64) {
        let x = deviation / self.sigma;
        let next = self.sum + x;
        self.lost +=
            if self.sum.abs() >= x.abs() { (self.sum - next) + x } else { (x - next) + self.sum };
        self.sum = next;
        self.n += 1;
        self.smallest_ln_p = self.smallest_ln_p.min(-self.ln_e_value());
    }

    /// Logarithm of the evidence against the null hypothesis.
    pub fn ln_e_value(&self) -> f64 {
        let spread = 1.0 + self.n as f64 * self.tau2;
        let sum = self.sum + self.lost;
        self.tau2 * sum * (sum / (2.0 * spread)) - spread.ln() / 2.0
    }

    /// The evidence; above 1/alpha at any time it refutes the null hypothesis at alpha.
    pub fn e_value(&self) -> f64 {
        self.ln_e_value().exp()
    }

    /// A p-value that stays valid however long one watches: the reciprocal of the largest evidence
    /// so far.
    pub fn p(&self) -> PValue {
        PValue::from_ln(self.smallest_ln_p)
    }
}

/// Turns a p-value into an e-value, 1/(2 sqrt p) (Shafer 2021): the price for combining it with
/// others by product or mean.
pub fn e_value(p: PValue) -> f64 {
    (-p.ln / 2.0).exp() / 2.0
}

/// An alarm over an endless series of e-values: R = e (1 + R), raised at 1/alpha, which keeps the
/// average time to a false alarm at 1/alpha looks or more (Shiryaev 1963, Roberts 1966; Shin,
/// Ramdas & Rinaldo 2023).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Detector {
    level: f64,
}

impl Detector {
    /// Adds one look and answers the level reached.
    pub fn push(&mut self, e_value: f64) -> f64 {
        self.level = e_value * (1.0 + self.level);
        self.level
    }

    /// Whether the level asks for an alarm.
    pub fn alarms(&self, alpha: f64) -> bool {
        self.level >= 1.0 / alpha
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Law: spending starts at nothing, never falls, and ends at alpha.
    #[test]
    fn spending_is_monotone() {
        for rule in [Spending::OBrienFleming, Spending::Pocock, Spending::Linear] {
            let spent: Vec<f64> = (0..=50).map(|i| rule.spent(0.05, f64::from(i) / 50.0)).collect();
            assert_eq!(spent[0], 0.0);
            assert!(spent.is_sorted() && (spent[50] - 0.05).abs() < 1e-15);
        }
    }

    // Law: the p-value never rises, and the order of what was seen does not change the last
    // e-value.
    #[test]
    fn evidence_accumulates() {
        let values = [0.3, 1.2, -0.4, 2.0, 1.1, 0.9];
        let watch = |values: &mut dyn Iterator<Item = f64>| {
            let mut test = NormalMixture::new(1.0, 1.0).expect("positive");
            let mut last = 1.0;
            for value in values {
                test.push(value);
                assert!(test.p().value <= last);
                last = test.p().value;
            }
            test.e_value()
        };
        let (there, back) = (watch(&mut values.into_iter()), watch(&mut values.into_iter().rev()));
        assert!((there - back).abs() < 1e-14);
        assert!(NormalMixture::new(0.0, 1.0).is_err());
    }

    #[test]
    fn an_alarm_needs_evidence() {
        let mut detector = Detector::default();
        for _ in 0..3 {
            detector.push(e_value(PValue::new(0.25)));
        }
        assert!(!detector.alarms(0.05));
        detector.push(e_value(PValue::new(1e-6)));
        assert!(detector.alarms(0.05));
    }
}
