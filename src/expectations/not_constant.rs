use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Context, Expect, Expectation, Finding, Kind, Mistake, Scope, ends, frequencies, tally,
};
use crate::metric::{Answers, Metric, Side, Type, Unmeasured};
use crate::prose::{counted, number, percent};
use crate::verdict::{Observed, RowCounts};

/// The column has more than one value, and none of them takes more than a share of the rows.
///
/// # Why
/// A column that never varies teaches a model nothing and often means that a default was written
/// instead of a value. `max_top_share` also catches the column that varies in a few rows only: the
/// most common value may take at most that share of the values. Missing values are left out; a
/// single value cannot vary, and is an error.
///
/// # Passes
/// ```yaml
/// columns:
///   id: {not_constant: true}
///   room: {not_constant: {max_top_share: 0.7}}
/// ```
/// ```csv
/// id,room
/// 1,private
/// 2,private
/// 3,shared
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   room: {not_constant: true}
/// ```
/// ```csv
/// room
/// private
/// private
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotConstant {
    /// The largest share of the values that the most common one may take, in (0, 1).
    max_top_share: Option<f64>,
}

impl Expectation for NotConstant {
    const NAME: &'static str = "not_constant";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
    const SHORT: Option<&'static str> = Some("max_top_share");
    const BARE: bool = true;
}

impl Expect for NotConstant {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        if let Some(share) = self.max_top_share.filter(|share| !(*share > 0.0 && *share < 1.0)) {
            let message = format!("`max_top_share` is {}, not in (0, 1)", number(share));
            let help = "a fraction, not a percentage: 95 % is `0.95`";
            return Err(Mistake::new(message).help(help).of("max_top_share"));
        }
        let varies =
            |kind: &Type| kind.is_ordered() || matches!(kind, Type::Boolean | Type::Binary);
        context.accept(varies, "numbers, dates, times, text, boolean and binary")
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        vec![match self.max_top_share {
            Some(_) => frequencies::metric(context, Side::Data),
            None => ends::metric(context, Side::Data),
        }]
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let name = context.name();
        let (rows, missing, kept, message, observed) = match self.max_top_share {
            Some(most) => {
                let found = answers.frequencies(&frequencies::metric(context, Side::Data))?;
                let top = found.counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
                let share = top as f64 / found.examined() as f64;
                let kept = share <= most;
                let not = if kept { "" } else { "not " };
                let message = format!(
                    "the most common of {} takes {}, {not}at most {}",
                    counted(found.counts.len() as u64, "distinct value"),
                    percent(share),
                    percent(most),
                );
                let message = format!("{message} of the values of `{name}`");
                (found.rows, found.nulls + found.nans, kept, message, Observed::Number(share))
            }
            None => {
                let found = answers.ends(&ends::metric(context, Side::Data))?;
                let kept = found.values.as_ref().is_some_and(|(low, high)| low != high);
                let message = match kept {
                    true => format!("`{name}` has more than one value"),
                    false => format!("`{name}` has only one value"),
                };
                let observed = Observed::Text(if kept { "varies" } else { "constant" }.into());
                (found.rows, found.nulls + found.nans, kept, message, observed)
            }
        };
        let examined = rows - missing;
        let finding = match examined {
            0 => tally::empty(context, Some(rows), &format!("values of `{name}`"))?,
            1 => {
                let reason = format!("one value of `{name}` cannot vary");
                return Err(Unmeasured::NotComputable(reason));
            }
            _ => Finding::decided(kept, message).observed(observed),
        };
        let rows = RowCounts { examined: Some(examined), skipped: Some(missing), violations: None };
        Ok(Finding { rows, ..finding })
    }
}
