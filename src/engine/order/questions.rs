//! What is asked about a column, in terms of a ledger: what must be opened, and the answer.

use super::{Ledger, Number};
use crate::engine::column::Form;
use crate::engine::cuts::{self, Cut};
use crate::engine::quantile::{self, Asked};
use crate::metric::Value;

/// Sides of a ledger.
pub const DATA: usize = 0;
pub const REFERENCE: usize = 1;

/// The closed entries that the quantiles of a side depend on.
pub fn closed_quantile(ledger: &Ledger, side: usize, asked: Asked) -> Vec<usize> {
    let ranks = quantile::ranks(ledger.sizes[side], asked);
    ranks.into_iter().flatten().filter_map(|rank| ledger.closed_rank(side, rank)).collect()
}

/// A quantile of a side.
///
/// # Errors
/// As for [`quantile::quantile`].
pub fn quantile_of(ledger: &Ledger, side: usize, asked: Asked) -> Result<Option<Value>, String> {
    let at = |rank| ledger.at(side, rank).unwrap_or(Number::Whole(0));
    quantile::quantile(Some(ledger.form()), ledger.sizes[side], &at, asked)
}

/// The closed entries that bins between quantiles of the reference depend on.
pub fn closed_bins(ledger: &Ledger, n_bins: u32) -> Vec<usize> {
    let n = ledger.sizes[REFERENCE];
    let ranks = cuts::edge_ranks(n, n_bins);
    let closed: Vec<usize> =
        ranks.into_iter().filter_map(|rank| ledger.closed_rank(REFERENCE, rank)).collect();
    if !closed.is_empty() {
        return closed;
    }
    let cuts = cuts(ledger, n_bins).unwrap_or_default();
    cuts.iter().filter_map(|cut| ledger.closed_cut(cut.at)).collect()
}

/// The edges of the bins.
///
/// # Errors
/// An edge lies between two infinities.
pub fn cuts(ledger: &Ledger, n_bins: u32) -> Result<Vec<Cut>, String> {
    let n = ledger.sizes[REFERENCE];
    let at = |rank| ledger.at(REFERENCE, rank).unwrap_or(Number::Whole(0));
    cuts::cuts(n, n_bins, matches!(ledger.form(), Form::Float), 0, &at)
}
