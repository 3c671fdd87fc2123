use schemars::JsonSchema;
use serde::Deserialize;

use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope};
use crate::metric::{Answers, Metric, TwoSided, Type, Unmeasured};
use crate::stats::ks_test::two_sample;
use crate::stats::planning::Law;
use crate::verdict::{Chart, EcdfPoint};

/// The distribution of the column does not differ from the reference's (two-sample
/// Kolmogorov-Smirnov).
///
/// # Why
/// It sees a shift, a spread and a change of shape alike, without assuming any form. Both sides are
/// samples.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {ks_test: {}}
/// ```
/// ```csv
/// price
/// 10
/// 12
/// 14
/// 11
/// 13
/// ```
/// ```csv reference
/// price
/// 11
/// 13
/// 12
/// 14
/// 10
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   price: {ks_test: {}}
/// ```
/// ```csv
/// price
/// 110
/// 112
/// 114
/// 111
/// 113
/// ```
/// ```csv reference
/// price
/// 11
/// 13
/// 12
/// 14
/// 10
/// ```
///
/// # Method
/// D is the largest gap between the two empirical distribution functions, from integers. Its
/// p-value comes from the exact law, given the ties, while that is affordable, and from the
/// asymptotic law beyond; the report says which. Effect: D with the Dvoretzky-Kiefer-Wolfowitz
/// interval; a `margin` is on that scale.
///
/// # Assumptions
/// Independent rows; at least five values on each side. Ties are taken into account.
///
/// # Power
/// The detectable D is a bound that holds wherever the difference lies.
///
/// # References
/// Smirnov (1939); Hodges (1958), Arkiv för Matematik 3, 469-486; Schröer and Trenkler (1995),
/// Computational Statistics and Data Analysis 20, 185-202; Viehmann (2021), arXiv:2102.08037;
/// Massart (1990), Annals of Probability 18, 1269-1283.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KsTest {}

impl Expectation for KsTest {
    const NAME: &'static str = "ks_test";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Statistical;
    const BARE: bool = true;
}

impl KsTest {
    fn metric(context: &Context) -> Metric {
        Metric::Comparison { column: context.name().to_owned(), filter: context.filter() }
    }
}

impl Expect for KsTest {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        let accepts = |kind: &Type| kind.is_number() || kind.is_temporal();
        context.accept(accepts, "numbers, dates and times")?;
        context.accept_reference(accepts, "numbers, dates and times")
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        vec![Self::metric(context)]
    }

    fn planning(&self, _: &Context, _: &Answers) -> Option<Law> {
        Some(Law::Distance)
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let both = answers.comparison(&Self::metric(context))?;
        let result = two_sample(&both.comparison, &context.design)
            .map_err(|undefined| Unmeasured::NotComputable(undefined.to_string()))?;
        let subject = format!("the distribution of `{}`", context.name());
        let mut finding = Finding::test(result, subject);
        finding.dropped = both.missing().to_vec();
        finding.chart = Some(ecdf(both));
        Ok(finding)
    }
}

/// Both distribution functions as a picture.
pub fn ecdf(both: &TwoSided) -> Chart {
    let points = both.comparison.curve.iter().map(|point| EcdfPoint {
        x: point.value,
        data: point.x,
        reference: point.y,
    });
    Chart::Ecdf { points: points.collect(), gap_at: both.at() }
}
