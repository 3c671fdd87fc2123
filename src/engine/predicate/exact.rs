//! Exact order between numbers of different kinds. Nothing is rounded on the way.

use std::cmp::Ordering;

use arrow::datatypes::i256;

/// A number with its own kind.
#[derive(Clone, Copy, Debug)]
pub enum Number {
    Int(i128),
    Float(f64),
    /// `unscaled` divided by ten to the power of `scale`.
    Decimal {
        unscaled: i128,
        scale: i8,
    },
}

/// Compares two numbers by their exact values; `None` if one is NaN.
pub fn compare(left: Number, right: Number) -> Option<Ordering> {
    match (left, right) {
        (Number::Float(left), Number::Float(right)) => left.partial_cmp(&right),
        (Number::Float(left), right) => float_against(left, right),
        (left, Number::Float(right)) => float_against(right, left).map(Ordering::reverse),
        (left, right) => Some(fixed(left, right)),
    }
}

fn parts(number: Number) -> (i128, i32) {
    match number {
        Number::Int(value) => (value, 0),
        Number::Decimal { unscaled, scale } => (unscaled, scale.into()),
        Number::Float(_) => unreachable!("floats are compared on their own"),
    }
}

/// Integers and decimals: the one with fewer places is scaled up, in 256 bits.
fn fixed(left: Number, right: Number) -> Ordering {
    let ((left, left_scale), (right, right_scale)) = (parts(left), parts(right));
    let places = left_scale.max(right_scale);
    match (scaled(left, places - left_scale), scaled(right, places - right_scale)) {
        (Some(left), Some(right)) => left.cmp(&right),
        // Only one of the two is scaled up; beyond 256 bits it is the larger in size.
        (None, _) => left.cmp(&0),
        (_, None) => 0.cmp(&right),
    }
}

fn scaled(value: i128, places: i32) -> Option<i256> {
    let exponent = u32::try_from(places).ok()?;
    if value == 0 {
        return Some(i256::ZERO);
    }
    i256::from_i128(10).checked_pow(exponent)?.checked_mul(i256::from_i128(value))
}

/// A float against an integer or a decimal.
fn float_against(left: f64, right: Number) -> Option<Ordering> {
    if left.is_nan() {
        return None;
    }
    let (unscaled, scale) = parts(right);
    let sign = unscaled.signum() as f64;
    if left.is_infinite() || unscaled == 0 || left == 0.0 || left.signum() != sign {
        return left.partial_cmp(&if left.is_infinite() { 0.0 } else { sign });
    }
    // Both conversions err by a few units in 2^53; farther apart than that, the doubles decide.
    let near = unscaled as f64 / 10f64.powi(scale);
    let is_far = !near.is_normal() || ((left - near) / near).abs() > 1e-13;
    if is_far || scale.unsigned_abs() > 38 {
        return left.partial_cmp(&near);
    }
    let (mantissa, exponent) = decompose(left);
    let (mut float, mut fixed) = (i256::from_i128(mantissa), i256::from_i128(unscaled));
    let ten = i256::from_i128(10).wrapping_pow(scale.unsigned_abs());
    if scale > 0 {
        float = float.wrapping_mul(ten)
    } else {
        fixed = fixed.wrapping_mul(ten)
    }
    // Nearly equal sides below 2^127 * 10^38 < 2^254: neither product leaves 256 bits.
    let shift = u8::try_from(exponent.unsigned_abs()).ok()?;
    if exponent > 0 {
        float = float << shift
    } else {
        fixed = fixed << shift
    }
    Some(float.cmp(&fixed))
}

/// A finite double as `mantissa * 2^exponent`.
fn decompose(value: f64) -> (i128, i32) {
    let bits = value.to_bits();
    let biased = ((bits >> 52) & 0x7ff) as i32;
    let fraction = i128::from(bits & ((1 << 52) - 1));
    let (mantissa, exponent) =
        if biased == 0 { (fraction, -1074) } else { (fraction | (1 << 52), biased - 1075) };
    let zeros = mantissa.trailing_zeros().min(60);
    let mantissa = mantissa >> zeros;
    (if value < 0.0 { -mantissa } else { mantissa }, exponent + zeros as i32)
}

/// The shortest decimal that reads back as this double: `0.1` is one tenth. `None` beyond 128 bits.
pub fn decimal_of(value: f64) -> Option<(i128, i32)> {
    let text = format!("{value:e}");
    let (digits, exponent) = text.split_once('e')?;
    let places = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len()) as i32;
    let unscaled: i128 = digits.replace('.', "").parse().ok()?;
    Some((unscaled, places - exponent.parse::<i32>().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Number::{Decimal, Float, Int};

    fn check(left: Number, order: Ordering, right: Number) {
        assert_eq!(compare(left, right), Some(order), "{left:?} {right:?}");
        assert_eq!(compare(right, left), Some(order.reverse()), "{right:?} {left:?}");
    }

    #[test]
    fn integers_and_floats_are_never_rounded_together() {
        let two53 = 9_007_199_254_740_992;
        check(Int(two53 + 1), Ordering::Greater, Float(two53 as f64));
        check(Int(two53), Ordering::Equal, Float(two53 as f64));
        check(Int(-two53 - 1), Ordering::Less, Float(-(two53 as f64)));
        check(Int(u64::MAX.into()), Ordering::Less, Float(18_446_744_073_709_551_616.0));
        check(Int(i128::MAX), Ordering::Less, Float(2f64.powi(127)));
        check(Int(i128::MAX), Ordering::Less, Float(f64::INFINITY));
        check(Int(0), Ordering::Less, Float(5e-324));
        check(Int(0), Ordering::Equal, Float(-0.0));
        check(Int(1), Ordering::Greater, Float(-1e300));
        assert_eq!(compare(Int(1), Float(f64::NAN)), None);
    }

    #[test]
    fn decimals_are_compared_by_their_exact_value() {
        // The double 0.1 is a little more than a tenth, 0.3 a little less than three tenths.
        check(Decimal { unscaled: 1, scale: 1 }, Ordering::Less, Float(0.1));
        check(Decimal { unscaled: 3, scale: 1 }, Ordering::Greater, Float(0.3));
        check(Decimal { unscaled: 25, scale: 2 }, Ordering::Equal, Float(0.25));
        check(Decimal { unscaled: 25, scale: -2 }, Ordering::Equal, Float(2500.0));
        check(Decimal { unscaled: 100, scale: 2 }, Ordering::Equal, Int(1));
        check(Decimal { unscaled: 1, scale: 38 }, Ordering::Less, Int(i128::MAX));
        check(Decimal { unscaled: 10i128.pow(37), scale: 38 }, Ordering::Less, Float(0.1));
        check(Decimal { unscaled: 1, scale: 38 }, Ordering::Greater, Float(1e-300));
    }

    #[test]
    fn the_decimal_of_a_double_is_the_one_that_was_written() {
        assert_eq!(decimal_of(0.1), Some((1, 1)));
        assert_eq!(decimal_of(-12.50), Some((-125, 1)));
        assert_eq!(decimal_of(1e21), Some((1, -21)));
        assert_eq!(decimal_of(0.0), Some((0, 0)));
    }
}
