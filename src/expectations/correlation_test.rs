use schemars::JsonSchema;
use serde::Deserialize;

use super::alternative::{Alternative, no_margin};
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, resamples, two_samples};
use crate::metric::{Answers, Metric, Side, Type, Unmeasured};
use crate::stats::correlation::{RankCorrelation, pearson_two_sample, rank_two_sample};
use crate::stats::planning::{Law, Planned};
use crate::stats::resampling::Resampling;

/// The correlation of the column with another does not differ from the reference's.
///
/// # Why
/// Two columns can each look as they did while their relation is lost: a join that shuffled rows, a
/// unit changed in half of them. Checks of single columns cannot see it.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {correlation_test: {other: area}}
/// ```
/// ```csv
/// price,area
/// 1,2
/// 2,1
/// 3,4
/// 4,3
/// 5,6
/// 6,5
/// 7,8
/// 8,7
/// ```
/// ```csv reference
/// price,area
/// 2,1
/// 1,2
/// 4,3
/// 3,4
/// 6,5
/// 5,6
/// 8,7
/// 7,8
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   price: {correlation_test: {other: area, method: spearman, resamples: 999}}
/// ```
/// ```csv
/// price,area
/// 1,7
/// 2,8
/// 3,5
/// 4,6
/// 5,3
/// 6,4
/// 7,1
/// 8,2
/// ```
/// ```csv reference
/// price,area
/// 1,2
/// 2,1
/// 3,4
/// 4,3
/// 5,6
/// 6,5
/// 7,8
/// 8,7
/// ```
///
/// # Method
/// `pearson` (the default) compares two independent correlations by Fisher's z; effect: Cohen's q,
/// the difference of the transformed correlations, and a `margin` is on that scale. `spearman` and
/// `kendall` rank each side within itself and relabel rows at random, p = (hits + 1) / (resamples +
/// 1); effect: the difference of the correlations with Bonett and Wright's intervals joined.
/// `alternative: greater` alarms only if the correlation of the data is larger.
///
/// # Assumptions
/// Independent rows with a value in both columns. Fisher's z needs roughly normal columns, four
/// rows on each side and no perfect line; the others five rows.
///
/// # Power
/// From the normal law of Fisher's z, with Bonett and Wright's variances for ranks.
///
/// # References
/// Fisher (1921), Metron 1, 3-32; Bonett and Wright (2000), Psychometrika 65, 23-28; Zou (2007),
/// Psychological Methods 12, 399-413.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrelationTest {
    /// The other column.
    other: String,
    /// The correlation: `pearson`, `spearman` or `kendall`.
    #[serde(default)]
    method: Method,
    /// The seed of the random relabellings.
    #[serde(default)]
    seed: u64,
    /// How many relabellings; the smallest p-value is one over one more.
    #[serde(default = "resamples::default")]
    resamples: u64,
    /// On which side to look: `two_sided`, `less` or `greater`.
    #[serde(default)]
    alternative: Alternative,
}

impl Expectation for CorrelationTest {
    const NAME: &'static str = "correlation_test";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Statistical;
    const SHORT: Option<&'static str> = Some("other");
}

/// Which correlation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    #[default]
    Pearson,
    Spearman,
    Kendall,
}

impl CorrelationTest {
    fn metric(&self, context: &Context, on: Side) -> Metric {
        let columns = [context.name().to_owned(), self.other.clone()];
        Metric::Pairs { on, columns, filter: context.filter() }
    }

    /// Refuses another column that is no number, or that the reference lacks.
    fn check_other(&self, context: &Context) -> Result<(), Mistake> {
        if self.other == context.name() {
            return Err(Mistake::new("a column correlates with itself").of("other"));
        }
        let sides = [("the data", Some(context.schema)), ("the reference", context.reference)];
        for (side, schema) in sides.into_iter().filter_map(|(side, schema)| Some((side, schema?))) {
            let other = &self.other;
            let message = match schema.column(other).map(|column| &column.kind) {
                None => format!("{side} has no column `{other}`"),
                Some(kind) if !kind.is_number() && *kind != Type::Null => {
                    format!("column `{other}` of {side} is {kind}, which has no correlation")
                }
                Some(_) => continue,
            };
            return Err(Mistake::new(message).of("other"));
        }
        Ok(())
    }
}

impl Expect for CorrelationTest {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        self.alternative.check(context)?;
        if self.method != Method::Pearson {
            no_margin(context, "compare with a margin by `method: pearson`")?;
        }
        resamples::check(self.resamples)?;
        self.check_other(context)?;
        two_samples::numbers(context)
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        [Side::Data, Side::Reference].map(|on| self.metric(context, on)).to_vec()
    }

    fn planning(&self, _: &Context, _: &Answers) -> Option<Planned> {
        let law = match self.method {
            Method::Pearson => Law::Correlations,
            Method::Spearman => Law::RankCorrelations(RankCorrelation::Spearman),
            Method::Kendall => Law::RankCorrelations(RankCorrelation::Kendall),
        };
        Some(law.towards(self.alternative.tail()))
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let data = answers.pairs(&self.metric(context, Side::Data))?;
        let reference = answers.pairs(&self.metric(context, Side::Reference))?;
        let sides = [data.pairs.as_slice(), reference.pairs.as_slice()];
        let design = self.alternative.design(context);
        let resampling = Resampling { seed: self.seed, resamples: self.resamples };
        let ranks = |which| rank_two_sample(sides, which, resampling, &design);
        let result = match self.method {
            Method::Pearson => pearson_two_sample(sides[0], sides[1], &design),
            Method::Spearman => ranks(RankCorrelation::Spearman),
            Method::Kendall => ranks(RankCorrelation::Kendall),
        };
        let subject = format!("the correlation of `{}` and `{}`", context.name(), self.other);
        let finding = Finding::test(two_samples::judged(result)?, subject);
        Ok(finding.dropped([data.missing, reference.missing]).towards(design.tail))
    }

    fn columns(&self) -> Vec<String> {
        vec![self.other.clone()]
    }
}
