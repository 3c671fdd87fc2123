use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{RowCheck, Words};
use super::text_arguments::{Strptime, any_of, ask, owned};
use super::{Context, Expectation, Kind, Mistake, OneOrMany, Scope};
use crate::metric::{Predicate, TextTest};

/// Every text is a date or a time written by this strptime pattern, or by one of several.
///
/// # Why
/// `05/01/2020` is a day in January or in May; only a pattern says which, and only a strict reader
/// sees the row that was written by another. Each part has the digits that its pattern writes:
/// `2020-1-5` is not `%Y-%m-%d` (that is `%Y-%-m-%-d`), nor is a leading `+` or a second 60
/// accepted. `%f` is a fraction of 1 to 9 digits. Days that the calendar does not have are refused.
///
/// # Passes
/// ```yaml
/// columns:
///   day: {datetime_format: '%d.%m.%Y'}
///   seen: {datetime_format: ['%Y-%m-%d %H:%M', '%Y-%m-%d']}
/// ```
/// ```csv
/// day,seen
/// 05.01.2020,2020-01-05 13:45
/// 29.02.2020,2020-01-05
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   day: {datetime_format: '%Y-%m-%d'}
/// ```
/// ```csv
/// day
/// 2020-01-05
/// 2020-1-5
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DatetimeFormat {
    /// The pattern, or a list of them.
    pattern: OneOrMany<Strptime>,
}

impl Expectation for DatetimeFormat {
    const NAME: &'static str = "datetime_format";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("pattern");
}

impl RowCheck for DatetimeFormat {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        let patterns = owned(&self.pattern, |pattern| &pattern.0);
        ask(context, TextTest::DateTime { patterns }, false)
    }

    fn words(&self, context: &Context) -> Words {
        let patterns = any_of(&owned(&self.pattern, |pattern| &pattern.0));
        let break_it = match patterns.strip_prefix("one of ") {
            Some(list) => format!("are written by none of {list}"),
            None => format!("are not written as {patterns}"),
        };
        Words::of_values(context, format!("are written as {patterns}"), break_it)
    }
}
