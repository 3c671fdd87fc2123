//! How far the numbers of a sample lie from those of its source: standard errors.
//!
//! `None` where a sample is too small for one.

use super::moments::Summary;
use super::quantile::rank_interval;
use super::special::norm_isf;

/// Of the mean: s / √n.
pub fn of_mean(summary: &Summary) -> Option<f64> {
    Some(summary.sd? / (summary.n as f64).sqrt())
}

/// Of the sum of n values: s √n.
pub fn of_sum(summary: &Summary) -> Option<f64> {
    Some(summary.sd? * (summary.n as f64).sqrt())
}

/// Of the variance: s² √(2 / (n - 1) + g2 / n), with the excess kurtosis g2 of the sample (Mood,
/// Graybill and Boes 1974, VI.2). Needs the shape; constant values have none and no error.
pub fn of_variance(summary: &Summary) -> Option<f64> {
    let (n, variance) = (summary.n as f64, summary.variance?);
    if summary.constant {
        return Some(0.0);
    }
    Some(variance * (2.0 / (n - 1.0) + summary.kurtosis? / n).max(0.0).sqrt())
}

/// Of the standard deviation: that of the variance over 2 s (delta method).
pub fn of_deviation(summary: &Summary) -> Option<f64> {
    let error = of_variance(summary)?;
    Some(if error == 0.0 { 0.0 } else { error / (2.0 * summary.sd?) })
}

/// Of the skewness g1 of a normal sample (Fisher 1930).
pub fn of_skewness(n: u64) -> Option<f64> {
    let x = n as f64;
    (n > 2).then(|| (6.0 * (x - 2.0) / ((x + 1.0) * (x + 3.0))).sqrt())
}

/// Of the excess kurtosis g2 of a normal sample (Fisher 1930).
pub fn of_kurtosis(n: u64) -> Option<f64> {
    let x = n as f64;
    let below = (x + 1.0).powi(2) * (x + 3.0) * (x + 5.0);
    (n > 3).then(|| (24.0 * x * (x - 2.0) * (x - 3.0) / below).sqrt())
}

/// Of a share `p` of n values: √(p (1 - p) / n).
pub fn of_share(p: f64, n: u64) -> Option<f64> {
    (n > 0).then(|| (p * (1.0 - p) / n as f64).sqrt())
}

/// Of the quantile at `p` of a sorted sample: the distribution-free interval of 95 % over twice its
/// normal quantile (Woodruff 1952).
pub fn of_quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let level = 0.95;
    let ranks = rank_interval(sorted.len() as u64, p, level);
    let at = |rank: u64| sorted.get(rank as usize - 1).copied();
    let width = at(ranks.upper_rank?)? - at(ranks.lower_rank?)?;
    width.is_finite().then(|| width / (2.0 * norm_isf((1.0 - level) / 2.0)))
}

/// Of a correlation: (1 - r²) times the error of its area tangent, which is 1 / √(n - 3) for
/// Pearson's, √((1 + r²/2) / (n - 3)) for Spearman's and √(0.437 / (n - 4)) for Kendall's (Bonett
/// and Wright 2000).
pub fn of_correlation(r: f64, n: u64, method: Correlated) -> Option<f64> {
    let (variance, spare) = match method {
        Correlated::Pearson => (1.0, 3),
        Correlated::Spearman => (1.0 + r * r / 2.0, 3),
        Correlated::Kendall => (0.437, 4),
    };
    (n > spare).then(|| (1.0 - r * r) * (variance / (n - spare) as f64).sqrt())
}

/// Which correlation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Correlated {
    Pearson,
    Spearman,
    Kendall,
}

#[cfg(test)]
mod tests {
    use super::super::moments::Moments;
    use super::*;

    fn of(values: &[f64]) -> Summary {
        let mut moments = Moments::with_shape();
        moments.push_slice(values);
        moments.finish()
    }

    fn close(found: Option<f64>, wanted: f64) {
        let found = found.expect("large enough");
        assert!((found - wanted).abs() <= 1e-12 * wanted.abs(), "{found}, not {wanted}");
    }

    #[test]
    fn errors_of_moments_are_those_of_their_formulas() {
        let summary = of(&[1.0, 2.0, 3.0, 4.0]);
        let variance = 5.0 / 3.0;
        close(of_mean(&summary), (variance / 4.0f64).sqrt());
        close(of_sum(&summary), (variance * 4.0f64).sqrt());
        // g2 of 1, 2, 3, 4 is -1.36.
        close(of_variance(&summary), variance * (2.0f64 / 3.0 - 0.34).sqrt());
        close(of_deviation(&summary), variance.sqrt() / 2.0 * (2.0f64 / 3.0 - 0.34).sqrt());
        assert_eq!(of_mean(&of(&[1.0])), None);
        assert_eq!(of_deviation(&of(&[2.0, 2.0])), Some(0.0));
    }

    #[test]
    fn errors_of_shapes_shares_and_correlations() {
        close(of_skewness(100), (6.0 * 98.0 / (101.0 * 103.0f64)).sqrt());
        close(of_kurtosis(4), (24.0 * 4.0 * 2.0 / (25.0 * 7.0 * 9.0f64)).sqrt());
        assert_eq!((of_skewness(2), of_kurtosis(3)), (None, None));
        close(of_share(0.5, 100), 0.05);
        close(of_correlation(0.0, 103, Correlated::Pearson), 0.1);
        close(of_correlation(0.5, 103, Correlated::Spearman), 0.075 * 1.125f64.sqrt());
        assert_eq!(of_correlation(0.5, 4, Correlated::Kendall), None);
    }

    // Law: on a normal sample the error of the median is near that of the mean times √(π/2).
    #[test]
    fn errors_of_quantiles_come_from_ranks() {
        let sorted: Vec<f64> = (1..2000).map(|rank| -norm_isf(f64::from(rank) / 2000.0)).collect();
        let ratio = of_quantile(&sorted, 0.5).expect("enough") / (1.0 / 1999f64.sqrt());
        assert!((ratio - (std::f64::consts::PI / 2.0).sqrt()).abs() < 0.03, "{ratio}");
        assert_eq!(of_quantile(&[1.0, 2.0], 0.5), None);
    }
}
