//! JSON Schema, draft 2020-12 (and what drafts 6 to 2019-09 write alike): is a text the JSON that a
//! schema describes?
//!
//! A schema is compiled once. It stands for itself: references lead inside it, and nothing is
//! fetched. A keyword that is not known is refused, so that none is read and forgotten. Patterns
//! are those of `matches`, in linear time; the crates for JSON Schema bring a backtracking engine.

mod argument;
mod check;
mod compile;
mod number;
mod simple;

use regex::Regex;
use serde_json::Value;

use super::{Format, Refused};

/// The place of a compiled subschema.
type Id = usize;

/// A compiled schema.
#[derive(Debug)]
pub struct JsonSchema {
    /// Subschemas; the first is the whole.
    nodes: Vec<Node>,
}

/// A subschema: all of its rules must hold. `false` is a schema that nothing meets.
#[derive(Debug)]
enum Node {
    Never,
    Rules(Vec<Rule>),
}

#[derive(Debug)]
enum Rule {
    Type(Vec<Kind>),
    OneOf(Vec<Value>),
    MultipleOf(Value),
    /// The value compared with the bound is none of these.
    Bound {
        bound: Value,
        refused: &'static [std::cmp::Ordering],
        words: &'static str,
    },
    Length {
        min: u64,
        max: u64,
    },
    Pattern(Regex),
    Form(Form),
    Items {
        first: Vec<Id>,
        rest: Option<Id>,
    },
    Contains {
        schema: Id,
        min: u64,
        max: u64,
    },
    Count {
        min: u64,
        max: u64,
    },
    Unique,
    Properties {
        named: Vec<(String, Id)>,
        patterns: Vec<(Regex, Id)>,
        others: Option<Id>,
    },
    Names(Id),
    Required(Vec<String>),
    Size {
        min: u64,
        max: u64,
    },
    /// Where the property is there, these must be too.
    Needs(String, Vec<String>),
    /// Where the property is there, the whole must meet a schema.
    Implies(String, Id),
    All(Vec<Id>),
    Any(Vec<Id>),
    Single(Vec<Id>),
    Not(Id),
    If {
        test: Id,
        then: Option<Id>,
        otherwise: Option<Id>,
    },
}

/// The types of JSON; an integer is a number without a fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Null,
    Boolean,
    Integer,
    Number,
    String,
    Array,
    Object,
}

impl Kind {
    const ALL: [Kind; 7] = [
        Kind::Null,
        Kind::Boolean,
        Kind::Integer,
        Kind::Number,
        Kind::String,
        Kind::Array,
        Kind::Object,
    ];
}

/// A value of `format`; times have their offset, as RFC 3339 asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    DateTime,
    Time,
    Named(Format),
}

impl JsonSchema {
    /// Compiles a schema.
    ///
    /// # Errors
    /// It is no JSON, has a keyword that is not known or a value that the keyword cannot have, or
    /// refers to something outside or to itself.
    pub fn new(schema: &str) -> Result<JsonSchema, Refused> {
        let schema: Value = serde_json::from_str(schema)
            .map_err(|error| Refused::new(format!("the schema is not JSON: {error}")))?;
        compile::compile(&schema)
    }

    /// Whether a text is JSON that the schema describes; nested more than 128 deep it is not read.
    pub fn accepts(&self, text: &str) -> bool {
        serde_json::from_str(text).is_ok_and(|value| self.holds(&value))
    }

    /// Why a text is not what the schema describes, with the place in it.
    pub fn why(&self, text: &str) -> Option<String> {
        match serde_json::from_str(text) {
            Ok(value) => self.first_fault(&value),
            Err(error) => Some(format!("it is not JSON: {error}")),
        }
    }
}

#[cfg(test)]
mod tests;
