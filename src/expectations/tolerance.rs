//! How far two values may lie apart and still count as equal.

use super::{Literal, Mistake, instant};
use crate::metric::{Bound, BoundValue, Decimal, Tolerance, Type, Value};
use crate::prose::number;

/// Nanoseconds of a day.
const DAY: i128 = 86_400_000_000_000;

/// A tolerance as it is written: an absolute part, a relative one, or both.
#[derive(Clone, Copy, Debug)]
pub struct Written<'a> {
    pub absolute: Option<&'a Literal>,
    pub relative: Option<f64>,
}

impl Written<'_> {
    /// Whether any is written.
    pub fn is_given(self) -> bool {
        self.absolute.is_some() || self.relative.is_some()
    }

    /// The tolerance between values of this type: a number, or a duration between times.
    ///
    /// # Errors
    /// The type has no distances, or a part is negative, or of another type.
    pub fn read(self, kind: &Type) -> Result<Tolerance, Mistake> {
        if !kind.is_number() && !kind.is_temporal() && *kind != Type::Null {
            let message = format!("values of type {kind} have no distance from each other");
            return Err(Mistake::new(message).help("remove the tolerance"));
        }
        let absolute = self.absolute.map(|absolute| read_absolute(absolute, kind)).transpose()?;
        let relative = self.relative.map(|relative| read_relative(relative, kind)).transpose()?;
        let (absolute, relative) = (absolute.unwrap_or_default(), relative.unwrap_or_default());
        Ok(Tolerance { absolute, relative })
    }

    /// The ends of what counts as equal to a constant.
    ///
    /// # Errors
    /// As for [`Written::read`]; or the ends have more digits than a value can have.
    pub fn around(self, value: &Value, kind: &Type) -> Result<[Option<Bound>; 2], Mistake> {
        let tolerance = self.read(kind)?;
        let ends = match value {
            Value::Int(_) | Value::Float(_) | Value::Decimal { .. } => of_number(value, tolerance),
            _ => of_moment(value, tolerance.absolute.unscaled),
        };
        let ends = ends.ok_or_else(|| {
            Mistake::new(format!("nothing lies at a distance from `{value}`")).of("tolerance")
        })?;
        Ok(ends.map(|end| Some(Bound { value: BoundValue::Value(end), strict: false })))
    }
}

impl std::fmt::Display for Written<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let absolute = self.absolute.map(|absolute| match absolute {
            Literal::Text(text) => text.clone(),
            other => other.to_string(),
        });
        let relative =
            self.relative.map(|share| format!("{} %", number((share * 1e12).round() / 1e10)));
        let parts: Vec<String> = absolute.into_iter().chain(relative).collect();
        match parts.is_empty() {
            true => Ok(()),
            false => write!(f, " ± {}", parts.join(" or ")),
        }
    }
}

fn read_absolute(absolute: &Literal, kind: &Type) -> Result<Decimal, Mistake> {
    let refused = |message: String, help: &str| Mistake::new(message).help(help).of("tolerance");
    let decimal = match absolute {
        Literal::Text(text) if kind.is_temporal() => {
            let nanos = instant::duration(text).ok_or_else(|| {
                let message = format!("`{text}` is not a duration");
                refused(message, "write a duration as `90s`, `15m`, `36h` or `7d`")
            })?;
            if *kind == Type::Date && nanos % DAY != 0 {
                let message = format!("`{text}` is no number of days, and the values are dates");
                return Err(refused(message, "write a duration as `7d`"));
            }
            Decimal { unscaled: nanos, scale: 0 }
        }
        _ if kind.is_temporal() => {
            let message = format!("{absolute} is no distance between values of type {kind}");
            return Err(refused(message, "write a duration as `90s`, `15m`, `36h` or `7d`"));
        }
        Literal::Int(value) => Decimal { unscaled: *value, scale: 0 },
        Literal::Float(value) => decimal(*value).ok_or_else(|| {
            refused(format!("{absolute} is no tolerance"), "write a number of at most 38 digits")
        })?,
        _ => return Err(refused(format!("{absolute} is no tolerance"), "write a number")),
    };
    if decimal.unscaled <= 0 {
        let help = "write how far the values may lie apart, or leave it out";
        return Err(refused("`tolerance` is not above 0".into(), help));
    }
    Ok(decimal)
}

fn read_relative(relative: f64, kind: &Type) -> Result<Decimal, Mistake> {
    if kind.is_temporal() {
        let message = format!("values of type {kind} have no size to take a share of");
        return Err(Mistake::new(message).help("write a `tolerance`").of("relative"));
    }
    let share = decimal(relative).filter(|_| relative > 0.0 && relative < 1.0);
    share.ok_or_else(|| {
        let message = format!("`relative` is {}, not in (0, 1)", number(relative));
        Mistake::new(message).help("a fraction of the expected value: 1 % is `0.01`").of("relative")
    })
}

/// The decimal number that the shortest text of a double says.
fn decimal(value: f64) -> Option<Decimal> {
    match Literal::Float(value).to_value(&Type::Decimal { precision: 38, scale: 0 }) {
        Ok(Value::Decimal { unscaled, scale }) => Some(Decimal { unscaled, scale }),
        _ => None,
    }
}

fn of_number(value: &Value, tolerance: Tolerance) -> Option<[Value; 2]> {
    let middle = match value {
        Value::Int(value) => Decimal { unscaled: *value, scale: 0 },
        Value::Decimal { unscaled, scale } => Decimal { unscaled: *unscaled, scale: *scale },
        Value::Float(value) => decimal(value.0)?,
        _ => return None,
    };
    let Tolerance { absolute, relative } = tolerance;
    let share = Decimal {
        unscaled: middle.unscaled.checked_abs()?.checked_mul(relative.unscaled)?,
        scale: middle.scale.checked_add(relative.scale)?,
    };
    let scale = middle.scale.max(absolute.scale).max(share.scale);
    let at = |part: Decimal| {
        let places = u32::try_from(i32::from(scale) - i32::from(part.scale)).ok()?;
        10i128.checked_pow(places)?.checked_mul(part.unscaled)
    };
    let (middle, width) = (at(middle)?, at(absolute)?.max(at(share)?));
    let end = |unscaled: i128| Value::Decimal { unscaled, scale };
    Some([end(middle.checked_sub(width)?), end(middle.checked_add(width)?)])
}

fn of_moment(value: &Value, nanos: i128) -> Option<[Value; 2]> {
    let end = |nanos: i128| match value {
        Value::Date(days) => {
            let days = i128::from(*days).checked_add(nanos / DAY)?;
            i32::try_from(days).ok().map(Value::Date)
        }
        Value::Time(own) => {
            let moment = i128::from(*own).checked_add(nanos)?;
            i64::try_from(moment).ok().map(Value::Time)
        }
        Value::DateTime { nanos: own, zoned } => {
            Some(Value::DateTime { nanos: own.checked_add(nanos)?, zoned: *zoned })
        }
        Value::Duration(own) => own.checked_add(nanos).map(Value::Duration),
        _ => None,
    };
    Some([end(-nanos)?, end(nanos)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: Literal, kind: Type, absolute: Literal, ends: &str) {
        let value = value.to_value(&kind).expect("a value");
        let written = Written { absolute: Some(&absolute), relative: None };
        let found = written.around(&value, &kind).map(|ends| {
            let shown = ends.into_iter().flatten().map(|end| match end.value {
                BoundValue::Value(value) => value.to_string(),
                BoundValue::Column(name) => name,
            });
            shown.collect::<Vec<_>>().join(" ")
        });
        assert_eq!(found.unwrap_or_else(|mistake| mistake.message), ends);
    }

    #[test]
    fn ends_are_decimals_and_durations() {
        let float = Type::Float { bits: 64 };
        check(Literal::Int(1), float.clone(), Literal::Float(0.1), "0.9 1.1");
        check(Literal::Float(0.3), float.clone(), Literal::Float(0.05), "0.25 0.35");
        check(Literal::Int(5), float.clone(), Literal::Int(0), "`tolerance` is not above 0");
        let text = |text: &str| Literal::Text(text.into());
        check(text("2024-03-01"), Type::Date, text("1d"), "2024-02-29 2024-03-02");
        let refused = "`36h` is no number of days, and the values are dates";
        check(text("2024-03-01"), Type::Date, text("36h"), refused);
        let inf = Literal::Float(f64::INFINITY);
        check(inf, float, Literal::Int(1), "nothing lies at a distance from `inf`");
    }

    #[test]
    fn shares_are_of_the_expected_value() {
        let written = Written { absolute: None, relative: Some(0.01) };
        let ends = of_number(
            &Value::Int(-200),
            written.read(&Type::Float { bits: 64 }).expect("a tolerance"),
        );
        let shown = ends.map(|ends| ends.map(|end| end.to_string()).join(" "));
        assert_eq!(shown.as_deref(), Some("-202.00 -198.00"));
        assert!(Written { absolute: None, relative: Some(1.0) }.read(&Type::Null).is_err());
    }
}
