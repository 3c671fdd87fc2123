//! A typed view of an Arrow array, made once for each column of a batch.
//!
//! Predicates and states work on these few forms and never see Arrow's types. Widening loses
//! nothing: integers to 64 bits, floats to doubles, decimals to 128 bits; nothing passes through a
//! double that was none.

mod clock;
mod known;
mod texts;
mod view;

pub use clock::{Clock, ClockKind};
pub use known::{Counts, Reach, within};
pub use texts::{Texts, characters};

use std::fmt;

use arrow::array::{Array, ArrayRef, LargeBinaryArray};
use arrow::buffer::{BooleanBuffer, ScalarBuffer};
use arrow::util::display::{ArrayFormatter, FormatOptions};

use super::bits::Rows;
use crate::metric::Value;

/// The cells of a column in one of the forms that the engine computes with.
#[derive(Clone, Debug)]
pub enum Cells {
    /// Every cell is null.
    Null,
    Bool(BooleanBuffer),
    Int(ScalarBuffer<i64>),
    /// 64 unsigned bits; narrower unsigned integers are [`Cells::Int`].
    Unsigned(ScalarBuffer<u64>),
    Decimal {
        unscaled: ScalarBuffer<i128>,
        scale: i8,
    },
    Float(ScalarBuffer<f64>),
    Ticks {
        ticks: ScalarBuffer<i64>,
        clock: Clock,
    },
    Text(Texts),
    /// Text by number: cell `i` is `words[keys[i]]`. Keys of null cells are 0.
    Category {
        keys: ScalarBuffer<u32>,
        words: Texts,
    },
    Binary(LargeBinaryArray),
    /// A list, a struct or anything else that is only ever shown.
    Nested(ArrayRef),
}

/// What has to stay the same from batch to batch for states to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Bool,
    Int,
    Unsigned,
    Decimal { scale: i8 },
    Float,
    Ticks(Clock),
    Text,
    Binary,
    Nested,
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Form::Bool => f.write_str("boolean"),
            Form::Int => f.write_str("integer"),
            Form::Unsigned => f.write_str("unsigned integer"),
            Form::Decimal { scale } => write!(f, "decimal with {scale} places"),
            Form::Float => f.write_str("float"),
            Form::Ticks(clock) => clock.fmt(f),
            Form::Text => f.write_str("string"),
            Form::Binary => f.write_str("binary"),
            Form::Nested => f.write_str("nested"),
        }
    }
}

/// A column of a batch with its missing cells.
#[derive(Clone, Debug)]
pub struct Column {
    pub cells: Cells,
    pub n_rows: usize,
    /// Null cells; `None` where there are none.
    pub nulls: Rows,
    /// Cells that are NaN and not null; `None` where there are none.
    pub nans: Rows,
    /// Cells that are neither; `None` where all are present.
    pub present: Rows,
    known: known::Known,
}

impl Column {
    /// The form of the cells; `None` where every cell is null, which fits any form.
    pub fn form(&self) -> Option<Form> {
        Some(match &self.cells {
            Cells::Null => return None,
            Cells::Bool(_) => Form::Bool,
            Cells::Int(_) => Form::Int,
            Cells::Unsigned(_) => Form::Unsigned,
            Cells::Decimal { scale, .. } => Form::Decimal { scale: *scale },
            Cells::Float(_) => Form::Float,
            Cells::Ticks { clock, .. } => Form::Ticks(*clock),
            Cells::Text(_) | Cells::Category { .. } => Form::Text,
            Cells::Binary(_) => Form::Binary,
            Cells::Nested(_) => Form::Nested,
        })
    }

    /// The word for the column's form.
    pub fn describe(&self) -> String {
        self.form().map_or_else(|| "null".into(), |form| form.to_string())
    }

    /// Whether a cell is null or NaN.
    pub fn is_missing(&self, row: usize) -> bool {
        self.present.as_ref().is_some_and(|present| !present.value(row))
    }

    /// One cell as a value of its own.
    pub fn value(&self, row: usize) -> Value {
        if self.nulls.as_ref().is_some_and(|nulls| nulls.value(row)) {
            return Value::Null;
        }
        match &self.cells {
            Cells::Null => Value::Null,
            Cells::Bool(bits) => Value::Bool(bits.value(row)),
            Cells::Int(values) => Value::Int(values[row].into()),
            Cells::Unsigned(values) => Value::Int(values[row].into()),
            Cells::Decimal { unscaled, scale } => {
                Value::Decimal { unscaled: unscaled[row], scale: *scale }
            }
            Cells::Float(values) => Value::float(values[row]),
            Cells::Ticks { ticks, clock } => clock.value(ticks[row]),
            Cells::Text(texts) => Value::Text(texts.at(row).to_owned()),
            Cells::Category { keys, words } => Value::Text(words.at(keys[row] as usize).to_owned()),
            Cells::Binary(bytes) => Value::Binary(bytes.value(row).to_vec()),
            Cells::Nested(array) => Value::Nested(render(array, row)),
        }
    }

    /// The text of a cell; empty where cells are no text.
    pub fn text(&self, row: usize) -> &str {
        match &self.cells {
            Cells::Text(texts) => texts.at(row),
            Cells::Category { keys, words } => words.at(keys[row] as usize),
            _ => "",
        }
    }
}

/// A nested cell as text, the way Arrow shows it.
pub fn render(array: &dyn Array, row: usize) -> String {
    let options = FormatOptions::default().with_null("null");
    match ArrayFormatter::try_new(array, &options) {
        Ok(formatter) => {
            formatter.value(row).try_to_string().unwrap_or_else(|error| format!("<{error}>"))
        }
        Err(_) => format!("<{}>", array.data_type()),
    }
}
