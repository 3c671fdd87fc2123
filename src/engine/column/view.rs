//! From an Arrow array to a [`Column`].

use arrow::array::{Array, ArrayRef, AsArray, UInt32Array};
use arrow::buffer::{BooleanBuffer, ScalarBuffer};
use arrow::compute::cast;
use arrow::datatypes::{
    ArrowPrimitiveType, DataType, Date32Type, Date64Type, Decimal32Type, Decimal64Type,
    Decimal128Type, Decimal256Type, DurationMicrosecondType, DurationMillisecondType,
    DurationNanosecondType, DurationSecondType, Float16Type, Float32Type, Float64Type, Int8Type,
    Int16Type, Int32Type, Int64Type, Time32MillisecondType, Time32SecondType,
    Time64MicrosecondType, Time64NanosecondType, TimeUnit, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};

use super::known::Known;
use super::{Cells, Clock, ClockKind, Column, Texts};

impl Column {
    /// Views an array.
    ///
    /// # Errors
    /// A decimal does not fit into 128 bits.
    pub fn new(array: &ArrayRef) -> Result<Column, String> {
        let array = &plain(array)?;
        let (cells, nulls) = match array.data_type() {
            DataType::Dictionary(..) => category(array)?,
            _ => (cells(array)?, nulls(array)),
        };
        let cells = if array.len() == nulls.as_ref().map_or(0, BooleanBuffer::count_set_bits) {
            Cells::Null
        } else {
            cells
        };
        let nans = nans(&cells, nulls.as_ref());
        let missing = super::super::bits::either(nulls.as_ref(), nans.as_ref());
        let present = missing.map(|missing| !&missing);
        let known = Known::default();
        Ok(Column { cells, n_rows: array.len(), nulls, nans, present, known })
    }
}

/// Unpacks encodings that pay nothing here: all but dictionaries of text shorter than the batch.
fn plain(array: &ArrayRef) -> Result<ArrayRef, String> {
    let target = match array.data_type() {
        DataType::Dictionary(_, values) => {
            let is_text =
                matches!(**values, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
            if is_text && array.as_any_dictionary().values().len() <= array.len() {
                return Ok(array.clone());
            }
            (**values).clone()
        }
        DataType::RunEndEncoded(_, values) => values.data_type().clone(),
        DataType::Binary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            DataType::LargeBinary
        }
        _ => return Ok(array.clone()),
    };
    let unpacked = cast(array, &target).map_err(|error| error.to_string())?;
    if unpacked.data_type() == array.data_type() { Ok(unpacked) } else { plain(&unpacked) }
}

fn nulls(array: &ArrayRef) -> Option<BooleanBuffer> {
    let nulls = array.logical_nulls().filter(|nulls| nulls.null_count() > 0)?;
    Some(!nulls.inner())
}

fn nans(cells: &Cells, nulls: Option<&BooleanBuffer>) -> Option<BooleanBuffer> {
    let Cells::Float(values) = cells else { return None };
    if !values.iter().any(|value| value.is_nan()) {
        return None;
    }
    let nans = BooleanBuffer::collect_bool(values.len(), |row| values[row].is_nan());
    let nans = match nulls {
        Some(nulls) => &nans & &!nulls,
        None => nans,
    };
    (nans.count_set_bits() > 0).then_some(nans)
}

/// A text by number. Its null words become null cells, its null cells get the key 0.
fn category(array: &ArrayRef) -> Result<(Cells, Option<BooleanBuffer>), String> {
    let dictionary = array.as_any_dictionary();
    let nulls = nulls(array);
    let keys = cast(dictionary.keys(), &DataType::UInt32).map_err(|error| error.to_string())?;
    let keys: &UInt32Array = keys.as_primitive();
    let keys = match dictionary.keys().nulls() {
        Some(valid) => keys
            .values()
            .iter()
            .zip(valid)
            .map(|(&key, valid)| if valid { key } else { 0 })
            .collect(),
        None => keys.values().clone(),
    };
    match cells(dictionary.values())? {
        Cells::Text(words) => Ok((Cells::Category { keys, words }, nulls)),
        _ => Ok((Cells::Nested(array.clone()), nulls)),
    }
}

fn cells(array: &ArrayRef) -> Result<Cells, String> {
    Ok(match array.data_type() {
        DataType::Null => Cells::Null,
        DataType::Boolean => Cells::Bool(array.as_boolean().values().clone()),
        DataType::Int8 => Cells::Int(widen::<Int8Type, _>(array, i64::from)),
        DataType::Int16 => Cells::Int(widen::<Int16Type, _>(array, i64::from)),
        DataType::Int32 => Cells::Int(widen::<Int32Type, _>(array, i64::from)),
        DataType::Int64 => Cells::Int(array.as_primitive::<Int64Type>().values().clone()),
        DataType::UInt8 => Cells::Int(widen::<UInt8Type, _>(array, i64::from)),
        DataType::UInt16 => Cells::Int(widen::<UInt16Type, _>(array, i64::from)),
        DataType::UInt32 => Cells::Int(widen::<UInt32Type, _>(array, i64::from)),
        DataType::UInt64 => Cells::Unsigned(array.as_primitive::<UInt64Type>().values().clone()),
        DataType::Float16 => Cells::Float(widen::<Float16Type, _>(array, |value| value.to_f64())),
        DataType::Float32 => Cells::Float(widen::<Float32Type, _>(array, f64::from)),
        DataType::Float64 => Cells::Float(array.as_primitive::<Float64Type>().values().clone()),
        DataType::Decimal32(_, scale) => {
            decimal(widen::<Decimal32Type, _>(array, i128::from), *scale)
        }
        DataType::Decimal64(_, scale) => {
            decimal(widen::<Decimal64Type, _>(array, i128::from), *scale)
        }
        DataType::Decimal128(_, scale) => {
            decimal(array.as_primitive::<Decimal128Type>().values().clone(), *scale)
        }
        DataType::Decimal256(_, scale) => decimal(narrow(array)?, *scale),
        DataType::Utf8 => Cells::Text(Texts::Small(array.as_string().clone())),
        DataType::LargeUtf8 => Cells::Text(Texts::Large(array.as_string().clone())),
        DataType::Utf8View => Cells::Text(Texts::View(array.as_string_view().clone())),
        DataType::LargeBinary => Cells::Binary(array.as_binary().clone()),
        DataType::Date32 | DataType::Date64 | DataType::Time32(_) | DataType::Time64(_) => {
            ticks(array)
        }
        DataType::Timestamp(..) | DataType::Duration(_) => ticks(array),
        _ => Cells::Nested(array.clone()),
    })
}

fn widen<T: ArrowPrimitiveType, W: arrow::datatypes::ArrowNativeType>(
    array: &ArrayRef,
    wide: impl Fn(T::Native) -> W,
) -> ScalarBuffer<W> {
    array.as_primitive::<T>().values().iter().map(|&value| wide(value)).collect()
}

/// Values of 64 bits, as they stand.
fn whole<T: ArrowPrimitiveType<Native = i64>>(array: &ArrayRef) -> ScalarBuffer<i64> {
    array.as_primitive::<T>().values().clone()
}

fn decimal(unscaled: ScalarBuffer<i128>, scale: i8) -> Cells {
    Cells::Decimal { unscaled, scale }
}

fn narrow(array: &ArrayRef) -> Result<ScalarBuffer<i128>, String> {
    let array = array.as_primitive::<Decimal256Type>();
    let narrowed = (0..array.len()).map(|row| {
        if array.is_null(row) {
            return Ok(0);
        }
        let value = array.value(row);
        value.to_i128().ok_or_else(|| format!("the decimal {value} has more than 38 digits"))
    });
    Ok(narrowed.collect::<Result<Vec<i128>, String>>()?.into())
}

/// Temporal arrays as 64-bit counts of their own unit; a date counts days.
fn ticks(array: &ArrayRef) -> Cells {
    use TimeUnit::{Microsecond, Millisecond, Nanosecond, Second};
    let day_ms = 86_400_000;
    let zoned = matches!(array.data_type(), DataType::Timestamp(_, Some(_)));
    let (kind, unit) = match array.data_type() {
        DataType::Time32(unit) | DataType::Time64(unit) => (ClockKind::Time, *unit),
        DataType::Duration(unit) => (ClockKind::Duration, *unit),
        DataType::Timestamp(unit, _) => (ClockKind::DateTime { zoned }, *unit),
        _ => (ClockKind::Date, Second),
    };
    let ticks = match array.data_type() {
        DataType::Date32 => widen::<Date32Type, _>(array, i64::from),
        DataType::Date64 => widen::<Date64Type, _>(array, |ms| ms.div_euclid(day_ms)),
        DataType::Time32(Second) => widen::<Time32SecondType, _>(array, i64::from),
        DataType::Time32(_) => widen::<Time32MillisecondType, _>(array, i64::from),
        DataType::Time64(Microsecond) => whole::<Time64MicrosecondType>(array),
        DataType::Time64(_) => whole::<Time64NanosecondType>(array),
        DataType::Duration(Second) => whole::<DurationSecondType>(array),
        DataType::Duration(Millisecond) => whole::<DurationMillisecondType>(array),
        DataType::Duration(Microsecond) => whole::<DurationMicrosecondType>(array),
        DataType::Duration(Nanosecond) => whole::<DurationNanosecondType>(array),
        DataType::Timestamp(Second, _) => whole::<TimestampSecondType>(array),
        DataType::Timestamp(Millisecond, _) => whole::<TimestampMillisecondType>(array),
        DataType::Timestamp(Microsecond, _) => whole::<TimestampMicrosecondType>(array),
        _ => whole::<TimestampNanosecondType>(array),
    };
    let tick_ns = match (kind, unit) {
        (ClockKind::Date, _) => Clock::DAYS.tick_ns,
        (_, Second) => 1_000_000_000,
        (_, Millisecond) => 1_000_000,
        (_, Microsecond) => 1_000,
        (_, Nanosecond) => 1,
    };
    Cells::Ticks { ticks, clock: Clock { kind, tick_ns } }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{
        Decimal128Array, DictionaryArray, Float32Array, Float64Array, Int8Array, StringArray,
        TimestampMillisecondArray, UInt64Array,
    };

    use super::*;
    use crate::metric::Value;

    fn check(array: impl Array + 'static, row: usize, value: Value) {
        let array: ArrayRef = Arc::new(array);
        let column = Column::new(&array).expect("a view");
        assert_eq!(column.value(row), value);
    }

    #[test]
    fn values_keep_all_their_digits() {
        check(Int8Array::from(vec![-3]), 0, Value::Int(-3));
        check(UInt64Array::from(vec![u64::MAX]), 0, Value::Int(u64::MAX.into()));
        check(Float32Array::from(vec![0.1]), 0, Value::float(f64::from(0.1f32)));
        let decimals = Decimal128Array::from(vec![105]).with_precision_and_scale(10, 2);
        check(decimals.expect("fits"), 0, Value::Decimal { unscaled: 105, scale: 2 });
        let zoned = TimestampMillisecondArray::from(vec![1]).with_timezone("UTC");
        check(zoned, 0, Value::DateTime { nanos: 1_000_000, zoned: true });
        let words = vec![Some("b"), None, Some("a")].into_iter();
        let words: DictionaryArray<Int8Type> = words.collect();
        check(words.clone(), 2, Value::Text("a".into()));
        check(words, 1, Value::Null);
    }

    #[test]
    fn missing_cells_are_null_or_nan() {
        let array: ArrayRef = Arc::new(Float64Array::from(vec![Some(1.0), None, Some(f64::NAN)]));
        let column = Column::new(&array).expect("a view");
        let bits = |mask: &Option<BooleanBuffer>| {
            mask.as_ref().map(|mask| mask.iter().collect::<Vec<_>>())
        };
        assert_eq!(bits(&column.nulls), Some(vec![false, true, false]));
        assert_eq!(bits(&column.nans), Some(vec![false, false, true]));
        assert_eq!(bits(&column.present), Some(vec![true, false, false]));
    }

    #[test]
    fn dictionaries_without_words_and_sliced_ones_are_read() {
        let empty: ArrayRef =
            Arc::new(DictionaryArray::<Int8Type>::from_iter(vec![None::<&str>; 2]));
        assert_eq!(Column::new(&empty).expect("a view").value(1), Value::Null);
        let words: ArrayRef =
            Arc::new(DictionaryArray::<Int8Type>::from_iter(vec!["a", "b", "b", "c", "a"]));
        let tail = Column::new(&words.slice(3, 2)).expect("a view");
        assert_eq!(tail.value(0), Value::Text("c".into()));
        let keys = UInt32Array::new(vec![1, 99].into(), Some(vec![true, false].into()));
        let stray = DictionaryArray::new(keys, Arc::new(StringArray::from(vec!["a", "b"])));
        let stray: ArrayRef = Arc::new(stray);
        let stray = Column::new(&stray).expect("a view");
        assert_eq!((stray.value(0), stray.text(1)), (Value::Text("b".into()), "a"));
        let null: ArrayRef = Arc::new(StringArray::from(vec![None::<&str>]));
        assert!(matches!(Column::new(&null).expect("a view").cells, Cells::Null));
    }
}
