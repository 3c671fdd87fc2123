//! A number of about 106 bits, for the few comparisons that must not depend on rounding.

/// An unevaluated sum of two doubles, the second at most half a unit of the first (Dekker 1971).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DoubleDouble {
    pub high: f64,
    pub low: f64,
}

impl DoubleDouble {
    pub const ONE: DoubleDouble = DoubleDouble { high: 1.0, low: 0.0 };

    /// From an integer, exact up to 106 bits.
    pub fn from_integer(integer: u128) -> Self {
        let high = integer as f64;
        let near = high as u128;
        let rest = integer.abs_diff(near) as f64;
        DoubleDouble { high, low: if near > integer { -rest } else { rest } }
    }

    /// The product.
    pub fn times(self, other: Self) -> Self {
        let high = self.high * other.high;
        let low = self.high.mul_add(other.high, -high);
        normal(high, low + (self.high * other.low + self.low * other.high))
    }

    /// The quotient.
    pub fn over(self, other: Self) -> Self {
        let first = self.high / other.high;
        let back = other.times(DoubleDouble { high: first, low: 0.0 });
        let rest = (self.high - back.high) + (self.low - back.low);
        normal(first, rest / other.high)
    }
}

fn normal(high: f64, low: f64) -> DoubleDouble {
    let sum = high + low;
    DoubleDouble { high: sum, low: (high - sum) + low }
}

/// The product of some integers over that of others, minus 1, in an order that stays near 1.
pub fn quotient_minus_one(
    mut top: impl Iterator<Item = u128>,
    mut bottom: impl Iterator<Item = u128>,
) -> f64 {
    let mut ratio = DoubleDouble::ONE;
    loop {
        let factor = if ratio.high <= 1.0 { top.next() } else { None };
        if let Some(factor) = factor {
            ratio = ratio.times(DoubleDouble::from_integer(factor));
        } else if let Some(divisor) = bottom.next() {
            ratio = ratio.over(DoubleDouble::from_integer(divisor));
        } else if let Some(factor) = top.next() {
            ratio = ratio.times(DoubleDouble::from_integer(factor));
        } else {
            return (ratio.high - 1.0) + ratio.low;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_quotients_cancel_to_thirty_digits() {
        let factor = |k: u128| DoubleDouble::from_integer((1 << 80) + 1_000_000_007 * k * k);
        let mut ratio = DoubleDouble::ONE;
        for k in 1..=1000 {
            ratio = ratio.times(factor(k)).over(factor(1001 - k));
        }
        let excess = (ratio.high - 1.0) + ratio.low;
        assert!(excess.abs() < 1e-27, "{excess}");
    }
}
