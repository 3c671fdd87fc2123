//! Do several samples share one variance?

use super::anova::{Anova, one_way};
use super::moments::Summary;
use super::p_values::{Sides, chi2_p, doubled, lower, smaller, t_p, upper};
use super::relative_entropy::Compensated;
use super::special::{bisect, f_isf, f_tails, norm_isf, norm_sf, u_minus_ln_1p};
use super::t_test::{common_skewness, skewness_of_mean};
use super::{Design, Effect, Interval, PValue, Tail, TestResult, Undefined};

/// The middle from which deviations are measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Centre {
    /// Brown & Forsythe (1974): robust against skewness.
    #[default]
    Median,
    /// Levene (1960).
    Mean,
}

/// Analysis of variance of the absolute deviations from each sample's middle.
///
/// They are counted from one of them: where all of a sample are nearly alike, the digits of what
/// tells them apart are then kept.
pub fn levene(samples: &[&[f64]], centre: Centre) -> Result<Anova, Undefined> {
    let deviations = |sample: &&[f64]| match centre {
        Centre::Median => from_median(sample),
        Centre::Mean => from_mean(sample),
    };
    let all: Vec<Vec<Size>> = samples.iter().map(deviations).collect();
    let origin = all.iter().flatten().map(|size| size.high).find(|high| high.is_finite());
    let origin = origin.unwrap_or(0.0);
    let summary = |sizes: &Vec<Size>| {
        let from_origin = sizes.iter().map(|size| size.minus(origin));
        Summary::of(&from_origin.collect::<Vec<_>>())
    };
    one_way(&all.iter().map(summary).collect::<Vec<_>>())
}

/// The test of two samples. The effect is the ratio of the mean absolute deviations from the
/// median, data over reference, with the interval of Bonett & Seier (2003).
pub fn two_sample(
    x: &[f64],
    y: &[f64],
    centre: Centre,
    design: &Design,
) -> Result<TestResult, Undefined> {
    // Two values have one deviation twice, and no spread of it.
    let got = x.len().min(y.len()) as u64;
    if got < 3 {
        return Err(Undefined::TooFew { needed: 3, got });
    }
    let found = levene(&[x, y], centre)?;
    let (own, other) = (Deviation::new(x), Deviation::new(y));
    let reach = norm_isf(0.5 * design.alpha) * (own.variance_of_ln + other.variance_of_ln).sqrt();
    let ln = (own.mean / other.mean).ln();
    let level = 1.0 - design.alpha;
    let ci = Interval { low: (ln - reach).exp(), high: (ln + reach).exp(), level };
    // No spread at all on one side: the ratio is certain to be 0 or infinite.
    let ci = if ln.is_finite() { ci } else { Interval { low: 0.0, high: f64::INFINITY, level } };
    Ok(TestResult {
        name: "levene",
        symbol: "F",
        statistic: found.statistic,
        p: towards(&found, own.mean < other.mean, design.tail),
        n: vec![x.len() as u64, y.len() as u64],
        df: Some(found.df_within),
        exact: false,
        method: match centre {
            Centre::Median => "F of absolute deviations from the median",
            Centre::Mean => "F of absolute deviations from the mean",
        },
        effect: Effect { name: "deviation_ratio", value: own.mean / other.mean, ci },
        margin: None,
        detectable: detectable_deviation(
            [x.len() as u64, y.len() as u64],
            [own.variation(), other.variation()],
            design,
        ),
        warnings: skewed(&own.around, &other.around, design.tail).into_iter().collect(),
    })
}

/// Skewness of the difference of two mean deviations from which F alarms in more than 5.5 % of
/// clean runs; F with its pooled variance bears more of it than Welch's t.
const SKEWED: f64 = 1.0;
/// The same where one side alone is looked at, which has no other tail to make up for it: normal
/// values alarm in 6.4 % of clean runs at 30 against 300.
const SKEWED_ONE_SIDED: f64 = 0.1;

/// Whether deviations are so skewed, in sizes so unequal, that F is off.
fn skewed(x: &Summary, y: &Summary, tail: Tail) -> Option<String> {
    let (skewness, _) = common_skewness(&[x, y]);
    let left = skewness_of_mean(&[x, y], |_| (skewness, 1.0));
    let most = if tail == Tail::TwoSided { SKEWED } else { SKEWED_ONE_SIDED };
    (left > most).then(|| {
        format!(
            "skewed deviations in few rows (their mean has a skewness of {left:.1}): more clean \
             runs alarm than alpha says"
        )
    })
}

/// F of two samples is the square of a t, which has a side.
fn towards(found: &Anova, data_is_smaller: bool, tail: Tail) -> PValue {
    let t = found.statistic.sqrt();
    let t = if data_is_smaller { -t } else { t };
    match tail {
        Tail::TwoSided => found.p,
        Tail::Greater => t_p(t, found.df_within),
        Tail::Less => t_p(-t, found.df_within),
    }
}

/// The ratio of mean deviations, above 1, that these sizes show with the design's power.
///
/// By the normal law of the mean deviations, each value's deviation having this coefficient of
/// variation, against the pooled variance by which F divides. A sample's own median lies closer to
/// its values than the true one: of n normal values the mean deviation is smaller by the share
/// π / (4 n), the density at the median times half of its variance 1 / (4 n density²), over √(2/π).
pub fn detectable_deviation([n, m]: [u64; 2], variation: [f64; 2], design: &Design) -> Option<f64> {
    let (n, m) = (n as f64, m as f64);
    let known = variation.iter().all(|variation| variation.is_finite());
    if n + m < 3.0 || !known || design.power <= 0.0 {
        return None;
    }
    let tails = if design.tail == Tail::TwoSided { 1.0 } else { 2.0 };
    let critical = f_isf(tails * design.alpha, 1.0, n + m - 2.0).sqrt();
    let [own, other] = variation.map(|variation| variation * variation);
    let left = |n: f64| 1.0 - std::f64::consts::FRAC_PI_4 / n;
    let power = |ratio: f64| {
        let (above, below) = (ratio * left(n), left(m));
        let (a, b) = (above * above * own, below * below * other);
        let pooled = ((n - 1.0) * a + (m - 1.0) * b) / (n + m - 2.0) * (1.0 / n + 1.0 / m);
        let spread = (a / n + b / m).sqrt();
        let gap = (above - below) / spread;
        let bound = critical * pooled.sqrt() / spread;
        norm_sf(bound - gap) + norm_sf(bound + gap)
    };
    let most = 1e3;
    let seen = bisect(0.0, f64::ln(most), |ln| power(ln.exp()) - design.power).exp();
    (seen > 1.0 && seen < 0.99 * most).then_some(seen)
}

/// The coefficient of variation of the size of a normal value.
pub const NORMAL_VARIATION: f64 = 0.755_510_639_762_867_7;

/// The mean absolute deviation from the median, and the variance of its logarithm.
struct Deviation {
    around: Summary,
    mean: f64,
    /// The standard deviation of the deviations.
    sd: f64,
    variance_of_ln: f64,
}

impl Deviation {
    fn variation(&self) -> f64 {
        self.sd / self.mean
    }

    fn new(sample: &[f64]) -> Self {
        let n = sample.len() as f64;
        let sizes: Vec<f64> = from_median(sample).iter().map(|size| size.minus(0.0)).collect();
        let around = Summary::of(&sizes);
        let deviations = around.mean.unwrap_or(0.0);
        let summary = Summary::of(sample);
        let median = super::quantile::median(sample).unwrap_or(0.0);
        let skew = summary.mean_minus_value(median).unwrap_or(0.0) / deviations;
        let spread = summary.sd.unwrap_or(0.0) / deviations;
        Deviation {
            around,
            mean: deviations * n / (n - 1.0),
            sd: around.sd.unwrap_or(0.0),
            variance_of_ln: ((skew * skew + spread * spread - 1.0) / n).max(0.0),
        }
    }
}

/// The size of a deviation to twice the digits.
#[derive(Clone, Copy, Debug)]
struct Size {
    high: f64,
    low: f64,
}

impl Size {
    /// The size of a sum, where the second number is the smaller one or rounding of the first.
    fn of(high: f64, low: f64) -> Size {
        if high < 0.0 { Size { high: -high, low: -low } } else { Size { high, low } }
    }

    fn minus(self, origin: f64) -> f64 {
        (self.high - origin) + self.low
    }
}

/// a + b and what rounding took from it (Knuth 1969); nothing of infinite sums.
fn exact_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let part = sum - a;
    let lost = (a - (sum - part)) + (b - part);
    (sum, if lost.is_finite() { lost } else { 0.0 })
}

/// |x - median|, with the median of an even number left as two values.
fn from_median(sample: &[f64]) -> Vec<Size> {
    let mut sorted: Vec<f64> = sample.iter().copied().filter(|x| !x.is_nan()).collect();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    let Some(&high) = sorted.get(n / 2) else { return Vec::new() };
    let low = if n.is_multiple_of(2) { sorted[n / 2 - 1] } else { high };
    let size = |x: &f64| {
        let ((above, lost), (below, lost_too)) = (exact_sum(*x, -low), exact_sum(*x, -high));
        let (sum, rounded) = exact_sum(above / 2.0, below / 2.0);
        Size::of(sum, rounded + (lost + lost_too) / 2.0)
    };
    sorted.iter().map(size).collect()
}

/// |x - mean|, with the mean to twice the digits.
fn from_mean(sample: &[f64]) -> Vec<Size> {
    let summary = Summary::of(sample);
    let values = sample.iter().filter(|x| !x.is_nan());
    let Some(mean) = summary.mean else {
        return values.map(|_| Size::of(f64::INFINITY, 0.0)).collect();
    };
    let size = |x: &f64| {
        let (gap, lost) = exact_sum(*x, -mean);
        Size::of(gap, lost - summary.mean_tail)
    };
    values.map(size).collect()
}

/// A chi-square test of equal variances.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bartlett {
    pub statistic: f64,
    pub df: f64,
    pub p: PValue,
}

/// Bartlett (1937): best for normal data, misleading for any other.
pub fn bartlett(samples: &[Summary]) -> Result<Bartlett, Undefined> {
    let variances = variances(samples)?;
    let k = variances.len() as f64;
    let total: f64 = variances.iter().map(|(df, _)| df).sum();
    let weighted = variances.iter().map(|(df, variance)| df * variance);
    let pooled = weighted.collect::<Compensated>().value() / total;
    // Sum df ln(pooled / variance); the linear parts add up to nothing and are taken out.
    let term = |(df, variance): &(f64, f64)| df * u_minus_ln_1p((variance - pooled) / pooled);
    let top = variances.iter().map(term).collect::<Compensated>().value();
    let parts: f64 = variances.iter().map(|(df, _)| 1.0 / df).sum();
    let statistic = top / (1.0 + (parts - 1.0 / total) / (3.0 * (k - 1.0)));
    Ok(Bartlett { statistic, df: k - 1.0, p: chi2_p(statistic, k - 1.0) })
}

/// The ratio of two variances.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VarianceRatio {
    pub statistic: f64,
    pub df1: f64,
    pub df2: f64,
    pub p: Sides,
}

/// F of two normal samples; at heavy tails it raises four times too many alarms, so that [`levene`]
/// is the better choice. Two-sided is twice the smaller tail.
pub fn f_test(x: &Summary, y: &Summary) -> Result<VarianceRatio, Undefined> {
    let list = variances(&[*x, *y])?;
    let (df1, df2) = (list[0].0, list[1].0);
    let statistic = list[0].1 / list[1].1;
    let tails = f_tails(statistic, df1, df2);
    let (less, greater) = (lower(tails), upper(tails));
    let p = Sides { two_sided: doubled(smaller(less, greater)), less, greater };
    Ok(VarianceRatio { statistic, df1, df2, p })
}

/// Rows from which the kurtosis of a sample says whether F may be used: by chance it is off by
/// twice √(24 / n).
const SHAPE_FROM: u64 = 10_000;
/// Excess kurtosis of values that are not normal, of few rows and of many; one of 0.1 makes 5.6 %
/// of clean runs alarm.
const NOT_NORMAL: f64 = 0.5;
const SURELY_NOT_NORMAL: f64 = 0.1;

/// The same with the ratio of the variances and its interval as the effect.
pub fn variance_ratio(x: &Summary, y: &Summary, design: &Design) -> Result<TestResult, Undefined> {
    let found = f_test(x, y)?;
    let VarianceRatio { statistic, df1, df2, p } = found;
    let half = 0.5 * design.alpha;
    let ci = Interval {
        low: statistic / f_isf(half, df1, df2),
        high: statistic * f_isf(half, df2, df1),
        level: 1.0 - design.alpha,
    };
    let mut warnings = Vec::new();
    let few = x.n.min(y.n);
    let most = if few < SHAPE_FROM { NOT_NORMAL } else { SURELY_NOT_NORMAL };
    let sides = [("the data", x), ("the reference", y)];
    for (side, kurtosis) in sides.map(|(side, summary)| (side, summary.kurtosis)) {
        if let Some(kurtosis) = kurtosis.filter(|kurtosis| kurtosis.abs() > most) {
            warnings.push(format!(
                "{side} is not normal (excess kurtosis {kurtosis:.1}): F then alarms far too often \
                 or too seldom; `levene` is the test to use"
            ));
        }
    }
    if warnings.is_empty() && few < SHAPE_FROM {
        warnings.push(format!(
            "whether values are normal enough for F cannot be seen in {few} rows; `levene` does \
             not need it"
        ));
    }
    Ok(TestResult {
        name: "f_test",
        symbol: "F",
        statistic,
        p: p.of(design.tail),
        n: vec![x.n, y.n],
        df: Some(df1),
        exact: true,
        method: "F, exact for normal samples",
        effect: Effect { name: "variance_ratio", value: statistic, ci },
        margin: None,
        detectable: (design.power > 0.0).then(|| detectable_ratio([x.n, y.n], design)),
        warnings,
    })
}

/// The ratio of variances that normal samples of these sizes show with the design's power: above 1,
/// or below where only smaller ones are looked for.
pub fn detectable_ratio([n, m]: [u64; 2], design: &Design) -> f64 {
    let (df1, df2) = (n as f64 - 1.0, m as f64 - 1.0);
    let above =
        |alpha: f64, df1: f64, df2: f64| f_isf(alpha, df1, df2) / f_isf(design.power, df1, df2);
    match design.tail {
        Tail::TwoSided => above(0.5 * design.alpha, df1, df2),
        Tail::Greater => above(design.alpha, df1, df2),
        Tail::Less => 1.0 / above(design.alpha, df2, df1),
    }
}

/// Degrees of freedom and variances in units of the largest.
fn variances(samples: &[Summary]) -> Result<Vec<(f64, f64)>, Undefined> {
    if samples.len() < 2 {
        return Err(Undefined::Other("fewer than two samples".to_string()));
    }
    if let Some(small) = samples.iter().find(|sample| sample.n < 2) {
        return Err(Undefined::TooFew { needed: 2, got: small.n });
    }
    if samples.iter().any(|sample| sample.infinite > 0) {
        return Err(Undefined::Infinite);
    }
    let sd = |sample: &Summary| if sample.constant { 0.0 } else { sample.sd.unwrap_or(0.0) };
    let largest = samples.iter().map(sd).fold(0.0, f64::max);
    if samples.iter().any(|sample| sd(sample) <= 0.0) {
        return Err(Undefined::ZeroVariance);
    }
    let part = |sample: &Summary| (sample.n as f64 - 1.0, (sd(sample) / largest).powi(2));
    Ok(samples.iter().map(part).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const X: [f64; 6] = [1.0, 2.0, 4.0, 8.0, 9.5, 3.0];
    const Y: [f64; 5] = [2.0, 2.5, 3.0, 2.75, 2.25];

    // Law: an offset changes nothing, whatever the middle.
    #[test]
    fn offsets_do_not_matter() {
        for centre in [Centre::Median, Centre::Mean] {
            let plain = levene(&[&X, &Y], centre).expect("a spread").statistic;
            let (x, y) = (X.map(|x| x + 1e9), Y.map(|y| y + 1e9));
            let moved = levene(&[&x, &y], centre).expect("a spread").statistic;
            assert!((moved / plain - 1.0).abs() < 1e-9, "{centre:?} {moved} {plain}");
        }
    }

    // Law: exchanging the samples inverts F and exchanges the tails.
    #[test]
    fn f_is_reciprocal() {
        let (x, y) = (Summary::of(&X), Summary::of(&Y));
        let (there, back) = (f_test(&x, &y).expect("a spread"), f_test(&y, &x).expect("a spread"));
        assert!((there.statistic * back.statistic - 1.0).abs() < 1e-14);
        assert!((there.p.less.value / back.p.greater.value - 1.0).abs() < 1e-12);
    }

    // The deviations of each side are nearly alike: what tells them apart is in their last digits.
    #[test]
    fn nearly_equal_deviations_keep_their_digits() {
        let x: Vec<f64> = [-3.0, -1.0, 0.0, 1.0, 2.0, -2.0, 4.0, 1.0]
            .iter()
            .enumerate()
            .map(|(i, step)| 1e8 + if i % 2 == 0 { 64.0 } else { -64.0 } + step * 2f64.powi(-26))
            .collect();
        let y: Vec<f64> = x.iter().map(|x| 2.0 * (x - 1e8)).collect();
        // The same from the middle of each side, where nothing is rounded: even sizes, their
        // medians between the two halves.
        let near: Vec<f64> = x.iter().map(|x| x - 1e8).collect();
        let moved = levene(&[&x, &y], Centre::Median).expect("a spread").statistic;
        let plain = levene(&[&near, &y], Centre::Median).expect("a spread").statistic;
        assert!(plain > 1e15 && (moved / plain - 1.0).abs() < 1e-12, "{moved} {plain}");
    }

    #[test]
    fn skewed_deviations_in_unequal_sizes_are_named() {
        let design = Design { tail: Tail::TwoSided, alpha: 0.05, power: 0.8, margin: None };
        let mostly_zero = |n: usize| -> Vec<f64> {
            (0..n).map(|i| if i % 25 == 0 { (i as f64 + 9.0).powi(3) } else { 0.0 }).collect()
        };
        let warned = |n: usize, m: usize| {
            let (x, y) = (mostly_zero(n), mostly_zero(m));
            let found = two_sample(&x, &y, Centre::Median, &design).expect("a spread");
            found.warnings.iter().any(|text| text.starts_with("skewed deviations"))
        };
        assert!(warned(30, 300) && !warned(300, 300));
        let even: Vec<f64> = (0..300).map(f64::from).collect();
        let greater = Design { tail: Tail::Greater, ..design };
        let found = two_sample(&even[..30], &even, Centre::Median, &greater).expect("a spread");
        assert!(found.warnings.is_empty(), "{:?}", found.warnings);
    }

    #[test]
    fn few_rows_cannot_show_that_f_may_be_used() {
        let design = Design { tail: Tail::TwoSided, alpha: 0.05, power: 0.8, margin: None };
        let bell = Summary::of(&[-2.2, -1.0, -0.5, -0.2, 0.0, 0.2, 0.5, 1.0, 2.2]);
        let found = variance_ratio(&bell, &bell, &design).expect("a spread");
        assert!(found.warnings[0].contains("cannot be seen in 9 rows"), "{:?}", found.warnings);
    }

    #[test]
    fn constant_samples_are_undefined() {
        let constant = Summary::of(&[0.1; 10]);
        assert_eq!(bartlett(&[constant, Summary::of(&X)]), Err(Undefined::ZeroVariance));
        assert_eq!(f_test(&constant, &constant), Err(Undefined::ZeroVariance));
        let spread = levene(&[&[1.0; 5], &[2.0; 4]], Centre::Median);
        assert_eq!(spread, Err(Undefined::ZeroVariance));
    }
}
