//! Why a value does not fit, in words, before it is known where it stands.

use std::fmt;

use serde::de::{Error, Expected, Unexpected};

use super::tree::{Content, Node};

/// The error of our deserializer. Its place is recorded beside it, since erased traits keep only
/// the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A value of another form was expected.
    Expected(String),
    /// A text that is none of these names.
    NoneOf(&'static [&'static str]),
    Missing(String),
    /// Nothing stands where a value must.
    Nothing,
    /// What a type says of a value; a line `help: …` may follow.
    Said(String),
    /// The value is a mistake that has been told.
    Told,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Expected(expected) => write!(f, "expected {expected}"),
            Fault::NoneOf(names) => write!(f, "expected {}", one_of(names)),
            Fault::Missing(field) => write!(f, "`{field}` is missing"),
            Fault::Nothing => f.write_str("a value is missing"),
            Fault::Said(message) => f.write_str(message),
            Fault::Told => f.write_str("the value is a mistake"),
        }
    }
}

impl std::error::Error for Fault {}

impl Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Fault::Said(message.to_string())
    }

    fn invalid_type(_: Unexpected, expected: &dyn Expected) -> Self {
        Fault::Expected(words(&expected.to_string()))
    }

    fn invalid_value(_: Unexpected, expected: &dyn Expected) -> Self {
        Fault::Expected(words(&expected.to_string()))
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Fault::Expected(words(&expected.to_string()))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Fault::NoneOf(expected)
    }

    fn missing_field(field: &'static str) -> Self {
        Fault::Missing(field.to_owned())
    }
}

/// What serde expects, in the words of a suite's author.
fn words(expected: &str) -> String {
    let words = match expected {
        "f64" | "f32" | "floating point number" => "a number",
        "i64" | "i128" | "isize" | "integer" => "a whole number",
        "u64" | "u128" | "usize" => "a whole number, at least 0",
        "u32" => "a whole number from 0 to 4294967295",
        "u16" => "a whole number from 0 to 65535",
        "u8" => "a whole number from 0 to 255",
        "i32" => "a whole number from -2147483648 to 2147483647",
        "i16" => "a whole number from -32768 to 32767",
        "i8" => "a whole number from -128 to 127",
        "a nonzero u64" | "a nonzero u32" | "a nonzero usize" => "a whole number, at least 1",
        "a boolean" => "`true` or `false`",
        "a string" | "a borrowed string" | "string" => "text",
        "a sequence" => "a list",
        "a map" => "a mapping",
        other if other.starts_with("struct ") => "a mapping",
        other => return other.to_owned(),
    };
    words.to_owned()
}

/// `one of `a`, `b``.
pub fn one_of(names: &[&str]) -> String {
    match names {
        [only] => format!("`{only}`"),
        _ => format!("one of {}", listed(names.iter().copied())),
    }
}

/// Names in backticks with commas.
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

/// The mend that a wrong form suggests.
pub fn mend(expected: &str, node: &Node) -> Option<String> {
    let number = expected.contains("number");
    match &node.value {
        Content::Text(text) if expected == "`true` or `false`" => {
            match text.to_lowercase().as_str() {
                "yes" | "on" | "y" => {
                    Some("write `true`; YAML 1.2 reads `yes` and `on` as text".into())
                }
                "no" | "off" | "n" => {
                    Some("write `false`; YAML 1.2 reads `no` and `off` as text".into())
                }
                "true" | "false" => Some("remove the quotes".into()),
                _ => None,
            }
        }
        Content::Text(text) if number => number_mend(text, node.quoted),
        Content::Int(value) if expected == "text" => {
            Some(format!("put it in quotes: `\"{value}\"`"))
        }
        Content::Float(_) | Content::Bool(_) if expected == "text" => {
            Some("put it in quotes if it is text".into())
        }
        Content::List(_) | Content::Map(_) | Content::Null | Content::Broken => None,
        scalar if expected == "a list" => Some(match scalar {
            Content::Text(text) => format!("write `[{}]`", super::tree::excerpt(text)),
            _ => "put it in brackets".into(),
        }),
        _ => None,
    }
}

fn number_mend(text: &str, quoted: bool) -> Option<String> {
    let bare = text.trim();
    if matches!(bare.to_lowercase().as_str(), "inf" | "+inf" | "infinity") {
        return Some("infinity is written `.inf`".into());
    }
    if matches!(bare.to_lowercase().as_str(), "-inf" | "-infinity") {
        return Some("minus infinity is written `-.inf`".into());
    }
    if let Some(percent) =
        bare.strip_suffix('%').and_then(|number| number.trim().parse::<f64>().ok())
    {
        return Some(format!("write `{}`", percent / 100.0));
    }
    if quoted && bare.parse::<f64>().is_ok() {
        return Some(format!("remove the quotes: `{bare}`"));
    }
    let joined = bare.replace(['_', ',', '\''], "");
    (joined != bare && joined.parse::<f64>().is_ok()).then(|| format!("write `{joined}`"))
}
