use schemars::JsonSchema;
use serde::Deserialize;

use super::range::{Range, span};
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope};
use crate::metric::{Answers, Metric, Side, Unmeasured};
use crate::prose::{count, counted, number};
use crate::verdict::Observed;

/// The table has as many rows as another dataset or the reference, or nearly as many.
///
/// # Why
/// A transformation that should keep every row, a load of today beside that of yesterday: neither
/// has a number that could be written down. `ratio` bounds the rows of the data over those of the
/// other, `difference` bounds the first less the second; without either they must be equal. With
/// `where` only the rows that the predicate selects are counted, on both sides.
///
/// # Passes
/// ```yaml
/// table:
///   row_count_vs: {dataset: reference, ratio: {min: 0.5, max: 2}}
/// ```
/// ```csv
/// id
/// 1
/// 2
/// ```
/// ```csv reference
/// id
/// 1
/// 2
/// 3
/// ```
///
/// # Fails
/// ```yaml
/// table:
///   row_count_vs: reference
/// ```
/// ```csv
/// id
/// 1
/// 2
/// ```
/// ```csv reference
/// id
/// 1
/// 2
/// 3
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RowCountVs {
    /// `reference`, or a name under `datasets:`.
    dataset: String,
    /// Bounds for the number of rows over that of the other dataset.
    ratio: Option<Ratio>,
    /// Bounds for the number of rows less that of the other dataset.
    difference: Option<Difference>,
}

/// A range of quotients.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Ratio {
    /// At least this.
    min: Option<f64>,
    /// At most this.
    max: Option<f64>,
}

/// A range of differences; more rows than the other dataset count above 0, fewer below.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Difference {
    /// At least so many more.
    min: Option<i64>,
    /// At most so many more.
    max: Option<i64>,
}

impl Expectation for RowCountVs {
    const NAME: &'static str = "row_count_vs";
    const SCOPE: Scope = Scope::Table;
    const KIND: Kind = Kind::Table;
    const SHORT: Option<&'static str> = Some("dataset");
}

impl RowCountVs {
    fn ratio(&self) -> Result<Option<Range>, Mistake> {
        let Some(Ratio { min, max }) = self.ratio else { return Ok(None) };
        let ends = [min, max].into_iter().flatten();
        if ends.into_iter().any(|end| end < 0.0) || (min == Some(0.0) && max.is_none()) {
            return Err(Mistake::new("a ratio of two counts is never below 0").of("ratio"));
        }
        Range::new(min, max, false).map(Some).map_err(|mistake| mistake.of("ratio"))
    }

    fn rows(on: Side, context: &Context) -> Metric {
        Metric::Rows { on, filter: context.filter() }
    }
}

impl Difference {
    fn check(self) -> Result<(), Mistake> {
        let mistake = match (self.min, self.max) {
            (None, None) => Mistake::new("neither `min` nor `max` is given"),
            (Some(min), Some(max)) if min > max => {
                Mistake::new(format!("no number lies {}", self.words()))
            }
            _ => return Ok(()),
        };
        Err(mistake.of("difference"))
    }

    fn contains(self, difference: i128) -> bool {
        self.min.is_none_or(|min| difference >= i128::from(min))
            && self.max.is_none_or(|max| difference <= i128::from(max))
    }

    fn words(self) -> String {
        let text = |end: Option<i64>| end.map(|end| end.to_string());
        span(text(self.min), text(self.max), false)
    }
}

impl Expect for RowCountVs {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        if context.side(&self.dataset).map_err(|mistake| mistake.of("dataset"))? == Side::Data {
            return Err(Mistake::new("the data is compared with itself").of("dataset"));
        }
        self.difference.map_or(Ok(()), Difference::check)?;
        self.ratio().map(|_| ())
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        let sides = [Some(Side::Data), context.side(&self.dataset).ok()];
        sides.into_iter().flatten().map(|on| Self::rows(on, context)).collect()
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let not_computable = |mistake: Mistake| Unmeasured::NotComputable(mistake.message);
        let side = context.side(&self.dataset).map_err(not_computable)?;
        let rows = *answers.rows(&Self::rows(Side::Data, context))?;
        let other = *answers.rows(&Self::rows(side, context))?;
        let difference = i128::from(rows) - i128::from(other);
        let mut problems = Vec::new();
        if let Some(range) = self.ratio().map_err(not_computable)? {
            if other == 0 {
                let reason = format!("`{}` has no rows, so there is no ratio", self.dataset);
                return Err(Unmeasured::NotComputable(reason));
            }
            let ratio = rows as f64 / other as f64;
            if !range.contains(ratio) {
                problems.push(format!("the ratio of {} is not {range}", number(ratio)));
            }
        }
        if let Some(range) = self.difference.filter(|range| !range.contains(difference)) {
            problems.push(format!("the difference of {difference} is not {}", range.words()));
        }
        if self.ratio.is_none() && self.difference.is_none() && difference != 0 {
            problems.push("they should be equal".into());
        }
        let both = format!(
            "the table has {}, `{}` has {}",
            counted(rows, "row"),
            self.dataset,
            count(other)
        );
        let kept = problems.is_empty();
        let message = if kept { both } else { format!("{both}: {}", problems.join("; ")) };
        Ok(Finding::decided(kept, message).observed(Observed::Integer(rows.into())))
    }

    fn datasets(&self) -> Vec<String> {
        vec![self.dataset.clone()]
    }
}
