//! Columns from Arrow to polars without a copy, over the C data interface, and answers back.
//!
//! All `unsafe` of the door to polars is in [`import`].

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, make_array};
use arrow::buffer::{BooleanBuffer, Buffer, NullBuffer};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType as ArrowType, Field, Fields, Float64Type, TimeUnit};
use polars::prelude::{BooleanChunked, Column, DataFrame, Series};

use crate::metric::Type;

/// A frame of some columns of a batch.
pub(super) fn frame(
    names: &[String],
    arrays: &[ArrayRef],
    n_rows: usize,
) -> Result<DataFrame, String> {
    let columns = names.iter().zip(arrays).map(|(name, array)| {
        let target = target(array.data_type())
            .map_err(|reason| format!("column `{name}` cannot be used in SQL: {reason}"))?;
        let array = without_nan(widened(array, &target)?);
        let series = import(name, &array)?;
        Ok(Column::from(series))
    });
    let columns = columns.collect::<Result<Vec<Column>, String>>()?;
    DataFrame::new(n_rows, columns).map_err(|error| error.to_string())
}

/// Hands an array to polars through the C data interface.
fn import(name: &str, array: &ArrayRef) -> Result<Series, String> {
    let (array, schema) = arrow::ffi::to_ffi(&array.to_data()).map_err(|e| e.to_string())?;
    // SAFETY: both structs are `repr(C)` with the fields of `ArrowSchema` in the C data interface,
    // which fixes their layout; `schema` was just exported and lives until the end of this
    // function, and the import only reads it.
    let field = unsafe {
        let schema = &*std::ptr::from_ref(&schema).cast::<polars_arrow::ffi::ArrowSchema>();
        polars_arrow::ffi::import_field_from_c(schema)
    };
    let field = field.map_err(|error| error.to_string())?;
    // SAFETY: both structs are `repr(C)` with the fields of `ArrowArray` in the C data interface,
    // and `transmute` checks that their sizes agree. The value moves: its release callback, which
    // frees the reference that it holds to the buffers, runs once, when polars drops the import.
    let array = unsafe {
        std::mem::transmute::<arrow::ffi::FFI_ArrowArray, polars_arrow::ffi::ArrowArray>(array)
    };
    // SAFETY: `array` is a valid export of the type that `field` was exported with, by the same
    // call.
    let imported = unsafe { polars_arrow::ffi::import_array_from_c(array, field.dtype) };
    let imported = imported.map_err(|error| error.to_string())?;
    Series::from_arrow(name.into(), imported).map_err(|error| error.to_string())
}

/// Booleans of one chunk as Arrow has them; the bits are copied.
pub(super) fn booleans(answers: &BooleanChunked) -> BooleanArray {
    let bits = |bitmap: &polars_arrow::bitmap::Bitmap| {
        let (bytes, offset, length) = bitmap.as_slice();
        BooleanBuffer::new(Buffer::from(bytes), offset, length)
    };
    let mut chunks = answers.downcast_iter().map(|chunk| {
        let nulls = chunk.validity().map(|known| NullBuffer::new(bits(known)));
        BooleanArray::new(bits(chunk.values()), nulls)
    });
    chunks.next().unwrap_or_else(|| BooleanArray::new(BooleanBuffer::new_unset(0), None))
}

/// The array in the type that crosses over; nothing is lost silently.
fn widened(array: &ArrayRef, target: &ArrowType) -> Result<ArrayRef, String> {
    if array.data_type() == target {
        return Ok(array.clone());
    }
    let options = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(array, target, &options).map_err(|error| error.to_string())
}

/// Floats with NaN as null; the values stay where they are.
fn without_nan(array: ArrayRef) -> ArrayRef {
    let Some(floats) = array.as_primitive_opt::<Float64Type>() else { return array };
    let values = floats.values();
    // Without an early exit, so that the loop runs in vector registers.
    if !values.iter().fold(false, |found, value| found | value.is_nan()) {
        return array;
    }
    let known = NullBuffer::new(BooleanBuffer::collect_bool(values.len(), |i| !values[i].is_nan()));
    let nulls = NullBuffer::union(floats.nulls(), Some(&known));
    let data = array.to_data().into_builder().nulls(nulls).build();
    data.map_or(array, make_array)
}

/// The type in which a column crosses over: one that polars holds in the same bytes.
///
/// Dictionaries become text, floats become doubles, times of day become nanoseconds, seconds become
/// milliseconds.
fn target(kind: &ArrowType) -> Result<ArrowType, String> {
    use ArrowType as A;
    Ok(match kind {
        A::Float16 | A::Float32 | A::Float64 => A::Float64,
        A::Decimal32(precision, scale)
        | A::Decimal64(precision, scale)
        | A::Decimal128(precision, scale)
            if *scale >= 0 =>
        {
            A::Decimal128(*precision, *scale)
        }
        A::Utf8 | A::LargeUtf8 | A::Utf8View => A::Utf8View,
        A::Binary | A::LargeBinary | A::BinaryView | A::FixedSizeBinary(_) => A::BinaryView,
        A::Dictionary(_, values) => target(values)?,
        A::RunEndEncoded(_, values) => target(values.data_type())?,
        A::Date32 | A::Date64 => A::Date32,
        A::Time32(_) | A::Time64(_) => A::Time64(TimeUnit::Nanosecond),
        A::Timestamp(unit, None) => A::Timestamp(at_least_millis(*unit), None),
        A::Timestamp(unit, Some(name)) => {
            A::Timestamp(at_least_millis(*unit), Some(zone(name)?.into()))
        }
        A::Duration(unit) => A::Duration(at_least_millis(*unit)),
        A::List(item) | A::LargeList(item) | A::FixedSizeList(item, _) => {
            A::LargeList(Field::new("item", target(item.data_type())?, true).into())
        }
        A::Struct(fields) => A::Struct(
            fields
                .iter()
                .map(|field| Ok(Field::new(field.name(), target(field.data_type())?, true)))
                .collect::<Result<Fields, String>>()?,
        ),
        A::Null | A::Boolean => kind.clone(),
        integer if integer.is_integer() => kind.clone(),
        other => return Err(format!("it is of type {other}")),
    })
}

fn at_least_millis(unit: TimeUnit) -> TimeUnit {
    if unit == TimeUnit::Second { TimeUnit::Millisecond } else { unit }
}

/// The name by which polars knows a zone: it has no fixed offsets, but zones of whole hours.
fn zone(name: &str) -> Result<String, String> {
    let Some(sign) = name.chars().next().filter(|first| matches!(first, '+' | '-')) else {
        return Ok(if name == "Z" { "UTC".into() } else { name.into() });
    };
    let (hours, minutes) = name[1..].split_at_checked(2).unwrap_or_default();
    match (hours.parse::<u8>(), sign, minutes.trim_start_matches(':')) {
        (Ok(0), _, "00" | "") => Ok("UTC".into()),
        // The names of these zones count westward.
        (Ok(hours @ 1..=14), '+', "00" | "") => Ok(format!("Etc/GMT-{hours}")),
        (Ok(hours @ 1..=12), '-', "00" | "") => Ok(format!("Etc/GMT+{hours}")),
        _ => Err(format!("its zone `{name}` is not one of whole hours")),
    }
}

/// The Arrow type by which a column of the schema is planned; the batches may hold it in another
/// unit or layout. `None` for types that SQL cannot use.
pub(super) fn arrow_type(kind: &Type) -> Option<ArrowType> {
    use ArrowType as A;
    Some(match kind {
        Type::Null => A::Null,
        Type::Boolean => A::Boolean,
        Type::Integer { bits: 8, signed: true } => A::Int8,
        Type::Integer { bits: 16, signed: true } => A::Int16,
        Type::Integer { bits: 32, signed: true } => A::Int32,
        Type::Integer { bits: 64, signed: true } => A::Int64,
        Type::Integer { bits: 8, signed: false } => A::UInt8,
        Type::Integer { bits: 16, signed: false } => A::UInt16,
        Type::Integer { bits: 32, signed: false } => A::UInt32,
        Type::Integer { bits: 64, signed: false } => A::UInt64,
        Type::Float { .. } => A::Float64,
        Type::Decimal { precision: precision @ 1..=38, scale: scale @ 0.. } => {
            A::Decimal128(*precision, *scale)
        }
        Type::String => A::Utf8View,
        Type::Date => A::Date32,
        Type::Time => A::Time64(TimeUnit::Nanosecond),
        Type::DateTime { zone } => {
            A::Timestamp(TimeUnit::Microsecond, zone.as_deref().map(Into::into))
        }
        Type::Duration => A::Duration(TimeUnit::Microsecond),
        Type::Binary => A::BinaryView,
        Type::List(item) => A::LargeList(Field::new("item", arrow_type(item)?, true).into()),
        Type::Struct(fields) => A::Struct(
            fields
                .iter()
                .map(|field| Some(Field::new(&field.name, arrow_type(&field.kind)?, true)))
                .collect::<Option<Fields>>()?,
        ),
        Type::Integer { .. } | Type::Decimal { .. } | Type::Other(_) => return None,
    })
}
