//! What an expectation knows about the check that it is bound to.

use super::{Common, Mistake, Sensitive};
use crate::diagnostic::nearest;
use crate::metric::{Filter, Metric, Named, Predicate, RowRule, Schema, Side, Type, Value};
use crate::prose;
use crate::stats::Design;
use crate::verdict::MASKED;

/// How many example rows a verdict carries.
pub const EXAMPLE_LIMIT: u32 = 20;

/// A check's surroundings: its column, the schemas, the common arguments.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    /// The column, for checks under `columns:`.
    pub column: Option<&'a str>,
    pub schema: &'a Schema,
    pub reference: Option<&'a Schema>,
    /// The suite's further datasets.
    pub named: &'a [Named],
    pub common: &'a Common,
    /// The columns that tell the rows of the data apart, as the suite says.
    pub keys: &'a [String],
    pub sensitive: &'a Sensitive,
    /// The moment of the run, in nanoseconds since 1970-01-01T00:00:00Z: one for all checks.
    pub now: i128,
    /// What was decided before the data is seen: alpha for this one test, power, margin.
    pub design: Design,
}

impl Context<'_> {
    /// The column's name; empty for a check of the table.
    pub fn name(&self) -> &str {
        self.column.unwrap_or_default()
    }

    /// The type of the check's column in the data.
    pub fn kind(&self) -> &Type {
        self.kind_of(self.name())
    }

    /// The type of any column in the data; `Null` for one that is not there.
    pub fn kind_of(&self, column: &str) -> &Type {
        self.schema.column(column).map_or(&Type::Null, |column| &column.kind)
    }

    /// The dataset that a suite calls by this name.
    ///
    /// # Errors
    /// The suite has no such dataset.
    pub fn side(&self, name: &str) -> Result<Side, Mistake> {
        match name {
            "data" => Ok(Side::Data),
            "reference" => Ok(Side::Reference),
            _ if self.named.iter().any(|named| named.name == name) => {
                Ok(Side::Named(name.to_owned()))
            }
            _ => Err(unknown_dataset(name, self.named.iter().map(|named| named.name.as_str()))),
        }
    }

    /// The columns of a dataset; `None` where it is absent or cannot be read.
    pub fn schema_of(&self, side: &Side) -> Option<&Schema> {
        match side {
            Side::Data => Some(self.schema),
            Side::Reference => self.reference,
            Side::Named(name) => self.named.iter().find(|named| named.name == *name)?.known(),
        }
    }

    /// The rows that the check looks at.
    pub fn filter(&self) -> Option<Filter> {
        self.common.r#where.clone().map(Filter)
    }

    /// A cell's value in a sentence, a list or a label: hidden where its column is sensitive.
    pub fn told(&self, column: &str, value: &Value) -> String {
        match value {
            Value::Null => value.to_string(),
            _ if self.sensitive.hides(column) => MASKED.to_owned(),
            value => value.to_string(),
        }
    }

    /// The question for example rows that break a rule: the columns that tell rows apart, then
    /// those that matter, which are those of the rule and `others`.
    pub fn examples(&self, rule: RowRule, others: &[String]) -> Metric {
        let of_rule = rule.predicate.columns().into_iter();
        let named = of_rule.chain(self.column).chain(others.iter().map(String::as_str));
        let mut columns: Vec<String> = Vec::new();
        for name in self.keys.iter().map(String::as_str).chain(named) {
            let is_there = self.schema.column(name).is_some() && !self.schema.is_ambiguous(name);
            if is_there && !columns.iter().any(|column| column == name) {
                columns.push(name.to_owned());
            }
        }
        // A missing value says nothing about its row; without a key the first columns may.
        if matches!(rule.predicate, Predicate::Present { .. }) && columns.len() < 2 {
            let others = self.schema.names().filter(|name| !self.schema.is_ambiguous(name));
            let others = others.filter(|name| !columns.iter().any(|column| column == name));
            columns.extend(others.take(2).map(str::to_owned).collect::<Vec<_>>());
        }
        Metric::Examples { on: Side::Data, rule, columns, limit: EXAMPLE_LIMIT }
    }

    /// Refuses a type that the check cannot judge, naming those that it accepts.
    pub fn accept(&self, accepts: fn(&Type) -> bool, accepted: &str) -> Result<(), Mistake> {
        let kind = self.kind();
        judged_by(kind, accepts, accepted, &format!("column `{}`", self.name()))
    }

    /// The same for the type that the column has in the reference.
    pub fn accept_reference(
        &self,
        accepts: fn(&Type) -> bool,
        accepted: &str,
    ) -> Result<(), Mistake> {
        let column = self.reference.and_then(|reference| reference.column(self.name()));
        let Some(column) = column else { return Ok(()) };
        let what = format!("column `{}` of the reference", self.name());
        judged_by(&column.kind, accepts, accepted, &what)
    }
}

/// The mistake of naming a dataset that the suite does not have; `known` are its further ones.
pub fn unknown_dataset<'a>(name: &str, known: impl Iterator<Item = &'a str> + Clone) -> Mistake {
    let all = known.clone().chain(["data", "reference"]);
    let help = match nearest(name, all.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.clone().next().is_none() => {
            format!("declare it: `datasets: {{{name}: path/to/{name}.parquet}}`")
        }
        None => format!("the datasets are {}", prose::names(all, 12)),
    };
    Mistake::new(format!("the suite has no dataset `{name}`")).help(help)
}

fn judged_by(
    kind: &Type,
    accepts: fn(&Type) -> bool,
    accepted: &str,
    what: &str,
) -> Result<(), Mistake> {
    if accepts(kind) || *kind == Type::Null {
        return Ok(());
    }
    let message = format!("{what} is {kind}, which this check cannot judge");
    Err(Mistake::new(message).help(format!("it accepts {accepted}")))
}
