//! Values in a list of the suite, or in a file: `[a, b]`, `{file: codes.csv, column: code}`.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::set::Set;
use super::{FromFile, Literal};

/// Where the values of a set come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Listing {
    Here(Vec<Literal>),
    There { file: FromFile<Vec<String>>, column: Option<String> },
}

impl Listing {
    /// The set that these values are.
    pub fn set(&self, ignore_case: bool) -> Set<'_> {
        match self {
            Listing::Here(values) => {
                Set { values: Some(values), file: None, column: None, ignore_case }
            }
            Listing::There { file, column } => {
                Set { values: None, file: Some(file), column: column.as_deref(), ignore_case }
            }
        }
    }
}

/// The mapping that names a file.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct There {
    file: FromFile<Vec<String>>,
    column: Option<String>,
}

impl<'de> Deserialize<'de> for Listing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListingVisitor)
    }
}

struct ListingVisitor;

impl<'de> Visitor<'de> for ListingVisitor {
    type Value = Listing;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list, or {file: values.txt}")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Listing, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(items)).map(Listing::Here)
    }

    fn visit_map<A: MapAccess<'de>>(self, lines: A) -> Result<Listing, A::Error> {
        let there = There::deserialize(MapAccessDeserializer::new(lines))?;
        Ok(Listing::There { file: there.file, column: there.column })
    }
}

impl JsonSchema for Listing {
    fn schema_name() -> Cow<'static, str> {
        "Listing".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let literal = generator.subschema_for::<Literal>();
        let text = json_schema!({"type": "string", "minLength": 1});
        json_schema!({"anyOf": [
            {"type": "array", "items": literal, "minItems": 1},
            {"type": "object", "properties": {"file": text, "column": text},
             "required": ["file"], "additionalProperties": false},
        ]})
    }
}
