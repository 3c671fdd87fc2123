//! What a suite says of columns beside their checks, held against the data's schema.

use super::bind::{Schemas, close};
use crate::diagnostic::{Diagnostic, Span};
use crate::expectations::Mistake;
use crate::metric::{Column, Schema};
use crate::prose;
use crate::suite::{ColumnKey, MissingValues, Suite, Target};

/// The mistakes in `sensitive` and `missing_values`.
pub fn mistakes(suite: &Suite, schemas: &Schemas) -> Vec<Diagnostic> {
    let Ok(schema) = schemas.data else { return Vec::new() };
    let reference = schemas.reference.and_then(|reference| reference.as_ref().ok());
    let is_there = |key: &ColumnKey| {
        let sides = [Some(schema), reference].into_iter().flatten();
        let named = |side: &Schema| match key {
            ColumnKey::Name(name) => side.column(name).is_some(),
            ColumnKey::Pattern { .. } => side.names().any(|name| key.matches(name)),
        };
        sides.into_iter().any(named) || has_checks(suite, key)
    };
    let mut mistakes = Vec::new();
    for (key, span) in suite.sensitive_keys.iter().filter(|(key, _)| !is_there(key)) {
        mistakes.push(nowhere(suite, key, span, schema));
    }
    for missing in &suite.missing_values {
        match (&missing.of, missing.values.first()) {
            (Some(key), Some((_, span))) if !is_there(key) => {
                mistakes.push(nowhere(suite, key, span, schema));
            }
            _ => mistakes.extend(misfits(suite, missing, schema)),
        }
    }
    mistakes
}

/// A check on the column says that it is missing; nothing more needs to be said.
fn has_checks(suite: &Suite, key: &ColumnKey) -> bool {
    let key = key.to_string();
    suite.checks.iter().any(|spec| match &spec.target {
        Target::Column(other) => other.to_string() == key,
        Target::Table | Target::Rows => false,
    })
}

fn nowhere(suite: &Suite, key: &ColumnKey, span: &Span, schema: &Schema) -> Diagnostic {
    let message = match key {
        ColumnKey::Name(name) => format!("the data has no column `{name}`{}", close(name, schema)),
        ColumnKey::Pattern { .. } => format!("no column of the data matches `{key}`"),
    };
    Diagnostic::error(message)
        .at(&suite.file, span.clone(), "")
        .help(format!("the columns are {}", prose::names(schema.names(), 12)))
}

/// Values of a column that none of its cells could hold. A file of text can hold any word.
fn misfits(suite: &Suite, missing: &MissingValues, schema: &Schema) -> Vec<Diagnostic> {
    let Some(key) = missing.of.as_ref().filter(|_| !schema.untyped) else { return Vec::new() };
    let columns: Vec<&Column> = match key {
        ColumnKey::Name(name) => schema.column(name).into_iter().collect(),
        ColumnKey::Pattern { .. } => {
            schema.columns.iter().filter(|column| key.matches(&column.name)).collect()
        }
    };
    let told = |(literal, span): &(crate::expectations::Literal, Span)| {
        let fits = columns.iter().map(|column| literal.to_value(&column.kind));
        let faults: Option<Vec<Mistake>> = fits.map(Result::err).collect();
        let mistake = faults?.into_iter().next()?;
        let diagnostic = Diagnostic::error(mistake.message).at(&suite.file, span.clone(), "");
        Some(match mistake.help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        })
    };
    missing.values.iter().filter_map(told).collect()
}
