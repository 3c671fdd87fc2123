//! Exact binary numbers of any length: what the exact sums are finished with.
//!
//! Owns just the arithmetic that moments need, and rounds once, at the end.

/// A number `± digits · 2^exponent`, kept exactly.
#[derive(Clone, Debug, Default)]
pub struct Dyadic {
    negative: bool,
    /// Little-endian, no zero at the top; empty is zero.
    digits: Vec<u32>,
    exponent: i64,
}

impl PartialEq for Dyadic {
    fn eq(&self, other: &Dyadic) -> bool {
        self.minus(other).is_zero()
    }
}

impl Dyadic {
    /// From sign, little-endian digits and the weight of the lowest bit.
    pub fn new(negative: bool, digits: Vec<u32>, exponent: i64) -> Self {
        Dyadic { negative, digits, exponent }.trimmed()
    }

    /// A whole number.
    pub fn from_u64(value: u64) -> Self {
        Dyadic::new(false, vec![value as u32, (value >> 32) as u32], 0)
    }

    /// A finite double, exactly; zero for anything else.
    pub fn from_f64(value: f64) -> Self {
        let Some((mantissa, exponent)) = parts(value) else { return Dyadic::default() };
        let digits = vec![mantissa as u32, (mantissa >> 32) as u32];
        Dyadic::new(value < 0.0, digits, exponent.into())
    }

    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// Removes zero digits at both ends.
    fn trimmed(mut self) -> Self {
        while self.digits.last() == Some(&0) {
            self.digits.pop();
        }
        let low = self.digits.iter().take_while(|digit| **digit == 0).count();
        self.digits.drain(..low);
        self.exponent += 32 * low as i64;
        if self.digits.is_empty() {
            return Dyadic::default();
        }
        self
    }

    /// The sum.
    pub fn plus(&self, other: &Dyadic) -> Dyadic {
        if self.is_zero() || other.is_zero() {
            return if self.is_zero() { other.clone() } else { self.clone() };
        }
        let exponent = self.exponent.min(other.exponent);
        let (a, b) = (self.digits_at(exponent), other.digits_at(exponent));
        if self.negative == other.negative {
            return Dyadic::new(self.negative, add(&a, &b), exponent);
        }
        if compare(&a, &b).is_ge() {
            Dyadic::new(self.negative, subtract(&a, &b), exponent)
        } else {
            Dyadic::new(other.negative, subtract(&b, &a), exponent)
        }
    }

    /// The difference.
    pub fn minus(&self, other: &Dyadic) -> Dyadic {
        self.plus(&Dyadic { negative: !other.negative, ..other.clone() })
    }

    /// The product.
    pub fn times(&self, other: &Dyadic) -> Dyadic {
        let mut digits = vec![0u32; self.digits.len() + other.digits.len()];
        for (i, a) in self.digits.iter().enumerate() {
            let mut carry = 0u64;
            for (j, b) in other.digits.iter().enumerate() {
                let sum = u64::from(digits[i + j]) + u64::from(*a) * u64::from(*b) + carry;
                digits[i + j] = sum as u32;
                carry = sum >> 32;
            }
            digits[i + other.digits.len()] = carry as u32;
        }
        Dyadic::new(self.negative != other.negative, digits, self.exponent + other.exponent)
    }

    /// The product with a power of two.
    pub fn times_power_of_two(&self, exponent: i64) -> Dyadic {
        Dyadic { exponent: self.exponent + exponent, ..self.clone() }
    }

    /// The product with a whole number.
    pub fn times_u64(&self, factor: u64) -> Dyadic {
        self.times(&Dyadic::from_u64(factor))
    }

    /// The value as an integer, if it is one of at most 127 bits and a sign.
    pub fn to_i128(&self) -> Option<i128> {
        if self.is_zero() {
            return Some(0);
        }
        // Bits behind the point; the lowest digit is not zero, so that it shows whether all are.
        let behind = u32::try_from(-self.exponent).unwrap_or(0);
        let (lowest, higher) = self.digits.split_first()?;
        if lowest.trailing_zeros() < behind {
            return None;
        }
        let mut size = 0u128;
        for digit in higher.iter().rev() {
            size = size.checked_mul(1 << 32)?.checked_add(u128::from(*digit))?;
        }
        size = size.checked_mul(1 << (32 - behind))?.checked_add(u128::from(lowest >> behind))?;
        let unit = 1u128.checked_shl(u32::try_from(self.exponent).unwrap_or(0))?;
        let size = size.checked_mul(unit)?;
        let size = i128::try_from(size).ok()?;
        Some(if self.negative { -size } else { size })
    }

    /// The nearest double.
    pub fn to_f64(&self) -> f64 {
        self.over(&[]).to_f64()
    }

    /// The quotient by a product of whole numbers, rounded once to 64 bits with a sticky last bit.
    pub fn over(&self, divisors: &[u64]) -> Scaled {
        if self.is_zero() || divisors.contains(&0) {
            return Scaled::default();
        }
        // Enough low zeros that the quotient keeps more than 64 bits.
        let padding = 2 * divisors.len() + 3;
        let mut digits = vec![0u32; padding];
        digits.extend_from_slice(&self.digits);
        let mut sticky = false;
        for divisor in divisors {
            let mut rest = 0u128;
            for digit in digits.iter_mut().rev() {
                let value = (rest << 32) | u128::from(*digit);
                *digit = (value / u128::from(*divisor)) as u32;
                rest = value % u128::from(*divisor);
            }
            sticky |= rest != 0;
        }
        while digits.last() == Some(&0) {
            digits.pop();
        }
        let exponent = self.exponent - 32 * padding as i64;
        Scaled::from_digits(self.negative, &digits, exponent, sticky)
    }

    /// Digits with the lowest bit at `exponent`, which is not above its own.
    fn digits_at(&self, exponent: i64) -> Vec<u32> {
        let shift = (self.exponent - exponent) as usize;
        let (whole, bits) = (shift / 32, shift % 32);
        let mut digits = vec![0u32; whole];
        let mut carry = 0u64;
        for digit in &self.digits {
            let value = (u64::from(*digit) << bits) | carry;
            digits.push(value as u32);
            carry = value >> 32;
        }
        digits.push(carry as u32);
        digits
    }
}

/// A rounded number of unlimited exponent: 64 bits with the top one set, times `2^exponent`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scaled {
    negative: bool,
    top: u64,
    exponent: i64,
}

impl Scaled {
    fn from_digits(negative: bool, digits: &[u32], exponent: i64, sticky: bool) -> Scaled {
        let at = |back: usize| digits.len().checked_sub(back).map_or(0, |i| digits[i]);
        let window = (u128::from(at(1)) << 64) | (u128::from(at(2)) << 32) | u128::from(at(3));
        let bits = 128 - window.leading_zeros();
        let (shift, below) = (bits.saturating_sub(64), digits.len().saturating_sub(3));
        let lost = window & ((1u128 << shift) - 1) != 0 || digits[..below].iter().any(|d| *d != 0);
        let mut top = (window >> shift) as u64;
        let mut exponent = exponent + 32 * (digits.len() as i64 - 3) + i64::from(shift);
        let zeros = top.leading_zeros();
        top <<= zeros;
        exponent -= i64::from(zeros);
        Scaled { negative, top: top | u64::from(lost || sticky), exponent }
    }

    /// The nearest double; infinite or subnormal where it must be.
    pub fn to_f64(self) -> f64 {
        let sign = if self.negative { -1.0 } else { 1.0 };
        if self.top == 0 {
            return 0.0;
        }
        if self.exponent + 63 >= 1024 {
            return sign * f64::INFINITY;
        }
        if self.exponent + 63 >= -1022 {
            return sign * libm::scalbn(self.top as f64, self.exponent as i32);
        }
        let shift = -1074 - self.exponent;
        if shift > 64 {
            return sign * 0.0;
        }
        let wide = u128::from(self.top);
        let (kept, rest) = (wide >> shift, wide & ((1u128 << shift) - 1));
        let half = 1u128 << (shift - 1);
        let up = rest > half || (rest == half && kept & 1 == 1);
        sign * f64::from_bits(kept as u64 + u64::from(up))
    }

    /// The square root.
    pub fn sqrt(self) -> f64 {
        let (mantissa, exponent) = self.mantissa();
        let odd = exponent.rem_euclid(2);
        let root = (mantissa * 2f64.powi(odd as i32)).sqrt();
        scale(root, (exponent - odd) / 2)
    }

    /// `self / divisor^power`, where the power is a multiple of one half.
    pub fn over_power(self, divisor: Scaled, power: f64) -> f64 {
        let ((a, a_exponent), (b, b_exponent)) = (self.mantissa(), divisor.mantissa());
        // The exponent of the divisor is made even, so that half powers stay whole.
        let odd = b_exponent.rem_euclid(2);
        let b = b * 2f64.powi(odd as i32);
        let halves = (2.0 * power) as i64 * ((b_exponent - odd) / 2);
        let root = b.sqrt();
        let denominator =
            if power.fract() == 0.0 { b.powi(power as i32) } else { b.powi(power as i32) * root };
        scale(a / denominator, a_exponent - halves)
    }

    fn mantissa(self) -> (f64, i64) {
        let size = self.top as f64 * 2f64.powi(-63);
        (if self.negative { -size } else { size }, self.exponent + 63)
    }
}

/// Returns `value · 2^exponent`.
fn scale(value: f64, exponent: i64) -> f64 {
    libm::scalbn(value, exponent.clamp(-5000, 5000) as i32)
}

/// Mantissa and exponent of a finite double other than zero.
pub fn parts(value: f64) -> Option<(u64, i32)> {
    let bits = value.to_bits();
    let (biased, fraction) = ((bits >> 52) & 0x7ff, bits & ((1 << 52) - 1));
    match biased {
        0x7ff => None,
        0 if fraction == 0 => None,
        0 => Some((fraction, -1074)),
        biased => Some((fraction | (1 << 52), biased as i32 - 1075)),
    }
}

fn add(a: &[u32], b: &[u32]) -> Vec<u32> {
    let mut carry = 0u64;
    let mut sum = Vec::with_capacity(a.len().max(b.len()) + 1);
    for i in 0..a.len().max(b.len()) {
        let digit = |list: &[u32]| u64::from(list.get(i).copied().unwrap_or(0));
        let value = digit(a) + digit(b) + carry;
        sum.push(value as u32);
        carry = value >> 32;
    }
    sum.push(carry as u32);
    sum
}

/// Returns `a - b` where a is not smaller.
fn subtract(a: &[u32], b: &[u32]) -> Vec<u32> {
    let mut borrow = 0i64;
    let mut difference = Vec::with_capacity(a.len());
    for (i, digit) in a.iter().enumerate() {
        let value = i64::from(*digit) - i64::from(b.get(i).copied().unwrap_or(0)) + borrow;
        difference.push(value as u32);
        borrow = value >> 32;
    }
    difference
}

fn compare(a: &[u32], b: &[u32]) -> std::cmp::Ordering {
    let digit = |list: &[u32], i: usize| list.get(i).copied().unwrap_or(0);
    (0..a.len().max(b.len()))
        .rev()
        .map(|i| digit(a, i).cmp(&digit(b, i)))
        .find(|order| order.is_ne())
        .unwrap_or(std::cmp::Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_survive() {
        for x in [1.0, -0.1, 5e-324, 2.2e-308, 1.797e308, 3e-310, -7e22] {
            assert_eq!(Dyadic::from_f64(x).to_f64(), x);
            assert_eq!(Dyadic::from_f64(x).times_u64(3).over(&[3]).to_f64(), x);
        }
    }

    #[test]
    fn whole_numbers_of_128_bits_are_read_back() {
        let largest = Dyadic::new(false, vec![u32::MAX, u32::MAX, u32::MAX, u32::MAX >> 1], 0);
        assert_eq!(largest.to_i128(), Some(i128::MAX));
        assert_eq!(largest.plus(&Dyadic::from_u64(1)).to_i128(), None);
        for value in [0.0, 1.0, -3.0, 6.0 * 2f64.powi(40), 2f64.powi(126)] {
            assert_eq!(Dyadic::from_f64(value).to_i128(), Some(value as i128));
        }
        assert_eq!(Dyadic::from_f64(0.5).to_i128(), None);
        assert_eq!(Dyadic::new(false, vec![1 << 18, 1], -18).to_i128(), Some(1 + (1 << 14)));
    }

    #[test]
    fn arithmetic_is_that_of_doubles_where_those_are_exact() {
        for (a, b) in [(3.0, -5.5), (1e15, 1.0), (-0.25, 0.25), (7.0, 1024.0)] {
            let (x, y) = (Dyadic::from_f64(a), Dyadic::from_f64(b));
            assert_eq!(x.plus(&y).to_f64(), a + b);
            assert_eq!(x.minus(&y).to_f64(), a - b);
            assert_eq!(x.times(&y).to_f64(), a * b);
        }
    }

    #[test]
    fn quotients_round_once() {
        for (a, b) in [(1u64, 3u64), (2, 3), (10, 7), (1, 1_000_003), (u64::MAX, 10)] {
            let quotient = Dyadic::from_u64(a).over(&[b]).to_f64();
            assert!((quotient - a as f64 / b as f64).abs() <= quotient * 1.2e-16);
        }
        assert_eq!(Dyadic::from_u64(1).over(&[10]).to_f64(), 0.1);
    }

    #[test]
    fn roots_and_powers_leave_the_range_of_doubles() {
        let huge = Dyadic::from_f64(1e300).times(&Dyadic::from_f64(1e300));
        assert_eq!(huge.over(&[]).sqrt(), 1e300);
        assert_eq!(huge.to_f64(), f64::INFINITY);
        let cube = huge.times(&Dyadic::from_f64(1e300));
        assert!((cube.over(&[]).over_power(huge.over(&[]), 1.5) - 1.0).abs() < 1e-15);
    }
}
