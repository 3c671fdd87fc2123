//! One-way analysis of variance: do several samples share one mean?
//!
//! Works on exact summaries, so that offsets of 1e9 cost no digits and samples may come in pieces.

use super::moments::Summary;
use super::p_values::f_p;
use super::power::detectable_f;
use super::relative_entropy::Compensated;
use super::special::{bisect, ncf_sf};
use super::{Design, Effect, Interval, PValue, TestResult, Undefined};

/// Fisher's F for several means.
#[derive(Clone, Debug, PartialEq)]
pub struct Anova {
    pub statistic: f64,
    pub df_between: f64,
    pub df_within: f64,
    pub p: PValue,
    pub ss_between: f64,
    pub ss_within: f64,
    /// The share of the variance that lies between the samples.
    pub eta_squared: f64,
    /// The same without its upward bias (Hays 1963); may be negative.
    pub omega_squared: f64,
}

/// The classical test, which assumes equal variances.
pub fn one_way(samples: &[Summary]) -> Result<Anova, Undefined> {
    let groups = Groups::new(samples, 1)?;
    let n: f64 = groups.list.iter().map(|group| group.n).sum();
    let (df_between, df_within) = (groups.list.len() as f64 - 1.0, n - groups.list.len() as f64);
    if df_within < 1.0 {
        return Err(Undefined::TooFew { needed: samples.len() as u64 + 1, got: n as u64 });
    }
    let within = groups.sum(|group| group.variance * (group.n - 1.0));
    if within <= 0.0 {
        return Err(Undefined::ZeroVariance);
    }
    let grand = groups.sum(|group| group.n * group.mean) / n;
    let between = groups.sum(|group| group.n * (group.mean - grand).powi(2));
    let (ms_between, ms_within) = (between / df_between, within / df_within);
    let statistic = ms_between / ms_within;
    let unit = groups.scale * groups.scale;
    Ok(Anova {
        statistic,
        df_between,
        df_within,
        p: f_p(statistic, df_between, df_within),
        ss_between: between * unit,
        ss_within: within * unit,
        eta_squared: between / (between + within),
        omega_squared: df_between * (ms_between - ms_within) / (between + within + ms_within),
    })
}

/// The statistic of a test of means that lets each sample have its own variance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WelchAnova {
    pub statistic: f64,
    pub df_between: f64,
    pub df_within: f64,
    pub p: PValue,
}

/// Welch (1951).
pub fn welch(samples: &[Summary]) -> Result<WelchAnova, Undefined> {
    let groups = Groups::new(samples, 2)?;
    if groups.list.iter().any(|group| group.variance <= 0.0) {
        return Err(Undefined::ZeroVariance);
    }
    let k = groups.list.len() as f64;
    let weight = |group: &Group| group.n / group.variance;
    let total = groups.sum(weight);
    let mean = groups.sum(|group| weight(group) * group.mean) / total;
    let between = groups.sum(|group| weight(group) * (group.mean - mean).powi(2)) / (k - 1.0);
    let spread = groups.sum(|group| (1.0 - weight(group) / total).powi(2) / (group.n - 1.0));
    let statistic = between / (1.0 + 2.0 * (k - 2.0) / (k * k - 1.0) * spread);
    let df_within = (k * k - 1.0) / (3.0 * spread);
    let p = f_p(statistic, k - 1.0, df_within);
    Ok(WelchAnova { statistic, df_between: k - 1.0, df_within, p })
}

/// One sample in units of the common scale, its mean counted from the first sample's.
struct Group {
    n: f64,
    mean: f64,
    variance: f64,
}

struct Groups {
    list: Vec<Group>,
    scale: f64,
}

impl Groups {
    fn new(samples: &[Summary], needed: u64) -> Result<Self, Undefined> {
        if samples.len() < 2 {
            return Err(Undefined::Other("fewer than two samples".to_string()));
        }
        if let Some(small) = samples.iter().find(|sample| sample.n < needed) {
            return Err(Undefined::TooFew { needed, got: small.n });
        }
        if samples.iter().any(|sample| sample.infinite > 0) {
            return Err(Undefined::Infinite);
        }
        let sd = |sample: &Summary| if sample.constant { 0.0 } else { sample.sd.unwrap_or(0.0) };
        let shift = |sample: &Summary| sample.mean_minus(&samples[0]).unwrap_or(0.0);
        let sizes = samples.iter().map(|sample| sd(sample).max(shift(sample).abs()));
        let scale = sizes.fold(0.0, f64::max);
        // Powers of two change no digit.
        let scale = if scale > 0.0 { scale.log2().floor().exp2() } else { 1.0 };
        let group = |sample: &Summary| Group {
            n: sample.n as f64,
            mean: shift(sample) / scale,
            variance: (sd(sample) / scale).powi(2),
        };
        Ok(Groups { list: samples.iter().map(group).collect(), scale })
    }

    fn sum(&self, term: impl Fn(&Group) -> f64) -> f64 {
        self.list.iter().map(term).collect::<Compensated>().value()
    }
}

/// The test of groups, Welch's or the classical one. The effect is eta squared, the share of the
/// variance between the groups, with the interval of its noncentrality.
pub fn of_groups(
    samples: &[Summary],
    equal_var: bool,
    design: &Design,
) -> Result<TestResult, Undefined> {
    let classical = one_way(samples)?;
    let (statistic, df, p) = match equal_var {
        true => (classical.statistic, classical.df_within, classical.p),
        false => {
            let found = welch(samples)?;
            (found.statistic, found.df_within, found.p)
        }
    };
    let n: u64 = samples.iter().map(|sample| sample.n).sum();
    let share = |noncentrality: f64| noncentrality / (noncentrality + n as f64);
    let value = classical.eta_squared;
    let tail = 0.5 * design.alpha;
    let (low, high) = (noncentrality(&classical, tail), noncentrality(&classical, 1.0 - tail));
    let level = 1.0 - design.alpha;
    let ci = Interval { low: share(low).min(value), high: share(high).max(value), level };
    let sizes: Vec<f64> = samples.iter().map(|sample| sample.n as f64).collect();
    let within = if equal_var { None } else { welch_freedom(&sizes) };
    let detectable = detectable_f(samples.len() as u64, n, within, design);
    Ok(TestResult {
        name: if equal_var { "anova" } else { "welch_anova" },
        symbol: "F",
        statistic,
        p,
        n: samples.iter().map(|sample| sample.n).collect(),
        df: Some(df),
        exact: false,
        method: if equal_var { "F, one common variance" } else { "F, Welch's weights" },
        effect: Effect { name: "eta_squared", value, ci },
        margin: None,
        detectable: detectable.map(|f| f * f / (1.0 + f * f)),
        warnings: skewed(samples).into_iter().chain(few(samples, equal_var)).collect(),
    })
}

/// The degrees of freedom within groups of these sizes that Welch's F has where their variances are
/// in truth equal, no more than Fisher's has.
pub fn welch_freedom(sizes: &[f64]) -> Option<f64> {
    let (k, n) = (sizes.len() as f64, sizes.iter().sum::<f64>());
    let part = |size: &f64| (1.0 - size / n).powi(2) / (size - 1.0);
    let freedom = (k * k - 1.0) / (3.0 * sizes.iter().map(part).sum::<f64>());
    (sizes.iter().all(|size| *size > 1.0)).then_some(freedom.min(n - k))
}

/// Values of a group from which Welch's weights are sure enough.
const ENOUGH: u64 = 10;

/// Whether a group is so small that Welch's F is rough: in groups of 10, 5 and 5 of five levels 7 %
/// of clean runs alarm.
fn few(samples: &[Summary], equal_var: bool) -> Option<String> {
    let least = samples.iter().map(|sample| sample.n).min().unwrap_or(0);
    (!equal_var && least < ENOUGH).then(|| {
        format!(
            "a group has {least} values: Welch's F is rough, and more clean runs may alarm than \
             alpha says; `kruskal` keeps it"
        )
    })
}

/// Skewness of the mean of a group from which F is far off.
const SKEWED: f64 = 0.3;

/// Whether a group is so small and so skewed that its mean is far from normal. A small group seldom
/// shows the tail that it was drawn from, so that the most skewed group speaks for the smallest.
fn skewed(samples: &[Summary]) -> Option<String> {
    let skewness = samples.iter().filter_map(|sample| sample.skewness);
    let least = samples.iter().map(|sample| sample.n).min().unwrap_or(0) as f64;
    let most = skewness.map(f64::abs).fold(0.0, f64::max) / least.sqrt();
    (most > SKEWED).then(|| {
        format!(
            "skewed values in few rows (a group's mean may have a skewness of {most:.1}): more \
             clean runs alarm than alpha says; `kruskal` keeps it"
        )
    })
}

/// The noncentrality at which the upper tail beyond F has this probability, 0 where even none
/// exceeds it; sought in its root.
fn noncentrality(found: &Anova, probability: f64) -> f64 {
    let Anova { statistic, df_between, df_within, .. } = *found;
    let tail = |root: f64| ncf_sf(statistic, df_between, df_within, root * root);
    if tail(0.0) >= probability || statistic > 1e12 {
        return if statistic > 1e12 { f64::MAX / 4.0 } else { 0.0 };
    }
    let mut high = 1.0 + (df_between * statistic).sqrt();
    while tail(high) < probability && high < 1e6 {
        high *= 2.0;
    }
    let root = bisect(0.0, high, |root| tail(root) - probability);
    root * root
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shifted(offset: f64, scale: f64) -> Vec<Summary> {
        let groups = [[1.0, 2.0, 4.0], [2.0, 5.0, 6.0], [1.5, 3.0, 3.5]];
        let change = |x: f64| (x + offset) * scale;
        groups.iter().map(|group| Summary::of(&group.map(change))).collect()
    }

    // Law: neither an offset nor a unit changes F.
    #[test]
    fn offset_and_scale_do_not_matter() {
        let plain = one_way(&shifted(0.0, 1.0)).expect("a spread");
        let plain_welch = welch(&shifted(0.0, 1.0)).expect("a spread");
        for (offset, scale) in [(1e9, 1.0), (-1e12, 2.0), (0.0, 1e300), (0.0, 1e-300)] {
            let got = one_way(&shifted(offset, scale)).expect("a spread");
            assert!((got.statistic / plain.statistic - 1.0).abs() < 1e-12, "{offset} {scale}");
            let got = welch(&shifted(offset, scale)).expect("a spread");
            assert!((got.statistic / plain_welch.statistic - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn small_groups_are_named() {
        let design =
            Design { tail: super::super::Tail::TwoSided, alpha: 0.05, power: 0.8, margin: None };
        let groups = shifted(0.0, 1.0);
        let found = of_groups(&groups, false, &design).expect("a spread");
        assert!(found.warnings.iter().any(|text| text.contains("a group has 3 values")));
        let found = of_groups(&groups, true, &design).expect("a spread");
        assert!(!found.warnings.iter().any(|text| text.contains("a group has 3 values")));
    }

    #[test]
    fn degenerate_samples_are_undefined() {
        let of = |groups: &[&[f64]]| groups.iter().map(|g| Summary::of(g)).collect::<Vec<_>>();
        assert_eq!(one_way(&of(&[&[1.0, 1.0], &[2.0, 2.0]])), Err(Undefined::ZeroVariance));
        assert_eq!(welch(&of(&[&[1.0, 1.0], &[2.0, 3.0]])), Err(Undefined::ZeroVariance));
        assert!(one_way(&of(&[&[1.0], &[2.0]])).is_err());
        assert!(one_way(&of(&[&[1.0, 2.0], &[]])).is_err());
        assert!(one_way(&of(&[&[1.0, 2.0]])).is_err());
        assert_eq!(one_way(&of(&[&[1.0, f64::INFINITY], &[2.0]])), Err(Undefined::Infinite));
    }
}
