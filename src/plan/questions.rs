//! The questions of many checks as one set without repetition.

use std::collections::HashSet;

use super::Check;
use crate::expectations::Context;
use crate::metric::{Answers, Metric};

/// All questions that the checks put to the data, each once, in the order of the checks.
pub fn questions<'a>(
    checks: impl IntoIterator<Item = (&'a Check<'a>, &'a Context<'a>)>,
) -> Vec<Metric> {
    let mut seen = HashSet::new();
    checks
        .into_iter()
        .filter(|(check, _)| check.blocked.is_none())
        .flat_map(|(check, context)| check.spec.expectation.metrics(context))
        .filter(|metric| seen.insert(metric.clone()))
        .collect()
}

/// The question for example rows of a check that failed, where it speaks of rows.
pub fn example(check: &Check, context: &Context, answers: &Answers) -> Option<Metric> {
    let expectation = &check.spec.expectation;
    let rule = expectation.failing(context, answers)?;
    Some(context.examples(rule, &expectation.columns()))
}
