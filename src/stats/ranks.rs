//! Several samples as one ordered list of distinct values: what every rank test needs.

/// The distinct values of pooled samples in ascending order, each with its count in every sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pooled {
    n_samples: usize,
    /// For each distinct value one count per sample.
    counts: Vec<u64>,
}

impl Pooled {
    /// Sorts and counts; values that compare with nothing (NaN) are left out, -0 equals 0.
    pub fn new<T: PartialOrd + Copy>(samples: &[&[T]]) -> Self {
        let numbered = |(i, sample): (usize, &&[T])| {
            let ordered = sample.iter().filter(|value| value.partial_cmp(value).is_some());
            ordered.map(|&value| (value, i)).collect::<Vec<_>>()
        };
        let mut all: Vec<(T, usize)> = samples.iter().enumerate().flat_map(numbered).collect();
        all.sort_by(|a, b| a.0.partial_cmp(&b.0).unwrap_or(std::cmp::Ordering::Equal));
        let mut counts = Vec::new();
        for tied in all.chunk_by(|a, b| a.0 == b.0) {
            let start = counts.len();
            counts.resize(start + samples.len(), 0);
            tied.iter().for_each(|&(_, i)| counts[start + i] += 1);
        }
        Pooled { n_samples: samples.len(), counts }
    }

    /// From the counts of each distinct value, ascending, one per sample.
    pub fn from_counts<const K: usize>(counts: &[[u64; K]]) -> Self {
        Pooled { n_samples: K, counts: counts.concat() }
    }

    /// The number of samples.
    pub fn n_samples(&self) -> usize {
        self.n_samples
    }

    /// The counts of one distinct value after the other.
    pub fn ties(&self) -> impl DoubleEndedIterator<Item = &[u64]> {
        self.counts.chunks(self.n_samples.max(1))
    }

    /// The number of distinct values.
    pub fn n_distinct(&self) -> usize {
        self.counts.len() / self.n_samples.max(1)
    }

    /// The sizes of the samples.
    pub fn sizes(&self) -> Vec<u64> {
        let size = |i: usize| self.ties().map(|tie| tie[i]).sum();
        (0..self.n_samples).map(size).collect()
    }

    /// The size of all samples together.
    pub fn n(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Whether a value occurs more than once.
    pub fn has_ties(&self) -> bool {
        (self.n_distinct() as u64) < self.n()
    }

    /// Sums of midranks in each sample, doubled to stay integers.
    pub fn doubled_rank_sums(&self) -> Vec<u128> {
        let mut sums = vec![0; self.n_samples];
        let mut below: u128 = 0;
        for tie in self.ties() {
            let size: u128 = tie.iter().map(|&count| u128::from(count)).sum();
            let doubled_rank = 2 * below + size + 1;
            for (sum, &count) in sums.iter_mut().zip(tie) {
                *sum += doubled_rank * u128::from(count);
            }
            below += size;
        }
        sums
    }

    /// The share of the variance of the ranks that ties leave, see [`tie_factor`].
    pub fn tie_factor(&self) -> f64 {
        let sizes = self.ties().map(|tie| tie.iter().map(|&count| u128::from(count)).sum());
        let sum = |sum: u128, size: u128| sum.checked_add(cubic(size)?);
        tie_factor(self.n(), { sizes }.try_fold(0, sum))
    }
}

/// t³ - t, where it fits.
fn cubic(size: u128) -> Option<u128> {
    size.checked_mul(size)?.checked_sub(1)?.checked_mul(size)
}

/// 1 - sum (t³ - t) / (N³ - N), the share of the variance of N ranks that ties of t values leave: 1
/// without ties, 0 when all values are equal. Formed in integers; beyond them the ties are left
/// uncorrected.
pub fn tie_factor(n: u64, tie_sum: Option<u128>) -> f64 {
    match (cubic(u128::from(n)), tie_sum) {
        (Some(0), _) => 0.0,
        (Some(all), Some(tied)) => all.saturating_sub(tied) as f64 / all as f64,
        _ => 1.0,
    }
}

/// Twice the midrank of each single value, from the sizes of the groups of equal values, ascending.
pub fn doubled_ranks(sizes: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut below = 0;
    let mut ranks = Vec::new();
    for size in sizes {
        ranks.extend(std::iter::repeat_n(2 * below + size + 1, size as usize));
        below += size;
    }
    ranks
}

/// Midranks of a list in its own order, the first being 1.
pub fn midranks<T: PartialOrd + Copy>(values: &[T]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    let compare = |&a: &usize, &b: &usize| values[a].partial_cmp(&values[b]);
    order.sort_by(|a, b| compare(a, b).unwrap_or(std::cmp::Ordering::Equal));
    let mut ranks = vec![0.0; values.len()];
    let mut below = 0;
    for tied in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let rank = below as f64 + (tied.len() + 1) as f64 / 2.0;
        tied.iter().for_each(|&i| ranks[i] = rank);
        below += tied.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_share_their_ranks() {
        let pooled = Pooled::new(&[&[1.0, 2.0, 2.0][..], &[2.0, 0.0, -0.0, f64::NAN][..]]);
        assert_eq!(pooled.sizes(), [3, 3]);
        assert_eq!(pooled.doubled_rank_sums(), [6 + 10 + 10, 10 + 3 + 3]);
        assert_eq!(doubled_ranks([2, 1, 3].into_iter()), [3, 3, 6, 10, 10, 10]);
        assert_eq!(pooled.tie_factor(), 180.0 / 210.0);
        assert_eq!(midranks(&[1.0, 2.0, 2.0, 0.0]), [2.0, 3.5, 3.5, 1.0]);
    }

    #[test]
    fn integers_beyond_doubles_keep_their_order() {
        let big = 1_i64 << 60;
        let pooled = Pooled::new(&[&[big, big + 1][..], &[big + 2][..]]);
        assert!(!pooled.has_ties());
    }
}
