//! The arguments that mean the same in every check.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Kind;
use crate::metric::{Missing, Nan};
use crate::verdict::Severity;

/// Arguments that any check may carry beside its own.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Common {
    /// Tells two checks of the same kind apart; the last part of the check's id.
    pub name: Option<String>,
    /// What a failure means: `error` fails the run, `warn` and `info` are shown.
    pub severity: Severity,
    /// Words to select checks by.
    pub tags: Vec<String>,
    /// Why this must hold; shown with a failure.
    pub reason: Option<String>,
    /// Leaves the check out, with the reason.
    pub skip: Option<String>,
    /// A failure that is known and has an end.
    pub known_failure: Option<KnownFailure>,
    /// SQL predicate: the rows this check looks at.
    pub r#where: Option<String>,
    /// The share of rows that must keep the rule, in (0, 1].
    pub mostly: Option<f64>,
    /// What a missing value counts as: `skip` (not looked at) or `fail`.
    pub nulls: Option<Missing>,
    /// What NaN counts as: `missing` (as `nulls` says), `value` (in no range and no set), `fail`.
    pub nan: Option<Nan>,
    /// Columns that make groups: the check must hold in each of them.
    pub by: Option<Vec<String>>,
    /// Groups with fewer rows are left out; they are counted.
    pub min_group_size: Option<u64>,
    /// Whether no value at all is a pass instead of an error.
    pub allow_empty: bool,
    /// A false-alarm rate of its own: takes the check out of the suite's family.
    pub alpha: Option<f64>,
    /// The largest difference you would not care about, on the scale of the effect.
    pub margin: Option<f64>,
    /// What a test with a margin does when neither side is shown.
    pub on_inconclusive: Option<OnInconclusive>,
}

/// A failure that is expected until a date.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KnownFailure {
    /// Why it fails.
    pub reason: String,
    /// The last day on which it may fail: `2026-12-31`. After it the failure counts.
    pub until: Option<String>,
    /// Where the mend is tracked.
    pub ticket: Option<String>,
}

/// What becomes of a test that shows neither equivalence nor difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnInconclusive {
    #[default]
    Warn,
    Fail,
    Pass,
}

/// Names of common arguments that have a meaning for every check of a kind.
pub fn common_arguments(kind: Kind) -> Vec<&'static str> {
    let mut names = vec!["name", "severity", "tags", "reason", "skip", "known_failure"];
    if kind != Kind::Schema {
        names.push("where");
    }
    match kind {
        Kind::Row => {
            let own = ["mostly", "nulls", "nan", "by", "min_group_size", "warn", "allow_empty"];
            names.extend(own);
        }
        Kind::Aggregate => names.extend(["by", "min_group_size", "warn", "allow_empty"]),
        Kind::Statistical => names.extend(["alpha", "margin", "on_inconclusive"]),
        Kind::Table | Kind::Distance => names.push("warn"),
        Kind::Schema => {}
    }
    names
}
