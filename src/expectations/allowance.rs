//! How far numbers of two datasets may lie apart and count as the same.

use super::Mistake;
use crate::prose::number;

/// A `tolerance` and a `relative` as they are written; the larger of the two counts.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// The largest difference.
    pub tolerance: Option<f64>,
    /// The largest difference as a share of the other side's number.
    pub relative: Option<f64>,
}

impl Allowance {
    /// Refuses what allows nothing or everything.
    ///
    /// # Errors
    /// `tolerance` is no finite number above 0, or `relative` not in (0, 1).
    pub fn check(self) -> Result<(), Mistake> {
        if let Some(value) = self.tolerance.filter(|value| !(*value > 0.0 && value.is_finite())) {
            let message = format!("`tolerance` is {}, not a finite number above 0", number(value));
            return Err(Mistake::new(message)
                .help("write how far the numbers may lie apart, or leave it out")
                .of("tolerance"));
        }
        if let Some(value) = self.relative.filter(|value| !(*value > 0.0 && *value < 1.0)) {
            let message = format!("`relative` is {}, not in (0, 1)", number(value));
            return Err(Mistake::new(message)
                .help("a fraction of the other side's number: 1 % is `0.01`")
                .of("relative"));
        }
        Ok(())
    }

    /// The largest difference, 0 where none is allowed.
    pub fn absolute(self) -> f64 {
        self.tolerance.unwrap_or_default()
    }

    /// The largest share, 0 where none is allowed.
    pub fn share(self) -> f64 {
        self.relative.unwrap_or_default()
    }
}
