use schemars::JsonSchema;
use serde::Deserialize;

use super::ordering::distance;
use super::{Context, Expect, Expectation, Finding, Kind, Literal, Mistake, Scope, tally};
use crate::metric::{Answers, Metric, Side, Type, Unmeasured, Value};
use crate::prose::{count, counted};
use crate::verdict::{Observed, RowCounts};

/// Neighbouring values, once they are in order, lie at most `every` apart.
///
/// # Why
/// A day without measurements or an invoice number that was never given leaves no trace in the rows
/// that are there. The rows may stand in any order and values may repeat. Dates and times take a
/// duration (`15m`, `1h`, `7d`), integers and decimals a number. Nothing is said of what lies
/// before the first value or after the last: `fresh` and `min` do that.
///
/// # Passes
/// ```yaml
/// columns:
///   day: {no_gaps: {every: 1d}}
/// ```
/// ```csv
/// day,sales
/// 2024-01-02,4
/// 2024-01-01,3
/// 2024-01-03,7
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   invoice: {no_gaps: 1}
/// ```
/// ```csv
/// invoice,total
/// 1,10
/// 2,20
/// 4,15
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoGaps {
    /// The largest distance between neighbours.
    every: Literal,
}

impl Expectation for NoGaps {
    const NAME: &'static str = "no_gaps";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
    const SHORT: Option<&'static str> = Some("every");
}

impl NoGaps {
    fn step(&self, context: &Context) -> Result<Value, Mistake> {
        context.accept(has_steps, "integers, decimals, dates, times and durations")?;
        let step = distance(&self.every, context, "every")?;
        let day = 86_400_000_000_000;
        match (context.kind(), &step) {
            (Type::Integer { .. }, Value::Float(_)) => {
                Err(Mistake::new("integers lie whole numbers apart").of("every"))
            }
            (Type::Date, Value::Duration(nanos)) if *nanos < day => {
                let message = "dates lie at least a day apart, so no step below `1d` can hold";
                Err(Mistake::new(message).of("every"))
            }
            _ => Ok(step),
        }
    }

    fn metric(&self, context: &Context) -> Option<Metric> {
        let every = self.step(context).ok()?;
        let (column, filter) = (context.name().to_owned(), context.filter());
        Some(Metric::Holes { on: Side::Data, column, every, filter })
    }
}

fn has_steps(kind: &Type) -> bool {
    kind.is_temporal() || matches!(kind, Type::Integer { .. } | Type::Decimal { .. })
}

impl Expect for NoGaps {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        self.step(context).map(|_| ())
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        self.metric(context).into_iter().collect()
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let none = || Unmeasured::NotComputable("the column has no steps".into());
        let found = answers.holes(&self.metric(context).ok_or_else(none)?)?;
        let (name, every) = (context.name(), &self.every);
        if found.values == 0 {
            return tally::empty(context, Some(found.rows), &format!("values of `{name}`"));
        }
        let values = count(found.values);
        let spans: Vec<String> = found
            .first
            .iter()
            .map(|(after, until)| {
                format!("{} to {}", context.told(name, after), context.told(name, until))
            })
            .collect();
        let message = match spans.first() {
            None => format!("the {values} values of `{name}` lie at most {every} apart"),
            Some(first) => format!(
                "the {values} values of `{name}` have {} of more than {every}; the first from \
                 {first}",
                counted(found.holes, "gap")
            ),
        };
        let mut finding = Finding::decided(found.holes == 0, message);
        finding.observed = Some(match spans.is_empty() {
            true => Observed::Integer(0),
            false => Observed::List(spans),
        });
        let (examined, skipped) = (Some(found.values), Some(found.missing));
        finding.rows = RowCounts { examined, skipped, violations: Some(found.holes) };
        Ok(finding)
    }
}
