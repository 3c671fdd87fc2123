use schemars::JsonSchema;
use serde::Deserialize;

use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, range};
use crate::metric::{Answers, Metric, Side, Unmeasured};
use crate::prose::{count, counted};
use crate::verdict::Observed;

/// The table has this number of rows.
///
/// # Why
/// A load that stopped half way, ran twice or brought nothing at all shows here first. With `where`
/// only the rows that the predicate selects are counted, with `by` those of each group; a group
/// that is absent altogether is seen by `contains_all`. `tolerance` is a number of rows around
/// `equal`.
///
/// # Passes
/// ```yaml
/// table:
///   row_count: {min: 1, max: 10}
/// ```
/// ```csv
/// id
/// 1
/// 2
/// ```
///
/// # Fails
/// ```yaml
/// table:
///   row_count: {equal: 5, tolerance: 2}
/// ```
/// ```csv
/// id
/// 1
/// 2
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RowCount {
    /// Exactly this many.
    equal: Option<u64>,
    /// How many rows more or less than `equal` there may be.
    tolerance: Option<u64>,
    /// At least this many.
    min: Option<u64>,
    /// At most this many.
    max: Option<u64>,
    /// Whether `min` and `max` themselves are outside.
    #[serde(default)]
    strict: bool,
}

impl RowCount {
    fn counts(&self) -> Counts {
        Counts { equal: self.equal, min: self.min, max: self.max, strict: self.strict }
    }

    /// The number of rows and how far from it is near enough.
    fn around(&self) -> Option<(u64, u64)> {
        self.equal.zip(self.tolerance)
    }

    fn metric(&self, context: &Context) -> Metric {
        Metric::Rows { on: Side::Data, filter: context.filter() }
    }
}

impl Expectation for RowCount {
    const NAME: &'static str = "row_count";
    const SCOPE: Scope = Scope::Table;
    const KIND: Kind = Kind::Table;
    const SHORT: Option<&'static str> = Some("equal");
    const GROUPS: bool = true;
}

impl Expect for RowCount {
    fn check(&self, _: &Context) -> Result<(), Mistake> {
        self.counts().check()?;
        match (self.tolerance, self.around()) {
            (Some(_), None) => Err(Mistake::new("`tolerance` speaks of `equal`").of("tolerance")),
            (_, Some((equal, tolerance))) if tolerance > 0 && tolerance >= equal => {
                Err(Mistake::new("a `tolerance` as large as `equal` lets no row at all pass")
                    .help("it is a number of rows")
                    .of("tolerance"))
            }
            _ => Ok(()),
        }
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        vec![self.metric(context)]
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let rows = *answers.rows(&self.metric(context))?;
        let found = counted(rows, "row");
        let (kept, message) = match self.around() {
            Some((equal, tolerance)) => {
                let kept = rows.abs_diff(equal) <= tolerance;
                let not = if kept { "" } else { "not " };
                let (equal, tolerance) = (count(equal), count(tolerance));
                (kept, format!("the table has {found}, {not}within {tolerance} of {equal}"))
            }
            None => {
                let kept = self.counts().contains(rows);
                (kept, self.counts().sentence(kept, &found))
            }
        };
        let message = match context.common.by {
            Some(_) if rows == 1 => message.replacen("the table has", "there is", 1),
            Some(_) => message.replacen("the table has", "there are", 1),
            None => message,
        };
        Ok(Finding::decided(kept, message).observed(Observed::Integer(rows.into())))
    }
}

/// A number of things between bounds.
pub struct Counts {
    pub equal: Option<u64>,
    pub min: Option<u64>,
    pub max: Option<u64>,
    pub strict: bool,
}

impl Counts {
    /// Refuses bounds that say nothing, contradict each other or allow nothing.
    pub fn check(&self) -> Result<(), Mistake> {
        match (self.equal, self.min, self.max) {
            (None, None, None) => {
                Err(Mistake::new("no number is given")
                    .help("write `equal`, or `min`, `max` or both"))
            }
            (None, Some(0), None) if !self.strict => {
                Err(Mistake::new("every count is at least 0, so this cannot fail"))
            }
            (Some(_), None, None) if !self.strict => Ok(()),
            (Some(_), ..) => Err(Mistake::new("`equal` stands alone")),
            (None, Some(min), Some(max)) if min > max || (self.strict && max - min < 2) => {
                Err(Mistake::new(format!("no number lies {}", self.words())))
            }
            _ => Ok(()),
        }
    }

    /// Whether the number lies inside the bounds.
    pub fn contains(&self, found: u64) -> bool {
        let strict = self.strict;
        self.equal.is_none_or(|equal| found == equal)
            && self.min.is_none_or(|min| if strict { found > min } else { found >= min })
            && self.max.is_none_or(|max| if strict { found < max } else { found <= max })
    }

    /// What was found and what was wanted.
    pub fn sentence(&self, kept: bool, found: &str) -> String {
        let not = if kept { "" } else { "not " };
        match self.equal {
            Some(_) if kept => format!("the table has {found}"),
            Some(equal) => format!("the table has {found} instead of {}", count(equal)),
            None => format!("the table has {found}, {not}{}", self.words()),
        }
    }

    fn words(&self) -> String {
        range::span(self.min.map(count), self.max.map(count), self.strict)
    }
}
