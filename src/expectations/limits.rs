//! What one number is held against: `equal`, or `min` and `max`; and what it can be at all.

use super::vs_reference::VsReference;
use super::{Literal, Mistake, range};
use crate::metric::{Type, Value, compare};
use crate::prose::number;

/// The limits of a number as a suite writes them.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    pub equal: Option<Literal>,
    pub min: Option<Literal>,
    pub max: Option<Literal>,
    pub strict: bool,
    pub vs_reference: Option<VsReference>,
}

/// The numbers that an expectation can find at all, both ends included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Domain {
    pub low: f64,
    pub high: f64,
}

impl Domain {
    pub const ALL: Domain = Domain { low: f64::NEG_INFINITY, high: f64::INFINITY };
    pub const NOT_NEGATIVE: Domain = Domain { low: 0.0, high: f64::INFINITY };
    pub const SHARE: Domain = Domain { low: 0.0, high: 1.0 };
    pub const CORRELATION: Domain = Domain { low: -1.0, high: 1.0 };
    /// How many of something there are, where nothing at all is not judged.
    pub const COUNT: Domain = Domain { low: 1.0, high: f64::INFINITY };

    fn contains(self, value: &Value) -> bool {
        value.as_f64().is_none_or(|value| (self.low..=self.high).contains(&value))
    }
}

/// Limits as values of the number's type, which can be kept and can be broken.
#[derive(Clone, Debug, PartialEq)]
pub struct Bounds {
    equal: Option<Value>,
    min: Option<Value>,
    max: Option<Value>,
    strict: bool,
}

impl Limits {
    /// The limits as values of a type.
    ///
    /// # Errors
    /// They are of another type, contradict each other, allow nothing or allow everything.
    pub fn bounds(&self, kind: &Type, domain: Domain) -> Result<Bounds, Mistake> {
        let bounds = Bounds {
            equal: value(&self.equal, "equal", kind)?,
            min: value(&self.min, "min", kind)?,
            max: value(&self.max, "max", kind)?,
            strict: self.strict,
        };
        let ranged = bounds.min.is_some() || bounds.max.is_some();
        if bounds.equal.is_none() && !ranged && self.vs_reference.is_none() {
            return Err(Mistake::new("neither `min` nor `max` is given")
                .help("write at least one of them, or `vs_reference`"));
        }
        if bounds.equal.is_some() && ranged {
            return Err(Mistake::new("`equal` stands alone").of("equal"));
        }
        if self.strict && !ranged {
            return Err(Mistake::new("`strict` speaks of `min` and `max`").of("strict"));
        }
        bounds.check(domain)?;
        Ok(bounds)
    }
}

/// A limit as a value.
fn value(
    literal: &Option<Literal>,
    argument: &'static str,
    kind: &Type,
) -> Result<Option<Value>, Mistake> {
    let message = match literal {
        None => return Ok(None),
        Some(Literal::Column(_)) => "one number has no row, and so no other column to compare with",
        Some(Literal::Null) => "null is not a bound",
        Some(literal) => {
            return literal.to_value(kind).map(Some).map_err(|mistake| mistake.of(argument));
        }
    };
    Err(Mistake::new(message).of(argument))
}

impl Bounds {
    fn check(&self, domain: Domain) -> Result<(), Mistake> {
        let named = [("equal", &self.equal), ("min", &self.min), ("max", &self.max)];
        for (argument, value) in named {
            let Some(value) = value.as_ref().filter(|value| !domain.contains(value)) else {
                continue;
            };
            let message = format!("`{argument}` is {value}, but the number lies {domain}");
            let mistake = Mistake::new(message).of(argument);
            let is_share = domain == Domain::SHARE;
            return Err(match value.as_f64().filter(|value| is_share && *value > 1.0) {
                Some(percent @ 2.0..=100.0) => {
                    let share = number(percent / 100.0);
                    mistake.help(format!("a fraction, not a percentage: write `{share}`"))
                }
                Some(_) => mistake.help("a fraction, not a percentage: 95 % is `0.95`"),
                None => mistake,
            });
        }
        if self.is_empty() {
            return Err(Mistake::new(format!("no number lies {}", self.span()))
                .help("`min` must be smaller than `max`"));
        }
        if self.is_open(domain) {
            return Err(Mistake::new("every number lies in this range, so the check cannot fail"));
        }
        Ok(())
    }

    fn is_empty(&self) -> bool {
        let (Some(min), Some(max)) = (&self.min, &self.max) else { return false };
        let order = compare(min, max);
        order.is_none_or(|order| order.is_gt() || (self.strict && order.is_eq()))
    }

    fn is_open(&self, domain: Domain) -> bool {
        let at = |end: &Option<Value>, limit: f64| {
            let end = end.as_ref().map(|end| end.as_f64() == Some(limit));
            end.is_none_or(|is_there| is_there && !self.strict)
        };
        let given = self.min.is_some() || self.max.is_some();
        given && at(&self.min, domain.low) && at(&self.max, domain.high)
    }

    /// Whether a number keeps the limits; NaN keeps none.
    pub fn contains(&self, value: &Value) -> bool {
        let holds = |end: &Option<Value>, outside: std::cmp::Ordering| {
            end.as_ref().is_none_or(|end| {
                compare(value, end)
                    .is_some_and(|order| order != outside && !(self.strict && order.is_eq()))
            })
        };
        let equal = self.equal.as_ref();
        equal.is_none_or(|equal| compare(value, equal).is_some_and(|order| order.is_eq()))
            && holds(&self.min, std::cmp::Ordering::Less)
            && holds(&self.max, std::cmp::Ordering::Greater)
    }

    /// What the limits say of a number, as a sentence goes on after it; empty where there are none.
    pub fn verdict(&self, kept: bool) -> String {
        match (&self.equal, kept) {
            (Some(_), true) => ", as it should be".into(),
            (Some(equal), false) => format!(" instead of {equal}"),
            (None, _) if self.min.is_none() && self.max.is_none() => String::new(),
            (None, true) => format!(", {}", self.span()),
            (None, false) => format!(", not {}", self.span()),
        }
    }

    fn span(&self) -> String {
        let text = |end: &Option<Value>| end.as_ref().map(Value::to_string);
        range::span(text(&self.min), text(&self.max), self.strict)
    }
}

impl std::fmt::Display for Domain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let end = |end: f64| end.is_finite().then(|| number(end));
        f.write_str(&range::span(end(self.low), end(self.high), false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOAT: Type = Type::Float { bits: 64 };

    fn limits(min: Option<f64>, max: Option<f64>, strict: bool) -> Limits {
        let end = |end: Option<f64>| end.map(Literal::Float);
        Limits { min: end(min), max: end(max), strict, ..Limits::default() }
    }

    fn bounds(min: Option<f64>, max: Option<f64>, strict: bool) -> Result<Bounds, Mistake> {
        limits(min, max, strict).bounds(&FLOAT, Domain::ALL)
    }

    #[test]
    fn ends_belong_unless_strict() {
        let closed = bounds(Some(1.0), Some(2.0), false).expect("a range");
        let open = bounds(Some(1.0), Some(2.0), true).expect("a range");
        let at = Value::float;
        assert!(closed.contains(&at(1.0)) && closed.contains(&at(2.0)));
        assert!(!closed.contains(&at(f64::NAN)) && !closed.contains(&at(2.5)));
        assert!(!open.contains(&at(1.0)) && !open.contains(&at(2.0)) && open.contains(&at(1.5)));
        assert_eq!(closed.verdict(true), ", in [1, 2]");
        assert_eq!(open.verdict(false), ", not in (1, 2)");
    }

    #[test]
    fn limits_that_say_nothing_are_mistakes() {
        assert!(bounds(None, None, false).is_err());
        assert!(bounds(Some(2.0), Some(1.0), false).is_err());
        assert!(bounds(Some(1.0), Some(1.0), true).is_err());
        assert!(bounds(Some(1.0), Some(1.0), false).is_ok());
        assert!(bounds(Some(f64::NEG_INFINITY), None, false).is_err());
        let share = |min, max| limits(min, max, false).bounds(&FLOAT, Domain::SHARE);
        assert!(share(Some(0.0), None).is_err(), "a share is never negative");
        assert!(share(None, Some(1.0)).is_err() && share(None, Some(0.0)).is_ok());
        let mistake = share(None, Some(5.0)).expect_err("a percentage");
        assert_eq!(mistake.help.as_deref(), Some("a fraction, not a percentage: write `0.05`"));
        let equal = Limits { equal: Some(Literal::Int(3)), ..limits(Some(1.0), None, false) };
        assert!(equal.bounds(&FLOAT, Domain::ALL).is_err());
    }
}
