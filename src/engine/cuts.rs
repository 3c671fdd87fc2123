//! Edges between quantiles of a reference, and which values lie on which side of them.

use super::order::Number;
use crate::stats::binning::quantile_edges_at;

/// A bound of a bin: values up to `at` lie in it; `edge` is where it is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cut {
    pub at: Number,
    pub edge: f64,
}

/// The ranks, counted from 0 and ascending, that the edges are taken from.
pub fn edge_ranks(n: u64, n_bins: u32) -> Vec<u64> {
    let Some(last) = n.checked_sub(1) else { return Vec::new() };
    let place = |k: u32| (u128::from(last) * u128::from(k) / u128::from(n_bins)) as u64;
    let mut ranks: Vec<u64> =
        (1..n_bins).map(place).flat_map(|rank| [rank, (rank + 1).min(last)]).collect();
    ranks.sort_unstable();
    ranks.dedup();
    ranks
}

/// The bounds between so many bins of n values, of which those at [`edge_ranks`] can be asked for.
/// Whole numbers are steps of `10^-digits`.
///
/// # Errors
/// A bound lies between two infinities.
pub fn cuts(
    n: u64,
    n_bins: u32,
    is_real: bool,
    digits: i8,
    at: &dyn Fn(u64) -> Number,
) -> Result<Vec<Cut>, String> {
    if is_real {
        let edges = quantile_edges_at(n, n_bins as usize, |rank| at(rank).to_f64());
        let edges = edges.map_err(|undefined| undefined.to_string())?;
        return Ok(edges.into_iter().map(|edge| Cut { at: Number::Real(edge), edge }).collect());
    }
    let mut cuts: Vec<Cut> =
        (1..n_bins.max(1)).map(|k| whole_cut(n, k, n_bins, digits, at)).collect();
    cuts.dedup_by_key(|cut| cut.at.whole());
    Ok(cuts)
}

/// The k-th bound of whole numbers. One between two of them separates as the one below does.
fn whole_cut(n: u64, k: u32, n_bins: u32, digits: i8, at: &dyn Fn(u64) -> Number) -> Cut {
    let n_bins = i128::from(n_bins.max(1));
    let rank = (i128::from(n) - 1) * i128::from(k);
    let (whole, rest) = ((rank / n_bins) as u64, rank % n_bins);
    let low = at(whole).whole();
    let high = if rest == 0 { low } else { at(whole + 1).whole() };
    let step = match high.checked_sub(low).and_then(|gap| gap.checked_mul(rest)) {
        Some(step) => (step / n_bins, (step % n_bins) as f64 / n_bins as f64),
        None => (((high / n_bins) - (low / n_bins)) * rest, 0.0),
    };
    let unit = 10f64.powi(digits.into());
    let edge = ((low + step.0) as f64 + step.1) / unit;
    Cut { at: Number::Whole(low + step.0), edge }
}

/// Counts between consecutive ends.
pub fn between(ends: Vec<u64>, n: u64) -> Vec<u64> {
    let mut start = 0;
    let ends = ends.into_iter().chain(std::iter::once(n));
    ends.map(|end| end - std::mem::replace(&mut start, end)).collect()
}
