//! A tolerance between two numbers, as a distance or as a share.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

/// How far apart two numbers may lie and count as the same.
#[derive(Clone, Copy, Debug, Default)]
pub struct Allowance {
    pub absolute: f64,
    /// A share of the other side's number.
    pub relative: f64,
}

impl<'de> Deserialize<'de> for Allowance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AllowanceVisitor)
    }
}

struct AllowanceVisitor;

impl AllowanceVisitor {
    fn distance<E: Error>(value: f64) -> Result<f64, E> {
        if value.is_finite() && value >= 0.0 {
            return Ok(value);
        }
        Err(E::custom(format!("a tolerance is a finite number of at least 0, not {value}")))
    }
}

impl<'de> Visitor<'de> for AllowanceVisitor {
    type Value = Allowance;

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("a number, or {absolute: number, relative: number}")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Allowance, E> {
        self.visit_f64(value as f64)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Allowance, E> {
        self.visit_f64(value as f64)
    }

    fn visit_i128<E: Error>(self, value: i128) -> Result<Allowance, E> {
        self.visit_f64(value as f64)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Allowance, E> {
        Ok(Allowance { absolute: Self::distance(value)?, relative: 0.0 })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Allowance, A::Error> {
        let mut tolerance = Allowance::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "absolute" => tolerance.absolute = Self::distance(map.next_value()?)?,
                "relative" => tolerance.relative = Self::distance(map.next_value()?)?,
                _ => return Err(A::Error::unknown_field(&key, &["absolute", "relative"])),
            }
        }
        Ok(tolerance)
    }
}

impl JsonSchema for Allowance {
    fn schema_name() -> Cow<'static, str> {
        "Allowance".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let distance = || json_schema!({"type": "number", "minimum": 0});
        json_schema!({
            "description": "a distance between numbers, or one as a share of them",
            "anyOf": [
                distance(),
                {"type": "object", "properties": {"absolute": distance(), "relative": distance()},
                 "additionalProperties": false}
            ]
        })
    }
}
