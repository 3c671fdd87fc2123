//! The questions of many checks as one set without repetition.

use std::collections::HashSet;

use super::Check;
use crate::expectations::Context;
use crate::metric::{Answers, Metric};

/// All questions that the checks put to the data, each once, in the order of the checks.
pub fn questions<'a>(
    checks: impl IntoIterator<Item = (&'a Check<'a>, &'a Context<'a>)>,
) -> Vec<Metric> {
    let asked = checks
        .into_iter()
        .filter(|(check, _)| check.blocked.is_none())
        .flat_map(|(check, context)| check.spec.expectation.metrics(context));
    once(asked)
}

/// The questions for example rows of checks that failed, each once.
pub fn examples<'a>(
    failed: impl IntoIterator<Item = (&'a Check<'a>, &'a Context<'a>)>,
    answers: &Answers,
) -> Vec<Metric> {
    let asked = failed
        .into_iter()
        .filter_map(|(check, context)| check.spec.expectation.examples(context, answers));
    once(asked)
}

fn once(metrics: impl Iterator<Item = Metric>) -> Vec<Metric> {
    let mut seen = HashSet::new();
    metrics.filter(|metric| seen.insert(metric.clone())).collect()
}
