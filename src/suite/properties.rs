//! What a suite says of columns beside their checks: `sensitive` and `missing_values`.

use serde::Deserialize;

use super::decode::{Subject, decode, unexpected};
use super::model::{ColumnKey, MissingValues};
use super::tree::{Content, Entry, Node};
use crate::diagnostic::{Diagnostic, Span};
use crate::expectations::{Literal, Sensitive};

/// Keys that stand under a column beside the names of checks.
pub const PROPERTIES: [&str; 2] = ["sensitive", "missing_values"];

/// Whether a line `sensitive:` says yes.
pub fn is_sensitive(file: &str, entry: &Entry, mistakes: &mut Vec<Diagnostic>) -> bool {
    match &entry.value.value {
        Content::Bool(true) => return true,
        Content::Bool(false) => {
            let mistake = Diagnostic::error("`sensitive: false` says nothing");
            let mistake = mistake.at(file, entry.value.span.clone(), "");
            mistakes.push(mistake.help("values are shown unless `sensitive: true` hides them"));
        }
        _ => mistakes.extend(unexpected(file, &entry.value, &entry.key, "`true`")),
    }
    false
}

/// The values of a line `missing_values:`, each with its place; `of` is the column it stands under.
pub fn missing_values(
    file: &str,
    entry: &Entry,
    of: Option<ColumnKey>,
    mistakes: &mut Vec<Diagnostic>,
) -> Option<MissingValues> {
    let items = match &entry.value.value {
        Content::List(items) => items.as_slice(),
        Content::Map(_) | Content::Null | Content::Broken => {
            mistakes.extend(unexpected(file, &entry.value, &entry.key, "a list of values"));
            return None;
        }
        _ => std::slice::from_ref(&entry.value),
    };
    if items.is_empty() {
        let mistake = Diagnostic::error("`missing_values` is empty");
        let mistake = mistake.at(file, entry.value.span.clone(), "no values");
        mistakes.push(mistake.help("write the values that mean missing, such as `[NA, -999]`"));
    }
    let values = items.iter().filter_map(|item| value(file, item, mistakes)).collect();
    Some(MissingValues { of, values })
}

fn value(file: &str, item: &Node, mistakes: &mut Vec<Diagnostic>) -> Option<(Literal, Span)> {
    let mut refuse = |message: &str, help: &str| {
        mistakes.push(Diagnostic::error(message).at(file, item.span.clone(), "").help(help));
        None
    };
    match &item.value {
        Content::Broken => return None,
        Content::Null => return refuse("null is missing already", "leave it out"),
        Content::Map(_) | Content::List(_) => {
            return refuse(
                &format!("{} cannot mean missing", item.describe()),
                "a value is a number, a text, a date or a boolean",
            );
        }
        _ => {}
    }
    let subject = Subject { file, name: "missing_values", key: &item.span };
    let literal = decode(item, subject, mistakes, |reader| {
        Literal::deserialize(reader).map_err(|error| error.to_string())
    })?;
    Some((literal, item.span.clone()))
}

/// Which columns these keys hide. What holds a hidden field shows it, so it is hidden as well.
pub fn sensitive(keys: &[(ColumnKey, Span)]) -> Sensitive {
    if keys.is_empty() {
        return Sensitive::default();
    }
    let keys: Vec<ColumnKey> = keys.iter().map(|(key, _)| key.clone()).collect();
    Sensitive::by(move |name| {
        keys.iter().any(|key| {
            let holds =
                |field: &str| field.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
            key.matches(name) || matches!(key, ColumnKey::Name(field) if holds(field))
        })
    })
}
