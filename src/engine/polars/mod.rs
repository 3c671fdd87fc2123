//! The only door to polars: predicates in SQL over one row, evaluated on Arrow batches, and queries
//! over whole datasets (`query.rs`).
//!
//! A predicate is read by polars' SQL, checked and made exact here, and run by polars' lazy engine
//! on the columns it names, which cross over without a copy. What polars leaves to chance is
//! decided here:
//!
//! - **NaN is missing.** A NaN in a float column, and one that a computation gives (0/0), is null:
//!   it satisfies no comparison, and a row whose answer hangs on it is not judged. Division of
//!   another number by zero gives an infinity, which is a value.
//! - **Numbers compare exactly.** An integer meets a float without rounding at 2^53, 32-bit floats
//!   meet literals as doubles, decimals meet literals as decimals. Integers are added, subtracted
//!   and multiplied in 128 bits, so that unsigned and narrow columns never wrap around. Products of
//!   decimals keep all places; `/` gives a double, whatever it divides.
//! - **Types do not mix.** Text with numbers, booleans with 0 and 1, dates with datetimes,
//!   datetimes with and without a zone: mistakes, found with the schema alone. Text literals beside
//!   temporal columns are read as strict ISO 8601.
//! - **What can never be true is a mistake**: `= NULL`, `NULL` in an `IN` list.
//!
//! It knows no expectation and reads no file; functions of SQL that would are refused.

mod cells;
mod compare;
mod cross;
mod lower;
mod member;
mod moment;
mod query;
mod text;
mod walk;

#[cfg(test)]
mod tests;

use std::fmt;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch, new_null_array};
use arrow::datatypes::DataType as ArrowType;
use polars::lazy::frame::OptFlags;
use polars::prelude::{DataFrame, DataType, Expr, IntoLazy, lit};

use crate::metric::Schema;
use lower::Lowering;

pub use query::{Query, QueryTable};

/// The stack on which a predicate is read: an unoptimised build takes some 10 KiB for each of the
/// levels that [`text::survey`] lets through.
const STACK_BYTES: usize = 16 << 20;
/// Beyond so many threads polars is left to use its pool.
const MAX_FILLERS: usize = 64;

/// What is wrong with a predicate, for its author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlMistake {
    /// A lowercase fragment with names in backticks.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
}

impl SqlMistake {
    fn new(message: impl Into<String>) -> Self {
        SqlMistake { message: message.into(), help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for SqlMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

/// A predicate in SQL, read once and evaluated on many batches from several threads.
pub struct SqlPredicate {
    parsed: Expr,
    columns: Vec<String>,
    long_fractions: bool,
    /// For the types that the last batch had; at first for those of the schema.
    plan: Mutex<Arc<Plan>>,
}

/// A predicate made exact for columns of certain types.
struct Plan {
    types: Vec<ArrowType>,
    expr: Expr,
}

impl SqlPredicate {
    /// Reads a predicate and checks it against the columns it will meet.
    ///
    /// # Errors
    /// It is no single expression, it looks beyond one row, it names an unknown or ambiguous
    /// column, or it does not type-check to a boolean.
    pub fn parse(text: &str, schema: &Schema) -> Result<SqlPredicate, SqlMistake> {
        let survey = text::survey(text)?;
        let failed = || {
            SqlMistake::new("the SQL engine failed on this predicate")
                .help("write it in a simpler form")
        };
        // polars' SQL recurses as deep as the predicate is; a panic of it ends with the thread.
        std::thread::scope(|scope| {
            let reader = std::thread::Builder::new().name("sql".into()).stack_size(STACK_BYTES);
            let reader = reader.spawn_scoped(scope, || Self::check(text, &survey, schema));
            reader.map_err(|_| failed())?.join().unwrap_or_else(|_| Err(failed()))
        })
    }

    fn check(
        text: &str,
        survey: &text::Survey,
        schema: &Schema,
    ) -> Result<SqlPredicate, SqlMistake> {
        let parsed = polars::sql::sql_expr(text)
            .map_err(|error| text::explain(&error.to_string(), survey, schema))?;
        let columns = walk::columns(&parsed, survey, schema)?;
        let types = columns
            .iter()
            .filter_map(|name| schema.column(name))
            .map(|column| {
                cross::arrow_type(&column.kind).ok_or_else(|| {
                    let (name, kind) = (&column.name, &column.kind);
                    SqlMistake::new(format!("column `{name}` of type {kind} cannot be used in SQL"))
                })
            })
            .collect::<Result<Vec<ArrowType>, SqlMistake>>()?;
        let plan = Plan::new(&parsed, &columns, types, survey.long_fractions)?;
        let long_fractions = survey.long_fractions;
        Ok(SqlPredicate { parsed, columns, long_fractions, plan: Mutex::new(Arc::new(plan)) })
    }

    /// The columns it reads, in the order in which it first names them.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Answers for each row of a batch: yes, no, or null where a missing value leaves it open.
    ///
    /// Columns are found by name. May be called from several threads at once, and works on the
    /// thread that calls.
    ///
    /// # Errors
    /// A column is absent, of a type that does not fit the predicate, or a strict `CAST` met a
    /// value that it cannot convert.
    pub fn evaluate(&self, record: &RecordBatch) -> Result<BooleanArray, String> {
        let guarded = AssertUnwindSafe(|| self.answer(record));
        catch_unwind(guarded).unwrap_or_else(|_| Err("the SQL engine failed on this batch".into()))
    }

    fn answer(&self, record: &RecordBatch) -> Result<BooleanArray, String> {
        let arrays = self.columns.iter().map(|name| {
            record.column_by_name(name).cloned().ok_or_else(|| format!("no column `{name}`"))
        });
        let arrays = arrays.collect::<Result<Vec<ArrayRef>, String>>()?;
        let plan = self.plan_for(&arrays)?;
        let frame = cross::frame(&self.columns, &arrays, record.num_rows())?;
        run(&plan.expr, frame)
    }

    fn plan_for(&self, arrays: &[ArrayRef]) -> Result<Arc<Plan>, String> {
        let kept = self.plan.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if kept.types.iter().eq(arrays.iter().map(|array| array.data_type())) {
            return Ok(kept);
        }
        let types = arrays.iter().map(|array| array.data_type().clone()).collect();
        let plan = Plan::new(&self.parsed, &self.columns, types, self.long_fractions)
            .map_err(|mistake| mistake.to_string())?;
        let plan = Arc::new(plan);
        *self.plan.lock().unwrap_or_else(PoisonError::into_inner) = plan.clone();
        Ok(plan)
    }
}

impl fmt::Debug for SqlPredicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SqlPredicate").field(&self.parsed).finish()
    }
}

impl Plan {
    /// Makes the predicate exact for these types and tries it on a row of nulls, so that what
    /// polars only finds when it runs (a pattern, the argument of a function) is found before there
    /// are data.
    fn new(
        parsed: &Expr,
        columns: &[String],
        types: Vec<ArrowType>,
        long_fractions: bool,
    ) -> Result<Plan, SqlMistake> {
        let nulls: Vec<ArrayRef> = types.iter().map(|kind| new_null_array(kind, 1)).collect();
        let frame = cross::frame(columns, &nulls, 1).map_err(SqlMistake::new)?;
        let schema = frame.schema().clone();
        let typed = Lowering { schema: &schema, long_fractions }.lower(parsed)?;
        if typed.dtype != DataType::Boolean {
            let kind = lower::word(&typed.dtype);
            return Err(SqlMistake::new(format!("the predicate gives {kind}, not yes or no"))
                .help("compare it with something: a predicate is true or false for each row"));
        }
        run(&typed.expr, frame).map_err(SqlMistake::new)?;
        Ok(Plan { types, expr: typed.expr })
    }
}

/// How many constants are selected beside a predicate.
///
/// polars hands the two sides of each `AND` to its own pool unless a selection has as many
/// expressions as that pool has threads (`IR::Select` in polars-mem-engine 0.55.2,
/// `planner/lp.rs`). The scan is parallel already: the hand-over would only cost, and a caller that
/// is a rayon worker itself would take up other work while it waits. To be removed when polars
/// takes the choice as an option.
fn n_fillers() -> usize {
    static FILLERS: OnceLock<usize> = OnceLock::new();
    *FILLERS.get_or_init(|| {
        let asked = std::env::var("POLARS_MAX_THREADS").ok().and_then(|n| n.parse().ok());
        let present = || std::thread::available_parallelism().map_or(4, NonZeroUsize::get);
        let threads: usize = asked.unwrap_or_else(present);
        threads.saturating_sub(1).min(MAX_FILLERS)
    })
}

/// Evaluates a boolean expression; a single answer stands for all rows.
fn run(expr: &Expr, frame: DataFrame) -> Result<BooleanArray, String> {
    let n_rows = frame.height();
    // Each optimisation beyond these costs more than a batch gains by it.
    let flags = OptFlags::TYPE_COERCION | OptFlags::TYPE_CHECK;
    let selected: Vec<Expr> = std::iter::once(expr.clone().alias("answer"))
        .chain((0..n_fillers()).map(|i| lit(true).alias(format!("{i}"))))
        .collect();
    let answer = frame.lazy().with_optimizations(flags).select_seq(selected).collect();
    let answer = answer.map_err(|error| text::first_line(&error.to_string()))?;
    let column = answer.columns().first().ok_or("the SQL engine gave no answer")?;
    let series = column.as_materialized_series().rechunk();
    let answers = cross::booleans(series.bool().map_err(|error| error.to_string())?);
    match (answers.len(), n_rows) {
        (found, wanted) if found == wanted => Ok(answers),
        (1, wanted) => {
            let answer = answers.is_valid(0).then(|| answers.value(0));
            Ok(std::iter::repeat_n(answer, wanted).collect())
        }
        (found, wanted) => Err(format!("the SQL engine gave {found} answers for {wanted} rows")),
    }
}
