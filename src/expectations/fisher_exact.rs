use schemars::JsonSchema;
use serde::Deserialize;

use super::alternative::{Alternative, no_margin};
use super::shares::{self, Shares, is_categorical};
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope};
use crate::metric::{Answers, Metric, Unmeasured};
use crate::prose::count;
use crate::stats::fisher::two_sample;
use crate::stats::planning::{Law, Planned};
use crate::stats::proportion::{Rate, TwoRates};
use crate::stats::rates_power::RateTest;

/// The share of one of the column's two categories does not differ from the reference's (Fisher's
/// exact test).
///
/// # Why
/// For columns of two values and few rows, where no limit law holds: the p-value counts tables.
///
/// # Passes
/// ```yaml
/// columns:
///   room: {fisher_exact: {}}
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
///   room: {fisher_exact: {alternative: less}}
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
/// The hypergeometric law of the table given its margins; two-sided adds up the tables that are not
/// more probable than the one observed. The category that is spoken of is the last in alphabetical
/// order (`true` of booleans, `yes` of yes and no): `alternative: greater` alarms only if the data
/// has more of it. Effect: the difference of its share, data less reference, with Newcombe's
/// interval.
///
/// # Assumptions
/// Independent rows; exactly two categories on both sides together. The law is discrete, so that
/// fewer than alpha of clean runs alarm.
///
/// # Power
/// By enumeration of all tables at the reference's share where they are few, else from the normal
/// law with half a count lost on each side.
///
/// # References
/// Fisher (1935), Journal of the Royal Statistical Society 98, 39-82; Newcombe (1998), Statistics
/// in Medicine 17, 873-890.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FisherExact {
    /// On which side to look: `two_sided`, `less` or `greater`.
    #[serde(default)]
    alternative: Alternative,
}

impl Expectation for FisherExact {
    const NAME: &'static str = "fisher_exact";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Statistical;
    const BARE: bool = true;
}

impl Expect for FisherExact {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        no_margin(context, "compare with a margin by `proportion_test`")?;
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
        let counts = shares::reference_twice(context, answers)?.reference();
        let [first, last] = counts.as_slice() else { return None };
        let p = *last as f64 / (first + last) as f64;
        Some(Law::Rates { p, test: RateTest::Fisher }.towards(self.alternative.tail()))
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let shares = shares::of(context, answers, None)?;
        let (label, rates) = last_of_two(context, &shares)?;
        let design = self.alternative.design(context);
        let result = two_sample(rates, &design)
            .map_err(|undefined| Unmeasured::NotComputable(undefined.to_string()))?;
        let subject = format!("the share of `{label}` in `{}`", context.name());
        let mut finding = Finding::test(result, subject).towards(design.tail);
        finding.chart = Some(shares.chart(false));
        Ok(finding.dropped(shares.missing))
    }
}

/// The later of two categories, and how often each side has it.
fn last_of_two(context: &Context, shares: &Shares) -> Result<(String, TwoRates), Unmeasured> {
    let [_, label] = shares.labels.as_slice() else {
        let found = count(shares.labels.len() as u64);
        let reason = format!("`{}` has {found} categories, this test takes two", context.name());
        return Err(Unmeasured::NotComputable(reason));
    };
    let rate = |counts: &[u64]| {
        Rate::new(counts[1], counts[0] + counts[1])
            .map_err(|undefined| Unmeasured::NotComputable(undefined.to_string()))
    };
    let rates = TwoRates { data: rate(&shares.data)?, reference: rate(&shares.reference)? };
    Ok((label.clone(), rates))
}
