use schemars::JsonSchema;
use serde::Deserialize;

use super::several::{self, listed};
use super::tally::{RowCheck, Words};
use super::tolerance::Written;
use super::{Context, Expectation, Kind, Literal, Mistake, Scope};
use crate::metric::{BoundValue, Comparison, Predicate, Type, Value};

/// The columns of a row add up to a total: a number, or another column.
///
/// # Why
/// Parts that do not make their whole lose money silently. Integers and decimals are added without
/// rounding or overflow, floats by their exact values: with floats a `tolerance` is needed, for
/// 0.1 + 0.2 is not 0.3. `tolerance` is the largest difference that counts as none, `relative` the
/// same as a share of the total. A row with some of the columns missing has no sum and breaks the
/// rule; one with all of them missing is not looked at.
///
/// # Passes
/// ```yaml
/// table:
///   sum_equals:
///   - {columns: [net, tax], total: {column: gross}}
///   - {columns: [for, against], total: 1, tolerance: 0.001, name: votes}
/// ```
/// ```csv
/// net,tax,gross,for,against
/// 100,19,119,0.25,0.75
/// 50,3,53,0.333,0.667
/// ```
///
/// # Fails
/// ```yaml
/// table:
///   sum_equals: {columns: [net, tax], total: {column: gross}}
/// ```
/// ```csv
/// net,tax,gross
/// 100,19,119
/// 50,3,50
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SumEquals {
    /// The columns that are added.
    columns: Vec<String>,
    /// What they must come to.
    total: Literal,
    /// The largest difference that counts as none.
    tolerance: Option<Literal>,
    /// The same as a share of the total, in (0, 1).
    relative: Option<f64>,
}

impl Expectation for SumEquals {
    const NAME: &'static str = "sum_equals";
    const SCOPE: Scope = Scope::Table;
    const KIND: Kind = Kind::Row;
}

impl SumEquals {
    fn tolerance(&self) -> Written<'_> {
        Written { absolute: self.tolerance.as_ref(), relative: self.relative }
    }

    fn total(&self, context: &Context) -> Result<BoundValue, Mistake> {
        match &self.total {
            Literal::Column(name) if self.columns.contains(name) => {
                let message = format!("`{name}` is a part of the sum and its total");
                Err(Mistake::new(message).of("total"))
            }
            Literal::Column(name) => Ok(BoundValue::Column(name.clone())),
            Literal::Int(value) => Ok(BoundValue::Value(Value::Int(*value))),
            // A decimal that was written stays one, unless doubles are added.
            literal @ Literal::Float(_) => {
                let is_float = |name: &String| matches!(context.kind_of(name), Type::Float { .. });
                let kind = match self.columns.iter().find(|name| is_float(name)) {
                    Some(name) => context.kind_of(name),
                    None => &Type::Decimal { precision: 38, scale: 0 },
                };
                literal.to_value(kind).map(BoundValue::Value)
            }
            other => Err(Mistake::new(format!("{other} is no total of numbers"))
                .help("write a number, or `{column: name}`")
                .of("total")),
        }
    }
}

impl RowCheck for SumEquals {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        several::check(&self.columns)?;
        for name in RowCheck::columns(self) {
            let kind = context.kind_of(&name);
            if !kind.is_number() && *kind != Type::Null {
                let message = format!("column `{name}` is {kind}, which cannot be added");
                return Err(Mistake::new(message).help("it accepts numbers"));
            }
        }
        let tolerance = match self.tolerance().is_given() {
            true => self.tolerance().read(&Type::Decimal { precision: 38, scale: 0 })?,
            false => Default::default(),
        };
        let total = self.total(context)?;
        Ok(Predicate::Balance {
            terms: self.columns.clone(),
            op: Comparison::Equal,
            total,
            tolerance,
        })
    }

    fn words(&self, _: &Context) -> Words {
        let total = match &self.total {
            Literal::Column(name) => format!("`{name}`"),
            other => other.to_string(),
        };
        let (columns, tolerance) = (listed(&self.columns), self.tolerance());
        Words {
            subject: "rows".into(),
            keep: format!("have {columns} add up to {total}{tolerance}"),
            break_it: format!("do not have {columns} add up to {total}{tolerance}"),
        }
    }

    fn warnings(&self, context: &Context, failed: bool) -> Vec<String> {
        let mut columns = self.columns.iter();
        let is_float = columns.any(|name| matches!(context.kind_of(name), Type::Float { .. }));
        match failed && is_float && !self.tolerance().is_given() {
            true => vec![
                "floats are added exactly: 0.1 + 0.2 is not 0.3; a `tolerance` says what may be \
                 lost"
                    .to_owned(),
            ],
            false => Vec::new(),
        }
    }

    fn columns(&self) -> Vec<String> {
        let total = match &self.total {
            Literal::Column(name) => Some(name.clone()),
            _ => None,
        };
        self.columns.iter().cloned().chain(total).collect()
    }
}
