//! Distances between two samples of numbers: Wasserstein's and the energy distance.
//!
//! The integrals come from the merge pass of [`super::ecdf`]; this file names and scales them.

use super::Undefined;
use super::ecdf::Comparison;
use super::moments::Summary;

/// How far two samples are apart, in the units of the values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ContinuousDistance {
    /// The area between the distribution functions: how far mass has to be moved on average.
    pub wasserstein: f64,
    /// Twice the integral of the squared difference (Székely & Rizzo 2004).
    pub energy_squared: f64,
    /// Its root, a metric.
    pub energy: f64,
}

impl ContinuousDistance {
    /// Wasserstein's distance in standard deviations of the reference (divisor n - 1).
    pub fn in_deviations(&self, reference: &Summary) -> Result<f64, Undefined> {
        self.per(reference.sd.filter(|_| !reference.constant))
    }

    /// The same with divisor n, as some tools have it.
    pub fn in_population_deviations(&self, reference: &Summary) -> Result<f64, Undefined> {
        let n = reference.n as f64;
        let sd = reference.sd.filter(|_| !reference.constant);
        self.per(sd.map(|sd| sd * ((n - 1.0) / n).sqrt()))
    }

    fn per(&self, unit: Option<f64>) -> Result<f64, Undefined> {
        match unit {
            Some(unit) if unit > 0.0 => Ok(self.wasserstein / unit),
            _ => Err(Undefined::ZeroVariance),
        }
    }
}

/// The distances of two samples; infinite values have none.
pub fn continuous_distance(samples: &Comparison) -> Result<ContinuousDistance, Undefined> {
    if samples.n == 0 || samples.m == 0 {
        return Err(Undefined::TooFew { needed: 1, got: 0 });
    }
    if !(samples.wasserstein.is_finite() && samples.squared_area.is_finite()) {
        return Err(Undefined::Infinite);
    }
    let energy_squared = 2.0 * samples.squared_area;
    Ok(ContinuousDistance {
        wasserstein: samples.wasserstein,
        energy_squared,
        energy: energy_squared.sqrt(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::ecdf::compare;
    use super::*;

    // Law: a shift by s moves all mass by s.
    #[test]
    fn a_shift_is_its_size() {
        let (x, y) = ([1_i64, 5, 6, 9], [101_i64, 105, 106, 109]);
        let got = continuous_distance(&compare(&x, &y)).expect("values on both sides");
        assert_eq!(got.wasserstein, 100.0);
        let same = continuous_distance(&compare(&x, &x)).expect("values on both sides");
        assert_eq!((same.wasserstein, same.energy), (0.0, 0.0));
        assert!(continuous_distance(&compare(&x, &[])).is_err());
        assert_eq!(got.in_deviations(&Summary::of(&[3.0, 3.0])), Err(Undefined::ZeroVariance));
    }
}
