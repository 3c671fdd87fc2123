use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use super::listing::Listing;
use super::set::{Set, key, twins};
use super::{Context, Expect, Expectation, FileContent, Finding, Kind, Mistake, Scope, tally};
use crate::metric::{Answers, Frequencies, Metric, Missing, RowRule, Side, Unmeasured, Value};
use crate::prose::{counted, names};
use crate::verdict::{Observed, RowCounts};

/// The set of values that occur equals, contains, or lies within the listed set.
///
/// # Why
/// `in_set` asks each row; this asks the column as a whole, so that a category that vanished is
/// seen too. Each list may stand in a file beside the suite instead: `{file: codes.txt}` with one
/// value on each line, `{file: codes.csv, column: code}` for a column of a CSV file.
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
/// ```yaml
/// columns:
///   room: {distinct_set: {within: [private, shared], ignore_case: true}}
/// ```
/// ```csv
/// room
/// Shared
/// Castle
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DistinctSet {
    /// Exactly these values occur.
    equal: Option<Listing>,
    /// All of these occur; others may.
    contain: Option<Listing>,
    /// Nothing but these occurs; some may be absent.
    within: Option<Listing>,
    /// Whether `A` is `a`.
    #[serde(default)]
    ignore_case: bool,
}

impl Expectation for DistinctSet {
    const NAME: &'static str = "distinct_set";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
    const SHORT: Option<&'static str> = Some("equal");
    const FILE: Option<FileContent> = Some(FileContent::Values);
}

impl DistinctSet {
    fn occurring(&self) -> Result<Occurring<'_>, Mistake> {
        let (listing, all, only) = match (&self.equal, &self.contain, &self.within) {
            (Some(listing), None, None) => (listing, true, true),
            (None, Some(listing), None) => (listing, true, false),
            (None, None, Some(listing)) => (listing, false, true),
            _ => {
                let message = "one of `equal`, `contain` and `within` must be given";
                return Err(Mistake::new(message).of("equal"));
            }
        };
        Ok(Occurring { set: listing.set(self.ignore_case), all, only })
    }
}

impl Expect for DistinctSet {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        self.occurring()?.check(context)
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        vec![Occurring::metric(context)]
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        match self.occurring() {
            Ok(occurring) => occurring.judge(context, answers),
            Err(mistake) => Err(Unmeasured::NotComputable(mistake.message)),
        }
    }

    fn failing(&self, context: &Context, answers: &Answers) -> Option<RowRule> {
        self.occurring().ok()?.failing(context, answers)
    }
}

/// The values of a column against a set.
pub struct Occurring<'a> {
    pub set: Set<'a>,
    /// Whether all of the set must occur.
    pub all: bool,
    /// Whether nothing else may occur.
    pub only: bool,
}

impl Occurring<'_> {
    /// Refuses a set that the column cannot have.
    ///
    /// # Errors
    /// As for [`Set::values`], and `null`, which is no value.
    pub fn check(&self, context: &Context) -> Result<(), Mistake> {
        match self.set.values(context)?.contains(&Value::Null) {
            true => {
                let mistake = Mistake::new("`null` is not a value of the set").of("values");
                Err(mistake.help("use `not_null`"))
            }
            false => Ok(()),
        }
    }

    /// The question that it asks.
    pub fn metric(context: &Context) -> Metric {
        let (column, filter) = (context.name().to_owned(), context.filter());
        Metric::Frequencies { on: Side::Data, column, filter }
    }

    /// Judges the values that occur.
    ///
    /// # Errors
    /// They could not be counted, or there are none.
    pub fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let found = answers.frequencies(&Self::metric(context))?;
        let name = context.name();
        if found.examined() == 0 {
            return tally::empty(context, Some(found.rows), &format!("values of `{name}`"));
        }
        let wanted = self.set.values(context);
        let wanted = wanted.map_err(|mistake| Unmeasured::NotComputable(mistake.message))?;
        let hidden = context.sensitive.hides(name);
        let (present, problems) = self.compare(&wanted, found, hidden);
        let distinct = counted(present.len() as u64, "distinct value");
        let message = match problems.is_empty() {
            true => format!("`{name}` has {distinct}, as it should"),
            false => format!("`{name}` has {distinct}; {}", problems.join("; ")),
        };
        let mut finding = Finding::decided(problems.is_empty(), message).observed(match hidden {
            true => Observed::Integer(present.len() as i128),
            false => Observed::List(present.into_iter().take(100).collect()),
        });
        finding.warnings = self.set.warnings(context);
        let categories = found.counts.iter().filter_map(|(value, _)| match value {
            Value::Text(text) if !hidden => Some(text.as_str()),
            _ => None,
        });
        finding.warnings.extend(twins(categories));
        finding.warnings.dedup();
        let (examined, skipped) = (found.examined(), found.nulls + found.nans);
        finding.rows =
            RowCounts { examined: Some(examined), skipped: Some(skipped), violations: None };
        Ok(finding)
    }

    /// The rule that the rows of values outside the set break, where there are such rows.
    pub fn failing(&self, context: &Context, answers: &Answers) -> Option<RowRule> {
        let found = answers.frequencies(&Self::metric(context)).ok()?;
        let wanted = self.set.values(context).ok()?;
        let key = |value: &Value| key(value, self.set.ignore_case);
        let wanted: BTreeSet<String> = wanted.iter().map(key).collect();
        let is_stray = |(value, _): &(Value, u64)| !wanted.contains(&key(value));
        let strays = self.only && found.counts.iter().any(is_stray);
        let predicate = self.set.predicate(context, false).ok().filter(|_| strays)?;
        Some(RowRule { predicate, missing: Missing::Skip, filter: context.filter() })
    }

    /// The values that are there, and what is wrong with them.
    fn compare(
        &self,
        wanted: &[Value],
        found: &Frequencies,
        hidden: bool,
    ) -> (BTreeSet<String>, Vec<String>) {
        let key = |value: &Value| key(value, self.set.ignore_case);
        let wanted: BTreeSet<String> = wanted.iter().map(key).collect();
        let present: BTreeSet<String> = found.counts.iter().map(|(value, _)| key(value)).collect();
        let absent: Vec<&str> = wanted.difference(&present).map(String::as_str).collect();
        let unknown: Vec<&str> = present.difference(&wanted).map(String::as_str).collect();
        let mut problems = Vec::new();
        if self.all && !absent.is_empty() {
            problems.push(format!("never occurs: {}", names(absent, 10)));
        }
        if self.only && !unknown.is_empty() && hidden {
            problems.push(format!("{} not in the set", counted(unknown.len() as u64, "value")));
        } else if self.only && !unknown.is_empty() {
            problems.push(format!("not in the set: {}", names(unknown.iter().copied(), 10)));
            problems.extend(self.set.near(&wanted, &unknown));
        }
        (present, problems)
    }
}
