use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{RowCheck, Words};
use super::{Context, Expectation, Kind, Literal, Mistake, Scope, instant, range};
use crate::metric::{Bound, BoundValue, Predicate, Type, Value};

/// Every value lies between two bounds; the bounds belong to the range unless `strict` is true.
///
/// # Why
/// A price below zero or a latitude of 200 is an error of a unit, a join or a typist. Bounds are
/// numbers, dates, datetimes, texts, or another column of the same row (`{column: list_price}`);
/// one of the two may be left out. Integers and decimals are compared exactly, never through
/// floating point; NaN lies in no range and counts as missing.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {between: {min: 10, max: {column: list_price}}}
///   day: {between: {min: 2024-01-01}}
/// ```
/// ```csv
/// price,list_price,day
/// 10,12,2024-01-01
/// 350,350,2024-02-29
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   price: {between: {min: 10, max: 350, strict: true}}
/// ```
/// ```csv
/// price
/// 10
/// 350.5
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Between {
    /// The lower end.
    min: Option<Literal>,
    /// The upper end.
    max: Option<Literal>,
    /// Whether the ends themselves lie outside.
    #[serde(default)]
    strict: bool,
}

impl Expectation for Between {
    const NAME: &'static str = "between";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
}

impl Between {
    fn bound(&self, end: &Option<Literal>, context: &Context) -> Result<Option<Bound>, Mistake> {
        let value = match end {
            None => return Ok(None),
            Some(Literal::Column(other)) => {
                comparable(context, other)?;
                BoundValue::Column(other.clone())
            }
            Some(Literal::Null) => return Err(Mistake::new("null is not a bound")),
            Some(literal) => {
                undated(literal, context)?;
                BoundValue::Value(literal.to_value(context.kind())?)
            }
        };
        Ok(Some(Bound { value, strict: self.strict }))
    }
}

impl RowCheck for Between {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        context.accept(Type::is_ordered, "numbers, dates, times and text")?;
        let min = self.bound(&self.min, context)?;
        let max = self.bound(&self.max, context)?;
        match (&min, &max) {
            (None, None) => {
                return Err(Mistake::new("neither `min` nor `max` is given")
                    .help("write at least one of them"));
            }
            (low, high)
                if low.as_ref().is_none_or(|low| is_open(low, f64::NEG_INFINITY))
                    && high.as_ref().is_none_or(|high| is_open(high, f64::INFINITY)) =>
            {
                return Err(Mistake::new("every value lies between these bounds"));
            }
            (Some(low), Some(high)) if is_empty(low, high) => {
                return Err(Mistake::new("no value lies between these bounds")
                    .help("`min` must be smaller than `max`"));
            }
            _ => {}
        }
        Ok(Predicate::Within { column: context.name().to_owned(), min, max })
    }

    fn words(&self, context: &Context) -> Words {
        let text = |end: &Option<Literal>| {
            end.as_ref().map(|literal| match literal {
                Literal::Text(text) => text.clone(),
                other => other.to_string(),
            })
        };
        let span = range::span(text(&self.min), text(&self.max), self.strict);
        Words::of_values(context, format!("lie {span}"), format!("do not lie {span}"))
    }

    fn columns(&self) -> Vec<String> {
        let ends = [&self.min, &self.max].into_iter().flatten();
        ends.filter_map(|end| match end {
            Literal::Column(name) => Some(name.clone()),
            _ => None,
        })
        .collect()
    }
}

/// Refuses a date beside a text column of a file without types: text sorts dates wrongly.
pub fn undated(literal: &Literal, context: &Context) -> Result<(), Mistake> {
    match literal {
        Literal::Text(text)
            if context.schema.untyped
                && *context.kind() == Type::String
                && instant::date(text.get(..10).unwrap_or(text)).is_some() =>
        {
            Err(Mistake::new(format!(
                "`{text}` is a date, the column `{}` is text",
                context.name()
            ))
            .help("declare the column's `type: date`"))
        }
        _ => Ok(()),
    }
}

/// Refuses a column whose type cannot be compared with the check's own.
pub fn comparable(context: &Context, other: &str) -> Result<(), Mistake> {
    same_kind(context.kind(), context.kind_of(other), context.name(), other)
}

/// Refuses two columns whose values cannot be compared.
pub fn same_kind(left: &Type, right: &Type, name: &str, other: &str) -> Result<(), Mistake> {
    let zoned = |kind: &Type| matches!(kind, Type::DateTime { zone: Some(_) });
    let alike = (left.is_number() && right.is_number())
        || (left.class() == right.class() && zoned(left) == zoned(right));
    if alike || *left == Type::Null || *right == Type::Null {
        return Ok(());
    }
    let message = format!("`{name}` is {left} and `{other}` is {right}: they cannot be compared");
    Err(Mistake::new(message))
}

/// Whether a bound is an infinity that excludes nothing.
fn is_open(bound: &Bound, open: f64) -> bool {
    let value = match &bound.value {
        BoundValue::Value(value) => value.as_f64(),
        BoundValue::Column(_) => None,
    };
    !bound.strict && value == Some(open)
}

fn is_empty(low: &Bound, high: &Bound) -> bool {
    let (BoundValue::Value(min), BoundValue::Value(max)) = (&low.value, &high.value) else {
        return false;
    };
    match (min, max, min.as_f64(), max.as_f64()) {
        (Value::Int(min), Value::Int(max), ..) => min > max || (low.strict && min == max),
        (_, _, Some(min), Some(max)) => min > max || (low.strict && min == max),
        _ => min > max || (low.strict && min == max),
    }
}
