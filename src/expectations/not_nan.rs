use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{RowCheck, Words};
use super::{Context, Expectation, Kind, Mistake, Scope};
use crate::metric::{CellTest, Predicate, Type};

/// No value is NaN; null is not looked at.
///
/// # Why
/// NaN is what a division of zero by zero leaves behind: it hides among floats, spreads through
/// every sum, and compares with nothing. Other checks count it as missing; this one counts it
/// alone.
///
/// # Passes
/// ```yaml
/// columns:
///   ratio: {type: float, not_nan: true}
/// ```
/// ```csv
/// id,ratio
/// 1,0.5
/// 2,
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   price: {not_nan: true}
/// ```
/// ```fixture
/// bad/nan_prices.parquet
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotNan {}

impl Expectation for NotNan {
    const NAME: &'static str = "not_nan";
    const SCOPE: Scope = Scope::Column;
    const KIND: Kind = Kind::Row;
    const BARE: bool = true;
}

impl RowCheck for NotNan {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        context
            .accept(|kind| matches!(kind, Type::Float { .. }), "floats: no other value is NaN")?;
        if context.common.nan.is_some() {
            let message = "`nan` has no meaning for a check that looks for NaN";
            return Err(Mistake::new(message).of("nan"));
        }
        Ok(Predicate::Cell { column: context.name().to_owned(), test: CellTest::NotNan })
    }

    fn words(&self, context: &Context) -> Words {
        Words::of_values(context, "are not NaN", "are NaN")
    }
}
