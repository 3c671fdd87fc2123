//! The names of types as suites write them: a class such as `number`, or one type such as `int64`.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error};

use super::Type;

/// What a suite calls a type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TypeName {
    /// Integers, floats and decimals.
    Number,
    /// Any width of this class: `integer`, `float`, `datetime` …
    Class(&'static str),
    /// One type: `int64`, `datetime[UTC]`, `decimal(10, 2)`.
    Exactly(Type),
}

/// Classes that may be written.
const CLASSES: [&str; 13] = [
    "boolean", "integer", "float", "decimal", "string", "date", "time", "datetime", "duration",
    "binary", "list", "struct", "null",
];

/// The names of single types, as a regular expression.
const EXACT: &str = concat!(
    r"^(u?int(8|16|32|64|128)|float(16|32|64)|",
    r"decimal\(.*\)|datetime\[.+\]|list\[.+\])$"
);

impl TypeName {
    /// Reads a name; `None` for one that means nothing.
    pub fn parse(text: &str) -> Option<TypeName> {
        if text == "number" {
            return Some(TypeName::Number);
        }
        if let Some(class) = CLASSES.into_iter().find(|class| *class == text) {
            return Some(TypeName::Class(class));
        }
        exact(text).map(TypeName::Exactly)
    }

    /// Every name that can be listed.
    pub fn names() -> Vec<&'static str> {
        let exact = [
            "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32",
            "float64",
        ];
        std::iter::once("number").chain(CLASSES).chain(exact).collect()
    }

    /// Whether a column of this type is what the name says.
    pub fn accepts(&self, kind: &Type) -> bool {
        match self {
            TypeName::Number => kind.is_number(),
            TypeName::Class(class) => kind.class() == *class,
            TypeName::Exactly(exact) => kind == exact,
        }
    }
}

impl<'de> Deserialize<'de> for TypeName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        TypeName::parse(&text).ok_or_else(|| {
            let close = TypeName::names().into_iter().max_by(|a, b| {
                strsim::jaro_winkler(a, &text).total_cmp(&strsim::jaro_winkler(b, &text))
            });
            let close = close.unwrap_or("string");
            D::Error::custom(format!("`{text}` is no type; the nearest is `{close}`"))
        })
    }
}

impl JsonSchema for TypeName {
    fn schema_name() -> Cow<'static, str> {
        "TypeName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "a class of types such as `number`, or one type such as `int64`",
            "anyOf": [
                {"enum": TypeName::names()},
                {"type": "string", "pattern": EXACT}
            ]
        })
    }
}

impl std::fmt::Display for TypeName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            TypeName::Number => f.write_str("number"),
            TypeName::Class(class) => f.write_str(class),
            TypeName::Exactly(kind) => kind.fmt(f),
        }
    }
}

fn exact(text: &str) -> Option<Type> {
    if let Some(bits) = text.strip_prefix("uint") {
        return width(bits).map(|bits| Type::Integer { bits, signed: false });
    }
    if let Some(bits) = text.strip_prefix("int") {
        return width(bits).map(|bits| Type::Integer { bits, signed: true });
    }
    if let Some(bits) = text.strip_prefix("float") {
        let bits = width(bits).filter(|bits| (16..=64).contains(bits));
        return bits.map(|bits| Type::Float { bits });
    }
    if let Some(inner) = text.strip_prefix("datetime[").and_then(|rest| rest.strip_suffix(']')) {
        return Some(Type::DateTime { zone: Some(inner.to_owned()) });
    }
    if let Some(inner) = text.strip_prefix("decimal(").and_then(|rest| rest.strip_suffix(')')) {
        let (precision, scale) = inner.split_once(',')?;
        let precision = precision.trim().parse().ok()?;
        return Some(Type::Decimal { precision, scale: scale.trim().parse().ok()? });
    }
    let inner = text.strip_prefix("list[").and_then(|rest| rest.strip_suffix(']'))?;
    exact(inner).or_else(|| plain(inner)).map(|item| Type::List(Box::new(item)))
}

fn width(text: &str) -> Option<u8> {
    text.parse().ok().filter(|bits| [8, 16, 32, 64, 128].contains(bits))
}

fn plain(text: &str) -> Option<Type> {
    [Type::Boolean, Type::String, Type::Date, Type::Time, Type::Duration, Type::Binary, Type::Null]
        .into_iter()
        .find(|kind| kind.class() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, accepted: &[&str], refused: &[&str]) {
        let parsed = TypeName::parse(name).expect("a valid name");
        assert_eq!(parsed.to_string(), name);
        let kind = |text| match exact(text).or_else(|| plain(text)) {
            Some(kind) => kind,
            None => panic!("{text} is no exact type"),
        };
        assert!(accepted.iter().all(|text| parsed.accepts(&kind(text))), "{name}");
        assert!(!refused.iter().any(|text| parsed.accepts(&kind(text))), "{name}");
    }

    #[test]
    fn classes_accept_every_width_and_exact_names_one() {
        check("number", &["int8", "uint64", "float32", "decimal(10, 2)"], &["string", "boolean"]);
        check("integer", &["int8", "int64", "uint8"], &["float64", "date"]);
        check("int64", &["int64"], &["int32", "uint64"]);
        check("datetime", &["datetime[UTC]"], &["date"]);
        check("datetime[UTC]", &["datetime[UTC]"], &["datetime[Europe/Paris]"]);
        check("list[string]", &["list[string]"], &["list[int64]"]);
    }

    #[test]
    fn nonsense_has_no_type() {
        for name in ["", "int", "int7", "float8", "text", "list[", "decimal(x, 1)"] {
            assert_eq!(TypeName::parse(name), None, "{name}");
        }
    }
}
