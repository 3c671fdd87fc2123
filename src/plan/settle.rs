//! From findings to verdicts: corrections, severities, known failures.

use super::{Blocked, Check, Judged, family};
use crate::expectations::{Finding, OnInconclusive, Outcome, Relation};
use crate::prose::{self, number};
use crate::stats::{MarginTest, PValue, TestResult};
use crate::suite::Target;
use crate::verdict::{
    Chart, Family, MASKED, MarginOutcome, Observed, Origin, RowCounts, Severity, Status,
    TestVerdict, Verdict,
};

/// Corrects the family's p-values together and gives every check its verdict, in their order.
///
/// `today` is the day (`2026-01-31`) on which known failures may have expired; `size` is the number
/// of tests in the suite's family, whether they were selected or not.
pub fn settle(judged: &[Judged], size: usize, today: &str) -> (Vec<Verdict>, Option<Family>) {
    let Some(first) = judged.first() else { return (Vec::new(), None) };
    let suite = first.check.suite;
    let correction = suite.statistics.correction;
    let raw: Vec<Option<PValue>> = judged.iter().map(|judged| family_p(judged)).collect();
    let adjusted = family::adjusted(&raw, size, correction);
    let verdicts = judged
        .iter()
        .zip(adjusted)
        .map(|(judged, adjusted)| verdict(judged, adjusted, today))
        .collect();
    let family = raw
        .iter()
        .any(Option::is_some)
        .then(|| family::describe(&suite.name, size, correction, suite.statistics.alpha));
    (verdicts, family)
}

/// The p-value that takes part in the family's correction.
fn family_p(judged: &Judged) -> Option<PValue> {
    match &judged.finding {
        Ok(Finding { outcome: Outcome::Test(result), .. }) if judged.check.is_in_family() => {
            Some(deciding(result))
        }
        _ => None,
    }
}

/// With a margin the question is whether the effect exceeds it; without, whether there is any.
fn deciding(result: &TestResult) -> PValue {
    result.margin.map_or(result.p, |margin| margin.p_beyond)
}

fn verdict(judged: &Judged, adjusted: Option<PValue>, today: &str) -> Verdict {
    let check = judged.check;
    let mut verdict = blank(check);
    match &judged.finding {
        Err(blocked) => {
            let (status, reason) = match blocked {
                Blocked::Broken(reason) => (Status::Fail, reason),
                Blocked::Unjudged(reason) => (Status::Error, reason),
                Blocked::Skipped(reason) => (Status::Skip, reason),
            };
            verdict.status = status;
            verdict.message.clone_from(reason);
        }
        Ok(finding) => {
            verdict.observed.clone_from(&finding.observed);
            verdict.rows = finding.rows.clone();
            if let Outcome::Test(result) = &finding.outcome {
                verdict.rows.examined = result.n.first().copied();
                verdict.rows.skipped = finding.dropped.first().copied();
            }
            verdict.distance.clone_from(&finding.distance);
            verdict.chart.clone_from(&finding.chart);
            verdict.warnings.clone_from(&finding.warnings);
            verdict.message.clone_from(&finding.message);
            match &finding.outcome {
                Outcome::Kept => verdict.status = Status::Pass,
                Outcome::Broken if judged.warned => {
                    verdict.status = Status::Warn;
                    verdict.message.push_str(" (beyond `warn`)");
                }
                Outcome::Broken => verdict.status = Status::Fail,
                Outcome::Test(result) => decide(&mut verdict, check, finding, result, adjusted),
            }
        }
    }
    hide(&mut verdict, check);
    soften(&mut verdict, check, today);
    verdict
}

/// A chart of a sensitive column would show its values on the axis.
fn hide(verdict: &mut Verdict, check: &Check) {
    let is_hidden = |column: &String| check.suite.sensitive.hides(column);
    let columns = check.column.iter().cloned().chain(check.spec.expectation.columns());
    if !columns.into_iter().any(|column| is_hidden(&column)) {
        return;
    }
    match &mut verdict.chart {
        Some(Chart::Shares { labels, .. }) => labels.fill(MASKED.to_owned()),
        Some(Chart::Ecdf { .. }) => verdict.chart = None,
        Some(Chart::Means { .. }) | None => {}
    }
}

fn blank(check: &Check) -> Verdict {
    let spec = check.spec;
    Verdict {
        id: check.id.clone(),
        suite: check.suite.name.clone(),
        scope: if check.column.is_some() { "columns" } else { scope(&spec.target) },
        column: check.column.clone(),
        check: spec.definition.name.to_owned(),
        kind: spec.definition.kind.word(),
        status: Status::Error,
        severity: spec.common.severity,
        tags: spec.common.tags.clone(),
        reason: spec.common.reason.clone(),
        expected: spec.expected.clone(),
        observed: None::<Observed>,
        rows: RowCounts::default(),
        examples: Vec::new(),
        test: None,
        distance: None,
        chart: None,
        message: String::new(),
        warnings: Vec::new(),
        source: Origin { file: check.suite.file.clone(), line: spec.line() },
        repeat: String::new(),
    }
}

fn scope(target: &Target) -> &'static str {
    match target {
        Target::Table => "table",
        Target::Column(_) => "columns",
        Target::Rows => "rows",
    }
}

fn decide(
    verdict: &mut Verdict,
    check: &Check,
    finding: &Finding,
    result: &TestResult,
    adjusted: Option<PValue>,
) {
    let statistics = &check.suite.statistics;
    let alpha = check.alpha();
    let p = adjusted.unwrap_or_else(|| deciding(result));
    if p.value.is_nan() || result.statistic.is_nan() {
        verdict.status = Status::Error;
        verdict.message = format!("{}: the p-value is not a number", finding.message);
        return;
    }
    let test = TestVerdict {
        result: result.clone(),
        dropped: finding.dropped.clone(),
        p_adjusted: Some(p),
        alpha,
        in_family: adjusted.is_some(),
        power: statistics.power,
    };
    let (status, sentence) = match (test.margin_outcome(), &result.margin) {
        (Some(outcome), Some(margin)) => {
            let (status, sentence) = with_margin(result, margin, outcome, p, check);
            (status, sentence.replace("the reference", &finding.relation.against))
        }
        _ => plain(result, &finding.relation, p, alpha),
    };
    verdict.status = status;
    verdict.message = format!("{} {sentence}", finding.message);
    verdict.test = Some(test);
    verdict.warnings.extend(under_powered(result, statistics.power, status));
}

/// What the sizes could not have shown: an effect of the size of the margin, or any.
fn under_powered(result: &TestResult, power: f64, status: Status) -> Option<String> {
    match (result.margin, result.detectable) {
        (Some(margin), Some(detectable)) if detectable > margin.margin => Some(format!(
            "under-powered: these sizes show an effect of {} with probability {}, the margin is {}",
            prose::figure(detectable),
            number(power),
            number(margin.margin),
        )),
        (_, None) if status != Status::Fail => Some(format!(
            "under-powered: these sizes show no effect, however large, with probability {}",
            number(power),
        )),
        _ => None,
    }
}

fn plain(result: &TestResult, relation: &Relation, p: PValue, alpha: f64) -> (Status, String) {
    let figures = format!(
        "{} = {}, adjusted p {}",
        result.symbol,
        prose::figure(result.statistic),
        prose::p_equals(p.value)
    );
    if p.value < alpha {
        return (Status::Fail, format!("{}: {figures}", relation.holds()));
    }
    let seen = match result.detectable {
        Some(effect) => {
            format!(
                "; it would have shown {} of {} or more",
                article(result.effect.name),
                prose::figure(effect)
            )
        }
        None => String::new(),
    };
    (Status::Pass, format!("{}: {figures}{seen}", relation.is_not_shown()))
}

fn with_margin(
    result: &TestResult,
    margin: &MarginTest,
    outcome: MarginOutcome,
    p: PValue,
    check: &Check,
) -> (Status, String) {
    let effect = interval(result);
    let limit = number(margin.margin);
    match outcome {
        MarginOutcome::Equivalent => {
            let text = "is equivalent to the reference";
            (Status::Pass, format!("{text}: {effect}, inside the margin of {limit}"))
        }
        MarginOutcome::Different => {
            let text = format!("differs from the reference by more than the margin of {limit}");
            (Status::Fail, format!("{text}: {effect}, adjusted p {}", prose::p_equals(p.value)))
        }
        MarginOutcome::Inconclusive => {
            let status = match check.spec.common.on_inconclusive.unwrap_or_default() {
                OnInconclusive::Warn => Status::Warn,
                OnInconclusive::Fail => Status::Fail,
                OnInconclusive::Pass => Status::Pass,
            };
            let rows = margin.rows_to_settle.map(|rows| {
                format!("; about {} on each side would settle it", prose::counted(rows, "row"))
            });
            let text = format!("is neither shown equivalent nor to differ by more than {limit}");
            let alone = match margin.p_beyond.value < check.alpha() {
                true => "; by itself it differs, not after the correction of its family",
                false => "",
            };
            let rows = rows.unwrap_or_default();
            (status, format!("{text} (inconclusive): {effect}{alone}{rows}"))
        }
    }
}

/// The effect with the interval that decides about its margin.
fn interval(result: &TestResult) -> String {
    let effect = &result.effect;
    let [value, low, high] = [effect.value, effect.ci.low, effect.ci.high].map(prose::figure);
    let level = number(prose::rounded(effect.ci.level * 100.0, 6));
    format!("{} = {value} ({level} % interval {low} to {high})", effect.name)
}

fn article(effect: &str) -> String {
    format!("an effect `{effect}`")
}

/// Severity and known failures turn a failure into something milder, or the reverse.
fn soften(verdict: &mut Verdict, check: &Check, today: &str) {
    if let Some(known) = &check.spec.common.known_failure {
        let expired = known.until.as_deref().is_some_and(|until| until < today);
        match verdict.status {
            Status::Fail if expired => {
                let until = known.until.as_deref().unwrap_or_default();
                verdict
                    .warnings
                    .push(format!("was a known failure until {until}: {}", known.reason));
            }
            Status::Fail => {
                verdict.status = Status::Known;
                let ticket =
                    known.ticket.as_ref().map(|ticket| format!(", {ticket}")).unwrap_or_default();
                verdict.warnings.push(format!("known failure: {}{ticket}", known.reason));
            }
            Status::Pass => {
                verdict.status = Status::Fail;
                verdict.message =
                    format!("fixed, remove the mark `known_failure`: {}", verdict.message);
            }
            _ => {}
        }
    }
    if verdict.status == Status::Fail && verdict.severity != Severity::Error {
        verdict.status = Status::Warn;
    }
}
