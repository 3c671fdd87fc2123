use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{RowCheck, Words};
use super::{Context, Expectation, Kind, Literal, Mistake, Scope};
use crate::metric::{Predicate, Value};
use crate::prose::{count, names};

/// The values of several columns in a row are together one of the listed combinations.
///
/// # Why
/// A city lies in one country, a status allows some reasons: each value is known, and the pair is
/// not. Values are compared exactly, as in `in_set`. A row in which all of the columns are missing
/// is not looked at; one in which some are breaks the rule, unless the list says `null` there.
///
/// # Passes
/// ```yaml
/// table:
///   pair_in_set: {columns: [city, country], values: [[Paris, FR], [Rome, IT], [Rome, US]]}
/// ```
/// ```csv
/// city,country
/// Rome,IT
/// Rome,US
/// ```
///
/// # Fails
/// ```yaml
/// table:
///   pair_in_set: {columns: [city, country], values: [[Paris, FR], [Rome, IT]]}
/// ```
/// ```csv
/// city,country
/// Rome,IT
/// Rome,FR
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PairInSet {
    /// The columns, two or more.
    columns: Vec<String>,
    /// The combinations that may occur, each a list of one value for each column.
    values: Vec<Vec<Literal>>,
}

impl Expectation for PairInSet {
    const NAME: &'static str = "pair_in_set";
    const SCOPE: Scope = Scope::Table;
    const KIND: Kind = Kind::Row;
}

impl PairInSet {
    fn row(
        &self,
        place: usize,
        literals: &[Literal],
        context: &Context,
    ) -> Result<Vec<Value>, Mistake> {
        let (found, wanted) = (literals.len(), self.columns.len());
        if found != wanted {
            let message =
                format!("combination {} has {found} values for {wanted} columns", place + 1);
            return Err(Mistake::new(message).of("values"));
        }
        let pairs = self.columns.iter().zip(literals);
        pairs
            .map(|(column, literal)| {
                literal
                    .to_value(context.kind_of(column))
                    .map(plain)
                    .map_err(|mistake| mistake.of("values"))
            })
            .collect()
    }
}

impl RowCheck for PairInSet {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        let distinct: BTreeSet<&String> = self.columns.iter().collect();
        if distinct.len() != self.columns.len() || distinct.len() < 2 {
            let message = "two columns or more must be named, each once";
            return Err(Mistake::new(message).help("`in_set` is for one column").of("columns"));
        }
        if self.values.is_empty() {
            return Err(Mistake::new("the list of combinations is empty").of("values"));
        }
        let numbered = self.values.iter().enumerate();
        let rows = numbered.map(|(place, literals)| self.row(place, literals, context));
        let rows = rows.collect::<Result<BTreeSet<Vec<Value>>, Mistake>>()?;
        Ok(Predicate::RowIn { columns: self.columns.clone(), rows: rows.into_iter().collect() })
    }

    fn words(&self, _: &Context) -> Words {
        let columns = names(self.columns.iter().map(String::as_str), 6);
        let listed = count(self.values.len() as u64);
        let set = format!("one of the {listed} listed combinations of {columns}");
        Words {
            subject: "rows".into(),
            keep: format!("hold {set}"),
            break_it: format!("hold none of the {listed} listed combinations of {columns}"),
        }
    }

    fn columns(&self) -> Vec<String> {
        self.columns.clone()
    }
}

/// A number in its plainest form, so that `1`, `1.0` and a decimal `1.00` are one value.
fn plain(value: Value) -> Value {
    match value {
        Value::Float(float) if float.0.fract() == 0.0 && float.0.abs() < 9e15 => {
            Value::Int(float.0 as i128)
        }
        Value::Decimal { unscaled, scale } if scale > 0 && unscaled % 10 == 0 => {
            plain(Value::Decimal { unscaled: unscaled / 10, scale: scale - 1 })
        }
        other => other,
    }
}
