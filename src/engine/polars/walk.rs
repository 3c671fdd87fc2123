//! Which expressions speak of one row, and which columns they read.

use polars::prelude::{AggExpr, BooleanFunction, Expr, FunctionExpr, LiteralValue, Selector};

use super::SqlMistake;
use super::text::Survey;
use crate::diagnostic::nearest;
use crate::metric::Schema;

/// The columns of a predicate, in the order in which it first names them.
///
/// # Errors
/// A part looks beyond one row, or a name is not, or not clearly, a column.
pub(super) fn columns(
    parsed: &Expr,
    survey: &Survey,
    schema: &Schema,
) -> Result<Vec<String>, SqlMistake> {
    let mut names = Vec::new();
    collect(parsed, &mut names)?;
    for name in &names {
        check_name(name, survey, schema)?;
    }
    if names.is_empty() {
        return Err(SqlMistake::new("the predicate reads no column, so it says nothing of a row"));
    }
    Ok(names)
}

fn check_name(name: &str, survey: &Survey, schema: &Schema) -> Result<(), SqlMistake> {
    if schema.is_ambiguous(name) {
        return Err(SqlMistake::new(format!("the data have several columns named `{name}`"))
            .help("give each column a name of its own"));
    }
    if schema.column(name).is_some() {
        return Ok(());
    }
    let longer = || schema.names().find(|other| other.starts_with(name));
    let near = nearest(name, schema.names()).or_else(longer);
    let mut help: Vec<String> = Vec::new();
    help.extend(near.map(|near| format!("did you mean `{}`?", as_sql(near))));
    if survey.is_quoted(name) {
        help.push(format!("text stands in single quotes: '{name}'"));
    }
    let mistake = SqlMistake::new(format!("there is no column `{name}`"));
    Err(if help.is_empty() { mistake } else { mistake.help(help.join("; ")) })
}

/// A name as SQL takes it.
fn as_sql(name: &str) -> String {
    let plain = name.chars().all(|next| next.is_alphanumeric() || next == '_')
        && !name.starts_with(|first: char| first.is_numeric());
    if plain { name.into() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

fn collect(expr: &Expr, names: &mut Vec<String>) -> Result<(), SqlMistake> {
    match expr {
        Expr::Column(name) => {
            if !names.iter().any(|known| known == name.as_str()) {
                names.push(name.to_string());
            }
            Ok(())
        }
        Expr::Literal(LiteralValue::Range(_)) => Err(beyond_a_row()),
        Expr::Literal(_) => Ok(()),
        Expr::Alias(_, name) => Err(SqlMistake::new("a predicate has no `AS`")
            .help(format!("remove `AS {name}`: a rule is named by its key"))),
        Expr::BinaryExpr { left, right, .. } => {
            collect(left, names)?;
            collect(right, names)
        }
        Expr::Cast { expr, .. } => collect(expr, names),
        Expr::Ternary { predicate, truthy, falsy } => {
            [predicate, truthy, falsy].iter().try_for_each(|part| collect(part, names))
        }
        Expr::Function { input, function } if is_of_a_row(function) => {
            let is_in = matches!(function, FunctionExpr::Boolean(BooleanFunction::IsIn { .. }));
            let listed = |at: usize, part: &Expr| is_in && at == 1 && list(part).is_some();
            let parts = input.iter().enumerate().filter(|(at, part)| !listed(*at, part));
            parts.map(|(_, part)| part).try_for_each(|part| collect(part, names))
        }
        Expr::Selector(Selector::Matches(name)) => {
            Err(SqlMistake::new(format!("`{name}` is no column that SQL can name")))
        }
        Expr::Selector(_) => Err(SqlMistake::new("a predicate names its columns one by one")),
        _ => Err(beyond_a_row()),
    }
}

/// The values of a list after `IN`, which polars wraps as a series.
pub(super) fn list(expr: &Expr) -> Option<&polars::prelude::Series> {
    let Expr::Agg(AggExpr::Implode { input, .. }) = expr else { return None };
    match input.as_ref() {
        Expr::Literal(LiteralValue::Series(values)) => Some(values),
        _ => None,
    }
}

fn beyond_a_row() -> SqlMistake {
    SqlMistake::new("a row predicate speaks of one row: it has no aggregates and no windows")
        .help("check a column's `mean`, `quantile`, `unique` … under `columns:`")
}

/// Whether a function gives a value for each row from that row alone.
fn is_of_a_row(function: &FunctionExpr) -> bool {
    use BooleanFunction as B;
    use FunctionExpr as F;
    match function {
        F::Boolean(boolean) => matches!(
            boolean,
            B::IsNull
                | B::IsNotNull
                | B::IsIn { .. }
                | B::Not
                | B::AllHorizontal
                | B::AnyHorizontal
        ),
        F::StringExpr(_)
        | F::StructExpr(_)
        | F::TemporalExpr(_)
        | F::ListExpr(_)
        | F::ArrayExpr(_)
        | F::Trigonometry(_)
        | F::Pow(_)
        | F::Atan2
        | F::Abs
        | F::Negate
        | F::Sign
        | F::FillNull
        | F::Clip { .. }
        | F::Coalesce
        | F::Log
        | F::Log1p
        | F::Exp
        | F::Round { .. }
        | F::Truncate { .. }
        | F::Floor
        | F::Ceil
        | F::MaxHorizontal
        | F::MinHorizontal => true,
        _ => false,
    }
}
