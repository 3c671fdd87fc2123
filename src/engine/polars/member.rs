//! `IN` lists: each value as the column's type holds it exactly, or left out because nothing equals
//! it.

use polars::prelude::{AnyValue, DataType, Expr, LiteralValue, PlSmallStr, Series, lit};

use super::SqlMistake;
use super::compare::decimal_literal;
use super::lower::{Class, Lowering, Typed, describe};
use super::moment;

/// Whether a value is one of a list of literals.
pub(super) fn is_in(
    lowering: &Lowering,
    value: Typed,
    values: &Series,
) -> Result<Typed, SqlMistake> {
    let value = value.without_nan();
    if values.null_count() > 0 {
        return Err(SqlMistake::new(
            "`NULL` in a list makes the answer unknown where it should be no",
        )
        .help("leave it out, and write `OR x IS NULL` where null is allowed"));
    }
    let fits = match (value.class(), Class::of(values.dtype())) {
        (Class::Null, _) => true,
        (left, right) if left.is_number() => right.is_number(),
        (left, Class::Text) if left.is_temporal() => true,
        (left, right) => left == right,
    };
    if !fits {
        let message = format!("{} cannot be one of values that are ", describe(&value));
        let kind = super::lower::word(values.dtype());
        return Err(SqlMistake::new(format!("{message}{kind}")));
    }
    let target = value.dtype.clone();
    let converted = match value.class() {
        Class::Integer | Class::Float | Class::Decimal => numbers(lowering, values, &target)?,
        class if class.is_temporal() => moments(values, &target)?,
        _ => values.clone(),
    };
    let list = lit(converted).implode(false);
    Ok(Typed::new(value.expr.is_in(list, false), DataType::Boolean))
}

/// The numbers of a list that a column of the target type can hold.
fn numbers(lowering: &Lowering, values: &Series, target: &DataType) -> Result<Series, SqlMistake> {
    let mut kept = Vec::new();
    for value in values.iter() {
        let literal = match value {
            AnyValue::Int64(value) => lit(value),
            AnyValue::Float64(value) => lit(value),
            other => return Err(SqlMistake::new(format!("{other} is no number"))),
        };
        let literal = Typed::new(literal, values.dtype().clone());
        kept.extend(number(lowering, &literal, target)?);
    }
    series(&kept, target)
}

fn number(
    lowering: &Lowering,
    literal: &Typed,
    target: &DataType,
) -> Result<Option<AnyValue<'static>>, SqlMistake> {
    if let DataType::Decimal(precision, scale) = target {
        let Some((unscaled, digits)) = decimal_literal(lowering, literal)? else { return Ok(None) };
        // Trailing zeros that the scale has no room for say nothing; other digits cannot be equal.
        let value = if digits > *scale {
            let step = 10_i128.checked_pow((digits - scale) as u32);
            step.filter(|step| unscaled % step == 0).map(|step| unscaled / step)
        } else {
            let step = 10_i128.checked_pow((scale - digits) as u32);
            step.and_then(|step| unscaled.checked_mul(step))
        };
        return Ok(value.map(|value| AnyValue::Decimal(value, *precision, *scale)));
    }
    if target.is_float() {
        let value = match literal.integer() {
            // The cast saturates and rounds; what comes back unchanged was exact.
            Some(value) => Some(value as f64).filter(|float| *float as i128 == value),
            None => literal.fraction(),
        };
        return Ok(value.map(AnyValue::Float64));
    }
    let whole = match literal.fraction() {
        Some(_) if lowering.long_fractions => {
            return decimal_literal(lowering, literal).map(|_| None);
        }
        Some(value) if value.fract() == 0.0 && value.abs() < 1e30 => Some(value as i128),
        Some(_) => None,
        None => literal.integer(),
    };
    Ok(whole.and_then(|value| fitted(value, target)))
}

/// An integer as the target type holds it; `None` where it does not.
pub(super) fn fitted(value: i128, target: &DataType) -> Option<AnyValue<'static>> {
    Some(match target {
        DataType::Int8 => AnyValue::Int8(value.try_into().ok()?),
        DataType::Int16 => AnyValue::Int16(value.try_into().ok()?),
        DataType::Int32 => AnyValue::Int32(value.try_into().ok()?),
        DataType::Int64 => AnyValue::Int64(value.try_into().ok()?),
        DataType::Int128 => AnyValue::Int128(value),
        DataType::UInt8 => AnyValue::UInt8(value.try_into().ok()?),
        DataType::UInt16 => AnyValue::UInt16(value.try_into().ok()?),
        DataType::UInt32 => AnyValue::UInt32(value.try_into().ok()?),
        DataType::UInt64 => AnyValue::UInt64(value.try_into().ok()?),
        _ => return None,
    })
}

/// The texts of a list as dates and times; finer ones than the column's unit cannot be equal.
fn moments(values: &Series, target: &DataType) -> Result<Series, SqlMistake> {
    if values.dtype() == target {
        return Ok(values.clone());
    }
    let mut kept = Vec::new();
    for value in values.iter() {
        let literal = match value.get_str() {
            Some(text) => moment::literal(text, target)?,
            None => {
                return Err(SqlMistake::new(format!("{value} is not written as a date or time")));
            }
        };
        if let (true, Expr::Literal(LiteralValue::Scalar(scalar))) =
            (literal.dtype == *target, literal.expr)
        {
            kept.push(scalar.into_value());
        }
    }
    series(&kept, target)
}

fn series(values: &[AnyValue<'static>], target: &DataType) -> Result<Series, SqlMistake> {
    Series::from_any_values_and_dtype(PlSmallStr::EMPTY, values, target, true)
        .map_err(|error| SqlMistake::new(super::text::first_line(&error.to_string())))
}
