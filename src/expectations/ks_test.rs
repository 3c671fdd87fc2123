use schemars::JsonSchema;
use serde::Deserialize;

use super::alternative::{Alternative, margin_below};
use super::distribution::Distribution;
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, two_samples};
use crate::metric::{Answers, Metric, Side, Type, Unmeasured};
use crate::stats::ks_test::{one_sample, two_sample};
use crate::stats::planning::{Law, Planned};
use crate::stats::shift_power::Whole;
use crate::stats::{Design, Tail};

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
/// interval; a `margin` is on that scale. `alternative: greater` alarms only if the data tend to be
/// larger, which is D-, where their distribution function lies below the reference's.
/// `distribution: {normal: {mean: 0, sd: 1}}` compares with a named distribution instead and needs
/// no reference; its p-value comes from the law of one sample of this size (Simard and L'Ecuyer).
/// The parameters must not have been fitted to the same data, or the test hardly ever alarms. There
/// are `normal` (mean, sd), `lognormal` (mu, sigma), `uniform` (min, max), `exponential` (rate),
/// `gamma` and `weibull` (shape, scale), `beta` (a, b), `chi_square` and `student_t` (df),
/// `logistic` and `laplace` (location, scale).
///
/// # Assumptions
/// Independent rows; at least five values on each side. Ties are taken into account.
///
/// # Power
/// The detectable D is that of a shift of normal values: wider differences are seen sooner, narrow
/// ones later.
///
/// # References
/// Smirnov (1939); Hodges (1958), Arkiv för Matematik 3, 469-486; Schröer and Trenkler (1995),
/// Computational Statistics and Data Analysis 20, 185-202; Viehmann (2021), arXiv:2102.08037;
/// Massart (1990), Annals of Probability 18, 1269-1283; Simard and L'Ecuyer (2011), Journal of
/// Statistical Software 39(11).
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KsTest {
    /// On which side to look: `two_sided`, `less` or `greater`.
    #[serde(default)]
    alternative: Alternative,
    /// The distribution to compare with, instead of the reference's: `{normal: {mean: 0, sd: 1}}`.
    distribution: Option<Distribution>,
}

impl Expectation for KsTest {
    const NAME: &'static str = "ks_test";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Statistical;
    const BARE: bool = true;
}

impl KsTest {
    /// Judges the data alone against a distribution.
    fn judge_one(
        &self,
        context: &Context,
        answers: &Answers,
        law: &Distribution,
    ) -> Result<Finding, Unmeasured> {
        let data = answers.values(&two_samples::values(context, Side::Data))?;
        let design = self.alternative.design(context);
        let seen = Design { tail: of_functions(design.tail), ..design };
        let result = one_sample(&data.sorted, |x| law.tails(x), &seen);
        let subject = format!("the distribution of `{}`", context.name());
        let finding = Finding::test(two_samples::judged(result)?, subject);
        Ok(finding.dropped([data.missing]).towards(design.tail).against(law.words()))
    }
}

/// There the tail names the higher distribution function, which has the smaller values.
fn of_functions(tail: Tail) -> Tail {
    match tail {
        Tail::TwoSided => Tail::TwoSided,
        Tail::Less => Tail::Greater,
        Tail::Greater => Tail::Less,
    }
}

impl Expect for KsTest {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        self.alternative.check(context)?;
        margin_below(context, 1.0, "a distance D")?;
        match &self.distribution {
            None => two_samples::ordered(context),
            Some(law) => {
                law.check()?;
                context.accept(Type::is_number, "numbers")
            }
        }
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        vec![match self.distribution {
            None => two_samples::gaps(context),
            Some(_) => two_samples::values(context, Side::Data),
        }]
    }

    fn planning(&self, _: &Context, _: &Answers) -> Option<Planned> {
        let law = match self.distribution {
            None => Law::Whole(Whole::KolmogorovSmirnov),
            Some(_) => Law::OneDistance,
        };
        Some(law.towards(self.alternative.tail()))
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        if let Some(law) = &self.distribution {
            return self.judge_one(context, answers, law);
        }
        let design = self.alternative.design(context);
        two_samples::judge_gaps(context, answers, &design, |both, design| {
            two_sample(both, &Design { tail: of_functions(design.tail), ..*design })
        })
    }

    fn needs_reference(&self) -> bool {
        self.distribution.is_none()
    }
}
