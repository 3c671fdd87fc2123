//! Sums of numbers of any kind against a total and a tolerance, by their exact values.
//!
//! Integers and decimals are added in 128 bits. Where floats take part, doubles decide as long as
//! the outcome is clear, and exact binary numbers where it is close.

use std::cmp::Ordering;

use super::exact::Number;
use crate::metric::{Comparison, Tolerance};
use crate::stats::dyadic::Dyadic;

/// How far a sum may lie from its total: the larger of an absolute and a relative part, each
/// `unscaled` divided by ten to the power of its scale.
#[derive(Clone, Copy, Debug, Default)]
pub struct Allowance {
    absolute: (i128, i32),
    relative: (i128, i32),
}

impl From<Tolerance> for Allowance {
    fn from(tolerance: Tolerance) -> Self {
        let Tolerance { absolute, relative } = tolerance;
        Allowance {
            absolute: (absolute.unscaled, absolute.scale.into()),
            relative: (relative.unscaled, relative.scale.into()),
        }
    }
}

/// Whether the sum of the terms stands in a relation to the total, up to the allowance.
pub fn keeps(terms: &[Number], op: Comparison, total: Number, allowance: Allowance) -> bool {
    let Some((above, below)) = places(terms, total, allowance) else { return false };
    match op {
        Comparison::Less => above.is_lt(),
        Comparison::LessOrEqual => above.is_le(),
        Comparison::Equal => above.is_le() && below.is_ge(),
        Comparison::NotEqual => above.is_gt() || below.is_lt(),
        Comparison::GreaterOrEqual => below.is_ge(),
        Comparison::Greater => below.is_gt(),
    }
}

/// How the difference of sum and total lies to the allowance, and to its negative; `None` where
/// infinities cancel, or a term is NaN.
fn places(terms: &[Number], total: Number, allowance: Allowance) -> Option<(Ordering, Ordering)> {
    let numbers = || terms.iter().copied().chain([total]);
    if numbers().any(|number| matches!(number, Number::Float(_))) {
        return of_floats(terms, total, allowance);
    }
    of_fixed(terms, total, allowance).or_else(|| of_any(terms, total, allowance))
}

/// Integers and decimals in 128 bits; `None` beyond them.
fn of_fixed(terms: &[Number], total: Number, allowance: Allowance) -> Option<(Ordering, Ordering)> {
    let scale = scale(terms, total, allowance);
    let raised = |unscaled: i128, own: i32| {
        10i128.checked_pow(u32::try_from(scale - own).ok()?)?.checked_mul(unscaled)
    };
    let at = |number: Number| {
        let (unscaled, own) = parts(number);
        raised(unscaled, own)
    };
    let sum = terms.iter().try_fold(0i128, |sum, term| sum.checked_add(at(*term)?))?;
    let difference = sum.checked_sub(at(total)?)?;
    let absolute = raised(allowance.absolute.0, allowance.absolute.1)?;
    let relative = match allowance.relative {
        (0, _) => 0,
        (share, own) => {
            let (size, of_total) = parts(total);
            raised(share.checked_mul(size.checked_abs()?)?, own + of_total)?
        }
    };
    let most = absolute.max(relative);
    Some((difference.cmp(&most), difference.cmp(&-most)))
}

/// The number of places at which everything is whole.
fn scale(terms: &[Number], total: Number, allowance: Allowance) -> i32 {
    let places = terms.iter().map(|term| parts(*term).1);
    let relative = allowance.relative.1 + parts(total).1;
    places.chain([parts(total).1, allowance.absolute.1, relative, 0]).fold(0, i32::max)
}

/// A number without its point; a float has no such form and counts as a whole number here.
fn parts(number: Number) -> (i128, i32) {
    match number {
        Number::Int(value) => (value, 0),
        Number::Decimal { unscaled, scale } => (unscaled, scale.into()),
        Number::Float(_) => (0, 0),
    }
}

/// Doubles decide where their rounding cannot matter.
fn of_floats(
    terms: &[Number],
    total: Number,
    allowance: Allowance,
) -> Option<(Ordering, Ordering)> {
    let sum: f64 = terms.iter().map(|term| near(*term)).sum();
    let against = near(total);
    if against.is_infinite() || terms.iter().any(|term| !near(*term).is_finite()) {
        return of_infinities(sum, against);
    }
    let difference = sum - against;
    let part = |(unscaled, scale): (i128, i32)| unscaled as f64 / 10f64.powi(scale);
    let most = part(allowance.absolute).max(part(allowance.relative) * against.abs());
    let size: f64 = terms.iter().map(|term| near(*term).abs()).sum::<f64>() + against.abs() + most;
    // Each conversion and each addition errs by at most a few units in 2^53 of what it handles.
    let doubt = size * 1e-15 * (terms.len() + 8) as f64;
    let is_clear = |distance: f64| distance.abs() > doubt && doubt >= f64::MIN_POSITIVE;
    if size.is_finite() && is_clear(difference - most) && is_clear(difference + most) {
        return difference.partial_cmp(&most).zip(difference.partial_cmp(&-most));
    }
    of_any(terms, total, allowance)
}

/// Infinities equal themselves, and lie beyond everything else.
fn of_infinities(sum: f64, against: f64) -> Option<(Ordering, Ordering)> {
    let order = sum.partial_cmp(&against)?;
    Some((order, order))
}

/// The nearest double, give or take a unit.
fn near(number: Number) -> f64 {
    match number {
        Number::Int(value) => value as f64,
        Number::Float(value) => value,
        Number::Decimal { unscaled, scale } => unscaled as f64 / 10f64.powi(scale.into()),
    }
}

/// Exact numbers of any length.
fn of_any(terms: &[Number], total: Number, allowance: Allowance) -> Option<(Ordering, Ordering)> {
    let scale = scale(terms, total, allowance);
    let at = |number: Number| match number {
        Number::Float(value) => Dyadic::from_f64(value).times(&ten_to(scale)),
        fixed => raised(parts(fixed), scale),
    };
    let sum = terms.iter().fold(Dyadic::default(), |sum, term| sum.plus(&at(*term)));
    let against = at(total);
    let difference = sum.minus(&against);
    let absolute = raised(allowance.absolute, scale);
    let size = if against.is_negative() { Dyadic::default().minus(&against) } else { against };
    // Everything is compared at a further power of ten, so that the share is whole as well.
    let (share, own) = allowance.relative;
    let relative = size.times(&whole(share));
    let lift = ten_to(own.max(0));
    let (difference, absolute) = (difference.times(&lift), absolute.times(&lift));
    let relative = relative.times(&ten_to((-own).max(0)));
    let most = if sign(&absolute.minus(&relative)).is_ge() { absolute } else { relative };
    Some((sign(&difference.minus(&most)), sign(&difference.plus(&most))))
}

fn sign(number: &Dyadic) -> Ordering {
    match (number.is_zero(), number.is_negative()) {
        (true, _) => Ordering::Equal,
        (false, true) => Ordering::Less,
        (false, false) => Ordering::Greater,
    }
}

fn whole(value: i128) -> Dyadic {
    let size = value.unsigned_abs();
    let digits = (0..4).map(|place| (size >> (32 * place)) as u32).collect();
    Dyadic::new(value < 0, digits, 0)
}

fn ten_to(exponent: i32) -> Dyadic {
    (0..exponent.max(0)).fold(whole(1), |power, _| power.times_u64(10))
}

/// `unscaled / 10^own` times `10^scale`, where `scale` is not below `own`.
fn raised((unscaled, own): (i128, i32), scale: i32) -> Dyadic {
    whole(unscaled).times(&ten_to(scale - own))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Decimal;
    use Comparison::{Equal, Greater, Less, LessOrEqual, NotEqual};
    use Number::{Float, Int};

    fn money(unscaled: i128, scale: i8) -> Number {
        Number::Decimal { unscaled, scale }
    }

    fn check(terms: &[Number], op: Comparison, total: Number, tolerance: [Decimal; 2], kept: bool) {
        let [absolute, relative] = tolerance;
        let allowance = Tolerance { absolute, relative }.into();
        assert_eq!(keeps(terms, op, total, allowance), kept, "{terms:?} {op:?} {total:?}");
    }

    const NONE: [Decimal; 2] = [Decimal { unscaled: 0, scale: 0 }; 2];

    fn absolute(unscaled: i128, scale: i8) -> [Decimal; 2] {
        [Decimal { unscaled, scale }, Decimal::default()]
    }

    fn relative(unscaled: i128, scale: i8) -> [Decimal; 2] {
        [Decimal::default(), Decimal { unscaled, scale }]
    }

    #[test]
    fn integers_and_decimals_add_exactly() {
        let top = i64::MAX.into();
        check(&[Int(top), Int(1)], Equal, Int(i128::from(i64::MAX) + 1), NONE, true);
        check(&[Int(i128::MAX), Int(i128::MAX)], Greater, Int(i128::MAX), NONE, true);
        check(&[Int(i128::MAX), Int(1), Int(-1)], Equal, Int(i128::MAX), NONE, true);
        check(&[money(10, 2), money(2, 1)], Equal, money(300, 3), NONE, true);
        check(&[money(10, 2), money(2, 1)], Equal, money(301, 3), NONE, false);
        check(&[money(5, -2)], Equal, Int(500), NONE, true);
    }

    #[test]
    fn floats_are_the_numbers_that_they_are() {
        check(&[Float(0.1), Float(0.2)], Equal, Float(0.3), NONE, false);
        check(&[Float(0.1), Float(0.2)], Equal, Float(0.3), absolute(1, 9), true);
        check(&[Float(1e16), Float(1.0), Float(-1e16)], Equal, Int(1), NONE, true);
        check(&[Float(0.5), money(25, 2)], Equal, money(75, 2), NONE, true);
        // The double 0.1 is a little more than a tenth.
        check(&[Float(0.1)], Greater, money(1, 1), NONE, true);
        check(&[Int((1 << 53) + 1)], Equal, Float(9_007_199_254_740_992.0), NONE, false);
        check(&[Float(5e-324)], Equal, Float(0.0), NONE, false);
        check(&[Float(1e308), Float(1e308), Float(-1e308)], Equal, Float(1e308), NONE, true);
    }

    #[test]
    fn the_tolerance_belongs_to_the_range() {
        check(&[Int(7)], Equal, Int(5), absolute(2, 0), true);
        check(&[Int(8)], Equal, Int(5), absolute(2, 0), false);
        check(&[Int(3)], NotEqual, Int(5), absolute(2, 0), false);
        check(&[Int(7)], LessOrEqual, Int(5), absolute(2, 0), true);
        check(&[Int(7)], Less, Int(5), absolute(2, 0), false);
        check(&[Int(101)], Equal, Int(100), relative(1, 2), true);
        check(&[Int(-101)], Equal, Int(-100), relative(1, 2), true);
        check(&[Int(102)], Equal, Int(100), relative(1, 2), false);
        check(&[Float(101.0)], Equal, Float(100.0), relative(1, 2), true);
        check(&[Float(1.5)], Equal, Float(1.0), absolute(5, 1), true);
        // 1.1 is a double a little above 1.1.
        check(&[Float(1.1)], Equal, Float(1.0), absolute(1, 1), false);
    }

    #[test]
    fn infinities_equal_themselves_and_nothing_else() {
        let inf = f64::INFINITY;
        check(&[Float(inf)], Equal, Float(inf), absolute(1, 0), true);
        check(&[Float(inf)], Equal, Float(-inf), absolute(1, 0), false);
        check(&[Float(inf)], Greater, Float(1e308), absolute(1, 0), true);
        check(&[Float(inf), Float(-inf)], Equal, Int(0), absolute(1, 0), false);
        check(&[Float(f64::NAN)], NotEqual, Int(0), NONE, false);
    }
}
