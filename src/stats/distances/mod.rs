//! Distances between two lists of counts over the same categories.
//!
//! A distance is no p-value: it has a size, and beside it the size that pure sampling noise gives
//! at these sample sizes ([`null_law`]). Categories are aligned by name before they come here
//! ([`super::contingency::Contingency::align`]); continuous values are binned first
//! ([`super::binning`]).

mod divided;
mod null_law;
mod shares;

use std::f64::consts::LN_2;

use super::relative_entropy::{Compensated, excess_entropy};
use super::{PValue, Undefined};
use null_law::NullLaw;
use shares::{Share, Shares};

/// Which distance; `p` are the shares of the data, `q` those of the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Kullback-Leibler divergence of the data from the reference, sum p ln(p/q).
    Kl,
    /// Kullback-Leibler divergence of the reference from the data, sum q ln(q/p).
    KlReverse,
    /// Population stability index, sum (p - q) ln(p/q): the sum of both divergences (Jeffreys
    /// 1946).
    Psi,
    /// Jensen-Shannon divergence: mean divergence of both sides from their middle (Lin 1991).
    JsDivergence,
    /// Jensen-Shannon distance, the square root of the divergence: a metric (Endres & Schindelin
    /// 2003).
    Js,
    /// Hellinger distance, sqrt(sum (sqrt p - sqrt q)² / 2).
    Hellinger,
    /// Total variation, half the sum of |p - q|: the largest difference over all sets of
    /// categories.
    TotalVariation,
    /// Sum of |p - q|.
    L1,
    /// Largest |p - q| of one category.
    LInfinity,
    /// Triangular discrimination, sum (p - q)² / (p + q) (Topsøe 2000).
    ChiSquare,
}

impl Measure {
    /// The name by which reports call it.
    pub fn name(self) -> &'static str {
        match self {
            Measure::Kl => "kl_divergence",
            Measure::KlReverse => "kl_divergence_reverse",
            Measure::Psi => "psi",
            Measure::JsDivergence => "js_divergence",
            Measure::Js => "js_distance",
            Measure::Hellinger => "hellinger",
            Measure::TotalVariation => "total_variation",
            Measure::L1 => "l1",
            Measure::LInfinity => "l_infinity",
            Measure::ChiSquare => "chi2_distance",
        }
    }

    /// The largest value it can take, infinite where an empty category makes it so.
    pub fn max(self) -> f64 {
        match self {
            Measure::Kl | Measure::KlReverse | Measure::Psi => f64::INFINITY,
            Measure::JsDivergence => LN_2,
            Measure::Js => LN_2.sqrt(),
            Measure::Hellinger | Measure::TotalVariation | Measure::LInfinity => 1.0,
            Measure::L1 | Measure::ChiSquare => 2.0,
        }
    }

    /// What turns nats into bits; nothing for a distance that knows no logarithm.
    fn bits(self) -> Option<f64> {
        match self {
            Measure::Kl | Measure::KlReverse | Measure::Psi | Measure::JsDivergence => Some(LN_2),
            Measure::Js => Some(LN_2.sqrt()),
            _ => None,
        }
    }

    /// What a category's term tends to over the square of the difference of its shares, times its
    /// share: the multiple of a chi-square that the sum is in the limit. Nothing of those that are
    /// no squares.
    fn curvature(self) -> Option<f64> {
        match self {
            Measure::Psi => Some(1.0),
            Measure::Kl | Measure::KlReverse | Measure::ChiSquare => Some(0.5),
            Measure::JsDivergence | Measure::Js | Measure::Hellinger => Some(0.125),
            Measure::L1 | Measure::TotalVariation | Measure::LInfinity => None,
        }
    }

    /// Whether the distance is the root of a sum.
    fn is_root(self) -> bool {
        matches!(self, Measure::Js | Measure::Hellinger)
    }

    /// Of one category, before [`Measure::finish`].
    fn term(self, share: Share) -> f64 {
        let Share { p, q, difference } = share;
        match self {
            Measure::Kl => divergence(q, difference, p),
            Measure::KlReverse => divergence(p, -difference, q),
            Measure::Psi => divergence(q, difference, p) + divergence(p, -difference, q),
            Measure::JsDivergence | Measure::Js => {
                let d = difference / (p + q);
                (p + q) / 4.0 * (excess_entropy(d) + excess_entropy(-d))
            }
            Measure::Hellinger => {
                let d = difference / (p.sqrt() + q.sqrt());
                d * d / 2.0
            }
            Measure::TotalVariation => difference.abs() / 2.0,
            Measure::L1 | Measure::LInfinity => difference.abs(),
            Measure::ChiSquare => difference * (difference / (p + q)),
        }
    }

    /// From the terms of all categories.
    fn finish(self, terms: impl Iterator<Item = f64>) -> f64 {
        let value = match self {
            Measure::LInfinity => terms.fold(0.0, f64::max),
            _ => terms.collect::<Compensated>().value(),
        };
        let value = if self.is_root() { value.sqrt() } else { value };
        value.min(self.max())
    }
}

/// The term p ln(p/q) of a divergence, plus q - p, which sums to nothing over all categories.
fn divergence(q: f64, difference: f64, p: f64) -> f64 {
    match (p > 0.0, q > 0.0) {
        (_, true) => q * excess_entropy(difference / q),
        (true, false) => f64::INFINITY,
        (false, false) => 0.0,
    }
}

/// What to do about categories that one side has not seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Zeros {
    /// Nothing: divergences become infinite.
    Keep,
    /// Half a count to every category on both sides, (count + 1/2) / (n + K/2): finite, symmetric
    /// and calibrated. The prior of Jeffreys.
    AddHalf,
    /// Raises each share to at least this much, not renormalised, as other tools do. For comparison
    /// only.
    Floor(f64),
}

/// How far two lists of counts are apart, and how far chance alone would put them.
#[derive(Clone, Debug, PartialEq)]
pub struct Distance {
    /// The field's name of the distance.
    pub name: &'static str,
    pub measure: Measure,
    /// In nats where the distance is an entropy.
    pub value: f64,
    /// The value that sampling noise gives on average at these sizes, with no difference at all.
    pub noise_mean: f64,
    /// The value that sampling noise exceeds once in twenty times.
    pub noise_p95: f64,
    /// The chance of a value at least this large under pure noise, where its law is known.
    pub p: Option<PValue>,
    /// How the noise was computed, in words.
    pub method: &'static str,
    /// Counts on each side: the data first, then the reference.
    pub n: [u128; 2],
    /// Categories that at least one side has seen.
    pub categories: usize,
    law: NullLaw,
}

impl Distance {
    /// The same in bits; nothing for a distance that knows no logarithm.
    pub fn bits(&self) -> Option<Distance> {
        let unit = self.measure.bits()?;
        Some(Distance {
            value: self.value / unit,
            noise_mean: self.noise_mean / unit,
            noise_p95: self.noise_p95 / unit,
            ..self.clone()
        })
    }

    /// The distance in nats that a test at `alpha` would see with probability `power` at these
    /// sizes.
    pub fn detectable(&self, alpha: f64, power: f64) -> Option<f64> {
        let value = self.law.detectable(alpha, power)?;
        Some(value.min(self.measure.max()))
    }
}

/// Any distance with any treatment of unseen categories.
pub fn distance(
    measure: Measure,
    data: &[u64],
    reference: &[u64],
    zeros: Zeros,
) -> Result<Distance, Undefined> {
    let shares = Shares::new(data, reference)?;
    let mut value = measure.finish(shares.iter(zeros).map(|share| measure.term(share)));
    if let (Zeros::Floor(_), Measure::Kl | Measure::KlReverse) = (zeros, measure) {
        // Floored shares do not sum to one, so that the q - p of each term is to be taken out
        // again.
        let surplus = shares.iter(zeros).map(|share| share.difference).collect::<Compensated>();
        value += if measure == Measure::Kl { surplus.value() } else { -surplus.value() };
    }
    let law = NullLaw::new(measure, &shares, data.len(), zeros);
    Ok(Distance {
        name: measure.name(),
        measure,
        value,
        noise_mean: law.mean().min(measure.max()),
        noise_p95: law.quantile(0.05).min(measure.max()),
        p: law.p(value),
        method: law.method(),
        n: [shares.n(), shares.m()],
        categories: shares.n_seen(),
        law,
    })
}

/// Kullback-Leibler divergence of the data from the reference, half a count added to each category.
pub fn kl(data: &[u64], reference: &[u64]) -> Result<Distance, Undefined> {
    distance(Measure::Kl, data, reference, Zeros::AddHalf)
}

/// Population stability index, half a count added to each category.
pub fn psi(data: &[u64], reference: &[u64]) -> Result<Distance, Undefined> {
    distance(Measure::Psi, data, reference, Zeros::AddHalf)
}

/// Jensen-Shannon divergence in nats.
pub fn js_divergence(data: &[u64], reference: &[u64]) -> Result<Distance, Undefined> {
    distance(Measure::JsDivergence, data, reference, Zeros::Keep)
}

/// Jensen-Shannon distance, the square root of the divergence in nats.
pub fn js(data: &[u64], reference: &[u64]) -> Result<Distance, Undefined> {
    distance(Measure::Js, data, reference, Zeros::Keep)
}

/// Hellinger distance.
pub fn hellinger(data: &[u64], reference: &[u64]) -> Result<Distance, Undefined> {
    distance(Measure::Hellinger, data, reference, Zeros::Keep)
}

/// Total variation.
pub fn total_variation(data: &[u64], reference: &[u64]) -> Result<Distance, Undefined> {
    distance(Measure::TotalVariation, data, reference, Zeros::Keep)
}

/// Sum of the absolute differences of the shares.
pub fn l1(data: &[u64], reference: &[u64]) -> Result<Distance, Undefined> {
    distance(Measure::L1, data, reference, Zeros::Keep)
}

/// Largest absolute difference of one share.
pub fn l_infinity(data: &[u64], reference: &[u64]) -> Result<Distance, Undefined> {
    distance(Measure::LInfinity, data, reference, Zeros::Keep)
}

/// Triangular discrimination, sum (p - q)² / (p + q).
pub fn chi2_distance(data: &[u64], reference: &[u64]) -> Result<Distance, Undefined> {
    distance(Measure::ChiSquare, data, reference, Zeros::Keep)
}

/// Bhattacharyya coefficient, sum sqrt(p q): 1 for equal shares, 0 for nothing in common.
pub fn bhattacharyya_coefficient(data: &[u64], reference: &[u64]) -> Result<f64, Undefined> {
    let shares = Shares::new(data, reference)?;
    let terms = shares.iter(Zeros::Keep).map(|share| (share.p * share.q).sqrt());
    Ok(terms.collect::<Compensated>().value().min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEASURES: [Measure; 10] = [
        Measure::Kl,
        Measure::KlReverse,
        Measure::Psi,
        Measure::JsDivergence,
        Measure::Js,
        Measure::Hellinger,
        Measure::TotalVariation,
        Measure::L1,
        Measure::LInfinity,
        Measure::ChiSquare,
    ];

    fn value(measure: Measure, data: &[u64], reference: &[u64], zeros: Zeros) -> f64 {
        distance(measure, data, reference, zeros).expect("counts on both sides").value
    }

    // Law: never negative, within bounds, zero for equal shares, symmetric except for KL.
    #[test]
    fn distances_are_distances() {
        let cases: [(&[u64], &[u64]); 4] = [
            (&[1, 2, 3], &[3, 2, 1]),
            (&[0, 5, 5], &[10, 0, 3]),
            (&[7, 0], &[0, 9]),
            (&[u64::MAX / 4, 5], &[u64::MAX / 4, 9]),
        ];
        for measure in MEASURES {
            for (data, reference) in cases {
                for zeros in [Zeros::Keep, Zeros::AddHalf] {
                    let there = value(measure, data, reference, zeros);
                    let back = value(measure, reference, data, zeros);
                    assert!(there > 0.0 && there <= measure.max(), "{measure:?} {there}");
                    let symmetric = !matches!(measure, Measure::Kl | Measure::KlReverse);
                    let close = there == back || (there - back).abs() <= 1e-14 * there;
                    assert!(!symmetric || close, "{measure:?} {there} {back}");
                }
            }
            assert_eq!(value(measure, &[3, 4, 5], &[30, 40, 50], Zeros::Keep), 0.0);
        }
    }

    #[test]
    fn a_drift_of_1e_9_keeps_its_digits() {
        let (n, shift) = (1_000_000_000_000_000_u64, 1_000_000);
        let (data, reference) = ([n + shift, n - shift], [n, n]);
        let d = 1e-9_f64;
        let close = |measure, want: f64| {
            let got = value(measure, &data, &reference, Zeros::Keep);
            assert!((got - want).abs() < 1e-13 * want, "{measure:?} {got} {want}");
        };
        close(Measure::Kl, d * d / 2.0);
        close(Measure::Psi, d * d);
        close(Measure::JsDivergence, d * d / 8.0);
        close(Measure::Hellinger, (d * d / 8.0).sqrt());
        close(Measure::TotalVariation, d / 2.0);
    }

    #[test]
    fn an_unseen_category_is_infinite_only_when_zeros_are_kept() {
        assert_eq!(value(Measure::Psi, &[1, 0], &[1, 1], Zeros::Keep), f64::INFINITY);
        assert!(psi(&[1, 0], &[1, 1]).expect("counts on both sides").value.is_finite());
        assert_eq!(value(Measure::KlReverse, &[1, 1], &[1, 0], Zeros::Keep), LN_2);
    }

    #[test]
    fn empty_sides_and_lengths_that_differ_have_no_distance() {
        assert_eq!(js(&[0, 0], &[1, 2]), Err(Undefined::TooFew { needed: 1, got: 0 }));
        assert!(js(&[1], &[1, 2]).is_err());
    }
}
