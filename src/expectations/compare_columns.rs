use schemars::JsonSchema;
use serde::Deserialize;

use super::between::same_kind;
use super::tally::{RowCheck, Words};
use super::tolerance::Written;
use super::{Context, Expectation, Kind, Literal, Mistake, Scope};
use crate::metric::{BoundValue, Comparison, Predicate};

/// Two columns of the same row stand in a relation: one is below, above, equal to the other.
///
/// # Why
/// A check-out before the check-in, a discount above the price: each column alone looks fine.
/// Numbers of different types are compared exactly. A row with one side missing breaks the
/// relation; one with both sides missing is not looked at, unless `nulls: fail` says that it breaks
/// it too. `tolerance` is the largest difference that counts as none (a duration such as `5m`
/// between times), `relative` the same as a share of the right side: `<=` then means "not above by
/// more than that", `!=` "apart by more than that".
///
/// # Passes
/// ```yaml
/// table:
///   compare_columns:
///   - {left: fee, op: "<=", right: deposit}
///   - {left: paid, op: "==", right: fee, tolerance: 0.5, name: paid_in_full}
/// ```
/// ```csv
/// fee,deposit,paid
/// 10,10,9.5
/// 5,20,5
/// ```
///
/// # Fails
/// ```yaml
/// table:
///   compare_columns: {left: fee, op: "<", right: deposit}
/// ```
/// ```csv
/// fee,deposit
/// 10,10
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompareColumns {
    /// The column on the left.
    left: String,
    /// The relation.
    op: Operator,
    /// The column on the right.
    right: String,
    /// The largest difference that counts as none.
    tolerance: Option<Literal>,
    /// The same as a share of the right side, in (0, 1).
    relative: Option<f64>,
}

/// A relation as it is written.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
enum Operator {
    #[serde(rename = "<")]
    Less,
    #[serde(rename = "<=")]
    LessOrEqual,
    #[serde(rename = "==")]
    Equal,
    #[serde(rename = "!=")]
    NotEqual,
    #[serde(rename = ">=")]
    GreaterOrEqual,
    #[serde(rename = ">")]
    Greater,
}

impl Operator {
    fn comparison(self) -> (Comparison, &'static str) {
        match self {
            Operator::Less => (Comparison::Less, "<"),
            Operator::LessOrEqual => (Comparison::LessOrEqual, "<="),
            Operator::Equal => (Comparison::Equal, "=="),
            Operator::NotEqual => (Comparison::NotEqual, "!="),
            Operator::GreaterOrEqual => (Comparison::GreaterOrEqual, ">="),
            Operator::Greater => (Comparison::Greater, ">"),
        }
    }
}

impl Expectation for CompareColumns {
    const NAME: &'static str = "compare_columns";
    const SCOPE: Scope = Scope::Table;
    const KIND: Kind = Kind::Row;
}

impl CompareColumns {
    fn tolerance(&self) -> Written<'_> {
        Written { absolute: self.tolerance.as_ref(), relative: self.relative }
    }
}

impl RowCheck for CompareColumns {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        let (left, right) = (&self.left, &self.right);
        if left == right {
            return Err(Mistake::new(format!("`{left}` is compared with itself")));
        }
        same_kind(context.kind_of(left), context.kind_of(right), left, right)?;
        let (op, _) = self.op.comparison();
        if !self.tolerance().is_given() {
            return Ok(Predicate::Compare { left: left.clone(), op, right: right.clone() });
        }
        let tolerance = self.tolerance().read(context.kind_of(left))?;
        let (terms, total) = (vec![left.clone()], BoundValue::Column(right.clone()));
        Ok(Predicate::Balance { terms, op, total, tolerance })
    }

    fn words(&self, _: &Context) -> Words {
        let (_, op) = self.op.comparison();
        let relation = format!("`{}` {op} `{}`{}", self.left, self.right, self.tolerance());
        Words {
            subject: "rows".into(),
            keep: format!("have {relation}"),
            break_it: format!("do not have {relation}"),
        }
    }

    fn columns(&self) -> Vec<String> {
        vec![self.left.clone(), self.right.clone()]
    }
}
