use schemars::JsonSchema;
use serde::Deserialize;

use super::row_count::Counts;
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope};
use crate::metric::{Answers, Metric, Unmeasured};
use crate::prose::counted;
use crate::verdict::Observed;

/// The table has this number of columns.
///
/// # Why
/// A quick guard for wide tables whose names are not worth listing.
///
/// # Passes
/// ```yaml
/// table:
///   column_count: {min: 2}
/// ```
/// ```csv
/// id,price
/// 1,10
/// ```
///
/// # Fails
/// ```yaml
/// table:
///   column_count: 3
/// ```
/// ```csv
/// id,price
/// 1,10
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ColumnCount {
    /// Exactly this many.
    equal: Option<u64>,
    /// At least this many.
    min: Option<u64>,
    /// At most this many.
    max: Option<u64>,
}

impl ColumnCount {
    fn counts(&self) -> Counts {
        Counts { equal: self.equal, min: self.min, max: self.max, strict: false }
    }
}

impl Expectation for ColumnCount {
    const NAME: &'static str = "column_count";
    const SCOPE: Scope = Scope::Table;
    const KIND: Kind = Kind::Schema;
    const SHORT: Option<&'static str> = Some("equal");
}

impl Expect for ColumnCount {
    fn check(&self, _: &Context) -> Result<(), Mistake> {
        self.counts().check()
    }

    fn metrics(&self, _: &Context) -> Vec<Metric> {
        Vec::new()
    }

    fn judge(&self, context: &Context, _: &Answers) -> Result<Finding, Unmeasured> {
        let found = context.schema.columns.len() as u64;
        let kept = self.counts().contains(found);
        let message = self.counts().sentence(kept, &counted(found, "column"));
        Ok(Finding::decided(kept, message).observed(Observed::Integer(found.into())))
    }
}
