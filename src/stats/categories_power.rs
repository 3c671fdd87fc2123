//! What the tests of a table of two rows see: the V of a category that has become more common.
//!
//! V alone does not fix their power where the sides differ in size: the data's shares vary as the
//! data's own law says, not as the pooled shares do. The alternative is therefore named: one of
//! equally common categories has grown at the cost of all others alike.

use super::Design;
use super::power::harmonic;
use super::shift_power::quadratic_sf;
use super::special::{bisect, chi2_isf};

/// Rows of each category on each side below which categories are pooled before they are judged.
const POOLED_BELOW: u64 = 5;

/// The V that sizes of data and reference show with the design's power; `None` where no growth is
/// seen, and where even equally common categories would be pooled.
pub fn detectable([n, m]: [u64; 2], categories: u64, design: &Design) -> Option<f64> {
    let few = n.min(m) < categories.saturating_mul(POOLED_BELOW);
    if categories < 2 || few || !(design.power > design.alpha && design.power < 1.0) {
        return None;
    }
    let critical = chi2_isf(design.alpha, categories as f64 - 1.0);
    let alternative = Alternative { n, m, categories: categories as f64 };
    let most = 1.0 - 1.0 / categories as f64;
    let lacking = |growth: f64| alternative.power(growth, critical) - design.power;
    // Looked for from below: far beyond what is seen the law costs much and says nothing.
    let mut high = most.min(harmonic(n, m).powf(-0.5));
    while lacking(high) < 0.0 {
        if high >= most {
            return None;
        }
        high = most.min(2.0 * high);
    }
    let growth = bisect(0.0, high, lacking);
    Some((alternative.noncentrality(growth) / (n as f64 + m as f64)).sqrt())
}

/// V of a table of two categories whose first one has these shares.
pub fn v_of_shares([n, m]: [u64; 2], [p, q]: [f64; 2]) -> f64 {
    let all = n as f64 + m as f64;
    let together = (n as f64 * p + m as f64 * q) / all;
    (harmonic(n, m) / all * (p - q) * (p - q) / (together * (1.0 - together))).sqrt()
}

struct Alternative {
    n: u64,
    m: u64,
    categories: f64,
}

impl Alternative {
    /// The shares of the grown category and of each other one, in the data, in the reference, and
    /// together.
    fn shares(&self, growth: f64) -> [[f64; 3]; 2] {
        let (n, m) = (self.n as f64, self.m as f64);
        let before = 1.0 / self.categories;
        let grown = before + growth;
        let rest = ((1.0 - grown) / (self.categories - 1.0)).max(0.0);
        [grown, rest].map(|now| [now, before, (n * now + m * before) / (n + m)])
    }

    fn noncentrality(&self, growth: f64) -> f64 {
        let [[.., together], _] = self.shares(growth);
        harmonic(self.n, self.m) * growth * growth / (together * (1.0 - together))
    }

    /// The chance that X² exceeds its critical value. It is a noncentral square along the grown
    /// category against the others, and squares among those, each with a variance of its own.
    fn power(&self, growth: f64, critical: f64) -> f64 {
        let (n, m) = (self.n as f64, self.m as f64);
        let size = harmonic(self.n, self.m);
        let [[now, before, together], [rest_now, rest_before, rest]] = self.shares(growth);
        let spread = |p: f64| p * (1.0 - p);
        let along = size * (spread(now) / n + spread(before) / m) / spread(together);
        let among = size * (rest_now / n + rest_before / m) / rest;
        let shift = self.noncentrality(growth);
        let cumulant = |k: usize| {
            let (power, order) = (k as i32, k as f64);
            along.powi(power)
                + order * along.powi(power - 1) * shift
                + among.powi(power) * (self.categories - 2.0)
        };
        quadratic_sf(critical, std::array::from_fn(|k| cumulant(k + 1)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Tail;
    use super::super::noncentrality::detectable_noncentrality;
    use super::*;

    const DESIGN: Design = Design { tail: Tail::TwoSided, alpha: 0.05, power: 0.8, margin: None };

    // Law: of many rows the noncentral chi-square is the law.
    #[test]
    fn many_rows_are_noncentral() {
        for (categories, n, m) in [(2, 1_000_000, 1_000_000), (5, 10_000_000, 400_000)] {
            let found = detectable([n, m], categories, &DESIGN).expect("many rows");
            let lambda = detectable_noncentrality(categories as f64 - 1.0, 0.05, 0.8);
            let limit = (lambda / (n + m) as f64).sqrt();
            assert!((found / limit - 1.0).abs() < 0.01, "{categories}: {found} {limit}");
        }
    }

    #[test]
    fn few_rows_promise_nothing() {
        assert_eq!(detectable([20, 20], 5, &DESIGN), None);
        assert_eq!(detectable([1000, 1000], 1, &DESIGN), None);
        assert!(detectable([25, 25], 5, &DESIGN).is_some_and(|v| v > 0.4 && v < 0.6));
        let of = |p, q| v_of_shares([100, 300], [p, q]);
        assert!(of(0.3, 0.3) == 0.0 && of(0.5, 0.3) > 0.17 && of(0.5, 0.3) < 0.19);
    }
}
