//! Gaps between neighbouring values of a column, once they are in order.

use super::predicate::{Number, compare_numbers};
use super::state::{Ordered, Sorted};
use crate::metric::{Gaps, Value};

/// Gaps that an answer names.
const SHOWN: usize = 20;

/// Finds neighbours that lie farther apart than `every`.
///
/// # Errors
/// The values are floats, whose distances are rounded, or `every` is of another kind.
pub fn gaps(ordered: &Ordered, every: &Value) -> Result<Gaps, String> {
    let mut gaps = Gaps {
        rows: ordered.rows,
        missing: ordered.nulls + ordered.nans,
        values: ordered.values.len() as u64,
        gaps: 0,
        first: Vec::new(),
    };
    let misfit = || format!("a step of {every} does not fit the values");
    match (&ordered.values, every) {
        (Sorted::Empty, _) => {}
        (Sorted::Int(values), Value::Int(step)) => {
            gaps.find(values, *step, |value| Value::Int(value.into()));
        }
        (Sorted::Unsigned(values), Value::Int(step)) => {
            gaps.find(values, *step, |value| Value::Int(value.into()));
        }
        (Sorted::Ticks { ticks, clock }, Value::Duration(nanos)) => {
            // Whole ticks apart are more than the step when they are more than its whole ticks.
            gaps.find(ticks, nanos.div_euclid(clock.tick_ns.into()), |tick| clock.value(tick));
        }
        (Sorted::Decimal { unscaled, scale }, step) => {
            let scale = *scale;
            let step = match step {
                Value::Int(value) => Number::Int(*value),
                Value::Decimal { unscaled, scale } => {
                    Number::Decimal { unscaled: *unscaled, scale: *scale }
                }
                _ => return Err(misfit()),
            };
            for pair in unscaled.windows(2) {
                let apart = pair[1].checked_sub(pair[0]);
                let apart = apart.map(|unscaled| Number::Decimal { unscaled, scale });
                let is_gap = |apart| compare_numbers(apart, step).is_some_and(|o| o.is_gt());
                if apart.is_none_or(is_gap) {
                    let value = |unscaled| Value::Decimal { unscaled, scale };
                    gaps.note(value(pair[0]), value(pair[1]));
                }
            }
        }
        (Sorted::Float(_), _) => return Err("the distances of floats are rounded".into()),
        _ => return Err(misfit()),
    }
    Ok(gaps)
}

impl Gaps {
    fn find<T: Copy + Into<i128>>(&mut self, values: &[T], step: i128, value: impl Fn(T) -> Value) {
        for pair in values.windows(2) {
            if pair[1].into() - pair[0].into() > step {
                self.note(value(pair[0]), value(pair[1]));
            }
        }
    }

    fn note(&mut self, after: Value, until: Value) {
        self.gaps += 1;
        if self.first.len() < SHOWN {
            self.first.push((after, until));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::column::Clock;

    fn check(values: Sorted, every: Value, expected: &[(&str, &str)]) {
        let ordered = Ordered { rows: 0, nulls: 0, nans: 0, infinite: 0, values };
        let found = gaps(&ordered, &every).expect("gaps");
        let shown: Vec<(String, String)> =
            found.first.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect();
        let shown: Vec<(&str, &str)> =
            shown.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn only_what_is_wider_than_the_step_is_a_gap() {
        check(Sorted::Int(vec![1, 2, 2, 3, 5]), Value::Int(1), &[("3", "5")]);
        check(
            Sorted::Int(vec![i64::MIN, i64::MAX]),
            Value::Int(1),
            &[("-9223372036854775808", "9223372036854775807")],
        );
        let day = 86_400_000_000_000;
        let days = |ticks: &[i64]| Sorted::Ticks { ticks: ticks.to_vec(), clock: Clock::DAYS };
        check(days(&[0, 1, 3]), Value::Duration(day), &[("1970-01-02", "1970-01-04")]);
        check(days(&[0, 1, 3]), Value::Duration(2 * day), &[]);
        check(days(&[0, 1]), Value::Duration(day / 2), &[("1970-01-01", "1970-01-02")]);
        let tenths = Sorted::Decimal { unscaled: vec![10, 11, 13], scale: 1 };
        check(tenths, Value::Decimal { unscaled: 1, scale: 1 }, &[("1.1", "1.3")]);
    }
}
