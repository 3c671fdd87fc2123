//! The rank test for several samples by Kruskal and Wallis (1952).

use super::mann_whitney::{null_spread, spread_at};
use super::noncentrality::noncentrality_interval;
use super::p_values::chi2_p;
use super::ranks::Pooled;
use super::relative_entropy::Compensated;
use super::shift_power::quadratic_sf;
use super::special::{bisect, chi2_isf};
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
        detectable: detectable_share(groups.len() as u64, pooled.n(), design),
        warnings,
    })
}

/// The share of the variance of ranks between so many groups of `total` values that is seen with
/// the design's power, where one of equally large groups is shifted: H is then a square with the
/// variance that A12 has at this shift, and squares of standard normals.
pub fn detectable_share(groups: u64, total: u64, design: &Design) -> Option<f64> {
    if groups < 2 || total < 2 * groups || !(design.power > design.alpha && design.power < 1.0) {
        return None;
    }
    let (k, n) = (groups as f64, total as f64);
    let sizes = [total / groups, total - total / groups];
    let critical = chi2_isf(design.alpha, k - 1.0);
    let lacking = |share: f64| {
        let distance = (share * k * k / (12.0 * (k - 1.0))).sqrt().min(0.5);
        let along = (spread_at(sizes, 0.5 + distance) / null_spread(sizes)).min(1.0).powi(2);
        let cumulant = |power: usize| {
            let own = along.powi(power as i32 - 1);
            own * (along + power as f64 * (n - 1.0) * share) + k - 2.0
        };
        quadratic_sf(critical, std::array::from_fn(|power| cumulant(power + 1))) - design.power
    };
    // A group that lies beyond all others has the distance 1/2.
    let most = 3.0 * (k - 1.0) / (k * k);
    (lacking(most) >= 0.0).then(|| bisect(0.0, most, lacking))
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
