//! Have correlations changed between two samples?

use super::super::p_values::{Sides, chi2_p};
use super::super::{PValue, Undefined};

/// Two correlations of independent samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CompareR {
    /// The difference of Fisher's z over its standard error.
    pub statistic: f64,
    /// Cohen's q, the size of the difference of Fisher's z.
    pub cohen_q: f64,
    pub p: Sides,
}

/// Fisher (1921): z₁ - z₂ has variance 1/(n₁ - 3) + 1/(n₂ - 3).
pub fn compare_r(r1: f64, n1: u64, r2: f64, n2: u64) -> Result<CompareR, Undefined> {
    if n1.min(n2) < 4 {
        return Err(Undefined::TooFew { needed: 4, got: n1.min(n2) });
    }
    let inside = |r: f64| r.abs() < 1.0;
    if !(inside(r1) && inside(r2)) {
        return Err(Undefined::Other("a perfect correlation has no standard error".to_string()));
    }
    // atanh a - atanh b = atanh((a - b) / (1 - a b)), without cancellation.
    let difference = ((r1 - r2) / (1.0 - r1 * r2)).atanh();
    let spread = (1.0 / (n1 as f64 - 3.0) + 1.0 / (n2 as f64 - 3.0)).sqrt();
    let statistic = difference / spread;
    Ok(CompareR { statistic, cohen_q: difference.abs(), p: Sides::normal(statistic) })
}

/// A symmetric matrix of correlations and the rows behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct CorrelationMatrix {
    pub n: u64,
    pub rows: Vec<Vec<f64>>,
}

impl CorrelationMatrix {
    /// Pearson's correlations of all pairs of columns.
    pub fn new(columns: &[&[f64]]) -> Result<Self, Undefined> {
        let k = columns.len();
        let mut rows = vec![vec![1.0; k]; k];
        for i in 0..k {
            for j in 0..i {
                let r = super::pearson(columns[i], columns[j])?.r;
                (rows[i][j], rows[j][i]) = (r, r);
            }
        }
        Ok(CorrelationMatrix { n: columns.first().map_or(0, |column| column.len()) as u64, rows })
    }

    /// The largest difference of one correlation.
    pub fn max_abs_difference(&self, other: &Self) -> f64 {
        self.differences(other).fold(0.0, |largest: f64, d| largest.max(d.abs()))
    }

    /// The root of the sum of all squared differences, both halves counted.
    pub fn frobenius_difference(&self, other: &Self) -> f64 {
        self.differences(other).map(|d| d * d).sum::<f64>().sqrt()
    }

    fn differences<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = f64> + 'a {
        self.rows.iter().flatten().zip(other.rows.iter().flatten()).map(|(a, b)| a - b)
    }
}

/// The test of equal correlation matrices.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Jennrich {
    pub statistic: f64,
    pub df: f64,
    pub p: PValue,
}

/// Jennrich (1970): tr(Z²)/2 - dg(Z)' S⁻¹ dg(Z), with Z = sqrt(c) R⁻¹ (R₁ - R₂), R the mean matrix,
/// S = I + R∘R⁻¹ and c = n₁ n₂ / (n₁ + n₂).
pub fn jennrich(a: &CorrelationMatrix, b: &CorrelationMatrix) -> Result<Jennrich, Undefined> {
    let k = a.rows.len();
    if k < 2 || b.rows.len() != k {
        return Err(Undefined::Other(
            "not two matrices of the same two or more columns".to_string(),
        ));
    }
    let (n, m) = (a.n as f64, b.n as f64);
    let each = |of: &dyn Fn(usize, usize) -> f64| -> Vec<Vec<f64>> {
        (0..k).map(|i| (0..k).map(|j| of(i, j)).collect()).collect()
    };
    let mean = each(&|i, j| (n * a.rows[i][j] + m * b.rows[i][j]) / (n + m));
    let identity = each(&|i, j| f64::from(u8::from(i == j)));
    let inverse = solve(&mean, &identity)?;
    let scale = (n * (m / (n + m))).sqrt();
    let difference = each(&|i, j| scale * (a.rows[i][j] - b.rows[i][j]));
    let z = each(&|i, j| (0..k).map(|l| inverse[i][l] * difference[l][j]).sum());
    let trace: f64 = (0..k).map(|i| (0..k).map(|j| z[i][j] * z[j][i]).sum::<f64>()).sum();
    let s = each(&|i, j| identity[i][j] + mean[i][j] * inverse[i][j]);
    let diagonal: Vec<Vec<f64>> = (0..k).map(|i| vec![z[i][i]]).collect();
    let weighted = solve(&s, &diagonal)?;
    let correction: f64 = (0..k).map(|i| diagonal[i][0] * weighted[i][0]).sum();
    let statistic = (trace / 2.0 - correction).max(0.0);
    let df = (k * (k - 1) / 2) as f64;
    Ok(Jennrich { statistic, df, p: chi2_p(statistic, df) })
}

/// Gaussian elimination with row exchanges; fails for a singular matrix.
fn solve(matrix: &[Vec<f64>], right: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, Undefined> {
    let k = matrix.len();
    let mut rows: Vec<Vec<f64>> =
        matrix.iter().zip(right).map(|(a, b)| a.iter().chain(b).copied().collect()).collect();
    for i in 0..k {
        let pivot = (i..k).max_by(|&a, &b| rows[a][i].abs().total_cmp(&rows[b][i].abs()));
        let pivot = pivot.unwrap_or(i);
        rows.swap(i, pivot);
        if rows[i][i].abs() < 1e-12 {
            return Err(Undefined::Other("a column is a combination of others".to_string()));
        }
        let top = rows[i].clone();
        for (_, row) in rows.iter_mut().enumerate().filter(|(j, _)| *j != i) {
            let factor = row[i] / top[i];
            row.iter_mut().zip(&top).for_each(|(value, top)| *value -= factor * top);
        }
    }
    Ok(rows
        .iter()
        .enumerate()
        .map(|(i, row)| row[k..].iter().map(|x| x / row[i]).collect())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    // Law: a matrix does not differ from itself, and sides are exchangeable.
    #[test]
    fn equal_matrices_do_not_differ() {
        let (x, y, z) =
            ([1.0, 2.0, 4.0, 3.0, 7.0], [2.0, 1.0, 5.0, 3.0, 4.0], [0.0, 1.0, 0.0, 2.0, 1.0]);
        let a = CorrelationMatrix::new(&[&x, &y, &z]).expect("a spread");
        let b = CorrelationMatrix::new(&[&x, &z, &y]).expect("a spread");
        assert_eq!(jennrich(&a, &a).expect("regular").statistic, 0.0);
        let (there, back) =
            (jennrich(&a, &b).expect("regular"), jennrich(&b, &a).expect("regular"));
        assert!((there.statistic - back.statistic).abs() < 1e-12);
        let twice = CorrelationMatrix::new(&[&x, &x]).expect("a spread");
        assert!(jennrich(&twice, &twice).is_err());
    }

    #[test]
    fn perfect_or_few_are_undefined() {
        assert!(compare_r(1.0, 10, 0.5, 10).is_err());
        assert!(compare_r(0.1, 3, 0.5, 10).is_err());
        assert!(compare_r(f64::NAN, 30, 0.5, 10).is_err());
    }
}
