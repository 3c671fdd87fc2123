//! Both sides of one simulated comparison, reduced as the tests want them.

use datacheck::stats::binning;
use datacheck::stats::contingency::Contingency;
use datacheck::stats::ecdf::{Comparison, Real, compare};
use datacheck::stats::moments::{Moments, Summary};
use datacheck::stats::permutation::Random;
use datacheck::stats::proportion::{Rate, TwoRates};

use crate::laws::Law;

/// Two samples of one law.
pub struct Pair {
    /// In the order in which they were drawn, data first.
    pub drawn: [Vec<f64>; 2],
    pub sorted: [Vec<f64>; 2],
    pub both: Comparison,
    pub summaries: [Summary; 2],
}

impl Pair {
    /// Both sides from one law; the number of the run decides every digit.
    pub fn draw(law: &Law, sizes: [usize; 2], number: u64) -> Pair {
        let mut random = Random::new(20_240_601, number);
        Pair::of(sizes.map(|n| (0..n).map(|_| (law.draw)(&mut random)).collect()))
    }

    pub fn of(drawn: [Vec<f64>; 2]) -> Pair {
        let mut sorted = drawn.clone();
        sorted.iter_mut().for_each(|side| side.sort_unstable_by(f64::total_cmp));
        let [data, reference] = &sorted;
        let both = compare(&reals(data), &reals(reference));
        let summaries = [data, reference].map(|side| shape(side));
        Pair { drawn, sorted, both, summaries }
    }

    pub fn sides(&self) -> [&[f64]; 2] {
        [&self.sorted[0], &self.sorted[1]]
    }

    /// Each value a category of its own.
    pub fn categories(&self) -> Contingency {
        let [data, reference] = &self.drawn;
        let one = |value: &f64| format!("{value}");
        let data = data.iter().map(|value| (one(value), 1, 0));
        Contingency::new(data.chain(reference.iter().map(|value| (one(value), 0, 1))))
    }

    /// Counts between the reference's deciles, or of each value.
    pub fn counts(&self, binned: bool) -> [Vec<u64>; 2] {
        if !binned {
            let categories = self.categories();
            return [categories.data(), categories.reference()];
        }
        let edges = binning::quantile_edges(&self.sorted[1], 10).unwrap_or_default();
        [0, 1].map(|side| binning::count_right_closed(&self.sorted[side], &edges))
    }

    /// The share of the value 0 on both sides.
    pub fn rates(&self) -> Option<TwoRates> {
        let rate = |side: &[f64]| {
            let zeros = side.iter().filter(|value| **value == 0.0).count() as u64;
            Rate::new(zeros, side.len() as u64).ok()
        };
        Some(TwoRates { data: rate(&self.drawn[0])?, reference: rate(&self.drawn[1])? })
    }
}

fn reals(side: &[f64]) -> Vec<Real> {
    side.iter().copied().filter_map(Real::new).collect()
}

/// Moments with skewness and kurtosis.
pub fn shape(values: &[f64]) -> Summary {
    let mut moments = Moments::with_shape();
    moments.push_slice(values);
    moments.finish()
}
