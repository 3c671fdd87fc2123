//! What the tests of two samples have in common: their questions, their types, their sentence.

use std::sync::Arc;

use super::{Context, Finding, Mistake};
use crate::metric::{Answers, Metric, Side, Type, Unmeasured, Values};
use crate::stats::ecdf::{Comparison, Gaps};
use crate::stats::{Design, TestResult, Undefined};
use crate::verdict::{Chart, EcdfPoint};

/// The question for both sides side by side.
pub fn comparison(context: &Context) -> Metric {
    Metric::Comparison { column: context.name().to_owned(), filter: context.filter() }
}

/// The question for the gaps between both sides.
pub fn gaps(context: &Context) -> Metric {
    Metric::Gaps { column: context.name().to_owned(), filter: context.filter() }
}

/// The question for the values of one side.
pub fn values(context: &Context, on: Side) -> Metric {
    Metric::Values { on, column: context.name().to_owned(), filter: context.filter() }
}

/// The values of both sides, data first.
///
/// # Errors
/// One of them cannot be read.
pub fn both<'a>(
    context: &Context,
    answers: &'a Answers,
) -> Result<[&'a Arc<Values>; 2], Unmeasured> {
    Ok([
        answers.values(&values(context, Side::Data))?,
        answers.values(&values(context, Side::Reference))?,
    ])
}

/// Refuses columns without an order.
pub fn ordered(context: &Context) -> Result<(), Mistake> {
    let accepts = |kind: &Type| kind.is_number() || kind.is_temporal();
    context.accept(accepts, "numbers, dates and times")?;
    context.accept_reference(accepts, "numbers, dates and times")
}

/// Refuses columns without numbers.
pub fn numbers(context: &Context) -> Result<(), Mistake> {
    context.accept(Type::is_number, "numbers")?;
    context.accept_reference(Type::is_number, "numbers")
}

/// A test that has no result cannot be judged.
pub fn judged(result: Result<TestResult, Undefined>) -> Result<TestResult, Unmeasured> {
    result.map_err(|undefined| Unmeasured::NotComputable(undefined.to_string()))
}

/// Values that each side needs: fewer can show nothing, and would always pass.
pub const FEWEST: u64 = 5;

/// Refuses sides of which one has too few values.
///
/// # Errors
/// It has.
pub fn enough(both: &Gaps) -> Result<&Gaps, Unmeasured> {
    let got = both.n.min(both.m);
    if got >= FEWEST {
        return Ok(both);
    }
    let few = Undefined::TooFew { needed: FEWEST, got };
    Err(Unmeasured::NotComputable(few.to_string()))
}

/// Judges both distributions, and shows them.
///
/// # Errors
/// The sides do not compare, or the test has no result.
pub fn judge(
    context: &Context,
    answers: &Answers,
    design: &Design,
    test: impl FnOnce(&Comparison, &Design) -> Result<TestResult, Undefined>,
) -> Result<Finding, Unmeasured> {
    let both = answers.comparison(&comparison(context))?;
    enough(both)?;
    told(context, test(&both.comparison, design), design, both.missing(), both)
}

/// The same for a test that asks for no more than the gaps.
///
/// # Errors
/// As for [`judge`].
pub fn judge_gaps(
    context: &Context,
    answers: &Answers,
    design: &Design,
    test: impl FnOnce(&Gaps, &Design) -> Result<TestResult, Undefined>,
) -> Result<Finding, Unmeasured> {
    let both = answers.gaps(&gaps(context))?;
    told(context, test(enough(both)?, design), design, both.missing(), both)
}

fn told(
    context: &Context,
    result: Result<TestResult, Undefined>,
    design: &Design,
    missing: [u64; 2],
    both: &Gaps,
) -> Result<Finding, Unmeasured> {
    let subject = format!("the distribution of `{}`", context.name());
    let mut finding = Finding::test(judged(result)?, subject).dropped(missing);
    finding.chart = Some(chart(both));
    Ok(finding.towards(design.tail))
}

/// Both distribution functions.
pub fn chart(both: &Gaps) -> Chart {
    let points = both.curve.iter().map(|point| EcdfPoint {
        x: point.value,
        data: point.x,
        reference: point.y,
    });
    Chart::Ecdf { points: points.collect(), gap_at: both.at() }
}
