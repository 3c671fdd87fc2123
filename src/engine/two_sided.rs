//! Data and reference side by side: both brought to one kind of number, exactly or not at all.

use std::borrow::Cow;

use super::column::{Clock, ClockKind};
use super::state::{Ordered, Sorted};
use crate::metric::{Axis, Bins, TwoSided};
use crate::stats::ecdf::{self, Comparison, Real};

/// Both sides as one kind of number, data first.
enum Aligned<'a> {
    Int([&'a [i64]; 2]),
    Unsigned([&'a [u64]; 2]),
    /// Whole steps of `10^-digits`.
    Wide([Cow<'a, [i128]>; 2], i8),
    Float([Cow<'a, [f64]>; 2]),
}

/// Compares both sides of a column.
///
/// # Errors
/// Their types have no common kind, or not without rounding.
pub fn compare(data: &Ordered, reference: &Ordered) -> Result<TwoSided, String> {
    let (aligned, axis) = align(&data.values, &reference.values)?;
    let comparison = match aligned {
        Aligned::Int([data, reference]) => ecdf::compare(data, reference),
        Aligned::Unsigned([data, reference]) => ecdf::compare(data, reference),
        Aligned::Wide([data, reference], digits) => {
            scaled(ecdf::compare(&data, &reference), digits)
        }
        Aligned::Float(sides) => {
            let [data, reference] =
                sides.map(|side| side.iter().copied().filter_map(Real::new).collect::<Vec<Real>>());
            ecdf::compare(&data, &reference)
        }
    };
    Ok(TwoSided {
        rows: [data.rows, reference.rows],
        nulls: [data.nulls, reference.nulls],
        nans: [data.nans, reference.nans],
        infinite: [data.infinite, reference.infinite],
        axis,
        comparison,
    })
}

/// A comparison of whole steps in terms of the values that they stand for.
fn scaled(mut comparison: Comparison, digits: i8) -> Comparison {
    let unit = 10f64.powi(digits.into());
    for at in [&mut comparison.at_plus, &mut comparison.at_minus] {
        *at = at.map(|at| at / unit);
    }
    comparison.wasserstein /= unit;
    comparison.squared_area /= unit;
    comparison.pooled_spread /= unit;
    comparison.curve.iter_mut().for_each(|point| point.value /= unit);
    comparison
}

/// Counts both sides between quantiles of the reference.
///
/// # Errors
/// As for [`compare`]; or the reference has no value.
pub fn bins(data: &Ordered, reference: &Ordered, n_bins: u32) -> Result<Bins, String> {
    let (aligned, axis) = align(&data.values, &reference.values)?;
    if reference.values.len() == 0 {
        return Err("the reference has no value to take bins from".into());
    }
    let (edges, counts) = match &aligned {
        Aligned::Int(sides) => binned(*sides, n_bins, 0),
        Aligned::Unsigned(sides) => binned(*sides, n_bins, 0),
        Aligned::Wide([data, reference], digits) => binned([data, reference], n_bins, *digits),
        Aligned::Float([data, reference]) => {
            let edges = crate::stats::binning::quantile_edges(reference, n_bins as usize);
            let edges = edges.map_err(|undefined| undefined.to_string())?;
            let counts = [data, reference].map(|side| counted(side, &edges));
            (edges, counts)
        }
    };
    let [data_counts, reference_counts] = counts;
    Ok(Bins {
        edges,
        data: data_counts,
        reference: reference_counts,
        missing: [data.nulls + data.nans, reference.nulls + reference.nans],
        axis,
    })
}

/// Edges and counts of whole numbers. An edge between two of them separates as the one below does.
fn binned<T: Copy + Ord + Into<i128>>(
    [data, reference]: [&[T]; 2],
    n_bins: u32,
    digits: i8,
) -> (Vec<f64>, [Vec<u64>; 2]) {
    let (n_bins, last) = (i128::from(n_bins.max(1)), reference.len() as i128 - 1);
    let unit = 10f64.powi(digits.into());
    let mut cuts: Vec<(i128, f64)> = (1..n_bins)
        .map(|k| {
            let rank = last * k;
            let (whole, rest) = ((rank / n_bins) as usize, rank % n_bins);
            let low: i128 = reference[whole].into();
            let high: i128 = if rest == 0 { low } else { reference[whole + 1].into() };
            let step = match high.checked_sub(low).and_then(|gap| gap.checked_mul(rest)) {
                Some(step) => (step / n_bins, (step % n_bins) as f64 / n_bins as f64),
                None => (((high / n_bins) - (low / n_bins)) * rest, 0.0),
            };
            (low + step.0, ((low + step.0) as f64 + step.1) / unit)
        })
        .collect();
    cuts.dedup_by_key(|(cut, _)| *cut);
    let counts = [data, reference].map(|side| {
        let ends = cuts.iter().map(|(cut, _)| side.partition_point(|&value| value.into() <= *cut));
        between(ends, side.len())
    });
    (cuts.into_iter().map(|(_, edge)| edge).collect(), counts)
}

fn counted(sorted: &[f64], edges: &[f64]) -> Vec<u64> {
    let ends = edges.iter().map(|edge| sorted.partition_point(|value| value <= edge));
    between(ends, sorted.len())
}

/// Counts between consecutive ends.
fn between(ends: impl Iterator<Item = usize>, length: usize) -> Vec<u64> {
    let mut start = 0;
    let ends = ends.chain(std::iter::once(length));
    ends.map(|end| (end - std::mem::replace(&mut start, end)) as u64).collect()
}

fn align<'a>(data: &'a Sorted, reference: &'a Sorted) -> Result<(Aligned<'a>, Axis), String> {
    use Sorted::{Decimal, Empty, Float, Int, Ticks, Unsigned};
    let number = |aligned| Ok((aligned, Axis::Number));
    let different = || match (data.form(), reference.form()) {
        (Some(data), Some(reference)) => {
            format!("the data is {data} and the reference {reference}: they do not compare exactly")
        }
        _ => "one side has no type".into(),
    };
    match (data, reference) {
        (Ticks { clock, .. }, Ticks { clock: other, .. }) if clock.kind != other.kind => {
            Err(different())
        }
        (Ticks { ticks, clock }, Ticks { ticks: others, clock: other }) if clock == other => {
            Ok((Aligned::Int([ticks, others]), axis(*clock)))
        }
        (Ticks { ticks, clock }, Ticks { ticks: others, clock: other }) => {
            let unit_ns = clock.tick_ns.min(other.tick_ns);
            let finer = |ticks: &[i64], tick_ns: i64| {
                let steps = i128::from(tick_ns / unit_ns);
                Cow::Owned(ticks.iter().map(|&tick| i128::from(tick) * steps).collect())
            };
            let sides = [finer(ticks, clock.tick_ns), finer(others, other.tick_ns)];
            Ok((Aligned::Wide(sides, 0), axis(Clock { tick_ns: unit_ns, ..*clock })))
        }
        (Ticks { ticks, clock }, Empty) => Ok((Aligned::Int([ticks, &[]]), axis(*clock))),
        (Empty, Ticks { ticks, clock }) => Ok((Aligned::Int([&[], ticks]), axis(*clock))),
        (Ticks { .. }, _) | (_, Ticks { .. }) => Err(different()),
        (Empty | Int(_), Empty | Int(_)) => number(Aligned::Int([ints(data), ints(reference)])),
        (Empty | Unsigned(_), Empty | Unsigned(_)) => {
            number(Aligned::Unsigned([unsigned(data), unsigned(reference)]))
        }
        (Decimal { .. }, Float(_)) | (Float(_), Decimal { .. }) => Err(different()),
        (Float(_), _) | (_, Float(_)) => {
            let sides = floats(data).zip(floats(reference)).ok_or_else(different)?;
            number(Aligned::Float([sides.0, sides.1]))
        }
        _ => {
            let digits = digits(data).max(digits(reference));
            let sides = wide(data, digits).zip(wide(reference, digits)).ok_or_else(different)?;
            number(Aligned::Wide([sides.0, sides.1], digits))
        }
    }
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

fn ints(values: &Sorted) -> &[i64] {
    if let Sorted::Int(values) = values { values } else { &[] }
}

fn unsigned(values: &Sorted) -> &[u64] {
    if let Sorted::Unsigned(values) = values { values } else { &[] }
}

fn digits(values: &Sorted) -> i8 {
    if let Sorted::Decimal { scale, .. } = values { *scale } else { 0 }
}

/// The values as doubles; `None` if one of them is no double.
fn floats(values: &Sorted) -> Option<Cow<'_, [f64]>> {
    let exact = |value: i128| (value as f64 as i128 == value).then_some(value as f64);
    match values {
        Sorted::Float(values) => Some(Cow::Borrowed(values)),
        Sorted::Int(values) => values.iter().map(|&value| exact(value.into())).collect(),
        Sorted::Unsigned(values) => values.iter().map(|&value| exact(value.into())).collect(),
        Sorted::Empty => Some(Cow::Borrowed(&[])),
        Sorted::Decimal { .. } | Sorted::Ticks { .. } => None,
    }
}

/// The values as steps of `10^-digits`; `None` if one of them leaves 128 bits.
fn wide(values: &Sorted, digits: i8) -> Option<Cow<'_, [i128]>> {
    let unit = |own: i8| 10i128.checked_pow(u32::from(digits.abs_diff(own)));
    match values {
        Sorted::Decimal { unscaled, scale } if *scale == digits => Some(Cow::Borrowed(unscaled)),
        Sorted::Decimal { unscaled, scale } => {
            let unit = unit(*scale)?;
            unscaled.iter().map(|value| value.checked_mul(unit)).collect()
        }
        Sorted::Int(values) => {
            let unit = unit(0)?;
            values.iter().map(|&value| i128::from(value).checked_mul(unit)).collect()
        }
        Sorted::Unsigned(values) => {
            let unit = unit(0)?;
            values.iter().map(|&value| i128::from(value).checked_mul(unit)).collect()
        }
        Sorted::Empty => Some(Cow::Borrowed(&[])),
        Sorted::Float(_) | Sorted::Ticks { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ordered(values: Sorted) -> Ordered {
        Ordered { rows: values.len() as u64, nulls: 0, nans: 0, infinite: 0, values }
    }

    fn check(data: Sorted, reference: Sorted, expected: Result<f64, &str>) {
        let compared = compare(&ordered(data), &ordered(reference));
        match (compared, expected) {
            (Ok(compared), Ok(wasserstein)) => assert_eq!(compared.wasserstein, wasserstein),
            (Err(reason), Err(part)) => assert!(reason.contains(part), "{reason}"),
            (compared, expected) => panic!("{compared:?} where {expected:?} was expected"),
        }
    }

    #[test]
    fn sides_of_different_types_compare_exactly_or_not_at_all() {
        let two53 = 1i64 << 53;
        check(Sorted::Int(vec![1]), Sorted::Float(vec![1.5]), Ok(0.5));
        check(
            Sorted::Int(vec![two53 + 1]),
            Sorted::Float(vec![1.5]),
            Err("integer and the reference float"),
        );
        check(Sorted::Int(vec![-1]), Sorted::Unsigned(vec![1]), Ok(2.0));
        let price = |unscaled: i128, scale| Sorted::Decimal { unscaled: vec![unscaled], scale };
        check(price(150, 2), price(1, 0), Ok(0.5));
        check(price(150, 2), Sorted::Int(vec![1]), Ok(0.5));
        check(price(15, 1), Sorted::Float(vec![1.5]), Err("decimal"));
        let at = |tick, tick_ns, zoned| Sorted::Ticks {
            ticks: vec![tick],
            clock: Clock { kind: ClockKind::DateTime { zoned }, tick_ns },
        };
        check(at(2, 1_000, false), at(1, 1, false), Ok(1999.0));
        check(
            at(2, 1, true),
            at(1, 1, false),
            Err("datetime with zone and the reference datetime"),
        );
        check(Sorted::Empty, at(1, 1, false), Ok(0.0));
    }

    #[test]
    fn bins_are_closed_on_the_right() {
        let reference = ordered(Sorted::Int((1..=8).collect()));
        let data = ordered(Sorted::Int(vec![-5, 2, 3, 99]));
        let binned = bins(&data, &reference, 4).expect("bins");
        assert_eq!(binned.edges, [2.75, 4.5, 6.25]);
        assert_eq!((binned.reference, binned.data), (vec![2; 4], vec![2, 1, 0, 1]));
        let floats = ordered(Sorted::Float((1..=8).map(f64::from).collect()));
        assert_eq!(bins(&data, &floats, 4).expect("bins").data, [2, 1, 0, 1]);
        let constant = ordered(Sorted::Int(vec![3; 9]));
        assert_eq!(bins(&data, &constant, 10).expect("bins").data, [3, 1]);
    }
}
