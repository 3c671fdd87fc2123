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

/// From which share on G is corrected: below it the correction moves no decision.
const NOTABLE: f64 = 0.02;

/// Expected counts below which G alarms in up to 6 % of clean runs at a nominal 5 %.
const ROUGH_BELOW: f64 = 8.0;

/// By what share the mean of G exceeds its degrees of freedom (Williams 1976): without it G of many
/// small counts alarms in 7 % of clean runs at a nominal 5 %.
fn williams(table: &Table) -> Result<f64, Undefined> {
    let n = table.total() as f64;
    let spread = |totals: &[u128]| totals.iter().map(|total| n / *total as f64).sum::<f64>() - 1.0;
    let freedom = table.df()?;
    Ok(spread(table.row_totals()) * spread(table.col_totals()) / (6.0 * n * freedom))
}

/// The comparison of data and reference by category: [`homogeneity`] with G in the place of X².
pub fn g_homogeneity(counts: &Contingency, design: &Design) -> Result<ChiSquare, Undefined> {
    let found = homogeneity(counts, &Design { margin: None, ..*design })?;
    let table = counts.pool_rare().counts.table()?;
    let (statistic, plain) = g_test(&table)?;
    let excess = williams(&table)?;
    let (p, method) = match (found.test.exact, excess > NOTABLE) {
        (true, _) => (found.test.p, found.test.method),
        (false, false) => (plain, "chi-square limit of G"),
        (false, true) => {
            let p = chi2_p(statistic / (1.0 + excess), table.df()?);
            (p, "chi-square limit of G, Williams' correction")
        }
    };
    let mut warnings = found.test.warnings;
    if !found.test.exact && found.min_expected < ROUGH_BELOW {
        warnings.push(format!(
            "the smallest expected count is {:.1}: G is rough, and more clean runs may alarm than \
             alpha says; `chi_square_test` keeps it",
            found.min_expected
        ));
    }
    let test =
        TestResult { name: "g_test", symbol: "G", statistic, p, method, warnings, ..found.test };
    Ok(ChiSquare { test, ..found })
}

#[cfg(test)]
mod tests {
    use super::super::Tail;
    use super::super::chi_square::pearson;
    use super::*;

    // Zipf's law over 60 categories: the correction is the one that a simulation asks for.
    #[test]
    fn many_small_counts_are_corrected() {
        let row: Vec<u64> = (1..=60).map(|rank| 240 / rank).collect();
        let small = Table::new(&[row.clone(), row.clone()]).expect("rows of equal length");
        assert!((0.03..0.08).contains(&williams(&small).expect("categories")));
        let large: Vec<u64> = row.iter().map(|count| count * 1000).collect();
        let large = Table::new(&[large.clone(), large]).expect("rows of equal length");
        assert!(williams(&large).expect("categories") < NOTABLE);
    }

    #[test]
    fn small_expected_counts_are_named() {
        let design = Design { tail: Tail::TwoSided, alpha: 0.05, power: 0.8, margin: None };
        let warned = |count: u64| {
            let categories = ["a", "b", "c"].map(|name| (name.to_owned(), count, 10 * count));
            let found = g_homogeneity(&Contingency::new(categories), &design).expect("categories");
            found.test.warnings.iter().any(|text| text.starts_with("the smallest expected count"))
        };
        assert!(warned(6) && !warned(60));
    }

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
