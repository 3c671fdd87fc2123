use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use super::in_set::values;
use super::{Context, Expect, Expectation, Finding, Kind, Literal, Mistake, Scope, tally};
use crate::metric::{Answers, Metric, Side, Unmeasured, Value};
use crate::prose::{counted, names};
use crate::verdict::{Observed, RowCounts};

/// The set of values that occur equals, contains, or lies within the listed set.
///
/// # Why
/// `in_set` asks each row; this asks the column as a whole, so that a category that vanished is
/// seen too.
///
/// # Passes
/// ```yaml
/// columns:
///   room: {distinct_set: {equal: [private, shared]}}
/// ```
/// ```csv
/// room
/// shared
/// private
/// shared
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   room: {distinct_set: {equal: [private, shared]}}
/// ```
/// ```csv
/// room
/// shared
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DistinctSet {
    /// Exactly these values occur.
    equal: Option<Vec<Literal>>,
    /// All of these occur; others may.
    contain: Option<Vec<Literal>>,
    /// Nothing but these occurs; some may be absent.
    within: Option<Vec<Literal>>,
}

impl Expectation for DistinctSet {
    const NAME: &'static str = "distinct_set";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
    const SHORT: Option<&'static str> = Some("equal");
}

impl DistinctSet {
    fn list(&self) -> Result<&[Literal], Mistake> {
        match (&self.equal, &self.contain, &self.within) {
            (Some(list), None, None) => Ok(list),
            (None, Some(list), None) => Ok(list),
            (None, None, Some(list)) => Ok(list),
            _ => Err(Mistake::new("one of `equal`, `contain` and `within` must be given")),
        }
    }

    fn metric(context: &Context) -> Metric {
        let (column, filter) = (context.name().to_owned(), context.filter());
        Metric::Frequencies { on: Side::Data, column, filter }
    }
}

impl Expect for DistinctSet {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        let list = self.list()?;
        if list.contains(&Literal::Null) {
            return Err(Mistake::new("`null` is not a value of the set").help("use `not_null`"));
        }
        values(list, context).map(|_| ())
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        vec![Self::metric(context)]
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let found = answers.frequencies(&Self::metric(context))?;
        let name = context.name();
        if found.examined() == 0 {
            return tally::empty(context, Some(found.rows), &format!("values of `{name}`"));
        }
        let wanted = self.list().and_then(|list| values(list, context));
        let wanted = wanted.map_err(|mistake| Unmeasured::NotComputable(mistake.message))?;
        let key = |value: &Value| value.to_string();
        let wanted: BTreeSet<String> = wanted.iter().map(key).collect();
        let present: BTreeSet<String> = found.counts.iter().map(|(value, _)| key(value)).collect();
        let absent: Vec<&str> = wanted.difference(&present).map(String::as_str).collect();
        let unknown: Vec<&str> = present.difference(&wanted).map(String::as_str).collect();
        let mut problems = Vec::new();
        if self.within.is_none() && !absent.is_empty() {
            problems.push(format!("never occurs: {}", names(absent, 10)));
        }
        if self.contain.is_none() && !unknown.is_empty() {
            problems.push(format!("not in the set: {}", names(unknown, 10)));
        }
        let distinct = counted(present.len() as u64, "distinct value");
        let message = match problems.is_empty() {
            true => format!("`{name}` has {distinct}, as it should"),
            false => format!("`{name}` has {distinct}; {}", problems.join("; ")),
        };
        let mut finding = Finding::decided(problems.is_empty(), message)
            .observed(Observed::List(present.into_iter().take(100).collect()));
        let (examined, skipped) = (found.examined(), found.nulls + found.nans);
        finding.rows =
            RowCounts { examined: Some(examined), skipped: Some(skipped), violations: None };
        Ok(finding)
    }
}
