use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{self, Tally, Words};
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope};
use crate::metric::{
    Answers, Bound, BoundValue, Counted, Metric, Missing, Predicate, RowRule, Side, Type,
    Unmeasured, Value, Values,
};
use crate::prose::{count, figure, number};
use crate::stats::moments::Summary;
use crate::stats::outliers::{Fences, modified_z_fences, tukey_fences, z_fences};

/// No value lies beyond fences that are drawn from the values themselves, or from the reference.
///
/// # Why
/// A unit that slipped (cents for euros, a year for an age) makes values that are far from all
/// others, where nobody knows a bound in advance. Fences that come from the data move with it, and
/// leave about 0.7 % of a normal sample outside (`iqr`, `k: 1.5`): write `mostly`, or take them
/// `from: reference`. Values that are all equal have no scale, and are an error.
///
/// # Method
/// `iqr`: `k` (1.5) times the interquartile range beyond the quartiles (type 7). `zscore`: `k` (3)
/// standard deviations from the mean. `mad`: a modified z-score, 0.6745 times the distance from the
/// median by the median absolute deviation, of `k` (3.5) or less.
///
/// # References
/// J. W. Tukey, Exploratory Data Analysis (1977); B. Iglewicz & D. Hoaglin, How to Detect and
/// Handle Outliers (1993).
///
/// # Passes
/// ```yaml
/// columns:
///   age: {no_outliers: {method: mad}}
/// ```
/// ```csv
/// age
/// 31
/// 35
/// 38
/// 42
/// 57
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   age: {no_outliers: {}}
/// ```
/// ```csv
/// age
/// 31
/// 35
/// 38
/// 42
/// 1985
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoOutliers {
    /// How the fences are drawn: `iqr`, `zscore` or `mad`.
    #[serde(default)]
    method: Method,
    /// How far out they stand, in the method's own unit.
    k: Option<f64>,
    /// Whose values draw them: `data` or `reference`.
    #[serde(default)]
    from: From,
}

/// How fences are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Method {
    #[default]
    Iqr,
    Zscore,
    Mad,
}

/// Whose values draw the fences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum From {
    #[default]
    Data,
    Reference,
}

impl Expectation for NoOutliers {
    const NAME: &'static str = "no_outliers";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("method");
    const BARE: bool = true;
}

impl Method {
    fn default_k(self) -> f64 {
        match self {
            Method::Iqr => 1.5,
            Method::Zscore => 3.0,
            Method::Mad => 3.5,
        }
    }

    /// Whether a single one of `n` values can lie beyond fences that it helps to draw.
    fn can_exclude(self, n: u64, k: f64) -> bool {
        let n = n as f64;
        match self {
            // The farthest quartile of a sample is at least so far from its farthest value.
            Method::Iqr => n >= 4.0,
            Method::Mad => n >= 3.0,
            // No value is farther from the mean (R. E. Shiffler 1988).
            Method::Zscore => n >= 2.0 && (n - 1.0) / n.sqrt() > k,
        }
    }

    fn fences(self, sorted: &[f64], k: f64) -> Result<Fences, String> {
        let fences = match self {
            Method::Iqr => tukey_fences(sorted, k).ok_or("there are no values")?,
            Method::Zscore => {
                z_fences(&Summary::of(sorted), k).map_err(|undefined| undefined.to_string())?
            }
            Method::Mad => {
                modified_z_fences(sorted, k).map_err(|undefined| undefined.to_string())?
            }
        };
        match fences.low.is_finite() && fences.high.is_finite() {
            true => Ok(fences),
            false => Err("infinities leave no place for fences".into()),
        }
    }
}

impl NoOutliers {
    fn k(&self) -> f64 {
        self.k.unwrap_or(self.method.default_k())
    }

    fn metric(&self, context: &Context, on: Side) -> Metric {
        Metric::Values { on, column: context.name().to_owned(), filter: context.filter() }
    }

    fn source(&self) -> Side {
        match self.from {
            From::Data => Side::Data,
            From::Reference => Side::Reference,
        }
    }

    /// The fences, from the values that draw them.
    fn fences(&self, context: &Context, answers: &Answers) -> Result<Fences, Unmeasured> {
        let values = answers.values(&self.metric(context, self.source()))?;
        let side = if self.from == From::Data { "" } else { " of the reference" };
        let name = context.name();
        let refused = |reason: String| {
            let reason = format!("no fences can be drawn from `{name}`{side}: {reason}");
            Err(Unmeasured::NotComputable(reason))
        };
        let n = values.sorted.len() as u64;
        if values.sorted.first() == values.sorted.last() {
            return refused(match n {
                0 => "there are no values".into(),
                _ => "all of its values are equal".into(),
            });
        }
        if self.from == From::Data && !self.method.can_exclude(n, self.k()) {
            let n = count(n);
            return refused(format!("none of {n} values can lie beyond fences that they draw"));
        }
        self.method.fences(&values.sorted, self.k()).or_else(refused)
    }

    fn rule(&self, context: &Context, fences: Fences) -> RowRule {
        let bound =
            |end: f64| Some(Bound { value: BoundValue::Value(Value::float(end)), strict: false });
        RowRule {
            predicate: Predicate::Within {
                column: context.name().to_owned(),
                min: bound(fences.low),
                max: bound(fences.high),
                negated: false,
            },
            missing: context.common.nulls.unwrap_or_default(),
            filter: context.filter(),
        }
    }
}

/// How many values lie beyond the fences.
fn tally(values: &Values, fences: Fences, missing: Missing) -> Tally {
    let sorted = &values.sorted;
    let below = sorted.partition_point(|value| *value < fences.low) as u64;
    let inside = sorted.partition_point(|value| *value <= fences.high) as u64;
    let (n, fails_missing) = (sorted.len() as u64, missing == Missing::Fail);
    let judged_missing = if fails_missing { values.missing } else { 0 };
    let counted = Counted {
        rows: values.rows,
        examined: n + judged_missing,
        nulls: values.missing - judged_missing,
        nans: 0,
        violations: below + (n - inside) + judged_missing,
    };
    Tally { fails_missing, ..Tally::new(&counted) }
}

impl Expect for NoOutliers {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        context.accept(Type::is_number, "numbers")?;
        if self.from == From::Reference {
            context.accept_reference(Type::is_number, "numbers")?;
        }
        if context.common.nan.is_some() {
            return Err(Mistake::new("`nan` has no meaning for a check that ranks values")
                .help("NaN has no rank; `not_nan` is the check for it")
                .of("nan"));
        }
        let k = self.k();
        if !(k > 0.0 && k.is_finite()) {
            let message = format!("`k` is {}, not a number above 0", number(k));
            return Err(Mistake::new(message)
                .help("the fences stand so many times the spread of the values out")
                .of("k"));
        }
        Ok(())
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        let data = self.metric(context, Side::Data);
        match self.from {
            From::Data => vec![data],
            From::Reference => vec![data, self.metric(context, Side::Reference)],
        }
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let values = answers.values(&self.metric(context, Side::Data))?;
        let subject = format!("values of `{}`", context.name());
        let missing = context.common.nulls.unwrap_or_default();
        // The fences of the reference stand, whatever the data lacks.
        let fails_all = self.from == From::Reference && missing == Missing::Fail;
        if values.sorted.is_empty() && !(fails_all && values.missing > 0) {
            return tally::empty(context, Some(values.rows), &subject);
        }
        let fences = self.fences(context, answers)?;
        let tally = tally(values, fences, missing);
        let span = format!("[{}, {}]", figure(fences.low), figure(fences.high));
        let whose = if self.from == From::Data { "their" } else { "the reference's" };
        let words = Words {
            subject,
            keep: format!("lie inside {whose} fences {span}"),
            break_it: format!("lie beyond {whose} fences {span}"),
        };
        tally::decide(context, &tally, &words)
    }

    fn failing(&self, context: &Context, answers: &Answers) -> Option<RowRule> {
        let fences = self.fences(context, answers).ok()?;
        Some(self.rule(context, fences))
    }

    fn datasets(&self) -> Vec<String> {
        match self.from {
            From::Data => Vec::new(),
            From::Reference => vec!["reference".to_owned()],
        }
    }
}
