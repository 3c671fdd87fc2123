use schemars::JsonSchema;
use serde::Deserialize;

use super::elsewhere::comparable;
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, tally};
use crate::metric::{
    Answers, Metric, Missing, Overlaps, Predicate, RangeRule, RowRule, Side, Type, Unmeasured,
};
use crate::prose::{count, percent};
use crate::verdict::{Observed, RowCounts};

/// The ranges of the rows, from one column to another, do not overlap.
///
/// # Why
/// Two bookings of one room in the same night, two prices valid on the same day. Ranges may touch:
/// one may start where the other ends, unless `closed` says that the end belongs to the range.
/// Every row whose range overlaps that of another row is a violation, and so is one whose range
/// ends before it starts. A row without start or end has no range and is not judged, unless
/// `open` says that such a range has no limit there.
///
/// # Passes
/// ```yaml
/// table:
///   no_overlapping_ranges: {start: from, end: to}
/// ```
/// ```csv
/// from,to
/// 2024-01-05,2024-01-09
/// 2024-01-01,2024-01-05
/// ```
///
/// # Fails
/// ```yaml
/// table:
///   no_overlapping_ranges: {start: from, end: to, open: true}
/// ```
/// ```csv
/// from,to
/// 2024-01-01,
/// 2024-02-01,2024-03-01
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoOverlappingRanges {
    /// The column in which a range starts.
    start: String,
    /// The column in which it ends.
    end: String,
    /// Whether the end belongs to the range, so that ranges must not touch.
    #[serde(default)]
    closed: bool,
    /// Whether a range without start or end goes on without limit.
    #[serde(default)]
    open: bool,
}

impl Expectation for NoOverlappingRanges {
    const NAME: &'static str = "no_overlapping_ranges";
    const SCOPE: Scope = Scope::Table;
    const KIND: Kind = Kind::Row;
}

impl NoOverlappingRanges {
    fn metric(&self, context: &Context) -> Metric {
        Metric::Overlaps {
            on: Side::Data,
            columns: [self.start.clone(), self.end.clone()],
            rule: RangeRule { closed: self.closed, open: self.open },
            filter: context.filter(),
        }
    }

    fn found<'a>(
        &self,
        context: &Context,
        answers: &'a Answers,
    ) -> Result<&'a Overlaps, Unmeasured> {
        answers.overlaps(&self.metric(context)).map(|found| found.as_ref())
    }
}

impl Expect for NoOverlappingRanges {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        if self.start == self.end {
            return Err(Mistake::new("a range starts and ends in two columns").of("end"));
        }
        if context.common.nulls.is_some() {
            return Err(Mistake::new("`nulls` has no meaning for ranges")
                .help("write `open: true`, or add `not_null` to forbid missing ends"));
        }
        let (start, end) = (context.kind_of(&self.start), context.kind_of(&self.end));
        for (name, kind) in [(&self.start, start), (&self.end, end)] {
            let is_line = kind.is_number() || kind.is_temporal() || *kind == Type::Null;
            if !is_line {
                let message = format!("column `{name}` is {kind}, which has no ranges");
                return Err(Mistake::new(message).help("it accepts numbers, dates and times"));
            }
        }
        let same = start.class() == end.class() && comparable(start, end);
        if !same && *start != Type::Null && *end != Type::Null {
            let message = format!("the ranges start as {start} and end as {end}");
            return Err(Mistake::new(message).help("give both columns the same type"));
        }
        Ok(())
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        vec![self.metric(context)]
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let found = self.found(context, answers)?;
        let ranges = format!("ranges from `{}` to `{}`", self.start, self.end);
        if found.examined == 0 {
            return tally::empty(context, Some(found.rows), &ranges);
        }
        let (examined, broken) = (found.examined, found.overlapping + found.inverted);
        let mostly = context.common.mostly.unwrap_or(1.0);
        let kept = tally::enough(examined - broken, examined, mostly);
        let mut parts = Vec::new();
        if found.overlapping > 0 {
            let verb = if found.overlapping == 1 { "overlaps" } else { "overlap" };
            parts.push(format!("{} {verb} another", count(found.overlapping)));
        }
        if found.inverted > 0 {
            let verb =
                if found.inverted == 1 { "ends before it starts" } else { "end before they start" };
            parts.push(format!("{} {verb}", count(found.inverted)));
        }
        let message = match parts.is_empty() {
            true => format!("none of the {} {ranges} overlaps another", count(examined)),
            false => format!(
                "of {} {ranges}, {} ({})",
                count(examined),
                parts.join(" and "),
                percent(broken as f64 / examined as f64)
            ),
        };
        let observed = Observed::Integer(broken.into());
        let mut finding = Finding::decided(kept, message).observed(observed);
        finding.rows = RowCounts {
            examined: Some(examined),
            skipped: Some(found.rows - examined),
            violations: Some(broken),
        };
        Ok(finding)
    }

    fn failing(&self, context: &Context, answers: &Answers) -> Option<RowRule> {
        let places = self.found(context, answers).ok()?.places.clone();
        let predicate = Predicate::PlaceIn { places, negated: true };
        Some(RowRule { predicate, missing: Missing::Skip, filter: context.filter() })
    }

    fn columns(&self) -> Vec<String> {
        vec![self.start.clone(), self.end.clone()]
    }
}
