use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{RowCheck, Words};
use super::text_arguments::ask;
use super::{Context, Expectation, Kind, Mistake, Scope};
use crate::metric::{Predicate, TextTest};
use crate::text;

/// Every text has a form that a standard describes: an email, a URL, a UUID, an IBAN.
///
/// # Why
/// Check digits, calendars, lists of countries: what a regular expression cannot say is known
/// here. A format is that of its standard, strictly: no spaces around it, no other spelling.
/// `datacheck explain format` lists all of them with their standards.
///
/// # Passes
/// ```yaml
/// columns:
///   mail: {format: email}
///   account: {format: iban}
///   country: {format: iso_country}
/// ```
/// ```csv
/// mail,account,country
/// ada@lovelace.org,DE89370400440532013000,DE
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   day: {format: date}
/// ```
/// ```csv
/// day
/// 2023-02-29
/// 2023-03-01
/// ```
/// ```yaml
/// columns:
///   card: {format: {kind: credit_card, mostly: 0.9}}
/// ```
/// ```csv
/// card
/// x4111111111111112
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Format {
    /// The name of the format.
    kind: text::Format,
}

impl Expectation for Format {
    const NAME: &'static str = "format";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("kind");
}

impl RowCheck for Format {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        ask(context, TextTest::Format(self.kind), false)
    }

    fn words(&self, context: &Context) -> Words {
        let kind = self.kind;
        let keep = format!("have the format `{kind}`");
        Words::of_values(context, keep, format!("do not have the format `{kind}`"))
    }
}
