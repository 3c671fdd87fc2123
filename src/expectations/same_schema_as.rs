use schemars::JsonSchema;
use serde::Deserialize;

use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope};
use crate::metric::{Answers, Metric, Schema, Side, Type, Unmeasured};
use crate::prose::{counted, names};
use crate::verdict::Observed;

/// The table has the columns and types of another dataset or of the reference.
///
/// # Why
/// A model reads what it was trained on, and a table that is appended to must have its columns. The
/// other dataset is the list, so that nobody has to keep one. `types: class` (the default) takes
/// `int32` and `int64` for the same, `exact` tells them apart, `ignore` compares names alone. A
/// name that stands twice fails.
///
/// # Passes
/// ```yaml
/// table:
///   same_schema_as: reference
/// ```
/// ```csv
/// price,id
/// 10,1
/// ```
/// ```csv reference
/// id,price
/// 2,20
/// ```
///
/// # Fails
/// ```yaml
/// table:
///   same_schema_as: {dataset: reference, ordered: true}
/// ```
/// ```csv
/// price,id
/// 10,1
/// ```
/// ```csv reference
/// id,price
/// 2,20
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SameSchemaAs {
    /// `reference`, or a name under `datasets:`.
    dataset: String,
    /// Whether the order of the columns counts as well.
    #[serde(default)]
    ordered: bool,
    /// How types are compared: `class`, `exact` or `ignore`.
    #[serde(default)]
    types: Types,
}

/// How the types of two columns are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Types {
    /// Any width of the same class.
    #[default]
    Class,
    /// The very same type.
    Exact,
    /// Not at all.
    Ignore,
}

impl Types {
    fn agree(self, own: &Type, other: &Type) -> bool {
        match self {
            Types::Class => own.class() == other.class(),
            Types::Exact => own == other,
            Types::Ignore => true,
        }
    }
}

impl Expectation for SameSchemaAs {
    const NAME: &'static str = "same_schema_as";
    const SCOPE: Scope = Scope::Table;
    const KIND: Kind = Kind::Schema;
    const SHORT: Option<&'static str> = Some("dataset");
}

impl Expect for SameSchemaAs {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        match context.side(&self.dataset).map_err(|mistake| mistake.of("dataset"))? {
            Side::Data => Err(Mistake::new("the data is compared with itself").of("dataset")),
            _ => Ok(()),
        }
    }

    fn metrics(&self, _: &Context) -> Vec<Metric> {
        Vec::new()
    }

    fn judge(&self, context: &Context, _: &Answers) -> Result<Finding, Unmeasured> {
        let side = context.side(&self.dataset);
        let side = side.map_err(|mistake| Unmeasured::NotComputable(mistake.message))?;
        let other = context.schema_of(&side).ok_or_else(|| {
            Unmeasured::NotComputable(format!("the columns of `{}` are not known", self.dataset))
        })?;
        let problems = self.problems(context.schema, other);
        let found = context.schema.columns.iter();
        let found = found.map(|column| format!("{}: {}", column.name, column.kind)).collect();
        let message = match problems.is_empty() {
            true => {
                let columns = counted(other.columns.len() as u64, "column");
                format!("the table has the {columns} of `{}`", self.dataset)
            }
            false => problems.join("; "),
        };
        Ok(Finding::decided(problems.is_empty(), message).observed(Observed::List(found)))
    }

    fn datasets(&self) -> Vec<String> {
        vec![self.dataset.clone()]
    }
}

impl SameSchemaAs {
    fn problems(&self, own: &Schema, other: &Schema) -> Vec<String> {
        let mut problems = Vec::new();
        let mut tell = |what: &str, list: Vec<&str>| {
            if !list.is_empty() {
                problems.push(format!("{what}: {}", names(list, 10)));
            }
        };
        let lacks = |schema: &Schema, name: &&str| schema.column(name).is_none();
        tell("missing columns", other.names().filter(|name| lacks(own, name)).collect());
        tell("unexpected columns", own.names().filter(|name| lacks(other, name)).collect());
        let mut twice: Vec<&str> = own.names().filter(|name| own.is_ambiguous(name)).collect();
        twice.dedup();
        tell("columns that stand twice", twice);
        problems.extend(self.other_types(own, other));
        if problems.is_empty() && self.ordered {
            let mut pairs = own.names().zip(other.names()).enumerate();
            let differs = pairs.find(|(_, (own, other))| own != other);
            problems.extend(differs.map(|(place, (own, other))| {
                format!("the order differs: column {} is `{own}` instead of `{other}`", place + 1)
            }));
        }
        problems
    }

    fn other_types(&self, own: &Schema, other: &Schema) -> Option<String> {
        let pairs = own.columns.iter().filter_map(|column| {
            let wanted = &other.column(&column.name)?.kind;
            let differs = !self.types.agree(&column.kind, wanted);
            let (name, kind) = (&column.name, &column.kind);
            differs.then(|| format!("`{name}` is {kind} instead of {wanted}"))
        });
        let told: Vec<String> = pairs.collect();
        (!told.is_empty()).then(|| told.join(", "))
    }
}
