//! Permutation tests: the data's own rearrangements as the null law.
//!
//! All of them where they are few, otherwise random ones from a generator that is keyed by seed and
//! number of the rearrangement, so that the order of work does not matter.

use super::p_values::{Sides, doubled, smaller};
use super::{PValue, Undefined};

/// Assignments up to which all are enumerated.
const EXACT_MOST: f64 = 2e5;

/// A permutation test of the difference of two means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PermutationTest {
    /// Mean of the data minus mean of the reference.
    pub statistic: f64,
    /// How many assignments were looked at.
    pub n_permutations: u64,
    pub exact: bool,
    pub p_less: PValue,
    pub p_greater: PValue,
    /// Differences at least as large in size.
    pub p_two_sided: PValue,
    /// Twice the smaller one-sided p-value.
    pub p_doubled: PValue,
}

/// The difference of means under all assignments of the pooled values, or `resamples` random ones
/// with p = (hits + 1) / (resamples + 1).
pub fn mean_difference(
    x: &[f64],
    y: &[f64],
    seed: u64,
    resamples: u64,
) -> Result<PermutationTest, Undefined> {
    let smallest = x.len().min(y.len());
    if smallest < 1 {
        return Err(Undefined::TooFew { needed: 1, got: 0 });
    }
    if x.iter().chain(y).any(|value| !value.is_finite()) {
        return Err(Undefined::Infinite);
    }
    let (n, m) = (x.len() as f64, y.len() as f64);
    // Deviations from the pooled mean: both means then follow from one sum.
    let pooled = [x, y].concat();
    let first = pooled[0];
    let centre = pooled.iter().map(|value| (value - first) / (n + m)).sum::<f64>();
    let values: Vec<f64> = pooled.iter().map(|value| (value - first) - centre).collect();
    let observed: f64 = values[..x.len()].iter().sum();
    // What rounding leaves of two equal sums.
    let slack = 1e-13 * values.iter().map(|value| value.abs()).sum::<f64>();
    let mut hits = Hits::default();
    let mut look = |sum: f64| hits.count(sum, observed, slack);
    let exact = choose(pooled.len(), smallest) <= EXACT_MOST;
    if exact {
        enumerate(&values, x.len(), 0.0, &mut look);
    } else {
        for draw in 0..resamples {
            look(random_sum(&values, x.len(), seed, draw));
        }
    }
    let own = u64::from(!exact);
    let share = |count: u64| PValue::new((count + own) as f64 / (hits.all + own) as f64);
    let (p_less, p_greater) = (share(hits.less), share(hits.greater));
    Ok(PermutationTest {
        statistic: observed / n + observed / m,
        n_permutations: hits.all,
        exact,
        p_less,
        p_greater,
        p_two_sided: share(hits.far),
        p_doubled: doubled(smaller(p_less, p_greater)),
    })
}

#[derive(Default)]
struct Hits {
    less: u64,
    greater: u64,
    far: u64,
    all: u64,
}

impl Hits {
    fn count(&mut self, sum: f64, observed: f64, slack: f64) {
        self.less += u64::from(sum <= observed + slack);
        self.greater += u64::from(sum >= observed - slack);
        self.far += u64::from(sum.abs() >= observed.abs() - slack);
        self.all += 1;
    }
}

/// The sums of all subsets of this size.
fn enumerate(values: &[f64], size: usize, sum: f64, look: &mut impl FnMut(f64)) {
    if size == 0 {
        return look(sum);
    }
    for i in 0..=values.len() - size {
        enumerate(&values[i + 1..], size - 1, sum + values[i], look);
    }
}

fn choose(n: usize, k: usize) -> f64 {
    (0..k).map(|i| (n - i) as f64 / (i + 1) as f64).product()
}

/// The sum of a random subset, by the first steps of a Fisher-Yates shuffle.
fn random_sum(values: &[f64], size: usize, seed: u64, draw: u64) -> f64 {
    let mut random = Random::new(seed, draw);
    let mut shuffled = values.to_vec();
    for i in 0..size {
        let other = i + random.below((values.len() - i) as u64) as usize;
        shuffled.swap(i, other);
    }
    shuffled[..size].iter().sum()
}

/// Any statistic of two samples under random assignments; p-values are (hits + 1) / (resamples +
/// 1), two-sided is twice the smaller one.
pub fn permutation_test(
    x: &[f64],
    y: &[f64],
    statistic: impl Fn(&[f64], &[f64]) -> f64,
    seed: u64,
    resamples: u64,
) -> Sides {
    let observed = statistic(x, y);
    let pooled = [x, y].concat();
    let (mut less, mut greater) = (1_u64, 1_u64);
    for draw in 0..resamples {
        let mut random = Random::new(seed, draw);
        let mut shuffled = pooled.clone();
        for i in 0..x.len() {
            let other = i + random.below((pooled.len() - i) as u64) as usize;
            shuffled.swap(i, other);
        }
        let value = statistic(&shuffled[..x.len()], &shuffled[x.len()..]);
        less += u64::from(value <= observed);
        greater += u64::from(value >= observed);
    }
    let share = |count: u64| PValue::new(count as f64 / (resamples + 1) as f64);
    let (less, greater) = (share(less), share(greater));
    Sides { two_sided: doubled(smaller(less, greater)), less, greater }
}

/// Random numbers keyed by a seed and a counter: each draw starts anew, whoever draws it
/// (splitmix64, Steele, Lea & Flood 2014).
#[derive(Clone, Copy, Debug)]
pub struct Random {
    state: u64,
}

impl Random {
    /// The stream of one draw.
    pub fn new(seed: u64, draw: u64) -> Self {
        let mut random = Random { state: seed };
        let key = random.bits();
        Random { state: key ^ draw.wrapping_mul(0xD134_2543_DE82_EF95) }
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`, all equally likely (Lemire 2019).
    pub fn below(&mut self, bound: u64) -> u64 {
        let bound = bound.max(1);
        loop {
            let product = u128::from(self.bits()) * u128::from(bound);
            if product as u64 >= bound.wrapping_neg() % bound {
                return (product >> 64) as u64;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_answers_lie_near_the_exact_one() {
        let (x, y) = ([1.0, 4.0, 2.5, 7.0, 3.0], [2.0, 6.0, 8.0, 9.5, 5.0]);
        let exact = mean_difference(&x, &y, 0, 0).expect("values on both sides");
        assert!(exact.exact && exact.n_permutations == 252);
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let random = permutation_test(&x, &y, |x, y| mean(x) - mean(y), 7, 20_000);
        assert!((random.less.value - exact.p_less.value).abs() < 0.01);
    }

    // Law: the same seed gives the same answer, and p is never 0.
    #[test]
    fn seeds_decide() {
        let x: Vec<f64> = (0..40).map(f64::from).collect();
        let y: Vec<f64> = (1000..1040).map(f64::from).collect();
        let run = |seed| mean_difference(&x, &y, seed, 500).expect("values on both sides");
        assert_eq!(run(1), run(1));
        assert!(!run(1).exact && run(1).p_two_sided.value > 0.0);
        assert!(mean_difference(&[], &[1.0], 1, 10).is_err());
    }

    #[test]
    fn bounded_numbers_are_even() {
        let mut counts = [0; 6];
        let mut random = Random::new(3, 5);
        (0..60_000).for_each(|_| counts[random.below(6) as usize] += 1);
        assert!(counts.iter().all(|count| (9_500..10_500).contains(count)), "{counts:?}");
    }
}
