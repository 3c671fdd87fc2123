//! Texts in whichever of Arrow's three layouts they come.

use arrow::array::{
    Array, ArrayAccessor, GenericStringArray, LargeStringArray, OffsetSizeTrait, StringArray,
    StringViewArray,
};
use arrow::buffer::BooleanBuffer;

use crate::engine::bits;
use crate::metric::LengthUnit;

/// Consecutive texts.
#[derive(Clone, Debug)]
pub enum Texts {
    Small(StringArray),
    Large(LargeStringArray),
    View(StringViewArray),
}

impl Texts {
    /// How many there are.
    pub fn count(&self) -> usize {
        match self {
            Texts::Small(array) => array.len(),
            Texts::Large(array) => array.len(),
            Texts::View(array) => array.len(),
        }
    }

    /// One of them; what stands in a null cell is any text.
    pub fn at(&self, row: usize) -> &str {
        match self {
            Texts::Small(array) => array.value(row),
            Texts::Large(array) => array.value(row),
            Texts::View(array) => array.value(row),
        }
    }

    /// The shortest and the longest of the present ones.
    pub fn lengths(&self, present: Option<&BooleanBuffer>, unit: LengthUnit) -> Option<(u64, u64)> {
        match self {
            Texts::Small(array) => lengths(array, present, unit),
            Texts::Large(array) => lengths(array, present, unit),
            Texts::View(array) => lengths(array, present, unit),
        }
    }

    /// Whether all present ones have so many characters.
    pub fn have_characters(&self, present: Option<&BooleanBuffer>, allowed: (u64, u64)) -> bool {
        match self {
            Texts::Small(array) => have_characters(array, present, allowed),
            Texts::Large(array) => have_characters(array, present, allowed),
            Texts::View(array) => have_characters(array, present, allowed),
        }
    }

    /// Whether these are the very same texts, in the same memory.
    pub fn are(&self, other: &Texts) -> bool {
        match (self, other) {
            (Texts::Small(own), Texts::Small(other)) => {
                own.len() == other.len()
                    && std::ptr::eq(own.value_offsets(), other.value_offsets())
                    && std::ptr::eq(own.value_data(), other.value_data())
            }
            (Texts::Large(own), Texts::Large(other)) => {
                own.len() == other.len()
                    && std::ptr::eq(own.value_offsets(), other.value_offsets())
                    && std::ptr::eq(own.value_data(), other.value_data())
            }
            _ => false,
        }
    }

    /// Judges each of them, in order.
    pub fn judge(&self, judge: impl FnMut(&str) -> bool) -> BooleanBuffer {
        match self {
            Texts::Small(array) => judge_all(array, judge),
            Texts::Large(array) => judge_all(array, judge),
            Texts::View(array) => judge_all(array, judge),
        }
    }
}

/// How many characters a text has.
pub fn characters(text: &str) -> u64 {
    let length = if text.is_ascii() { text.len() } else { text.chars().count() };
    length as u64
}

/// Texts whose bytes are counted without looking at them.
trait Stored<'a>: ArrayAccessor<Item = &'a str> {
    /// How many bytes a text has.
    fn bytes(&self, row: usize) -> u64;
}

impl<'a, O: OffsetSizeTrait> Stored<'a> for &'a GenericStringArray<O> {
    fn bytes(&self, row: usize) -> u64 {
        self.value_length(row).as_usize() as u64
    }
}

impl<'a> Stored<'a> for &'a StringViewArray {
    fn bytes(&self, row: usize) -> u64 {
        // The lower half of a view is its length.
        u64::from(self.views()[row] as u32)
    }
}

fn lengths<'a>(
    array: impl Stored<'a>,
    present: Option<&BooleanBuffer>,
    unit: LengthUnit,
) -> Option<(u64, u64)> {
    let (mut low, mut high) = (u64::MAX, 0);
    bits::for_each(present, array.len(), |row| {
        let mut length = array.bytes(row);
        if unit == LengthUnit::Characters {
            // A character takes one to four bytes: most texts are seen to be no end by that alone.
            if length.div_ceil(4) >= low && length <= high {
                return;
            }
            length = characters(array.value(row));
        }
        low = low.min(length);
        high = high.max(length);
    });
    (low <= high).then_some((low, high))
}

fn have_characters<'a>(
    array: impl Stored<'a>,
    present: Option<&BooleanBuffer>,
    (low, high): (u64, u64),
) -> bool {
    (0..array.len()).all(|row| {
        let length = array.bytes(row);
        // A character takes one to four bytes: most texts need no closer look.
        (length.div_ceil(4) >= low && length <= high)
            || present.is_some_and(|present| !present.value(row))
            || (low..=high).contains(&characters(array.value(row)))
    })
}

fn judge_all<'a, A: ArrayAccessor<Item = &'a str>>(
    array: A,
    mut judge: impl FnMut(&str) -> bool,
) -> BooleanBuffer {
    BooleanBuffer::collect_bool(array.len(), |row| judge(array.value(row)))
}
