use schemars::JsonSchema;
use serde::Deserialize;

use super::range::Range;
use super::{Context, Expect, Expectation, Finding, Kind, Literal, Mistake, Scope};
use crate::metric::{Answers, Example, Metric, QueryAnswer, Unmeasured, Value};
use crate::prose::counted;
use crate::verdict::{MASKED, Observed, RowCounts};

/// A query over the suite's datasets gives no row, or one value between bounds.
///
/// # Why
/// What no other check has a word for. The tables are `data`, `reference` and the names under
/// `datasets:`; nothing else can be read, and nothing is written. NaN counts as null. Sums and
/// products of integers never wrap around. The query is checked against the tables' columns before
/// any row is read, and only the columns that it names are read. All of their rows are held in
/// memory.
///
/// # Passes
/// ```yaml
/// table:
///   sql:
///     query: SELECT host_id, COUNT(*) AS rooms FROM data GROUP BY host_id HAVING COUNT(*) > 2
/// ```
/// ```csv
/// id,host_id
/// 1,7
/// 2,7
/// ```
///
/// # Fails
/// ```yaml
/// table:
///   sql:
///     - query: SELECT data.id FROM data JOIN hosts ON data.host_id = hosts.id WHERE hosts.closed
///     - {name: share, query: SELECT AVG(price) FROM data, expect: value, max: 15}
/// ```
/// ```csv
/// id,host_id,price
/// 1,7,10
/// 2,8,30
/// ```
/// ```csv hosts
/// id,closed
/// 7,false
/// 8,true
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sql {
    /// One `SELECT`, with `WITH`, joins and set operations as it likes.
    query: String,
    /// What its answer must be; `value` where bounds are given, otherwise `no_rows`.
    expect: Option<Expected>,
    /// Exactly this value.
    equal: Option<Literal>,
    /// At least this value.
    min: Option<f64>,
    /// At most this value.
    max: Option<f64>,
    /// Whether `min` and `max` themselves are outside.
    #[serde(default)]
    strict: bool,
}

/// What the answer of a query must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Expected {
    /// No row: every row that the query finds is a violation.
    NoRows,
    /// One row of one column, whose value is judged.
    Value,
}

impl Expectation for Sql {
    const NAME: &'static str = "sql";
    const SCOPE: Scope = Scope::Table;
    const KIND: Kind = Kind::Table;
    const SHORT: Option<&'static str> = Some("query");
}

impl Sql {
    fn metric(&self) -> Metric {
        Metric::Query { text: self.query.clone() }
    }

    fn has_bounds(&self) -> bool {
        self.equal.is_some() || self.min.is_some() || self.max.is_some()
    }

    fn expected(&self) -> Expected {
        let default = if self.has_bounds() { Expected::Value } else { Expected::NoRows };
        self.expect.unwrap_or(default)
    }

    fn no_rows(found: &QueryAnswer) -> Finding {
        let message = match found.rows {
            0 => "the query finds no row, as it should".into(),
            rows => format!("the query finds {}", counted(rows, "row")),
        };
        let observed = Observed::Integer(found.rows.into());
        let mut finding = Finding::decided(found.rows == 0, message).observed(observed);
        finding.rows = RowCounts { violations: Some(found.rows), ..RowCounts::default() };
        finding
    }

    fn value(&self, context: &Context, found: &QueryAnswer) -> Result<Finding, Unmeasured> {
        let value = match found.first.as_slice() {
            [row] if found.rows == 1 => row.first().unwrap_or(&Value::Null),
            _ => {
                let rows = counted(found.rows, "row");
                let reason = format!("the query gives {rows}, where one value is expected");
                return Err(Unmeasured::NotComputable(reason));
            }
        };
        if *value == Value::Null {
            let reason = "the value of the query is null, so nothing was checked";
            return Err(Unmeasured::NotComputable(reason.into()));
        }
        let unfit =
            |what: &str| Unmeasured::NotComputable(format!("the value of the query is not {what}"));
        let (kept, wanted) = match &self.equal {
            Some(equal) => {
                let is_equal = equals(value, equal).ok_or_else(|| unfit("a value to compare"))?;
                (is_equal, format!("equal to {equal}"))
            }
            None => {
                let range = Range::new(self.min, self.max, self.strict);
                let range = range.map_err(|mistake| Unmeasured::NotComputable(mistake.message))?;
                let number = value.as_f64().ok_or_else(|| unfit("a number"))?;
                (range.contains(number), range.to_string())
            }
        };
        let not = if kept { "" } else { "not " };
        let column = found.columns.first().map(String::as_str).unwrap_or_default();
        let shown = self.cell(context, column, value).to_string();
        let message = format!("the value of the query is {shown}, {not}{wanted}");
        let observed = match value {
            Value::Int(value) if shown != MASKED => Observed::Integer(*value),
            Value::Float(value) if shown != MASKED => Observed::Number(value.0),
            _ => Observed::Text(shown),
        };
        Ok(Finding::decided(kept, message).observed(observed))
    }
}

impl Sql {
    /// Whether the query reads a column whose values are hidden.
    fn reads_hidden(&self, context: &Context) -> bool {
        let words = self.query.split(|c: char| !c.is_alphanumeric() && c != '_');
        let mut names = context.schema.names();
        words.into_iter().any(|word| context.sensitive.hides(word))
            || (self.query.contains('*') && names.any(|name| context.sensitive.hides(name)))
    }

    /// A cell of an answer. What the query computes from hidden values is hidden too, unless it
    /// stands under the name of a column that is not.
    fn cell(&self, context: &Context, column: &str, value: &Value) -> Value {
        let is_known = context.schema.column(column).is_some();
        let is_hidden = context.sensitive.hides(column) || !is_known && self.reads_hidden(context);
        match value {
            Value::Null => Value::Null,
            _ if is_hidden => Value::Text(MASKED.to_owned()),
            value => value.clone(),
        }
    }
}

/// Whether a value is the one that the suite names; `None` for values of different kinds.
fn equals(value: &Value, wanted: &Literal) -> Option<bool> {
    match (value, wanted) {
        (Value::Bool(value), Literal::Bool(wanted)) => Some(value == wanted),
        (Value::Text(value), Literal::Text(wanted)) => Some(value == wanted),
        (Value::Int(value), Literal::Int(wanted)) => Some(value == wanted),
        (Value::Date(_) | Value::DateTime { .. }, Literal::Text(wanted)) => {
            Some(value.to_string() == *wanted)
        }
        (value, Literal::Int(wanted)) => Some(value.as_f64()? == *wanted as f64),
        (value, Literal::Float(wanted)) => Some(value.as_f64()? == *wanted),
        _ => None,
    }
}

impl Expect for Sql {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        if context.common.r#where.is_some() {
            return Err(Mistake::new("`where` has no meaning for `sql`")
                .help("write the condition into the query")
                .of("where"));
        }
        match self.expected() {
            Expected::NoRows if self.has_bounds() => {
                Err(Mistake::new("`no_rows` has no bounds").of("expect"))
            }
            Expected::Value if !self.has_bounds() => {
                Err(Mistake::new("no bound is given for the value")
                    .help("write `equal`, or `min`, `max` or both"))
            }
            Expected::Value => match (&self.equal, self.min.or(self.max)) {
                (Some(_), Some(_)) => Err(Mistake::new("`equal` stands alone").of("equal")),
                (Some(Literal::Null | Literal::Column(_)), _) => {
                    Err(Mistake::new("`equal` takes a number, a text or a boolean").of("equal"))
                }
                (Some(_), None) => Ok(()),
                _ => Range::new(self.min, self.max, self.strict).map(|_| ()),
            },
            Expected::NoRows => Ok(()),
        }
    }

    fn check_answer(&self, columns: &[String]) -> Result<(), Mistake> {
        if self.expected() == Expected::Value && columns.len() != 1 {
            let message = format!("the query gives {} columns, a value is one", columns.len());
            return Err(Mistake::new(message).of("query"));
        }
        Ok(())
    }

    fn metrics(&self, _: &Context) -> Vec<Metric> {
        vec![self.metric()]
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let found = answers.query(&self.metric())?;
        if found.read == 0 {
            let reason = "the tables of the query have no rows, so nothing was checked";
            return Err(Unmeasured::NotComputable(reason.into()));
        }
        match self.expected() {
            Expected::NoRows => Ok(Self::no_rows(found)),
            Expected::Value => self.value(context, found),
        }
    }

    fn shown(&self, context: &Context, answers: &Answers) -> Vec<Example> {
        let found = match answers.query(&self.metric()) {
            Ok(found) if self.expected() == Expected::NoRows => found,
            _ => return Vec::new(),
        };
        let rows = found.first.iter().zip(1..);
        rows.map(|(cells, row)| {
            let cells = found.columns.iter().zip(cells);
            let cells =
                cells.map(|(column, value)| (column.clone(), self.cell(context, column, value)));
            Example { row, cells: cells.collect() }
        })
        .collect()
    }

    fn query(&self) -> Option<&str> {
        Some(&self.query)
    }
}
