//! Arguments of checks of text: each is tried when the suite is read, so that a mistake in it is
//! told at its own place.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error, Visitor};

use super::{Context, Mistake, OneOrMany};
use crate::metric::{Predicate, TextTest, Type};
use crate::prose::names;
use crate::text::{DatetimeFormat, Patterns, Refused};

/// A regular expression that compiles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(pub String);

/// A strptime pattern that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strptime(pub String);

/// A text that is not empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece(pub String);

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let compiles = |pattern: &String| {
            let alone = std::slice::from_ref(pattern);
            Patterns::new(alone, false, false).map(|_| ())
        };
        deserializer.deserialize_str(Tried(compiles)).map(Pattern)
    }
}

impl<'de> Deserialize<'de> for Strptime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let reads = |pattern: &String| DatetimeFormat::new(pattern).map(|_| ());
        deserializer.deserialize_str(Tried(reads)).map(Strptime)
    }
}

impl<'de> Deserialize<'de> for Piece {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let is_filled = |text: &String| match text.is_empty() {
            true => Err(Refused::new("every text has an empty part, so this says nothing")),
            false => Ok(()),
        };
        deserializer.deserialize_str(Tried(is_filled)).map(Piece)
    }
}

/// Reads a text and tries it while the reader still knows where it stands.
struct Tried(fn(&String) -> Result<(), Refused>);

impl Visitor<'_> for Tried {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        let text = text.to_owned();
        match (self.0)(&text) {
            Ok(()) => Ok(text),
            Err(refused) => Err(E::custom(told(&refused))),
        }
    }
}

/// A reason with its mend, as errors of serde carry them to the suite's reader.
pub fn told(refused: &Refused) -> String {
    match &refused.help {
        Some(help) => format!("{}\nhelp: {help}", refused.message),
        None => refused.message.clone(),
    }
}

impl From<Refused> for Mistake {
    fn from(refused: Refused) -> Self {
        Mistake { message: refused.message, help: refused.help, argument: None }
    }
}

macro_rules! is_a_string_in_the_schema {
    ($($name:ident, $keyword:literal: $value:literal;)*) => {$(
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({"type": "string", $keyword: $value})
            }
        }
    )*};
}

is_a_string_in_the_schema! {
    Pattern, "minLength": 1;
    Strptime, "pattern": "%";
    Piece, "minLength": 1;
}

/// The texts of several arguments.
pub fn owned<'a, T: 'a>(values: &'a OneOrMany<T>, text: fn(&'a T) -> &'a str) -> Vec<String> {
    values.all().iter().map(|value| text(value).to_owned()).collect()
}

/// A test of the texts of the check's column.
pub fn ask(context: &Context, test: TextTest, negated: bool) -> Result<Predicate, Mistake> {
    context.accept(|kind| *kind == Type::String, "text")?;
    Ok(Predicate::Text { column: context.name().to_owned(), test, negated })
}

/// `` `a` ``, or `` one of `a`, `b` ``.
pub fn any_of(texts: &[String]) -> String {
    quantified("one of ", texts)
}

/// `` `a` ``, or `` all of `a`, `b` ``.
pub fn all_of(texts: &[String]) -> String {
    quantified("all of ", texts)
}

fn quantified(word: &str, texts: &[String]) -> String {
    let word = if texts.len() == 1 { "" } else { word };
    format!("{word}{}", names(texts.iter().map(String::as_str), 6))
}
