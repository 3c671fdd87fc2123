//! Tables of counts: rows are samples, columns are categories.
//!
//! Owns alignment by name, the removal of what is empty, and the pooling of rare categories. The
//! tests on a table live in [`super::chi_square`], [`super::g_test`] and [`super::fisher`].

use std::collections::BTreeMap;

use super::Undefined;

/// Counts of r samples over c categories, without empty rows and columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    cols: usize,
    counts: Vec<u64>,
    row_totals: Vec<u128>,
    col_totals: Vec<u128>,
    total: u128,
}

impl Table {
    /// From rows of equal length; rows and columns without a count are left out.
    pub fn new(rows: &[Vec<u64>]) -> Result<Table, Undefined> {
        let width = rows.first().map_or(0, Vec::len);
        if rows.iter().any(|row| row.len() != width) {
            return Err(Undefined::Other("rows of a table of different lengths".to_string()));
        }
        let used = |j: &usize| rows.iter().any(|row| row[*j] > 0);
        let cols: Vec<usize> = (0..width).filter(used).collect();
        let rows = rows.iter().filter(|row| row.iter().any(|&count| count > 0));
        let rows: Vec<Vec<u64>> = rows.map(|row| cols.iter().map(|&j| row[j]).collect()).collect();
        let total_of = |row: &Vec<u64>| row.iter().map(|&count| u128::from(count)).sum();
        let row_totals: Vec<u128> = rows.iter().map(total_of).collect();
        let col_total = |j: usize| rows.iter().map(|row| u128::from(row[j])).sum();
        Ok(Table {
            cols: cols.len(),
            col_totals: (0..cols.len()).map(col_total).collect(),
            total: row_totals.iter().sum(),
            row_totals,
            counts: rows.concat(),
        })
    }

    /// The number of rows that hold a count.
    pub fn n_rows(&self) -> usize {
        self.row_totals.len()
    }

    /// The number of columns that hold a count.
    pub fn n_cols(&self) -> usize {
        self.cols
    }

    /// One count.
    pub fn count(&self, row: usize, col: usize) -> u64 {
        self.counts[row * self.cols + col]
    }

    /// The sums of the rows.
    pub fn row_totals(&self) -> &[u128] {
        &self.row_totals
    }

    /// The sums of the columns.
    pub fn col_totals(&self) -> &[u128] {
        &self.col_totals
    }

    /// The sum of all counts.
    pub fn total(&self) -> u128 {
        self.total
    }

    /// Every place of the table, row by row.
    pub fn cells(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        (0..self.n_rows()).flat_map(|i| (0..self.cols).map(move |j| (i, j)))
    }

    /// The count that equal shares in all rows would give.
    pub fn expected(&self, row: usize, col: usize) -> f64 {
        let (r, c) = (self.row_totals[row], self.col_totals[col]);
        r as f64 * (c as f64 / self.total as f64)
    }

    /// Observed minus expected; formed in integers, so that large counts do not cancel.
    pub fn excess(&self, row: usize, col: usize) -> f64 {
        let observed = u128::from(self.count(row, col));
        let (r, c) = (self.row_totals[row], self.col_totals[col]);
        let (Some(left), Some(right)) = (observed.checked_mul(self.total), r.checked_mul(c)) else {
            return observed as f64 - self.expected(row, col);
        };
        let size = left.abs_diff(right) as f64 / self.total as f64;
        if left < right { -size } else { size }
    }

    /// Degrees of freedom of independence; fails where there is nothing to compare.
    pub fn df(&self) -> Result<f64, Undefined> {
        match (self.n_rows(), self.cols) {
            (0 | 1, _) => Err(Undefined::Other("fewer than two samples with a count".to_string())),
            (_, 0 | 1) => Err(Undefined::OneCategory),
            (r, c) => Ok((r - 1) as f64 * (c - 1) as f64),
        }
    }
}

/// One category and its count on each side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    pub name: String,
    pub data: u64,
    pub reference: u64,
}

impl Category {
    fn total(&self) -> u128 {
        u128::from(self.data) + u128::from(self.reference)
    }
}

/// The counts of data and reference, aligned by the name of the category.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contingency {
    categories: Vec<Category>,
}

impl Contingency {
    /// From aligned triples (name, data, reference). Repeated names add up, empty categories are
    /// left out, and the order of the input does not matter.
    pub fn new(aligned: impl IntoIterator<Item = (String, u64, u64)>) -> Self {
        let mut counts: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for (name, data, reference) in aligned {
            let entry = counts.entry(name).or_default();
            entry.0 = entry.0.saturating_add(data);
            entry.1 = entry.1.saturating_add(reference);
        }
        let used = counts.into_iter().filter(|(_, (data, reference))| data | reference != 0);
        let categories =
            used.map(|(name, (data, reference))| Category { name, data, reference }).collect();
        Contingency { categories }
    }

    /// From the counts of each side, aligned here.
    pub fn align(
        data: impl IntoIterator<Item = (String, u64)>,
        reference: impl IntoIterator<Item = (String, u64)>,
    ) -> Self {
        let data = data.into_iter().map(|(name, count)| (name, count, 0));
        let reference = reference.into_iter().map(|(name, count)| (name, 0, count));
        Contingency::new(data.chain(reference))
    }

    /// The categories in order of their names.
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// The counts of the data, in order of the names.
    pub fn data(&self) -> Vec<u64> {
        self.categories.iter().map(|category| category.data).collect()
    }

    /// The counts of the reference, in order of the names.
    pub fn reference(&self) -> Vec<u64> {
        self.categories.iter().map(|category| category.reference).collect()
    }

    /// The table of two rows, nothing pooled.
    pub fn table(&self) -> Result<Table, Undefined> {
        Table::new(&[self.data(), self.reference()])
    }

    /// Pools the rarest categories into one until at most 20% of the expected counts are below 5
    /// and none is below 1 (Cochran 1954), or until two categories are left.
    ///
    /// Rarity is judged by the two sides together, hence blindly to any difference between them.
    pub fn pool_rare(&self) -> Pooled {
        let mut order: Vec<usize> = (0..self.categories.len()).collect();
        order.sort_by_key(|&i| self.categories[i].total());
        let totals: Vec<u128> = order.iter().map(|&i| self.categories[i].total()).collect();
        let n_pooled = self.n_to_pool(&totals);
        let mut names = Vec::new();
        let mut pool = Category { name: String::new(), data: 0, reference: 0 };
        for &i in &order[..n_pooled] {
            let category = &self.categories[i];
            pool.data = pool.data.saturating_add(category.data);
            pool.reference = pool.reference.saturating_add(category.reference);
            names.push(category.name.clone());
        }
        names.sort();
        let mut kept: Vec<usize> = order[n_pooled..].to_vec();
        kept.sort_unstable();
        let mut categories: Vec<Category> =
            kept.into_iter().map(|i| self.categories[i].clone()).collect();
        if !names.is_empty() {
            pool.name = format!("other ({} categories)", names.len());
            categories.push(pool);
        }
        Pooled { counts: Contingency { categories }, pooled: names }
    }

    /// How many of the ascending totals have to go into one pool: 0, or 2 and more.
    fn n_to_pool(&self, ascending: &[u128]) -> usize {
        let sides = self.side_totals();
        let n: u128 = sides.iter().sum();
        let below = |limit: u128, total: u128| {
            let low = |side: &&u128| side.saturating_mul(total) < limit.saturating_mul(n);
            sides.iter().filter(low).count()
        };
        let k = ascending.len();
        let mut low_kept: usize = ascending.iter().map(|&total| below(5, total)).sum();
        let mut pool: u128 = 0;
        for n_pooled in 0..k {
            if n_pooled > 0 {
                low_kept -= below(5, ascending[n_pooled - 1]);
                pool += ascending[n_pooled - 1];
            }
            let n_columns = k - n_pooled + usize::from(n_pooled > 0);
            if n_columns <= 2 && n_pooled != 1 {
                return n_pooled;
            }
            let low = low_kept + if n_pooled > 0 { below(5, pool) } else { 0 };
            let smallest = ascending[n_pooled].min(if n_pooled > 0 { pool } else { u128::MAX });
            if n_pooled != 1 && 5 * low <= 2 * n_columns && below(1, smallest) == 0 {
                return n_pooled;
            }
        }
        0
    }

    fn side_totals(&self) -> [u128; 2] {
        let total = |count: fn(&Category) -> u64| {
            self.categories.iter().map(|category| u128::from(count(category))).sum()
        };
        [total(|category| category.data), total(|category| category.reference)]
    }
}

/// A contingency after pooling, and what went into the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pooled {
    pub counts: Contingency,
    /// The names of the pooled categories, sorted; empty when nothing was pooled.
    pub pooled: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(pairs: &[(u64, u64)]) -> Contingency {
        let named =
            |(i, &(data, reference)): (usize, &(u64, u64))| (format!("c{i:02}"), data, reference);
        Contingency::new(pairs.iter().enumerate().map(named))
    }

    #[test]
    fn alignment_is_by_name() {
        let side = |pairs: &[(&str, u64)]| -> Vec<(String, u64)> {
            pairs.iter().map(|(name, count)| (name.to_string(), *count)).collect()
        };
        let got = Contingency::align(side(&[("b", 2), ("a", 1)]), side(&[("c", 4), ("b", 3)]));
        assert_eq!((got.data(), got.reference()), (vec![1, 2, 0], vec![0, 3, 4]));
    }

    #[test]
    fn common_categories_are_not_pooled() {
        let got = counts(&[(50, 60), (40, 30), (10, 10)]).pool_rare();
        assert_eq!((got.pooled.len(), got.counts.categories().len()), (0, 3));
    }

    #[test]
    fn rare_categories_are_pooled_until_the_rule_holds() {
        let mut pairs = vec![(100, 110), (80, 70)];
        pairs.extend([(1, 0), (0, 1), (2, 1), (1, 1), (3, 2), (0, 2)]);
        let got = counts(&pairs).pool_rare();
        let table = got.counts.table().expect("two rows");
        let expected: Vec<f64> = table.cells().map(|(i, j)| table.expected(i, j)).collect();
        let low = expected.iter().filter(|&&e| e < 5.0).count();
        assert!(5 * low <= expected.len() && expected.iter().all(|&e| e >= 1.0));
        assert!(got.pooled.len() >= 2);
        let total: u64 = got.counts.data().iter().sum();
        assert_eq!(total, 187);
    }

    #[test]
    fn two_categories_are_always_left() {
        let got = counts(&[(1, 0), (0, 1), (1, 1), (1, 0)]).pool_rare();
        assert_eq!((got.pooled.len(), got.counts.categories().len()), (3, 2));
        assert_eq!(counts(&[(1, 0), (0, 1)]).pool_rare().pooled.len(), 0);
        assert_eq!(counts(&[]).pool_rare().pooled.len(), 0);
    }

    #[test]
    fn large_counts_do_not_cancel() {
        let n = 1u64 << 60;
        let table = Table::new(&[vec![n + 1, n - 1], vec![n, n]]).expect("rows of equal length");
        assert_eq!(table.excess(0, 0), 0.5);
        assert_eq!(table.excess(1, 0), -0.5);
    }
}
