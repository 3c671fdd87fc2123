//! A value against a compiled schema.

use std::fmt::Display;

use serde_json::{Map, Value};

use super::number::{is_multiple, is_whole, order, same};
use super::{Form, Id, JsonSchema, Kind, Node, Rule};
use crate::text::Format;

/// The first rule that a value breaks, found while it is checked; `None` where nobody asks.
type Fault<'a> = Option<&'a mut Option<String>>;

impl JsonSchema {
    pub(super) fn holds(&self, value: &Value) -> bool {
        self.check(0, value, "", &mut None)
    }

    pub(super) fn first_fault(&self, value: &Value) -> Option<String> {
        let mut found = None;
        self.check(0, value, "", &mut Some(&mut found));
        found
    }

    fn check(&self, id: Id, value: &Value, path: &str, fault: &mut Fault) -> bool {
        match &self.nodes[id] {
            Node::Never => tell(fault, path, "must not be there"),
            Node::Rules(rules) => rules.iter().all(|rule| match (rule, value) {
                (Rule::Items { .. } | Rule::Contains { .. }, Value::Array(items)) => {
                    self.items(rule, items, path, fault)
                }
                (
                    Rule::Properties { .. } | Rule::Names(_) | Rule::Implies(..),
                    Value::Object(properties),
                ) => self.properties(rule, properties, value, path, fault),
                (
                    Rule::All(_) | Rule::Any(_) | Rule::Single(_) | Rule::Not(_) | Rule::If { .. },
                    _,
                ) => self.combined(rule, value, path, fault),
                _ => match alone(rule, value) {
                    None => true,
                    Some(words) => tell(fault, path, &words),
                },
            }),
        }
    }

    fn items(&self, rule: &Rule, items: &[Value], path: &str, fault: &mut Fault) -> bool {
        match rule {
            Rule::Items { first, rest } => items.iter().enumerate().all(|(place, item)| {
                let schema = first.get(place).copied().or(*rest);
                let path = step(path, place, fault.is_some());
                schema.is_none_or(|schema| self.check(schema, item, &path, fault))
            }),
            Rule::Contains { schema, min, max } => {
                let fits = items.iter().filter(|item| self.check(*schema, item, "", &mut None));
                let count = fits.count() as u64;
                (*min..=*max).contains(&count)
                    || tell(fault, path, &format!("has {count} items of the kind it must contain"))
            }
            _ => true,
        }
    }

    fn properties(
        &self,
        rule: &Rule,
        properties: &Map<String, Value>,
        whole: &Value,
        path: &str,
        fault: &mut Fault,
    ) -> bool {
        match rule {
            Rule::Properties { named, patterns, others } => {
                properties.iter().all(|(name, value)| {
                    let path = step(path, name, fault.is_some());
                    let own = named.iter().filter(|(known, _)| known == name).map(|(_, id)| *id);
                    let matching = patterns.iter().filter(|(regex, _)| regex.is_match(name));
                    let schemas: Vec<Id> = own.chain(matching.map(|(_, id)| *id)).collect();
                    let other = others.filter(|_| schemas.is_empty());
                    schemas.into_iter().chain(other).all(|id| self.check(id, value, &path, fault))
                })
            }
            Rule::Names(schema) => properties.keys().all(|name| {
                self.check(*schema, &Value::String(name.clone()), "", &mut None)
                    || tell(fault, path, &format!("has a property of the name `{name}`"))
            }),
            Rule::Implies(name, schema) => {
                !properties.contains_key(name) || self.check(*schema, whole, path, fault)
            }
            _ => true,
        }
    }

    fn combined(&self, rule: &Rule, value: &Value, path: &str, fault: &mut Fault) -> bool {
        let meets = |id: &Id| self.check(*id, value, "", &mut None);
        match rule {
            Rule::All(schemas) => schemas.iter().all(|id| self.check(*id, value, path, fault)),
            Rule::Any(schemas) => {
                schemas.iter().any(meets)
                    || tell(fault, path, "meets none of the schemas of `anyOf`")
            }
            Rule::Single(schemas) => {
                let count = schemas.iter().filter(|id| meets(id)).count();
                let words = format!("meets {count} of the schemas of `oneOf` instead of one");
                count == 1 || tell(fault, path, &words)
            }
            Rule::Not(schema) => {
                !meets(schema) || tell(fault, path, "meets the schema that `not` refuses")
            }
            Rule::If { test, then, otherwise } => {
                let next = if meets(test) { then } else { otherwise };
                next.is_none_or(|next| self.check(next, value, path, fault))
            }
            _ => true,
        }
    }
}

/// The words for what a value breaks of a rule that needs no other schema.
fn alone(rule: &Rule, value: &Value) -> Option<String> {
    let unless = |holds: bool, words: &str| (!holds).then(|| words.to_owned());
    match (rule, value) {
        (Rule::Type(kinds), value) => {
            let words = || kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(" or ");
            let fits = kinds.iter().any(|kind| kind.fits(value));
            (!fits).then(|| format!("is not of type {}", words()))
        }
        (Rule::OneOf(values), value) => {
            unless(values.iter().any(|other| same(value, other)), "is none of the allowed values")
        }
        (Rule::MultipleOf(of), Value::Number(number)) => {
            let of = of.as_number()?;
            (!is_multiple(number, of)).then(|| format!("is no multiple of {of}"))
        }
        (Rule::Bound { bound, refused, words }, Value::Number(number)) => {
            let order = order(number, bound.as_number()?)?;
            refused.contains(&order).then(|| format!("is {words} {bound}"))
        }
        (Rule::Length { min, max }, Value::String(text)) => {
            let length = text.chars().count() as u64;
            unless((*min..=*max).contains(&length), &format!("has {length} characters"))
        }
        (Rule::Pattern(pattern), Value::String(text)) => {
            unless(pattern.is_match(text), &format!("does not match `{pattern}`"))
        }
        (Rule::Form(form), Value::String(text)) => {
            unless(form.accepts(text), "does not have the format that it should")
        }
        (Rule::Count { min, max }, Value::Array(items)) => {
            let count = items.len() as u64;
            unless((*min..=*max).contains(&count), &format!("has {count} items"))
        }
        (Rule::Unique, Value::Array(items)) => {
            let is_new = |(place, item): (usize, &Value)| {
                items[..place].iter().all(|earlier| !same(earlier, item))
            };
            unless(items.iter().enumerate().all(is_new), "has an item twice")
        }
        (Rule::Required(names), Value::Object(properties)) => {
            let absent = names.iter().find(|name| !properties.contains_key(*name))?;
            Some(format!("lacks `{absent}`"))
        }
        (Rule::Size { min, max }, Value::Object(properties)) => {
            let size = properties.len() as u64;
            unless((*min..=*max).contains(&size), &format!("has {size} properties"))
        }
        (Rule::Needs(name, others), Value::Object(properties)) => {
            let absent = others.iter().find(|other| !properties.contains_key(*other))?;
            properties.contains_key(name).then(|| format!("has `{name}` and lacks `{absent}`"))
        }
        _ => None,
    }
}

/// Remembers the first fault; always false, so that it ends a check.
fn tell(fault: &mut Fault, path: &str, words: &str) -> bool {
    if let Some(found) = fault
        && found.is_none()
    {
        let place = if path.is_empty() { "it".to_owned() } else { format!("`{path}`") };
        **found = Some(format!("{place} {words}"));
    }
    false
}

/// The path one step further in; nobody reads it where no fault is told.
fn step(path: &str, name: impl Display, is_told: bool) -> String {
    if is_told { format!("{path}/{name}") } else { String::new() }
}

impl Kind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Boolean => "boolean",
            Kind::Integer => "integer",
            Kind::Number => "number",
            Kind::String => "string",
            Kind::Array => "array",
            Kind::Object => "object",
        }
    }

    fn fits(self, value: &Value) -> bool {
        match (self, value) {
            (Kind::Null, Value::Null)
            | (Kind::Boolean, Value::Bool(_))
            | (Kind::Number, Value::Number(_))
            | (Kind::String, Value::String(_))
            | (Kind::Array, Value::Array(_))
            | (Kind::Object, Value::Object(_)) => true,
            (Kind::Integer, Value::Number(number)) => is_whole(number),
            _ => false,
        }
    }
}

impl Form {
    fn accepts(self, text: &str) -> bool {
        let has_offset = || {
            text.ends_with('Z')
                || text
                    .len()
                    .checked_sub(6)
                    .and_then(|at| text.as_bytes().get(at))
                    .is_some_and(|sign| matches!(sign, b'+' | b'-'))
        };
        match self {
            Form::DateTime => Format::Datetime.accepts(text) && has_offset(),
            Form::Time => has_offset() && Format::Datetime.accepts(&format!("2000-01-01T{text}")),
            Form::Named(format) => format.accepts(text),
        }
    }
}
