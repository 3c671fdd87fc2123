//! The numbers of a test or a distance, each with its name.

use serde::Serialize;

use super::super::results::{Check, Distance, FamilyInfo, Margin, Results, Test};
use super::super::words;
use crate::prose::number;
use crate::prose::{count, counted, figure, p_value, percent};

/// A number, what it is, and what qualifies it.
#[derive(Serialize)]
pub(super) struct Measure {
    term: String,
    value: String,
    /// The number to its last digit, where `value` is rounded.
    exact: Option<String>,
    note: Option<String>,
}

impl Measure {
    fn new(term: impl Into<String>, value: impl Into<String>) -> Measure {
        Measure { term: term.into(), value: value.into(), exact: None, note: None }
    }

    fn rounded(term: impl Into<String>, value: f64) -> Measure {
        Measure::new(term, figure(value)).exact(value)
    }

    fn p(term: &str, value: f64) -> Measure {
        Measure::new(term, p_value(value)).exact(value)
    }

    fn exact(mut self, value: f64) -> Measure {
        self.exact = Some(number(value)).filter(|exact| *exact != self.value);
        self
    }

    fn note(mut self, note: impl Into<String>) -> Measure {
        self.note = Some(note.into());
        self
    }
}

/// Everything that a test or a distance measured.
pub(super) fn measures(results: &Results, check: &Check) -> Vec<Measure> {
    let mut measures = Vec::new();
    if let Some(test) = &check.test {
        of_test(&mut measures, test, family(results, check));
    }
    if let Some(distance) = &check.distance {
        of_distance(&mut measures, distance);
    }
    measures
}

/// How the test was made, in one line.
pub(super) fn method(results: &Results, check: &Check) -> Option<String> {
    let test = check.test.as_ref()?;
    let exact = if test.exact && !test.method.contains("exact") { ", exact" } else { "" };
    let mut line = format!("{}: {}{exact}", test.name, test.method);
    match family(results, check) {
        Some(family) if test.in_family && family.correction != "none" => {
            let tests = counted(family.size, "test");
            line.push_str(&format!(
                "; adjusted by {} over {tests} of this suite",
                family.correction
            ));
        }
        _ if !test.in_family => line.push_str("; has an alpha of its own, not adjusted"),
        _ => {}
    }
    Some(line)
}

fn family<'a>(results: &'a Results, check: &Check) -> Option<&'a FamilyInfo> {
    results.summary.families.iter().find(|family| family.suite == check.suite)
}

fn of_test(measures: &mut Vec<Measure>, test: &Test, family: Option<&FamilyInfo>) {
    measures.push(Measure::rounded(format!("Statistic {}", test.symbol), test.statistic.0));
    measures.push(Measure::p("p-value", test.p_value.0));
    if let Some(adjusted) = test.p_adjusted {
        let measure = Measure::p("Adjusted p", adjusted.0);
        measures.push(match family {
            Some(family) if test.in_family => {
                measure.note(format!("{}, {}", family.correction, counted(family.size, "test")))
            }
            _ => measure.note("not in the family"),
        });
    }
    measures.push(Measure::rounded("Alpha", test.alpha.0));
    measures.push(sides("n", &test.n));
    if test.dropped.iter().any(|dropped| *dropped > 0) {
        measures.push(sides("Left out as missing", &test.dropped));
    }
    measures.extend(test.df.map(|df| Measure::rounded("Degrees of freedom", df.0)));
    let effect = &test.effect;
    let [low, high] = effect.ci.map(|end| figure(end.0));
    measures.push(
        Measure::rounded(format!("Effect {}", effect.name), effect.value.0)
            .note(format!("{} interval {low} to {high}", percent(effect.level.0))),
    );
    measures.extend(test.power.detectable.map(|detectable| {
        Measure::rounded("Detectable effect", detectable.0)
            .note(format!("with power {}", percent(test.power.target.0)))
    }));
    if let Some(margin) = &test.margin {
        of_margin(measures, margin);
    }
}

fn of_margin(measures: &mut Vec<Measure>, margin: &Margin) {
    measures.push(Measure::rounded("Margin", margin.margin.0).note(words::outcome(margin.outcome)));
    measures.push(Measure::p("p of no more than the margin", margin.p_beyond.0));
    measures.push(Measure::p("p of at least the margin", margin.p_within.0));
    measures.extend(
        margin
            .rows_to_settle
            .map(|rows| Measure::new("Rows to settle it", count(rows)).note("on each side")),
    );
}

fn of_distance(measures: &mut Vec<Measure>, distance: &Distance) {
    let value = Measure::rounded(distance.name.clone(), distance.value.0);
    measures.push(match &distance.unit {
        Some(unit) => value.note(unit.clone()),
        None => value,
    });
    measures.push(Measure::rounded("Accepted at most", distance.max.0));
    measures.push(
        Measure::rounded("Sampling noise alone", distance.noise_mean.0)
            .note(format!("95 % of it below {}", figure(distance.noise_p95.0))),
    );
    measures.extend(distance.p_value.map(|p| Measure::p("p-value", p.0)));
}

fn sides(term: &str, values: &[u64]) -> Measure {
    let measure = Measure::new(term, words::sides(values));
    if values.len() == 2 { measure.note("data + reference") } else { measure }
}
