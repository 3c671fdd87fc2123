//! How every check of one number is judged: by its limits, beside the reference's number, and in
//! one sentence.

use std::fmt::Debug;

use super::limits::{Domain, Limits};
use super::{Context, Finding, Mistake, tally};
use crate::metric::{Answers, Metric, Side, Type, Unmeasured, Value};
use crate::prose::{count, figure, number};
use crate::verdict::{MASKED, Observed, RowCounts};

/// Something with limits as a suite writes them; the macro `aggregate` implements it.
pub trait Limited: Debug + Send + Sync {
    fn limits(&self) -> Limits;
}

/// An expectation of one number: a file of an aggregate is its arguments and this trait.
pub trait NumberCheck: Limited {
    /// What the number is: "the mean of `price`".
    fn subject(&self, context: &Context) -> String;

    /// The types of column that have such a number, with their words.
    fn accepts(&self) -> (fn(&Type) -> bool, &'static str) {
        (Type::is_number, "numbers")
    }

    /// Refuses arguments of its own that cannot be meant.
    fn check_arguments(&self, context: &Context) -> Result<(), Mistake> {
        let _ = context;
        Ok(())
    }

    /// The type of the number, and so of its limits.
    fn kind(&self, context: &Context) -> Type {
        let _ = context;
        Type::Float { bits: 64 }
    }

    /// The values that the number can take.
    fn domain(&self) -> Domain {
        Domain::ALL
    }

    /// The questions to one side.
    fn metrics(&self, context: &Context, on: Side) -> Vec<Metric>;

    /// The number of one side.
    ///
    /// # Errors
    /// A question has no answer.
    fn number(&self, context: &Context, answers: &Answers, on: Side) -> Result<Number, Unmeasured>;

    /// Whether [`Number::standard_error`] is known where it is asked for.
    fn has_standard_error(&self) -> bool {
        false
    }

    /// Whether the number is the value of a cell, which a sensitive column hides.
    fn is_cell(&self) -> bool {
        false
    }

    /// What the number is made of: "values of `price`".
    fn material(&self, context: &Context) -> String {
        format!("values of `{}`", context.name())
    }

    /// Columns that the arguments name, beside the check's own.
    fn columns(&self) -> Vec<String> {
        Vec::new()
    }

    /// Whether the comparison with the reference needs standard errors.
    fn by_standard_errors(&self) -> bool {
        self.limits().vs_reference.is_some_and(|versus| versus.by_standard_errors())
    }
}

/// One number with the rows behind it.
#[derive(Clone, Debug)]
pub struct Number {
    /// Rows that the filter selects.
    pub rows: u64,
    /// Rows left out because a value is missing.
    pub nulls: u64,
    pub nans: u64,
    /// The number, or why there is none although there are values.
    pub value: Result<Value, String>,
    /// Where the check compares by standard errors.
    pub standard_error: Option<f64>,
}

impl Number {
    fn examined(&self) -> u64 {
        self.rows - self.nulls - self.nans
    }

    fn row_counts(&self) -> RowCounts {
        RowCounts {
            examined: Some(self.examined()),
            skipped: Some(self.nulls + self.nans),
            violations: None,
        }
    }
}

/// Refuses a type without such a number, and limits that cannot be meant.
pub fn check(check: &impl NumberCheck, context: &Context) -> Result<(), Mistake> {
    let (accepts, accepted) = check.accepts();
    context.accept(accepts, accepted)?;
    check.check_arguments(context)?;
    let (limits, kind) = (check.limits(), check.kind(context));
    limits.bounds(&kind, check.domain())?;
    match &limits.vs_reference {
        Some(versus) => {
            context.accept_reference(accepts, accepted)?;
            versus.check(&kind, check.has_standard_error())
        }
        None => Ok(()),
    }
}

/// The questions to the data, and to the reference where it is compared with.
pub fn metrics(check: &impl NumberCheck, context: &Context) -> Vec<Metric> {
    let mut metrics = check.metrics(context, Side::Data);
    if check.limits().vs_reference.is_some() {
        metrics.extend(check.metrics(context, Side::Reference));
    }
    metrics
}

/// The reference, where it is compared with.
pub fn datasets(check: &impl NumberCheck) -> Vec<String> {
    check.limits().vs_reference.iter().map(|_| "reference".to_owned()).collect()
}

/// The columns that the arguments name, in the reference where it is compared with.
pub fn columns_elsewhere(check: &impl NumberCheck) -> Vec<(String, String)> {
    let columns = check.columns();
    let pairs = datasets(check).into_iter().flat_map(|dataset| {
        columns.iter().map(move |column| (dataset.clone(), column.clone())).collect::<Vec<_>>()
    });
    pairs.collect()
}

/// Judges the number.
///
/// # Errors
/// There is no such number on a side that counts.
pub fn judge(
    check: &impl NumberCheck,
    context: &Context,
    answers: &Answers,
) -> Result<Finding, Unmeasured> {
    let own = check.number(context, answers, Side::Data)?;
    if own.examined() == 0 {
        let mut finding = tally::empty(context, Some(own.rows), &check.material(context))?;
        finding.rows = own.row_counts();
        return Ok(finding);
    }
    let value = own.value.clone().map_err(Unmeasured::NotComputable)?;
    let (limits, kind) = (check.limits(), check.kind(context));
    let bounds = limits.bounds(&kind, check.domain());
    let bounds = bounds.map_err(|mistake| Unmeasured::NotComputable(mistake.message))?;
    let mut kept = bounds.contains(&value);
    let is_hidden =
        |value: &Value| check.is_cell() && context.told(context.name(), value) == MASKED;
    let tell = |value: &Value, is_fair: &dyn Fn(&Value) -> bool| match is_hidden(value) {
        true => MASKED.to_owned(),
        false => shown(value, is_fair),
    };
    let verdict = bounds.verdict(kept);
    let own_text = tell(&value, &|near| bounds.contains(near) == kept);
    let mut message = format!("{} is {own_text}{verdict}", check.subject(context));
    if let Some(versus) = &limits.vs_reference {
        let (other, theirs) = of_reference(check, context, answers)?;
        let compared = versus.compare(&kind, (&own, &value), (&other, &theirs))?;
        let and = if verdict.is_empty() { " and" } else { ", and" };
        let theirs = tell(&theirs, &|_| true);
        message += &format!("{and} differs from the reference's {theirs} {}", compared.words);
        kept &= compared.kept;
    }
    let observed = match is_hidden(&value) {
        true => Observed::Text(MASKED.to_owned()),
        false => observed(&value),
    };
    let mut finding = Finding::decided(kept, message).observed(observed);
    finding.rows = own.row_counts();
    if own.nans > 0 {
        let nans = count(own.nans);
        finding.warnings.push(format!("{nans} of the skipped values are NaN, not null"));
    }
    Ok(finding)
}

/// The number of the reference, which must have one.
fn of_reference(
    check: &impl NumberCheck,
    context: &Context,
    answers: &Answers,
) -> Result<(Number, Value), Unmeasured> {
    let name = context.name();
    let lacks = |reference: &crate::metric::Schema| {
        context.column.is_some() && reference.column(name).is_none()
    };
    if context.reference.is_some_and(lacks) {
        let reason = format!("the reference has no column `{name}`");
        return Err(Unmeasured::NotComputable(reason));
    }
    let number = check.number(context, answers, Side::Reference)?;
    if number.examined() == 0 {
        let reason = format!("the reference has no {}", check.material(context));
        return Err(Unmeasured::NotComputable(reason));
    }
    let value = number.value.clone();
    let value =
        value.map_err(|reason| Unmeasured::NotComputable(format!("the reference: {reason}")))?;
    Ok((number, value))
}

/// A number as a sentence shows it: rounded unless the rounded number would belie the verdict.
fn shown(value: &Value, is_fair: impl Fn(&Value) -> bool) -> String {
    let Value::Float(exact) = value else { return value.to_string() };
    let text = figure(exact.0);
    match text.replace(',', "").parse() {
        Ok(rounded) if is_fair(&Value::float(rounded)) => text,
        _ => number(exact.0),
    }
}

fn observed(value: &Value) -> Observed {
    match value {
        Value::Int(value) => Observed::Integer(*value),
        value => match value.as_f64() {
            Some(number) => Observed::Number(number),
            None => Observed::Text(value.to_string()),
        },
    }
}
