//! Values that differ from one side to the other by a known effect.

use datacheck::stats::permutation::Random;
use datacheck::stats::special::bisect;

use crate::laws::{normal, uniform};

/// The data shifted and scaled, the reference standard normal.
pub fn normals([n, m]: [usize; 2], shift: f64, scale: f64, random: &mut Random) -> [Vec<f64>; 2] {
    let data = (0..n).map(|_| shift + scale * normal(random)).collect();
    [data, (0..m).map(|_| normal(random)).collect()]
}

/// Events as the value 0: the reference has them at a rate, the data more often.
pub fn rates([n, m]: [usize; 2], rate: f64, rise: f64, random: &mut Random) -> [Vec<f64>; 2] {
    [(n, rate + rise), (m, rate)]
        .map(|(n, rate)| (0..n).map(|_| f64::from(uniform(random) >= rate)).collect())
}

/// Categories whose shares differ by this V: one has gained what all others have lost.
pub fn shares(
    sizes: [usize; 2],
    of_reference: &[f64],
    v: f64,
    random: &mut Random,
) -> [Vec<f64>; 2] {
    let [n, m] = sizes.map(|n| n as f64);
    let moved = |by: f64| {
        let rest = (1.0 - of_reference[0] - by) / (1.0 - of_reference[0]);
        let mut shares: Vec<f64> = of_reference.iter().map(|share| share * rest).collect();
        shares[0] = of_reference[0] + by;
        shares
    };
    let squared = |by: f64| -> f64 {
        let each = moved(by).into_iter().zip(of_reference).map(|(p, q)| {
            let together = (n * p + m * q) / (n + m);
            if together > 0.0 { (p - q) * (p - q) / together } else { 0.0 }
        });
        each.sum::<f64>() * n * m / (n + m).powi(2)
    };
    let by = bisect(0.0, 1.0 - of_reference[0], |by| squared(by) - v * v);
    let mut draw = |n: usize, shares: &[f64]| -> Vec<f64> {
        let one = |random: &mut Random| {
            let mut left = uniform(random);
            let place = shares.iter().position(|share| {
                left -= share;
                left < 0.0
            });
            place.unwrap_or(shares.len() - 1) as f64
        };
        (0..n).map(|_| one(random)).collect()
    };
    [draw(sizes[0], &moved(by)), draw(sizes[1], of_reference)]
}

/// Normal pairs with one correlation in the data and another in the reference.
pub fn pairs(sizes: [usize; 2], own: f64, other: f64, random: &mut Random) -> [Vec<(f64, f64)>; 2] {
    let mut side = |n: usize, r: f64| -> Vec<(f64, f64)> {
        let pair = |random: &mut Random| {
            let (x, error) = (normal(random), normal(random));
            (x, r * x + (1.0 - r * r).sqrt() * error)
        };
        (0..n).map(|_| pair(random)).collect()
    };
    [side(sizes[0], own), side(sizes[1], other)]
}

/// Gamma values of this skewness, by squeeze and rejection (Marsaglia and Tsang 2000); below shape
/// 1 a larger one is damped by a power of a uniform.
pub fn gamma(n: usize, skewness: f64, random: &mut Random) -> Vec<f64> {
    let shape = 4.0 / (skewness * skewness);
    let raised = if shape < 1.0 { shape + 1.0 } else { shape };
    let d = raised - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    let one = |random: &mut Random| loop {
        let x = normal(random);
        let v = (1.0 + c * x).powi(3);
        if v > 0.0 && uniform(random).ln() < 0.5 * x * x + d - d * v + d * v.ln() {
            let damp = if shape < 1.0 { uniform(random).powf(1.0 / shape) } else { 1.0 };
            return d * v * damp;
        }
    };
    (0..n).map(|_| one(random)).collect()
}
