use schemars::JsonSchema;
use serde::Deserialize;

use super::alternative::no_margin;
use super::shares::{self, is_categorical};
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, chi_square_test};
use crate::metric::{Answers, Metric, Unmeasured};
use crate::stats::g_test::g_homogeneity;
use crate::stats::planning::Planned;

/// The shares of the column's categories do not differ from the reference's (likelihood-ratio test,
/// G).
///
/// # Why
/// The same question as `chi_square_test`, answered by information instead of squares: G is what
/// the Kullback-Leibler divergence becomes as a test, and adds up over parts of a table.
///
/// # Passes
/// ```yaml
/// columns:
///   room: {g_test: {}}
/// ```
/// ```csv
/// room
/// a
/// a
/// b
/// b
/// b
/// a
/// b
/// a
/// b
/// a
/// ```
/// ```csv reference
/// room
/// a
/// b
/// b
/// a
/// b
/// a
/// a
/// b
/// a
/// b
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   room: {g_test: {}}
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
/// b
/// b
/// b
/// b
/// ```
///
/// # Method
/// G = 2 Σ O ln(O/E) of the table of data and reference, K - 1 degrees of freedom. Rare categories
/// are pooled as in `chi_square_test`; two categories with small counts are judged by Fisher's
/// exact test. Where many counts are small G is divided by Williams' correction, and the method
/// says so. Effect: Cramér's V, corrected for bias, with its interval.
///
/// # Assumptions
/// Independent rows. Categories are aligned by name; missing values are left out.
///
/// # Power
/// From the law of X² when one of equally common categories has grown at the cost of the others, as
/// many as remain after pooling; nothing below five rows a category on a side.
///
/// # References
/// Wilks (1938), Annals of Mathematical Statistics 9, 60-62; Woolf (1957), Annals of Human Genetics
/// 21, 397-409; Williams (1976), Biometrika 63, 33-37.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GTest {}

impl Expectation for GTest {
    const NAME: &'static str = "g_test";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Statistical;
    const BARE: bool = true;
}

impl Expect for GTest {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        no_margin(context, "compare with a margin by `chi_square_test`")?;
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
        let found = g_homogeneity(&shares.contingency(), &context.design)
            .map_err(|undefined| Unmeasured::NotComputable(undefined.to_string()))?;
        Ok(chi_square_test::told(context, found, &shares))
    }
}
