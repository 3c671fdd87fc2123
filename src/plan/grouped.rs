//! `by`: a check holds when it holds in every group, each judged by the unchanged expectation with
//! answers of its own.

use std::collections::HashMap;
use std::sync::Arc;

use crate::expectations::{Context, Expect, Finding, Outcome};
use crate::metric::{
    Answers, GroupAnswer, Measured, Metric, Predicate, RowRule, Side, Unmeasured, Value,
};
use crate::prose::{count, counted};
use crate::verdict::{Observed, RowCounts};

/// Groups that a sentence names.
const NAMED: usize = 3;

/// Groups that the observed value lists.
const LISTED: usize = 100;

/// The questions of an expectation, for each group where the check asks for groups.
pub fn metrics(expectation: &dyn Expect, context: &Context) -> Vec<Metric> {
    let asked = expectation.metrics(context);
    let Some(by) = &context.common.by else { return asked };
    let sizes = Metric::Rows { on: Side::Data, filter: context.filter() };
    asked.into_iter().chain([sizes]).map(|metric| grouped(metric, by)).collect()
}

fn grouped(metric: Metric, by: &[String]) -> Metric {
    metric.clone().by(by).unwrap_or(metric)
}

/// Whether every question of an expectation has an answer for each group.
pub fn can_group(expectation: &dyn Expect, context: &Context) -> bool {
    let by = context.common.by.as_deref().unwrap_or_default();
    expectation.metrics(context).into_iter().all(|metric| metric.by(by).is_some())
}

/// What a group came to.
struct Group<'a> {
    key: &'a [Value],
    fingerprint: u128,
    /// Those of a group that failed.
    answers: Answers,
    finding: Result<Finding, Unmeasured>,
}

/// All groups of a check.
struct Groups<'a> {
    judged: Vec<Group<'a>>,
    /// Groups with fewer rows than `min_group_size`.
    small: u64,
}

impl<'a> Groups<'a> {
    fn judge(
        expectation: &dyn Expect,
        context: &Context,
        answers: &'a Answers,
    ) -> Result<Self, Unmeasured> {
        let by = context.common.by.as_deref().unwrap_or_default();
        let sizes = Metric::Rows { on: Side::Data, filter: context.filter() };
        let sizes = answers.grouped(&grouped(sizes, by))?;
        let metrics = expectation.metrics(context);
        let by_metric = metrics.iter().map(|metric| OfMetric::new(metric, by, answers));
        let by_metric = by_metric.collect::<Result<Vec<OfMetric>, Unmeasured>>()?;
        let least = context.common.min_group_size.unwrap_or(1);
        let (mut judged, mut small) = (Vec::new(), 0);
        for group in sizes.iter() {
            let n_rows = match &group.answer {
                Ok(Measured::Rows(n_rows)) => *n_rows,
                _ => return Err(Unmeasured::NotComputable("a group has no size".into())),
            };
            // `where` selects none of its rows: the check is not about it.
            if n_rows == 0 {
                continue;
            }
            if n_rows < least {
                small += 1;
                continue;
            }
            let own = by_metric.iter().map(|metric| metric.of(&group.key));
            let answers: Answers = own.collect();
            let finding = expectation.judge(context, &answers);
            if matches!(&finding, Ok(Finding { outcome: Outcome::Test(_), .. })) {
                let reason = "a test cannot be judged by groups: each would need an alpha";
                return Err(Unmeasured::NotComputable(reason.into()));
            }
            let answers = if is_broken(&finding) { answers } else { Answers::default() };
            let (key, fingerprint) = (group.key.as_slice(), group.fingerprint);
            judged.push(Group { key, fingerprint, answers, finding });
        }
        Ok(Groups { judged, small })
    }

    fn failing(&self) -> Vec<&Group<'a>> {
        self.judged.iter().filter(|group| is_broken(&group.finding)).collect()
    }
}

fn is_broken(finding: &Result<Finding, Unmeasured>) -> bool {
    matches!(finding, Ok(found) if found.outcome == Outcome::Broken)
}

/// The answers to one question, by group.
struct OfMetric<'a> {
    metric: &'a Metric,
    groups: HashMap<&'a [Value], &'a GroupAnswer>,
}

impl<'a> OfMetric<'a> {
    fn new(metric: &'a Metric, by: &[String], answers: &'a Answers) -> Result<Self, Unmeasured> {
        let groups = answers.grouped(&grouped(metric.clone(), by))?;
        let groups = groups.iter().map(|group| (group.key.as_slice(), group)).collect();
        Ok(OfMetric { metric, groups })
    }

    fn of(&self, key: &[Value]) -> (Metric, Result<Measured, Unmeasured>) {
        let answer = match self.groups.get(key) {
            Some(group) => group.answer.clone(),
            None => {
                let side = self.metric.side().unwrap_or(&Side::Data);
                Err(Unmeasured::NotComputable(format!("the {side} has no row of this group")))
            }
        };
        (self.metric.clone(), answer)
    }
}

/// What a check with `by` finds.
///
/// # Errors
/// The groups could not be made, none was judged, or one could not be judged and none failed.
pub fn judge(
    expectation: &dyn Expect,
    context: &Context,
    answers: &Answers,
) -> Result<Finding, Unmeasured> {
    let groups = Groups::judge(expectation, context, answers)?;
    let told = Told { context, groups: &groups };
    let failing = groups.failing();
    let unjudged: Vec<(&Group, String)> = groups
        .judged
        .iter()
        .filter_map(|group| Some((group, group.finding.as_ref().err()?.to_string())))
        .collect();
    if failing.is_empty() && !unjudged.is_empty() {
        return Err(Unmeasured::NotComputable(told.unjudged(&unjudged)));
    }
    if groups.judged.is_empty() {
        return Err(Unmeasured::NotComputable(told.nothing()));
    }
    let message = if failing.is_empty() { told.kept() } else { told.broken(&failing) };
    let observed = failing.iter().take(LISTED).map(|group| told.label(group)).collect();
    let mut finding = Finding::decided(failing.is_empty(), message);
    finding.observed = Some(Observed::List(observed));
    finding.rows = told.rows();
    finding.warnings = told.warnings();
    Ok(finding)
}

/// The rule that exactly the failing rows of the failing groups break.
pub fn failing(expectation: &dyn Expect, context: &Context, answers: &Answers) -> Option<RowRule> {
    let by = context.common.by.clone()?;
    let groups = Groups::judge(expectation, context, answers).ok()?;
    let failing = groups.failing();
    let rules: Option<Vec<(u128, RowRule)>> = failing
        .iter()
        .map(|group| Some((group.fingerprint, expectation.failing(context, &group.answers)?)))
        .collect();
    let rules = rules?;
    let (_, first) = rules.first()?;
    let RowRule { missing, filter, .. } = first.clone();
    let is_one = rules.iter().all(|(_, rule)| rule.predicate == first.predicate);
    let groups: Arc<[u128]> = rules.iter().map(|(group, _)| *group).collect();
    let predicates = rules.into_iter().map(|(_, rule)| rule.predicate);
    let rules: Arc<[Predicate]> = predicates.take(if is_one { 1 } else { usize::MAX }).collect();
    Some(RowRule { predicate: Predicate::InGroups { by, groups, rules }, missing, filter })
}

/// The sentences about groups.
struct Told<'a> {
    context: &'a Context<'a>,
    groups: &'a Groups<'a>,
}

impl Told<'_> {
    fn by(&self) -> &[String] {
        self.context.common.by.as_deref().unwrap_or_default()
    }

    /// The grouping columns.
    fn columns(&self) -> String {
        format!("`{}`", self.by().join("`, `"))
    }

    /// A group by the values that its rows share.
    fn label(&self, group: &Group) -> String {
        let values = self.by().iter().zip(group.key);
        let values: Vec<String> =
            values.map(|(column, value)| self.context.told(column, value)).collect();
        values.join(", ")
    }

    fn kept(&self) -> String {
        let n_groups = self.groups.judged.len() as u64;
        let whole = |group: &Group| group.finding.as_ref().ok().map(|found| found.message.clone());
        match (n_groups, self.groups.judged.first().and_then(whole)) {
            (1, Some(message)) => {
                format!("in the one group of {}: {message}", self.columns())
            }
            _ => format!("it holds in all {} groups of {}", count(n_groups), self.columns()),
        }
    }

    fn broken(&self, failing: &[&Group]) -> String {
        let first = failing.iter().take(NAMED).map(|group| {
            let message = group.finding.as_ref().map(|finding| finding.message.as_str());
            format!("in `{}` {}", self.label(group), message.unwrap_or_default())
        });
        let first: Vec<String> = first.collect();
        let more = match failing.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!("; and {more} more"),
        };
        format!(
            "it fails in {} of {} groups of {}: {}{more}",
            count(failing.len() as u64),
            count(self.groups.judged.len() as u64),
            self.columns(),
            first.join("; "),
        )
    }

    fn unjudged(&self, unjudged: &[(&Group, String)]) -> String {
        let first = unjudged.iter().take(NAMED);
        let first: Vec<String> =
            first.map(|(group, reason)| format!("`{}`: {reason}", self.label(group))).collect();
        let more = match unjudged.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!("; and {more} more"),
        };
        format!(
            "{} of {} groups of {} cannot be judged: {}{more}",
            count(unjudged.len() as u64),
            count(self.groups.judged.len() as u64),
            self.columns(),
            first.join("; "),
        )
    }

    fn nothing(&self) -> String {
        let least = self.context.common.min_group_size.unwrap_or(1);
        match (self.groups.small, &self.context.common.r#where) {
            (0, Some(_)) => "`where` selects no row, so nothing was checked".to_owned(),
            (0, None) => "the table has no rows, so nothing was checked".to_owned(),
            (small, _) => format!(
                "all {} of {} have fewer than {}, so nothing was checked",
                counted(small, "group"),
                self.columns(),
                counted(least, "row"),
            ),
        }
    }

    /// The rows of all groups that were judged.
    fn rows(&self) -> RowCounts {
        let found = self.groups.judged.iter().filter_map(|group| group.finding.as_ref().ok());
        let sum = |count: fn(&RowCounts) -> Option<u64>| {
            found.clone().filter_map(|finding| count(&finding.rows)).reduce(|all, more| all + more)
        };
        RowCounts {
            examined: sum(|rows| rows.examined),
            skipped: sum(|rows| rows.skipped),
            violations: sum(|rows| rows.violations),
        }
    }

    fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.groups.small > 0 {
            let least = self.context.common.min_group_size.unwrap_or(1);
            let small = counted(self.groups.small, "group");
            let rows = counted(least, "row");
            warnings.push(format!("{small} of fewer than {rows} left out"));
        }
        let unjudged = self.groups.judged.iter().filter(|group| group.finding.is_err()).count();
        if unjudged > 0 {
            let unjudged = counted(unjudged as u64, "group");
            warnings.push(format!("{unjudged} could not be judged"));
        }
        for group in &self.groups.judged {
            let found = group.finding.iter().flat_map(|finding| &finding.warnings);
            for warning in found {
                if !warnings.contains(warning) && warnings.len() < 2 + NAMED {
                    warnings.push(warning.clone());
                }
            }
        }
        warnings
    }
}
