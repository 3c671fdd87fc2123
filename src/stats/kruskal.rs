//! The rank test for several samples by Kruskal and Wallis (1952).

use super::noncentrality::{detectable_noncentrality, noncentrality_interval};
use super::p_values::chi2_p;
use super::ranks::Pooled;
use super::relative_entropy::Compensated;
use super::{Design, Effect, Interval, PValue, TestResult, Undefined};

/// H and its chi-square limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kruskal {
    pub statistic: f64,
    pub df: f64,
    pub p: PValue,
    /// The share of the variance of the ranks that lies between the samples.
    pub epsilon_squared: f64,
}

/// Tie-corrected H, from deviations of rank sums that are formed in integers.
pub fn kruskal(pooled: &Pooled) -> Result<Kruskal, Undefined> {
    let sizes = pooled.sizes();
    if sizes.len() < 2 {
        return Err(Undefined::Other("fewer than two samples".to_string()));
    }
    if sizes.contains(&0) {
        return Err(Undefined::TooFew { needed: 1, got: 0 });
    }
    let free = pooled.tie_factor();
    if free <= 0.0 {
        return Err(Undefined::ZeroVariance);
    }
    let n = pooled.n();
    let term = |(&size, sum): (&u64, u128)| {
        // Twice the deviation of the rank sum from its mean.
        let mean = u128::from(size) * (u128::from(n) + 1);
        let deviation = sum.abs_diff(mean) as f64;
        deviation * (deviation / size as f64)
    };
    let sums = pooled.doubled_rank_sums();
    let between = sizes.iter().zip(sums).map(term).collect::<Compensated>().value() / 4.0;
    let n = n as f64;
    let statistic = 12.0 * between / (n * (n + 1.0)) / free;
    let df = sizes.len() as f64 - 1.0;
    let p = chi2_p(statistic, df);
    Ok(Kruskal { statistic, df, p, epsilon_squared: statistic / (n - 1.0) })
}

/// The test of groups of sorted values. The effect is epsilon squared, the share of the variance of
/// the ranks between the groups, with the interval of its noncentrality.
pub fn of_groups(groups: &[&[f64]], design: &Design) -> Result<TestResult, Undefined> {
    let pooled = Pooled::new(groups);
    let found = kruskal(&pooled)?;
    let last = pooled.n() as f64 - 1.0;
    let share = |noncentrality: f64| (noncentrality / last).min(1.0);
    let level = 1.0 - design.alpha;
    let (low, high) = noncentrality_interval(found.statistic, found.df, level);
    let value = found.epsilon_squared;
    let ci = Interval { low: share(low).min(value), high: share(high).max(value), level };
    let mut warnings = Vec::new();
    if pooled.sizes().iter().any(|&size| size < 5) {
        warnings.push("a group has fewer than five values: the limit law is rough".to_owned());
    }
    let detectable = detectable_noncentrality(found.df, design.alpha, design.power) / last;
    Ok(TestResult {
        name: "kruskal",
        symbol: "H",
        statistic: found.statistic,
        p: found.p,
        n: pooled.sizes(),
        df: Some(found.df),
        exact: false,
        method: "chi-square limit, corrected for ties",
        effect: Effect { name: "epsilon_squared", value, ci },
        margin: None,
        detectable: (detectable < 1.0).then_some(detectable),
        warnings,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // Law: only the order counts.
    #[test]
    fn a_monotone_change_does_not_matter() {
        let (x, y) = ([1.0, 4.0, 2.0, 2.0], [3.0, 9.0, 2.0]);
        let plain = kruskal(&Pooled::new(&[&x[..], &y[..]])).expect("a spread");
        let (x, y) = (x.map(f64::exp), y.map(f64::exp));
        assert_eq!(kruskal(&Pooled::new(&[&x[..], &y[..]])), Ok(plain));
        assert!(kruskal(&Pooled::new(&[&[1, 1][..], &[1][..]])).is_err());
        assert!(kruskal(&Pooled::new(&[&[1, 1][..], &[][..]])).is_err());
    }
}
