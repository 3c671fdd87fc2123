//! Goodness of fit: counts against probabilities that the suite fixed beforehand.
//!
//! Never for a reference sample, whose shares are not the truth; that is
//! [`super::chi_square::homogeneity`].

use super::noncentrality::{self, detectable_noncentrality, noncentrality_interval};
use super::p_values::{chi2_p, lower, upper};
use super::relative_entropy::{Compensated, excess_entropy};
use super::special::norm_isf;
use super::{Design, Effect, Interval, Margin, MarginTest, PValue, TestResult, Undefined};

/// How far fixed probabilities may be from adding up to one.
pub const SUM_TOLERANCE: f64 = 1e-6;

/// Counts against fixed probabilities.
#[derive(Clone, Debug, PartialEq)]
pub struct GoodnessOfFit {
    pub test: TestResult,
    /// The likelihood-ratio statistic 2 sum O ln(O/E).
    pub g_statistic: f64,
    pub g_p: PValue,
    pub min_expected: f64,
    /// (O - E) / sqrt(E (1 - p)) of each category, in the order of the input; 0 where nothing is
    /// expected.
    pub residuals: Vec<f64>,
}

/// Whether these are probabilities; callers who take them from a person ask this first.
pub fn check_probabilities(probabilities: &[f64]) -> Result<(), Undefined> {
    if let Some(bad) = probabilities.iter().find(|p| !(p.is_finite() && **p >= 0.0)) {
        return Err(Undefined::Other(format!("{bad} is not a probability")));
    }
    let sum = probabilities.iter().copied().collect::<Compensated>().value();
    if (sum - 1.0).abs() > SUM_TOLERANCE {
        return Err(Undefined::Other(format!("probabilities add up to {sum}, not to 1")));
    }
    Ok(())
}

/// One category: what was observed, its probability, and what the two give.
struct Cell {
    observed: f64,
    probability: f64,
    expected: f64,
    excess: f64,
}

/// Pearson's and the likelihood-ratio test of counts against fixed probabilities, equal ones where
/// none are given. Only the ratios of the probabilities count. `ddof` parameters fitted on the same
/// counts are taken off the degrees of freedom.
pub fn goodness_of_fit(
    observed: &[u64],
    probabilities: Option<&[f64]>,
    ddof: u32,
    design: &Design,
) -> Result<GoodnessOfFit, Undefined> {
    let total: u128 = observed.iter().map(|&count| u128::from(count)).sum();
    let cells = cells(observed, total, probabilities)?;
    let possible = || cells.iter().filter(|cell| cell.probability > 0.0);
    let df = possible().count() as f64 - 1.0 - f64::from(ddof);
    if df < 1.0 {
        return Err(Undefined::OneCategory);
    }
    if total == 0 {
        return Err(Undefined::TooFew { needed: 1, got: 0 });
    }
    let impossible = cells.iter().any(|cell| cell.probability == 0.0 && cell.observed > 0.0);
    let sum = |term: fn(&Cell) -> f64| match impossible {
        true => f64::INFINITY,
        false => possible().map(term).collect::<Compensated>().value(),
    };
    let statistic = sum(|cell| cell.excess * (cell.excess / cell.expected));
    let g_statistic = 2.0 * sum(|cell| cell.expected * excess_entropy(cell.excess / cell.expected));
    let n = total as f64;
    let min_expected = possible().map(|cell| cell.expected).fold(f64::INFINITY, f64::min);
    let low = possible().filter(|cell| cell.expected < 5.0).count();
    let mut warnings = Vec::new();
    if 5 * low > possible().count() || min_expected < 1.0 {
        warnings.push(format!("{low} expected counts below 5"));
    }
    if impossible {
        warnings.push("a category of probability 0 was observed".to_string());
    }
    let test = TestResult {
        name: "chi2_goodness_of_fit",
        symbol: "X2",
        statistic,
        p: tail(statistic, df),
        n: vec![u64::try_from(total).unwrap_or(u64::MAX)],
        df: Some(df),
        exact: false,
        method: "chi-square limit",
        effect: effect(statistic, df, n, design),
        margin: design.margin.and_then(|margin| margin_test(statistic, df, n, margin, design)),
        detectable: Some((detectable_noncentrality(df, design.alpha, design.power) / n).sqrt()),
        warnings,
    };
    let residuals = cells.iter().map(residual).collect();
    Ok(GoodnessOfFit { test, g_statistic, g_p: tail(g_statistic, df), min_expected, residuals })
}

fn cells(
    observed: &[u64],
    total: u128,
    probabilities: Option<&[f64]>,
) -> Result<Vec<Cell>, Undefined> {
    let equal = vec![1.0; observed.len()];
    let weights = probabilities.unwrap_or(&equal);
    if weights.len() != observed.len() {
        return Err(Undefined::Other("as many probabilities as categories are needed".to_string()));
    }
    if let Some(bad) = weights.iter().find(|weight| !(weight.is_finite() && **weight >= 0.0)) {
        return Err(Undefined::Other(format!("{bad} is not a probability")));
    }
    let sum = weights.iter().copied().collect::<Compensated>().value();
    let (n, n_rest) = split(total);
    let cell = |(&count, &weight): (&u64, &f64)| {
        let (observed, rest) = split(u128::from(count));
        // O sum - n w with the rounding errors of both products and of both integers given back.
        let (left, right) = (observed * sum, n * weight);
        let lost = observed.mul_add(sum, -left) - n.mul_add(weight, -right);
        let lost = lost + (rest * sum - n_rest * weight);
        Cell {
            observed,
            probability: weight / sum,
            expected: right / sum,
            excess: ((left - right) + lost) / sum,
        }
    };
    Ok(observed.iter().zip(weights).map(cell).collect())
}

/// An integer as the nearest double and what that leaves out.
fn split(integer: u128) -> (f64, f64) {
    let near = integer as f64;
    let rest = integer.abs_diff(near as u128) as f64;
    (near, if near as u128 > integer { -rest } else { rest })
}

fn tail(statistic: f64, df: f64) -> PValue {
    match statistic.is_infinite() {
        true => PValue::new(0.0),
        false => chi2_p(statistic, df),
    }
}

fn residual(cell: &Cell) -> f64 {
    let spread = (cell.expected * (1.0 - cell.probability)).sqrt();
    if spread > 0.0 { cell.excess / spread } else { 0.0 }
}

/// Cohen's w = sqrt(X2 / n), its interval by inversion of the noncentral law, widened to hold the
/// estimate.
fn effect(statistic: f64, df: f64, n: f64, design: &Design) -> Effect {
    let level = design.level();
    let value = (statistic / n).sqrt();
    let (low, high) = match statistic.is_infinite() {
        true => (0.0, f64::INFINITY),
        false => noncentrality_interval(statistic, df, level),
    };
    let w = |lambda: f64| (lambda / n).sqrt();
    Effect {
        name: "cohen_w",
        value,
        ci: Interval { low: w(low).min(value), high: w(high).max(value), level },
    }
}

fn margin_test(
    statistic: f64,
    df: f64,
    n: f64,
    Margin { limit: margin, alpha }: Margin,
    design: &Design,
) -> Option<MarginTest> {
    if !margin.is_finite() || margin <= 0.0 {
        return None;
    }
    let lambda = n * margin * margin;
    let (p_beyond, p_within) = match statistic.is_infinite() {
        true => (PValue::new(0.0), PValue::new(1.0)),
        false => {
            let tails = noncentrality::tails(statistic, df, lambda);
            (upper(tails), lower(tails))
        }
    };
    let w = ((statistic - df).max(0.0) / n).sqrt();
    let reach = norm_isf(alpha) + norm_isf(1.0 - design.power);
    let rows = (reach / (w - margin)).powi(2).ceil();
    Some(MarginTest {
        margin,
        p_beyond,
        p_within,
        rows_to_settle: (rows.is_finite() && rows < 1e18).then_some(rows.max(1.0) as u64),
    })
}

#[cfg(test)]
mod tests {
    use super::super::Tail;
    use super::*;

    const DESIGN: Design = Design {
        tail: Tail::TwoSided,
        alpha: 0.05,
        power: 0.8,
        margin: Some(Margin { limit: 0.1, alpha: 0.05 }),
    };

    #[test]
    fn what_cannot_be_is_refuted() {
        let got = goodness_of_fit(&[10, 20, 1], Some(&[0.4, 0.6, 0.0]), 0, &DESIGN);
        let got = got.expect("two possible categories");
        assert_eq!((got.test.statistic, got.test.p.value), (f64::INFINITY, 0.0));
        assert_eq!(got.g_statistic, f64::INFINITY);
    }

    #[test]
    fn bad_probabilities_are_refused() {
        assert!(check_probabilities(&[0.5, 0.6]).is_err());
        assert!(check_probabilities(&[1.5, -0.5]).is_err());
        assert!(check_probabilities(&[f64::NAN, 0.5]).is_err());
        assert_eq!(check_probabilities(&[0.1; 10]), Ok(()));
        assert!(goodness_of_fit(&[1, 2], Some(&[0.5]), 0, &DESIGN).is_err());
        assert!(goodness_of_fit(&[1, 2], Some(&[0.0, 0.0]), 0, &DESIGN).is_err());
    }

    // Law: a perfect fit has statistic 0 and p 1, at any size.
    #[test]
    fn perfect_fit() {
        for n in [10, 1_000_000_000_000_000] {
            let got = goodness_of_fit(&[n, n, n], None, 0, &DESIGN).expect("three categories");
            assert_eq!((got.test.statistic, got.test.p.value, got.g_statistic), (0.0, 1.0, 0.0));
        }
    }
}
