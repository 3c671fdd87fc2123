use schemars::JsonSchema;
use serde::Deserialize;

use super::range::Range;
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, tally};
use crate::metric::{Answers, Float, Metric, Side, Type, Unmeasured, Value};
use crate::prose::figure;
use crate::verdict::{Observed, RowCounts};

/// A quantile of the column lies in a range; `p: 0.5` is the median.
///
/// # Why
/// Unlike the mean, a quantile does not move with a few outliers, and one of the tail does where
/// the mean hides it. Definition: linear interpolation between the order statistics around (n - 1)
/// p, Hyndman and Fan's type 7, as in R and NumPy. Missing values are left out.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {quantile: {p: 0.25, min: 1.75, max: 1.75}}
/// ```
/// ```csv
/// price
/// 1
/// 2
/// 3
/// 4
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   price: {quantile: {p: 0.5, max: 2}}
/// ```
/// ```csv
/// price
/// 1
/// 2
/// 3
/// 4
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Quantile {
    /// The probability, in [0, 1].
    p: f64,
    /// The lower end of the range.
    min: Option<f64>,
    /// The upper end of the range.
    max: Option<f64>,
    /// Whether the ends themselves lie outside.
    #[serde(default)]
    strict: bool,
}

impl Expectation for Quantile {
    const NAME: &'static str = "quantile";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
}

impl Quantile {
    fn metric(&self, context: &Context) -> Metric {
        let (column, filter) = (context.name().to_owned(), context.filter());
        Metric::Quantile { on: Side::Data, column, p: Float(self.p), filter }
    }

    fn range(&self) -> Result<Range, Mistake> {
        Range::new(self.min, self.max, self.strict)
    }
}

impl Expect for Quantile {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        context.accept(Type::is_number, "numbers")?;
        if !(0.0..=1.0).contains(&self.p) {
            return Err(Mistake::new(format!("`p` is {}, not in [0, 1]", self.p))
                .help("a probability, not a percentage: the median is `p: 0.5`"));
        }
        self.range().map(|_| ())
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        vec![self.metric(context), tally::present(context)]
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let name = context.name();
        let answer = answers.quantile(&self.metric(context))?;
        let Some(value) = answer.as_ref().and_then(Value::as_f64) else {
            return tally::empty(context, None, &format!("values of `{name}`"));
        };
        let range = self.range().map_err(|mistake| Unmeasured::NotComputable(mistake.message))?;
        let kept = range.contains(value);
        let not = if kept { "" } else { "not " };
        let (p, shown) = (self.p, figure(value));
        let message = format!("the {p} quantile of `{name}` is {shown}, {not}{range}");
        let mut finding = Finding::decided(kept, message).observed(Observed::Number(value));
        let there = answers.counted(&tally::present(context))?;
        finding.rows = RowCounts {
            examined: Some(there.examined - there.violations),
            skipped: Some(there.violations),
            violations: None,
        };
        Ok(finding)
    }
}
