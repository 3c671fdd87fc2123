//! The questions of many checks as one set without repetition.

use std::collections::HashSet;

use super::{Check, Judged, grouped};
use crate::expectations::Context;
use crate::metric::{Answers, Example, Metric};

/// All questions that the checks put to the data, each once, in the order of the checks.
pub fn questions<'a>(
    checks: impl IntoIterator<Item = (&'a Check<'a>, &'a Context<'a>)>,
) -> Vec<Metric> {
    let mut seen = HashSet::new();
    checks
        .into_iter()
        .filter(|(check, _)| check.blocked.is_none())
        .flat_map(|(check, context)| {
            let mut metrics = grouped::metrics(&*check.spec.expectation, context);
            if let Some((expectation, context)) = check.warning(context) {
                metrics.extend(grouped::metrics(expectation, &context));
            }
            metrics
        })
        .filter(|metric| seen.insert(metric.clone()))
        .collect()
}

/// Example rows that the answers to a check hold themselves.
pub fn shown(judged: &Judged, context: &Context, answers: &Answers) -> Vec<Example> {
    judged.check.spec.expectation.shown(context, answers)
}

/// The question for example rows of a check that failed, where it speaks of rows.
pub fn example(judged: &Judged, context: &Context, answers: &Answers) -> Option<Metric> {
    let rule = judged.failing(context, answers)?;
    Some(context.examples(rule, &judged.check.spec.expectation.columns()))
}
