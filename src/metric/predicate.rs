//! What can be asked of one row.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Filter, MarkedKeys, TextTest, Value, Zone};

/// What a rule does with a missing value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Missing {
    /// Null and NaN are not looked at; they are counted.
    #[default]
    Skip,
    /// Null and NaN break the rule.
    Fail,
}

/// What a rule does with NaN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Nan {
    /// It is missing: `nulls` says what that means.
    #[default]
    Missing,
    /// It is a value like others: it lies in no range, in no set, and equals nothing.
    Value,
    /// It breaks the rule.
    Fail,
}

/// A predicate with the rows it is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RowRule {
    pub predicate: Predicate,
    pub missing: Missing,
    pub filter: Option<Filter>,
}

/// A comparison of two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    GreaterOrEqual,
    Greater,
}

/// One end of a range.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bound {
    pub value: BoundValue,
    /// Whether the end itself lies outside.
    pub strict: bool,
}

/// Where a bound comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum BoundValue {
    /// A value, already of the column's type class.
    Value(Value),
    /// The value of another column in the same row.
    Column(String),
}

impl BoundValue {
    /// The column that it is the value of.
    pub fn column(&self) -> Option<&str> {
        match self {
            BoundValue::Column(name) => Some(name),
            BoundValue::Value(_) => None,
        }
    }
}

/// A decimal number as it was written: `unscaled` divided by ten to the power of `scale`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Decimal {
    pub unscaled: i128,
    pub scale: i8,
}

/// How far two numbers may lie apart and still count as equal: the larger of the two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tolerance {
    /// In the unit of the numbers; nanoseconds for times.
    pub absolute: Decimal,
    /// As a share of the total's size.
    pub relative: Decimal,
}

/// What is asked of a single cell, beside ranges, sets and text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CellTest {
    /// Null or NaN. Always answers yes or no.
    Missing,
    /// Anything but NaN; null: neither.
    NotNan,
    /// Neither NaN nor infinite; null: neither.
    Finite,
    /// On one of some days of the week, one bit for each, the lowest being Monday's; in a zone
    /// where the cells are instants. Null: neither.
    Weekday { days: u8, zone: Option<Zone> },
}

/// What is asked of the values that several columns have in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Likeness {
    /// All are equal. Some null: no. All null: neither.
    Equal,
    /// No two are equal; a null equals nothing. All null: neither.
    Distinct,
}

/// A question with the answer yes, no, or (for a missing value) neither.
///
/// Values in a predicate are already converted to the type class of the column: an integer column
/// is met with `Int` or `Float`, a date column with `Date`, text with `Text`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Predicate {
    /// Neither null nor NaN. Always answers yes or no.
    Present { column: String },
    /// Something else that a single cell can be.
    Cell { column: String, test: CellTest },
    /// Inside a range (or, negated, outside of it). NaN lies in neither.
    Within { column: String, min: Option<Bound>, max: Option<Bound>, negated: bool },
    /// Equal to one of the values (or, negated, to none of them). A `Null` among them answers for
    /// null.
    OneOf { column: String, values: Vec<Value>, negated: bool },
    /// The values of the columns are together one of the rows, in which equal values are written
    /// alike. All of them missing: neither, unless one of the rows is all null.
    RowIn { columns: Vec<String>, rows: Vec<Vec<Value>> },
    /// A question to the text (or, negated, its opposite).
    Text { column: String, test: TextTest, negated: bool },
    /// Two columns of the same row compared. One side null: no. Both null: neither.
    Compare { left: String, op: Comparison, right: String },
    /// The sum of columns compared with a total, never rounded. Some null: no. All null: neither.
    Balance { terms: Vec<String>, op: Comparison, total: BoundValue, tolerance: Tolerance },
    /// Several columns of the same row alike or not.
    Alike { columns: Vec<String>, likeness: Likeness },
    /// How many of the columns have a value. Always answers yes or no.
    Filled { columns: Vec<String>, min: u32, max: Option<u32> },
    /// How many items a list has.
    ListLength { column: String, min: Option<u64>, max: Option<u64> },
    /// Every item of a list keeps a rule, in which the column stands for an item. An item that the
    /// rule does not judge breaks nothing, and an empty list holds.
    Each { column: String, item: Box<Predicate> },
    /// A predicate in SQL. Null: neither.
    Sql { text: String },
    /// The cell of a text file reads as the type its column is declared to have.
    Reads { column: String },
    /// The row's key is (or, negated, is not) among some, such as [`super::Duplicates::keys`]. A
    /// key that is all missing: neither.
    KeyIn { columns: Vec<String>, keys: MarkedKeys, negated: bool },
    /// The row stands (or, negated, does not stand) at one of these places: part and row within it,
    /// both counted from 0, sorted. Always answers yes or no.
    PlaceIn { places: Arc<[(u32, u64)]>, negated: bool },
    /// The predicate with NaN judged: as the value that it is, or as a violation.
    WithNan { predicate: Box<Predicate>, nan: Nan },
    /// Every one of several predicates. One that does not judge a row says nothing of it; a row
    /// that none of them judges: neither.
    All { rules: Arc<[Predicate]> },
    /// Asked of the rows of some groups only; rows of other groups hold. One rule for all of the
    /// groups, or one for each.
    InGroups { by: Vec<String>, groups: Arc<[u128]>, rules: Arc<[Predicate]> },
}

impl Predicate {
    /// The word for what it asks.
    pub fn word(&self) -> &'static str {
        match self {
            Predicate::Present { .. } => "presence",
            Predicate::Cell { .. } => "cells",
            Predicate::Within { .. } => "range",
            Predicate::OneOf { .. } => "set",
            Predicate::RowIn { .. } => "set",
            Predicate::Text { test, .. } => test.word(),
            Predicate::Compare { .. } => "comparison",
            Predicate::Balance { .. } => "sum",
            Predicate::Alike { .. } => "likeness",
            Predicate::Filled { .. } => "presence",
            Predicate::ListLength { .. } => "length",
            Predicate::Each { .. } => "items",
            Predicate::Sql { .. } => "predicate",
            Predicate::Reads { .. } => "type",
            Predicate::KeyIn { .. } => "key",
            Predicate::PlaceIn { .. } => "place",
            Predicate::WithNan { predicate, .. } => predicate.word(),
            Predicate::All { rules } => rules.first().map_or("rules", Predicate::word),
            Predicate::InGroups { .. } => "groups",
        }
    }

    /// The columns it reads, except those inside SQL, which only an engine can tell.
    pub fn columns(&self) -> Vec<&str> {
        match self {
            Predicate::Present { column }
            | Predicate::Cell { column, .. }
            | Predicate::ListLength { column, .. }
            | Predicate::Each { column, .. }
            | Predicate::OneOf { column, .. }
            | Predicate::Text { column, .. }
            | Predicate::Reads { column } => vec![column],
            Predicate::Within { column, min, max, .. } => {
                let ends = [min, max].into_iter().flatten();
                let others = ends.filter_map(|bound| bound.value.column());
                std::iter::once(column.as_str()).chain(others).collect()
            }
            Predicate::Balance { terms, total, .. } => {
                terms.iter().map(String::as_str).chain(total.column()).collect()
            }
            Predicate::Alike { columns, .. } | Predicate::Filled { columns, .. } => {
                columns.iter().map(String::as_str).collect()
            }
            Predicate::Compare { left, right, .. } => vec![left, right],
            Predicate::KeyIn { columns, .. } | Predicate::RowIn { columns, .. } => {
                columns.iter().map(String::as_str).collect()
            }
            Predicate::Sql { .. } | Predicate::PlaceIn { .. } => Vec::new(),
            Predicate::WithNan { predicate, .. } => predicate.columns(),
            Predicate::All { rules } => {
                let mut columns: Vec<&str> = Vec::new();
                for name in rules.iter().flat_map(Predicate::columns) {
                    if !columns.contains(&name) {
                        columns.push(name);
                    }
                }
                columns
            }
            Predicate::InGroups { by, rules, .. } => {
                let of_rules = rules.first().map(Predicate::columns).unwrap_or_default();
                by.iter().map(String::as_str).chain(of_rules).collect()
            }
        }
    }

    /// The only column that it reads, where the answer for a row follows from its value alone.
    pub fn value_of(&self) -> Option<&String> {
        match self {
            Predicate::Present { column }
            | Predicate::Cell { column, .. }
            | Predicate::OneOf { column, .. }
            | Predicate::Text { column, .. } => Some(column),
            Predicate::Within { column, .. } if self.columns().len() == 1 => Some(column),
            Predicate::WithNan { predicate, .. } => predicate.value_of(),
            _ => None,
        }
    }

    /// The SQL in it, whose columns only an engine can tell.
    pub fn sql(&self) -> Option<&str> {
        match self {
            Predicate::Sql { text } => Some(text),
            Predicate::WithNan { predicate, .. } => predicate.sql(),
            Predicate::All { rules } => rules.iter().find_map(Predicate::sql),
            Predicate::InGroups { rules, .. } => rules.first().and_then(Predicate::sql),
            _ => None,
        }
    }

    /// Whether NaN, taken as a value, keeps it: it is unlike every other value and in no range.
    pub fn holds_for_nan(&self) -> bool {
        match self {
            Predicate::OneOf { negated, .. } => *negated,
            Predicate::Within { negated, .. } => *negated,
            Predicate::Alike { likeness, .. } => *likeness == Likeness::Distinct,
            Predicate::Compare { op, .. } | Predicate::Balance { op, .. } => {
                *op == Comparison::NotEqual
            }
            _ => false,
        }
    }
}
