use schemars::JsonSchema;
use serde::Deserialize;

use super::chi_square_test::ChiSquareTest;
use super::ks_test::KsTest;
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, shares};
use crate::metric::{Answers, Frequencies, Metric, Side, Type, Unmeasured, Value};
use crate::prose::counted;
use crate::stats::Undefined;
use crate::stats::planning::{Law, Planned};
use crate::stats::proportion::{Rate, TwoRates, two_proportions};
use crate::stats::rates_power::RateTest;
use crate::stats::shift_power::Whole;

/// The column does not drift from the reference, judged by the one test that suits it.
///
/// # Why
/// One primary test for each column keeps the family small, and choosing it takes knowledge that
/// not every author of a suite wants to need. The choice depends on the reference alone, on the
/// column's type and its number of distinct values there, and never on n: one more row cannot
/// switch the test. Under `table:` it covers every column that both sides have and that can be
/// judged; a `drift` of a column's own wins there, so that one column can be skipped or given a
/// margin.
///
/// # Passes
/// ```yaml
/// columns:
///   price: {drift: {}}
/// ```
/// ```csv
/// price
/// 1.5
/// 2.5
/// 3.5
/// 4.5
/// 5.5
/// ```
/// ```csv reference
/// price
/// 2.5
/// 1.5
/// 4.5
/// 3.5
/// 5.5
/// ```
///
/// # Fails
/// ```yaml
/// table: {drift: {}}
/// ```
/// ```csv
/// price,room
/// 101.5,a
/// 102.5,b
/// 103.5,a
/// 104.5,b
/// 105.5,a
/// 106.5,b
/// ```
/// ```csv reference
/// price,room
/// 2.5,a
/// 1.5,b
/// 4.5,b
/// 3.5,a
/// 5.5,b
/// 6.5,a
/// ```
///
/// # Method
/// By the reference's type: boolean, the test of two proportions on the share of `true`; text, or
/// an integer with at most 20 distinct values, chi-square homogeneity with rare categories pooled;
/// any other number, dates and times, the two-sample Kolmogorov-Smirnov test, conditional on ties.
/// The verdict names the test and why. A `margin` is on the scale of that test's effect: the
/// difference of the rates, Cramér's V, D.
///
/// # Assumptions
/// Those of the chosen test: independent rows.
///
/// # Power
/// That of the chosen test; a share of missing values is no part of it.
///
/// # References
/// As for `chi_square_test` and `ks_test`; Newcombe (1998), Statistics in Medicine 17, 873-890.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Drift {}

impl Expectation for Drift {
    const NAME: &'static str = "drift";
    const SCOPE: Scope = Scope::Both;
    const KIND: Kind = Kind::Statistical;
    const BARE: bool = true;
}

/// Distinct integers of the reference up to which they are categories.
const MOST_CATEGORIES: usize = 20;

/// What the reference's type says by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Boolean,
    Text,
    Integer,
    Continuous,
}

impl Class {
    fn of(kind: &Type) -> Option<Class> {
        match kind {
            Type::Boolean => Some(Class::Boolean),
            Type::String => Some(Class::Text),
            Type::Integer { .. } => Some(Class::Integer),
            kind if kind.is_number() || kind.is_temporal() => Some(Class::Continuous),
            _ => None,
        }
    }

    /// The class of the check's column in the reference.
    fn of_reference(context: &Context) -> Option<Class> {
        let column = context.reference.and_then(|reference| reference.column(context.name()));
        column.and_then(|column| Class::of(&column.kind))
    }
}

impl Expect for Drift {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        let accepted = "booleans, text, numbers, dates and times";
        context.accept_reference(|kind| Class::of(kind).is_some(), accepted)?;
        let like = |name: &str| format!("{name}, as in the reference");
        match Class::of_reference(context) {
            None => Ok(()),
            Some(Class::Boolean) => {
                context.accept(|kind| *kind == Type::Boolean, &like("booleans"))
            }
            Some(Class::Text) => context.accept(|kind| *kind == Type::String, &like("text")),
            Some(Class::Integer) => context.accept(Type::is_number, &like("numbers")),
            Some(Class::Continuous) => {
                let accepts = |kind: &Type| kind.is_number() || kind.is_temporal();
                context.accept(accepts, &like("numbers, dates or times"))
            }
        }
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        match Class::of_reference(context) {
            Some(Class::Continuous) => KsTest::default().metrics(context),
            Some(Class::Integer) => {
                [shares::metrics(context, None), KsTest::default().metrics(context)].concat()
            }
            _ => shares::metrics(context, None),
        }
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let kind = context.reference.and_then(|reference| reference.column(context.name()));
        let kind = kind.map(|column| column.kind.to_string()).unwrap_or_default();
        let (finding, test, why) = match Class::of_reference(context) {
            Some(Class::Boolean) => {
                (rates(context, answers)?, "two proportions", format!("the reference is {kind}"))
            }
            Some(Class::Integer) => {
                let distinct = distinct(context, answers)?;
                let why = format!(
                    "the reference is {kind} with {}",
                    counted(distinct as u64, "distinct value")
                );
                match distinct <= MOST_CATEGORIES {
                    true => (ChiSquareTest {}.judge(context, answers)?, "chi-square", why),
                    false => {
                        (KsTest::default().judge(context, answers)?, "Kolmogorov-Smirnov", why)
                    }
                }
            }
            Some(Class::Continuous) => {
                let why = format!("the reference is {kind}");
                (KsTest::default().judge(context, answers)?, "Kolmogorov-Smirnov", why)
            }
            _ => {
                let finding = ChiSquareTest {}.judge(context, answers)?;
                (finding, "chi-square", "the reference is text".to_owned())
            }
        };
        let message = format!("{} ({test}, since {why})", finding.message);
        Ok(Finding { message, ..finding })
    }

    fn planned_from(&self, context: &Context) -> Vec<Metric> {
        match Class::of_reference(context) {
            None | Some(Class::Continuous) => Vec::new(),
            Some(_) => shares::of_reference(context),
        }
    }

    fn planning(&self, context: &Context, answers: &Answers) -> Option<Planned> {
        let distance = Law::Whole(Whole::KolmogorovSmirnov).two_sided();
        match Class::of_reference(context)? {
            Class::Continuous => Some(distance),
            Class::Integer if distinct(context, answers).ok()? > MOST_CATEGORIES => Some(distance),
            Class::Boolean => {
                let metrics = shares::metrics(context, None);
                let rate = rate_of_true(answers.frequencies(metrics.last()?).ok()?).ok()?;
                Some(Law::Rates { p: rate.value(), test: RateTest::PooledZ }.two_sided())
            }
            Class::Text | Class::Integer => shares::planning(context, answers),
        }
    }

    fn covers_columns(&self) -> Option<fn(&Type) -> bool> {
        Some(|kind| Class::of(kind).is_some())
    }
}

/// Distinct values of the reference.
fn distinct(context: &Context, answers: &Answers) -> Result<usize, Unmeasured> {
    let (column, filter) = (context.name().to_owned(), context.filter());
    let metric = Metric::Frequencies { on: Side::Reference, column, filter };
    Ok(answers.frequencies(&metric)?.counts.len())
}

/// The share of `true`.
fn rate_of_true(side: &Frequencies) -> Result<Rate, Undefined> {
    let of_true = side.counts.iter().filter(|(value, _)| *value == Value::Bool(true));
    Rate::new(of_true.map(|(_, count)| count).sum(), side.examined())
}

/// The shares of `true` on both sides.
fn rates(context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
    let metrics = shares::metrics(context, None);
    let [data, reference] = metrics.as_slice() else {
        return Err(Unmeasured::NotComputable("both sides are to be counted".into()));
    };
    let (data, reference) = (answers.frequencies(data)?, answers.frequencies(reference)?);
    let undefined = |reason: Undefined| Unmeasured::NotComputable(reason.to_string());
    let rates = TwoRates {
        data: rate_of_true(data).map_err(undefined)?,
        reference: rate_of_true(reference).map_err(undefined)?,
    };
    let result = two_proportions(rates, &context.design).map_err(undefined)?;
    let subject = format!("the share of true in `{}`", context.name());
    let mut finding = Finding::test(result, subject);
    finding.dropped = [data, reference].map(|side| side.nulls + side.nans).to_vec();
    let shares = shares::of(context, answers, None)?;
    finding.chart = Some(shares.chart(false));
    Ok(finding)
}
