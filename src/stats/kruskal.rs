//! The rank test for several samples by Kruskal and Wallis (1952).

use super::p_values::chi2_p;
use super::ranks::Pooled;
use super::relative_entropy::Compensated;
use super::{PValue, Undefined};

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
