//! Both tails of a distribution at a point, with their logarithms.

/// The probabilities below and above a point. Neither is formed by subtraction where it is small.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tails {
    pub lower: f64,
    pub upper: f64,
    pub ln_lower: f64,
    pub ln_upper: f64,
}

impl Tails {
    /// From the logarithm of the lower tail.
    pub fn from_ln_lower(ln_lower: f64) -> Self {
        let ln_lower = ln_lower.min(0.0);
        let upper = -ln_lower.exp_m1();
        Tails { lower: ln_lower.exp(), upper, ln_lower, ln_upper: ln_one_minus_exp(ln_lower) }
    }

    /// From the logarithm of the upper tail.
    pub fn from_ln_upper(ln_upper: f64) -> Self {
        Tails::from_ln_lower(ln_upper).swapped()
    }

    /// From two tails of the same event, each accurate on its own.
    pub fn from_both(lower: f64, upper: f64) -> Self {
        let (lower, upper) = (lower.clamp(0.0, 1.0), upper.clamp(0.0, 1.0));
        let ln_lower = if lower < 0.5 { lower.ln() } else { (-upper).ln_1p() };
        let ln_upper = if upper < 0.5 { upper.ln() } else { (-lower).ln_1p() };
        Tails { lower, upper, ln_lower, ln_upper }
    }

    /// The same with below and above exchanged.
    pub fn swapped(self) -> Self {
        Tails {
            lower: self.upper,
            upper: self.lower,
            ln_lower: self.ln_upper,
            ln_upper: self.ln_lower,
        }
    }

    /// Everything lies above.
    pub const NOTHING_BELOW: Tails =
        Tails { lower: 0.0, upper: 1.0, ln_lower: f64::NEG_INFINITY, ln_upper: 0.0 };

    /// Everything lies below.
    pub const NOTHING_ABOVE: Tails =
        Tails { lower: 1.0, upper: 0.0, ln_lower: 0.0, ln_upper: f64::NEG_INFINITY };

    /// An argument outside the domain.
    pub const NAN: Tails =
        Tails { lower: f64::NAN, upper: f64::NAN, ln_lower: f64::NAN, ln_upper: f64::NAN };
}

/// Returns `ln(1 - exp(x))` for x <= 0 (M. Mächler, "Accurately computing log(1 - exp(-|a|))",
/// 2012).
pub fn ln_one_minus_exp(x: f64) -> f64 {
    if x > -std::f64::consts::LN_2 { (-x.exp_m1()).ln() } else { (-x.exp()).ln_1p() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_add_up() {
        for ln in [-1e-20, -1e-3, -0.7, -5.0, -800.0] {
            let tails = Tails::from_ln_lower(ln);
            assert!((tails.lower + tails.upper - 1.0).abs() < 1e-15);
            assert_eq!(tails.swapped(), Tails::from_ln_upper(ln));
        }
    }
}
