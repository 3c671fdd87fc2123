//! Student's and Welch's tests of means: one sample, two samples, pairs.
//!
//! Works on [`Summary`], so it costs nothing beyond the sums. Differences of means and standard
//! errors are formed without losing digits to a large common offset.

use super::moments::{LIFT, Summary};
use super::power::{detectable_t, rows_for_t};
use super::special::{norm_ln_sf, stirling_error, t_isf, t_ln_sf, t_two_sided_ln};
use super::{Design, Effect, Interval, Margin, MarginTest, PValue, Tail, TestResult, Undefined};

/// A difference of means with its standard error: everything a t-test is made of.
///
/// Both are kept times a power of two, so that samples of subnormal numbers have a test like any
/// other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contrast {
    difference: f64,
    standard_error: f64,
    lift: i32,
    pub dof: f64,
}

impl Contrast {
    /// One mean against a number.
    pub fn one_sample(x: &Summary, mean: f64) -> Result<Contrast, Undefined> {
        let sd = usable(x)?;
        let plain = x.mean_minus_value(mean).ok_or(Undefined::Infinite)?;
        let lifted = x.lifted.filter(|_| mean.abs() < 1e-150);
        let (difference, sd, lift) = match lifted {
            Some(lifted) => (lifted.mean - libm::scalbn(mean, LIFT), lifted.sd, LIFT),
            None => (plain, sd, 0),
        };
        let n = x.n as f64;
        Ok(Contrast { difference, standard_error: sd / n.sqrt(), lift, dof: n - 1.0 })
    }

    /// Two means whose variances may differ (Welch 1947, Satterthwaite 1946).
    pub fn welch(x: &Summary, y: &Summary) -> Result<Contrast, Undefined> {
        let sides = Sides::new(x, y)?;
        let (a, b) = (sides.a / sides.n, sides.b / sides.m);
        let dof = (a + b) * (a + b) / (a * a / (sides.n - 1.0) + b * b / (sides.m - 1.0));
        // Both constant: any number of degrees will do, since the statistic is infinite or
        // undefined.
        let dof = if dof.is_nan() { sides.n + sides.m - 2.0 } else { dof };
        Ok(sides.contrast((a + b).sqrt(), dof))
    }

    /// Two means with one common variance (Student 1908).
    pub fn student(x: &Summary, y: &Summary) -> Result<Contrast, Undefined> {
        let sides = Sides::new(x, y)?;
        let error = (sides.pooled_variance() * (1.0 / sides.n + 1.0 / sides.m)).sqrt();
        Ok(sides.contrast(error, sides.n + sides.m - 2.0))
    }

    /// The difference, of the mean from the number or of the first mean from the second.
    pub fn difference(&self) -> f64 {
        libm::scalbn(self.difference, -self.lift)
    }

    /// Its standard error.
    pub fn standard_error(&self) -> f64 {
        libm::scalbn(self.standard_error, -self.lift)
    }

    /// The same contrast measured from another point of the null hypothesis.
    pub fn shifted(self, by: f64) -> Contrast {
        self.moved(libm::scalbn(by, self.lift))
    }

    fn moved(self, by: f64) -> Contrast {
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
        let [low, high] = self.ends(level).map(|end| libm::scalbn(end, -self.lift));
        Interval { low, high, level }
    }

    fn ends(&self, level: f64) -> [f64; 2] {
        let reach = t_isf(0.5 * (1.0 - level), self.dof) * self.standard_error;
        [self.difference - reach, self.difference + reach]
    }
}

/// Two samples in a common unit: sizes, and variances as shares of the larger one.
struct Sides {
    n: f64,
    m: f64,
    a: f64,
    b: f64,
    scale: f64,
    difference: f64,
    lift: i32,
}

impl Sides {
    fn new(x: &Summary, y: &Summary) -> Result<Sides, Undefined> {
        let plain = (usable(x)?, usable(y)?, x.mean_minus(y).ok_or(Undefined::Infinite)?, 0);
        let lifted = x.lifted.zip(y.lifted).map(|(x, y)| (x.sd, y.sd, x.mean - y.mean, LIFT));
        let (own, other, difference, lift) = lifted.unwrap_or(plain);
        let scale = own.max(other);
        let share = |sd: f64| if scale > 0.0 { (sd / scale) * (sd / scale) } else { 0.0 };
        let (a, b) = (share(own), share(other));
        Ok(Sides { n: x.n as f64, m: y.n as f64, a, b, scale, difference, lift })
    }

    fn contrast(&self, error: f64, dof: f64) -> Contrast {
        let Sides { scale, difference, lift, .. } = *self;
        Contrast { difference, standard_error: scale * error, lift, dof }
    }

    fn pooled_variance(&self) -> f64 {
        let (n, m) = (self.n - 1.0, self.m - 1.0);
        (n * self.a + m * self.b) / (n + m)
    }

    fn pooled_sd(&self) -> f64 {
        self.scale * self.pooled_variance().sqrt()
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
    let sides = Sides::new(x, y).ok()?;
    Some(libm::scalbn(sides.pooled_sd(), -sides.lift))
}

/// Tests whether two means differ, without assuming equal variances.
pub fn welch(x: &Summary, y: &Summary, design: &Design) -> Result<TestResult, Undefined> {
    let contrast = Contrast::welch(x, y)?;
    two_samples("welch_t", "t, Satterthwaite's degrees of freedom", contrast, [x, y], design)
}

/// Tests whether two means differ, assuming equal variances.
pub fn student(x: &Summary, y: &Summary, design: &Design) -> Result<TestResult, Undefined> {
    let contrast = Contrast::student(x, y)?;
    let mut result = two_samples("student_t", "t, pooled variance", contrast, [x, y], design)?;
    let ratio = |a: f64, b: f64| a.max(b) / a.min(b);
    let variances = x.variance.zip(y.variance).map_or(1.0, |(own, other)| ratio(own, other));
    if variances > UNEQUAL && ratio(x.n as f64, y.n as f64) > UNBALANCED {
        let text = format!(
            "`equal_var` with variances in the ratio {variances:.1} and unequal sizes: the alarms \
             of clean runs are far from alpha; leave it out"
        );
        result.warnings.push(text);
    }
    Ok(result)
}

/// Ratios of variances and of sizes from which a common variance misleads.
const UNEQUAL: f64 = 2.0;
const UNBALANCED: f64 = 1.5;

/// Tests whether a mean differs from a number.
pub fn one_sample(x: &Summary, mean: f64, design: &Design) -> Result<TestResult, Undefined> {
    let contrast = Contrast::one_sample(x, mean)?;
    let sd = contrast.standard_error * (x.n as f64).sqrt();
    let unit = Unit::new(sd, contrast.dof);
    let setting = Setting { name: "ttest_1samp", method: "t", n: vec![x.n], contrast, unit };
    let mut result = setting.result(design)?;
    result.warnings.extend(skewed(&[x]));
    Ok(result)
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
    let unit = Unit::new(Sides::new(x, y)?.pooled_sd(), (x.n + y.n) as f64 - 2.0);
    let setting = Setting { name, method, n: vec![x.n, y.n], contrast, unit };
    let mut result = setting.result(design)?;
    result.warnings.extend(skewed(&[x, y]));
    Ok(result)
}

/// Skewness of a mean, or of a difference of means, from which the t law is far off: more than 7 %
/// of clean runs alarm at a nominal 5 %.
const SKEWED: f64 = 0.3;
/// The same of a skewness that is more than chance: from here on more than 5.5 % do.
const SURELY_SKEWED: f64 = 0.1;

/// What skewness leaves in a mean, or in the difference of two means, where balanced sizes cancel
/// it (Cressie and Whitford 1986).
///
/// A small sample seldom shows the tail that it was drawn from. Under the null hypothesis both have
/// one law, so that the skewness of all values together is looked at as well, less what chance
/// gives to normal values, √(6 / n).
fn skewed(samples: &[&Summary]) -> Option<String> {
    let skewness = |summary: &Summary| summary.skewness.unwrap_or(0.0);
    let unit = samples.iter().filter_map(|summary| summary.sd).fold(0.0, f64::max);
    let own = |summary: &Summary| (skewness(summary), summary.sd.unwrap_or(0.0) / unit);
    let (common, rows) = common_skewness(samples);
    let sure = (common.abs() - (6.0 / rows.max(1.0)).sqrt()).max(0.0);
    let left = skewness_of_mean(samples, own);
    let likely = skewness_of_mean(samples, |_| (common, 1.0));
    let is_sure = skewness_of_mean(samples, |_| (sure, 1.0)) > SURELY_SKEWED;
    let left = left.max(likely);
    (left > SKEWED || is_sure).then(|| {
        format!(
            "skewed values in few rows (the mean has a skewness of {left:.1}): more clean runs \
             alarm than alpha says; `mann_whitney` and `permutation_test` keep it"
        )
    })
}

/// The skewness of all values of the samples of which it is known, and how many they are.
pub fn common_skewness(samples: &[&Summary]) -> (f64, f64) {
    let known = samples.iter().filter_map(|summary| Some((summary.skewness?, summary.n as f64)));
    let (all, rows) =
        known.fold((0.0, 0.0), |(all, rows), (skewness, n)| (all + skewness * n, rows + n));
    (if rows > 0.0 { all / rows } else { 0.0 }, rows)
}

/// The size of the skewness of the mean, or of the difference of two means, of samples with these
/// skewnesses and deviations. Of many values the shape is not kept, and they add next to nothing.
pub fn skewness_of_mean(samples: &[&Summary], of: impl Fn(&Summary) -> (f64, f64)) -> f64 {
    let (mut cubes, mut squares) = (0.0, 0.0);
    for (summary, sign) in samples.iter().zip([1.0, -1.0]) {
        let (n, (skewness, sd)) = (summary.n as f64, of(summary));
        cubes += sign * skewness * sd.powi(3) / (n * n);
        squares += sd * sd / n;
    }
    (cubes / squares.powf(1.5)).abs()
}

/// What turns a difference, in the unit of its contrast, into the effect: Hedges' g = J ·
/// difference / sd.
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
        let level = design.level();
        let [low, high] = contrast.ends(level).map(|end| unit.effect_of(end));
        let ci = Interval { low, high, level };
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
/// The margin is taken as the difference `margin · sd / J` and the contrast is shifted by it, so
/// that the answers agree with the interval of the effect: equivalent means that the interval of
/// level 1 - 2α lies within the margin. The estimated deviation counts as known, as it does in that
/// interval.
fn margin_test(
    contrast: Contrast,
    unit: Unit,
    Margin { limit: margin, alpha }: Margin,
    n: &[u64],
    design: &Design,
) -> MarginTest {
    let shift = if unit.sd == 0.0 { 0.0 } else { margin * unit.sd / unit.factor };
    let (upper, lower) = (contrast.moved(shift), contrast.moved(-shift));
    let within = upper.p(Tail::Less).ln.max(lower.p(Tail::Greater).ln);
    // As far from zero as this on either side, at the margin: a two-sided test where that is zero.
    let size = Contrast { difference: contrast.difference.abs(), ..contrast };
    let (near, far) = (size.moved(shift).p(Tail::Greater), size.moved(-shift).p(Tail::Greater));
    let beyond = near.ln + (far.ln - near.ln).exp().ln_1p();
    let beyond = if near.ln == f64::NEG_INFINITY { near.ln } else { beyond };
    let distance = (unit.effect_of(contrast.difference).abs() - margin).abs();
    MarginTest {
        margin,
        p_beyond: PValue::from_ln(beyond),
        p_within: PValue::from_ln(within),
        rows_to_settle: rows_for_t(distance, n.len(), &Design { alpha, ..*design }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESIGN: Design = Design {
        tail: Tail::TwoSided,
        alpha: 0.05,
        power: 0.8,
        margin: Some(Margin { limit: 0.1, alpha: 0.05 }),
    };

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

    // The small side shows nothing of the tail of the large one.
    #[test]
    fn a_skewed_law_is_named_where_sizes_differ() {
        let shape = |values: Vec<f64>| {
            let mut moments = super::super::moments::Moments::with_shape();
            moments.push_slice(&values);
            moments.finish()
        };
        let skewed =
            |n: u32| shape((1..=n).map(|i| (f64::from(i) / f64::from(n)).powi(9)).collect());
        let even = |n: u32| shape((1..=n).map(f64::from).collect());
        let warned = |x: &Summary, y: &Summary| {
            let found = welch(x, y, &DESIGN).expect("a spread");
            found.warnings.iter().any(|text| text.starts_with("skewed values in few rows"))
        };
        assert!(warned(&even(30), &skewed(300)) && warned(&skewed(30), &skewed(300)));
        assert!(!warned(&skewed(300), &skewed(300)) && !warned(&even(30), &even(300)));
    }

    #[test]
    fn offset_and_scale_change_nothing() {
        let (x, y) = ([1.0, 2.5, 3.0, 7.25], [2.0, 2.25, 8.5]);
        let plain = welch(&Summary::of(&x), &Summary::of(&y), &DESIGN).expect("spread");
        for (offset, scale) in [(1e12, 1.0), (1e15, 1.0), (0.0, 1e300), (0.0, f64::from_bits(16))] {
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
        let edge = Design { margin: Some(Margin { limit: -ci.low, alpha: 0.05 }), ..design };
        let margin = welch(&x, &y, &edge).expect("spread").margin.expect("asked for");
        assert!((margin.p_within.value - 0.05).abs() < 1e-9, "{margin:?}");
        let none = Design { margin: Some(Margin { limit: 0.0, alpha: 0.05 }), ..design };
        let result = welch(&x, &y, &none).expect("spread");
        let beyond = result.margin.expect("asked for").p_beyond;
        assert!((beyond.value / result.p.value - 1.0).abs() < 1e-12);
    }

    #[test]
    fn infinities_and_single_values_have_no_test() {
        let few = Err(Undefined::TooFew { needed: 2, got: 1 });
        assert_eq!(one_sample(&Summary::of(&[1.0]), 0.0, &DESIGN), few);
        let infinite = Summary::of(&[1.0, f64::INFINITY, 2.0]);
        assert_eq!(paired(&infinite, &DESIGN), Err(Undefined::Infinite));
    }
}
