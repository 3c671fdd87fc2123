//! Data and reference side by side: both brought to one kind of number, exactly or not at all.

use super::column::{Clock, ClockKind, Form};
use super::cuts::{Cut, between, cuts, edge_ranks};
use super::order::{Number, key};
use super::state::{Ordered, Seen, Sorted, SortedKeys};
use crate::metric::{Axis, Bins, TwoSided};
use crate::stats::ecdf::{Comparison, Real, compare_grouped};

/// Why there are no bins without a reference.
pub const NO_BINS: &str = "the reference has no value to take bins from";

/// The kind of number that both sides are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Int,
    Unsigned,
    /// Whole steps of `10^-digits`, or of the finer of two clocks' ticks.
    Wide {
        digits: i8,
        /// Nanoseconds of a step where the values are ticks.
        tick_ns: Option<i64>,
    },
    Float,
}

/// Compares both sides of a column.
///
/// # Errors
/// Their types have no common kind, or not without rounding; or a temporary file cannot be read
/// back.
pub fn compare(data: &Ordered, reference: &Ordered) -> Result<TwoSided, String> {
    let sides = [&data.values, &reference.values];
    let (kind, axis) = align(sides)?;
    let sizes = sides.map(Sorted::len);
    let [x, y] = sides;
    let comparison = match kind {
        Kind::Int => compare_grouped(sizes, narrow(x, key::to_signed), narrow(y, key::to_signed)),
        Kind::Unsigned => compare_grouped(sizes, narrow(x, |key| key), narrow(y, |key| key)),
        Kind::Wide { digits, .. } => {
            scaled(compare_grouped(sizes, wide(x, kind), wide(y, kind)), digits)
        }
        Kind::Float => compare_grouped(sizes, reals(x), reals(y)),
    };
    sides.into_iter().try_for_each(Sorted::check)?;
    Ok(told([data.seen, reference.seen], axis, comparison))
}

/// A comparison with what was left out on both sides.
pub fn told<C>(seen: [Seen; 2], axis: Axis, comparison: C) -> TwoSided<C> {
    TwoSided {
        rows: seen.map(|seen| seen.rows),
        nulls: seen.map(|seen| seen.nulls),
        nans: seen.map(|seen| seen.nans),
        infinite: seen.map(|seen| seen.infinite),
        axis,
        comparison,
    }
}

/// A comparison of whole steps in terms of the values that they stand for.
fn scaled(mut comparison: Comparison, digits: i8) -> Comparison {
    let unit = 10f64.powi(digits.into());
    let gaps = &mut comparison.gaps;
    for at in [&mut gaps.at_plus, &mut gaps.at_minus] {
        *at = at.map(|at| at / unit);
    }
    gaps.curve.iter_mut().for_each(|point| point.value /= unit);
    comparison.wasserstein /= unit;
    comparison.squared_area /= unit;
    comparison.pooled_spread /= unit;
    comparison
}

/// Counts both sides between quantiles of the reference.
///
/// # Errors
/// As for [`compare`]; or the reference has no value.
pub fn bins(data: &Ordered, reference: &Ordered, n_bins: u32) -> Result<Bins, String> {
    let (kind, axis) = align([&data.values, &reference.values])?;
    let n = reference.values.len();
    if n == 0 {
        return Err(NO_BINS.into());
    }
    let digits = if let Kind::Wide { digits, .. } = kind { digits } else { 0 };
    let ranks = edge_ranks(n, n_bins);
    let found = reference.values.select(&ranks)?;
    let at = |rank: u64| {
        let number = ranks.binary_search(&rank).ok().and_then(|at| found.get(at).copied());
        number.map_or(Number::Whole(0), |number| brought(kind, reference.values.form, number))
    };
    let cuts = cuts(n, n_bins, kind == Kind::Float, digits, &at)?;
    let counts = [&data.values, &reference.values].map(|side| counted(side, kind, &cuts));
    [&data.values, &reference.values].into_iter().try_for_each(Sorted::check)?;
    let [data_counts, reference_counts] = counts;
    let missing = [data.seen, reference.seen].map(|seen| seen.nulls + seen.nans);
    let edges = cuts.into_iter().map(|cut| cut.edge).collect();
    Ok(Bins { edges, data: data_counts, reference: reference_counts, missing, axis })
}

fn counted(side: &Sorted, kind: Kind, cuts: &[Cut]) -> Vec<u64> {
    let is_below = |number: Number, cut: &Cut| brought(kind, side.form, number).is_at_most(cut.at);
    let ends = match &side.keys {
        SortedKeys::Narrow(keys) => {
            keys.counts_below(cuts, |key, cut| is_below(side.number(key), cut))
        }
        SortedKeys::Wide(keys) => {
            keys.counts_below(cuts, |key, cut| is_below(Number::Whole(key), cut))
        }
    };
    between(ends, side.len())
}

/// The kind that both sides have in common, and what its numbers count.
fn align(sides: [&Sorted; 2]) -> Result<(Kind, Axis), String> {
    let forms = sides.map(|side| side.form);
    let (kind, axis) = common(forms).ok_or_else(|| different(forms))?;
    for side in sides {
        if !is_exact(side, kind) {
            return Err(different(forms));
        }
    }
    Ok((kind, axis))
}

fn different(forms: [Option<Form>; 2]) -> String {
    match forms {
        [Some(data), Some(reference)] => {
            format!("the data is {data} and the reference {reference}: they do not compare exactly")
        }
        _ => "one side has no type".into(),
    }
}

fn common([data, reference]: [Option<Form>; 2]) -> Option<(Kind, Axis)> {
    use Form::{Decimal, Float, Int, Ticks, Unsigned};
    let digits = |form| if let Decimal { scale } = form { scale } else { 0 };
    let (data, reference) = match (data, reference) {
        (None, None) => return Some((Kind::Int, Axis::Number)),
        (Some(only), None) | (None, Some(only)) => (only, only),
        (Some(data), Some(reference)) => (data, reference),
    };
    Some(match (data, reference) {
        (Ticks(clock), Ticks(other)) if clock == other => (Kind::Int, axis(clock)),
        (Ticks(clock), Ticks(other)) if clock.kind == other.kind => {
            let tick_ns = clock.tick_ns.min(other.tick_ns);
            let kind = Kind::Wide { digits: 0, tick_ns: Some(tick_ns) };
            (kind, axis(Clock { tick_ns, ..clock }))
        }
        (Ticks(_), _) | (_, Ticks(_)) => return None,
        (Int, Int) => (Kind::Int, Axis::Number),
        (Unsigned, Unsigned) => (Kind::Unsigned, Axis::Number),
        (Decimal { .. }, Float) | (Float, Decimal { .. }) => return None,
        (Float, Float | Int | Unsigned) | (Int | Unsigned, Float) => (Kind::Float, Axis::Number),
        (Int | Unsigned | Decimal { .. }, Int | Unsigned | Decimal { .. }) => {
            let digits = digits(data).max(digits(reference));
            (Kind::Wide { digits, tick_ns: None }, Axis::Number)
        }
        _ => return None,
    })
}

/// What the numbers of a form count.
pub fn axis_of(form: Form) -> Axis {
    if let Form::Ticks(clock) = form { axis(clock) } else { Axis::Number }
}

fn axis(clock: Clock) -> Axis {
    let tick_ns = clock.tick_ns;
    match clock.kind {
        ClockKind::Date => Axis::Date,
        ClockKind::Time => Axis::Time { tick_ns },
        ClockKind::DateTime { zoned } => Axis::DateTime { tick_ns, zoned },
        ClockKind::Duration => Axis::Duration { tick_ns },
    }
}

/// Whether all values of a side are numbers of that kind.
fn is_exact(side: &Sorted, kind: Kind) -> bool {
    match (kind, &side.keys) {
        // The widest are at both ends.
        (Kind::Wide { .. }, keys) => {
            let ends = match keys {
                SortedKeys::Narrow(keys) => {
                    keys.ends().map(|(low, high)| [low, high].map(|key| side.number(key).whole()))
                }
                SortedKeys::Wide(keys) => keys.ends().map(|(low, high)| [low, high]),
            };
            let unit = unit(kind, side.form);
            ends.into_iter()
                .flatten()
                .all(|end| unit.and_then(|unit| end.checked_mul(unit)).is_some())
        }
        (Kind::Float, SortedKeys::Narrow(keys)) if side.form != Some(Form::Float) => {
            let is_double = |value: i128| value as f64 as i128 == value;
            keys.groups().all(|(key, _)| is_double(side.number(key).whole()))
        }
        _ => true,
    }
}

/// How many steps of the kind one step of the form is; `None` beyond 128 bits.
fn unit(kind: Kind, form: Option<Form>) -> Option<i128> {
    match (kind, form) {
        (Kind::Wide { tick_ns: Some(tick_ns), .. }, Some(Form::Ticks(clock))) => {
            Some((clock.tick_ns / tick_ns).into())
        }
        (Kind::Wide { digits, .. }, form) => {
            let own = if let Some(Form::Decimal { scale }) = form { scale } else { 0 };
            10i128.checked_pow(u32::from(digits.abs_diff(own)))
        }
        _ => Some(1),
    }
}

/// A number of a form as one of the kind.
fn brought(kind: Kind, form: Option<Form>, number: Number) -> Number {
    match kind {
        Kind::Int | Kind::Unsigned => number,
        Kind::Float => Number::Real(number.to_f64()),
        Kind::Wide { .. } => Number::Whole(number.whole() * unit(kind, form).unwrap_or(1)),
    }
}

fn narrow<T: 'static>(side: &Sorted, value: fn(u64) -> T) -> impl Iterator<Item = (T, u64)> + '_ {
    let keys = if let SortedKeys::Narrow(keys) = &side.keys { Some(keys.groups()) } else { None };
    keys.into_iter().flatten().map(move |(key, count)| (value(key), count))
}

fn wide(side: &Sorted, kind: Kind) -> Box<dyn Iterator<Item = (i128, u64)> + '_> {
    let unit = unit(kind, side.form).unwrap_or(1);
    match &side.keys {
        SortedKeys::Narrow(keys) => Box::new(
            keys.groups().map(move |(key, count)| (side.number(key).whole() * unit, count)),
        ),
        SortedKeys::Wide(keys) => {
            Box::new(keys.groups().map(move |(key, count)| (key * unit, count)))
        }
    }
}

fn reals(side: &Sorted) -> Box<dyn Iterator<Item = (Real, u64)> + '_> {
    let form = side.form;
    let real = move |key| match form {
        Some(Form::Float) => key::to_float(key),
        _ => side.number(key).to_f64(),
    };
    match &side.keys {
        SortedKeys::Narrow(keys) => Box::new(
            keys.groups().filter_map(move |(key, count)| Some((Real::new(real(key))?, count))),
        ),
        SortedKeys::Wide(_) => Box::new(std::iter::empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(data: Ordered, reference: Ordered, expected: Result<f64, &str>) {
        let compared = compare(&data, &reference);
        match (compared, expected) {
            (Ok(compared), Ok(wasserstein)) => assert_eq!(compared.wasserstein, wasserstein),
            (Err(reason), Err(part)) => assert!(reason.contains(part), "{reason}"),
            (compared, expected) => panic!("{compared:?} where {expected:?} was expected"),
        }
    }

    #[test]
    fn sides_of_different_types_compare_exactly_or_not_at_all() {
        let ints = |value: i64| Ordered::of_ints([value]);
        let floats = |value: f64| Ordered::of_floats([value]);
        let two53 = 1i64 << 53;
        check(ints(1), floats(1.5), Ok(0.5));
        check(ints(two53 + 1), floats(1.5), Err("integer and the reference float"));
        check(ints(-1), Ordered::of_narrow(Form::Unsigned, [1]), Ok(2.0));
        let price = |unscaled: i128, scale| Ordered::of_decimals([unscaled], scale);
        check(price(150, 2), price(1, 0), Ok(0.5));
        check(price(150, 2), ints(1), Ok(0.5));
        check(price(15, 1), floats(1.5), Err("decimal"));
        check(price(i128::MAX, 0), price(1, 1), Err("decimal with 0 places"));
        let at = |tick, tick_ns, zoned| {
            let clock = Clock { kind: ClockKind::DateTime { zoned }, tick_ns };
            Ordered::of_narrow(Form::Ticks(clock), [key::of_signed(tick)])
        };
        check(at(2, 1_000, false), at(1, 1, false), Ok(1999.0));
        let zones = Err("datetime with zone and the reference datetime");
        check(at(2, 1, true), at(1, 1, false), zones);
        let mut nothing = Ordered::of_ints([]);
        nothing.values.form = None;
        check(nothing, at(1, 1, false), Ok(0.0));
    }

    #[test]
    fn bins_are_closed_on_the_right() {
        let reference = Ordered::of_ints(1..=8);
        let data = Ordered::of_ints([-5, 2, 3, 99]);
        let binned = bins(&data, &reference, 4).expect("bins");
        assert_eq!(binned.edges, [2.75, 4.5, 6.25]);
        assert_eq!((binned.reference, binned.data), (vec![2; 4], vec![2, 1, 0, 1]));
        let floats = Ordered::of_floats((1..=8).map(f64::from));
        assert_eq!(bins(&data, &floats, 4).expect("bins").data, [2, 1, 0, 1]);
        let constant = Ordered::of_ints([3; 9]);
        assert_eq!(bins(&data, &constant, 10).expect("bins").data, [3, 1]);
    }
}
