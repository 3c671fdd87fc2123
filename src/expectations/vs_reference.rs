//! One number beside the same number of the reference: how far apart they may be.

use schemars::JsonSchema;
use serde::Deserialize;

use super::number::Number;
use super::{Literal, Mistake};
use crate::metric::{Type, Unmeasured, Value, compare, distance};
use crate::prose::{figure, number, percent};

/// The largest difference from the reference's number; one of the three.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VsReference {
    /// In the unit of the number; a duration such as `7d` for points in time.
    absolute: Option<Literal>,
    /// As a fraction of the reference's number.
    relative: Option<f64>,
    /// In standard errors of the difference of two independent samples.
    standard_errors: Option<f64>,
}

/// Both numbers compared.
pub struct Compared {
    pub kept: bool,
    /// "by 2, not at most 0.5".
    pub words: String,
}

impl VsReference {
    /// Whether the comparison needs standard errors.
    pub fn by_standard_errors(&self) -> bool {
        self.standard_errors.is_some()
    }

    /// Refuses differences that the number does not have, or that say nothing.
    pub fn check(&self, kind: &Type, has_standard_error: bool) -> Result<(), Mistake> {
        let given =
            [self.absolute.is_some(), self.relative.is_some(), self.standard_errors.is_some()];
        let mistake = |message: String| Mistake::new(message).of("vs_reference");
        if given.into_iter().filter(|given| *given).count() != 1 {
            let message = "one of `absolute`, `relative` and `standard_errors` must be given";
            return Err(mistake(message.into()));
        }
        if !(kind.is_number() || kind.is_temporal() || *kind == Type::Null) {
            return Err(mistake(format!("values of type {kind} have no difference")));
        }
        let is_point = matches!(kind, Type::Date | Type::Time | Type::DateTime { .. });
        if self.relative.is_some() && is_point {
            let message = format!("a {kind} has no share of another");
            return Err(mistake(message).help("write `absolute` with a duration such as `7d`"));
        }
        if self.by_standard_errors() && (!has_standard_error || kind.is_temporal()) {
            let message = "this number has no standard error".to_owned();
            return Err(mistake(message).help("write `absolute` or `relative`"));
        }
        if let Some(share) = self.relative.filter(|share| !(0.0..=1.0).contains(share)) {
            let message = format!("`relative` is {}, not in [0, 1]", number(share));
            let help = "a fraction, not a percentage: 5 % is `0.05`";
            return Err(mistake(message).help(help));
        }
        let errors = self.standard_errors.filter(|k| !(*k > 0.0 && k.is_finite()));
        if let Some(errors) = errors {
            let found = number(errors);
            return Err(mistake(format!("`standard_errors` is {found}, not a number above 0")));
        }
        self.allowed(kind).map(|_| ())
    }

    /// The largest absolute difference.
    fn allowed(&self, kind: &Type) -> Result<Option<Value>, Mistake> {
        let Some(literal) = &self.absolute else { return Ok(None) };
        let value = match literal {
            Literal::Text(_) if kind.is_temporal() => literal.to_value(&Type::Duration),
            _ if kind.is_temporal() => {
                let message = format!("{literal} is no distance between two values of type {kind}");
                Err(Mistake::new(message).help("write a duration such as `36h` or `7d`"))
            }
            _ => literal.to_value(kind),
        };
        let value = value.map_err(|mistake| mistake.of("vs_reference"))?;
        let zero = if kind.is_temporal() { Value::Duration(0) } else { Value::Int(0) };
        let is_size = compare(&value, &zero).is_some_and(|order| order.is_ge());
        if is_size && value.as_f64().is_none_or(f64::is_finite) {
            return Ok(Some(value));
        }
        let message = format!("`absolute` is {value}, not the size of a difference");
        Err(Mistake::new(message).of("vs_reference"))
    }

    /// Compares the number of the data with that of the reference.
    ///
    /// # Errors
    /// They have no difference, or no standard error.
    pub fn compare(
        &self,
        kind: &Type,
        data: (&Number, &Value),
        reference: (&Number, &Value),
    ) -> Result<Compared, Unmeasured> {
        let not_computable = |reason: &str| Unmeasured::NotComputable(reason.to_owned());
        let apart = distance(data.1, reference.1)
            .ok_or_else(|| not_computable("the two numbers have no difference"))?;
        let allowed = self.allowed(kind);
        let allowed = allowed.map_err(|mistake| Unmeasured::NotComputable(mistake.message))?;
        if let Some(allowed) = allowed {
            let kept = compare(&apart, &allowed).is_some_and(|order| order.is_le());
            return Ok(Compared::new(kept, &shown(&apart), &shown(&allowed)));
        }
        let apart = size(&apart);
        if let Some(most) = self.relative {
            let share = ratio(apart, size(reference.1).abs());
            return Ok(Compared::new(share <= most, &percent(share), &percent(most)));
        }
        let errors = data.0.standard_error.zip(reference.0.standard_error);
        let (own, other) = errors
            .ok_or_else(|| not_computable("too few values for the standard error of both sides"))?;
        let (error, most) = (own.hypot(other), self.standard_errors.unwrap_or_default());
        if error == 0.0 && apart > 0.0 {
            let words = format!("by {}, and neither side varies (zero variance)", figure(apart));
            return Ok(Compared { kept: false, words });
        }
        let errors = ratio(apart, error);
        let words = format!("{} standard errors", figure(errors));
        Ok(Compared::new(errors <= most, &words, &number(most)))
    }
}

impl Compared {
    fn new(kept: bool, apart: &str, allowed: &str) -> Self {
        let not = if kept { "" } else { "not " };
        Compared { kept, words: format!("by {apart}, {not}at most {allowed}") }
    }
}

/// A difference as a double: a duration counts nanoseconds.
fn size(value: &Value) -> f64 {
    match value {
        Value::Duration(nanos) => *nanos as f64,
        value => value.as_f64().unwrap_or(f64::NAN),
    }
}

/// How often the unit goes into a difference; no difference is none of any unit.
fn ratio(apart: f64, unit: f64) -> f64 {
    if apart == 0.0 { 0.0 } else { apart / unit }
}

/// A difference in words; a duration in the largest unit that leaves no rest, as suites write it.
fn shown(value: &Value) -> String {
    let units = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
    match value {
        Value::Float(value) => figure(value.0),
        Value::Duration(nanos) => {
            let whole = |(seconds, unit): (i128, &str)| {
                let unit_ns = seconds * 1_000_000_000;
                (nanos % unit_ns == 0).then(|| format!("{}{unit}", nanos / unit_ns))
            };
            units.into_iter().find_map(whole).unwrap_or_else(|| value.to_string())
        }
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOAT: Type = Type::Float { bits: 64 };

    fn number(value: &Value, standard_error: Option<f64>) -> Number {
        Number { rows: 9, nulls: 0, nans: 0, value: Ok(value.clone()), standard_error }
    }

    fn within(
        absolute: Option<Literal>,
        relative: Option<f64>,
        errors: Option<f64>,
    ) -> VsReference {
        VsReference { absolute, relative, standard_errors: errors }
    }

    fn check(versus: &VsReference, kind: &Type, data: Value, reference: Value, words: &str) {
        assert_eq!(versus.check(kind, true), Ok(()));
        let (own, other) = (number(&data, Some(3.0)), number(&reference, Some(4.0)));
        let compared = versus.compare(kind, (&own, &data), (&other, &reference));
        let compared = compared.expect("a difference");
        assert_eq!((compared.words.as_str(), compared.kept), (words, !words.contains("not")));
    }

    #[test]
    fn differences_are_exact_in_their_own_unit() {
        let tenth = within(Some(Literal::Float(0.1)), None, None);
        let price = |unscaled| Value::Decimal { unscaled, scale: 1 };
        let decimal = Type::Decimal { precision: 9, scale: 1 };
        check(&tenth, &decimal, price(4), price(3), "by 0.1, at most 0.1");
        check(&tenth, &FLOAT, Value::float(0.4), Value::float(0.3), "by 0.1, not at most 0.1");
        let week = within(Some(Literal::Text("7d".into())), None, None);
        check(&week, &Type::Date, Value::Date(8), Value::Date(1), "by 7d, at most 7d");
        let hours = within(Some(Literal::Text("36h".into())), None, None);
        check(&hours, &Type::Date, Value::Date(3), Value::Date(1), "by 2d, not at most 36h");
        let share = within(None, Some(0.1), None);
        check(&share, &FLOAT, Value::float(110.0), Value::float(100.0), "by 10 %, at most 10 %");
        check(&share, &FLOAT, Value::float(1.0), Value::float(0.0), "by inf, not at most 10 %");
        let errors = within(None, None, Some(2.0));
        let words = "by 2 standard errors, at most 2";
        check(&errors, &FLOAT, Value::float(10.0), Value::float(20.0), words);
    }

    #[test]
    fn what_has_no_difference_is_a_mistake() {
        let one = || Some(Literal::Int(1));
        assert!(within(None, None, None).check(&FLOAT, true).is_err());
        assert!(within(one(), Some(0.1), None).check(&FLOAT, true).is_err());
        assert!(within(one(), None, None).check(&Type::String, true).is_err());
        assert!(within(one(), None, None).check(&Type::Date, true).is_err(), "no duration");
        assert!(within(None, Some(0.1), None).check(&Type::Date, true).is_err());
        assert!(within(None, Some(5.0), None).check(&FLOAT, true).is_err(), "a percentage");
        assert!(within(None, None, Some(2.0)).check(&FLOAT, false).is_err());
        assert!(within(None, None, Some(2.0)).check(&Type::Date, true).is_err());
        assert!(within(Some(Literal::Int(-1)), None, None).check(&FLOAT, true).is_err());
    }
}
