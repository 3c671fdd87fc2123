use schemars::JsonSchema;
use serde::Deserialize;

use super::moment::{self, Moment};
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, instant, tally};
use crate::metric::{Answers, Metric, Side, Type, Unmeasured, Value, Zone};
use crate::verdict::Observed;

/// The newest value of a date or datetime column is at most so old.
///
/// # Why
/// A pipeline that stopped last week delivers a file that is right in every cell. The age is taken
/// at the run's moment, which `--now` sets, or at `now`. A column without a zone needs `timezone`:
/// whose clock it shows is never guessed. The age of a date is the number of days to the day that
/// it then is in the zone. A newest value further ahead than `max_age` is no sign of freshness, and
/// fails as well.
///
/// # Passes
/// ```yaml
/// columns:
///   seen: {fresh: {max_age: 36h, now: "2024-03-02T12:00:00Z", timezone: Europe/Paris}}
/// ```
/// ```csv
/// seen
/// 2024-02-01T00:00:00
/// 2024-03-01T08:00:00
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   seen: {fresh: {max_age: 36h, now: "2024-03-05T12:00:00Z", timezone: Europe/Paris}}
/// ```
/// ```csv
/// seen
/// 2024-02-01T00:00:00
/// 2024-03-01T08:00:00
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fresh {
    /// The greatest age of the newest value: `90s`, `15m`, `36h`, `7d`.
    max_age: String,
    /// The moment at which the age is taken, with its zone; the run's when absent.
    now: Option<String>,
    /// The zone of the clock that a column without zone shows.
    timezone: Option<Zone>,
}

impl Expectation for Fresh {
    const NAME: &'static str = "fresh";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Aggregate;
    const SHORT: Option<&'static str> = Some("max_age");
}

impl Fresh {
    fn now(&self, context: &Context) -> Result<Value, Mistake> {
        let moment = Moment { now: self.now.as_deref(), timezone: self.timezone };
        moment.in_column(context)
    }

    fn max_age(&self, context: &Context) -> Result<i128, Mistake> {
        let text = &self.max_age;
        let nanos = instant::duration(text).filter(|nanos| *nanos > 0).ok_or_else(|| {
            Mistake::new(format!("`{text}` is no age"))
                .help("write it as `90s`, `15m`, `36h` or `7d`")
                .of("max_age")
        })?;
        if *context.kind() == Type::Date && nanos % Zone::DAY_NS != 0 {
            return Err(Mistake::new(format!(
                "`{text}` is no number of days, dates have no hours"
            ))
            .help("write the age as `7d`")
            .of("max_age"));
        }
        Ok(nanos)
    }

    /// The question for the newest value.
    fn metric(&self, context: &Context) -> Metric {
        let column = context.name().to_owned();
        Metric::Ends { on: Side::Data, column, filter: context.filter() }
    }
}

impl Expect for Fresh {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        self.now(context)?;
        self.max_age(context).map(|_| ())
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        vec![self.metric(context)]
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let unclear = |mistake: Mistake| Unmeasured::NotComputable(mistake.message);
        let now = self.now(context).map_err(unclear)?;
        let max_age = self.max_age(context).map_err(unclear)?;
        let name = context.name();
        let ends = answers.ends(&self.metric(context))?;
        let Some((_, newest)) = &ends.values else {
            return tally::empty(context, Some(ends.rows), &format!("values of `{name}`"));
        };
        let other = || Unmeasured::NotComputable(format!("`{newest}` has no age at {now}"));
        let age = moment::between(newest, &now).ok_or_else(other)?;
        let told = context.told(name, newest);
        // The distance from now would tell the value as well.
        let place = match (context.sensitive.hides(name), age) {
            (true, _) => "taken as it is".to_owned(),
            (false, 0..) => format!("{} before {now}", moment::span(age)),
            (false, _) => format!("{} after {now}", moment::span(age)),
        };
        let mut finding = Finding::decided(
            age.unsigned_abs() <= max_age.unsigned_abs(),
            format!("the newest value of `{name}` is {told}, {place}; {} is allowed", self.max_age),
        )
        .observed(Observed::Text(told));
        if age < 0 {
            finding.warnings.push(format!("values of `{name}` lie in the future"));
        }
        Ok(finding)
    }
}
