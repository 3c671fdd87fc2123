//! The JSON Schema of suites, for completion in editors and for other validators: from the registry
//! and the doc comments of its types.
//!
//! It accepts every suite that loads. It refuses unknown checks, unknown arguments and values of a
//! wrong type; what depends on several values at once is left to the program.

use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::read::SECTIONS;
use crate::expectations::{self, Common, Definition, Scope};
use crate::stats::adjust::Correction;

/// A whole value that stands for a parameter.
const PARAMETER: &str = "^\\$[A-Za-z_][A-Za-z0-9_]*$";

/// The schema, draft 2020-12.
pub fn schema() -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let common = properties(&generator.subschema_for::<Common>(), &generator);
    let mut own = Map::new();
    for definition in expectations::ALL {
        own.insert(format!("{} (arguments)", definition.name), long(definition, &mut generator));
        let form =
            if definition.scope == Scope::Rows { row(definition) } else { check(definition) };
        own.insert(definition.name.to_owned(), described(definition, form, &mut generator));
    }
    let checks = |scope: Scope, description: &str| {
        let here = expectations::ALL.iter();
        let here = here.filter(|known| known.scope == scope || known.scope == Scope::Both);
        let properties = here.map(|known| (known.name.to_owned(), reference(known.name)));
        json!({"description": description, "type": "object", "minProperties": 1,
               "properties": Map::from_iter(properties), "additionalProperties": false})
    };
    let mut definitions = generator.take_definitions(true);
    definitions.remove("Common");
    definitions.values_mut().for_each(allow_parameters);
    definitions.extend(own);
    definitions
        .extend(common.into_iter().map(|(name, schema)| (format!("{name} (common)"), schema)));
    let about = "Checks of one column, or of all columns that match `/pattern/`.";
    let mut column = checks(Scope::Column, about);
    column["properties"]["sensitive"] = json!({"description": SENSITIVE, "const": true});
    let missing = "Values that mean missing in this column, for all checks and statistics.";
    column["properties"]["missing_values"] = missing_values(missing);
    definitions.insert("column".into(), column);
    definitions.insert("parameter".into(), parameter());
    let properties = suite(checks(Scope::Table, "Checks of the table as a whole."));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A suite of datacheck",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "anyOf": [{"required": ["table"]}, {"required": ["columns"]}, {"required": ["rows"]}],
        "$defs": definitions,
    })
}

const WARN: &str =
    "Arguments of a second threshold: what holds for the check but not for it warns.";

const SENSITIVE: &str = "Hides the values of the column in everything that is written or shown.";

/// One value or several that stand for a missing one.
fn missing_values(description: &str) -> Value {
    let value = json!({"type": ["number", "string", "boolean"]});
    let list = json!({"type": "array", "minItems": 1, "items": value});
    json!({"description": description, "anyOf": [value, list]})
}

fn reference(name: &str) -> Value {
    // A JSON pointer inside a URI: spaces and brackets are written as escapes.
    let escaped = name.replace(' ', "%20").replace('(', "%28").replace(')', "%29");
    json!({"$ref": format!("#/$defs/{escaped}")})
}

/// The sections of a suite.
fn suite(table: Value) -> Value {
    let kinds = super::params::Kind::ALL.map(super::params::Kind::name);
    let corrections = Correction::ALL.map(Correction::name);
    let encodings = crate::metric::Encoding::ALL.map(crate::metric::Encoding::name);
    let text =
        |description: &str| json!({"description": description, "type": "string", "minLength": 1});
    let fraction = |description: &str| {
        or_parameter(json!({"description": description, "type": "number",
                            "exclusiveMinimum": 0, "exclusiveMaximum": 1}))
    };
    let sections = json!({
        "suite": text("The name of the suite; that of its file when it is absent."),
        "data": text("Path, glob, folder or URL of the data, relative to this file."),
        "reference": text("Path, glob, folder or URL of the reference, relative to this file."),
        "params": {
            "description": "Values that `-p name=value` can change; `$name` stands for them.",
            "type": "object",
            "propertyNames": {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$"},
            "additionalProperties": {"anyOf": [
                {"type": ["number", "string", "boolean", "array"]},
                {
                    "type": "object",
                    "additionalProperties": false,
                    "properties": {
                        "default": {"type": ["number", "string", "boolean", "array"]},
                        "type": {"enum": kinds},
                        "help": {"type": "string"},
                    },
                    "anyOf": [{"required": ["default"]}, {"required": ["type"]}],
                },
            ]},
        },
        "statistics": {
            "description": "How the tests of the suite are corrected.",
            "type": "object",
            "additionalProperties": false,
            "properties": {
                "alpha": fraction("The false-alarm rate of the whole suite."),
                "correction": or_parameter(json!({"enum": corrections})),
                "power": fraction("The chance to see what is there."),
            },
        },
        "datasets": {
            "description": "Further data that checks may refer to.",
            "type": "object",
            "propertyNames": {
                "pattern": "^[A-Za-z_][A-Za-z0-9_]*$",
                "not": {"enum": ["data", "reference"]},
            },
            "additionalProperties": text("Path, glob, folder or URL, relative to this file."),
        },
        "missing_values": missing_values(
            "Values that mean missing in every column whose type they fit.",
        ),
        "encoding": {
            "description": "The encoding of text files: of all, or of each dataset by its name.",
            "anyOf": [
                {"enum": encodings},
                {"type": "object", "additionalProperties": {"enum": encodings}},
            ],
        },
        "table": table,
        "columns": {
            "description": "Checks of columns: names, or `/patterns/`.",
            "type": "object",
            "minProperties": 1,
            "patternProperties": {"^/.+/$": {"$ref": "#/$defs/column"}},
            "additionalProperties": {"$ref": "#/$defs/column"},
        },
        "rows": {
            "description": "Predicates in SQL that every row must satisfy, by name.",
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"not": {"pattern": "::"}},
            "additionalProperties": reference("rows"),
        },
    });
    debug_assert!(SECTIONS.iter().all(|section| sections.get(section).is_some()));
    sections
}

/// What may stand behind the name of a check.
fn check(definition: &Definition) -> Value {
    let long = reference(&format!("{} (arguments)", definition.name));
    let mut forms = vec![long.clone()];
    forms.push(json!({"description": "The same check several times, told apart by `name`.",
                      "type": "array", "items": long, "minItems": 1}));
    forms.extend(definition.short.map(|short| short_form(definition, short)));
    if definition.bare {
        forms.push(json!({"const": true}));
    }
    forms.push(reference("parameter"));
    json!({"anyOf": forms})
}

/// What may stand behind a name under `rows:`, which is the name of the check.
fn row(definition: &Definition) -> Value {
    let long = reference(&format!("{} (arguments)", definition.name));
    let mut forms = vec![json!({"allOf": [long, {"not": {"required": ["name"]}}]})];
    forms.extend(definition.short.map(|short| short_form(definition, short)));
    json!({"anyOf": forms})
}

/// The schema of the one argument that the short form fills.
fn short_form(definition: &Definition, short: &str) -> Value {
    let path = format!("{} (arguments)/properties/{short}", definition.name);
    reference(&path)
}

/// The long form of a check.
fn long(definition: &Definition, generator: &mut SchemaGenerator) -> Value {
    let mut schema = (definition.schema)(generator).to_value();
    allow_parameters(&mut schema);
    let own = schema["properties"].as_object().cloned().unwrap_or_default();
    let mut all = own.clone();
    for name in definition.common_arguments().into_iter().filter(|name| *name != "warn") {
        all.entry(name).or_insert_with(|| reference(&format!("{name} (common)")));
    }
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    if definition.common_arguments().contains(&"warn") {
        let mut warn = own.clone();
        warn.extend(
            super::warn::overridable(definition)
                .contains(&"mostly")
                .then(|| ("mostly".to_owned(), reference("mostly (common)"))),
        );
        all.insert(
            "warn".to_owned(),
            json!({"description": WARN, "type": "object",
            "properties": warn, "additionalProperties": false, "minProperties": 1}),
        );
    }
    let mut long = json!({"type": "object", "properties": all, "additionalProperties": false});
    if !required.is_empty() {
        long["required"] = Value::Array(required);
    } else if !definition.bare && !own.is_empty() {
        let given = own.keys().map(|name| json!({"required": [name]}));
        long["anyOf"] = Value::Array(given.collect());
    }
    long
}

/// A schema with the first paragraph of the expectation's documentation, which says what must hold.
fn described(definition: &Definition, mut schema: Value, generator: &mut SchemaGenerator) -> Value {
    let documented = (definition.schema)(generator).to_value();
    let first = documented["description"].as_str().and_then(|text| text.split("\n\n").next());
    if let Some(first) = first {
        schema["description"] = first.replace('\n', " ").into();
    }
    schema
}

/// The arguments of a type, each with its limits and open to parameters.
fn properties(reference: &Schema, generator: &SchemaGenerator) -> Map<String, Value> {
    let name =
        reference.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
    let schema = name.and_then(|name| generator.definitions().get(name));
    let mut schema = schema.cloned().unwrap_or_else(|| reference.clone().to_value());
    for (argument, limits) in limits() {
        if let Some(property) =
            schema["properties"].get_mut(argument).and_then(Value::as_object_mut)
        {
            property.extend(limits.as_object().cloned().unwrap_or_default());
        }
    }
    allow_parameters(&mut schema);
    schema["properties"].as_object().cloned().unwrap_or_default()
}

/// What the types alone do not say of common arguments.
fn limits() -> [(&'static str, Value); 8] {
    [
        ("mostly", json!({"exclusiveMinimum": 0, "maximum": 1})),
        ("alpha", json!({"exclusiveMinimum": 0, "exclusiveMaximum": 1})),
        ("margin", json!({"exclusiveMinimum": 0})),
        ("by", json!({"minItems": 1})),
        ("min_group_size", json!({"minimum": 2})),
        ("where", json!({"minLength": 1})),
        ("skip", json!({"minLength": 1})),
        ("reason", json!({"minLength": 1})),
    ]
}

fn parameter() -> Value {
    json!({"description": "A parameter: `$name`.", "type": "string", "pattern": PARAMETER})
}

/// A schema that a parameter satisfies as well.
fn or_parameter(schema: Value) -> Value {
    json!({"anyOf": [schema, {"$ref": "#/$defs/parameter"}]})
}

/// Lets a parameter stand wherever a value stands, at any depth, and takes away `null` and
/// defaults.
fn allow_parameters(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else { return };
    object.remove("default");
    object.remove("format");
    for (key, value) in object.iter_mut() {
        match (key.as_str(), value) {
            ("properties" | "patternProperties", Value::Object(properties)) => {
                for property in properties.values_mut() {
                    strip_null(property);
                    let description =
                        property.as_object_mut().and_then(|p| p.remove("description"));
                    allow_parameters(property);
                    *property = or_parameter(std::mem::take(property));
                    if let Some(description) = description {
                        property["description"] = description;
                    }
                }
            }
            ("items" | "additionalProperties", item @ Value::Object(_)) => {
                allow_parameters(item);
                *item = or_parameter(std::mem::take(item));
            }
            ("anyOf" | "oneOf" | "allOf", Value::Array(forms)) => {
                forms.iter_mut().for_each(allow_parameters);
            }
            _ => {}
        }
    }
}

/// An absent argument is absent, not null: what `Option` adds is taken away.
fn strip_null(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(forms)) = object.get_mut("anyOf") {
        forms.retain(|form| form["type"] != "null");
    }
}
