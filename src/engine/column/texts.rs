//! Texts in whichever of Arrow's three layouts they come.

use arrow::array::{Array, ArrayAccessor, LargeStringArray, StringArray, StringViewArray};
use arrow::buffer::BooleanBuffer;

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

    /// How many bytes one of them has.
    pub fn bytes(&self, row: usize) -> usize {
        match self {
            Texts::Small(array) => array.value_length(row) as usize,
            Texts::Large(array) => array.value_length(row) as usize,
            // The lower half of a view is its length.
            Texts::View(array) => array.views()[row] as u32 as usize,
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

fn judge_all<'a, A: ArrayAccessor<Item = &'a str>>(
    array: A,
    mut judge: impl FnMut(&str) -> bool,
) -> BooleanBuffer {
    BooleanBuffer::collect_bool(array.len(), |row| judge(array.value(row)))
}
