use schemars::JsonSchema;
use serde::Deserialize;

use super::shares::{self, Shares, is_categorical};
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope};
use crate::metric::{Answers, Metric, Unmeasured};
use crate::prose::{figure, names};
use crate::stats::chi_square::{ChiSquare, homogeneity};
use crate::stats::planning::Planned;

/// The shares of the column's categories do not differ from the reference's (chi-square of the 2 x
/// K table).
///
/// # Why
/// A category that grows, shrinks, appears or vanishes changes what a model sees. The reference is
/// a sample too: treating its shares as the truth would raise false alarms in a third of clean
/// runs.
///
/// # Passes
/// ```yaml
/// columns:
///   room: {chi_square_test: {}}
/// ```
/// ```csv
/// room
/// a
/// a
/// b
/// b
/// b
/// ```
/// ```csv reference
/// room
/// a
/// b
/// b
/// a
/// b
/// a
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   room: {chi_square_test: {}}
/// ```
/// ```csv
/// room
/// a
/// a
/// a
/// a
/// a
/// a
/// a
/// a
/// ```
/// ```csv reference
/// room
/// b
/// b
/// b
/// b
/// b
/// b
/// b
/// b
/// ```
///
/// # Method
/// Pearson's X² of the table of data and reference, K - 1 degrees of freedom, no continuity
/// correction. Rare categories are pooled, judged by both sides together, until at most a fifth of
/// the expected counts are below 5 and none below 1; two categories with small counts are judged by
/// Fisher's exact test. Effect: Cramér's V, corrected for bias, with its interval; a `margin` is on
/// that scale.
///
/// # Assumptions
/// Independent rows. Categories are aligned by name; missing values are left out.
///
/// # Power
/// From the law of X² when one of equally common categories has grown at the cost of the others, as
/// many as remain after pooling; nothing below five rows a category on a side.
///
/// # References
/// Pearson (1900), Philosophical Magazine 50, 157-175; Cochran (1954), Biometrics 10, 417-451;
/// Bergsma (2013), Journal of the Korean Statistical Society 42, 323-328.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChiSquareTest {}

impl Expectation for ChiSquareTest {
    const NAME: &'static str = "chi_square_test";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Statistical;
    const BARE: bool = true;
}

/// An adjusted residual beyond this hardly comes by chance.
const NOTABLE: f64 = 3.0;

impl Expect for ChiSquareTest {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        let accepted = "text, booleans, integers and dates";
        context.accept(is_categorical, accepted)?;
        context.accept_reference(is_categorical, accepted)
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        shares::metrics(context, None)
    }

    fn planned_from(&self, context: &Context) -> Vec<Metric> {
        shares::of_reference(context)
    }

    fn planning(&self, context: &Context, answers: &Answers) -> Option<Planned> {
        shares::planning(context, answers)
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let shares = shares::of(context, answers, None)?;
        let found = homogeneity(&shares.contingency(), &context.design)
            .map_err(|undefined| Unmeasured::NotComputable(undefined.to_string()))?;
        Ok(told(context, found, &shares))
    }
}

/// What a test of categories found, with the categories that were pooled and those that stand out.
pub fn told(context: &Context, found: ChiSquare, shares: &Shares) -> Finding {
    let mut finding =
        Finding::test(found.test, format!("the distribution of `{}`", context.name()));
    finding.dropped = shares.missing.to_vec();
    finding.chart = Some(shares.chart(false));
    if !found.pooled.is_empty() {
        let pooled = names(found.pooled.iter().map(String::as_str), 10);
        finding.warnings.push(format!("too rare to stand alone, counted as one: {pooled}"));
    }
    let mut notable: Vec<&(String, f64)> =
        found.residuals.iter().filter(|(_, residual)| residual.abs() > NOTABLE).collect();
    notable.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    for (name, residual) in notable.into_iter().take(5) {
        let more = if *residual > 0.0 { "more" } else { "less" };
        let text = format!("the data has {more} of `{name}` (residual {})", figure(*residual));
        finding.warnings.push(text);
    }
    finding
}
