use std::fmt;
use std::sync::{Arc, LazyLock};

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;

use super::tally::{RowCheck, Words};
use super::{
    ALL, Context, Definition, Expect, Expectation, FileContent, Kind, Mistake, Scope, find, form,
    translated,
};
use crate::metric::{self, Predicate, Type};

/// Every item of every list keeps a check of its own: the name of a row check with its arguments.
///
/// # Why
/// A list hides its items from every other check: one bad tag in a thousand lists breaks a join
/// later. The row breaks when any item does, and the first such item is shown. A missing item is
/// left to `each: {not_null: true}`; a missing list is not looked at, and an empty one has nothing
/// to break.
///
/// # Passes
/// ```yaml
/// columns:
///   tags: {each: {in_set: [a, b]}}
///   sizes:
///     each:
///     - {between: {min: 0, max: 10}}
///     - {not_null: true, name: all_there}
/// ```
/// ```ndjson
/// {"tags": ["a"], "sizes": [1, 10]}
/// {"tags": [], "sizes": [0]}
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   tags: {each: {in_set: [a, b]}}
/// ```
/// ```ndjson
/// {"tags": ["a", "c"]}
/// {"tags": []}
/// ```
#[derive(Clone, Debug, JsonSchema)]
#[schemars(transform = list_checks)]
pub struct Each {
    #[schemars(skip)]
    definition: &'static Definition,
    #[schemars(skip)]
    check: Arc<dyn Expect>,
}

/// The checks that an item can have: the arguments of `each`.
static CHECKS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| checks().map(|definition| definition.name).collect());

/// Checks of single rows that an item cannot have: they need the whole column, or are this one.
const NOT_OF_ITEMS: [&str; 4] = [Each::NAME, "no_outliers", "increasing", "decreasing"];

fn checks() -> impl Iterator<Item = &'static Definition> {
    let is_of_values = |definition: &&Definition| {
        definition.scope == Scope::Column && definition.kind == Kind::Row
    };
    let is_of_items = |definition: &&Definition| !NOT_OF_ITEMS.contains(&definition.name);
    ALL.iter().filter(is_of_values).filter(is_of_items)
}

/// Why the name of a check, here or in another tool, is none that an item can have.
pub fn unfit_for_items(name: &str) -> Option<String> {
    match find(name) {
        Some(known) if CHECKS.contains(&known.name) => None,
        Some(known) if known.name == Each::NAME => Some("`each` cannot stand in itself".into()),
        Some(known) if known.kind == Kind::Row && known.scope == Scope::Column => {
            Some(format!("`{name}` is not decided by an item alone"))
        }
        Some(_) => Some(format!("`{name}` is no check of single values")),
        None => translated(name).map(|told| format!("there is no check `{name}`; {told}")),
    }
}

impl Expectation for Each {
    const NAME: &'static str = "each";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const FILE: Option<FileContent> = Some(FileContent::Inner);
}

impl RowCheck for Each {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        let kind = match context.kind() {
            Type::List(item) => (**item).clone(),
            Type::Null => Type::Null,
            kind => {
                let name = context.name();
                let message = format!("column `{name}` is {kind}, which this check cannot judge");
                return Err(Mistake::new(message).help("it accepts lists"));
            }
        };
        let name = self.definition.name;
        if !self.check.columns().is_empty() {
            let message = format!("`{name}` of an item cannot look at another column");
            return Err(Mistake::new(message).of(name));
        }
        let columns = vec![metric::Column { name: context.name().to_owned(), kind }];
        let schema = metric::Schema { columns, ..metric::Schema::default() };
        let common = super::Common::default();
        let item = Context { schema: &schema, common: &common, ..context.clone() };
        self.check.check(&item).map_err(|mistake| Mistake {
            argument: Some(name),
            message: mistake.message.replacen("column ", "an item of ", 1),
            ..mistake
        })?;
        match self.check.rule(&item) {
            Some(rule) => Ok(Predicate::Each {
                column: context.name().to_owned(),
                item: Box::new(rule.predicate),
            }),
            None => {
                let message = format!("`{name}` is not decided by an item alone");
                Err(Mistake::new(message).help("it needs the whole column").of(name))
            }
        }
    }

    fn words(&self, context: &Context) -> Words {
        let name = self.definition.name;
        Words {
            subject: format!("lists of `{}`", context.name()),
            keep: format!("have no item that breaks `{name}`"),
            break_it: format!("have an item that breaks `{name}`"),
        }
    }
}

impl<'de> Deserialize<'de> for Each {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct(Each::NAME, &CHECKS, EachVisitor)
    }
}

struct EachVisitor;

impl<'de> Visitor<'de> for EachVisitor {
    type Value = Each;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("the name of a row check with its arguments")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Each, A::Error> {
        let one = "`each` takes one check of an item; a further one is a further `each`";
        let Some(name) = map.next_key::<String>()? else { return Err(A::Error::custom(one)) };
        let definition = find(&name).filter(|known| CHECKS.contains(&known.name));
        let definition =
            definition.ok_or_else(|| A::Error::custom(format!("`{name}` is no row check")))?;
        let check = map.next_value_seed(form::Form(definition))?;
        match map.next_key::<String>()? {
            None => Ok(Each { definition, check: Arc::from(check) }),
            Some(_) => Err(A::Error::custom(one)),
        }
    }
}

/// The checks that an item can have, in the place of arguments.
fn list_checks(schema: &mut Schema) {
    let mut generator = SchemaSettings::draft2020_12()
        .with(|settings| settings.inline_subschemas = true)
        .into_generator();
    let forms = checks()
        .map(|definition| (definition.name.to_owned(), form::schema(definition, &mut generator)));
    schema.insert("properties".into(), Value::Object(forms.collect()));
    schema.remove("required");
    schema.insert("additionalProperties".into(), Value::Bool(false));
}
