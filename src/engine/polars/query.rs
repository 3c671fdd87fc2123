//! Queries over whole datasets: read, checked against the tables' columns, run on their rows.
//!
//! A query sees the suite's datasets and nothing else. Its statement is walked before polars gets
//! it: one `SELECT` (with `WITH` and set operations), plain names of tables, no functions that give
//! tables, since those read files.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow::array::RecordBatch;
use polars::prelude::{Column, DataFrame, DataType, IntoLazy, LazyFrame};
use polars::sql::SQLContext;
use sqlparser::ast::{
    BinaryOperator, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Query as Tree, Select,
    SelectItem, SetExpr, Statement, TableFactor, Visit, Visitor, visit_expressions,
};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::{Parser, ParserOptions};
use sqlparser::tokenizer::{Token, Tokenizer};

use super::cells::value;
use super::{STACK_BYTES, SqlMistake, cross, text};
use crate::metric::{QueryAnswer, Schema, Value};

/// Bytes of a query.
const MAX_BYTES: usize = 1 << 16;
/// Half of what fits into 64 bits, since sizes are estimated in doubles.
const SAFE: f64 = (1u64 << 62) as f64;
/// Pairs of rows of a join without a condition.
const MOST_PAIRS: f64 = 1e8;
/// Rows of an answer that are kept.
const SHOWN: usize = 20;

/// A query that was read.
#[derive(Clone, Debug)]
pub struct Query {
    text: String,
    /// The tables that it names, in alphabetical order.
    pub tables: Vec<String>,
    /// Every word of it that can name a column; `None` where all columns are meant.
    pub words: Option<Vec<String>>,
    /// Columns that it sums or computes with, and those of them that it multiplies.
    summed: BTreeSet<String>,
    multiplied: BTreeSet<String>,
    /// Whether it can pair every row of a table with every row of another.
    is_crossed: bool,
}

/// The rows of one dataset.
pub struct QueryTable<'a> {
    pub name: &'a str,
    pub pieces: Vec<&'a RecordBatch>,
    /// The types of its columns, for a dataset of which no row was read.
    pub schema: &'a Schema,
}

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// It is no single `SELECT`, or it reaches for something other than named tables.
    pub fn parse(text: &str) -> Result<Query, SqlMistake> {
        if text.len() > MAX_BYTES {
            return Err(SqlMistake::new(format!("the query is longer than {MAX_BYTES} bytes")));
        }
        on_a_large_stack(|| Query::read(text))
    }

    fn read(text: &str) -> Result<Query, SqlMistake> {
        let syntax = |reason: String| {
            let reason = reason.trim_start_matches("sql parser error: ").to_owned();
            SqlMistake::new(format!("not SQL: {reason}"))
        };
        // As polars reads it (`SQLContext::execute`), so that what is walked is what runs.
        let options = ParserOptions { trailing_commas: true, ..ParserOptions::default() };
        let parser = Parser::new(&GenericDialect).with_options(options).try_with_sql(text);
        let statements = parser.and_then(|mut parser| parser.parse_statements());
        let statements = statements.map_err(|error| syntax(error.to_string()))?;
        let [statement @ Statement::Query(_)] = statements.as_slice() else {
            return Err(SqlMistake::new("a query is one `SELECT` statement")
                .help("it reads the suite's datasets and changes nothing"));
        };
        let mut walk = Walk::default();
        if let ControlFlow::Break(mistake) = statement.visit(&mut walk) {
            return Err(*mistake);
        }
        let tables: Vec<String> =
            walk.tables.into_iter().filter(|name| !walk.defined.contains(name)).collect();
        if tables.is_empty() {
            return Err(SqlMistake::new("the query reads no dataset")
                .help("name `data`, `reference` or a name under `datasets:` after `FROM`"));
        }
        let tokens = Tokenizer::new(&GenericDialect, text).tokenize();
        let tokens = tokens.map_err(|error| syntax(error.to_string()))?;
        let words = tokens.into_iter().filter_map(|token| match token {
            Token::Word(word) => Some(word.value),
            _ => None,
        });
        let words: BTreeSet<String> = words.collect();
        let words = (!walk.has_wildcard).then(|| words.into_iter().collect());
        Ok(Query {
            text: text.to_owned(),
            tables,
            words,
            summed: walk.summed,
            multiplied: walk.multiplied,
            is_crossed: walk.is_crossed,
        })
    }

    /// Plans the query on tables without rows; the answer is the names of its columns.
    ///
    /// # Errors
    /// It does not fit the columns of the tables.
    pub fn check(&self, tables: &[(String, &Schema)]) -> Result<Vec<String>, SqlMistake> {
        let check = || {
            let frames = tables.iter().map(|(name, schema)| {
                let frame = self.frame(schema, &[]).map_err(SqlMistake::new)?;
                Ok((name.as_str(), frame))
            });
            let frames = frames.collect::<Result<Vec<_>, SqlMistake>>()?;
            let frames = self.widened(frames).map_err(SqlMistake::new)?;
            let answer = self.answer(frames).map_err(|reason| explain(&reason, tables))?;
            Ok(answer.get_column_names().iter().map(|name| name.to_string()).collect())
        };
        on_a_large_stack(check)
    }

    /// Runs the query on the rows of its tables.
    ///
    /// # Errors
    /// A column cannot cross over to SQL, or polars fails.
    pub fn run(&self, tables: &[QueryTable]) -> Result<QueryAnswer, String> {
        let run = || {
            let frames = tables.iter().map(|table| {
                let frame = self.frame(table.schema, &table.pieces).map_err(SqlMistake::new)?;
                Ok((table.name, frame))
            });
            let frames = frames.collect::<Result<Vec<_>, SqlMistake>>()?;
            self.refuse_too_many_pairs(&frames)?;
            let frames = self.widened(frames).map_err(SqlMistake::new)?;
            let answer = self.answer(frames).map_err(SqlMistake::new)?;
            let columns = answer.get_column_names().iter().map(|name| name.to_string()).collect();
            let first = (0..answer.height().min(SHOWN)).map(|row| {
                let cells = answer.columns().iter();
                cells
                    .map(|column| column.get(row).map_or(Value::Null, value))
                    .collect::<Vec<Value>>()
            });
            let read = tables.iter().flat_map(|table| &table.pieces);
            let read = read.map(|piece| piece.num_rows() as u64).sum();
            Ok(QueryAnswer { read, rows: answer.height() as u64, columns, first: first.collect() })
        };
        on_a_large_stack(run).map_err(|mistake| mistake.to_string())
    }

    /// Pairs of all rows do not fit into any memory; polars would find that out the hard way.
    fn refuse_too_many_pairs(&self, tables: &[(&str, DataFrame)]) -> Result<(), SqlMistake> {
        let pairs: f64 = tables.iter().map(|(_, frame)| frame.height().max(1) as f64).product();
        if !self.is_crossed || pairs <= MOST_PAIRS {
            return Ok(());
        }
        let pairs = crate::prose::figure(pairs);
        Err(SqlMistake::new(format!("the query pairs all rows of its tables, {pairs} in all"))
            .help("join them: `JOIN … ON …`"))
    }

    /// The names of a dataset's columns that the query can read.
    pub fn columns(words: Option<&[String]>, schema: &Schema) -> Vec<String> {
        let clear = || schema.names().filter(|name| !schema.is_ambiguous(name));
        let named = |name: &&str| words.is_none_or(|words| words.iter().any(|word| word == name));
        let mut columns: Vec<String> = clear().filter(named).map(str::to_owned).collect();
        if columns.is_empty() {
            // The rows must be counted all the same.
            columns.extend(clear().next().map(str::to_owned));
        }
        columns
    }

    fn frame(&self, schema: &Schema, pieces: &[&RecordBatch]) -> Result<DataFrame, String> {
        let names = Query::columns(self.words.as_deref(), schema);
        let columns = names.iter().filter_map(|name| schema.column(name));
        let empty = columns.map(|column| {
            let kind = cross::arrow_type(&column.kind).ok_or_else(|| {
                let (name, kind) = (&column.name, &column.kind);
                format!("column `{name}` of type {kind} cannot be used in SQL")
            })?;
            Ok(arrow::array::new_empty_array(&kind))
        });
        let empty = empty.collect::<Result<Vec<_>, String>>()?;
        let mut whole: Option<DataFrame> = None;
        for piece in pieces {
            let frame = cross::frame(&names, piece.columns(), piece.num_rows())?;
            match &mut whole {
                Some(whole) => {
                    whole.vstack_mut(&frame).map_err(|error| error.to_string())?;
                }
                None => whole = Some(frame),
            }
        }
        let frame = match whole {
            Some(whole) => whole,
            None => cross::frame(&names, &empty, 0)?,
        };
        Ok(frame)
    }

    fn answer(&self, tables: Vec<(&str, DataFrame)>) -> Result<DataFrame, String> {
        let mut context = SQLContext::new();
        for (name, frame) in tables {
            context.register(name, frame.lazy());
        }
        let run = AssertUnwindSafe(|| context.execute(&self.text).and_then(LazyFrame::collect));
        let failed = || "the SQL engine failed on this query".to_owned();
        let answer = catch_unwind(run).map_err(|_| failed())?;
        answer.map_err(|error| text::first_line(&error.to_string()))
    }
}

impl Query {
    /// Integers in 64 bits, so that those of all tables are of one type; in 128 where a sum or a
    /// product could leave 64, in which polars would wrap around silently. It cannot join by 128.
    fn widened<'n>(
        &self,
        tables: Vec<(&'n str, DataFrame)>,
    ) -> Result<Vec<(&'n str, DataFrame)>, String> {
        // A row stands in an answer at most as often as there are rows beside it to join.
        let most_rows: f64 = tables.iter().map(|(_, frame)| frame.height().max(1) as f64).product();
        let widen = |column: &Column| -> Result<Column, String> {
            if !column.dtype().is_integer() {
                return Ok(column.clone());
            }
            let largest = largest(column)?;
            let name = column.name().as_str();
            let reach = match (self.multiplied.contains(name), self.summed.contains(name)) {
                (true, _) => largest * largest * most_rows,
                (false, true) => largest * most_rows,
                (false, false) => 0.0,
            };
            let kind = if reach >= SAFE {
                DataType::Int128
            } else if largest >= SAFE && *column.dtype() == DataType::UInt64 {
                DataType::UInt64
            } else {
                DataType::Int64
            };
            column.cast(&kind).map_err(|error| error.to_string())
        };
        let tables = tables.into_iter().map(|(name, frame)| {
            let columns = frame.columns().iter().map(&widen);
            let columns = columns.collect::<Result<Vec<Column>, String>>()?;
            let frame = DataFrame::new(frame.height(), columns);
            frame.map(|frame| (name, frame)).map_err(|error| error.to_string())
        });
        tables.collect()
    }
}

/// The size of the largest integer, as the nearest double.
fn largest(column: &Column) -> Result<f64, String> {
    let doubles = column.cast(&DataType::Float64).map_err(|error| error.to_string())?;
    let doubles = doubles.f64().map_err(|error| error.to_string())?;
    Ok(doubles.iter().flatten().fold(0.0, |largest, value| value.abs().max(largest)))
}

/// The parser and the planner recurse as deep as the query is; a panic of theirs ends with the
/// thread.
fn on_a_large_stack<T: Send>(
    run: impl FnOnce() -> Result<T, SqlMistake> + Send,
) -> Result<T, SqlMistake> {
    let failed = || SqlMistake::new("the SQL engine failed on this query");
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("sql".into()).stack_size(STACK_BYTES);
        let thread = thread.spawn_scoped(scope, run).map_err(|_| failed())?;
        thread.join().unwrap_or_else(|_| Err(failed()))
    })
}

/// What polars says, with the nearest name where it misses a column.
fn explain(reason: &str, tables: &[(String, &Schema)]) -> SqlMistake {
    let reason = reason.split("; valid columns").next().unwrap_or(reason);
    let quoted = reason.split(['"', '\'', '`']).nth(1).unwrap_or_default();
    let names = || tables.iter().flat_map(|(_, schema)| schema.names());
    let is_known = names().any(|name| name == quoted);
    let mistake = SqlMistake::new(format!("the query does not fit its tables: {reason}"));
    match crate::diagnostic::nearest(quoted, names()).filter(|_| !quoted.is_empty() && !is_known) {
        Some(near) => mistake.help(format!("did you mean `{near}`?")),
        None => mistake,
    }
}

/// Looks at every part of a statement, and stops at what has no place in it.
#[derive(Default)]
struct Walk {
    /// Names behind `FROM` and `JOIN`.
    tables: BTreeSet<String>,
    /// Names that `WITH` defines.
    defined: BTreeSet<String>,
    has_wildcard: bool,
    is_crossed: bool,
    summed: BTreeSet<String>,
    multiplied: BTreeSet<String>,
}

/// Every name in an expression that can be a column.
fn names(expr: &Expr) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let _ = visit_expressions(expr, |part| {
        match part {
            Expr::Identifier(name) => names.insert(name.value.clone()),
            Expr::CompoundIdentifier(parts) => {
                names.extend(parts.last().map(|name| name.value.clone()));
                true
            }
            _ => true,
        };
        ControlFlow::<()>::Continue(())
    });
    names
}

impl Walk {
    fn refuse(message: impl Into<String>, help: &str) -> ControlFlow<Box<SqlMistake>> {
        ControlFlow::Break(Box::new(SqlMistake::new(message).help(help)))
    }

    fn body(&mut self, body: &SetExpr) -> ControlFlow<Box<SqlMistake>> {
        match body {
            SetExpr::Select(_) | SetExpr::Query(_) | SetExpr::Values(_) => {
                ControlFlow::Continue(())
            }
            SetExpr::SetOperation { left, right, .. } => {
                self.body(left)?;
                self.body(right)
            }
            _ => Walk::refuse("a query only reads", "write `SELECT … FROM …`"),
        }
    }
}

impl Visitor for Walk {
    type Break = Box<SqlMistake>;

    fn pre_visit_query(&mut self, query: &Tree) -> ControlFlow<Self::Break> {
        let defined = query.with.iter().flat_map(|with| &with.cte_tables);
        self.defined.extend(defined.map(|table| table.alias.name.value.clone()));
        self.body(&query.body)
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<Self::Break> {
        if select.into.is_some() {
            return Walk::refuse("a query only reads; `INTO` writes", "remove `INTO`");
        }
        let is_wild = |item: &SelectItem| {
            matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..))
        };
        self.has_wildcard |= select.projection.iter().any(is_wild);
        let says = |word: &str| {
            select.from.iter().any(|from| from.to_string().to_uppercase().contains(word))
        };
        self.has_wildcard |= says("NATURAL");
        self.is_crossed |= select.from.len() > 1 || says("CROSS JOIN");
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<Self::Break> {
        match factor {
            TableFactor::Table { name, args: Some(_), .. } => Walk::refuse(
                format!("`{name}(…)` is a function that gives a table"),
                "a query reads the suite's datasets by their names; declare the file under \
                 `datasets:`",
            ),
            TableFactor::Table { name, .. } => match name.0.as_slice() {
                [part] if part.as_ident().is_some() => {
                    self.tables.extend(part.as_ident().map(|name| name.value.clone()));
                    ControlFlow::Continue(())
                }
                _ => {
                    Walk::refuse(format!("`{name}` is no dataset"), "a dataset has one plain name")
                }
            },
            TableFactor::Derived { .. }
            | TableFactor::NestedJoin { .. }
            | TableFactor::UNNEST { .. } => ControlFlow::Continue(()),
            other => Walk::refuse(
                format!("`{other}` has no place in a query"),
                "a query reads the suite's datasets by their names",
            ),
        }
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Self::Break> {
        if let Expr::BinaryOp { op, .. } = expr {
            match op {
                BinaryOperator::Plus | BinaryOperator::Minus => self.summed.extend(names(expr)),
                BinaryOperator::Multiply => self.multiplied.extend(names(expr)),
                _ => {}
            }
        }
        if let Expr::Function(function) = expr {
            let name = function.name.to_string().to_uppercase();
            // `COLUMNS('…')` names columns by a pattern.
            self.has_wildcard |= name == "COLUMNS";
            if name.contains("SUM") {
                self.summed.extend(names(expr));
            }
            if let FunctionArguments::List(list) = &function.args {
                let wild = |argument: &FunctionArg| {
                    matches!(argument, FunctionArg::Unnamed(FunctionArgExpr::QualifiedWildcard(_)))
                };
                self.has_wildcard |= list.args.iter().any(wild);
            }
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, tables: &[&str], words: Option<&[&str]>) {
        let query = Query::parse(text).expect("a query");
        assert_eq!(query.tables, tables, "{text}");
        let Some(wanted) = words else {
            assert_eq!(query.words, None, "{text}");
            return;
        };
        let found = query.words.expect("words");
        assert!(wanted.iter().all(|word| found.iter().any(|found| found == word)), "{text}");
    }

    fn refused(text: &str, part: &str) {
        let mistake = Query::parse(text).expect_err(text).to_string();
        assert!(mistake.contains(part), "{text}: {mistake}");
    }

    #[test]
    fn tables_and_columns_are_found() {
        check("SELECT a FROM data WHERE \"b c\" > 1", &["data"], Some(&["a", "b c"]));
        check("SELECT * FROM data JOIN hosts ON data.h = hosts.id", &["data", "hosts"], None);
        check("WITH x AS (SELECT a FROM data) SELECT COUNT(*) FROM x", &["data"], Some(&["a"]));
        check(
            "SELECT a FROM data EXCEPT SELECT a FROM reference",
            &["data", "reference"],
            Some(&[]),
        );
        check(
            "SELECT a FROM data WHERE a IN (SELECT id FROM hosts)",
            &["data", "hosts"],
            Some(&[]),
        );
        check("SELECT hosts.* FROM hosts", &["hosts"], None);
        check("SELECT x.a FROM (SELECT a FROM data) AS x", &["data"], Some(&["a"]));
    }

    #[test]
    fn nothing_but_reading_named_tables_is_let_through() {
        refused("SELECT * FROM read_csv('/etc/passwd')", "a function that gives a table");
        refused("SELECT * FROM data, read_parquet('x')", "a function that gives a table");
        refused("SELECT a FROM (SELECT * FROM read_csv('x')) AS y", "that gives a table");
        refused("SELECT a FROM data WHERE a IN (SELECT b FROM read_csv('x'))", "gives a table");
        refused("WITH y AS (SELECT * FROM read_ipc('x')) SELECT a FROM y", "gives a table");
        refused("DROP TABLE data", "one `SELECT`");
        refused("DELETE FROM data", "one `SELECT`");
        refused("CREATE TABLE x AS SELECT * FROM data", "one `SELECT`");
        refused("EXPLAIN SELECT * FROM data", "one `SELECT`");
        refused("SELECT 1; SELECT 2", "one `SELECT`");
        refused("SELECT a INTO b FROM data", "`INTO`");
        refused("SELECT * FROM other.data", "is no dataset");
        refused("SELECT 1", "reads no dataset");
        refused("SELEC a FROM data", "not SQL");
        refused("TABLE data", "");
        refused("SELECT a FROM data UNION TABLE data", "");
        refused(&format!("SELECT {}1{} FROM data", "(".repeat(5000), ")".repeat(5000)), "");
    }
}
