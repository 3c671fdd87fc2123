//! Sums of positive terms that are given by their logarithms.

/// A sum as a multiple of a power of e that grows with its terms, so that none is lost.
#[derive(Clone, Copy, Debug)]
pub struct LogSum {
    ln_unit: f64,
    sum: f64,
}

impl LogSum {
    pub const ZERO: LogSum = LogSum { ln_unit: f64::NEG_INFINITY, sum: 0.0 };

    /// Adds `share` times e to the power of `ln`.
    pub fn add(&mut self, ln: f64, share: f64) {
        if ln > self.ln_unit {
            self.sum *= (self.ln_unit - ln).exp();
            self.ln_unit = ln;
        }
        if ln > f64::NEG_INFINITY {
            self.sum += share * (ln - self.ln_unit).exp();
        }
    }

    /// The logarithm of the sum.
    pub fn ln(self) -> f64 {
        if self.sum > 0.0 { self.ln_unit + self.sum.ln() } else { f64::NEG_INFINITY }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_far_apart_are_kept() {
        let mut sum = LogSum::ZERO;
        assert_eq!(sum.ln(), f64::NEG_INFINITY);
        sum.add(f64::NEG_INFINITY, 1.0);
        sum.add(-1e6, 1.0);
        sum.add(-1e6, 3.0);
        sum.add(-2e6, 1.0);
        assert!((sum.ln() + 1e6 - 4f64.ln()).abs() < 1e-9);
        sum.add(-5000.0, 0.5);
        assert!((sum.ln() + 5000.0 - 0.5f64.ln()).abs() < 1e-11);
    }
}
