//! Many values added to exact sums at once.
//!
//! The "large superaccumulator" of R. M. Neal (2015): mantissas are added up by exponent, in
//! integers so wide that no carry is due before some tens of thousands of values, and each of these
//! sums goes into the long number once. The result is the same to the last bit as adding one by
//! one.

use super::exact_sum::ExactSum;

/// A double has so many exponents.
const EXPONENTS: usize = 1 << 11;
/// So many squares of 106 bits fit into 127 bits.
const AT_ONCE: usize = 1 << 16;
/// Fewer values are added faster one by one than the tables are cleared.
pub const WORTH_IT: usize = 1 << 9;

/// Adds finite values and their squares.
pub fn add_floats(values: &[f64], sum: &mut ExactSum, squares: &mut ExactSum) {
    let mut sums = Sums::new();
    for values in values.chunks(AT_ONCE) {
        values.iter().for_each(|value| sums.add(*value, 1));
        sums.give(sum, squares);
    }
}

/// Adds finite values that occur so often each, and their squares.
pub fn add_counted_floats(
    values: &[f64],
    counts: &[u32],
    sum: &mut ExactSum,
    squares: &mut ExactSum,
) {
    let (mut sums, mut held) = (Sums::new(), 0);
    for (value, count) in values.iter().zip(counts) {
        let mut left = *count as usize;
        while left > 0 {
            if held == AT_ONCE {
                sums.give(sum, squares);
                held = 0;
            }
            let n = left.min(AT_ONCE - held);
            sums.add(*value, n as u64);
            (held, left) = (held + n, left - n);
        }
    }
    sums.give(sum, squares);
}

/// Sums of mantissas and of their squares, by exponent.
struct Sums(Vec<(i128, u128)>);

impl Sums {
    fn new() -> Self {
        Sums(vec![(0, 0); EXPONENTS])
    }

    /// Adds a value `n` times; after [`AT_ONCE`] of them they must be given away.
    #[inline]
    fn add(&mut self, value: f64, n: u64) {
        let bits = value.to_bits();
        let exponent = (bits >> 52) as usize & (EXPONENTS - 1);
        let mantissa = bits & ((1 << 52) - 1) | u64::from(exponent > 0) << 52;
        let signed = if value < 0.0 { -i128::from(mantissa) } else { mantissa.into() };
        let sums = &mut self.0[exponent];
        sums.0 += signed * i128::from(n);
        sums.1 += u128::from(mantissa) * u128::from(mantissa) * u128::from(n);
    }

    fn give(&mut self, sum: &mut ExactSum, squares: &mut ExactSum) {
        for (exponent, sums) in self.0.iter_mut().enumerate().filter(|(_, sums)| sums.1 > 0) {
            // Subnormal numbers have the weight of the smallest normal ones.
            let position = exponent.max(1) - 1;
            sum.add_at(sums.0 < 0, sums.0.unsigned_abs(), position);
            squares.add_at(false, sums.1, 2 * position);
            *sums = (0, 0);
        }
    }
}

/// Adds whole numbers and their squares.
pub fn add_integers(values: &[i64], sum: &mut ExactSum, squares: &mut ExactSum) {
    for values in values.chunks(AT_ONCE) {
        let total: i128 = values.iter().map(|value| i128::from(*value)).sum();
        sum.add_i128(total);
        // Squares have up to 126 bits: their halves are added up apart.
        let (mut low, mut high) = (0u128, 0u128);
        for value in values {
            let magnitude = u128::from(value.unsigned_abs());
            let square = magnitude * magnitude;
            low += square & u128::from(u64::MAX);
            high += square >> 64;
        }
        squares.add_whole(low, 0);
        squares.add_whole(high, 64);
    }
}

/// Adds whole numbers that occur so often each, and their squares.
pub fn add_counted_integers(
    values: &[i64],
    counts: &[u32],
    sum: &mut ExactSum,
    squares: &mut ExactSum,
) {
    for (values, counts) in values.chunks(AT_ONCE).zip(counts.chunks(AT_ONCE)) {
        let (mut total, mut low, mut high) = (0i128, 0u128, 0u128);
        for (value, count) in values.iter().zip(counts) {
            total += i128::from(*value) * i128::from(*count);
            let magnitude = u128::from(value.unsigned_abs());
            let (square, count) = (magnitude * magnitude, u128::from(*count));
            low += (square & u128::from(u64::MAX)) * count;
            high += (square >> 64) * count;
        }
        sum.add_i128(total);
        squares.add_whole(low, 0);
        squares.add_whole(high, 64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sums() -> [ExactSum; 2] {
        [ExactSum::new(), ExactSum::of_powers(2)]
    }

    fn same(at_once: &[ExactSum; 2], one_by_one: &[ExactSum; 2]) -> bool {
        at_once.iter().zip(one_by_one).all(|(a, b)| a.to_dyadic() == b.to_dyadic())
    }

    #[test]
    fn many_at_once_are_as_many_one_by_one() {
        let float = any::<u64>().prop_map(f64::from_bits);
        let float = float.prop_filter("finite", |value| value.is_finite());
        let float = prop_oneof![float, -1e3..1e3f64, Just(-0.0), Just(5e-324), Just(f64::MAX)];
        proptest!(|(floats in prop::collection::vec(float, 0..200))| {
            let [mut sum, mut squares] = sums();
            add_floats(&floats, &mut sum, &mut squares);
            let mut slow = sums();
            floats.iter().for_each(|value| slow.iter_mut().for_each(|sum| sum.add(*value)));
            prop_assert!(same(&[sum, squares], &slow));
            // The last value so often that sums have to be given away in between.
            let counts: Vec<u32> = (0..floats.len() as u32).rev().map(|n| n * n % 7).collect();
            let mut counts = counts;
            counts.last_mut().into_iter().for_each(|last| *last = 70_000);
            let [mut sum, mut squares] = sums();
            add_counted_floats(&floats, &counts, &mut sum, &mut squares);
            let mut slow = sums();
            let repeated = floats.iter().zip(&counts);
            repeated.for_each(|(value, n)| {
                let all = vec![*value; *n as usize];
                let [sum, squares] = &mut slow;
                add_floats(&all, sum, squares);
            });
            prop_assert!(same(&[sum, squares], &slow));
        });
        let integer = prop_oneof![any::<i64>(), -9..9i64, Just(i64::MIN), Just(i64::MAX)];
        proptest!(|(integers in prop::collection::vec(integer, 0..200))| {
            let [mut sum, mut squares] = sums();
            add_integers(&integers, &mut sum, &mut squares);
            let mut slow = sums();
            let add = |value: &i64| slow.iter_mut().for_each(|sum| sum.add_i128((*value).into()));
            integers.iter().for_each(add);
            prop_assert!(same(&[sum, squares], &slow));
            let counts: Vec<u32> = (0..integers.len() as u32).map(|n| n * n % 7).collect();
            let [mut sum, mut squares] = sums();
            add_counted_integers(&integers, &counts, &mut sum, &mut squares);
            let mut slow = sums();
            integers.iter().zip(&counts).for_each(|(value, n)| {
                (0..*n).for_each(|_| slow.iter_mut().for_each(|sum| sum.add_i128((*value).into())));
            });
            prop_assert!(same(&[sum, squares], &slow));
        });
    }
}
