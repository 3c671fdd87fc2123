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
