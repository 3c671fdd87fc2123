use schemars::JsonSchema;
use serde::Deserialize;

use super::alternative::no_margin;
use super::groups::ByGroup;
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope};
use crate::metric::{Answers, Metric, Unmeasured};
use crate::stats::kruskal::of_groups;
use crate::stats::planning::{Law, Planned};

/// The values of the column do not differ in order from one group to another (Kruskal-Wallis). It
/// needs no reference.
///
/// # Why
/// Groups that should be alike, such as shops, devices or days: one of them that tends to larger
/// values is found whatever the form of the values.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {kruskal: {by: shop}}
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
///   price: {kruskal: shop}
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
/// H from midranks, corrected for ties, chi-square with one degree less than there are groups.
/// Effect: epsilon squared, the share of the variance of the ranks that lies between the groups.
///
/// # Assumptions
/// Independent rows; two groups or more. With fewer than five values in a group the limit law is
/// rough, and the verdict says so.
///
/// # Power
/// From the noncentral chi-square.
///
/// # References
/// Kruskal and Wallis (1952), Journal of the American Statistical Association 47, 583-621.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Kruskal {
    /// The column whose values make the groups.
    by: String,
}

impl Expectation for Kruskal {
    const NAME: &'static str = "kruskal";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Statistical;
    const SHORT: Option<&'static str> = Some("by");
}

impl Kruskal {
    fn groups<'a>(&'a self, context: &'a Context<'a>) -> ByGroup<'a> {
        ByGroup { context, by: &self.by }
    }
}

impl Expect for Kruskal {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        no_margin(context, "compare two sides with a margin by `mann_whitney`")?;
        self.groups(context).check()
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        vec![self.groups(context).metric()]
    }

    fn planned_from(&self, context: &Context) -> Vec<Metric> {
        self.groups(context).counted()
    }

    fn planning(&self, context: &Context, answers: &Answers) -> Option<Planned> {
        self.groups(context).planning(answers, |count| Law::RankGroups { count })
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        self.groups(context).judge(answers, "the order", |found| {
            let groups: Vec<&[f64]> =
                found.groups.iter().map(|(_, values)| values.as_slice()).collect();
            of_groups(&groups, &context.design)
        })
    }

    fn columns(&self) -> Vec<String> {
        vec![self.by.clone()]
    }

    fn needs_reference(&self) -> bool {
        false
    }
}
