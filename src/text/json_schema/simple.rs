//! Keywords that look at a value alone, and need no other schema.

use std::cmp::Ordering;

use serde_json::{Map, Value};

use super::Rule;
use super::argument::{form, kinds, refused, regex, texts, whole};
use crate::text::Refused;

/// The rule of such a keyword; none for any other.
pub fn simple(
    object: &Map<String, Value>,
    keyword: &str,
    value: &Value,
    at: &str,
) -> Result<Option<Rule>, Refused> {
    let place = at.strip_suffix(keyword).unwrap_or(at).trim_end_matches('/');
    let range = |low: &str, high: &str| -> Result<Option<(u64, u64)>, Refused> {
        // One rule for the two, made where the first of them stands.
        if keyword == high && object.contains_key(low) {
            return Ok(None);
        }
        let min = whole(object, low, place)?.unwrap_or(0);
        Ok(Some((min, whole(object, high, place)?.unwrap_or(u64::MAX))))
    };
    let bound = |refused_orders: &'static [Ordering], words: &'static str| match value.is_number() {
        true => Ok(Some(Rule::Bound { bound: value.clone(), refused: refused_orders, words })),
        false => Err(refused(at, "is no number")),
    };
    match keyword {
        "type" => kinds(value, at).map(|kinds| Some(Rule::Type(kinds))),
        "enum" => match value {
            Value::Array(values) if !values.is_empty() => Ok(Some(Rule::OneOf(values.clone()))),
            _ => Err(refused(at, "is no list of values")),
        },
        "const" => Ok(Some(Rule::OneOf(vec![value.clone()]))),
        "multipleOf" => match value.as_f64() {
            Some(number) if number > 0.0 => Ok(Some(Rule::MultipleOf(value.clone()))),
            _ => Err(refused(at, "is no number above 0")),
        },
        "minimum" => bound(&[Ordering::Less], "below"),
        "maximum" => bound(&[Ordering::Greater], "above"),
        "exclusiveMinimum" => bound(&[Ordering::Less, Ordering::Equal], "not above"),
        "exclusiveMaximum" => bound(&[Ordering::Greater, Ordering::Equal], "not below"),
        "minLength" | "maxLength" => {
            Ok(range("minLength", "maxLength")?.map(|(min, max)| Rule::Length { min, max }))
        }
        "minItems" | "maxItems" => {
            Ok(range("minItems", "maxItems")?.map(|(min, max)| Rule::Count { min, max }))
        }
        "minProperties" | "maxProperties" => {
            Ok(range("minProperties", "maxProperties")?.map(|(min, max)| Rule::Size { min, max }))
        }
        "pattern" => {
            let source = value.as_str().ok_or_else(|| refused(at, "is no text"))?;
            regex(source, at).map(|pattern| Some(Rule::Pattern(pattern)))
        }
        "format" => form(value, at).map(|form| Some(Rule::Form(form))),
        "uniqueItems" => match value {
            Value::Bool(unique) => Ok(unique.then_some(Rule::Unique)),
            _ => Err(refused(at, "is neither `true` nor `false`")),
        },
        "required" => texts(value, at).map(|names| Some(Rule::Required(names))),
        _ => Ok(None),
    }
}
