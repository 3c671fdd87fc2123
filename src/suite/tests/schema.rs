//! The schema against suites: a small validator of the keywords that the schema uses.

use serde_json::{Map, Value, json};

use super::cases::loading_suites;
use crate::suite::parse::parse;
use crate::suite::schema::schema;
use crate::suite::tree::{Content, Node};

struct Validator {
    root: Value,
}

impl Validator {
    fn accepts(&self, schema: &Value, value: &Value) -> bool {
        let Some(schema) = schema.as_object() else { return schema != &Value::Bool(false) };
        schema.iter().all(|(keyword, limit)| self.holds(schema, keyword, limit, value))
    }

    fn holds(
        &self,
        schema: &Map<String, Value>,
        keyword: &str,
        limit: &Value,
        value: &Value,
    ) -> bool {
        let each = || limit.as_array().expect("a list of schemas").iter();
        let length = |count: usize| count as u64 >= limit.as_u64().expect("a count");
        match keyword {
            "$ref" => self.accepts(self.resolve(limit.as_str().expect("a path")), value),
            "type" => match limit {
                Value::Array(types) => types.iter().any(|kind| is(kind, value)),
                kind => is(kind, value),
            },
            "enum" => each().any(|allowed| allowed == value),
            "const" => limit == value,
            "anyOf" => each().any(|schema| self.accepts(schema, value)),
            "oneOf" => each().filter(|schema| self.accepts(schema, value)).count() == 1,
            "allOf" => each().all(|schema| self.accepts(schema, value)),
            "not" => !self.accepts(limit, value),
            "minimum" => value.as_f64().is_none_or(|value| value >= number(limit)),
            "maximum" => value.as_f64().is_none_or(|value| value <= number(limit)),
            "exclusiveMinimum" => value.as_f64().is_none_or(|value| value > number(limit)),
            "exclusiveMaximum" => value.as_f64().is_none_or(|value| value < number(limit)),
            "minLength" => value.as_str().is_none_or(|text| length(text.chars().count())),
            "minItems" => value.as_array().is_none_or(|items| length(items.len())),
            "minProperties" => value.as_object().is_none_or(|entries| length(entries.len())),
            "pattern" => value.as_str().is_none_or(|text| found(limit, text)),
            "items" => {
                let mut items = value.as_array().into_iter().flatten();
                items.all(|item| self.accepts(limit, item))
            }
            "required" => value.as_object().is_none_or(|entries| {
                each().all(|name| entries.contains_key(name.as_str().expect("a name")))
            }),
            "propertyNames" => {
                let mut names = value.as_object().into_iter().flat_map(Map::keys);
                names.all(|name| self.accepts(limit, &json!(name)))
            }
            "properties" | "patternProperties" | "additionalProperties" => {
                let mut entries = value.as_object().into_iter().flatten();
                entries.all(|(name, value)| self.property(schema, keyword, name, value))
            }
            "description" | "title" | "$schema" | "$defs" => true,
            other => panic!("the validator does not know `{other}`"),
        }
    }

    fn property(
        &self,
        schema: &Map<String, Value>,
        keyword: &str,
        name: &str,
        value: &Value,
    ) -> bool {
        let own = schema.get("properties").and_then(|properties| properties.get(name));
        let patterns = schema.get("patternProperties").and_then(Value::as_object);
        let pattern =
            patterns.into_iter().flatten().find(|(pattern, _)| found(&json!(pattern), name));
        match (keyword, own, pattern) {
            ("properties", Some(schema), _) | ("patternProperties", _, Some((_, schema))) => {
                self.accepts(schema, value)
            }
            ("additionalProperties", None, None) => self.accepts(&schema[keyword], value),
            _ => true,
        }
    }

    fn resolve(&self, path: &str) -> &Value {
        let path = path.replace("%20", " ").replace("%28", "(").replace("%29", ")");
        let pointer = path.strip_prefix('#').expect("references stay inside the file");
        self.root.pointer(pointer).unwrap_or_else(|| panic!("nothing is at `{path}`"))
    }
}

fn is(kind: &Value, value: &Value) -> bool {
    match kind.as_str().expect("the name of a type") {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.as_f64().is_some_and(|value| value.fract() == 0.0),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no type is `{other}`"),
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a limit is a number")
}

fn found(pattern: &Value, text: &str) -> bool {
    let pattern = regex::Regex::new(pattern.as_str().expect("a pattern")).expect("it compiles");
    pattern.is_match(text)
}

/// A tree as an editor hands it to a validator: infinity is a number there.
fn instance(node: &Node) -> Value {
    match &node.value {
        Content::Float(value) if !value.is_finite() => json!(f64::MAX.copysign(*value)),
        Content::List(items) => items.iter().map(instance).collect(),
        Content::Map(entries) => {
            let pairs =
                entries.iter().map(|entry| (entry.key.name.clone(), instance(&entry.value)));
            Value::Object(pairs.collect())
        }
        _ => node.to_json(),
    }
}

fn check(validator: &Validator, text: &str) -> bool {
    let root = parse("suite.yaml", text).root.expect("it is YAML");
    validator.accepts(&validator.root, &instance(&root))
}

#[test]
fn suites_that_load_are_accepted() {
    let validator = Validator { root: schema() };
    let suites = loading_suites();
    assert!(suites.len() >= 10, "only {} suites load", suites.len());
    for (name, text) in suites {
        assert!(check(&validator, &text), "{name} is refused:\n{text}");
    }
}

#[test]
fn what_is_unknown_or_of_a_wrong_type_is_refused() {
    let validator = Validator { root: schema() };
    for text in [
        "suite: x",
        "sutie: x\ntable: {row_count: 3}",
        "table: {}",
        "table: {row_cuont: 3}",
        "table: {not_null: true}",
        "table: {row_count: many}",
        "table: {row_count: {min: many}}",
        "columns: {price: {row_count: 3}}",
        "columns: {price: {between: {minn: 3}}}",
        "columns: {price: {between: {}}}",
        "columns: {price: {between: [{min: 1}, {mni: 2}]}}",
        "columns: {price: {not_null: false}}",
        "columns: {price: {not_null: {mostly: 95}}}",
        "columns: {price: {not_null: {severity: eror}}}",
        "columns: {price: {not_null: {alpha: 0.1}}}",
        "columns: {price: {not_null: {known_failure: {reason: x, untill: y}}}}",
        "columns: {/p/: {betwen: {min: 1}}}",
        "columns: {price: }",
        "rows: {a: 5}",
        "rows: {a: {that: x, name: y}}",
        "rows: {a: {thta: x}}",
        "statistics: {correction: fdr}\ntable: {row_count: 3}",
        "statistics: {alpha: 5}\ntable: {row_count: 3}",
        "params: {a: {tpye: number}}\ntable: {row_count: $a}",
        "datasets: {data: x.csv}\ntable: {row_count: 3}",
    ] {
        assert!(!check(&validator, text), "accepted:\n{text}");
    }
}
