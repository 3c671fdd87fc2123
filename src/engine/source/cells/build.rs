//! Columns built from cells of text.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, BooleanBuilder, NullArray, PrimitiveBuilder,
    StringArray, StringBuilder,
};
use arrow::compute::concat;
use arrow::datatypes::*;
use arrow::error::ArrowError;

use super::parse;

/// A column, and the text of those cells that do not read as its type.
#[derive(Clone)]
pub struct Built {
    pub values: ArrayRef,
    pub unread: Option<StringArray>,
}

impl Built {
    /// The rows of some columns of one type after each other.
    pub fn joined(columns: Vec<Built>) -> Result<Built, ArrowError> {
        let columns = match <[Built; 1]>::try_from(columns) {
            Ok([only]) => return Ok(only),
            Err(columns) => columns,
        };
        let values: Vec<&dyn Array> = columns.iter().map(|built| built.values.as_ref()).collect();
        Ok(Built { values: concat(&values)?, unread: joined_unread(&columns)? })
    }
}

/// Texts of cells that do not read, if there are any.
fn joined_unread(columns: &[Built]) -> Result<Option<StringArray>, ArrowError> {
    if columns.iter().all(|built| built.unread.is_none()) {
        return Ok(None);
    }
    let texts = columns.iter().map(|built| match &built.unread {
        Some(texts) => texts.clone(),
        None => StringArray::new_null(built.values.len()),
    });
    let texts: Vec<StringArray> = texts.collect();
    let texts: Vec<&dyn Array> = texts.iter().map(|texts| texts as &dyn Array).collect();
    Ok(Some(concat(&texts)?.as_string().clone()))
}

/// Reads cells as a type that [`super::kind`] chose; those that do not read are null and kept.
pub fn build<T: AsRef<str>>(kind: &DataType, cells: impl Iterator<Item = Option<T>>) -> Built {
    use DataType as D;
    match kind {
        D::Int8 => primitive::<Int8Type, _>(kind, cells, parse::integer),
        D::Int16 => primitive::<Int16Type, _>(kind, cells, parse::integer),
        D::Int32 => primitive::<Int32Type, _>(kind, cells, parse::integer),
        D::Int64 => primitive::<Int64Type, _>(kind, cells, parse::integer),
        D::UInt8 => primitive::<UInt8Type, _>(kind, cells, parse::integer),
        D::UInt16 => primitive::<UInt16Type, _>(kind, cells, parse::integer),
        D::UInt32 => primitive::<UInt32Type, _>(kind, cells, parse::integer),
        D::UInt64 => primitive::<UInt64Type, _>(kind, cells, parse::integer),
        D::Float32 => {
            let word = |cell: &[u8]| parse::beyond_finite(cell).map(|value| value as f32);
            primitive::<Float32Type, _>(kind, cells, |cell| {
                parse::float32(cell).or_else(|| word(cell))
            })
        }
        D::Float64 => {
            let read = |cell: &[u8]| parse::float(cell).or_else(|| parse::beyond_finite(cell));
            primitive::<Float64Type, _>(kind, cells, read)
        }
        D::Decimal128(precision, scale) => {
            let (precision, scale) = (*precision, *scale);
            let read = move |cell: &[u8]| parse::decimal(cell, precision, scale);
            primitive::<Decimal128Type, _>(kind, cells, read)
        }
        D::Date32 => primitive::<Date32Type, _>(kind, cells, parse::date),
        D::Time64(_) => primitive::<Time64NanosecondType, _>(kind, cells, parse::time),
        D::Timestamp(TimeUnit::Nanosecond, zone) => {
            let zoned = zone.is_some();
            let read = move |cell: &[u8]| moment(cell, zoned)?.nanos();
            primitive::<TimestampNanosecondType, _>(kind, cells, read)
        }
        D::Timestamp(_, zone) => {
            let zoned = zone.is_some();
            let read = move |cell: &[u8]| moment(cell, zoned)?.micros();
            primitive::<TimestampMicrosecondType, _>(kind, cells, read)
        }
        D::Boolean => boolean(cells),
        D::Null => null(cells),
        _ => text(cells),
    }
}

fn moment(cell: &[u8], zoned: bool) -> Option<parse::DateTime> {
    parse::datetime(cell).filter(|moment| moment.zoned == zoned)
}

fn primitive<A: ArrowPrimitiveType, T: AsRef<str>>(
    kind: &DataType,
    cells: impl Iterator<Item = Option<T>>,
    read: impl Fn(&[u8]) -> Option<A::Native>,
) -> Built {
    let mut values = PrimitiveBuilder::<A>::with_capacity(cells.size_hint().0);
    let mut unread = Unread::default();
    let mut rows = 0;
    for cell in cells {
        match cell {
            None => values.append_null(),
            Some(cell) => match read(cell.as_ref().as_bytes()) {
                Some(value) => values.append_value(value),
                None => {
                    values.append_null();
                    unread.keep(rows, cell.as_ref());
                }
            },
        }
        rows += 1;
    }
    let values = values.finish().with_data_type(kind.clone());
    Built { values: Arc::new(values), unread: unread.finish(rows) }
}

fn boolean<T: AsRef<str>>(cells: impl Iterator<Item = Option<T>>) -> Built {
    let mut values = BooleanBuilder::with_capacity(cells.size_hint().0);
    let mut unread = Unread::default();
    let mut rows = 0;
    for cell in cells {
        let value = cell.as_ref().and_then(|cell| parse::boolean(cell.as_ref().as_bytes()));
        if let (Some(cell), None) = (&cell, value) {
            unread.keep(rows, cell.as_ref());
        }
        values.append_option(value);
        rows += 1;
    }
    Built { values: Arc::new(values.finish()), unread: unread.finish(rows) }
}

fn null<T: AsRef<str>>(cells: impl Iterator<Item = Option<T>>) -> Built {
    let mut unread = Unread::default();
    let mut rows = 0;
    for cell in cells {
        if let Some(cell) = cell {
            unread.keep(rows, cell.as_ref());
        }
        rows += 1;
    }
    Built { values: Arc::new(NullArray::new(rows)), unread: unread.finish(rows) }
}

fn text<T: AsRef<str>>(cells: impl Iterator<Item = Option<T>>) -> Built {
    let rows = cells.size_hint().0;
    let mut values = StringBuilder::with_capacity(rows, rows * 8);
    cells.for_each(|cell| values.append_option(cell));
    Built { values: Arc::new(values.finish()), unread: None }
}

/// Texts of cells that do not read, null for all others; nothing is kept while all read.
#[derive(Default)]
struct Unread {
    texts: Option<(StringBuilder, usize)>,
}

impl Unread {
    fn keep(&mut self, row: usize, cell: &str) {
        let (texts, filled) = self.texts.get_or_insert_with(Default::default);
        texts.append_nulls(row - *filled);
        texts.append_value(cell);
        *filled = row + 1;
    }

    fn finish(self, rows: usize) -> Option<StringArray> {
        let (mut texts, filled) = self.texts?;
        texts.append_nulls(rows - filled);
        Some(texts.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: DataType, cells: &[Option<&str>], nulls: usize, unread: &[Option<&str>]) {
        let built = build(&kind, cells.iter().copied());
        assert_eq!(built.values.data_type(), &kind);
        assert_eq!(built.values.len(), cells.len());
        assert_eq!(built.values.logical_null_count(), nulls);
        let expected = (!unread.is_empty()).then(|| StringArray::from(unread.to_vec()));
        assert_eq!(built.unread, expected);
    }

    #[test]
    fn cells_that_do_not_read_are_null_and_kept() {
        let cells = [Some("1"), None, Some("x"), Some("")];
        let unread = [None, None, Some("x"), Some("")];
        check(DataType::Int32, &cells, 3, &unread);
        check(DataType::Float64, &cells, 3, &unread);
        check(DataType::Utf8, &cells, 1, &[]);
        check(DataType::Boolean, &[Some("True"), Some("1")], 1, &[None, Some("1")]);
        check(
            DataType::Float64,
            &[Some("NaN"), Some("-inf"), Some("NA")],
            1,
            &[None, None, Some("NA")],
        );
        check(DataType::Float32, &[Some("nan"), Some("Infinity"), Some("1")], 0, &[]);
        check(DataType::Null, &[None, Some("1")], 2, &[None, Some("1")]);
        let zoned = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        let moments = [Some("2020-01-01T00:00:00Z"), Some("2020-01-01T00:00:00")];
        check(zoned, &moments, 1, &[None, Some("2020-01-01T00:00:00")]);
    }

    #[test]
    fn joined_columns_follow_each_other() {
        let cells = [Some("1"), None, Some("x"), Some("2"), Some("y")];
        let whole = build(&DataType::Int32, cells.into_iter());
        for cut in [vec![0], vec![1], vec![0, 2], vec![1, 2, 4]] {
            let ends = cut.iter().skip(1).copied().chain([cells.len()]);
            let ranges = std::iter::once((0, cut[0])).chain(cut.iter().copied().zip(ends));
            let built =
                ranges.map(|(from, to)| build(&DataType::Int32, cells[from..to].iter().copied()));
            let joined = Built::joined(built.collect()).expect("joined");
            assert_eq!((&joined.values, &joined.unread), (&whole.values, &whole.unread));
        }
    }

    proptest::proptest! {
        #[test]
        fn every_cell_reads_as_the_type_inferred_from_it(
            cells in proptest::collection::vec(
                "[-+]?[0-9]{1,22}|0?[0-9]\\.[0-9]{0,3}(e-?[0-9]{1,2})?|[tT]rue|\
                 [0-9]{4}-[01][0-9]-[0-3][0-9]([T ][0-2][0-9]:00:00(\\.[0-9]{1,9})?Z?)?",
                1..4,
            ),
        ) {
            let mut evidence = super::super::Evidence::default();
            cells.iter().for_each(|cell| evidence.see(cell.as_bytes()));
            let built = build(&evidence.kind(), cells.iter().map(Some));
            proptest::prop_assert_eq!(built.unread, None);
            proptest::prop_assert_eq!(built.values.logical_null_count(), 0);
        }
    }
}
