//! Values with a total order and a place on the real line.

use std::cmp::Ordering;

/// A value with a total order and a place on the real line.
pub trait Ordinal: Copy + Ord {
    /// The nearest double.
    fn to_f64(self) -> f64;

    /// How far a later value is away; never through a lossy double for integers.
    fn distance_to(self, later: Self) -> f64 {
        later.to_f64() - self.to_f64()
    }
}

/// A double other than NaN, where both zeros are one value.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(transparent)]
pub struct Real(f64);

impl Real {
    /// `None` for NaN.
    pub fn new(value: f64) -> Option<Real> {
        (!value.is_nan()).then_some(Real(value + 0.0))
    }
}

impl Eq for Real {}

impl PartialOrd for Real {
    fn partial_cmp(&self, other: &Real) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Real {
    fn cmp(&self, other: &Real) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Ordinal for Real {
    fn to_f64(self) -> f64 {
        self.0
    }
}

impl Ordinal for i64 {
    fn to_f64(self) -> f64 {
        self as f64
    }
    fn distance_to(self, later: i64) -> f64 {
        later.abs_diff(self) as f64
    }
}

impl Ordinal for u64 {
    fn to_f64(self) -> f64 {
        self as f64
    }
    fn distance_to(self, later: u64) -> f64 {
        later.abs_diff(self) as f64
    }
}

impl Ordinal for i128 {
    fn to_f64(self) -> f64 {
        self as f64
    }
    fn distance_to(self, later: i128) -> f64 {
        later.abs_diff(self) as f64
    }
}

impl Ordinal for u128 {
    fn to_f64(self) -> f64 {
        self as f64
    }
    fn distance_to(self, later: u128) -> f64 {
        later.abs_diff(self) as f64
    }
}
