//! Do several samples share one variance?

use super::anova::{Anova, one_way};
use super::moments::Summary;
use super::p_values::{Sides, chi2_p, doubled, lower, smaller, t_p, upper};
use super::relative_entropy::Compensated;
use super::special::{bisect, f_isf, f_tails, norm_isf, norm_sf, u_minus_ln_1p};
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
pub fn levene(samples: &[&[f64]], centre: Centre) -> Result<Anova, Undefined> {
    let deviations = |sample: &&[f64]| match centre {
        Centre::Median => from_median(sample),
        Centre::Mean => from_mean(sample),
    };
    let summaries: Vec<Summary> =
        samples.iter().map(|sample| Summary::of(&deviations(sample))).collect();
    one_way(&summaries)
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
        warnings: Vec::new(),
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
/// variation, against the pooled variance by which F divides.
pub fn detectable_deviation([n, m]: [u64; 2], variation: [f64; 2], design: &Design) -> Option<f64> {
    let (n, m) = (n as f64, m as f64);
    if n + m < 3.0 || variation.iter().any(|variation| !variation.is_finite()) {
        return None;
    }
    let tails = if design.tail == Tail::TwoSided { 1.0 } else { 2.0 };
    let critical = f_isf(tails * design.alpha, 1.0, n + m - 2.0).sqrt();
    let [own, other] = variation.map(|variation| variation * variation);
    let power = |ratio: f64| {
        let (a, b) = (ratio * ratio * own, other);
        let pooled = ((n - 1.0) * a + (m - 1.0) * b) / (n + m - 2.0) * (1.0 / n + 1.0 / m);
        let spread = (a / n + b / m).sqrt();
        let gap = (ratio - 1.0) / spread;
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
        let around = Summary::of(&from_median(sample));
        let deviations = around.mean.unwrap_or(0.0);
        let summary = Summary::of(sample);
        let median = super::quantile::median(sample).unwrap_or(0.0);
        let skew = summary.mean_minus_value(median).unwrap_or(0.0) / deviations;
        let spread = summary.sd.unwrap_or(0.0) / deviations;
        Deviation {
            mean: deviations * n / (n - 1.0),
            sd: around.sd.unwrap_or(0.0),
            variance_of_ln: ((skew * skew + spread * spread - 1.0) / n).max(0.0),
        }
    }
}

/// |x - median|, with the median of an even number left as two values.
fn from_median(sample: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = sample.iter().copied().filter(|x| !x.is_nan()).collect();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    let Some(&high) = sorted.get(n / 2) else { return Vec::new() };
    let low = if n.is_multiple_of(2) { sorted[n / 2 - 1] } else { high };
    sorted.iter().map(|x| ((x - low) / 2.0 + (x - high) / 2.0).abs()).collect()
}

/// |x - mean|, with the mean to twice the digits.
fn from_mean(sample: &[f64]) -> Vec<f64> {
    let summary = Summary::of(sample);
    let values = sample.iter().filter(|x| !x.is_nan());
    let Some(mean) = summary.mean else { return values.map(|_| f64::INFINITY).collect() };
    values.map(|x| ((x - mean) - summary.mean_tail).abs()).collect()
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
    let sides = [("the data", x), ("the reference", y)];
    for (side, kurtosis) in sides.map(|(side, summary)| (side, summary.kurtosis)) {
        if let Some(kurtosis) = kurtosis.filter(|kurtosis| kurtosis.abs() > 0.5) {
            warnings.push(format!(
                "{side} is not normal (excess kurtosis {kurtosis:.1}): F then alarms far too often \
                 or too seldom; `levene` is the test to use"
            ));
        }
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
        detectable: Some(detectable_ratio([x.n, y.n], design)),
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

    #[test]
    fn constant_samples_are_undefined() {
        let constant = Summary::of(&[0.1; 10]);
        assert_eq!(bartlett(&[constant, Summary::of(&X)]), Err(Undefined::ZeroVariance));
        assert_eq!(f_test(&constant, &constant), Err(Undefined::ZeroVariance));
        let spread = levene(&[&[1.0; 5], &[2.0; 4]], Centre::Median);
        assert_eq!(spread, Err(Undefined::ZeroVariance));
    }
}
