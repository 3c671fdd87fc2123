//! The tree of a YAML file: every key and value with its place.
//!
//! Mappings keep their order. Nothing here knows the parser or what a suite means.

use crate::diagnostic::{Span, escape};

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub value: Content,
    /// Where it is written; for an alias, where the alias stands.
    pub span: Span,
    /// Whether a text stands in quotes or in a block (`|`, `>`), and so is text whatever it looks
    /// like.
    pub quoted: bool,
    pub origin: Origin,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
    /// A value that was a mistake; it has been told, and nothing more is said about it.
    Broken,
}

/// One line of a mapping.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub key: Key,
    pub value: Node,
}

/// A key and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub name: String,
    pub span: Span,
}

/// How a value came to its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// It is written there.
    #[default]
    Written,
    /// An alias (`*name`) stands there, and the value at this other place.
    Alias(Span),
    /// A parameter (`$name`) stands there.
    Parameter(String),
}

impl Node {
    /// A value as if it were written at a place.
    pub fn new(value: Content, span: Span) -> Self {
        Node { value, span, quoted: false, origin: Origin::Written }
    }

    /// The lines of a mapping; `None` for anything else.
    pub fn entries(&self) -> Option<&[Entry]> {
        match &self.value {
            Content::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The line of a mapping with this key.
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries()?.iter().find(|entry| entry.key.name == name)
    }

    /// The text of a text.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    /// What it is, for the end of `expected …, found …`.
    pub fn describe(&self) -> String {
        match &self.value {
            Content::Null | Content::Broken => "nothing".into(),
            Content::Bool(value) => format!("`{value}`"),
            Content::Int(value) => format!("the number `{value}`"),
            Content::Float(value) => format!("the number `{}`", shown(*value)),
            Content::Text(text) => format!("text `{}`", excerpt(text)),
            Content::List(_) => "a list".into(),
            Content::Map(_) => "a mapping".into(),
        }
    }

    /// The value as JSON. What JSON has no number for is text: `"inf"`, integers beyond 64 bits.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value;
        match &self.value {
            Content::Null | Content::Broken => Value::Null,
            Content::Bool(value) => Value::Bool(*value),
            Content::Int(value) => serde_json::Number::from_i128(*value)
                .map_or_else(|| Value::String(value.to_string()), Value::Number),
            Content::Float(value) => serde_json::Number::from_f64(*value)
                .map_or_else(|| Value::String(crate::prose::number(*value)), Value::Number),
            Content::Text(text) => Value::String(text.clone()),
            Content::List(items) => Value::Array(items.iter().map(Node::to_json).collect()),
            Content::Map(entries) => Value::Object(
                entries.iter().map(|e| (e.key.name.clone(), e.value.to_json())).collect(),
            ),
        }
    }
}

/// A number as a suite's author writes it.
pub fn shown(value: f64) -> String {
    if value.is_nan() {
        return ".nan".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { ".inf".into() } else { "-.inf".into() };
    }
    crate::prose::number(value)
}

/// The beginning of a text, fit for one line of a message.
pub fn excerpt(text: &str) -> String {
    const LIMIT: usize = 60;
    let shown: String = text.chars().take(LIMIT).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    format!("{}{more}", escape(&shown))
}
