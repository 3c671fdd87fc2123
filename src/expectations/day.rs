//! Days as bounds of a column of datetimes: all moments of the day, where the suite says so.

use super::{Context, Literal, Mistake, instant};
use crate::metric::{Bound, BoundValue, Type, Value, Zone};

/// Which end of a range a bound is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Low,
    High,
}

/// The day that a literal names.
pub fn of(literal: &Literal) -> Option<i32> {
    match literal {
        Literal::Text(text) => instant::date(text),
        _ => None,
    }
}

/// Refuses `whole_day` where no day stands beside datetimes.
pub fn check(ends: [&Option<Literal>; 2], context: &Context) -> Result<(), Mistake> {
    let kind = context.kind();
    if !matches!(kind, Type::DateTime { .. } | Type::Null) {
        let message = format!("`whole_day` has no meaning for values of type {kind}");
        let help = "it says that a day as a bound of datetimes stands for all of its moments";
        return Err(Mistake::new(message).help(help).of("whole_day"));
    }
    if ends.into_iter().flatten().all(|end| of(end).is_none()) {
        return Err(Mistake::new("`whole_day` is given, and no bound is a day").of("whole_day"));
    }
    Ok(())
}

/// The moment at which a day begins or ends, as a bound of datetimes.
///
/// # Errors
/// The column's zone is not known.
pub fn bound(day: i32, end: End, strict: bool, kind: &Type) -> Result<Bound, Mistake> {
    // Beyond the day means from the next one on; before its end means before the next one.
    let first = if (end == End::High) != strict { day.saturating_add(1) } else { day };
    let strict = end == End::High;
    let (nanos, zoned) = match kind {
        Type::DateTime { zone: Some(name) } => {
            let zone = Zone::parse(name).ok_or_else(|| {
                Mistake::new(format!("the zone `{name}` of the column is not known"))
                    .help("write the moments themselves, as `2024-01-31T00:00:00Z`")
            })?;
            (zone.start_of_day(first), true)
        }
        _ => (i128::from(first) * Zone::DAY_NS, false),
    };
    Ok(Bound { value: BoundValue::Value(Value::DateTime { nanos, zoned }), strict })
}
