//! What is known of a column as a whole, found out once for all who ask.

use std::cell::{Cell, OnceCell};

use arrow::buffer::BooleanBuffer;

use super::{Cells, Column};
use crate::engine::bits;
use crate::metric::LengthUnit;

/// How many cells there are of each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Cells that are neither null nor NaN.
    pub present: u64,
    pub nulls: u64,
    pub nans: u64,
}

/// The smallest and the largest of the present cells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reach {
    /// No cell is present.
    Empty,
    /// Integers or ticks.
    Signed(i64, i64),
    Unsigned(u64, u64),
    /// Decimals, without their point.
    Wide(i128, i128),
    /// Both zeros are one.
    Floats(f64, f64),
    /// The cells are of a kind whose ends are not looked for.
    Unknown,
}

/// What was found out so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    counts: OnceCell<Counts>,
    reach: OnceCell<Reach>,
    bytes: OnceCell<Option<(u64, u64)>>,
    characters: OnceCell<Option<(u64, u64)>>,
    /// How often it was asked whether all texts have a length.
    asked: Cell<u32>,
}

/// So many questions about the lengths of texts are answered one by one before their ends are
/// found, which looks at every text.
const FEW_QUESTIONS: u32 = 4;

impl Column {
    /// How many cells there are of each kind.
    pub fn counts(&self) -> Counts {
        *self.known.counts.get_or_init(|| {
            let count =
                |rows: &bits::Rows| rows.as_ref().map_or(0, |rows| rows.count_set_bits() as u64);
            let (nulls, nans) = (count(&self.nulls), count(&self.nans));
            Counts { present: self.n_rows as u64 - nulls - nans, nulls, nans }
        })
    }

    /// Between which values the present cells lie.
    pub fn reach(&self) -> Reach {
        *self.known.reach.get_or_init(|| {
            let present = self.present.as_ref();
            let reach = match &self.cells {
                Cells::Null => None,
                Cells::Int(values) | Cells::Ticks { ticks: values, .. } => {
                    ends(values, present).map(|(low, high)| Reach::Signed(low, high))
                }
                Cells::Unsigned(values) => {
                    ends(values, present).map(|(low, high)| Reach::Unsigned(low, high))
                }
                Cells::Decimal { unscaled, .. } => {
                    ends(unscaled, present).map(|(low, high)| Reach::Wide(low, high))
                }
                Cells::Float(values) => {
                    ends(values, present).map(|(low, high)| Reach::Floats(low + 0.0, high + 0.0))
                }
                _ => Some(Reach::Unknown),
            };
            reach.unwrap_or(Reach::Empty)
        })
    }

    /// Whether the lengths of all present texts lie between these ends, or those of none; `None`
    /// if some may.
    pub fn lengths_within(&self, unit: LengthUnit, allowed: (u64, u64)) -> Option<bool> {
        let (shortest, longest) = self.lengths(LengthUnit::Bytes)?;
        if unit == LengthUnit::Bytes {
            return within((shortest, longest), allowed);
        }
        // A character takes one to four bytes: often that is all one needs to know.
        let by_bytes = within((shortest.div_ceil(4), longest), allowed);
        if by_bytes.is_some() {
            return by_bytes;
        }
        let asked = self.known.asked.get();
        self.known.asked.set(asked.saturating_add(1));
        if asked < FEW_QUESTIONS
            && let Cells::Text(texts) = &self.cells
        {
            return texts.have_characters(self.present.as_ref(), allowed).then_some(true);
        }
        within(self.lengths(unit)?, allowed)
    }

    fn lengths(&self, unit: LengthUnit) -> Option<(u64, u64)> {
        let known = match unit {
            LengthUnit::Bytes => &self.known.bytes,
            LengthUnit::Characters => &self.known.characters,
        };
        *known.get_or_init(|| match &self.cells {
            Cells::Text(texts) => texts.lengths(self.present.as_ref(), unit),
            _ => None,
        })
    }
}

/// Whether all values between these ends lie inside a range, or none; `None` if some may.
pub fn within<T: PartialOrd>(ends: (T, T), (low, high): (T, T)) -> Option<bool> {
    if ends.0 >= low && ends.1 <= high {
        return Some(true);
    }
    (ends.1 < low || ends.0 > high).then_some(false)
}

/// Values are compared side by side in so many lanes.
const LANES: usize = 8;

/// The ends of the values that a mask means; none of them is NaN.
fn ends<T: Copy + PartialOrd>(values: &[T], present: Option<&BooleanBuffer>) -> Option<(T, T)> {
    let Some(present) = present else {
        let mut ends = values.first().map(|first| (*first, *first))?;
        widen(&mut ends, values);
        return Some(ends);
    };
    let first = values[present.set_indices().next()?];
    let mut ends = (first, first);
    let words = present.bit_chunks();
    for (mut word, values) in words.iter_padded().zip(values.chunks(u64::BITS as usize)) {
        if word == u64::MAX {
            widen(&mut ends, values);
            continue;
        }
        while word != 0 {
            let value = values[word.trailing_zeros() as usize];
            ends = (lower(value, ends.0), higher(value, ends.1));
            word &= word - 1;
        }
    }
    Some(ends)
}

fn widen<T: Copy + PartialOrd>(ends: &mut (T, T), values: &[T]) {
    let (mut low, mut high) = ([ends.0; LANES], [ends.1; LANES]);
    let (blocks, rest) = values.as_chunks::<LANES>();
    for block in blocks {
        for lane in 0..LANES {
            low[lane] = lower(block[lane], low[lane]);
            high[lane] = higher(block[lane], high[lane]);
        }
    }
    let lows = rest.iter().copied().chain(low);
    let highs = rest.iter().copied().chain(high);
    *ends = (lows.fold(ends.0, lower), highs.fold(ends.1, higher));
}

fn lower<T: PartialOrd>(one: T, other: T) -> T {
    if one < other { one } else { other }
}

fn higher<T: PartialOrd>(one: T, other: T) -> T {
    if one > other { one } else { other }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Array, ArrayRef, Float64Array, Int64Array, StringArray};
    use proptest::prelude::*;

    use super::*;

    fn column(array: impl Array + 'static) -> Column {
        let array: ArrayRef = Arc::new(array);
        Column::new(&array).expect("a view")
    }

    #[test]
    fn ends_are_those_of_a_plain_loop_at_any_offset() {
        let floats = prop_oneof![Just(f64::NAN), Just(-0.0), Just(f64::INFINITY), -9.0..9.0f64];
        let row = (
            prop::option::weighted(0.9, any::<i64>()),
            prop::option::weighted(0.9, floats),
            prop::option::weighted(0.9, "[a-c\u{e9}]{0,5}"),
        );
        let rows = prop::collection::vec(row, 1..300);
        proptest!(ProptestConfig::with_cases(128), |(rows in rows, skip in 0..70usize)| {
            let skip = skip.min(rows.len() - 1);
            let rest = &rows[skip..];
            let ints = rows.iter().map(|row| row.0).collect::<Int64Array>();
            let ints = column(ints.slice(skip, rest.len()));
            let plain: Vec<i64> = rest.iter().filter_map(|row| row.0).collect();
            let expected = plain.iter().min().zip(plain.iter().max());
            let expected = expected.map_or(Reach::Empty, |(low, high)| Reach::Signed(*low, *high));
            prop_assert_eq!(ints.reach(), expected);
            prop_assert_eq!(ints.counts().present, plain.len() as u64);

            let floats = rows.iter().map(|row| row.1).collect::<Float64Array>();
            let floats = column(floats.slice(skip, rest.len()));
            let plain = rest.iter().filter_map(|row| row.1).filter(|value| !value.is_nan());
            let plain: Vec<f64> = plain.collect();
            let expected = match plain.is_empty() {
                true => Reach::Empty,
                false => Reach::Floats(
                    plain.iter().copied().fold(f64::INFINITY, f64::min),
                    plain.iter().copied().fold(f64::NEG_INFINITY, f64::max),
                ),
            };
            prop_assert_eq!(floats.reach(), expected);
            let counts = floats.counts();
            prop_assert_eq!(counts.present, plain.len() as u64);
            prop_assert_eq!(counts.present + counts.nulls + counts.nans, rest.len() as u64);

            let texts = rows.iter().map(|row| row.2.as_deref()).collect::<StringArray>();
            let texts = column(texts.slice(skip, rest.len()));
            let plain: Vec<&str> = rest.iter().filter_map(|row| row.2.as_deref()).collect();
            let ends = |length: fn(&str) -> u64| {
                let lengths = || plain.iter().map(|text| length(text));
                lengths().min().zip(lengths().max())
            };
            let by_characters = ends(|text| text.chars().count() as u64);
            for low in 0..6 {
                let found = texts.lengths_within(LengthUnit::Characters, (low, 4));
                let expected = by_characters.and_then(|ends| within(ends, (low, 4)));
                // The first questions that bytes do not answer are not told that no text is right.
                let asked = texts.known.asked.get();
                let is_told = asked == 0 || asked > FEW_QUESTIONS || expected == Some(true);
                prop_assert!(found == expected || (!is_told && found.is_none()));
            }
            prop_assert_eq!(texts.lengths(LengthUnit::Characters), by_characters);
            prop_assert_eq!(texts.lengths(LengthUnit::Bytes), ends(|text| text.len() as u64));
        });
    }

    #[test]
    fn ends_that_touch_a_range_lie_inside() {
        assert_eq!(within((1, 3), (1, 3)), Some(true));
        assert_eq!(within((1, 4), (1, 3)), None);
        assert_eq!(within((0, 1), (1, 3)), None);
        assert_eq!(within((4, 9), (1, 3)), Some(false));
        assert_eq!(within((0, 0), (1, 3)), Some(false));
        assert_eq!(within((0.0, 0.0), (-0.0, 1.0)), Some(true));
    }
}
