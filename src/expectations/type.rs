use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{self, Words};
use super::{Context, Expect, Expectation, Finding, Kind, Scope};
use crate::metric::{self, Answers, Metric, Missing, Predicate, RowRule, TypeName, Unmeasured};
use crate::verdict::Observed;

/// The column has this type: a class such as `number` or `string`, or one type such as `int64`.
///
/// # Why
/// A number that turned into text passes through a pipeline until something far away breaks. Files
/// with types of their own (parquet, Arrow) are judged by them, nulls included: an integer column
/// with a missing value is an integer column. CSV and NDJSON have none, so the column is **read**
/// as this type and every cell that does not read as it is a violation with its row number; `NaN`
/// and `inf` read only as a float or a number. Classes: `number` (integer, float or decimal),
/// `integer`, `float`, `decimal`, `string` (categories too), `boolean`, `date`, `time`, `datetime`,
/// `duration`, `binary`, `list`, `struct`, `null`.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {type: number}
///   code: {type: string}
/// ```
/// ```csv
/// price,code
/// 10.5,007
/// ,008
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   price: {type: integer}
/// ```
/// ```csv
/// price
/// 10
/// ten
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Type {
    /// The name of the type.
    is: TypeName,
}

impl Expectation for Type {
    const NAME: &'static str = "type";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Schema;
    const SHORT: Option<&'static str> = Some("is");
}

impl Type {
    /// Types that cells of a file without types read as, beside the declared one itself: nothing at
    /// all, integers beyond 64 bits, and decimals as the numbers that they are.
    fn is_read_as(&self, kind: &metric::Type) -> bool {
        match (&self.is, kind) {
            (_, metric::Type::Null) => true,
            (TypeName::Class("integer"), metric::Type::Decimal { scale, .. }) => *scale == 0,
            (TypeName::Class("decimal"), kind) => kind.is_number(),
            _ => false,
        }
    }

    fn reads(&self, context: &Context) -> Option<RowRule> {
        let predicate = Predicate::Reads { column: context.name().to_owned() };
        let rule = RowRule { predicate, missing: Missing::Skip, filter: None };
        context.schema.untyped.then_some(rule)
    }
}

impl Expect for Type {
    fn metrics(&self, context: &Context) -> Vec<Metric> {
        self.reads(context).map(tally::metric).into_iter().collect()
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let (name, kind) = (context.name(), context.kind());
        if let Some(rule) = self.reads(context) {
            let counted = *answers.counted(&tally::metric(rule.clone()))?;
            if counted.violations > 0 {
                let (keep, break_it) =
                    (format!("read as {}", self.is), format!("do not read as {}", self.is));
                let words = Words::of_values(context, keep, break_it);
                return tally::judge(context, answers, rule, &words);
            }
        }
        let kept = self.is.accepts(kind) || (context.schema.untyped && self.is_read_as(kind));
        let message = match kept {
            true => format!("`{name}` is {kind}"),
            false => format!("`{name}` is {kind} instead of {}", self.is),
        };
        Ok(Finding::decided(kept, message).observed(Observed::Text(kind.to_string())))
    }

    fn rule(&self, context: &Context) -> Option<RowRule> {
        self.reads(context)
    }

    fn declares(&self) -> Option<&TypeName> {
        Some(&self.is)
    }
}
