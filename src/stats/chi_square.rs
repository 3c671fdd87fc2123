//! Pearson's chi-square on a table of counts, and the comparison of data and reference by category.
//!
//! Both sides are samples: this is a test of homogeneity, never of fit to the reference's shares,
//! which would call a third of all harmless runs a drift (STATISTICS.md, section 9).

use super::categories_power::{self, v_of_shares};
use super::contingency::{Contingency, Table};
use super::fisher;
use super::noncentrality::{self, noncentrality_interval};
use super::p_values::{chi2_p, lower, upper};
use super::rates_power::{RatePower, RateTest};
use super::relative_entropy::Compensated;
use super::special::norm_isf;
use super::{Design, Effect, Interval, Margin, MarginTest, PValue, TestResult, Undefined};

/// Pearson's statistic of one table and what belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Pearson {
    pub statistic: f64,
    pub df: f64,
    pub p: PValue,
    pub min_expected: f64,
    pub cells_below_5: usize,
    /// Statistic over n, the squared effect.
    pub phi2: f64,
    pub cramers_v: f64,
    /// Cramér's V without the upward bias of small samples and many categories (Bergsma 2013).
    pub cramers_v_corrected: f64,
}

/// Pearson (1900): the sum of (observed - expected)² / expected.
pub fn pearson(table: &Table) -> Result<Pearson, Undefined> {
    let df = table.df()?;
    let statistic = sum_over_expected(table, |excess| excess);
    let n = table.total() as f64;
    let phi2 = statistic / n;
    let expected = || table.cells().map(|(i, j)| table.expected(i, j));
    Ok(Pearson {
        statistic,
        df,
        p: chi2_p(statistic, df),
        min_expected: expected().fold(f64::INFINITY, f64::min),
        cells_below_5: expected().filter(|&e| e < 5.0).count(),
        phi2,
        cramers_v: (phi2 / table_freedom(table)).sqrt().min(1.0),
        cramers_v_corrected: corrected_v(table, phi2),
    })
}

/// Yates' continuity correction (1934) of a 2 x 2 table: each difference is moved by 1/2 towards 0,
/// but never across it.
pub fn yates(table: &Table) -> Result<(f64, PValue), Undefined> {
    let df = two_by_two(table)?;
    let statistic = sum_over_expected(table, |excess| excess.abs() - excess.abs().min(0.5));
    Ok((statistic, chi2_p(statistic, df)))
}

/// The N - 1 chi-square of a 2 x 2 table (Campbell 2007): well calibrated down to expected counts
/// of 1.
pub fn n_minus_1(table: &Table) -> Result<(f64, PValue), Undefined> {
    let df = two_by_two(table)?;
    let n = table.total() as f64;
    let statistic = sum_over_expected(table, |excess| excess) * ((n - 1.0) / n);
    Ok((statistic, chi2_p(statistic, df)))
}

fn two_by_two(table: &Table) -> Result<f64, Undefined> {
    let df = table.df()?;
    match (table.n_rows(), table.n_cols()) {
        (2, 2) => Ok(df),
        _ => Err(Undefined::Other("not a table of two rows and two columns".to_string())),
    }
}

fn sum_over_expected(table: &Table, change: impl Fn(f64) -> f64) -> f64 {
    let term = |(i, j): (usize, usize)| {
        let excess = change(table.excess(i, j));
        excess * (excess / table.expected(i, j))
    };
    table.cells().map(term).collect::<Compensated>().value()
}

/// The largest value of phi², by which V is scaled.
fn table_freedom(table: &Table) -> f64 {
    (table.n_rows().min(table.n_cols()) - 1) as f64
}

/// The same after Bergsma's correction, and the correction of phi² itself.
fn corrected_freedom(table: &Table) -> (f64, f64) {
    let n1 = (table.total() as f64 - 1.0).max(1.0);
    let (r, c) = (table.n_rows() as f64, table.n_cols() as f64);
    let shrunk = |k: f64| k - (k - 1.0).powi(2) / n1;
    (shrunk(r).min(shrunk(c)) - 1.0, (r - 1.0) * (c - 1.0) / n1)
}

fn corrected_v(table: &Table, phi2: f64) -> f64 {
    let (freedom, bias) = corrected_freedom(table);
    if freedom <= 0.0 {
        return 0.0;
    }
    ((phi2 - bias).max(0.0) / freedom).sqrt().min(1.0)
}

/// A comparison of data and reference by category.
#[derive(Clone, Debug, PartialEq)]
pub struct ChiSquare {
    pub test: TestResult,
    /// The categories that were too rare to stand alone and were counted as one.
    pub pooled: Vec<String>,
    /// Adjusted residual of each category after pooling (Haberman 1973): above 0 the data has more
    /// of it than the reference, and beyond ±3 hardly by chance.
    pub residuals: Vec<(String, f64)>,
    pub min_expected: f64,
}

/// Below this expected count a 2 x 2 table is judged by its exact law.
const EXACT_BELOW: f64 = 5.0;
/// Counts up to which the exact law of a 2 x 2 table is affordable.
const EXACT_MAX_N: u128 = 100_000_000;

/// Tests whether data and reference draw from the same shares of categories.
///
/// Rare categories are pooled first. If two categories remain and their expected counts are still
/// small, Fisher's exact test answers. The effect is the bias-corrected Cramér's V; its interval
/// inverts the noncentral chi-square (Smithson 2003).
pub fn homogeneity(counts: &Contingency, design: &Design) -> Result<ChiSquare, Undefined> {
    let pooled = counts.pool_rare();
    let table = pooled.counts.table()?;
    let sides = [pooled.counts.data(), pooled.counts.reference()];
    let n: Vec<u64> = sides.iter().map(|side| side.iter().sum()).collect();
    if n.contains(&0) {
        return Err(Undefined::TooFew { needed: 1, got: 0 });
    }
    let result = pearson(&table)?;
    let names = pooled.counts.categories().iter().map(|category| category.name.clone());
    let residuals = names.enumerate().map(|(j, name)| (name, residual(&table, j))).collect();
    if design.margin.is_some() && result.min_expected < EXACT_BELOW {
        return Err(Undefined::Other(format!(
            "a margin needs an expected count of at least 5 in each cell, the smallest is {:.1}",
            result.min_expected
        )));
    }
    let small = result.min_expected < EXACT_BELOW && table.n_cols() == 2;
    let exact = small && table.total() <= EXACT_MAX_N;
    let mut warnings = Vec::new();
    if !pooled.pooled.is_empty() {
        warnings.push(format!("{} rare categories were pooled", pooled.pooled.len()));
    }
    if !exact && small {
        warnings.push("expected counts below 5 remain".to_string());
    }
    let p = if exact { fisher::two_by_two(&table)?.p_two_sided } else { result.p };
    let test = TestResult {
        name: if exact { "fisher_exact" } else { "chi2_contingency" },
        symbol: "X2",
        statistic: result.statistic,
        p,
        n,
        df: Some(result.df),
        exact,
        method: if exact { "exact, conditional on the margins" } else { "chi-square limit" },
        effect: effect(&table, &result, design),
        margin: design.margin.and_then(|margin| margin_test(&table, &result, margin, design)),
        detectable: detectable(&table, exact, design),
        warnings,
    };
    Ok(ChiSquare { test, pooled: pooled.pooled, residuals, min_expected: result.min_expected })
}

/// (O - E) / sqrt(E (1 - row share) (1 - column share)) of the first row: about standard normal.
fn residual(table: &Table, col: usize) -> f64 {
    let n = table.total() as f64;
    let others = |part: u128| (table.total() - part) as f64 / n;
    let free = others(table.row_totals()[0]) * others(table.col_totals()[col]);
    let spread = (table.expected(0, col) * free).sqrt();
    if spread > 0.0 { table.excess(0, col) / spread } else { 0.0 }
}

fn effect(table: &Table, result: &Pearson, design: &Design) -> Effect {
    let level = design.level();
    let (low, high) = noncentrality_interval(result.statistic, result.df, level);
    let value = result.cramers_v_corrected;
    let ci =
        Interval { low: v_of(table, low).min(value), high: v_of(table, high).max(value), level };
    Effect { name: "cramers_v", value, ci }
}

/// Cramér's V of a noncentrality, n V² times the table's freedom, with Bergsma's scale.
fn v_of(table: &Table, noncentrality: f64) -> f64 {
    let (freedom, _) = corrected_freedom(table);
    if freedom <= 0.0 {
        return 1.0;
    }
    (noncentrality / table.total() as f64 / freedom).sqrt().min(1.0)
}

/// Both one-sided tests of V against the margin, under the noncentral law at the margin.
fn margin_test(
    table: &Table,
    result: &Pearson,
    Margin { limit: margin, alpha }: Margin,
    design: &Design,
) -> Option<MarginTest> {
    let (freedom, _) = corrected_freedom(table);
    if !margin.is_finite() || margin <= 0.0 || freedom <= 0.0 {
        return None;
    }
    let n = table.total() as f64;
    let lambda = n * freedom * margin * margin;
    let tails = noncentrality::tails(result.statistic, result.df, lambda);
    // sqrt(X2) varies by about 1 around V sqrt(n freedom), which gives the n that settles this V.
    let gap = (result.cramers_v_corrected - margin).abs() * freedom.sqrt();
    let reach = norm_isf(alpha) + norm_isf(1.0 - design.power);
    let n_needed = (reach / gap).powi(2);
    let sides = table.row_totals();
    let harmonic = sides[0] as f64 * (sides[1] as f64 / n);
    let rows = (2.0 * harmonic * (n_needed / n)).ceil();
    Some(MarginTest {
        margin,
        p_beyond: upper(tails),
        p_within: lower(tails),
        rows_to_settle: (rows.is_finite() && rows < 1e18).then_some(rows.max(1.0) as u64),
    })
}

fn detectable(table: &Table, exact: bool, design: &Design) -> Option<f64> {
    let sides = table.row_totals();
    let n = [sides[0] as u64, sides[1] as u64];
    if !exact {
        return categories_power::detectable(n, table.n_cols() as u64, design);
    }
    let share = table.count(1, 0) as f64 / n[1] as f64;
    let rates = RatePower { n: n[0], m: n[1], test: RateTest::Fisher };
    let rise = rates.detectable(share, design)?;
    let away = if share + rise <= 1.0 { share + rise } else { share - rise };
    Some(v_of_shares(n, [away, share]))
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

    fn counts(pairs: &[(u64, u64)]) -> Contingency {
        let named =
            |(i, &(data, reference)): (usize, &(u64, u64))| (format!("c{i:03}"), data, reference);
        Contingency::new(pairs.iter().enumerate().map(named))
    }

    #[test]
    fn one_category_is_undefined() {
        assert_eq!(homogeneity(&counts(&[(10, 20)]), &DESIGN), Err(Undefined::OneCategory));
        assert!(homogeneity(&counts(&[]), &DESIGN).is_err());
        assert!(homogeneity(&counts(&[(0, 3), (0, 4)]), &DESIGN).is_err());
    }

    #[test]
    fn rare_categories_are_named() {
        let pairs = [(50, 60), (60, 50), (40, 40), (30, 30), (1, 2), (2, 1)];
        let design = Design { margin: None, ..DESIGN };
        let got = homogeneity(&counts(&pairs), &design).expect("four common categories");
        assert_eq!(got.pooled, ["c004", "c005"]);
        assert_eq!(got.residuals.len(), 5);
    }

    #[test]
    fn small_counts_are_exact() {
        let (small, design) = (counts(&[(3, 1), (1, 3)]), Design { margin: None, ..DESIGN });
        assert!(homogeneity(&small, &DESIGN).is_err(), "too few for a margin");
        let got = homogeneity(&small, &design).expect("two categories").test;
        assert!(got.exact);
        assert!((got.p.value - 34.0 / 70.0).abs() < 1e-14);
    }

    // Law: the interval contains the estimate, and the margin's two answers add up to one.
    #[test]
    fn interval_and_margin_are_coherent() {
        for shift in [0, 5, 40, 300] {
            let got = homogeneity(&counts(&[(500 + shift, 500), (500, 500), (400, 410)]), &DESIGN);
            let got = got.expect("three categories").test;
            assert!(
                got.effect.ci.low <= got.effect.value && got.effect.value <= got.effect.ci.high
            );
            let margin = got.margin.expect("a margin was asked for");
            assert!((margin.p_beyond.value + margin.p_within.value - 1.0).abs() < 1e-10);
            assert!(got.detectable.is_some_and(|v| v > 0.03 && v < 0.15));
        }
    }

    // Law: swapping the sides changes nothing but the signs of the residuals.
    #[test]
    fn sides_are_exchangeable() {
        let pairs = [(30, 60), (44, 51), (70, 20)];
        let swapped = pairs.map(|(a, b)| (b, a));
        let there = homogeneity(&counts(&pairs), &DESIGN).expect("three categories");
        let back = homogeneity(&counts(&swapped), &DESIGN).expect("three categories");
        assert!((there.test.statistic - back.test.statistic).abs() < 1e-12);
        for (a, b) in there.residuals.iter().zip(&back.residuals) {
            assert!((a.1 + b.1).abs() < 1e-12);
        }
    }
}
