//! Spearman's rank correlation: Pearson's of the midranks.

use super::super::ranks::midranks;
use super::super::{PValue, Undefined};
use super::{Pearson, pearson};

/// Pairs up to which the exact law is enumerated.
const EXACT_N: usize = 9;

/// Spearman's correlation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spearman {
    /// The correlation of the ranks with its t approximation.
    pub ranks: Pearson,
    /// The share of all orders at least as far from 0; few pairs without ties only.
    pub p_exact: Option<PValue>,
}

/// Spearman's correlation of any ordered values.
pub fn spearman<T: PartialOrd + Copy, U: PartialOrd + Copy>(
    x: &[T],
    y: &[U],
) -> Result<Spearman, Undefined> {
    let (x, y) = (midranks(x), midranks(y));
    let ranks = pearson(&x, &y)?;
    let untied = |ranks: &[f64]| {
        let mut sorted = ranks.to_vec();
        sorted.sort_by(f64::total_cmp);
        sorted.windows(2).all(|pair| pair[0] < pair[1])
    };
    let exact = x.len() <= EXACT_N && untied(&x) && untied(&y);
    Ok(Spearman { ranks, p_exact: exact.then(|| exact_p(&x, &y)) })
}

/// The correlation alone, without the p-values that are enumerated.
pub fn spearman_r<T: PartialOrd + Copy, U: PartialOrd + Copy>(
    x: &[T],
    y: &[U],
) -> Result<f64, Undefined> {
    pearson(&midranks(x), &midranks(y)).map(|ranks| ranks.r)
}

/// All orders of y are equally likely; the sum of products of the ranks decides.
fn exact_p(x: &[f64], y: &[f64]) -> PValue {
    let n = x.len();
    let whole = |ranks: &[f64]| ranks.iter().map(|&rank| rank as i64).collect::<Vec<_>>();
    let (x, y) = (whole(x), whole(y));
    let observed: i64 = x.iter().zip(&y).map(|(a, b)| a * b).sum();
    // Twice the distance of the sum from its mean, n (n + 1)² / 4, times two.
    let size = n as i64;
    let far = |sum: i64| (4 * sum - size * (size + 1) * (size + 1)).abs();
    let mut order: Vec<i64> = (1..=size).collect();
    let (mut hits, mut all) = (0_u64, 0_u64);
    permute(&mut order, n, &mut |order| {
        let sum: i64 = order.iter().zip(1..).map(|(a, b)| a * b).sum();
        hits += u64::from(far(sum) >= far(observed));
        all += 1;
    });
    PValue::new(hits as f64 / all as f64)
}

/// Every order of a list once (Heap 1963).
fn permute(list: &mut [i64], k: usize, visit: &mut impl FnMut(&[i64])) {
    if k <= 1 {
        return visit(list);
    }
    for i in 0..k {
        permute(list, k - 1, visit);
        if i + 1 < k {
            list.swap(if k.is_multiple_of(2) { i } else { 0 }, k - 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Law: only the order counts.
    #[test]
    fn monotone_changes_do_not_matter() {
        let (x, y) = ([1.0, 5.0, 2.0, 8.0], [3.0, 1.0, 4.0, 9.0_f64]);
        let plain = spearman(&x, &y).expect("a spread");
        assert_eq!(spearman(&x, &y.map(f64::exp)), Ok(plain));
        assert_eq!(spearman(&[1, 2, 3, 4], &[1, 2, 3, 4]).expect("a spread").ranks.r, 1.0);
    }

    #[test]
    fn every_order_is_visited_once() {
        let mut seen = std::collections::BTreeSet::new();
        permute(&mut [1, 2, 3, 4, 5], 5, &mut |order| {
            assert!(seen.insert(order.to_vec()));
        });
        assert_eq!(seen.len(), 120);
    }
}
