//! The laws that both sides of a simulated pair are drawn from.

use std::sync::LazyLock;

use datacheck::stats::permutation::Random;

/// What kind of values a law gives: decides which tests are asked, and what is promised of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Continuous,
    /// Numbers of which many are equal.
    Tied,
    /// Few values that stand for categories.
    Discrete,
}

/// A law to draw from.
#[derive(Clone, Copy)]
pub struct Law {
    pub name: &'static str,
    pub kind: Kind,
    pub draw: fn(&mut Random) -> f64,
}

pub const LAWS: [Law; 11] = [
    Law { name: "normal", ..continuous(normal) },
    Law { name: "lognormal 1.5", ..continuous(|random| (1.5 * normal(random)).exp()) },
    Law { name: "t3", ..continuous(student3) },
    Law { name: "uniform", ..continuous(uniform) },
    Law { name: "rounded normal", ..tied(|random| (10.0 * normal(random)).round() / 10.0) },
    Law { name: "Poisson 8", ..tied(|random| inverse(&POISSON, uniform(random))) },
    Law { name: "19 of 20 are 0", ..tied(mostly_zero) },
    Law { name: "5 levels", ..tied(|random| (5.0 * uniform(random)).floor()) },
    Law { name: "2 levels, p = 0.3", ..discrete(|random| f64::from(uniform(random) < 0.3)) },
    Law { name: "2 levels, p = 0.01", ..discrete(|random| f64::from(uniform(random) < 0.01)) },
    Law { name: "Zipf 100", ..discrete(|random| inverse(&ZIPF, uniform(random))) },
];

const fn continuous(draw: fn(&mut Random) -> f64) -> Law {
    Law { name: "", kind: Kind::Continuous, draw }
}

const fn tied(draw: fn(&mut Random) -> f64) -> Law {
    Law { kind: Kind::Tied, ..continuous(draw) }
}

const fn discrete(draw: fn(&mut Random) -> f64) -> Law {
    Law { kind: Kind::Discrete, ..continuous(draw) }
}

/// A number in (0, 1).
pub fn uniform(random: &mut Random) -> f64 {
    ((random.bits() >> 11) as f64 + 0.5) / 2f64.powi(53)
}

/// By Marsaglia's polar method.
pub fn normal(random: &mut Random) -> f64 {
    loop {
        let (x, y) = (2.0 * uniform(random) - 1.0, 2.0 * uniform(random) - 1.0);
        let square = x * x + y * y;
        if square < 1.0 {
            return x * (-2.0 * square.ln() / square).sqrt();
        }
    }
}

/// Amounts of something that hardly ever happens: all different, and all above the common 0.
fn mostly_zero(random: &mut Random) -> f64 {
    if uniform(random) < 0.95 { 0.0 } else { normal(random).exp() }
}

/// A normal over the root of a chi-square with three degrees of freedom, which is an exponential
/// and the square of a normal.
fn student3(random: &mut Random) -> f64 {
    let top = normal(random);
    let squares = -2.0 * uniform(random).ln() + normal(random).powi(2);
    top / (squares / 3.0).sqrt()
}

static POISSON: LazyLock<Vec<f64>> = LazyLock::new(|| {
    let weights = (0..60).scan((-8f64).exp(), |weight, k| {
        let own = *weight;
        *weight *= 8.0 / f64::from(k + 1);
        Some(own)
    });
    cumulative(weights.collect())
});

static ZIPF: LazyLock<Vec<f64>> =
    LazyLock::new(|| cumulative((1..=100).map(|rank| 1.0 / f64::from(rank)).collect()));

fn cumulative(weights: Vec<f64>) -> Vec<f64> {
    let total: f64 = weights.iter().sum();
    let sums = weights.iter().scan(0.0, |sum, weight| {
        *sum += weight / total;
        Some(*sum)
    });
    sums.collect()
}

fn inverse(cumulative: &[f64], u: f64) -> f64 {
    cumulative.partition_point(|share| *share < u) as f64
}
