//! How `increasing` and `decreasing` are asked and judged.

use super::{Context, Finding, Literal, Mistake, tally};
use crate::metric::{
    Answers, Metric, Missing, Predicate, RowRule, Sequence, SequenceRule, Side, Type, Unmeasured,
    Value,
};
use crate::prose::{count, percent};
use crate::verdict::{Observed, RowCounts};

/// An order that the values of a column must keep.
pub struct Ordering<'a> {
    /// Downward instead of upward.
    pub falls: bool,
    pub strict: bool,
    pub tolerance: Option<&'a Literal>,
}

impl Ordering<'_> {
    /// The rule, with the tolerance in the terms of the column.
    ///
    /// # Errors
    /// The column has no order, or no such distances.
    pub fn rule(&self, context: &Context) -> Result<SequenceRule, Mistake> {
        context.accept(Type::is_ordered, "numbers, dates, times and text")?;
        if context.common.nulls.is_some() {
            return Err(Mistake::new("`nulls` has no meaning for an order of rows")
                .help("missing values are left out; add `not_null` to forbid them"));
        }
        let tolerance = self.tolerance.map(|tolerance| distance(tolerance, context, "tolerance"));
        let tolerance = tolerance.transpose()?;
        if self.strict && tolerance.is_some() {
            return Err(Mistake::new("a strict order has no tolerance")
                .help("leave out `strict` or `tolerance`"));
        }
        Ok(SequenceRule { falls: self.falls, strict: self.strict, tolerance })
    }

    /// The question to the data.
    pub fn metric(&self, context: &Context) -> Option<Metric> {
        let rule = self.rule(context).ok()?;
        let (column, filter) = (context.name().to_owned(), context.filter());
        Some(Metric::Sequence { on: Side::Data, column, rule, filter })
    }

    /// The answer to it.
    ///
    /// # Errors
    /// It was not asked, or has none.
    pub fn found<'a>(
        &self,
        context: &Context,
        answers: &'a Answers,
    ) -> Result<&'a Sequence, Unmeasured> {
        let none = || Unmeasured::NotComputable("the column has no order".into());
        answers.sequence(&self.metric(context).ok_or_else(none)?).map(|found| found.as_ref())
    }

    /// What the answer comes to.
    ///
    /// # Errors
    /// There is no answer, or no value was there.
    pub fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let found = self.found(context, answers)?;
        let (name, examined) = (context.name(), found.examined());
        if examined == 0 {
            return tally::empty(context, Some(found.rows), &format!("values of `{name}`"));
        }
        let mostly = context.common.mostly.unwrap_or(1.0);
        let kept = tally::enough(examined - found.breaks, examined, mostly);
        let word = if self.falls { "decrease" } else { "increase" };
        let message = match &found.first {
            None => format!("all {} values of `{name}` {word}", count(examined)),
            Some((before, value)) => format!(
                "{} of {} values of `{name}` {} the one before ({}); the first is {} after {}",
                count(found.breaks),
                count(examined),
                self.broken(),
                percent(found.breaks as f64 / examined as f64),
                context.told(name, value),
                context.told(name, before),
            ),
        };
        let observed = Observed::Integer(found.breaks.into());
        let mut finding = Finding::decided(kept, message).observed(observed);
        finding.rows = RowCounts {
            examined: Some(examined),
            skipped: Some(found.nulls + found.nans),
            violations: Some(found.breaks),
        };
        Ok(finding)
    }

    /// The rows that break the order.
    pub fn failing(&self, context: &Context, answers: &Answers) -> Option<RowRule> {
        let places = self.found(context, answers).ok()?.places.clone();
        let predicate = Predicate::PlaceIn { places, negated: true };
        Some(RowRule { predicate, missing: Missing::Skip, filter: context.filter() })
    }

    fn broken(&self) -> String {
        let (wrong, right) = if self.falls { ("above", "below") } else { ("below", "above") };
        match self.tolerance {
            Some(tolerance) => format!("lie more than {tolerance} {wrong}"),
            None if self.strict => format!("are not {right}"),
            None => format!("lie {wrong}"),
        }
    }
}

/// A distance between values of the check's column: a number, or a duration such as `7d` for times.
///
/// # Errors
/// It is of another kind, or not above zero.
pub fn distance(
    literal: &Literal,
    context: &Context,
    argument: &'static str,
) -> Result<Value, Mistake> {
    let kind = context.kind();
    if *kind == Type::String {
        return Err(Mistake::new("text has no distances").of(argument));
    }
    if kind.is_temporal() && !matches!(literal, Literal::Text(_)) {
        return Err(Mistake::new(format!("`{argument}` is {literal}, not a duration"))
            .help("write a duration as `90s`, `15m`, `36h` or `7d`")
            .of(argument));
    }
    let kind = if kind.is_temporal() { &Type::Duration } else { kind };
    let value = literal.to_value(kind).map_err(|mistake| mistake.of(argument))?;
    let is_positive = match &value {
        Value::Int(value) | Value::Duration(value) => *value > 0,
        Value::Decimal { unscaled, .. } => *unscaled > 0,
        Value::Float(value) => value.0 > 0.0 && value.0.is_finite(),
        _ => false,
    };
    match is_positive {
        true => Ok(value),
        false => {
            Err(Mistake::new(format!("`{argument}` is {literal}, not a distance above 0"))
                .of(argument))
        }
    }
}
