//! What the tests of whole distributions see of a shift of normal values.
//!
//! D alone does not fix their power: it depends on where and how widely two distribution functions
//! lie apart. The alternative is therefore named, a shift, in whose limit the scaled difference of
//! the functions is a Brownian bridge plus λ s(u), with s the normal density over its peak and λ =
//! D √(nm / (n + m)).

use super::anderson_darling;
use super::cramer_von_mises;
use super::noncentrality::detectable_noncentrality;
use super::power::harmonic;
use super::special::{bisect, chi2_tails, kolmogorov_isf, ncx2_sf, norm_cdf, norm_isf};
use super::{Design, Tail};

/// A test of whole distributions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whole {
    KolmogorovSmirnov,
    CramerVonMises,
    AndersonDarling,
    Energy,
    EppsSingleton,
}

impl Whole {
    /// The D of a shift that these sizes show with the design's power; `None` where no shift is
    /// large enough.
    ///
    /// `attained` is the level that a discrete law really has at the design's alpha, 0 where it can
    /// never alarm; it also carries the correction for D being a maximum over steps.
    pub fn detectable(self, n: u64, m: u64, attained: f64, design: &Design) -> Option<f64> {
        if n == 0 || m == 0 || design.power <= 0.0 || attained <= 0.0 {
            return None;
        }
        let size = harmonic(n, m);
        let alpha = attained.clamp(1e-300, design.alpha);
        let seen = match self {
            Whole::KolmogorovSmirnov => {
                kolmogorov(critical(alpha, design.tail), size, design.power)
            }
            Whole::EppsSingleton => epps_singleton(n, m, alpha, design.power),
            Whole::Energy => widened(self.quadratic(alpha, design.power)? / size.sqrt(), [n, m]),
            _ => self.quadratic(alpha, design.power)? / size.sqrt(),
        };
        (seen > 0.0 && seen < 1.0).then_some(seen)
    }

    /// The λ at which a quadratic statistic exceeds its critical value with this probability.
    fn quadratic(self, alpha: f64, power: f64) -> Option<f64> {
        let [null, shift] = self.cumulants();
        let upper = |value: f64, lambda: f64| {
            let each = |k: usize| null[k] + (k + 1) as f64 * lambda * lambda * shift[k];
            quadratic_sf(value, std::array::from_fn(each))
        };
        let far = null[0] * 40.0 * (1.0 - alpha.ln());
        let beyond = |ln_sf: fn(f64) -> f64| bisect(0.0, far, |value| ln_sf(value) - alpha.ln());
        let critical = match self {
            Whole::CramerVonMises => beyond(cramer_von_mises::limit_ln_sf),
            Whole::AndersonDarling => beyond(anderson_darling::limit_ln_sf),
            _ => critical_energy(alpha),
        };
        let lambda = bisect(0.0, 200.0, |lambda| upper(critical, lambda) - power);
        lambda.is_finite().then_some(lambda)
    }

    /// The first four cumulants of the statistic's limit, over 2^(k-1) (k-1)!: traces of the powers
    /// of its covariance, and the forms of s in the powers before. Found by quadrature over 3001
    /// points.
    fn cumulants(self) -> [[f64; 4]; 2] {
        match self {
            Whole::AndersonDarling => [
                [1.0, 0.289_868_13, 0.130_396_57, 0.063_328_398],
                [3.019_309, 1.501_517, 0.750_126_82, 0.375_012_76],
            ],
            Whole::Energy => [
                [0.564_189_58, 0.100_315_02, 0.027_173_564, 0.007_886_734_8],
                [1.772_453_9, 0.523_599_98, 0.155_515_52, 0.046_224_81],
            ],
            _ => [
                [0.166_666_67, 0.011_111_111, 0.001_058_201_1, 0.000_105_820_11],
                [0.577_350_27, 0.058_070_03, 0.005_879_386_4, 0.000_595_660_45],
            ],
        }
    }
}

/// The critical value of the integral of a squared bridge of standard normal values, for alpha up
/// to
/// 0.1: fitted to its tail (the inverse Laplace integral of [`super::bridge_form`] over 160 steps)
/// down to 1e-6, right to two parts in a thousand.
fn critical_energy(alpha: f64) -> f64 {
    let ln = -alpha.min(0.5).ln();
    ((0.9972 * ln - 0.5 * ln.ln() - 0.0115) / 1.681_45).max(0.3)
}

/// The gap of a large shift is wider than the density whose shape it has in the limit, by the
/// factor √(1 + shift²/12) of its deviation; a hundredth more is what simulation leaves (3000 pairs
/// of 20 + 20, 30 + 300 and 200 + 200 values).
///
/// Relabelled rows have the deviation of both sides together, which a shift widens most where the
/// sides are of one size.
fn widened(gap: f64, [n, m]: [u64; 2]) -> f64 {
    let square = shift_of_gap(gap.min(0.99)).powi(2);
    let share = n as f64 / (n as f64 + m as f64);
    let narrower = 1.0 + square / 2.0 * (0.25 - share * (1.0 - share));
    gap / narrower / (1.0 + square / 48.0) / 1.01
}

/// The same of a test whose law is continuous enough to attain its alpha.
pub fn detectable(test: Whole, [n, m]: [u64; 2], design: &Design) -> Option<f64> {
    test.detectable(n, m, design.alpha, design)
}

/// The critical value of the scaled D at a level.
pub fn critical(alpha: f64, tail: Tail) -> f64 {
    match tail {
        Tail::TwoSided => kolmogorov_isf(alpha),
        Tail::Less | Tail::Greater => (-0.5 * alpha.ln()).max(0.0).sqrt(),
    }
}

/// The D that Kolmogorov's statistic shows beyond a critical value, at an effective size.
///
/// At the peak alone the normal law would want c + z/2. The maximum over the neighbourhood gains
/// what the polynomial says, which was fitted to boundary crossing probabilities of the bridge with
/// s (integrated over 160 steps) for alpha from 1e-10 to 0.3 and power from 0.5 to 0.99; it is
/// right to 0.002. The spread at the peak shrinks with D.
pub fn kolmogorov(critical: f64, size: f64, power: f64) -> f64 {
    let z = norm_isf(1.0 - power);
    let ln = critical.max(0.5).ln();
    let gain = 0.495_68 + 0.046_82 * z + 0.002_34 * z * z - (0.152_42 + 0.014_71 * z) * ln
        + 0.020_45 * ln * ln;
    bisect(0.0, 1.0, |seen| {
        let spread = (1.0 - seen * seen).sqrt();
        seen * size.sqrt() - (critical + 0.5 * z * spread - gain)
    })
}

/// The upper tail of a sum of weighted noncentral chi-squares with these cumulants (Liu, Tang and
/// Zhang 2009: a noncentral chi-square of the same skewness, and of the nearest kurtosis).
pub fn quadratic_sf(value: f64, [c1, c2, c3, c4]: [f64; 4]) -> f64 {
    let (skewness, kurtosis) = (c3 / c2.powf(1.5), c4 / (c2 * c2));
    let rest = skewness * skewness - kurtosis;
    let (a, noncentrality) = if rest > 0.0 {
        let a = 1.0 / (skewness - rest.sqrt());
        (a, skewness * a.powi(3) - a * a)
    } else {
        (1.0 / skewness, 0.0)
    };
    let df = a * a - 2.0 * noncentrality;
    let x = (value - c1) / c2.sqrt() * a + df + noncentrality;
    if noncentrality > 0.0 {
        ncx2_sf(x.max(0.0), df, noncentrality)
    } else {
        chi2_tails(x.max(0.0), df).upper
    }
}

/// The D at which W has the noncentrality that is seen: for normal values only the sines move.
fn epps_singleton(n: u64, m: u64, alpha: f64, power: f64) -> f64 {
    // Half the interquartile range of a standard normal.
    let unit = norm_isf(0.25);
    let [a, b] = super::epps_singleton::POINTS.map(|point| point / unit);
    let damped = |t: f64| (-0.5 * t * t).exp();
    let covariance = |s: f64, t: f64| 0.5 * (damped(s - t) - damped(s + t));
    let (aa, ab, bb) = (covariance(a, a), covariance(a, b), covariance(b, b));
    let (slope_a, slope_b) = (a * damped(a), b * damped(b));
    let form = (bb * slope_a * slope_a - 2.0 * ab * slope_a * slope_b + aa * slope_b * slope_b)
        / (aa * bb - ab * ab);
    let wanted = detectable_noncentrality(4.0, alpha, power);
    let noncentrality = match super::epps_singleton::is_unbalanced(n, m) {
        false => wanted / super::epps_singleton::small_sample_correction(n as f64, m as f64),
        // The covariance of all values holds the shift as well; the second factor is what a
        // simulation of 30 against 300 values leaves (3000 pairs).
        true => {
            let (all, few) = ((n + m) as f64, n.min(m) as f64);
            wanted / (1.0 - (wanted / all).min(0.9)) * (1.0 + 1.1 / few)
        }
    };
    gap_of_shift((noncentrality / form / harmonic(n, m)).sqrt())
}

/// The largest gap of two normal distribution functions, shifted by so many standard deviations.
pub fn gap_of_shift(shift: f64) -> f64 {
    norm_cdf(shift / 2.0) - norm_cdf(-shift / 2.0)
}

/// The shift in standard deviations behind a D.
pub fn shift_of_gap(d: f64) -> f64 {
    2.0 * norm_isf((1.0 - d) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::super::special::norm_pdf;
    use super::*;

    const DESIGN: Design = Design { tail: Tail::TwoSided, alpha: 0.05, power: 0.8, margin: None };

    // Simulated with the exact critical values: 100 + 100 and 30 + 300 values, 6000 pairs each.
    #[test]
    fn small_samples_show_what_simulation_shows() {
        let of = |n, m, attained| {
            Whole::KolmogorovSmirnov.detectable(n, m, attained, &DESIGN).expect("a shift")
        };
        assert!((of(100, 100, 0.0364) - 0.190).abs() < 0.002);
        assert!((of(30, 300, 0.0469) - 0.247).abs() < 0.002);
        assert!((of(10, 10, 0.0123) - 0.649).abs() < 0.005);
    }

    // The t-test sees a shift of 2.8 standard errors; none of these can see a smaller one.
    #[test]
    fn no_test_of_everything_beats_the_test_of_means() {
        let size = harmonic(1_000_000, 1_000_000).sqrt();
        let least = (norm_isf(0.025) + norm_isf(0.2)) * norm_pdf(0.0) / size;
        use Whole::*;
        for test in [KolmogorovSmirnov, CramerVonMises, AndersonDarling, Energy, EppsSingleton] {
            let seen = test.detectable(1_000_000, 1_000_000, 0.05, &DESIGN).expect("a shift");
            assert!(seen > least && seen < 1.3 * least, "{test:?}: {seen} {least}");
            assert!(test.detectable(2, 2, 0.0, &DESIGN).is_none());
        }
        assert!((shift_of_gap(gap_of_shift(0.7)) - 0.7).abs() < 1e-12);
    }

    // Anderson's points of the limit law.
    #[test]
    fn quadratic_tails_are_near_the_published_ones() {
        let cumulants = Whole::CramerVonMises.cumulants()[0];
        for (value, p) in [(0.461_36, 0.05), (0.743_46, 0.01)] {
            assert!((quadratic_sf(value, cumulants) / p - 1.0).abs() < 0.05);
        }
    }
}
