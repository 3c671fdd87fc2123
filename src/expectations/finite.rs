use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{RowCheck, Words};
use super::{Context, Expectation, Kind, Mistake, Scope};
use crate::metric::{CellTest, Predicate, Type};

/// No value is infinite or NaN; null is not looked at.
///
/// # Why
/// A division by zero makes an infinity, which passes any bound that is open on its side and turns
/// every mean into an infinity of its own.
///
/// # Passes
/// ```yaml
/// columns:
///   ratio: {type: float, finite: true}
/// ```
/// ```csv
/// id,ratio
/// 1,0.5
/// 2,-1e300
/// 3,
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   price: {finite: true}
/// ```
/// ```fixture
/// bad/nan_prices.parquet
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Finite {}

impl Expectation for Finite {
    const NAME: &'static str = "finite";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const BARE: bool = true;
}

impl RowCheck for Finite {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        context.accept(
            |kind| matches!(kind, Type::Float { .. }),
            "floats: every other number is finite",
        )?;
        if context.common.nan.is_some() {
            let message = "`nan` has no meaning for a check that looks for NaN";
            return Err(Mistake::new(message).of("nan"));
        }
        Ok(Predicate::Cell { column: context.name().to_owned(), test: CellTest::Finite })
    }

    fn words(&self, context: &Context) -> Words {
        Words::of_values(context, "are finite", "are infinite or NaN")
    }
}
