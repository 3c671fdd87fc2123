use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use super::tally::{RowCheck, Words};
use super::{Context, Expectation, FileContent, FromFile, Kind, Literal, Mistake, Scope, set};
use crate::metric::{Predicate, Value};
use crate::prose::{count, counted, names};

/// The values of several columns in a row are together one of the listed combinations.
///
/// # Why
/// A city lies in one country, a status allows some reasons: each value is known, and the pair is
/// not. Values are compared exactly, as in `in_set`. A row in which all of the columns are missing
/// is not looked at; one in which some are breaks the rule, unless the list says `null` there. A
/// long list may stand in a CSV file beside the suite: `file: places.csv` reads its columns of the
/// same names, or those under `file_columns`; an empty cell stands for `null`.
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
    values: Option<Vec<Vec<Literal>>>,
    /// A CSV file that lists them, relative to the suite.
    file: Option<FromFile<Vec<Vec<Literal>>>>,
    /// The columns of the file, in the order of `columns`, where they have other names there.
    file_columns: Option<Vec<String>>,
}

impl Expectation for PairInSet {
    const NAME: &'static str = "pair_in_set";
    const SCOPE: Scope = Scope::Table;
    const KIND: Kind = Kind::Row;
    const FILE: Option<FileContent> = Some(FileContent::Rows);
}

impl PairInSet {
    fn of_suite(&self, rows: &[Vec<Literal>], context: &Context) -> Result<Rows, Mistake> {
        let row = |(place, literals): (usize, &Vec<Literal>)| {
            let (found, wanted) = (literals.len(), self.columns.len());
            if found != wanted {
                let found = counted(found as u64, "value");
                let message = format!("combination {} has {found} for {wanted} columns", place + 1);
                return Err(Mistake::new(message).of("values"));
            }
            let pairs = self.columns.iter().zip(literals);
            let values = pairs.map(|(column, literal)| {
                let value = literal.to_value(context.kind_of(column));
                value.map(plain).map_err(|mistake| mistake.of("values"))
            });
            values.collect()
        };
        rows.iter().enumerate().map(row).collect()
    }

    fn of_file(
        &self,
        file: &FromFile<Vec<Vec<Literal>>>,
        context: &Context,
    ) -> Result<Rows, Mistake> {
        let row = |cells: &Vec<Literal>| {
            let pairs = self.columns.iter().zip(cells);
            let values = pairs.map(|(column, cell)| {
                let Literal::Text(text) = cell else { return Ok(Value::Null) };
                let kind = context.kind_of(column);
                set::from_text(text, kind).map(plain).ok_or_else(|| {
                    let message = format!("`{text}` of `{}` is no {kind}", file.path);
                    Mistake::new(message).of("file")
                })
            });
            values.collect()
        };
        file.content.iter().map(row).collect()
    }

    fn rows(&self, context: &Context) -> Result<Rows, Mistake> {
        let wanted = self.columns.len();
        match (&self.values, &self.file, &self.file_columns) {
            (_, None, Some(_)) => {
                let message = "`file_columns` belongs to a `file`, and none is named";
                Err(Mistake::new(message).of("file_columns"))
            }
            (_, _, Some(names)) if names.len() != wanted => {
                let message = format!("{} names for {wanted} columns", names.len());
                let mistake = Mistake::new(message).of("file_columns");
                Err(mistake.help("name them in the order of `columns`"))
            }
            (Some(_), Some(_), _) => {
                let message = "both values and a file of values are given";
                Err(Mistake::new(message).help("one list is the whole set").of("file"))
            }
            (None, None, _) => {
                let message = "neither values nor a file of values is given";
                let mistake = Mistake::new(message);
                Err(mistake.help("write `values: [[Paris, FR]]` or `file: places.csv`"))
            }
            (Some(values), None, _) if values.is_empty() => {
                Err(Mistake::new("the list of combinations is empty").of("values"))
            }
            (Some(values), None, _) => self.of_suite(values, context),
            (None, Some(file), _) => self.of_file(file, context),
        }
    }

    /// How many combinations are listed, and where, if not in the suite.
    fn listed(&self) -> String {
        let written = self.values.as_ref().map(Vec::len).unwrap_or_default();
        let columns = names(self.columns.iter().map(String::as_str), 6);
        match &self.file {
            Some(file) => {
                let listed = count(file.content.len() as u64);
                format!("the {listed} combinations of {columns} in `{}`", file.path)
            }
            None => format!("the {} listed combinations of {columns}", count(written as u64)),
        }
    }
}

/// Combinations, each once and in order.
type Rows = BTreeSet<Vec<Value>>;

impl RowCheck for PairInSet {
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake> {
        let distinct: BTreeSet<&String> = self.columns.iter().collect();
        if distinct.len() != self.columns.len() || distinct.len() < 2 {
            let message = "two columns or more must be named, each once";
            return Err(Mistake::new(message).help("`in_set` is for one column").of("columns"));
        }
        let rows = self.rows(context)?;
        Ok(Predicate::RowIn { columns: self.columns.clone(), rows: rows.into_iter().collect() })
    }

    fn words(&self, _: &Context) -> Words {
        let listed = self.listed();
        Words {
            subject: "rows".into(),
            keep: format!("hold one of {listed}"),
            break_it: format!("hold none of {listed}"),
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
