use super::aggregate::aggregate;
use super::limits::Domain;
use super::number::{Number, NumberCheck};
use super::{Context, Expectation, Kind, Mistake, Scope, several};
use crate::metric::{Answers, Metric, Side, Type, Unmeasured, Value};
use crate::prose::names;

aggregate! {
/// The column has this number of distinct values, or (under `table:`) the named columns have this
/// number of combinations.
///
/// # Why
/// A catalogue that lost a country, a code that split in two: the number of categories says so
/// before anybody lists them. Missing values are none of them; -0.0 and 0.0 are one. A combination
/// counts unless all of its parts are missing, and a missing part equals a missing part, as in
/// `unique`, with which the question is shared. A number of distinct values has no standard error.
///
/// # Passes
/// ```yaml
/// columns:
///   room: {distinct_count: 2}
/// table:
///   distinct_count: {columns: [city, room], equal: 3}
/// ```
/// ```csv
/// city,room
/// Paris,private
/// Paris,shared
/// Paris,private
/// Rome,
/// ```
///
/// # Fails
/// ```yaml
/// columns:
///   room: {distinct_count: {min: 2, max: 4}}
/// ```
/// ```csv
/// room
/// private
/// private
/// ```
DistinctCount of u64, equal {
    /// The columns whose combinations are counted, for a check of the table.
    columns: Option<Vec<String>>,
}
}

impl Expectation for DistinctCount {
    const NAME: &'static str = "distinct_count";
    const SCOPE: Scope = Scope::Both;
    const KIND: Kind = Kind::Aggregate;
    const SHORT: Option<&'static str> = Some("equal");
}

/// The check's column, or the columns that its arguments name.
pub fn key(context: &Context, columns: &Option<Vec<String>>) -> Vec<String> {
    let own = context.column.map(|column| vec![column.to_owned()]);
    own.or_else(|| columns.clone()).unwrap_or_default()
}

/// Refuses columns where the check has one, and none where it has none.
///
/// # Errors
/// As said.
pub fn check_key(
    name: &str,
    context: &Context,
    columns: &Option<Vec<String>>,
) -> Result<(), Mistake> {
    match (context.column, columns) {
        (Some(_), Some(_)) => {
            let message = format!("a column's `{name}` names no columns");
            let mistake = Mistake::new(message).of("columns");
            Err(mistake.help("put a check of several columns under `table:`"))
        }
        (None, columns) if columns.as_ref().is_none_or(Vec::is_empty) => {
            let mistake = Mistake::new("no column is named");
            Err(mistake.help("write `columns: [city, room]`, or put the check under a column"))
        }
        (_, columns) => several::each_once(columns.as_deref().unwrap_or_default()),
    }
}

/// What is counted: "values of `room`", "combinations of `city`, `room`".
pub fn counted(key: &[String]) -> String {
    let columns = names(key.iter().map(String::as_str), 5);
    match key.len() {
        1 => format!("values of {columns}"),
        _ => format!("combinations of {columns}"),
    }
}

/// The question how many different values or combinations there are.
pub fn metric(columns: Vec<String>, context: &Context, on: Side) -> Metric {
    Metric::Duplicates { on, columns, whole: false, filter: context.filter() }
}

/// A number out of the answer.
///
/// # Errors
/// The question has no answer.
pub fn number(
    metric: &Metric,
    answers: &Answers,
    value: fn(u64, u64) -> Value,
) -> Result<Number, Unmeasured> {
    let found = answers.duplicates(metric)?;
    Ok(Number {
        rows: found.rows,
        nulls: found.skipped,
        nans: 0,
        value: Ok(value(found.distinct, found.examined)),
        standard_error: None,
    })
}

impl DistinctCount {
    fn metric(&self, context: &Context, on: Side) -> Metric {
        metric(key(context, &self.columns), context, on)
    }
}

impl NumberCheck for DistinctCount {
    fn subject(&self, context: &Context) -> String {
        format!("the number of distinct {}", counted(&key(context, &self.columns)))
    }

    fn check_arguments(&self, context: &Context) -> Result<(), Mistake> {
        check_key("distinct_count", context, &self.columns)
    }

    fn material(&self, context: &Context) -> String {
        counted(&key(context, &self.columns))
    }

    fn columns(&self) -> Vec<String> {
        self.columns.clone().unwrap_or_default()
    }

    fn accepts(&self) -> (fn(&Type) -> bool, &'static str) {
        (|_| true, "columns of every type")
    }

    fn kind(&self, _: &Context) -> Type {
        Type::Integer { bits: 64, signed: false }
    }

    fn domain(&self) -> Domain {
        Domain::COUNT
    }

    fn metrics(&self, context: &Context, on: Side) -> Vec<Metric> {
        vec![self.metric(context, on)]
    }

    fn number(&self, context: &Context, answers: &Answers, on: Side) -> Result<Number, Unmeasured> {
        number(&self.metric(context, on), answers, |distinct, _| Value::Int(distinct.into()))
    }
}
