//! The one-sample test against a distribution that is fully given.

use super::super::shift_power::{critical, kolmogorov};
use super::super::special::{kstwo_ln_sf, smirnov_ln_sf};
use super::super::{Design, Effect, PValue, Tail, TestResult, Undefined};
use super::{interval, margin_test};

/// Values that the sample must have: fewer can show next to nothing.
const NEEDED: u64 = 5;

/// The largest distances of a sample's distribution function from a given one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Distances {
    pub n: u64,
    /// The largest excess of the sample's function over the given one, and the other way round.
    pub plus: f64,
    pub minus: f64,
}

/// Measures a sorted sample without NaN against a distribution function.
///
/// `cdf` answers the lower and the upper probability, so that a value far up loses no digits.
pub fn distances(sorted: &[f64], cdf: impl Fn(f64) -> (f64, f64)) -> Distances {
    let n = sorted.len();
    let mut distances = Distances { n: n as u64, plus: 0.0, minus: 0.0 };
    for (i, value) in sorted.iter().enumerate() {
        let (below, above) = cdf(*value);
        // Counted from the nearer end, a rank and a probability are both small where they are
        // close.
        let (plus, minus) = if below <= 0.5 {
            ((i + 1) as f64 / n as f64 - below, below - i as f64 / n as f64)
        } else {
            (above - (n - i - 1) as f64 / n as f64, (n - i) as f64 / n as f64 - above)
        };
        distances.plus = distances.plus.max(plus);
        distances.minus = distances.minus.max(minus);
    }
    distances
}

impl Distances {
    /// The two-sided statistic.
    pub fn d(&self) -> f64 {
        self.plus.max(self.minus)
    }

    /// The finite-n p-value (Simard & L'Ecuyer 2011; one-sided Birnbaum & Tingey 1951).
    pub fn p(&self, tail: Tail) -> PValue {
        PValue::from_ln(match tail {
            Tail::TwoSided => kstwo_ln_sf(self.n, self.d()),
            Tail::Greater => smirnov_ln_sf(self.n, self.plus),
            Tail::Less => smirnov_ln_sf(self.n, self.minus),
        })
    }
}

/// Tests whether a sorted sample comes from a distribution whose parameters were not fitted to it.
///
/// `Greater` looks at D+, where the sample's function lies above the given one, as R and SciPy do.
pub fn one_sample(
    sorted: &[f64],
    cdf: impl Fn(f64) -> (f64, f64),
    design: &Design,
) -> Result<TestResult, Undefined> {
    let distances = distances(sorted, cdf);
    if distances.n < NEEDED {
        return Err(Undefined::TooFew { needed: NEEDED, got: distances.n });
    }
    let (symbol, statistic) = match design.tail {
        Tail::TwoSided => ("D", distances.d()),
        Tail::Greater => ("D+", distances.plus),
        Tail::Less => ("D-", distances.minus),
    };
    let d = distances.d();
    let bounds = 1.0 / (distances.n as f64).sqrt();
    let mut warnings = Vec::new();
    if sorted.windows(2).any(|pair| pair[0] == pair[1]) {
        warnings.push("tied values: the p-value is only right for a continuous law".to_owned());
    }
    Ok(TestResult {
        name: "ks_1samp",
        symbol,
        statistic,
        p: distances.p(design.tail),
        n: vec![distances.n],
        df: None,
        exact: distances.n <= 10_000 || design.tail != Tail::TwoSided,
        method: "one-sample law at this size",
        effect: Effect { name: "D", value: d, ci: interval(d, bounds, 2.0, design.error()) },
        margin: design.margin.map(|margin| margin_test(d, margin, bounds, 2.0)),
        detectable: detectable(distances.n, design),
        warnings,
    })
}

/// As for two samples, the other one without error, beyond the limit law's critical value: that of
/// the size itself is smaller by as much as the steps of the sample take from the largest gap. In
/// simulations 79.7 to 80.7 % of 40,000 shifted samples of 10 to 100 normal values were seen.
pub fn detectable(n: u64, design: &Design) -> Option<f64> {
    let seen = kolmogorov(critical(design.alpha, design.tail), n as f64, design.power);
    (n > 0 && seen > 0.0 && seen < 1.0).then_some(seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_is_as_close_as_can_be() {
        let grid: Vec<f64> = (0..10).map(|i| (f64::from(i) + 0.5) / 10.0).collect();
        let distances = distances(&grid, |x| (x, 1.0 - x));
        assert!((distances.plus - 0.05).abs() < 1e-15 && (distances.minus - 0.05).abs() < 1e-15);
        assert!((distances.p(Tail::TwoSided).value - 1.0).abs() < 1e-15);
    }
}
