//! A value as a suite writes it, before the column tells its type.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::{Mistake, instant};
use crate::metric::{Type, Value};
use crate::prose::number;

/// A scalar of a suite, or the name of another column: `{column: list_price}`.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(String),
    Column(String),
}

impl Literal {
    /// The value as a column of this type holds it.
    ///
    /// # Errors
    /// The literal is of another type than the column; nothing is converted silently.
    pub fn to_value(&self, kind: &Type) -> Result<Value, Mistake> {
        match (self, kind) {
            (Literal::Null, _) => Ok(Value::Null),
            (Literal::Bool(value), Type::Boolean | Type::Null) => Ok(Value::Bool(*value)),
            (Literal::Int(value), Type::Decimal { .. }) => {
                Ok(Value::Decimal { unscaled: *value, scale: 0 })
            }
            (Literal::Int(value), kind) if kind.is_number() || *kind == Type::Null => {
                Ok(Value::Int(*value))
            }
            (Literal::Float(value), Type::Decimal { .. }) => Ok(decimal(*value)),
            (Literal::Float(value), kind) if kind.is_number() || *kind == Type::Null => {
                Ok(Value::float(*value))
            }
            (Literal::Text(text), Type::String | Type::Null) => Ok(Value::Text(text.clone())),
            (Literal::Text(text), kind) if kind.is_temporal() => instant::read(text, kind),
            _ => Err(self.misfit(kind)),
        }
    }

    fn misfit(&self, kind: &Type) -> Mistake {
        let mistake = Mistake::new(format!("{self} is not of the column's type, {kind}"));
        match (self, kind) {
            (Literal::Int(_) | Literal::Float(_) | Literal::Bool(_), Type::String) => {
                mistake.help("quote it to compare text, or declare the column's `type`")
            }
            (Literal::Text(text), kind) if kind.is_number() && text.parse::<f64>().is_ok() => {
                mistake.help("write the number without quotes")
            }
            (Literal::Int(0 | 1), Type::Boolean) => mistake.help("write `false` or `true`"),
            (_, kind) if kind.is_temporal() => mistake.help(instant::form(kind)),
            (_, Type::List(_)) => mistake.help("`each` asks a check of every item of a list"),
            (_, Type::Binary | Type::Other(_)) => {
                mistake.help("a suite writes numbers, dates, times, text and booleans")
            }
            (_, Type::Struct(_)) => {
                mistake.help("name a field of it, as `address.city`, where the column stands")
            }
            _ => mistake,
        }
    }
}

impl From<f64> for Literal {
    fn from(value: f64) -> Self {
        Literal::Float(value)
    }
}

impl From<u64> for Literal {
    fn from(value: u64) -> Self {
        Literal::Int(value.into())
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Literal::Null => f.write_str("null"),
            Literal::Bool(value) => write!(f, "{value}"),
            Literal::Int(value) => write!(f, "{value}"),
            Literal::Float(value) => f.write_str(&number(*value)),
            Literal::Text(value) => write!(f, "`{value}`"),
            Literal::Column(name) => write!(f, "column `{name}`"),
        }
    }
}

/// The decimal number that the shortest text of the double says; infinities stay floats.
fn decimal(value: f64) -> Value {
    let text = format!("{value}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let unscaled = format!("{whole}{fraction}").parse::<i128>().ok();
    match (unscaled, i8::try_from(fraction.len())) {
        (Some(unscaled), Ok(scale)) => Value::Decimal { unscaled, scale },
        _ => Value::float(value),
    }
}

impl<'de> Deserialize<'de> for Literal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LiteralVisitor)
    }
}

struct LiteralVisitor;

impl<'de> Visitor<'de> for LiteralVisitor {
    type Value = Literal;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a number, a text, a date, true, false, null, or {column: name}")
    }

    fn visit_unit<E>(self) -> Result<Literal, E> {
        Ok(Literal::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Literal, E> {
        Ok(Literal::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Literal, E> {
        Ok(Literal::Int(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Literal, E> {
        Ok(Literal::Int(value.into()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Literal, E> {
        Ok(Literal::Int(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Literal, E> {
        if value.is_nan() {
            return Err(E::custom("NaN is not a value to compare with"));
        }
        Ok(Literal::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Literal, E> {
        Ok(Literal::Text(value.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Literal, A::Error> {
        let only = "a mapping here has the one key `column`";
        match map.next_key::<String>()? {
            Some(key) if key == "column" => {}
            _ => return Err(A::Error::custom(only)),
        }
        let column = map.next_value()?;
        match map.next_key::<String>()? {
            None => Ok(Literal::Column(column)),
            Some(_) => Err(A::Error::custom(only)),
        }
    }
}

impl JsonSchema for Literal {
    fn schema_name() -> Cow<'static, str> {
        "Literal".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "a number, a text, a date, a boolean, null, or another column",
            "anyOf": [
                {"type": ["number", "string", "boolean", "null"]},
                {"type": "object", "properties": {"column": {"type": "string"}},
                 "required": ["column"], "additionalProperties": false}
            ]
        })
    }
}
