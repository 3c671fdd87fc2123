//! What an expectation knows about the check that it is bound to.

use super::{Common, Mistake};
use crate::metric::{Filter, Metric, Predicate, RowRule, Schema, Side, Type};
use crate::stats::Design;

/// How many example rows a verdict carries.
pub const EXAMPLE_LIMIT: u32 = 20;

/// A check's surroundings: its column, the schemas, the common arguments.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    /// The column, for checks under `columns:`.
    pub column: Option<&'a str>,
    pub schema: &'a Schema,
    pub reference: Option<&'a Schema>,
    pub common: &'a Common,
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

    /// The rows that the check looks at.
    pub fn filter(&self) -> Option<Filter> {
        self.common.r#where.clone().map(Filter)
    }

    /// The question for example rows that break a rule, with the columns that matter.
    pub fn examples(&self, rule: RowRule) -> Metric {
        let mut columns: Vec<String> =
            rule.predicate.columns().into_iter().map(str::to_owned).collect();
        columns.dedup();
        // A missing value says nothing about its row; the first columns may.
        if matches!(rule.predicate, Predicate::Present { .. }) {
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
