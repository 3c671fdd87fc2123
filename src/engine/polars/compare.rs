//! Comparisons that are exact for every pair of types, or a mistake.

use polars::prelude::{AnyValue, DataType, Expr, LiteralValue, Operator, Scalar, coalesce, lit};

use super::SqlMistake;
use super::lower::{Class, Lowering, Typed, binary, describe};
use super::member::fitted;
use super::moment;

/// All integers up to here are doubles, and the next one is not.
const LAST_EXACT: i128 = 1 << 53;
/// Digits of a decimal that polars and Arrow hold in 128 bits.
const DECIMAL_DIGITS: usize = 38;

/// Compares two operands, or says why they cannot be compared. Below, `op` is no negation.
pub(super) fn compare(
    lowering: &Lowering,
    left: Typed,
    op: Operator,
    right: Typed,
) -> Result<Typed, SqlMistake> {
    if let Operator::NotEq | Operator::NotEqValidity = op {
        let op = if op == Operator::NotEq { Operator::Eq } else { Operator::EqValidity };
        let equal = compare(lowering, left, op, right)?;
        return Ok(Typed::new(equal.expr.not(), DataType::Boolean));
    }
    let (left, right) = (left.without_nan(), right.without_nan());
    if (left.is_null_literal() || right.is_null_literal()) && op != Operator::EqValidity {
        return Err(SqlMistake::new("a comparison with NULL is neither true nor false")
            .help("write `IS NULL` or `IS NOT NULL`"));
    }
    let (left, right) = moment::meet(left, right)?;
    let expr = match (left.class(), right.class()) {
        (Class::Null, _) | (_, Class::Null) => binary(left.expr, op, right.expr),
        (Class::Integer, Class::Integer) => integers(left, op, right),
        (Class::Integer, Class::Float) => integer_with_float(lowering, left, op, right)?,
        (Class::Float, Class::Integer) => {
            let swapped = op.swap_operands().unwrap_or(op);
            integer_with_float(lowering, right, swapped, left)?
        }
        (Class::Decimal, other) if other.is_number() => decimals(lowering, left, op, right)?,
        (other, Class::Decimal) if other.is_number() => {
            decimals(lowering, right, op.swap_operands().unwrap_or(op), left)?
        }
        (Class::DateTime, Class::DateTime) | (Class::Duration, Class::Duration) => {
            moment::compare(left, op, right)?
        }
        (Class::Other, Class::Other) => nested(left, op, right)?,
        (one, other) if one == other => binary(left.expr, op, right.expr),
        _ => return Err(misfit(&left, &right)),
    };
    Ok(Typed::new(expr, DataType::Boolean))
}

fn misfit(left: &Typed, right: &Typed) -> SqlMistake {
    let message = format!("{} cannot be compared with {}", describe(left), describe(right));
    let mistake = SqlMistake::new(message);
    let number = |side: &Typed| side.text().is_some_and(|text| text.parse::<f64>().is_ok());
    match (left.class(), right.class()) {
        (Class::Text, other) | (other, Class::Text) if other.is_number() => {
            if number(left) || number(right) {
                mistake.help("write the number without quotes")
            } else {
                mistake.help("quote the number to compare text, or write `CAST(text AS BIGINT)`")
            }
        }
        (Class::Boolean, Class::Integer) | (Class::Integer, Class::Boolean) => {
            mistake.help("write `TRUE` or `FALSE`, or the column alone")
        }
        (Class::Date, Class::DateTime) | (Class::DateTime, Class::Date) => {
            mistake.help("say which is meant: `CAST(moment AS DATE)` or `CAST(day AS TIMESTAMP)`")
        }
        _ => mistake,
    }
}

/// polars compares 64 signed with 64 unsigned bits as doubles, and an unsigned column with a
/// negative number as null where the column is large; here they meet in 128 bits.
fn integers(left: Typed, op: Operator, right: Typed) -> Expr {
    let unsigned = |side: &Typed| side.dtype == DataType::UInt64;
    let fits = match (left.integer(), right.integer()) {
        (Some(value), None) => fitted(value, &right.dtype).is_some(),
        (None, Some(value)) => fitted(value, &left.dtype).is_some(),
        _ => unsigned(&left) == unsigned(&right),
    };
    if fits {
        return binary(left.expr, op, right.expr);
    }
    binary(left.cast(DataType::Int128).expr, op, right.cast(DataType::Int128).expr)
}

/// Compares an integer with a float as the numbers that they are.
///
/// Rounding to a double keeps the order, so that the doubles tell unless they are equal; the float
/// is then a whole number, and the integers tell.
fn integer_with_float(
    lowering: &Lowering,
    integer: Typed,
    op: Operator,
    float: Typed,
) -> Result<Expr, SqlMistake> {
    let narrow = matches!(
        integer.dtype,
        DataType::Int8
            | DataType::Int16
            | DataType::Int32
            | DataType::UInt8
            | DataType::UInt16
            | DataType::UInt32
    );
    let rounded = match integer.integer() {
        Some(value) => lit(Scalar::from(value as f64)),
        None => integer.expr.clone().cast(DataType::Float64),
    };
    if let Some(value) = float.fraction() {
        if lowering.long_fractions {
            return Err(too_long());
        }
        // The whole number itself; one with a fraction lies between doubles that are exact
        // integers.
        let whole = value.fract() == 0.0 && value.abs() < 1e30;
        return Ok(if whole && integer.integer().is_none() {
            binary(integer.expr, op, lit(value as i128))
        } else {
            binary(rounded, op, lit(Scalar::from(value)))
        });
    }
    let is_exact = integer.integer().is_some_and(|value| value.abs() <= LAST_EXACT);
    if narrow || is_exact {
        return Ok(binary(rounded, op, float.expr));
    }
    let wide = integer
        .integer()
        .map_or_else(|| integer.expr.clone().cast(DataType::Int128), super::lower::wide);
    let whole = float.expr.clone().cast(DataType::Int128);
    let tie = rounded.clone().eq(float.expr.clone());
    Ok(match op {
        Operator::EqValidity => {
            let both_null = integer.expr.is_null().and(float.expr.is_null());
            coalesce(&[tie.and(wide.eq(whole)), both_null])
        }
        Operator::Eq => tie.and(wide.eq(whole)),
        Operator::Lt | Operator::LtEq => {
            rounded.lt(float.expr).or(tie.and(binary(wide, op, whole)))
        }
        _ => rounded.gt(float.expr).or(tie.and(binary(wide, op, whole))),
    })
}

/// Structs and lists are equal or not, and only to their like.
fn nested(left: Typed, op: Operator, right: Typed) -> Result<Expr, SqlMistake> {
    if matches!(op, Operator::Eq | Operator::EqValidity) && left.dtype == right.dtype {
        return Ok(binary(left.expr, op, right.expr));
    }
    Err(misfit(&left, &right))
}

/// A decimal on the left, any number on the right.
fn decimals(
    lowering: &Lowering,
    left: Typed,
    op: Operator,
    right: Typed,
) -> Result<Expr, SqlMistake> {
    let scale = scale(&left);
    if let Some((unscaled, digits)) = decimal_literal(lowering, &right)? {
        return decimal_with_literal(left, op, (unscaled, digits));
    }
    match right.class() {
        Class::Float => {
            Err(misfit(&left, &right).help("say that rounding is fine: `CAST(decimal AS DOUBLE)`"))
        }
        Class::Integer => {
            let right = right.expr.strict_cast(DataType::Decimal(DECIMAL_DIGITS, scale));
            Ok(binary(left.expr, op, right))
        }
        _ => {
            let common = DataType::Decimal(DECIMAL_DIGITS, scale.max(self::scale(&right)));
            let (left, right) =
                (left.expr.strict_cast(common.clone()), right.expr.strict_cast(common));
            Ok(binary(left, op, right))
        }
    }
}

/// Compares with a literal brought to the decimal's own scale; one that lies between two values of
/// that scale equals neither.
fn decimal_with_literal(
    left: Typed,
    op: Operator,
    (unscaled, digits): (i128, usize),
) -> Result<Expr, SqlMistake> {
    let scale = scale(&left);
    let too_large = || SqlMistake::new(format!("the number is too large for {}", describe(&left)));
    let (floor, between) = if digits > scale {
        let step = 10_i128.checked_pow((digits - scale) as u32).ok_or_else(too_large)?;
        (unscaled.div_euclid(step), unscaled.rem_euclid(step) != 0)
    } else {
        let step = 10_i128.checked_pow((scale - digits) as u32).ok_or_else(too_large)?;
        (unscaled.checked_mul(step).ok_or_else(too_large)?, false)
    };
    let literal = decimal(floor, scale).ok_or_else(too_large)?;
    let column = left.expr;
    Ok(match op {
        _ if !between => binary(column, op, literal),
        Operator::Lt | Operator::LtEq => column.lt_eq(literal),
        Operator::Gt | Operator::GtEq => column.gt(literal),
        // No value of this scale is equal; a missing one stays open.
        Operator::Eq => column.clone().lt(column),
        _ => lit(false),
    })
}

fn scale(operand: &Typed) -> usize {
    if let DataType::Decimal(_, scale) = operand.dtype { scale } else { 0 }
}

/// A decimal of 38 digits; `None` where it has more.
fn decimal(unscaled: i128, scale: usize) -> Option<Expr> {
    let fits = scale <= DECIMAL_DIGITS && unscaled.unsigned_abs() < 10_u128.pow(38);
    let kind = DataType::Decimal(DECIMAL_DIGITS, scale);
    let value = AnyValue::Decimal(unscaled, DECIMAL_DIGITS, scale);
    fits.then(|| Expr::Literal(LiteralValue::Scalar(Scalar::new(kind, value))))
}

/// The digits of a literal number with their scale: the shortest that say the double.
pub(super) fn decimal_literal(
    lowering: &Lowering,
    operand: &Typed,
) -> Result<Option<(i128, usize)>, SqlMistake> {
    if let Some(value) = operand.integer() {
        return Ok(Some((value, 0)));
    }
    let Some(value) = operand.fraction() else { return Ok(None) };
    if lowering.long_fractions {
        return Err(too_long());
    }
    let text = format!("{value}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let unscaled = format!("{whole}{fraction}").parse::<i128>().map_err(|_| too_long())?;
    Ok(Some((unscaled, fraction.len())))
}

/// A literal number beside decimals as a decimal; anything else as it is.
pub(super) fn as_decimal_literal(lowering: &Lowering, operand: Typed) -> Result<Typed, SqlMistake> {
    let Some((unscaled, scale)) = decimal_literal(lowering, &operand)? else { return Ok(operand) };
    let expr = decimal(unscaled, scale).ok_or_else(too_long)?;
    Ok(Typed::new(expr, DataType::Decimal(DECIMAL_DIGITS, scale)))
}

/// The operands of an operation with a decimal in it, so that nothing is rounded to a scale: a
/// product has room for the digits of both, and a quotient is a double, as it is of integers.
pub(super) fn decimal_operands(
    lowering: &Lowering,
    left: Typed,
    op: Operator,
    right: Typed,
) -> Result<(Typed, Typed), SqlMistake> {
    if op == Operator::TrueDivide {
        return Ok((left.cast(DataType::Float64), right.cast(DataType::Float64)));
    }
    let left = as_decimal_literal(lowering, left)?;
    let right = as_decimal_literal(lowering, right)?;
    let both = left.class() == Class::Decimal && right.class() == Class::Decimal;
    if op != Operator::Multiply || !both {
        return Ok((left, right));
    }
    let scale = scale(&left) + scale(&right);
    if scale > DECIMAL_DIGITS {
        return Err(SqlMistake::new("a product of decimals has more than 38 places")
            .help("say that rounding is fine: `CAST(decimal AS DOUBLE)`"));
    }
    let product = DataType::Decimal(DECIMAL_DIGITS, scale);
    let widen = |side: Typed| Typed::new(side.expr.strict_cast(product.clone()), product.clone());
    Ok((widen(left), widen(right)))
}

fn too_long() -> SqlMistake {
    SqlMistake::new("a number has too many digits to be compared exactly")
        .help("write at most 15 digits when there is a decimal point")
}
