//! Sums without rounding error, the same bits for any order, chunking or number of threads.
//!
//! A small superaccumulator (R. M. Neal, "Fast exact summation using small and large
//! superaccumulators", 2015): the sum is one long fixed-point number in 32-bit limbs, each held in
//! 64 bits so that carries wait. Powers of the values are added as whole numbers, so nothing over-
//! or underflows.

use super::dyadic::{Dyadic, parts};

/// Weight of the lowest bit of the smallest double, as a power of two.
const LOWEST: i64 = 1074;

/// Bits of the largest double above the lowest one, and room for the carries of 2^64 values.
const BITS: usize = 2098;
const ROOM: usize = 128;

/// Additions after which a limb might overflow.
const PATIENCE: u32 = 1 << 30;

/// The exact sum of the k-th powers of values.
#[derive(Clone, Debug)]
pub struct ExactSum {
    limbs: Vec<i64>,
    power: u32,
    waiting: u32,
}

impl Default for ExactSum {
    fn default() -> Self {
        ExactSum::of_powers(1)
    }
}

impl ExactSum {
    /// An empty sum of values.
    pub fn new() -> Self {
        ExactSum::default()
    }

    /// An empty sum of k-th powers, k from 1 to 4.
    pub fn of_powers(power: u32) -> Self {
        let power = power.clamp(1, 4);
        let length = (BITS * power as usize + ROOM).div_ceil(32) + 2;
        ExactSum { limbs: vec![0; length], power, waiting: 0 }
    }

    /// Adds the power of a finite value; anything else is ignored.
    #[inline]
    pub fn add(&mut self, value: f64) {
        let Some((mantissa, exponent)) = parts(value) else { return };
        let position = (i64::from(exponent) + LOWEST) as usize * self.power as usize;
        let negative = value < 0.0 && self.power % 2 == 1;
        match self.power {
            1 => self.add_words(negative, &[mantissa], position),
            2 => {
                let square = u128::from(mantissa) * u128::from(mantissa);
                self.add_words(negative, &[square as u64, (square >> 64) as u64], position);
            }
            _ => self.add_power(negative, mantissa.into(), position),
        }
    }

    /// Adds the power of a whole number, exactly.
    pub fn add_i128(&mut self, value: i128) {
        let negative = value < 0 && self.power % 2 == 1;
        let position = (LOWEST * i64::from(self.power)) as usize;
        self.add_power(negative, value.unsigned_abs(), position);
    }

    /// Adds a multiple of the smallest double's power, at a bit position: what many values of one
    /// exponent came to.
    pub(super) fn add_at(&mut self, negative: bool, magnitude: u128, position: usize) {
        self.add_words(negative, &[magnitude as u64, (magnitude >> 64) as u64], position);
    }

    /// Adds a whole number that is already a power, times a power of two.
    pub(super) fn add_whole(&mut self, magnitude: u128, shift: usize) {
        self.add_at(false, magnitude, LOWEST as usize * self.power as usize + shift);
    }

    /// Adds what another sum of the same powers holds.
    pub fn merge(&mut self, other: &ExactSum) {
        debug_assert_eq!(self.power, other.power, "sums of different powers");
        let mut other = other.clone();
        other.carry();
        self.carry();
        self.limbs.iter_mut().zip(&other.limbs).for_each(|(own, limb)| *own += limb);
        self.waiting += 1;
    }

    /// The sum itself.
    pub fn to_dyadic(&self) -> Dyadic {
        let mut copy = self.clone();
        copy.carry();
        let negative = copy.limbs.last().is_some_and(|limb| *limb < 0);
        if negative {
            copy.limbs.iter_mut().for_each(|limb| *limb = -*limb);
            copy.carry();
        }
        let digits = copy.limbs.iter().map(|limb| *limb as u32).collect();
        Dyadic::new(negative, digits, -LOWEST * i64::from(self.power))
    }

    /// The nearest double to the sum.
    pub fn to_f64(&self) -> f64 {
        self.to_dyadic().to_f64()
    }

    fn add_power(&mut self, negative: bool, magnitude: u128, position: usize) {
        let mut words = [0u64; 8];
        words[0] = magnitude as u64;
        words[1] = (magnitude >> 64) as u64;
        for _ in 1..self.power {
            words = times(words, magnitude);
        }
        let length = words.iter().rposition(|word| *word != 0).map_or(0, |last| last + 1);
        self.add_words(negative, &words[..length], position);
    }

    /// Adds a little-endian number at a bit position.
    #[inline]
    fn add_words(&mut self, negative: bool, words: &[u64], position: usize) {
        let sign = if negative { -1 } else { 1 };
        let (first, shift) = (position / 32, position % 32);
        let mut carry = 0u64;
        let mut limbs = self.limbs[first..].iter_mut();
        for word in words {
            for half in [word & 0xffff_ffff, word >> 32] {
                let value = (half << shift) | carry;
                if let Some(limb) = limbs.next() {
                    *limb += sign * (value & 0xffff_ffff) as i64;
                }
                carry = value >> 32;
            }
        }
        if let Some(limb) = limbs.next() {
            *limb += sign * carry as i64;
        }
        self.waiting += 1;
        if self.waiting >= PATIENCE {
            self.carry();
        }
    }

    /// Brings all limbs but the last into 0 .. 2^32.
    fn carry(&mut self) {
        let mut carry = 0i64;
        let last = self.limbs.len() - 1;
        for limb in &mut self.limbs[..last] {
            let value = *limb + carry;
            *limb = value & 0xffff_ffff;
            carry = value >> 32;
        }
        self.limbs[last] += carry;
        self.waiting = 1;
    }
}

/// The low 512 bits of a product.
fn times(words: [u64; 8], factor: u128) -> [u64; 8] {
    let mut product = [0u64; 8];
    for (offset, digit) in [factor as u64, (factor >> 64) as u64].into_iter().enumerate() {
        let mut carry = 0u128;
        for i in 0..8 - offset {
            let sum =
                u128::from(words[i]) * u128::from(digit) + u128::from(product[i + offset]) + carry;
            product[i + offset] = sum as u64;
            carry = sum >> 64;
        }
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(values: &[f64]) -> f64 {
        let mut sum = ExactSum::new();
        values.iter().for_each(|x| sum.add(*x));
        sum.to_f64()
    }

    #[test]
    fn nothing_is_lost() {
        assert_eq!(sum(&[]), 0.0);
        assert_eq!(sum(&[1e100, 1.0, -1e100]), 1.0);
        assert_eq!(sum(&[0.1; 10]), 1.0);
        assert_eq!(sum(&[5e-324, 1e308, 5e-324, -1e308]), 1e-323);
        assert_eq!(sum(&[f64::MAX, f64::MAX, -f64::MAX]), f64::MAX);
        assert_eq!(sum(&[f64::MAX, f64::MAX]), f64::INFINITY);
        assert_eq!(sum(&[-1.0, -2.5]), -3.5);
    }

    #[test]
    fn powers_are_exact() {
        for (power, value) in [(2, 3f64), (3, -1.5), (4, -1.5), (2, 1e-170), (4, 1e80)] {
            let mut sum = ExactSum::of_powers(power);
            sum.add(value);
            let exact = (1..power).fold(Dyadic::from_f64(value), |product, _| {
                product.times(&Dyadic::from_f64(value))
            });
            assert_eq!(sum.to_dyadic(), exact);
        }
    }

    #[test]
    fn whole_numbers_keep_all_digits() {
        let large = i128::MAX;
        for power in 1..=4 {
            let mut whole = ExactSum::of_powers(power);
            [large, -large + 1, large, -7].iter().for_each(|v| whole.add_i128(*v));
            let mut parted = ExactSum::of_powers(power);
            [-7, large].iter().for_each(|v| parted.add_i128(*v));
            let mut rest = ExactSum::of_powers(power);
            [large, -large + 1].iter().for_each(|v| rest.add_i128(*v));
            parted.merge(&rest);
            assert_eq!(whole.to_dyadic(), parted.to_dyadic());
        }
        let mut sum = ExactSum::new();
        [large, -large, 9_007_199_254_740_993].iter().for_each(|v| sum.add_i128(*v));
        assert_eq!(sum.to_dyadic(), Dyadic::from_u64(9_007_199_254_740_993));
    }
}
