//! Parameters: what a suite and its project declare, and the values that the command line gives.

use chrono::{DateTime, NaiveDate, NaiveDateTime};

use super::decode::{suggestion, unexpected, unknown_key};
use super::fault::mend;
use super::parse::parse_value;
use super::tree::{Content, Entry, Key, Node};
use crate::diagnostic::{Diagnostic, Span};

/// What values a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Number,
    Integer,
    String,
    Boolean,
    Date,
    DateTime,
    List,
}

impl Kind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Kind; 7] = [
        Kind::Number,
        Kind::Integer,
        Kind::String,
        Kind::Boolean,
        Kind::Date,
        Kind::DateTime,
        Kind::List,
    ];

    /// The name by which a suite asks for it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Number => "number",
            Kind::Integer => "integer",
            Kind::String => "string",
            Kind::Boolean => "boolean",
            Kind::Date => "date",
            Kind::DateTime => "datetime",
            Kind::List => "list",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Kind::Number => "a number",
            Kind::Integer => "a whole number",
            Kind::String => "text",
            Kind::Boolean => "`true` or `false`",
            Kind::Date => "a date such as `2026-12-31`",
            Kind::DateTime => "a datetime such as `2026-12-31T12:00:00Z`",
            Kind::List => "a list",
        }
    }

    fn accepts(self, value: &Content) -> bool {
        match (self, value) {
            (Kind::Number, Content::Int(_) | Content::Float(_))
            | (Kind::Integer, Content::Int(_))
            | (Kind::String, Content::Text(_))
            | (Kind::Boolean, Content::Bool(_))
            | (Kind::List, Content::List(_)) => true,
            (Kind::Integer, Content::Float(value)) => value.fract() == 0.0,
            (Kind::Date, Content::Text(text)) => is_date(text),
            (Kind::DateTime, Content::Text(text)) => is_datetime(text),
            _ => false,
        }
    }

    /// The kind of a value that stands as a default.
    fn of(value: &Content) -> Option<Kind> {
        match value {
            Content::Int(_) | Content::Float(_) => Some(Kind::Number),
            Content::Text(_) => Some(Kind::String),
            Content::Bool(_) => Some(Kind::Boolean),
            Content::List(_) => Some(Kind::List),
            Content::Null | Content::Map(_) | Content::Broken => None,
        }
    }
}

/// Whether a text is a day of the calendar: `2026-12-31`.
pub fn is_date(text: &str) -> bool {
    text.len() == 10 && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

fn is_datetime(text: &str) -> bool {
    DateTime::parse_from_rfc3339(text).is_ok()
        || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").is_ok()
}

/// A parameter and its value.
#[derive(Clone, Debug)]
pub struct Param {
    pub name: String,
    /// Where it is declared.
    pub file: String,
    pub span: Span,
    /// `None` when the declaration is a mistake.
    pub kind: Option<Kind>,
    /// `None` when nothing gives it a value.
    pub value: Option<Node>,
    pub help: Option<String>,
}

/// The keys of a declaration.
const KEYS: [&str; 3] = ["default", "type", "help"];

/// Reads a `params:` section.
pub fn declare(file: &str, section: &Entry, mistakes: &mut Vec<Diagnostic>) -> Vec<Param> {
    let Some(entries) = section.value.entries() else {
        mistakes.extend(unexpected(file, &section.value, &section.key, "a mapping of parameters"));
        return Vec::new();
    };
    entries.iter().map(|entry| declare_one(file, entry, mistakes)).collect()
}

fn declare_one(file: &str, entry: &Entry, mistakes: &mut Vec<Diagnostic>) -> Param {
    let Entry { key, value } = entry;
    if !is_name(&key.name) {
        let mistake = Diagnostic::error(format!("`{}` cannot name a parameter", key.name));
        let help = "a name has letters, digits and `_`, and begins with a letter";
        mistakes.push(mistake.at(file, key.span.clone(), "").help(help));
    }
    let mut param = Param {
        name: key.name.clone(),
        file: file.to_owned(),
        span: key.span.clone(),
        kind: None,
        value: None,
        help: None,
    };
    let Some(lines) = value.entries() else {
        param.kind = Kind::of(&value.value);
        param.value = param.kind.map(|_| value.clone());
        if param.kind.is_none() {
            mistakes.extend(unexpected(file, value, key, "a default, or `{type: …}`"));
        }
        return param;
    };
    for line in lines {
        match line.key.name.as_str() {
            "default" => param.value = Some(line.value.clone()),
            "type" => param.kind = kind(file, line, mistakes),
            "help" => {
                param.help = line.value.text().map(str::to_owned);
                if param.help.is_none() {
                    mistakes.extend(unexpected(file, &line.value, &line.key, "text"));
                }
            }
            _ => mistakes.push(unknown_key(file, &line.key, &key.name, &KEYS)),
        }
    }
    let names_type = value.entry("type").is_some();
    complete(file, param, key, names_type, mistakes)
}

fn kind(file: &str, line: &Entry, mistakes: &mut Vec<Diagnostic>) -> Option<Kind> {
    let Some(text) = line.value.text() else {
        mistakes.extend(unexpected(file, &line.value, &line.key, "the name of a type"));
        return None;
    };
    let found = Kind::ALL.into_iter().find(|kind| kind.name() == text);
    if found.is_none() {
        let help = suggestion(text, Kind::ALL.map(Kind::name), "the types are");
        let mistake = Diagnostic::error(format!("unknown type `{text}` of a parameter"));
        mistakes.push(mistake.at(file, line.value.span.clone(), "").help(help));
    }
    found
}

/// Makes type and default of a long declaration agree.
fn complete(
    file: &str,
    mut param: Param,
    key: &Key,
    names_type: bool,
    mistakes: &mut Vec<Diagnostic>,
) -> Param {
    match (&param.kind, &param.value) {
        (None, None) if !names_type => {
            let mistake =
                Diagnostic::error(format!("`{}` has neither a default nor a type", key.name));
            let help = "write `{default: …}` or `{type: number}`";
            mistakes.push(mistake.at(file, key.span.clone(), "").help(help));
        }
        (None, Some(value)) if !names_type => {
            param.kind = Kind::of(&value.value);
            if param.kind.is_none() {
                mistakes.extend(unexpected(file, value, key, "a scalar or a list"));
            }
        }
        (Some(kind), Some(value)) if !kind.accepts(&value.value) => {
            mistakes.extend(unexpected(file, value, key, kind.words()));
            param.kind = None;
        }
        _ => {}
    }
    param
}

/// Gives declared parameters the values of the command line.
pub fn override_with(
    params: &mut [Param],
    overrides: &[(String, String)],
    mistakes: &mut Vec<Diagnostic>,
) {
    for (name, text) in overrides {
        let Some(param) = params.iter_mut().find(|param| param.name == *name) else { continue };
        let Some(kind) = param.kind else { continue };
        match given(kind, text) {
            Ok(value) => param.value = Some(value),
            Err((reason, help)) => {
                let label = format!("declared here as {}", kind.words());
                let mut mistake = Diagnostic::error(format!("`-p {name}={text}`: {reason}"));
                mistake.help.extend(help);
                mistakes.push(mistake.at(&param.file, param.span.clone(), label));
            }
        }
    }
}

/// The value that a text on the command line has for a type.
fn given(kind: Kind, text: &str) -> Result<Node, (String, Option<String>)> {
    let verbatim = matches!(kind, Kind::String | Kind::Date | Kind::DateTime);
    let node = if verbatim {
        Node::new(Content::Text(text.to_owned()), 0..0)
    } else {
        parse_value(text).map_err(|reason| (reason, None))?
    };
    if kind.accepts(&node.value) {
        return Ok(Node { quoted: true, ..node });
    }
    Err((
        format!("expected {}, found {}", kind.words(), node.describe()),
        mend(kind.words(), &node),
    ))
}

/// Tells of names on the command line that nothing declares.
pub fn unknown_overrides(
    overrides: &[(String, String)],
    declared: &[String],
    mistakes: &mut Vec<Diagnostic>,
) {
    for (name, _) in overrides.iter().filter(|(name, _)| !declared.contains(name)) {
        let mistake =
            Diagnostic::error(format!("no suite declares the parameter `{name}` of `-p`"));
        let names = declared.iter().map(String::as_str);
        mistakes.push(match declared {
            [] => mistake.help("declare it under `params:` in a suite or in `datacheck.yaml`"),
            _ => mistake.help(suggestion(name, names, "the parameters are")),
        });
    }
}

/// Whether a text can be the name of a parameter.
pub fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
