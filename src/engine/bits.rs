//! Bit masks of a batch: one bit for each row, `None` where every row is meant.

use arrow::buffer::BooleanBuffer;

/// A mask that may mean every row.
pub type Rows = Option<BooleanBuffer>;

/// How many bits both masks have set, without building their conjunction.
pub fn count_both(left: &BooleanBuffer, right: &BooleanBuffer) -> u64 {
    let (left, right) = (left.bit_chunks(), right.bit_chunks());
    let whole: u64 =
        left.iter().zip(right.iter()).map(|(l, r)| u64::from((l & r).count_ones())).sum();
    whole + u64::from((left.remainder_bits() & right.remainder_bits()).count_ones())
}

/// How many bits of the mask are set among the selected rows.
pub fn count_selected(mask: &BooleanBuffer, selected: Option<&BooleanBuffer>) -> u64 {
    match selected {
        Some(selected) => count_both(mask, selected),
        None => mask.count_set_bits() as u64,
    }
}

/// How many rows a mask means out of `n_rows`.
pub fn count(rows: Option<&BooleanBuffer>, n_rows: usize) -> u64 {
    rows.map_or(n_rows, BooleanBuffer::count_set_bits) as u64
}

/// Rows that both masks mean.
pub fn both(left: Option<&BooleanBuffer>, right: Option<&BooleanBuffer>) -> Rows {
    match (left, right) {
        (Some(left), Some(right)) => Some(left & right),
        (Some(only), None) | (None, Some(only)) => Some(only.clone()),
        (None, None) => None,
    }
}

/// Rows that either mask means, where an absent mask means no row.
pub fn either(left: Option<&BooleanBuffer>, right: Option<&BooleanBuffer>) -> Rows {
    match (left, right) {
        (Some(left), Some(right)) => Some(left | right),
        (Some(only), None) | (None, Some(only)) => Some(only.clone()),
        (None, None) => None,
    }
}

/// Calls `each` with every row that the mask means, in order.
pub fn for_each(rows: Option<&BooleanBuffer>, n_rows: usize, mut each: impl FnMut(usize)) {
    match rows {
        Some(rows) if rows.count_set_bits() < n_rows => rows.set_indices().for_each(each),
        _ => (0..n_rows).for_each(&mut each),
    }
}

/// The rows that a mask means, in order.
pub fn numbers(rows: Option<&BooleanBuffer>, n_rows: usize) -> impl Iterator<Item = usize> {
    let all = if rows.is_none() { 0..n_rows } else { 0..0 };
    rows.into_iter().flat_map(BooleanBuffer::set_indices).chain(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_agree_with_a_plain_loop_at_any_offset() {
        let bits = |step: usize| BooleanBuffer::collect_bool(300, |row| row % step == 0);
        for (offset, length) in [(0, 300), (3, 200), (64, 64), (67, 1), (5, 0)] {
            let (left, right) = (bits(2).slice(offset, length), bits(3).slice(offset, length));
            let plain = (0..length).filter(|&row| left.value(row) && right.value(row)).count();
            assert_eq!(count_both(&left, &right), plain as u64);
        }
    }
}
