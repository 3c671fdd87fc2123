use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{RowCheck, Words};
use super::text_arguments::ask;
use super::{Context, Expectation, Kind, Mistake, Scope};
use crate::metric::{Predicate, TextTest};
use crate::text;

/// Every text is written in one style: lower, upper, title, snake, screaming_snake, kebab, camel,
/// pascal.
///
/// # Why
/// `POP`, `Pop` and `pop` are three categories. A style that holds for every value keeps them one.
/// What has no letters, such as `12`, is in every style that allows digits; nothing is said about
/// an empty text.
///
/// # Passes
/// ```yaml
/// columns:
///   genre: {casing: lower}
///   city: {casing: title}
/// ```
/// ```csv
/// genre,city
/// hip hop,New York
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   field: {casing: snake}
/// ```
/// ```csv
/// field
/// room_type
/// RoomType
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Casing {
    /// The style.
    style: text::Casing,
}

impl Expectation for Casing {
    const NAME: &'static str = "casing";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("style");
}

impl RowCheck for Casing {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        ask(context, TextTest::Casing(self.style), false)
    }

    fn words(&self, context: &Context) -> Words {
        let style = self.style;
        Words::of_values(
            context,
            format!("are in {style} case"),
            format!("are not in {style} case"),
        )
    }
}
