//! The values of a schema's keywords: each as its rule needs it, or the reason why it is none.

use regex::Regex;
use serde_json::{Map, Value};

use super::{Form, Kind};
use crate::text::{Format, Refused, pattern};

type Object = Map<String, Value>;

/// A reason with its place in the schema.
pub fn refused(place: &str, what: &str) -> Refused {
    Refused::new(format!("`{place}` of the schema {what}"))
}

/// A whole number of at least 0 under a keyword, where the keyword is there.
pub fn whole(object: &Object, keyword: &str, place: &str) -> Result<Option<u64>, Refused> {
    let Some(value) = object.get(keyword) else { return Ok(None) };
    let float = value.as_f64().filter(|float| float.fract() == 0.0 && *float >= 0.0);
    match value.as_u64().or(float.map(|float| float as u64)) {
        Some(whole) => Ok(Some(whole)),
        None => Err(refused(&format!("{place}/{keyword}"), "is no whole number of at least 0")),
    }
}

/// The schemas by name under a keyword; none where it is not there.
pub fn members<'s>(
    object: &'s Object,
    keyword: &str,
    place: &str,
) -> Result<Vec<(&'s String, &'s Value)>, Refused> {
    match object.get(keyword) {
        None => Ok(Vec::new()),
        Some(Value::Object(members)) => Ok(members.iter().collect()),
        Some(_) => Err(refused(&format!("{place}/{keyword}"), "is no mapping of schemas")),
    }
}

/// A list of texts.
pub fn texts(value: &Value, place: &str) -> Result<Vec<String>, Refused> {
    let list = value.as_array().map(|items| items.iter().map(|item| item.as_str()));
    let texts = list.and_then(|items| items.map(|item| item.map(str::to_owned)).collect());
    texts.ok_or_else(|| refused(place, "is no list of texts"))
}

/// A regular expression, searched for anywhere as the standard has it.
pub fn regex(source: &str, place: &str) -> Result<Regex, Refused> {
    pattern::compiled(source).map_err(|reason| {
        let message = format!("`{place}` of the schema: {}", reason.message);
        Refused { message, help: reason.help }
    })
}

/// The types that a value may have.
pub fn kinds(value: &Value, place: &str) -> Result<Vec<Kind>, Refused> {
    let names = match value {
        Value::String(name) => vec![name.clone()],
        several => texts(several, place)?,
    };
    let kind = |name: &String| {
        let known = Kind::ALL.into_iter().find(|kind| kind.word() == name);
        known.ok_or_else(|| {
            let words: Vec<&str> = Kind::ALL.iter().map(|kind| kind.word()).collect();
            refused(place, &format!("names `{name}`, which is no type of JSON"))
                .help(format!("the types are {}", words.join(", ")))
        })
    };
    if names.is_empty() {
        return Err(refused(place, "lists no type"));
    }
    names.iter().map(kind).collect()
}

/// A value of `format`. The standard's names are asked for, and those of `format` here.
pub fn form(value: &Value, place: &str) -> Result<Form, Refused> {
    let name = value.as_str().ok_or_else(|| refused(place, "is no text"))?;
    let known = match name {
        "date-time" => Some(Form::DateTime),
        "time" => Some(Form::Time),
        other => Format::ALL.iter().find(|format| format.name() == other).copied().map(Form::Named),
    };
    known.ok_or_else(|| {
        refused(place, &format!("names `{name}`, which is not known here"))
            .help("remove it, or write a `pattern`; `datacheck explain format` lists the formats")
    })
}

/// The subschema that names itself so.
pub fn anchor<'s>(schema: &'s Value, name: &str) -> Option<&'s Value> {
    match schema {
        Value::Object(object) => {
            let is_named = ["$anchor", "$id"].iter().any(|key| {
                let written = object.get(*key).and_then(Value::as_str);
                written.is_some_and(|text| text.strip_prefix('#').unwrap_or(text) == name)
            });
            if is_named {
                return Some(schema);
            }
            object.values().find_map(|value| anchor(value, name))
        }
        Value::Array(items) => items.iter().find_map(|item| anchor(item, name)),
        _ => None,
    }
}

/// A fragment without the escapes of URIs; those of JSON pointers are the pointer's.
pub fn decoded(fragment: &str) -> String {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()).filter(|_| byte == b'%') {
            Some(escaped) => {
                bytes.push(escaped);
                rest = &after[2..];
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
