//! Distributions that an author names with all their parameters.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Mistake;
use crate::prose::number;
use crate::stats::special::{
    Tails, chi2_tails, gamma_tails, ibeta, norm_cdf, norm_sf, t_cdf, t_sf,
};

/// A continuous distribution without anything left to fit.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Distribution {
    Normal {
        mean: f64,
        sd: f64,
    },
    /// The logarithm is normal with this mean and deviation.
    Lognormal {
        mu: f64,
        sigma: f64,
    },
    Uniform {
        min: f64,
        max: f64,
    },
    Exponential {
        rate: f64,
    },
    Gamma {
        shape: f64,
        scale: f64,
    },
    Weibull {
        shape: f64,
        scale: f64,
    },
    Beta {
        a: f64,
        b: f64,
    },
    ChiSquare {
        df: f64,
    },
    StudentT {
        df: f64,
    },
    Logistic {
        location: f64,
        scale: f64,
    },
    Laplace {
        location: f64,
        scale: f64,
    },
}

impl Distribution {
    /// Refuses parameters that make no distribution.
    pub fn check(&self) -> Result<(), Mistake> {
        let (finite, positive) = self.parameters();
        if let Some((name, value)) = finite.iter().find(|(_, value)| !value.is_finite()) {
            return Err(Self::mistake(name, *value, "no finite number"));
        }
        let bad = |value: f64| !(value > 0.0 && value.is_finite());
        if let Some((name, value)) = positive.iter().find(|(_, value)| bad(*value)) {
            return Err(Self::mistake(name, *value, "not above 0"));
        }
        match *self {
            Distribution::Uniform { min, max } if min >= max => {
                Err(Self::mistake("min", min, "not below `max`"))
            }
            _ => Ok(()),
        }
    }

    fn mistake(name: &str, value: f64, what: &str) -> Mistake {
        Mistake::new(format!("`{name}` is {}, {what}", number(value))).of("distribution")
    }

    /// Parameters that are any number, and those that are above 0.
    #[expect(clippy::type_complexity, reason = "two short lists")]
    fn parameters(&self) -> (Vec<(&'static str, f64)>, Vec<(&'static str, f64)>) {
        use Distribution::*;
        match *self {
            Normal { mean, sd } => (vec![("mean", mean)], vec![("sd", sd)]),
            Lognormal { mu, sigma } => (vec![("mu", mu)], vec![("sigma", sigma)]),
            Uniform { min, max } => (vec![("min", min), ("max", max)], vec![]),
            Exponential { rate } => (vec![], vec![("rate", rate)]),
            Gamma { shape, scale } | Weibull { shape, scale } => {
                (vec![], vec![("shape", shape), ("scale", scale)])
            }
            Beta { a, b } => (vec![], vec![("a", a), ("b", b)]),
            ChiSquare { df } | StudentT { df } => (vec![], vec![("df", df)]),
            Logistic { location, scale } | Laplace { location, scale } => {
                (vec![("location", location)], vec![("scale", scale)])
            }
        }
    }

    /// The words for it: "a normal distribution (mean 0, sd 1)".
    pub fn words(&self) -> String {
        let noun = match self {
            Distribution::Normal { .. } => "a normal",
            Distribution::Lognormal { .. } => "a lognormal",
            Distribution::Uniform { .. } => "a uniform",
            Distribution::Exponential { .. } => "an exponential",
            Distribution::Gamma { .. } => "a gamma",
            Distribution::Weibull { .. } => "a Weibull",
            Distribution::Beta { .. } => "a beta",
            Distribution::ChiSquare { .. } => "a chi-square",
            Distribution::StudentT { .. } => "a Student t",
            Distribution::Logistic { .. } => "a logistic",
            Distribution::Laplace { .. } => "a Laplace",
        };
        let (any, positive) = self.parameters();
        let named = |(name, value): &(&str, f64)| format!("{name} {}", number(*value));
        let parameters: Vec<String> = any.iter().chain(&positive).map(named).collect();
        format!("{noun} distribution ({})", parameters.join(", "))
    }

    /// The probabilities below and above a value.
    pub fn tails(&self, x: f64) -> (f64, f64) {
        use Distribution::*;
        match *self {
            Normal { mean, sd } => normal((x - mean) / sd),
            Lognormal { mu, sigma } if x > 0.0 => normal((x.ln() - mu) / sigma),
            Uniform { min, max } => {
                let within = x.clamp(min, max);
                ((within - min) / (max - min), (max - within) / (max - min))
            }
            Exponential { rate } if x > 0.0 => falling(x * rate),
            Weibull { shape, scale } if x > 0.0 => falling((x / scale).powf(shape)),
            Gamma { shape, scale } if x > 0.0 => both(gamma_tails(shape, x / scale)),
            ChiSquare { df } if x > 0.0 => both(chi2_tails(x, df)),
            Beta { a, b } if x > 0.0 && x < 1.0 => both(ibeta(a, b, x, 1.0 - x)),
            Beta { .. } if x >= 1.0 => (1.0, 0.0),
            Lognormal { .. }
            | Exponential { .. }
            | Weibull { .. }
            | Gamma { .. }
            | ChiSquare { .. }
            | Beta { .. } => (0.0, 1.0),
            StudentT { df } => (t_cdf(x, df), t_sf(x, df)),
            Logistic { location, scale } => {
                let z = (x - location) / scale;
                (1.0 / (1.0 + (-z).exp()), 1.0 / (1.0 + z.exp()))
            }
            Laplace { location, scale } => {
                let z = (x - location) / scale;
                let small = 0.5 * (-z.abs()).exp();
                if z < 0.0 { (small, 1.0 - small) } else { (1.0 - small, small) }
            }
        }
    }
}

fn normal(z: f64) -> (f64, f64) {
    (norm_cdf(z), norm_sf(z))
}

/// The tails of an exponential with rate 1.
fn falling(x: f64) -> (f64, f64) {
    (-(-x).exp_m1(), (-x).exp())
}

fn both(tails: Tails) -> (f64, f64) {
    (tails.lower, tails.upper)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Figures of SciPy 1.17.1: the distribution functions at these points.
    #[test]
    fn tails_agree_with_scipy() {
        use Distribution::*;
        let cases = [
            (Normal { mean: 1.0, sd: 2.0 }, 2.5, 0.773_372_647_623_131_7),
            (Lognormal { mu: 0.5, sigma: 1.5 }, 3.0, 0.655_080_976_847_137_4),
            (Uniform { min: -1.0, max: 3.0 }, 0.0, 0.25),
            (Exponential { rate: 0.5 }, 3.0, 0.776_869_839_851_570_2),
            (Gamma { shape: 2.5, scale: 2.0 }, 4.0, 0.450_584_048_647_219_8),
            (Weibull { shape: 1.5, scale: 2.0 }, 1.0, 0.297_811_498_673_440_37),
            (Beta { a: 2.0, b: 3.0 }, 0.4, 0.5248),
            (ChiSquare { df: 3.0 }, 2.0, 0.427_593_295_529_120_1),
            (StudentT { df: 4.0 }, 1.0, 0.813_049_516_849_970_5),
            (Logistic { location: 0.0, scale: 2.0 }, 1.0, 0.622_459_331_201_854_6),
            (Laplace { location: 1.0, scale: 2.0 }, 0.0, 0.303_265_329_856_316_7),
        ];
        for (law, x, below) in cases {
            let (lower, upper) = law.tails(x);
            assert!((lower - below).abs() < 1e-12, "{law:?}: {lower}");
            assert!((lower + upper - 1.0).abs() < 1e-12, "{law:?}");
            assert_eq!(law.check(), Ok(()), "{law:?}");
            let ends = [law.tails(f64::NEG_INFINITY), law.tails(f64::INFINITY)];
            assert_eq!(ends, [(0.0, 1.0), (1.0, 0.0)], "{law:?}");
        }
    }

    #[test]
    fn parameters_are_checked() {
        assert!(Distribution::Normal { mean: 0.0, sd: 0.0 }.check().is_err());
        assert!(Distribution::Uniform { min: 2.0, max: 2.0 }.check().is_err());
        assert!(Distribution::Gamma { shape: f64::NAN, scale: 1.0 }.check().is_err());
        assert!(Distribution::Normal { mean: f64::INFINITY, sd: 1.0 }.check().is_err());
    }
}
