use schemars::JsonSchema;
use serde::Deserialize;

use super::in_set::listed;
use super::set::Set;
use super::{
    Context, Expect, Expectation, Finding, Kind, Literal, Mistake, Scope, frequencies, tally,
};
use crate::metric::{Answers, Metric, Side, Unmeasured, Value, compare};
use crate::prose::names;
use crate::verdict::{Observed, RowCounts};

/// The most common value of the column is one of the listed ones.
///
/// # Why
/// When the usual category is no longer the usual one, a source was lost or a code was changed.
/// Missing values are left out, even where they are the most. Several values that are equally
/// common fail; with `ties_okay: true` it is enough that one of them is listed.
///
/// # Passes
/// ```yaml
/// columns:
///   room: {most_common_in: [private, shared]}
/// ```
/// ```csv
/// id,room
/// 1,private
/// 2,private
/// 3,castle
/// 4,
/// 5,
/// 6,
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   room: {most_common_in: {values: [private, shared]}}
/// ```
/// ```csv
/// room
/// private
/// castle
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MostCommonIn {
    /// The values that may be the most common.
    values: Vec<Literal>,
    /// Whether values that are not listed may be as common as one that is.
    #[serde(default)]
    ties_okay: bool,
}

impl Expectation for MostCommonIn {
    const NAME: &'static str = "most_common_in";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
    const SHORT: Option<&'static str> = Some("values");
}

impl MostCommonIn {
    fn set(&self) -> Set<'_> {
        Set { values: Some(&self.values), file: None, column: None, ignore_case: false }
    }
}

impl Expect for MostCommonIn {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        if self.values.contains(&Literal::Null) {
            return Err(Mistake::new("`null` is never the most common value")
                .help("missing values are left out; use `null_fraction`")
                .of("values"));
        }
        self.set().values(context).map(|_| ())
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        vec![frequencies::metric(context, Side::Data)]
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let found = answers.frequencies(&frequencies::metric(context, Side::Data))?;
        let name = context.name();
        let (examined, skipped) = (found.examined(), found.nulls + found.nans);
        let rows = RowCounts { examined: Some(examined), skipped: Some(skipped), violations: None };
        if examined == 0 {
            let empty = tally::empty(context, Some(found.rows), &format!("values of `{name}`"))?;
            return Ok(Finding { rows, ..empty });
        }
        let wanted = self.set().values(context);
        let wanted = wanted.map_err(|mistake| Unmeasured::NotComputable(mistake.message))?;
        let is_wanted = |value: &&Value| {
            wanted.iter().any(|other| compare(value, other).is_some_and(|order| order.is_eq()))
        };
        let common = frequencies::most_common(found);
        let n_wanted = common.iter().copied().filter(is_wanted).count();
        let kept = n_wanted > 0 && (common.len() == 1 || self.ties_okay);
        let texts: Vec<String> = common.iter().map(|value| context.told(name, value)).collect();
        let shown = names(texts.iter().map(String::as_str), 6);
        let list = listed(&self.values);
        let message = match (common.len(), kept) {
            (1, true) => format!("the most common value of `{name}` is {shown}, one of {list}"),
            (1, false) => format!("the most common value of `{name}` is {shown}, none of {list}"),
            (_, true) => {
                format!("the most common values of `{name}` are {shown}, some of them of {list}")
            }
            (_, false) if n_wanted > 0 => {
                format!("{shown} are equally common in `{name}`; `ties_okay` would allow it")
            }
            (_, false) => {
                format!("the most common values of `{name}` are {shown}, none of {list}")
            }
        };
        let finding = Finding::decided(kept, message).observed(Observed::List(texts));
        Ok(Finding { rows, ..finding })
    }
}
