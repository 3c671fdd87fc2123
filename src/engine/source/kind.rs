//! The one place that says which of our types an Arrow type is.

use arrow::datatypes::DataType;

use crate::metric::{Column, Type};

/// Maps an Arrow type to the type that suites and reports speak of.
///
/// A categorical (dictionary, run-end encoded) column has the type of its values.
pub fn kind_of(kind: &DataType) -> Type {
    use DataType as D;
    match kind {
        D::Null => Type::Null,
        D::Boolean => Type::Boolean,
        D::Int8 => integer(8, true),
        D::Int16 => integer(16, true),
        D::Int32 => integer(32, true),
        D::Int64 => integer(64, true),
        D::UInt8 => integer(8, false),
        D::UInt16 => integer(16, false),
        D::UInt32 => integer(32, false),
        D::UInt64 => integer(64, false),
        D::Float16 => Type::Float { bits: 16 },
        D::Float32 => Type::Float { bits: 32 },
        D::Float64 => Type::Float { bits: 64 },
        D::Decimal32(precision, scale)
        | D::Decimal64(precision, scale)
        | D::Decimal128(precision, scale)
        | D::Decimal256(precision, scale) => Type::Decimal { precision: *precision, scale: *scale },
        D::Utf8 | D::LargeUtf8 | D::Utf8View => Type::String,
        D::Date32 | D::Date64 => Type::Date,
        D::Time32(_) | D::Time64(_) => Type::Time,
        D::Timestamp(_, zone) => Type::DateTime { zone: zone.as_ref().map(ToString::to_string) },
        D::Duration(_) => Type::Duration,
        D::Binary | D::LargeBinary | D::BinaryView | D::FixedSizeBinary(_) => Type::Binary,
        D::List(item)
        | D::LargeList(item)
        | D::ListView(item)
        | D::LargeListView(item)
        | D::FixedSizeList(item, _) => Type::List(Box::new(kind_of(item.data_type()))),
        D::Struct(fields) => Type::Struct(
            fields
                .iter()
                .map(|field| Column {
                    name: field.name().clone(),
                    kind: kind_of(field.data_type()),
                })
                .collect(),
        ),
        D::Dictionary(_, value) => kind_of(value),
        D::RunEndEncoded(_, values) => kind_of(values.data_type()),
        D::Interval(_) => Type::Other("interval".into()),
        D::Map(..) => Type::Other("map".into()),
        D::Union(..) => Type::Other("union".into()),
    }
}

fn integer(bits: u8, signed: bool) -> Type {
    Type::Integer { bits, signed }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::datatypes::{Field, TimeUnit};
    use std::sync::Arc;

    fn check(kind: DataType, name: &str) {
        assert_eq!(kind_of(&kind).to_string(), name);
    }

    #[test]
    fn arrow_types_have_our_names() {
        check(DataType::UInt64, "uint64");
        check(DataType::Float16, "float16");
        check(DataType::Decimal256(40, 2), "decimal(40, 2)");
        check(DataType::Date64, "date");
        check(DataType::Timestamp(TimeUnit::Second, None), "datetime");
        check(DataType::Timestamp(TimeUnit::Nanosecond, Some("UTC".into())), "datetime[UTC]");
        check(DataType::Utf8View, "string");
        let item = Arc::new(Field::new("item", DataType::Int8, true));
        check(DataType::LargeList(item.clone()), "list[int8]");
        check(DataType::Struct(vec![item].into()), "struct{item: int8}");
        let category = DataType::Dictionary(DataType::UInt8.into(), DataType::Utf8.into());
        check(category, "string");
    }
}
