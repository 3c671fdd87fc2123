//! The z-test of means whose standard deviations are known, not estimated.

use super::moments::Summary;
use super::power::detectable_z;
use super::special::{norm_isf, norm_ln_sf};
use super::{Design, Effect, Interval, Margin, MarginTest, PValue, Tail, TestResult, Undefined};

/// The known standard deviations of both sides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sigmas {
    pub x: f64,
    pub y: f64,
}

/// Tests whether two means differ by something other than `delta`, given both standard deviations.
///
/// The effect is the difference over the root mean square of the deviations, and so is the margin.
pub fn two_sample(
    x: &Summary,
    y: &Summary,
    sigmas: Sigmas,
    delta: f64,
    design: &Design,
) -> Result<TestResult, Undefined> {
    check(x)?;
    check(y)?;
    let difference = x.mean_minus(y).ok_or(Undefined::Infinite)?;
    let (n, m) = (x.n as f64, y.n as f64);
    let error = (sigmas.x / n.sqrt()).hypot(sigmas.y / m.sqrt());
    let unit = sigmas.x.hypot(sigmas.y) / 2f64.sqrt();
    let known = Known { difference: difference - delta, error, unit };
    known.result("ztest_2samp", vec![x.n, y.n], design)
}

/// Tests whether a mean differs from a number, given the standard deviation.
pub fn one_sample(
    x: &Summary,
    mean: f64,
    sigma: f64,
    design: &Design,
) -> Result<TestResult, Undefined> {
    check(x)?;
    let difference = x.mean_minus_value(mean).ok_or(Undefined::Infinite)?;
    let known = Known { difference, error: sigma / (x.n as f64).sqrt(), unit: sigma };
    known.result("ztest_1samp", vec![x.n], design)
}

fn check(x: &Summary) -> Result<(), Undefined> {
    if x.infinite > 0 {
        return Err(Undefined::Infinite);
    }
    if x.n == 0 { Err(Undefined::TooFew { needed: 1, got: 0 }) } else { Ok(()) }
}

/// A difference with a known standard error, and the deviation that its effect is measured in.
struct Known {
    difference: f64,
    error: f64,
    unit: f64,
}

impl Known {
    fn result(
        self,
        name: &'static str,
        n: Vec<u64>,
        design: &Design,
    ) -> Result<TestResult, Undefined> {
        let positive = self.error > 0.0 && self.unit > 0.0;
        if !positive || self.error.is_infinite() {
            return Err(Undefined::Other(
                "standard deviations must be positive numbers".to_owned(),
            ));
        }
        let z = self.difference / self.error;
        let reach = norm_isf(0.5 * design.error()) * self.error;
        let ci = Interval {
            low: (self.difference - reach) / self.unit,
            high: (self.difference + reach) / self.unit,
            level: design.level(),
        };
        Ok(TestResult {
            name,
            symbol: "z",
            statistic: z,
            p: p_of(z, design.tail),
            df: None,
            exact: true,
            method: "normal, known standard deviations",
            effect: Effect { name: "cohens_d", value: self.difference / self.unit, ci },
            margin: design.margin.map(|margin| self.margin_test(margin, &n, design.power)),
            detectable: detectable_z(design).map(|delta| delta * self.error / self.unit),
            n,
            warnings: Vec::new(),
        })
    }

    /// Rows on each side at which a gap between effect and margin is settled.
    fn rows(gap: f64, samples: usize, alpha: f64, power: f64) -> Option<u64> {
        let reach = norm_isf(alpha) + norm_isf(1.0 - power);
        let rows = samples as f64 * (reach / gap).powi(2);
        (rows.is_finite() && rows < 1e18).then(|| rows.ceil().max(1.0) as u64)
    }

    fn margin_test(
        &self,
        Margin { limit: margin, alpha }: Margin,
        n: &[u64],
        power: f64,
    ) -> MarginTest {
        let from = |shift: f64| (self.difference + shift * self.unit) / self.error;
        let within = norm_ln_sf(-from(-margin)).max(norm_ln_sf(from(margin)));
        // As far from zero as this on either side, at the margin.
        let at = |shift: f64| norm_ln_sf((self.difference.abs() + shift * self.unit) / self.error);
        let (near, far) = (at(-margin), at(margin));
        let beyond = near + (far - near).exp().ln_1p();
        MarginTest {
            margin,
            p_beyond: PValue::from_ln(beyond),
            p_within: PValue::from_ln(within),
            rows_to_settle: Self::rows(
                ((self.difference / self.unit).abs() - margin).abs(),
                n.len(),
                alpha,
                power,
            ),
        }
    }
}

/// The p-value of a standard normal statistic.
pub fn p_of(z: f64, tail: Tail) -> PValue {
    PValue::from_ln(match tail {
        Tail::TwoSided => norm_ln_sf(z.abs()) + std::f64::consts::LN_2,
        Tail::Greater => norm_ln_sf(z),
        Tail::Less => norm_ln_sf(-z),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESIGN: Design = Design {
        tail: Tail::TwoSided,
        alpha: 0.05,
        power: 0.8,
        margin: Some(Margin { limit: 1.0, alpha: 0.05 }),
    };

    #[test]
    fn four_values_two_errors_away() {
        let x = Summary::of(&[1.0, 2.0, 3.0, 2.0]);
        let result = one_sample(&x, 0.0, 2.0, &DESIGN).expect("a sample");
        assert_eq!((result.statistic, result.effect.value), (2.0, 1.0));
        assert!((result.p.value - 0.045_500_263_896_358_4).abs() < 1e-15);
        assert!((result.margin.expect("asked for").p_within.value - 0.5).abs() < 1e-15);
        assert!((result.detectable.expect("a size") - 1.400_6).abs() < 1e-3);
    }

    #[test]
    fn no_deviation_no_test() {
        let x = Summary::of(&[1.0, 2.0]);
        assert!(one_sample(&x, 0.0, 0.0, &DESIGN).is_err());
        assert!(one_sample(&Summary::of(&[]), 0.0, 1.0, &DESIGN).is_err());
    }
}
