use schemars::JsonSchema;
use serde::Deserialize;

use super::alternative::no_margin;
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, two_samples};
use crate::metric::{Answers, Metric, Side, Type, Unmeasured};
use crate::stats::anova::of_groups;
use crate::stats::moments::Summary;

/// The mean of the column does not differ from one group to another (one-way analysis of variance).
/// It needs no reference.
///
/// # Why
/// Groups that should be alike, such as shops, devices or days: one whose mean has moved is found,
/// and the variances of the groups may differ.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {anova: {by: shop}}
/// ```
/// ```csv
/// shop,price
/// a,10
/// a,12
/// a,14
/// a,11
/// a,13
/// b,11
/// b,13
/// b,12
/// b,14
/// b,10
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   price: {anova: shop}
/// ```
/// ```csv
/// shop,price
/// a,10
/// a,12
/// a,14
/// a,11
/// a,13
/// b,111
/// b,113
/// b,112
/// b,114
/// b,110
/// ```
///
/// # Method
/// Welch's F, which lets each group have its own variance; `equal_var: true` gives Fisher's.
/// Effect: eta squared, the share of the variance that lies between the groups, with the interval
/// of its noncentrality.
///
/// # Assumptions
/// Independent rows; two groups or more, each with two finite values and a spread (Welch), or one
/// more value than groups (Fisher).
///
/// # Power
/// From the noncentral F with one common variance.
///
/// # References
/// Fisher (1925); Welch (1951), Biometrika 38, 330-336; Steiger (2004), Psychological Methods 9,
/// 164-182.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Anova {
    /// The column whose values make the groups.
    by: String,
    /// Whether all groups share one variance.
    #[serde(default)]
    equal_var: bool,
}

impl Expectation for Anova {
    const NAME: &'static str = "anova";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Statistical;
    const SHORT: Option<&'static str> = Some("by");
}

impl Anova {
    fn metric(&self, context: &Context) -> Metric {
        let (column, by) = (context.name().to_owned(), self.by.clone());
        Metric::Groups { on: Side::Data, column, by, filter: context.filter() }
    }
}

impl Expect for Anova {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        no_margin(context, "compare two sides with a margin by `t_test`")?;
        if self.by == context.name() {
            return Err(Mistake::new("a column has no groups by itself").of("by"));
        }
        context.accept(Type::is_number, "numbers")
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        vec![self.metric(context)]
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let found = answers.groups(&self.metric(context))?;
        let summaries: Vec<Summary> =
            found.groups.iter().map(|(_, values)| Summary::of(values)).collect();
        let result = of_groups(&summaries, self.equal_var, &context.design);
        let subject = format!("the mean of `{}`", context.name());
        let finding = Finding::test(two_samples::judged(result)?, subject);
        Ok(finding.dropped([found.missing]).against(format!("one `{}` to another", self.by)))
    }

    fn columns(&self) -> Vec<String> {
        vec![self.by.clone()]
    }

    fn needs_reference(&self) -> bool {
        false
    }
}
