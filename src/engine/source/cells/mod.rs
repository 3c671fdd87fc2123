//! Cells of text and the types they read as, for every format that has no types of its own.
//!
//! [`Evidence`] collects what all cells of a column look like, [`kind`] decides the column's type,
//! and [`build`] reads the cells as that type.

mod build;
mod evidence;
mod glance;
mod parse;

use arrow::datatypes::{DataType, TimeUnit};

pub(super) use build::{Built, build};
pub(super) use evidence::Evidence;
pub(super) use glance::Glance;

use super::DeclaredType;
use crate::metric::{Type, Unmeasured};

/// Digits that a 128-bit decimal holds.
const MOST_DIGITS: u8 = 38;

/// The type of a column: as declared, else as all its cells agree.
pub(super) fn kind(
    column: &str,
    declared: Option<&DeclaredType>,
    evidence: &Evidence,
) -> Result<DataType, Unmeasured> {
    let exact = match declared {
        None => return Ok(evidence.kind()),
        Some(DeclaredType::Number) => return Ok(evidence.number()),
        Some(DeclaredType::Integer) => return Ok(evidence.integers()),
        Some(DeclaredType::Exactly(exact)) => exact,
    };
    let kind = match exact {
        Type::Null => DataType::Null,
        Type::Boolean => DataType::Boolean,
        Type::Integer { bits, signed } => match integer(*bits, *signed) {
            Some(kind) => kind,
            None => return Err(unsupported(column, exact)),
        },
        Type::Float { bits: 32 } => DataType::Float32,
        Type::Float { bits: 64 } => DataType::Float64,
        Type::Decimal { precision, scale }
            if (1..=MOST_DIGITS).contains(precision) && scale.unsigned_abs() <= *precision =>
        {
            DataType::Decimal128(*precision, *scale)
        }
        Type::String => DataType::Utf8,
        Type::Date => DataType::Date32,
        Type::Time => DataType::Time64(TimeUnit::Nanosecond),
        Type::DateTime { zone } => evidence.datetime(zone.as_deref()),
        _ => return Err(unsupported(column, exact)),
    };
    Ok(kind)
}

/// Whether the cells must be looked at before the type is known.
pub(super) fn needs_evidence(declared: Option<&DeclaredType>) -> bool {
    match declared {
        Some(DeclaredType::Exactly(exact)) => matches!(exact, Type::DateTime { .. }),
        Some(DeclaredType::Integer | DeclaredType::Number) | None => true,
    }
}

fn integer(bits: u8, signed: bool) -> Option<DataType> {
    Some(match (bits, signed) {
        (8, true) => DataType::Int8,
        (16, true) => DataType::Int16,
        (32, true) => DataType::Int32,
        (64, true) => DataType::Int64,
        (8, false) => DataType::UInt8,
        (16, false) => DataType::UInt16,
        (32, false) => DataType::UInt32,
        (64, false) => DataType::UInt64,
        (128, _) => DataType::Decimal128(MOST_DIGITS, 0),
        _ => return None,
    })
}

fn unsupported(column: &str, exact: &Type) -> Unmeasured {
    Unmeasured::Unreadable(format!(
        "column `{column}`: cells of a text file cannot be read as `{exact}`; \
         declare it as `string` or leave its type out"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(declared: DeclaredType, cells: &[&str], expected: Result<DataType, &str>) {
        let mut evidence = Evidence::default();
        cells.iter().for_each(|cell| evidence.see(cell.as_bytes()));
        match (kind("x", Some(&declared), &evidence), expected) {
            (Ok(kind), Ok(expected)) => assert_eq!(kind, expected),
            (Err(error), Err(expected)) => assert!(error.to_string().contains(expected), "{error}"),
            (found, _) => panic!("{found:?}"),
        }
    }

    #[test]
    fn a_declared_type_is_what_is_read() {
        use DeclaredType::{Exactly, Integer, Number};
        check(Exactly(Type::String), &["1"], Ok(DataType::Utf8));
        check(Number, &["1", "x"], Ok(DataType::Int64));
        check(Number, &["1", "2.5", "x"], Ok(DataType::Float64));
        check(Number, &["1", "007.5"], Ok(DataType::Float64));
        check(Number, &["+1", "007"], Ok(DataType::Int64));
        check(Number, &["1", "NaN"], Ok(DataType::Float64));
        check(Number, &["1", "-inf"], Ok(DataType::Float64));
        check(Number, &[], Ok(DataType::Float64));
        check(Integer, &["1.5"], Ok(DataType::Int64));
        check(Integer, &["18446744073709551615", "x"], Ok(DataType::UInt64));
        let list = Type::List(Box::new(Type::String));
        check(Exactly(list), &[], Err("cannot be read as `list[string]`"));
        let wide = Type::Decimal { precision: 60, scale: 2 };
        check(Exactly(wide), &[], Err("cannot be read as `decimal(60, 2)`"));
        let zoned = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        let datetime = Type::DateTime { zone: None };
        check(Exactly(datetime.clone()), &["2020-01-01T00:00:00Z"], Ok(zoned));
        let naive = DataType::Timestamp(TimeUnit::Nanosecond, None);
        check(Exactly(datetime), &["2020-01-01T00:00:00.1234567"], Ok(naive));
    }
}
