use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Context, Expect, Expectation, Finding, Kind, Mistake, Scope, between, frequencies, tally,
};
use crate::metric::{Answers, Metric, Missing, Predicate, RowRule, Side, Type, Unmeasured, Value};
use crate::prose::{count, counted, names, number, percent};
use crate::verdict::Observed;

/// No value occurs that the reference does not have, or in a small share of the rows only.
///
/// # Why
/// A model ignores or rejects a category that it was not trained on, and a join finds no partner
/// for it. The reference is the list, so that nobody has to write it; what is new is named. Missing
/// values are left out on both sides. `max_share` allows new categories in that share of the
/// values.
///
/// # Passes
/// ```yaml
/// columns:
///   room: {no_new_categories: {max_share: 0.25}}
/// ```
/// ```csv
/// room
/// private
/// shared
/// private
/// castle
/// ```
/// ```csv reference
/// room
/// private
/// shared
/// hotel
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   room: {no_new_categories: true}
/// ```
/// ```csv
/// room
/// private
/// castle
/// ```
/// ```csv reference
/// room
/// private
/// shared
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoNewCategories {
    /// The largest share of the values that may be new, in [0, 1).
    #[serde(default)]
    max_share: f64,
}

impl Expectation for NoNewCategories {
    const NAME: &'static str = "no_new_categories";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
    const BARE: bool = true;
}

/// The values with their counts that the reference does not have, in order.
fn unknown<'a>(
    context: &Context,
    answers: &'a Answers,
) -> Result<Vec<&'a (Value, u64)>, Unmeasured> {
    let data = answers.frequencies(&frequencies::metric(context, Side::Data))?;
    let reference = answers.frequencies(&frequencies::metric(context, Side::Reference))?;
    if reference.examined() == 0 {
        let reason = format!("the reference has no values of `{}`", context.name());
        return Err(Unmeasured::NotComputable(reason));
    }
    let known: BTreeSet<String> =
        reference.counts.iter().map(|(value, _)| frequencies::category(value)).collect();
    let is_new = |(value, _): &&(Value, u64)| !known.contains(&frequencies::category(value));
    Ok(data.counts.iter().filter(is_new).collect())
}

impl Expect for NoNewCategories {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        if !(0.0..1.0).contains(&self.max_share) {
            let message = format!("`max_share` is {}, not in [0, 1)", number(self.max_share));
            let help = "a fraction, not a percentage: 5 % is `0.05`";
            return Err(Mistake::new(message).help(help).of("max_share"));
        }
        let is_single: fn(&Type) -> bool =
            |kind| !matches!(kind, Type::List(_) | Type::Struct(_) | Type::Other(_));
        context.accept(is_single, "numbers, dates, times, text, booleans and binary")?;
        let name = context.name();
        let column = context.reference.and_then(|reference| reference.column(name));
        let Some(column) = column else { return Ok(()) };
        let (own, theirs) = (context.kind(), &column.kind);
        between::same_kind(own, theirs, name, name).map_err(|_| {
            let message = format!("`{name}` is {own} in the data and {theirs} in the reference");
            Mistake::new(message).help("values of different types are never the same")
        })
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        [Side::Data, Side::Reference].map(|on| frequencies::metric(context, on)).to_vec()
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let found = answers.frequencies(&frequencies::metric(context, Side::Data))?;
        let name = context.name();
        let examined = found.examined();
        if examined == 0 {
            return tally::empty(context, Some(found.rows), &format!("values of `{name}`"));
        }
        let new = unknown(context, answers)?;
        let violations: u64 = new.iter().map(|(_, count)| count).sum();
        let share = violations as f64 / examined as f64;
        let kept = share <= self.max_share;
        let texts: Vec<String> = new.iter().map(|(value, _)| context.told(name, value)).collect();
        let allowed = match self.max_share > 0.0 {
            true => format!("; up to {} are allowed", percent(self.max_share)),
            false => String::new(),
        };
        let message = match texts.is_empty() {
            true => format!("the reference has every value of `{name}`"),
            false => {
                let of = format!("{} of {}", count(violations), counted(examined, "value"));
                let list = names(texts.iter().map(String::as_str), 10);
                format!("{of} of `{name}` are new ({}{allowed}): {list}", percent(share))
            }
        };
        let mut finding = Finding::decided(kept, message);
        finding.observed = Some(Observed::List(texts.into_iter().take(100).collect()));
        finding.rows.examined = Some(examined);
        finding.rows.skipped = Some(found.nulls + found.nans);
        finding.rows.violations = Some(violations);
        Ok(finding)
    }

    fn datasets(&self) -> Vec<String> {
        vec!["reference".to_owned()]
    }

    fn failing(&self, context: &Context, answers: &Answers) -> Option<RowRule> {
        let values: Vec<Value> =
            unknown(context, answers).ok()?.into_iter().map(|(value, _)| value.clone()).collect();
        let column = context.name().to_owned();
        let predicate = Predicate::OneOf { column, values, negated: true };
        Some(RowRule { predicate, missing: Missing::Skip, filter: context.filter() })
    }
}
