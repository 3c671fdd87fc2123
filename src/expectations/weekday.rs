use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{RowCheck, Words};
use super::{Context, Expectation, Kind, Mistake, Scope};
use crate::metric::{CellTest, Predicate, Type, Zone};

/// Every date or datetime falls on one of some days of the week.
///
/// # Why
/// Trades on a Sunday, deliveries on a holiday run: the day of the week shows a shifted zone or a
/// swapped day and month that every range lets through. The day of an instant is that of the
/// column's own zone, or of `timezone`; a column without zone shows its day already.
///
/// # Passes
/// ```yaml
/// columns:
///   traded: {weekday: [monday, tuesday, wednesday, thursday, friday]}
/// ```
/// ```csv
/// traded
/// 2024-03-01
/// 2024-03-04
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   traded: {weekday: [monday, tuesday, wednesday, thursday, friday]}
/// ```
/// ```csv
/// traded
/// 2024-03-01
/// 2024-03-02
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Weekday {
    /// The days that may occur.
    days: Vec<Day>,
    /// The zone in which an instant falls on a day; the column's own when absent.
    timezone: Option<Zone>,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Expectation for Weekday {
    const NAME: &'static str = "weekday";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("days");
}

impl Weekday {
    /// One bit for each day, Monday first.
    fn days(&self) -> Result<u8, Mistake> {
        let mut days = 0u8;
        for day in &self.days {
            let bit = 1 << *day as u8;
            if days & bit != 0 {
                return Err(
                    Mistake::new(format!("`{day:?}` is listed twice").to_lowercase()).of("days")
                );
            }
            days |= bit;
        }
        match days {
            0 => Err(Mistake::new("the list of days is empty").of("days")),
            0b111_1111 => {
                Err(Mistake::new("every day is allowed, so the check cannot fail").of("days"))
            }
            days => Ok(days),
        }
    }

    fn zone(&self, context: &Context) -> Result<Option<Zone>, Mistake> {
        match (context.kind(), self.timezone) {
            (Type::DateTime { zone: Some(_) }, Some(zone)) => Ok(Some(zone)),
            (Type::DateTime { zone: Some(name) }, None) => match Zone::parse(name) {
                Some(zone) => Ok(Some(zone)),
                None => Err(Mistake::new(format!("the zone `{name}` of the column is not known"))
                    .help("say in which zone the days are meant: `timezone: UTC`")),
            },
            (_, None) => Ok(None),
            (kind, Some(_)) => {
                let name = context.name();
                let message = format!("`{name}` is {kind}, which shows its day already");
                Err(Mistake::new(message).help("remove `timezone`").of("timezone"))
            }
        }
    }
}

impl RowCheck for Weekday {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        context.accept(
            |kind| matches!(kind, Type::Date | Type::DateTime { .. }),
            "dates and datetimes",
        )?;
        let test = CellTest::Weekday { days: self.days()?, zone: self.zone(context)? };
        Ok(Predicate::Cell { column: context.name().to_owned(), test })
    }

    fn words(&self, context: &Context) -> Words {
        let days: Vec<String> = self.days.iter().map(|day| format!("{day:?}")).collect();
        let days = match days.as_slice() {
            [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
            _ => days.concat(),
        };
        Words::of_values(context, format!("fall on {days}"), format!("do not fall on {days}"))
    }
}
