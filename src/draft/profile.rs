//! What a draft asks about each column, and what came out.

use std::sync::Arc;

use crate::metric::{
    Answers, Column, Duplicates, Float, Frequencies, Metric, Missing, Predicate, RowRule, Schema,
    Side, Type, Unmeasured, Value,
};
use crate::stats::quantile::Definition;

/// The questions that a draft is made of; one scan of each side answers them.
pub fn questions(data: &Schema, reference: Option<&Schema>) -> Vec<Metric> {
    let columns = data.columns.iter().filter(|column| !data.is_ambiguous(&column.name));
    let of_columns = columns.flat_map(|column| {
        let counterpart = counterpart(column, reference).map(|_| present(Side::Reference, column));
        asked(column).into_iter().chain(counterpart)
    });
    std::iter::once(rows()).chain(of_columns).collect()
}

/// What is known of one column.
pub struct Profile<'a> {
    pub column: &'a Column,
    pub rows: u64,
    /// Rows with a value.
    pub present: u64,
    /// What could not be found out is `None`: too many values, or a type without an order.
    pub duplicates: Option<Duplicates>,
    pub frequencies: Option<Arc<Frequencies>>,
    /// The smallest and the largest value.
    pub ends: Option<(Value, Value)>,
    /// Values in the reference, where it has a column to compare with.
    pub reference: Option<u64>,
}

impl<'a> Profile<'a> {
    /// Collects the answers about a column.
    ///
    /// # Errors
    /// How many rows there are, or how many have a value, is not known.
    pub fn new(
        column: &'a Column,
        reference: Option<&Schema>,
        answers: &Answers,
    ) -> Result<Profile<'a>, Unmeasured> {
        let counted = answers.counted(&present(Side::Data, column))?;
        let other = counterpart(column, reference);
        let other = other.and_then(|_| answers.counted(&present(Side::Reference, column)).ok());
        Ok(Profile {
            column,
            rows: counted.rows,
            present: counted.examined - counted.violations,
            duplicates: answers.duplicates(&duplicates(column)).ok().cloned(),
            frequencies: answers.frequencies(&frequencies(column)).ok().cloned(),
            ends: ends(column, answers),
            reference: other.map(|counted| counted.examined - counted.violations),
        })
    }

    /// The values with their counts, where all of them are known.
    pub fn counts(&self) -> &[(Value, u64)] {
        self.frequencies.as_ref().map_or(&[], |frequencies| &frequencies.counts)
    }
}

/// How many rows there are.
pub fn rows() -> Metric {
    Metric::Rows { on: Side::Data, filter: None }
}

fn asked(column: &Column) -> Vec<Metric> {
    let own = match column.kind {
        Type::Integer { .. } => vec![duplicates(column), frequencies(column), moments(column)],
        Type::Float { .. } | Type::Decimal { .. } => vec![moments(column)],
        Type::String => vec![duplicates(column), frequencies(column)],
        Type::Boolean => vec![frequencies(column)],
        Type::Date | Type::DateTime { .. } => vec![quantile(column, 0.0), quantile(column, 1.0)],
        _ => Vec::new(),
    };
    std::iter::once(present(Side::Data, column)).chain(own).collect()
}

fn ends(column: &Column, answers: &Answers) -> Option<(Value, Value)> {
    if column.kind.is_number() {
        let moments = answers.moments(&moments(column)).ok()?;
        return moments.min.clone().zip(moments.max.clone());
    }
    let end = |p| answers.quantile(&quantile(column, p)).ok().cloned().flatten();
    end(0.0).zip(end(1.0))
}

/// The reference's column of the same name, if both can be compared.
fn counterpart<'r>(column: &Column, reference: Option<&'r Schema>) -> Option<&'r Column> {
    let reference = reference.filter(|reference| !reference.is_ambiguous(&column.name))?;
    let zoned = |kind: &Type| matches!(kind, Type::DateTime { zone: Some(_) });
    reference.column(&column.name).filter(|other| {
        let (own, other) = (&column.kind, &other.kind);
        own.is_number() && other.is_number()
            || own.class() == other.class() && zoned(own) == zoned(other)
    })
}

fn present(on: Side, column: &Column) -> Metric {
    let predicate = Predicate::Present { column: column.name.clone() };
    Metric::CountWhere { on, rule: RowRule { predicate, missing: Missing::Skip, filter: None } }
}

fn duplicates(column: &Column) -> Metric {
    let columns = vec![column.name.clone()];
    Metric::Duplicates { on: Side::Data, columns, whole: false, filter: None }
}

fn frequencies(column: &Column) -> Metric {
    Metric::Frequencies { on: Side::Data, column: column.name.clone(), filter: None }
}

fn moments(column: &Column) -> Metric {
    Metric::Moments { on: Side::Data, column: column.name.clone(), shape: false, filter: None }
}

fn quantile(column: &Column, p: f64) -> Metric {
    let (column, p) = (column.name.clone(), Float(p));
    Metric::Quantile { on: Side::Data, column, p, definition: Definition::Type7, filter: None }
}
