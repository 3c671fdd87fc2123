//! The one function behind G, Kullback-Leibler, PSI and Jensen-Shannon, free of cancellation.

/// (1 + d) ln(1 + d) - d, never negative: what a relative excess `d` of a share adds to a
/// divergence.
///
/// With d = (p - q) / q, KL(p || q) is the sum of q times this. Near 0 its alternating power series
/// takes over, so that a drift of 1e-9 keeps its digits (the idea of Loader 2000, `bd0`).
pub fn excess_entropy(d: f64) -> f64 {
    if d <= -1.0 {
        return 1.0;
    }
    if d.abs() > 0.25 {
        return (1.0 + d) * d.ln_1p() - d;
    }
    let mut power = d * d;
    let mut sum = 0.0;
    for k in 2..60 {
        let term = power / f64::from(k * (k - 1));
        sum += term;
        if term.abs() <= 1e-18 * sum {
            break;
        }
        power *= -d;
    }
    sum
}

/// a/n - b/m with one rounding where the integers fit in 128 bits.
pub fn share_difference(a: u128, n: u128, b: u128, m: u128) -> f64 {
    let (Some(left), Some(right)) = (a.checked_mul(m), b.checked_mul(n)) else {
        return a as f64 / n as f64 - b as f64 / m as f64;
    };
    let size = left.abs_diff(right) as f64 / (n as f64 * m as f64);
    if left < right { -size } else { size }
}

/// A running sum that carries what rounding dropped (Neumaier 1974).
#[derive(Clone, Copy, Debug, Default)]
pub struct Compensated {
    sum: f64,
    lost: f64,
}

impl Compensated {
    /// Adds one term.
    pub fn add(&mut self, term: f64) {
        let next = self.sum + term;
        self.lost += if self.sum.abs() >= term.abs() {
            (self.sum - next) + term
        } else {
            (term - next) + self.sum
        };
        self.sum = next;
    }

    /// The sum so far.
    pub fn value(self) -> f64 {
        // An infinite sum has no rounding to give back.
        if self.sum.is_finite() { self.sum + self.lost } else { self.sum }
    }
}

impl FromIterator<f64> for Compensated {
    fn from_iter<I: IntoIterator<Item = f64>>(terms: I) -> Self {
        let mut sum = Compensated::default();
        terms.into_iter().for_each(|term| sum.add(term));
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_and_closed_form_meet() {
        for d in [0.2499, -0.2499, 0.1, -0.1, 0.01] {
            let closed = (1.0 + d) * f64::ln_1p(d) - d;
            assert!((excess_entropy(d) - closed).abs() < 1e-14 * closed.max(1e-3), "{d}");
        }
        assert_eq!(excess_entropy(0.0), 0.0);
        assert_eq!(excess_entropy(-1.0), 1.0);
        assert_eq!(excess_entropy(1e-9), 5e-19 * (1.0 - 1e-9 / 3.0));
    }

    #[test]
    fn shares_are_subtracted_exactly() {
        let n = 10_000_000_000_000_000_u128;
        assert_eq!(share_difference(n / 3 + 1, n, n / 3, n), 1e-16);
        assert_eq!(share_difference(3, 12, 30, 120), 0.0);
        assert_eq!(share_difference(u128::MAX, u128::MAX, u128::MAX, u128::MAX), 0.0);
    }

    #[test]
    fn compensated_sum_keeps_small_terms() {
        let sum: Compensated = [1.0, 1e100, 1.0, -1e100].into_iter().collect();
        assert_eq!(sum.value(), 2.0);
    }
}
