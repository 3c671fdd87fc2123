use schemars::JsonSchema;
use serde::Deserialize;

use super::between::comparable;
use super::tally::{RowCheck, Words};
use super::tolerance::Written;
use super::{Context, Expectation, Kind, Literal, Mistake, Scope, exactness};
use crate::metric::{BoundValue, Comparison, Predicate, Type};

/// Every value is equal to one value, or to another column of its row.
///
/// # Why
/// A partition holds one country, a currency is fixed, a copy must not drift from its original.
/// Values are compared exactly, without a tolerance as well as with one. `tolerance` is the largest
/// difference that counts as none (a duration such as `5m` between times), `relative` the same as a
/// share of the expected value; where both are written, the larger counts. Beside another column, a
/// row with one of the two missing breaks the rule; one with both missing is not looked at.
///
/// # Passes
/// ```yaml
/// columns:
///   currency: {equal_to: EUR}
///   total: {equal_to: {value: {column: net}, tolerance: 0.01}}
/// ```
/// ```csv
/// currency,total,net
/// EUR,10,10.01
/// EUR,12.5,12.5
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   currency: {equal_to: EUR}
/// ```
/// ```csv
/// currency
/// EUR
/// USD
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EqualTo {
    /// The value, or the other column.
    value: Literal,
    /// The largest difference that counts as none.
    tolerance: Option<Literal>,
    /// The same as a share of the expected value, in (0, 1).
    relative: Option<f64>,
}

impl Expectation for EqualTo {
    const NAME: &'static str = "equal_to";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("value");
}

impl EqualTo {
    fn equality(&self) -> Equality<'_> {
        let tolerance = Written { absolute: self.tolerance.as_ref(), relative: self.relative };
        Equality { value: &self.value, tolerance, negated: false }
    }
}

impl RowCheck for EqualTo {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        self.equality().predicate(context)
    }

    fn words(&self, context: &Context) -> Words {
        let value = self.equality().shown();
        Words::of_values(context, format!("are {value}"), format!("are not {value}"))
    }

    fn warnings(&self, context: &Context, failed: bool) -> Vec<String> {
        self.equality().warnings(context, failed)
    }

    fn columns(&self) -> Vec<String> {
        self.equality().columns()
    }
}

/// What `equal_to` and `not_equal_to` have in common.
pub struct Equality<'a> {
    pub value: &'a Literal,
    pub tolerance: Written<'a>,
    pub negated: bool,
}

impl Equality<'_> {
    /// The question whether a row is equal (or, negated, is not).
    pub fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        context.accept(
            |kind| kind.is_ordered() || matches!(kind, Type::Boolean | Type::Binary),
            "numbers, dates, times, text, booleans and binary",
        )?;
        let kind = context.kind();
        let (column, negated) = (context.name().to_owned(), self.negated);
        match self.value {
            Literal::Null => Err(Mistake::new("no value is equal to null")
                .help("`is_null` and `not_null` are the checks for it")),
            Literal::Column(other) => self.against(context, other),
            literal if self.tolerance.is_given() => {
                let value = literal.to_value(kind)?;
                let [min, max] = self.tolerance.around(&value, kind)?;
                Ok(Predicate::Within { column, min, max, negated })
            }
            literal => {
                Ok(Predicate::OneOf { column, values: vec![literal.to_value(kind)?], negated })
            }
        }
    }

    fn against(&self, context: &Context, other: &str) -> Result<Predicate, Mistake> {
        let name = context.name();
        if name == other {
            return Err(Mistake::new(format!("`{name}` is compared with itself")));
        }
        comparable(context, other)?;
        let op = if self.negated { Comparison::NotEqual } else { Comparison::Equal };
        if !self.tolerance.is_given() {
            return Ok(Predicate::Compare { left: name.to_owned(), op, right: other.to_owned() });
        }
        let tolerance = self.tolerance.read(context.kind())?;
        let (terms, total) = (vec![name.to_owned()], BoundValue::Column(other.to_owned()));
        Ok(Predicate::Balance { terms, op, total, tolerance })
    }

    /// The value as a sentence shows it.
    pub fn shown(&self) -> String {
        let value = match self.value {
            Literal::Column(other) => format!("equal to `{other}`"),
            Literal::Text(text) => format!("`{text}`"),
            other => other.to_string(),
        };
        format!("{value}{}", self.tolerance)
    }

    /// What is odd about an exact comparison of floats.
    pub fn warnings(&self, context: &Context, failed: bool) -> Vec<String> {
        match self.tolerance.is_given() {
            true => Vec::new(),
            false => exactness::warnings(context, &[self.value], failed),
        }
    }

    /// The other column.
    pub fn columns(&self) -> Vec<String> {
        match self.value {
            Literal::Column(other) => vec![other.clone()],
            _ => Vec::new(),
        }
    }
}
