use schemars::JsonSchema;
use serde::Deserialize;

use super::moment::Moment;
use super::tally::{RowCheck, Words};
use super::{Context, Expectation, Kind, Mistake, Scope};
use crate::metric::{Bound, BoundValue, Predicate, Zone};

/// No date or datetime lies in the future.
///
/// # Why
/// What has happened cannot bear a date that is to come: a day and a month were swapped, a zone was
/// lost, a placeholder such as 9999-12-31 was kept. The moment is the run's, which `--now` sets, or
/// `now`. A column without a zone needs `timezone`: whose clock it shows is never guessed. A date
/// is in the future when it lies after the day that it then is in the zone.
///
/// # Passes
/// ```yaml
/// columns:
///   paid: {not_future: {now: "2024-03-01T23:30:00Z", timezone: Europe/Paris}}
/// ```
/// ```csv
/// paid
/// 2024-02-29
/// 2024-03-02
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   paid: {not_future: {now: "2024-03-01T23:30:00Z", timezone: UTC}}
/// ```
/// ```csv
/// paid
/// 2024-02-29
/// 2024-03-02
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotFuture {
    /// The moment after which the future begins, with its zone; the run's when absent.
    now: Option<String>,
    /// The zone of the clock that a column without zone shows.
    timezone: Option<Zone>,
}

impl Expectation for NotFuture {
    const NAME: &'static str = "not_future";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const BARE: bool = true;
}

impl NotFuture {
    fn moment(&self) -> Moment<'_> {
        Moment { now: self.now.as_deref(), timezone: self.timezone }
    }
}

impl RowCheck for NotFuture {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        let now = self.moment().in_column(context)?;
        let max = Some(Bound { value: BoundValue::Value(now), strict: false });
        let column = context.name().to_owned();
        Ok(Predicate::Within { column, min: None, max, negated: false })
    }

    fn words(&self, context: &Context) -> Words {
        let now = self.moment().in_column(context);
        let now = now.map_or_else(|_| "now".to_owned(), |now| now.to_string());
        Words::of_values(context, format!("do not lie after {now}"), format!("lie after {now}"))
    }
}
