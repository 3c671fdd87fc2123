//! What a test can see at which size, before any row is read.

use super::Design;
use super::noncentrality::detectable_noncentrality;
use super::power::{
    detectable_distance, detectable_rise, detectable_t, rows_for_difference, rows_for_distance,
};

/// The law by which a test's power is planned, with what it depends on beside n.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Law {
    /// Two means; the effect is the difference in standard deviations.
    Means,
    /// Two distribution functions; the effect is their largest distance.
    Distance,
    /// A table of two rows; the effect is Cramér's V.
    Categories { df: f64 },
    /// Two rates; the effect is a rise over the reference's rate.
    Rates { p: f64 },
}

/// Beyond this many rows nothing is planned.
const MOST_ROWS: u64 = 1 << 50;

impl Law {
    /// The field's name of the effect, as results call it.
    pub fn effect(self) -> &'static str {
        match self {
            Law::Means => "hedges_g",
            Law::Distance => "D",
            Law::Categories { .. } => "cramers_v",
            Law::Rates { .. } => "rate_difference",
        }
    }

    /// Rows on each side at which the effect is seen with the design's power.
    pub fn rows(self, effect: f64, design: &Design) -> Option<u64> {
        match self {
            Law::Means => rows_for_difference(effect, design),
            Law::Distance => rows_for_distance(effect, design),
            Law::Categories { df } => {
                let noncentrality = detectable_noncentrality(df, design.alpha, design.power);
                let rows = (noncentrality / (2.0 * effect * effect)).ceil();
                (rows.is_finite() && rows < MOST_ROWS as f64).then_some(rows.max(2.0) as u64)
            }
            Law::Rates { .. } => {
                let enough =
                    |n: u64| self.detectable([n, n], design).is_some_and(|seen| seen <= effect);
                let high = (1..50).map(|power| 1_u64 << power).find(|n| enough(*n))?;
                let (mut low, mut high) = (high / 2, high);
                while high - low > 1 {
                    let middle = low + (high - low) / 2;
                    *(if enough(middle) { &mut high } else { &mut low }) = middle;
                }
                Some(high)
            }
        }
    }

    /// The smallest effect that these sizes show with the design's power.
    pub fn detectable(self, n: [u64; 2], design: &Design) -> Option<f64> {
        match self {
            Law::Means => detectable_t(&n, design),
            Law::Distance => detectable_distance(n[0], n[1], design),
            Law::Categories { df } => {
                let noncentrality = detectable_noncentrality(df, design.alpha, design.power);
                let v = (noncentrality / (n[0] + n[1]) as f64).sqrt();
                (v < 1.0).then_some(v)
            }
            Law::Rates { p } => detectable_rise(p, n[0], n[1], design),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Tail;
    use super::*;

    const DESIGN: Design = Design { tail: Tail::TwoSided, alpha: 0.01, power: 0.9, margin: None };

    // Law: the planned rows show the effect, and a tenth fewer do not.
    #[test]
    fn planned_rows_are_enough_and_no_more() {
        let laws = [Law::Means, Law::Distance, Law::Categories { df: 4.0 }, Law::Rates { p: 0.3 }];
        for law in laws {
            for effect in [0.02, 0.1, 0.3] {
                let rows = law.rows(effect, &DESIGN).expect("a size");
                let seen = law.detectable([rows, rows], &DESIGN).expect("an effect");
                assert!(seen <= effect * (1.0 + 1e-9), "{law:?}: {rows} rows see {seen}");
                let fewer = rows * 9 / 10;
                let seen = law.detectable([fewer, fewer], &DESIGN).unwrap_or(1.0);
                assert!(seen > effect, "{law:?}: {fewer} rows see {seen} already");
            }
        }
        assert_eq!(Law::Means.rows(0.2, &Design { alpha: 0.05, power: 0.8, ..DESIGN }), Some(394));
    }
}
