//! The law of a quadratic form in the gap of two distribution functions, given the ties.
//!
//! At the ends h₁ < h₂ < … of the groups of equal values the scaled gap is a Brownian bridge in the
//! limit, whose precision matrix has three diagonals; the forms of Cramér and von Mises and of
//! Anderson and Darling have three as well. So the determinant of P - 2 s A costs one pass over the
//! groups, and the tail is a contour integral of its root: right for two levels as for a continuum,
//! and with all its digits far out.

use std::f64::consts::PI;

use super::ecdf::{COARSE, Comparison};

/// The shares of the pooled groups of equal values, in order; where they are many, small ones are
/// joined with their neighbours.
pub fn group_shares(samples: &Comparison) -> Vec<f64> {
    let total = (samples.n + samples.m) as f64;
    let share = |size: u64| size as f64 / total;
    match &samples.groups {
        Some(groups) if groups.len() as u64 <= COARSE => {
            groups.iter().map(|(x, y)| share(u64::from(*x) + u64::from(*y))).collect()
        }
        _ => samples.coarse.iter().map(|size| share(*size)).collect(),
    }
}

/// A complex number, as far as it is needed here.
#[derive(Clone, Copy, Debug)]
struct Complex {
    re: f64,
    im: f64,
}

impl Complex {
    fn times(self, other: Complex) -> Complex {
        Complex {
            re: self.re * other.re - self.im * other.im,
            im: self.re * other.im + self.im * other.re,
        }
    }

    fn over(self, other: Complex) -> Complex {
        let size = other.re * other.re + other.im * other.im;
        let up = self.times(Complex { re: other.re, im: -other.im });
        Complex { re: up.re / size, im: up.im / size }
    }

    fn minus(self, other: Complex) -> Complex {
        Complex { re: self.re - other.re, im: self.im - other.im }
    }

    fn scaled(self, by: f64) -> Complex {
        Complex { re: self.re * by, im: self.im * by }
    }

    /// The logarithm, its angle in (-π, π].
    fn ln(self) -> Complex {
        Complex { re: self.re.hypot(self.im).ln(), im: self.im.atan2(self.re) }
    }
}

/// A product of numbers with angles in (-π, 0]: what is left of it after so many half turns and
/// after the logarithm of a size was taken out.
struct Turning {
    rest: Complex,
    half_turns: u32,
    ln_size: f64,
}

impl Turning {
    const ONE: Turning =
        Turning { rest: Complex { re: 1.0, im: 0.0 }, half_turns: 0, ln_size: 0.0 };

    /// The angle of what is left stays in (-π, 0].
    fn times(&mut self, factor: Complex) {
        let product = self.rest.times(factor);
        // Two such angles add up to one above -2 π: it went beyond -π where it comes out above 0.
        let turned = product.im > 0.0 || (product.im == 0.0 && product.re < 0.0);
        self.half_turns += u32::from(turned);
        self.rest = if turned { product.scaled(-1.0) } else { product };
        let size = self.rest.re.abs() + self.rest.im.abs();
        if !(1e-100..1e100).contains(&size) {
            self.rest = self.rest.scaled(1.0 / size);
            self.ln_size += size.ln();
        }
    }

    fn ln(self) -> Complex {
        let rest = self.rest.ln();
        Complex { re: rest.re + self.ln_size, im: rest.im - PI * f64::from(self.half_turns) }
    }
}

/// A form in the bridge at the inner ends of groups: diagonals and the entries beside them.
#[derive(Clone, Debug)]
pub struct BridgeForm {
    precision: Vec<[f64; 2]>,
    form: Vec<[f64; 2]>,
}

impl BridgeForm {
    /// Cramér and von Mises: each value counts the squared gap at the end of its group.
    pub fn squared_gap(shares: &[f64]) -> Self {
        let form = shares.iter().map(|share| [*share, 0.0]).collect();
        BridgeForm::new(shares, form)
    }

    /// Anderson and Darling with midranks: each value counts the square of the gap in the middle of
    /// its group, over its variance.
    pub fn weighted_gap(shares: &[f64]) -> Self {
        let mut form = vec![[0.0; 2]; shares.len()];
        let mut end = 0.0;
        for (place, share) in shares.iter().enumerate() {
            let middle = end + share / 2.0;
            end += share;
            // The middle is the mean of the gaps at both ends.
            let quarter = share / (middle * (1.0 - middle) - share / 4.0) / 4.0;
            form[place][0] += quarter;
            if place > 0 {
                form[place - 1][0] += quarter;
                form[place - 1][1] += quarter;
            }
        }
        BridgeForm::new(shares, form)
    }

    /// The last group ends where the bridge is 0 and takes no part.
    fn new(shares: &[f64], mut form: Vec<[f64; 2]>) -> Self {
        let neighbours = shares.windows(2);
        let precision: Vec<[f64; 2]> =
            neighbours.map(|pair| [1.0 / pair[0] + 1.0 / pair[1], -1.0 / pair[1]]).collect();
        form.truncate(precision.len());
        BridgeForm { precision, form }
    }

    /// Logarithm of det(P - 2 s A), by elimination from the first to the last. Every pivot must
    /// have an angle in (-π, 0]: angles are then added up without a logarithm for each, which would
    /// cost five times as much.
    fn ln_determinant(&self, s: Complex) -> Complex {
        let mut carried = Complex { re: 0.0, im: 0.0 };
        let mut product = Turning::ONE;
        for (precision, form) in self.precision.iter().zip(&self.form) {
            let entry = |place: usize| {
                let change = s.scaled(2.0 * form[place]);
                Complex { re: precision[place] - change.re, im: -change.im }
            };
            let pivot = entry(0).minus(carried);
            let beside = entry(1);
            carried = beside.times(beside).over(pivot);
            product.times(pivot);
        }
        product.ln()
    }

    /// Whether s lies below the first singularity: all pivots are positive.
    fn is_regular(&self, s: f64) -> bool {
        let mut carried = 0.0;
        self.precision.iter().zip(&self.form).all(|(precision, form)| {
            let pivot = precision[0] - 2.0 * s * form[0] - carried;
            let beside = precision[1] - 2.0 * s * form[1];
            carried = beside * beside / pivot;
            pivot > 0.0
        })
    }

    /// The first singularity, one over twice the largest weight.
    fn edge(&self) -> f64 {
        let mut high = 1.0;
        while self.is_regular(high) && high < 1e12 {
            high *= 2.0;
        }
        let mut low = 0.0;
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            *(if self.is_regular(middle) { &mut low } else { &mut high }) = middle;
        }
        low
    }

    /// Logarithm of the chance that the form exceeds `x`.
    ///
    /// The inverse Laplace integral of det^(-1/2) e^(-s x) / s along a ray that leaves the real
    /// axis between 0 and the first singularity and falls off as e^(-s x); the nodes are those of
    /// the double exponential rule. On the ray every pivot keeps an angle in (-π, 0], so that the
    /// sum of principal logarithms is the continuous one.
    pub fn ln_sf(&self, x: f64) -> f64 {
        if self.precision.is_empty() || x <= 0.0 {
            return 0.0;
        }
        let edge = self.edge();
        // Where the integrand is smallest on the axis: near the edge far out, halfway in the body.
        let start = edge * (1.0 - 1.0 / (2.0 + x * edge));
        let zero = self.ln_determinant(Complex { re: 0.0, im: 0.0 }).re;
        let height = |s: Complex| {
            let ln = self.ln_determinant(s);
            Complex { re: -0.5 * (ln.re - zero) - s.re * x, im: -0.5 * ln.im - s.im * x }
        };
        let base = height(Complex { re: start, im: 0.0 }).re;
        let direction = Complex { re: 0.5, im: 0.75f64.sqrt() };
        let scale = (1.0 / x).min(edge);
        let step = 0.05;
        let mut sum = 0.0;
        for node in -130..=200 {
            let t = f64::from(node) * step;
            let y = scale * (t - (-t).exp()).exp();
            let weight = y * (1.0 + (-t).exp()) * step;
            let s = Complex { re: start + direction.re * y, im: direction.im * y };
            let at = height(s);
            let size = (at.re - base).exp();
            let value = Complex { re: size * at.im.cos(), im: size * at.im.sin() };
            sum += value.over(s).times(direction).im * weight;
        }
        ((sum / PI).ln() + base).min(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::anderson_darling;
    use super::super::cramer_von_mises;
    use super::super::special::chi2_ln_sf;
    use super::*;

    // Two levels leave one squared normal: the form is chi-square with one degree of freedom.
    #[test]
    fn two_levels_are_chi_square() {
        for share in [0.5, 0.3, 0.01] {
            let gap = BridgeForm::squared_gap(&[share, 1.0 - share]);
            let weighted = BridgeForm::weighted_gap(&[share, 1.0 - share]);
            for x in [0.02, 0.5, 3.84, 30.0, 900.0] {
                let truth = chi2_ln_sf(x, 1.0);
                let unit = share * share * (1.0 - share);
                let close = |ln: f64| (ln - truth).abs() < 1e-8 * truth.abs().max(1.0);
                assert!(close(gap.ln_sf(x * unit)), "{share} {x} {}", gap.ln_sf(x * unit));
                assert!(close(weighted.ln_sf(x)), "{share} {x} {}", weighted.ln_sf(x));
            }
        }
    }

    // A thousand groups are nearly a continuum.
    #[test]
    fn many_groups_meet_the_limits() {
        let shares = vec![1e-3; 1000];
        for (x, p) in [(0.347_30, 0.1), (0.461_36, 0.05), (0.743_46, 0.01)] {
            let found = BridgeForm::squared_gap(&shares).ln_sf(x).exp();
            assert!((found / p - 1.0).abs() < 0.01, "{x}: {found}");
            let limit = cramer_von_mises::limit_ln_sf(x).exp();
            assert!((found / limit - 1.0).abs() < 0.01);
        }
        for x in [1.0, 2.492, 3.878, 12.0] {
            let found = BridgeForm::weighted_gap(&shares).ln_sf(x);
            let limit = anderson_darling::limit_ln_sf(x);
            assert!((found - limit).abs() < 0.03 * limit.abs().max(0.3), "{x}: {found} {limit}");
        }
    }

    // Law: the tail falls from 1 to nothing without a jump.
    #[test]
    fn the_tail_falls() {
        let form = BridgeForm::weighted_gap(&[0.6, 0.1, 0.1, 0.15, 0.05]);
        let tails: Vec<f64> = (1..400).map(|i| form.ln_sf(f64::from(i) * 0.1)).collect();
        assert!(tails.windows(2).all(|pair| pair[1] < pair[0]), "{tails:?}");
        assert!(form.ln_sf(1e-4).exp() > 0.999 && form.ln_sf(2000.0) < -900.0);
    }
}
