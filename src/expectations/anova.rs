use schemars::JsonSchema;
use serde::Deserialize;

use super::alternative::no_margin;
use super::groups::ByGroup;
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope};
use crate::metric::{Answers, Metric, Unmeasured};
use crate::stats::anova::of_groups;
use crate::stats::moments::Summary;
use crate::stats::planning::{Law, Planned};

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
    fn groups<'a>(&'a self, context: &'a Context<'a>) -> ByGroup<'a> {
        ByGroup { context, by: &self.by }
    }
}

impl Expect for Anova {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        no_margin(context, "compare two sides with a margin by `t_test`")?;
        self.groups(context).check()
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        vec![self.groups(context).metric()]
    }

    fn planned_from(&self, context: &Context) -> Vec<Metric> {
        self.groups(context).counted()
    }

    fn planning(&self, context: &Context, answers: &Answers) -> Option<Planned> {
        self.groups(context).planning(answers, |count| Law::Groups { count })
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        self.groups(context).judge(answers, "the mean", |found| {
            let summary = |(_, values): &(_, Vec<f64>)| Summary::of(values);
            let summaries: Vec<Summary> = found.groups.iter().map(summary).collect();
            of_groups(&summaries, self.equal_var, &context.design)
        })
    }

    fn columns(&self) -> Vec<String> {
        vec![self.by.clone()]
    }

    fn needs_reference(&self) -> bool {
        false
    }
}
