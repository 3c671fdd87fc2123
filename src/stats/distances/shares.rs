//! Two lists of counts as shares, with their differences formed in integers.

use super::super::Undefined;
use super::super::relative_entropy::share_difference;
use super::Zeros;

/// The share of one category on each side.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    pub p: f64,
    pub q: f64,
    /// p - q with one rounding.
    pub difference: f64,
}

/// Two aligned lists of counts, each with at least one count.
pub(super) struct Shares<'a> {
    data: &'a [u64],
    reference: &'a [u64],
    n: u128,
    m: u128,
}

impl<'a> Shares<'a> {
    pub fn new(data: &'a [u64], reference: &'a [u64]) -> Result<Self, Undefined> {
        if data.len() != reference.len() {
            return Err(Undefined::Other("counts of different categories".to_string()));
        }
        let total = |counts: &[u64]| counts.iter().map(|&count| u128::from(count)).sum();
        let (n, m) = (total(data), total(reference));
        if n == 0 || m == 0 {
            return Err(Undefined::TooFew { needed: 1, got: 0 });
        }
        Ok(Shares { data, reference, n, m })
    }

    pub fn n(&self) -> u128 {
        self.n
    }

    pub fn m(&self) -> u128 {
        self.m
    }

    /// The counts of both sides together of the categories that were seen.
    pub fn seen(&self) -> impl Iterator<Item = u128> + '_ {
        let sum = |(&a, &b): (&u64, &u64)| u128::from(a) + u128::from(b);
        self.data.iter().zip(self.reference).map(sum).filter(|&count| count > 0)
    }

    /// The number of categories that at least one side has seen.
    pub fn n_seen(&self) -> usize {
        self.seen().count()
    }

    /// The shares of both sides together, of the categories that were seen.
    pub fn pooled(&self) -> impl Iterator<Item = f64> + '_ {
        let total = (self.n + self.m) as f64;
        self.seen().map(move |count| count as f64 / total)
    }

    /// The shares of each category. Those that neither side has seen are left out unless they are
    /// given half a count; floored, they are equal and add nothing.
    pub fn iter(&self, zeros: Zeros) -> impl Iterator<Item = Share> + '_ {
        let half = u128::from(zeros == Zeros::AddHalf);
        let k = half * self.data.len() as u128;
        let (scale, n, m) = (1 + half, self.n, self.m);
        let (n, m) = (scale * n + k, scale * m + k);
        let floor = if let Zeros::Floor(floor) = zeros { floor } else { 0.0 };
        let pairs = self.data.iter().zip(self.reference);
        let pairs = pairs.filter(move |(a, b)| half == 1 || **a | **b != 0);
        pairs.map(move |(&a, &b)| {
            let (a, b) = (scale * u128::from(a) + half, scale * u128::from(b) + half);
            let (p, q) = (a as f64 / n as f64, b as f64 / m as f64);
            if p < floor || q < floor {
                let (p, q) = (p.max(floor), q.max(floor));
                return Share { p, q, difference: p - q };
            }
            Share { p, q, difference: share_difference(a, n, b, m) }
        })
    }
}
