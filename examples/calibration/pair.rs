//! Both sides of one simulated comparison, reduced as the tests want them, and only where one asks.

use std::cell::OnceCell;

use datacheck::stats::binning;
use datacheck::stats::contingency::Contingency;
use datacheck::stats::ecdf::{Comparison, Real, compare};
use datacheck::stats::moments::{Moments, Summary};
use datacheck::stats::permutation::Random;
use datacheck::stats::proportion::{Rate, TwoRates};

use crate::laws::{Law, normal};

/// Rows with two values.
pub type Rows = Vec<(f64, f64)>;

/// Two samples of one law.
pub struct Pair {
    /// In the order in which they were drawn, data first.
    pub drawn: [Vec<f64>; 2],
    sorted: OnceCell<[Vec<f64>; 2]>,
    both: OnceCell<Comparison>,
    summaries: OnceCell<[Summary; 2]>,
    categories: OnceCell<Contingency>,
    companions: OnceCell<[Rows; 2]>,
}

impl Pair {
    /// Both sides from one law; the number of the run decides every digit.
    pub fn draw(law: &Law, sizes: [usize; 2], number: u64) -> Pair {
        let mut random = Random::new(20_240_601, number);
        Pair::of(sizes.map(|n| (0..n).map(|_| (law.draw)(&mut random)).collect()))
    }

    pub fn of(drawn: [Vec<f64>; 2]) -> Pair {
        Pair {
            drawn,
            sorted: OnceCell::new(),
            both: OnceCell::new(),
            summaries: OnceCell::new(),
            categories: OnceCell::new(),
            companions: OnceCell::new(),
        }
    }

    /// Each side in ascending order.
    pub fn sorted(&self) -> &[Vec<f64>; 2] {
        self.sorted.get_or_init(|| {
            let mut sorted = self.drawn.clone();
            sorted.iter_mut().for_each(|side| side.sort_unstable_by(f64::total_cmp));
            sorted
        })
    }

    pub fn sides(&self) -> [&[f64]; 2] {
        let [data, reference] = self.sorted();
        [data, reference]
    }

    /// What every test of order asks.
    pub fn both(&self) -> &Comparison {
        self.both.get_or_init(|| {
            let [data, reference] = self.sorted().each_ref().map(|side| reals(side));
            compare(&data, &reference)
        })
    }

    /// Moments with skewness and kurtosis.
    pub fn summaries(&self) -> &[Summary; 2] {
        self.summaries.get_or_init(|| self.drawn.each_ref().map(|side| shape(side)))
    }

    /// Each value a category of its own.
    pub fn categories(&self) -> &Contingency {
        self.categories.get_or_init(|| {
            let groups = self.both().groups.iter().flatten().enumerate();
            Contingency::new(
                groups.map(|(place, (a, b))| (format!("{place:04}"), (*a).into(), (*b).into())),
            )
        })
    }

    /// Counts between the reference's deciles, or of each value.
    pub fn counts(&self, binned: bool) -> [Vec<u64>; 2] {
        if !binned {
            return [self.categories().data(), self.categories().reference()];
        }
        let edges = binning::quantile_edges(&self.sorted()[1], 10).unwrap_or_default();
        self.sorted().each_ref().map(|side| binning::count_right_closed(side, &edges))
    }

    /// The share of the value 0 on both sides.
    pub fn rates(&self) -> Option<TwoRates> {
        let rate = |side: &[f64]| {
            let zeros = side.iter().filter(|value| **value == 0.0).count() as u64;
            Rate::new(zeros, side.len() as u64).ok()
        };
        Some(TwoRates { data: rate(&self.drawn[0])?, reference: rate(&self.drawn[1])? })
    }

    /// The data, and the reference in two halves.
    pub fn groups(&self) -> [Vec<f64>; 3] {
        let (a, b) = self.drawn[1].split_at(self.drawn[1].len() / 2);
        [self.drawn[0].clone(), a.to_vec(), b.to_vec()]
    }

    /// Each value beside another that depends on it, the same on both sides: its logarithm with a
    /// normal error.
    pub fn companions(&self) -> &[Rows; 2] {
        self.companions.get_or_init(|| {
            let seed = self.drawn[0].first().map_or(0, |value| value.to_bits());
            let mut random = Random::new(7, seed);
            let mut other = |x: f64| x.abs().ln_1p() * x.signum() + normal(&mut random);
            self.drawn.each_ref().map(|side| side.iter().map(|x| (*x, other(*x))).collect())
        })
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
