//! The likelihood-ratio statistic G of a table of counts: a sum of terms that are never negative.

use super::chi_square::{ChiSquare, homogeneity};
use super::contingency::{Contingency, Table};
use super::p_values::chi2_p;
use super::relative_entropy::{Compensated, excess_entropy};
use super::{Design, PValue, TestResult, Undefined};

/// 2 sum O ln(O/E), with its chi-square tail (Woolf 1957).
///
/// Summed as 2 sum E ((1 + d) ln(1 + d) - d) with d = (O - E) / E, which is the same because the E
/// add up to the O, and does not cancel where the sides hardly differ.
pub fn g_test(table: &Table) -> Result<(f64, PValue), Undefined> {
    let df = table.df()?;
    let term = |(i, j): (usize, usize)| {
        let expected = table.expected(i, j);
        expected * excess_entropy(table.excess(i, j) / expected)
    };
    let statistic = 2.0 * table.cells().map(term).collect::<Compensated>().value();
    Ok((statistic, chi2_p(statistic, df)))
}

/// The comparison of data and reference by category: [`homogeneity`] with G in the place of X².
pub fn g_homogeneity(counts: &Contingency, design: &Design) -> Result<ChiSquare, Undefined> {
    let found = homogeneity(counts, &Design { margin: None, ..*design })?;
    let (statistic, p) = g_test(&counts.pool_rare().counts.table()?)?;
    let (p, method) = match found.test.exact {
        true => (found.test.p, found.test.method),
        false => (p, "chi-square limit of G"),
    };
    let test = TestResult { name: "g_test", symbol: "G", statistic, p, method, ..found.test };
    Ok(ChiSquare { test, ..found })
}

#[cfg(test)]
mod tests {
    use super::super::chi_square::pearson;
    use super::*;

    // Law: G and Pearson's X2 agree to second order.
    #[test]
    fn agrees_with_pearson_for_small_differences() {
        let n = 1_000_000_000_000;
        let table = Table::new(&[vec![n + 100, n], vec![n, n]]).expect("rows of equal length");
        let (g, _) = g_test(&table).expect("two categories");
        let x2 = pearson(&table).expect("two categories").statistic;
        assert!((g / x2 - 1.0).abs() < 1e-9);
    }
}
