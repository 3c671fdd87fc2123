//! A value as the number that ranks and cuts are computed with.

/// A whole number, or a double other than NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// An integer, ticks, or the digits of a decimal.
    Whole(i128),
    Real(f64),
}

impl Number {
    /// The nearest double.
    pub fn to_f64(self) -> f64 {
        match self {
            Number::Whole(value) => value as f64,
            Number::Real(value) => value,
        }
    }

    /// The whole number; of a double, what is left of its fraction.
    pub fn whole(self) -> i128 {
        match self {
            Number::Whole(value) => value,
            Number::Real(value) => value as i128,
        }
    }

    /// Whether it is at most another of the same kind.
    pub fn is_at_most(self, other: Number) -> bool {
        match (self, other) {
            (Number::Whole(own), Number::Whole(other)) => own <= other,
            (own, other) => own.to_f64() <= other.to_f64(),
        }
    }
}
