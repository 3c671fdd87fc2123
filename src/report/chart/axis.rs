//! A linear axis with round ticks.

/// Maps `low..high` onto `from..to`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Axis {
    /// An axis over both ends; one that has no length is widened.
    pub(super) fn new(low: f64, high: f64, from: f64, to: f64) -> Axis {
        let (low, high) = if high > low { (low, high) } else { widened(low) };
        Axis { low, high, from, to }
    }

    /// Where a value stands.
    pub(super) fn at(&self, value: f64) -> f64 {
        // Halved first, so that an axis from -1e308 to 1e308 has a finite length.
        let part = (value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0);
        self.from + part * (self.to - self.from)
    }

    /// At most about five round values inside the axis.
    pub(super) fn ticks(&self) -> Vec<f64> {
        let rough = (self.high / 4.0) - (self.low / 4.0);
        let power = 10f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 2.5, 5.0, 10.0]
            .map(|factor| factor * power)
            .into_iter()
            .find(|step| *step >= rough * 0.999)
            .unwrap_or(rough);
        if !step.is_finite() || step <= 0.0 {
            return vec![self.low, self.high];
        }
        let first = (self.low / step).ceil();
        let ticks = (0..8).map(|i| (first + f64::from(i)) * step + 0.0);
        ticks.take_while(|tick| *tick <= self.high + step * 1e-9).collect()
    }
}

fn widened(value: f64) -> (f64, f64) {
    let by = (value.abs() * 0.05).max(0.5);
    (value - by, value + by)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(Axis::new(0.0, 350.0, 0.0, 1.0).ticks(), [0.0, 100.0, 200.0, 300.0]);
        assert_eq!(Axis::new(-1.3, 2.2, 0.0, 1.0).ticks(), [-1.0, 0.0, 1.0, 2.0]);
        for (low, high) in [(0.0, 0.0), (1e308, -1e308), (-1e308, 1e308), (1.0, 1.0 + 1e-15)] {
            let axis = Axis::new(low, high, 0.0, 100.0);
            assert!(axis.ticks().len() < 9 && axis.at(low).is_finite(), "{low} {high}");
        }
    }
}
