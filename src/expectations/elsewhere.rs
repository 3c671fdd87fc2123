//! Columns of two datasets that are held against each other: whether their values can be equal, and
//! how the other dataset is spoken of.

use super::{Context, Mistake};
use crate::metric::{Side, Type};

/// "dataset `hosts`", "the reference".
pub fn words(side: &Side) -> String {
    match side {
        Side::Data => "the data".into(),
        Side::Reference => "the reference".into(),
        Side::Named(name) => format!("dataset `{name}`"),
    }
}

/// Columns that both the data and the other dataset have under one name, in the data's order.
pub fn common_columns(context: &Context, side: &Side) -> Vec<String> {
    let Some(other) = context.schema_of(side) else { return Vec::new() };
    let is_clear = |name: &&str| {
        !context.schema.is_ambiguous(name)
            && !other.is_ambiguous(name)
            && other.column(name).is_some()
    };
    context.schema.names().filter(is_clear).map(str::to_owned).collect()
}

/// Refuses pairs of columns, the data's first, whose values are never equal.
///
/// # Errors
/// The first such pair.
pub fn check_pairs<'p>(
    context: &Context,
    side: &Side,
    pairs: impl Iterator<Item = (&'p String, &'p String)>,
) -> Result<(), Mistake> {
    let Some(other) = context.schema_of(side) else { return Ok(()) };
    for (own, their) in pairs {
        let (kind, Some(column)) = (context.kind_of(own), other.column(their)) else { continue };
        if !comparable(kind, &column.kind) {
            let other = words(side);
            let message = format!(
                "`{own}` is {kind} and `{their}` of {other} is {}: they are never equal",
                column.kind
            );
            let mistake = Mistake::new(message);
            return Err(match needs_exact(kind, &column.kind) {
                true => {
                    mistake.help("a decimal and a float do not compare exactly; store one type")
                }
                false => mistake.help("give both columns the same type"),
            });
        }
    }
    Ok(())
}

fn needs_exact(one: &Type, other: &Type) -> bool {
    one.is_number() && other.is_number()
}

/// Whether values of these types can be equal.
pub fn comparable(one: &Type, other: &Type) -> bool {
    use Type::{DateTime, Decimal, Float, Null};
    match (one, other) {
        (Null, _) | (_, Null) => true,
        (Decimal { .. }, Float { .. }) | (Float { .. }, Decimal { .. }) => false,
        (DateTime { zone }, DateTime { zone: other }) => zone.is_some() == other.is_some(),
        _ if one.is_number() && other.is_number() => true,
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(one: Type, other: Type, expected: bool) {
        assert_eq!(comparable(&one, &other), expected, "{one} {other}");
        assert_eq!(comparable(&other, &one), expected, "{other} {one}");
    }

    #[test]
    fn numbers_compare_across_widths_and_text_only_with_text() {
        let integer = |bits, signed| Type::Integer { bits, signed };
        let zoned = |zone: &str| Type::DateTime { zone: Some(zone.into()) };
        let cents = Type::Decimal { precision: 10, scale: 2 };
        check(integer(8, true), integer(64, false), true);
        check(integer(64, true), Type::Float { bits: 64 }, true);
        check(cents.clone(), integer(32, true), true);
        check(cents, Type::Float { bits: 64 }, false);
        check(Type::String, integer(64, true), false);
        check(Type::String, Type::Null, true);
        check(zoned("UTC"), zoned("Europe/Paris"), true);
        check(zoned("UTC"), Type::DateTime { zone: None }, false);
        check(Type::Date, Type::DateTime { zone: None }, false);
    }
}
