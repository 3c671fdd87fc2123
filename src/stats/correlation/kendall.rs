//! Kendall's tau-b: how much more often pairs of rows agree in order than disagree.

use std::cmp::Ordering;

use super::super::p_values::norm_two_sided_p;
use super::super::{PValue, Undefined};

/// Pairs up to which the exact law is summed.
const EXACT_N: usize = 170;

/// Kendall's tau-b and its p-values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kendall {
    pub tau_b: f64,
    /// Pairs of rows in the same order in both columns, and in opposite orders.
    pub concordant: u128,
    pub discordant: u128,
    /// Normal limit with the variance given the ties (Kendall 1970).
    pub p_asymptotic: PValue,
    /// From the number of inversions; few rows without ties only.
    pub p_exact: Option<PValue>,
}

/// Kendall's tau-b in O(n log n) (Knight 1966).
pub fn kendall<T: PartialOrd + Copy, U: PartialOrd + Copy>(
    x: &[T],
    y: &[U],
) -> Result<Kendall, Undefined> {
    if x.len() != y.len() {
        return Err(Undefined::Other("columns of different lengths".to_string()));
    }
    if x.len() < 2 {
        return Err(Undefined::TooFew { needed: 2, got: x.len() as u64 });
    }
    let (x, y) = (codes(x), codes(y));
    let mut rows: Vec<(usize, usize)> = x.into_iter().zip(y).collect();
    rows.sort_unstable();
    let n = rows.len();
    let x_ties = Ties::of(rows.chunk_by(|a, b| a.0 == b.0).map(<[_]>::len));
    let both = Ties::of(rows.chunk_by(|a, b| a == b).map(<[_]>::len));
    let mut y: Vec<usize> = rows.iter().map(|row| row.1).collect();
    let discordant = sort_and_count(&mut y);
    let y_ties = Ties::of(y.chunk_by(|a, b| a == b).map(<[_]>::len));
    let pairs = n as u128 * (n as u128 - 1) / 2;
    if x_ties.pairs == pairs || y_ties.pairs == pairs {
        return Err(Undefined::ZeroVariance);
    }
    let untied = pairs + both.pairs - x_ties.pairs - y_ties.pairs;
    let concordant = untied - discordant;
    let surplus = concordant.abs_diff(discordant) as f64;
    let surplus = if concordant < discordant { -surplus } else { surplus };
    let free = |ties: &Ties| ((pairs - ties.pairs) as f64).sqrt();
    let tau_b = (surplus / free(&x_ties) / free(&y_ties)).clamp(-1.0, 1.0);
    let no_ties = x_ties.pairs == 0 && y_ties.pairs == 0;
    let exact = (no_ties && n <= EXACT_N).then(|| exact_p(n, concordant.min(discordant) as usize));
    let p_asymptotic = norm_two_sided_p(surplus / variance(n as f64, &x_ties, &y_ties).sqrt());
    Ok(Kendall { tau_b, concordant, discordant, p_asymptotic, p_exact: exact })
}

/// Sums over groups of t equal values.
struct Ties {
    /// t (t - 1) / 2
    pairs: u128,
    /// t (t - 1) (t - 2)
    triples: f64,
    /// t (t - 1) (2 t + 5)
    spread: f64,
}

impl Ties {
    fn of(sizes: impl Iterator<Item = usize>) -> Self {
        let mut ties = Ties { pairs: 0, triples: 0.0, spread: 0.0 };
        for size in sizes {
            let (wide, t) = (size as u128, size as f64);
            ties.pairs += wide * (wide - 1) / 2;
            ties.triples += t * (t - 1.0) * (t - 2.0);
            ties.spread += t * (t - 1.0) * (2.0 * t + 5.0);
        }
        ties
    }
}

/// The variance of concordant minus discordant given the ties.
fn variance(n: f64, x: &Ties, y: &Ties) -> f64 {
    let m = n * (n - 1.0);
    let base = (m * (2.0 * n + 5.0) - x.spread - y.spread) / 18.0;
    let pairs = 2.0 * x.pairs as f64 * (y.pairs as f64 / m);
    let triples = if n > 2.0 { x.triples * (y.triples / (9.0 * m * (n - 2.0))) } else { 0.0 };
    base + pairs + triples
}

/// The place of each value among the distinct ones.
fn codes<T: PartialOrd + Copy>(values: &[T]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    let compare = |a: &usize, b: &usize| values[*a].partial_cmp(&values[*b]);
    order.sort_by(|a, b| compare(a, b).unwrap_or(Ordering::Equal));
    let mut codes = vec![0; values.len()];
    for (code, same) in order.chunk_by(|&a, &b| values[a] == values[b]).enumerate() {
        same.iter().for_each(|&i| codes[i] = code);
    }
    codes
}

/// Merge sort that counts the pairs in descending order.
fn sort_and_count(list: &mut [usize]) -> u128 {
    let middle = list.len() / 2;
    if middle == 0 {
        return 0;
    }
    let mut inversions = sort_and_count(&mut list[..middle]) + sort_and_count(&mut list[middle..]);
    let (left, right) = (list[..middle].to_vec(), list[middle..].to_vec());
    let (mut i, mut j) = (0, 0);
    for place in list.iter_mut() {
        let from_right = i == left.len() || (j < right.len() && right[j] < left[i]);
        if from_right {
            inversions += (left.len() - i) as u128;
            *place = right[j];
            j += 1;
        } else {
            *place = left[i];
            i += 1;
        }
    }
    inversions
}

/// Twice the chance of at most this many inversions in a random order, at most 1.
///
/// Sums of uniform numbers below 1, 2 … n; only positive terms are added.
fn exact_p(n: usize, inversions: usize) -> PValue {
    let mut law = vec![0.0; inversions + 1];
    law[0] = 1.0;
    for k in 2..=n {
        let sum = |i: usize| law[(i + 1).saturating_sub(k)..=i].iter().sum::<f64>();
        law = (0..=inversions).map(|i| sum(i) / k as f64).collect();
    }
    PValue::new((2.0 * law.iter().sum::<f64>()).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Law: counting by sorting agrees with looking at all pairs, ties included.
    #[test]
    fn agrees_with_all_pairs() {
        let x: Vec<u64> = (0..60).map(|i| i * i * 7919 % 23).collect();
        let y: Vec<u64> = (0..60).map(|i| i * 104_729 % 31).collect();
        let (mut concordant, mut discordant) = (0, 0);
        for i in 0..60 {
            for j in 0..i {
                match (x[i].cmp(&x[j]), y[i].cmp(&y[j])) {
                    (Ordering::Equal, _) | (_, Ordering::Equal) => {}
                    (a, b) if a == b => concordant += 1,
                    _ => discordant += 1,
                }
            }
        }
        let got = kendall(&x, &y).expect("a spread");
        assert_eq!((got.concordant, got.discordant), (concordant, discordant));
        assert_eq!(got.p_exact, None);
    }

    #[test]
    fn constant_columns_are_undefined() {
        assert_eq!(kendall(&[1, 1, 1], &[1, 2, 3]), Err(Undefined::ZeroVariance));
        assert!(kendall(&[1], &[1]).is_err());
    }
}
