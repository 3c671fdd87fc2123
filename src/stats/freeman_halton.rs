//! Fisher's exact test of larger tables (Freeman & Halton 1951).

use super::contingency::Table;
use super::double_double::quotient_minus_one;
use super::permutation::Random;
use super::special::ln_gamma;
use super::{PValue, Undefined};

/// Tables that are enumerated before random ones take over.
const MOST_TABLES: u64 = 1_000_000;
/// Observations that random tables may have.
const MOST_OBSERVATIONS: u128 = 10_000_000;
/// Logarithms closer than this are compared exactly.
const CLOSE: f64 = 1e-8;

/// The chance, given the margins, of a table at most as probable as the observed one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FreemanHalton {
    pub p: PValue,
    /// Whether all tables were looked at, and not a random selection.
    pub exact: bool,
    pub n_tables: u64,
}

/// Enumerates all tables with the same margins; where they are more than a million, draws
/// `resamples` random ones instead and answers (hits + 1) / (resamples + 1).
pub fn freeman_halton(
    table: &Table,
    seed: u64,
    resamples: u64,
) -> Result<FreemanHalton, Undefined> {
    table.df()?;
    if table.total() > MOST_OBSERVATIONS {
        return Err(Undefined::Other("too many observations for the exact test".to_string()));
    }
    let observed: Vec<u64> = table.cells().map(|(i, j)| table.count(i, j)).collect();
    let judge = Judge { ln_observed: ln_weight(&observed), observed };
    let mut search = Search::new(table, &judge);
    if search.fill(0, 0) {
        let total =
            |totals: &[u128]| totals.iter().map(|&sum| ln_factorial(sum as u64)).sum::<f64>();
        let margins = total(table.row_totals()) + total(table.col_totals());
        let ln_own = margins - ln_factorial(table.total() as u64) + judge.ln_observed;
        let p = PValue::from_ln(ln_own + search.sum.ln());
        return Ok(FreemanHalton { p, exact: true, n_tables: search.n_tables });
    }
    let hits = random_hits(table, &judge, seed, resamples);
    let p = PValue::new((hits + 1) as f64 / (resamples + 1) as f64);
    Ok(FreemanHalton { p, exact: false, n_tables: resamples })
}

fn ln_factorial(n: u64) -> f64 {
    ln_gamma(n as f64 + 1.0)
}

/// Logarithm of the probability of a table, up to a constant of its margins.
fn ln_weight(counts: &[u64]) -> f64 {
    -counts.iter().map(|&count| ln_factorial(count)).sum::<f64>()
}

/// Compares tables with the observed one.
struct Judge {
    observed: Vec<u64>,
    ln_observed: f64,
}

impl Judge {
    /// Whether a table is at most as probable as the observed one; decided in integers when it is
    /// close.
    fn at_most(&self, counts: &[u64], ln: f64) -> bool {
        let gap = ln - self.ln_observed;
        if gap.abs() > CLOSE {
            return gap < 0.0;
        }
        // Less probable means a larger product of factorials; only what differs is multiplied out.
        let pairs = || self.observed.iter().zip(counts);
        let more = pairs().flat_map(|(&own, &other)| (own + 1).max(1)..=other);
        let fewer = pairs().flat_map(|(&own, &other)| (other + 1).max(1)..=own);
        let excess = quotient_minus_one(more.map(u128::from), fewer.map(u128::from));
        excess > -1e-25
    }
}

/// Walks through all tables with the same margins, column by column.
struct Search<'a> {
    judge: &'a Judge,
    rows_left: Vec<u64>,
    cols_left: Vec<u64>,
    counts: Vec<u64>,
    /// Probabilities of the tables found, over that of the observed one.
    sum: f64,
    n_tables: u64,
}

impl<'a> Search<'a> {
    fn new(table: &Table, judge: &'a Judge) -> Self {
        let totals = |totals: &[u128]| totals.iter().map(|&sum| sum as u64).collect::<Vec<_>>();
        Search {
            judge,
            rows_left: totals(table.row_totals()),
            cols_left: totals(table.col_totals()),
            counts: vec![0; judge.observed.len()],
            sum: 0.0,
            n_tables: 0,
        }
    }

    /// Fills the cells from this one on in every way; false when there are too many.
    fn fill(&mut self, row: usize, col: usize) -> bool {
        let (n_rows, n_cols) = (self.rows_left.len(), self.cols_left.len());
        if col + 1 == n_cols {
            return self.finish();
        }
        if row + 1 == n_rows {
            // The last cell of a column takes what is left of it.
            let rest = self.cols_left[col];
            return rest > self.rows_left[row] || self.place(row, col, rest, (0, col + 1));
        }
        let below: u64 = self.rows_left[row + 1..].iter().sum();
        let lowest = self.cols_left[col].saturating_sub(below);
        let highest = self.cols_left[col].min(self.rows_left[row]);
        (lowest..=highest).all(|count| self.place(row, col, count, (row + 1, col)))
    }

    fn place(&mut self, row: usize, col: usize, count: u64, next: (usize, usize)) -> bool {
        let n_cols = self.cols_left.len();
        self.counts[row * n_cols + col] = count;
        self.rows_left[row] -= count;
        self.cols_left[col] -= count;
        let more = self.fill(next.0, next.1);
        self.rows_left[row] += count;
        self.cols_left[col] += count;
        more
    }

    /// The last column is what the rows have left.
    fn finish(&mut self) -> bool {
        let n_cols = self.cols_left.len();
        for (row, &left) in self.rows_left.iter().enumerate() {
            self.counts[row * n_cols + n_cols - 1] = left;
        }
        self.n_tables += 1;
        let ln = ln_weight(&self.counts);
        if self.judge.at_most(&self.counts, ln) {
            self.sum += (ln - self.judge.ln_observed).exp();
        }
        self.n_tables < MOST_TABLES
    }
}

/// Random tables with the same margins, by shuffling the columns' labels over the rows.
fn random_hits(table: &Table, judge: &Judge, seed: u64, resamples: u64) -> u64 {
    let label = |(col, &total): (usize, &u128)| std::iter::repeat_n(col, total as usize);
    let labels: Vec<usize> = table.col_totals().iter().enumerate().flat_map(label).collect();
    let mut hits = 0;
    for draw in 0..resamples {
        let mut random = Random::new(seed, draw);
        let mut shuffled = labels.clone();
        let mut counts = vec![0; judge.observed.len()];
        let mut at = 0;
        for (row, &total) in table.row_totals().iter().enumerate() {
            for _ in 0..total {
                let other = at + random.below((shuffled.len() - at) as u64) as usize;
                shuffled.swap(at, other);
                counts[row * table.n_cols() + shuffled[at]] += 1;
                at += 1;
            }
        }
        hits += u64::from(judge.at_most(&counts, ln_weight(&counts)));
    }
    hits
}

#[cfg(test)]
mod tests {
    use super::super::fisher::two_by_two;
    use super::*;

    fn table(rows: &[&[u64]]) -> Table {
        let rows: Vec<Vec<u64>> = rows.iter().map(|row| row.to_vec()).collect();
        Table::new(&rows).expect("rows of equal length")
    }

    // Law: for two rows and columns it is Fisher's test.
    #[test]
    fn agrees_with_fisher() {
        for rows in [[[3, 1], [1, 3]], [[8, 2], [1, 5]], [[100, 50], [60, 90]]] {
            let table = table(&[&rows[0], &rows[1]]);
            let got = freeman_halton(&table, 0, 0).expect("two rows and columns").p.value;
            let want = two_by_two(&table).expect("two rows and columns").p_two_sided.value;
            assert!((got / want - 1.0).abs() < 1e-11, "{got} {want}");
        }
    }

    #[test]
    fn random_tables_take_over() {
        let rows: [&[u64]; 3] = [&[30, 20, 25, 22], &[28, 24, 20, 25], &[22, 26, 24, 30]];
        let got = freeman_halton(&table(&rows), 1, 2000).expect("three rows");
        assert!(!got.exact);
        let x2 = super::super::chi_square::pearson(&table(&rows)).expect("three rows");
        assert!((got.p.value - x2.p.value).abs() < 0.05, "{} {}", got.p.value, x2.p.value);
    }
}
