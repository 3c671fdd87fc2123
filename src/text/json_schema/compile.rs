//! From the JSON of a schema to its rules.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::argument::{anchor, decoded, members, refused, regex, texts, whole};
use super::simple::simple;
use super::{Id, JsonSchema, Node, Rule};
use crate::text::Refused;

/// Keywords that describe and demand nothing, or that hold what others refer to.
const SILENT: [&str; 17] = [
    "$schema",
    "$id",
    "$anchor",
    "$comment",
    "$defs",
    "$vocabulary",
    "definitions",
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
];

/// Keywords that are read with another one, or that say nothing as they stand.
const COMPANIONS: [&str; 9] = [
    "additionalItems",
    "minContains",
    "maxContains",
    "then",
    "else",
    "maxLength",
    "maxItems",
    "maxProperties",
    "uniqueItems",
];

/// The drafts that a schema may name.
const DRAFTS: [&str; 4] = ["draft-06", "draft-07", "2019-09", "2020-12"];

/// A schema that is written as a mapping.
type Object = Map<String, Value>;

/// Compiles a whole schema.
pub fn compile(schema: &Value) -> Result<JsonSchema, Refused> {
    if let Some(Value::String(draft)) = schema.get("$schema")
        && !DRAFTS.iter().any(|known| draft.contains(known))
    {
        return Err(Refused::new(format!("`$schema` names `{draft}`, which is not known"))
            .help(format!("the drafts are {}", DRAFTS.join(", "))));
    }
    let mut compiler =
        Compiler { whole: schema, nodes: Vec::new(), known: HashMap::new(), in_place: Vec::new() };
    compiler.schema(schema, "#")?;
    compiler.refuse_loops()?;
    Ok(JsonSchema { nodes: compiler.nodes })
}

struct Compiler<'s> {
    whole: &'s Value,
    nodes: Vec<Node>,
    /// Compiled subschemas by their address, so that references may meet themselves.
    known: HashMap<*const Value, Id>,
    /// From a subschema to those that the same value must meet.
    in_place: Vec<(Id, Id)>,
}

impl<'s> Compiler<'s> {
    fn schema(&mut self, schema: &'s Value, place: &str) -> Result<Id, Refused> {
        if let Some(&id) = self.known.get(&std::ptr::from_ref(schema)) {
            return Ok(id);
        }
        let id = self.nodes.len();
        self.known.insert(schema, id);
        self.nodes.push(Node::Never);
        match schema {
            Value::Bool(false) => {}
            Value::Bool(true) => self.nodes[id] = Node::Rules(Vec::new()),
            Value::Object(object) => {
                let mut rules = Vec::new();
                for keyword in object.keys() {
                    let rule = self.keyword(id, object, keyword, place)?;
                    rules.extend(rule);
                }
                // Cheap rules first, so that a wrong type costs no descent.
                rules.sort_by_key(|rule| !matches!(rule, Rule::Type(_)));
                self.nodes[id] = Node::Rules(rules);
            }
            _ => return Err(refused(place, "is no schema: a mapping, `true` or `false`")),
        }
        Ok(id)
    }

    fn keyword(
        &mut self,
        id: Id,
        object: &'s Object,
        keyword: &str,
        place: &str,
    ) -> Result<Option<Rule>, Refused> {
        let value = &object[keyword];
        let at = format!("{place}/{keyword}");
        if let Some(rule) = simple(object, keyword, value, &at)? {
            return Ok(Some(rule));
        }
        Ok(Some(match keyword {
            "$ref" => {
                let text = value.as_str().ok_or_else(|| refused(&at, "is no text"))?;
                let (target, name) = (self.resolve(text, &at)?, text.to_owned());
                Rule::All(vec![self.same_value(id, target, &name)?])
            }
            "allOf" => Rule::All(self.list(id, value, &at)?),
            "anyOf" => Rule::Any(self.list(id, value, &at)?),
            "oneOf" => Rule::Single(self.list(id, value, &at)?),
            "not" => Rule::Not(self.same_value(id, value, &at)?),
            "if" => Rule::If {
                test: self.same_value(id, value, &at)?,
                then: self.companion(Some(id), object, "then", place)?,
                otherwise: self.companion(Some(id), object, "else", place)?,
            },
            "items" | "prefixItems" => match self.items(object, keyword, place)? {
                Some(rule) => rule,
                None => return Ok(None),
            },
            "contains" => Rule::Contains {
                schema: self.schema(value, &at)?,
                min: whole(object, "minContains", place)?.unwrap_or(1),
                max: whole(object, "maxContains", place)?.unwrap_or(u64::MAX),
            },
            "properties" | "patternProperties" | "additionalProperties" => {
                // One rule for the three, made where the first of them stands.
                let group = ["properties", "patternProperties", "additionalProperties"];
                match group.iter().find(|name| object.contains_key(**name)) {
                    Some(first) if *first == keyword => self.properties(object, place)?,
                    _ => return Ok(None),
                }
            }
            "propertyNames" => Rule::Names(self.schema(value, &at)?),
            "dependentSchemas" | "dependencies" | "dependentRequired" => {
                return self.dependencies(id, value, &at).map(Some);
            }
            _ if SILENT.contains(&keyword) || keyword.starts_with("x-") => return Ok(None),
            _ if COMPANIONS.contains(&keyword) => return Ok(None),
            _ => return Err(unknown(keyword, place)),
        }))
    }

    /// A subschema that the same value must meet.
    fn same_value(&mut self, id: Id, schema: &'s Value, place: &str) -> Result<Id, Refused> {
        let inner = self.schema(schema, place)?;
        self.in_place.push((id, inner));
        Ok(inner)
    }

    fn companion(
        &mut self,
        id: Option<Id>,
        object: &'s Object,
        name: &str,
        place: &str,
    ) -> Result<Option<Id>, Refused> {
        let Some(schema) = object.get(name) else { return Ok(None) };
        let place = format!("{place}/{name}");
        match id {
            Some(id) => self.same_value(id, schema, &place).map(Some),
            None => self.schema(schema, &place).map(Some),
        }
    }

    fn list(&mut self, id: Id, value: &'s Value, place: &str) -> Result<Vec<Id>, Refused> {
        let schemas = value.as_array().filter(|schemas| !schemas.is_empty());
        let schemas = schemas.ok_or_else(|| refused(place, "is no list of schemas"))?;
        let numbered = schemas.iter().enumerate();
        numbered.map(|(n, schema)| self.same_value(id, schema, &format!("{place}/{n}"))).collect()
    }

    /// `prefixItems` and `items`; in drafts before 2020-12 a list of `items` and `additionalItems`.
    fn items(
        &mut self,
        object: &'s Object,
        keyword: &str,
        place: &str,
    ) -> Result<Option<Rule>, Refused> {
        if keyword == "prefixItems" && object.contains_key("items") {
            return Ok(None);
        }
        let (first, rest) = match object.get("items") {
            Some(Value::Array(_)) => ("items", "additionalItems"),
            _ => ("prefixItems", "items"),
        };
        let at = format!("{place}/{first}");
        let leading = match object.get(first) {
            None => Vec::new(),
            Some(Value::Array(schemas)) => {
                let numbered = schemas.iter().enumerate();
                numbered
                    .map(|(n, schema)| self.schema(schema, &format!("{at}/{n}")))
                    .collect::<Result<_, _>>()?
            }
            Some(_) => return Err(refused(&at, "is no list of schemas")),
        };
        let rest = self.companion(None, object, rest, place)?;
        Ok(Some(Rule::Items { first: leading, rest }))
    }

    fn properties(&mut self, object: &'s Object, place: &str) -> Result<Rule, Refused> {
        let mut named = Vec::new();
        for (name, schema) in members(object, "properties", place)? {
            named.push((name.clone(), self.schema(schema, &format!("{place}/properties/{name}"))?));
        }
        let mut patterns = Vec::new();
        for (source, schema) in members(object, "patternProperties", place)? {
            let at = format!("{place}/patternProperties/{source}");
            patterns.push((regex(source, &at)?, self.schema(schema, &at)?));
        }
        let others = self.companion(None, object, "additionalProperties", place)?;
        Ok(Rule::Properties { named, patterns, others })
    }

    fn dependencies(&mut self, id: Id, value: &'s Value, place: &str) -> Result<Rule, Refused> {
        let object = value.as_object().ok_or_else(|| refused(place, "is no mapping"))?;
        let mut nodes = Vec::new();
        for (name, needed) in object {
            let at = format!("{place}/{name}");
            let rule = match needed {
                Value::Array(_) => Rule::Needs(name.clone(), texts(needed, &at)?),
                schema => Rule::Implies(name.clone(), self.same_value(id, schema, &at)?),
            };
            self.nodes.push(Node::Rules(vec![rule]));
            nodes.push(self.nodes.len() - 1);
        }
        Ok(Rule::All(nodes))
    }

    fn resolve(&self, reference: &str, place: &str) -> Result<&'s Value, Refused> {
        let Some(inside) = reference.strip_prefix('#') else {
            return Err(refused(place, &format!("leads outside the schema: `{reference}`"))
                .help("copy what it means under `$defs`; nothing is fetched"));
        };
        let found = match inside.is_empty() || inside.starts_with('/') {
            true => self.whole.pointer(&decoded(inside)),
            false => anchor(self.whole, inside),
        };
        found.ok_or_else(|| refused(place, &format!("leads nowhere: `{reference}`")))
    }

    /// Refuses subschemas that a value would meet again without getting any smaller.
    fn refuse_loops(&self) -> Result<(), Refused> {
        let mut done = vec![false; self.nodes.len()];
        for start in 0..self.nodes.len() {
            let mut open = vec![start];
            let mut seen = vec![false; self.nodes.len()];
            while let Some(id) = open.pop().filter(|_| !done[start]) {
                for (_, next) in self.in_place.iter().filter(|(from, _)| *from == id) {
                    if *next == start {
                        return Err(Refused::new("a `$ref` of the schema leads back to itself"));
                    }
                    if !std::mem::replace(&mut seen[*next], true) && !done[*next] {
                        open.push(*next);
                    }
                }
            }
            done[start] = true;
        }
        Ok(())
    }
}

/// Tells of a keyword that is not known, with the nearest one that is.
fn unknown(keyword: &str, place: &str) -> Refused {
    let refused = refused(place, &format!("has the keyword `{keyword}`, which is not known here"));
    match keyword {
        "unevaluatedProperties" | "unevaluatedItems" => {
            refused.help("list the properties or items, and use `additionalProperties` or `items`")
        }
        "$dynamicRef" | "$dynamicAnchor" | "$recursiveRef" | "$recursiveAnchor" => {
            refused.help("write `$ref` to a schema under `$defs`")
        }
        _ => refused.help("a keyword of your own begins with `x-`"),
    }
}
