//! Student's and Welch's tests of means: one sample, two samples, pairs.
//!
//! Works on [`Summary`], so it costs nothing beyond the sums. Differences of means and standard errors
//! are formed without losing digits to a large common offset.

use super::moments::Summary;
use super::power::{detectable_t, rows_for_t};
use super::special::{norm_ln_sf, stirling_error, t_isf, t_ln_sf, t_two_sided_ln};
use super::{Design, Effect, Interval, MarginTest, PValue, Tail, TestResult, Undefined};

/// A difference of means with its standard error: everything a t-test is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contrast {
    pub difference: f64,
    pub standard_error: f64,
    pub dof: f64,
}

impl Contrast {
    /// One mean against a number.
    pub fn one_sample(x: &Summary, mean: f64) -> Result<Contrast, Undefined> {
        let sd = usable(x)?;
        let difference = x.mean_minus_value(mean).ok_or(Undefined::Infinite)?;
        let n = x.n as f64;
        Ok(Contrast { difference, standard_error: sd / n.sqrt(), dof: n - 1.0 })
    }

    /// Two means whose variances may differ (Welch 1947, Satterthwaite 1946).
    pub fn welch(x: &Summary, y: &Summary) -> Result<Contrast, Undefined> {
        let (sides, scale, difference) = Contrast::sides(x, y)?;
        let [(n, a), (m, b)] = sides;
        let (a, b) = (a / n, b / m);
        let dof = (a + b) * (a + b) / (a * a / (n - 1.0) + b * b / (m - 1.0));
        // Both constant: any number of degrees will do, since the statistic is infinite or undefined.
        let dof = if dof.is_nan() { n + m - 2.0 } else { dof };
        Ok(Contrast { difference, standard_error: scale * (a + b).sqrt(), dof })
    }

    /// Two means with one common variance (Student 1908).
    pub fn student(x: &Summary, y: &Summary) -> Result<Contrast, Undefined> {
        let (sides, scale, difference) = Contrast::sides(x, y)?;
        let [(n, a), (m, b)] = sides;
        let dof = n + m - 2.0;
        let pooled = ((n - 1.0) * a + (m - 1.0) * b) / dof;
        let standard_error = scale * (pooled * (1.0 / n + 1.0 / m)).sqrt();
        Ok(Contrast { difference, standard_error, dof })
    }

    /// Sizes and variances of both sides, these in units of the larger deviation, which comes along.
    #[allow(clippy::type_complexity)]
    fn sides(x: &Summary, y: &Summary) -> Result<([(f64, f64); 2], f64, f64), Undefined> {
        let (own, other) = (usable(x)?, usable(y)?);
        let difference = x.mean_minus(y).ok_or(Undefined::Infinite)?;
        let scale = own.max(other);
        let unit = |sd: f64| if scale > 0.0 { (sd / scale) * (sd / scale) } else { 0.0 };
        Ok(([(x.n as f64, unit(own)), (y.n as f64, unit(other))], scale, difference))
    }

    /// The same contrast measured from another point of the null hypothesis.
    pub fn shifted(self, by: f64) -> Contrast {
        Contrast { difference: self.difference - by, ..self }
    }

    /// The statistic t; infinite for a difference without any spread, zero for no difference.
    pub fn statistic(&self) -> f64 {
        if self.difference == 0.0 { 0.0 } else { self.difference / self.standard_error }
    }

    /// The p-value. `Greater`: the mean is greater than the null hypothesis says.
    pub fn p(&self, tail: Tail) -> PValue {
        let t = self.statistic();
        PValue::from_ln(match tail {
            Tail::TwoSided => t_two_sided_ln(t, self.dof),
            Tail::Greater => t_ln_sf(t, self.dof),
            Tail::Less => t_ln_sf(-t, self.dof),
        })
    }

    /// The p-value if the standard error were known, from the normal distribution.
    pub fn p_normal(&self, tail: Tail) -> PValue {
        let z = self.statistic();
        PValue::from_ln(match tail {
            Tail::TwoSided => norm_ln_sf(z.abs()) + std::f64::consts::LN_2,
            Tail::Greater => norm_ln_sf(z),
            Tail::Less => norm_ln_sf(-z),
        })
    }

    /// The two-sided interval of the difference.
    pub fn interval(&self, level: f64) -> Interval {
        let reach = t_isf(0.5 * (1.0 - level), self.dof) * self.standard_error;
        Interval { low: self.difference - reach, high: self.difference + reach, level }
    }
}

/// The standard deviation of a sample that has one.
fn usable(x: &Summary) -> Result<f64, Undefined> {
    if x.infinite > 0 {
        return Err(Undefined::Infinite);
    }
    x.sd.ok_or(Undefined::TooFew { needed: 2, got: x.n })
}

/// Hedges' factor J, `Γ(ν/2) / (√(ν/2) Γ((ν-1)/2))`, which makes Cohen's d unbiased (Hedges 1981).
///
/// `None` for one degree of freedom, where d has no expectation.
pub fn hedges_factor(dof: f64) -> Option<f64> {
    let a = 0.5 * dof;
    (a > 0.5).then(|| {
        let powers = -(a - 1.0) * (-0.5 / a).ln_1p() - 0.5;
        (powers + stirling_error(a) - stirling_error(a - 0.5)).exp()
    })
}

/// The standard deviation pooled over two samples, weighted by their degrees of freedom.
pub fn pooled_sd(x: &Summary, y: &Summary) -> Option<f64> {
    let (own, other) = (x.sd?, y.sd?);
    let scale = own.max(other);
    if scale == 0.0 {
        return Some(0.0);
    }
    let (n, m) = (x.n as f64 - 1.0, y.n as f64 - 1.0);
    Some(scale * ((n * (own / scale).powi(2) + m * (other / scale).powi(2)) / (n + m)).sqrt())
}

/// Tests whether two means differ, without assuming equal variances.
pub fn welch(x: &Summary, y: &Summary, design: &Design) -> Result<TestResult, Undefined> {
    let contrast = Contrast::welch(x, y)?;
    two_samples("welch_t", "t, Satterthwaite's degrees of freedom", contrast, [x, y], design)
}

/// Tests whether two means differ, assuming equal variances.
pub fn student(x: &Summary, y: &Summary, design: &Design) -> Result<TestResult, Undefined> {
    let contrast = Contrast::student(x, y)?;
    two_samples("student_t", "t, pooled variance", contrast, [x, y], design)
}

/// Tests whether a mean differs from a number.
pub fn one_sample(x: &Summary, mean: f64, design: &Design) -> Result<TestResult, Undefined> {
    let contrast = Contrast::one_sample(x, mean)?;
    let unit = Unit::new(x.sd.unwrap_or(0.0), contrast.dof);
    Setting { name: "ttest_1samp", method: "t", n: vec![x.n], contrast, unit }.result(design)
}

/// Tests whether the mean of paired differences, data less reference, is other than zero.
pub fn paired(differences: &Summary, design: &Design) -> Result<TestResult, Undefined> {
    let result = one_sample(differences, 0.0, design)?;
    Ok(TestResult { name: "ttest_paired", ..result })
}

fn two_samples(
    name: &'static str,
    method: &'static str,
    contrast: Contrast,
    [x, y]: [&Summary; 2],
    design: &Design,
) -> Result<TestResult, Undefined> {
    let unit = Unit::new(pooled_sd(x, y).unwrap_or(0.0), (x.n + y.n) as f64 - 2.0);
    let setting = Setting { name, method, n: vec![x.n, y.n], contrast, unit };
    let mut result = setting.result(design)?;
    let ratio = x.n.max(y.n) as f64 / x.n.min(y.n) as f64;
    let skewness = [x, y].iter().filter_map(|side| side.skewness).fold(0.0, |a: f64, s| a.max(s.abs()));
    if skewness > 2.0 && ratio > 3.0 && x.n.min(y.n) < 200 {
        let text = format!("skewed samples (skewness {skewness:.1}) of very different sizes");
        result.warnings.push(text);
    }
    Ok(result)
}

/// What turns a difference into the effect: Hedges' g = J · difference / sd.
#[derive(Clone, Copy)]
struct Unit {
    name: &'static str,
    sd: f64,
    factor: f64,
}

impl Unit {
    fn new(sd: f64, dof: f64) -> Unit {
        match hedges_factor(dof) {
            Some(factor) => Unit { name: "hedges_g", sd, factor },
            None => Unit { name: "cohens_d", sd, factor: 1.0 },
        }
    }

    fn effect_of(self, difference: f64) -> f64 {
        if difference == 0.0 { 0.0 } else { self.factor * (difference / self.sd) }
    }
}

/// One test, ready to be answered.
struct Setting {
    name: &'static str,
    method: &'static str,
    n: Vec<u64>,
    contrast: Contrast,
    unit: Unit,
}

impl Setting {
    fn result(self, design: &Design) -> Result<TestResult, Undefined> {
        let Setting { name, method, n, contrast, unit } = self;
        let mut warnings = Vec::new();
        if contrast.standard_error == 0.0 {
            if contrast.difference == 0.0 {
                return Err(Undefined::ZeroVariance);
            }
            warnings.push("zero variance: any difference is certain".to_owned());
        }
        let raw = contrast.interval(1.0 - design.alpha);
        let ci = Interval { low: unit.effect_of(raw.low), high: unit.effect_of(raw.high), ..raw };
        let effect = Effect { name: unit.name, value: unit.effect_of(contrast.difference), ci };
        let margin = design.margin.map(|margin| margin_test(contrast, unit, margin, &n, design));
        Ok(TestResult {
            name,
            symbol: "t",
            statistic: contrast.statistic(),
            p: contrast.p(design.tail),
            df: Some(contrast.dof),
            exact: false,
            method,
            effect,
            margin,
            detectable: detectable_t(&n, design),
            n,
            warnings,
        })
    }
}

/// Both one-sided answers for a margin on the scale of the effect (Schuirmann 1987).
///
/// The margin is taken as the difference `margin · sd / J` and the contrast is shifted by it, so that the
/// answers agree with the interval of the effect: equivalent means that the interval of level 1 - 2α
/// lies within the margin. The estimated deviation counts as known, as it does in that interval.
fn margin_test(
    contrast: Contrast,
    unit: Unit,
    margin: f64,
    n: &[u64],
    design: &Design,
) -> MarginTest {
    let shift = if unit.sd == 0.0 { 0.0 } else { margin * unit.sd / unit.factor };
    let (upper, lower) = (contrast.shifted(shift), contrast.shifted(-shift));
    let beyond = upper.p(Tail::Greater).ln.min(lower.p(Tail::Less).ln);
    let within = upper.p(Tail::Less).ln.max(lower.p(Tail::Greater).ln);
    let distance = (unit.effect_of(contrast.difference).abs() - margin).abs();
    MarginTest {
        margin,
        p_beyond: PValue::from_ln(beyond),
        p_within: PValue::from_ln(within),
        rows_to_settle: rows_for_t(distance, n.len(), design),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESIGN: Design =
        Design { tail: Tail::TwoSided, alpha: 0.05, power: 0.8, margin: Some(0.1) };

    #[test]
    fn constants_are_certain_or_undefined() {
        let (ones, twos) = (Summary::of(&[1.0; 5]), Summary::of(&[2.0; 5]));
        let result = welch(&ones, &twos, &DESIGN).expect("a difference");
        assert_eq!((result.p.value, result.statistic), (0.0, f64::NEG_INFINITY));
        assert!(result.warnings[0].contains("zero variance"));
        assert_eq!(welch(&ones, &ones, &DESIGN), Err(Undefined::ZeroVariance));
        let spread = Summary::of(&[1.0, 2.0, 3.0]);
        assert_eq!(welch(&ones, &spread, &DESIGN).expect("one spread is enough").df, Some(2.0));
    }

    #[test]
    fn offset_and_scale_change_nothing() {
        let (x, y) = ([1.0, 2.5, 3.0, 7.25], [2.0, 2.25, 8.5]);
        let plain = welch(&Summary::of(&x), &Summary::of(&y), &DESIGN).expect("spread");
        for (offset, scale) in [(1e12, 1.0), (1e15, 1.0), (0.0, 1e300), (0.0, 2f64.powi(-1070))] {
            let moved = |values: &[f64]| {
                let list: Vec<f64> = values.iter().map(|v| offset + scale * v).collect();
                Summary::of(&list)
            };
            let result = welch(&moved(&x), &moved(&y), &DESIGN).expect("spread");
            assert!((result.p.value / plain.p.value - 1.0).abs() < 1e-12, "{offset} {scale}");
            assert!((result.effect.value - plain.effect.value).abs() < 1e-12);
        }
    }

    #[test]
    fn the_margin_agrees_with_the_interval() {
        let x = Summary::of(&(0..40).map(|i| f64::from(i % 7)).collect::<Vec<_>>());
        let y = Summary::of(&(0..50).map(|i| f64::from(i % 8)).collect::<Vec<_>>());
        let design = Design { alpha: 0.1, ..DESIGN };
        let ci = welch(&x, &y, &design).expect("spread").effect.ci;
        let edge = Design { margin: Some(-ci.low), ..design };
        let margin = welch(&x, &y, &edge).expect("spread").margin.expect("asked for");
        assert!((margin.p_within.value - 0.05).abs() < 1e-9, "{margin:?}");
    }

    #[test]
    fn infinities_and_single_values_have_no_test() {
        let few = Err(Undefined::TooFew { needed: 2, got: 1 });
        assert_eq!(one_sample(&Summary::of(&[1.0]), 0.0, &DESIGN), few);
        let infinite = Summary::of(&[1.0, f64::INFINITY, 2.0]);
        assert_eq!(paired(&infinite, &DESIGN), Err(Undefined::Infinite));
    }
}
