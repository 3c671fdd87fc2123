//! Questions to the data, and the form of their answers.
//!
//! A [`Metric`] is a question that an engine can answer in one scan. The enums here are closed: a
//! new variant makes the compiler list every engine to extend. Nothing here decides anything.

mod compare;
mod encoding;
mod marked_keys;
mod measured;
mod order;
mod predicate;
mod relation;
mod schema;
mod text_test;
mod type_name;
mod value;
mod zone;

pub use compare::{compare, distance};
pub use encoding::Encoding;
pub use marked_keys::{KeptKeys, MarkedKeys};
pub use measured::{
    Answers, Axis, Bins, Counted, Duplicates, Ends, Example, Frequencies, GroupAnswer, Groups,
    Identity, Measured, Pairs, Sampled, TwoSided, Unmeasured, Values,
};
pub use order::{Holes, Overlaps, Sequence};
pub use predicate::{
    Bound, BoundValue, CellTest, Comparison, Decimal, Likeness, Missing, Nan, Predicate, RowRule,
    Tolerance,
};
pub use relation::{Difference, DifferenceKind, KeyMatch, QueryAnswer, TableDiff};
pub use schema::{Column, Named, Schema, Type};
pub use text_test::{LengthUnit, TextTest};
pub use type_name::TypeName;
pub use value::{Float, Value};
pub use zone::Zone;

use std::fmt;

use crate::stats::quantile::Definition;

/// Which of a suite's datasets a question is put to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    Data,
    Reference,
    Named(String),
}

impl Side {
    /// The dataset that a suite calls by this name.
    pub fn named(name: &str) -> Side {
        match name {
            "data" => Side::Data,
            "reference" => Side::Reference,
            _ => Side::Named(name.to_owned()),
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Side::Data => f.write_str("data"),
            Side::Reference => f.write_str("reference"),
            Side::Named(name) => f.write_str(name),
        }
    }
}

/// A predicate in SQL that selects the rows a question is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Filter(pub String);

/// How each value must follow the one before it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SequenceRule {
    /// Downward instead of upward.
    pub falls: bool,
    /// Whether a value may not equal the one before.
    pub strict: bool,
    /// By how much a value may lie on the wrong side of the one before.
    pub tolerance: Option<Value>,
}

/// What counts as an overlap of ranges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RangeRule {
    /// Whether the end belongs to the range, so that ranges must not even touch.
    pub closed: bool,
    /// Whether a missing start or end means that the range has none, instead of no range.
    pub open: bool,
}

/// How the rows of two tables are paired and compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DiffRule {
    /// Columns that tell rows apart, in both tables.
    pub keys: Vec<String>,
    /// Columns that are compared.
    pub columns: Vec<String>,
    /// How far apart numbers may lie.
    pub absolute: Float,
    /// The same, as a share of the other table's number.
    pub relative: Float,
}

/// The totals of groups that are compared between two datasets.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TotalsRule {
    /// Columns whose values make the groups; none for one group of all rows.
    pub group_by: Vec<String>,
    /// Whether the number of rows is compared.
    pub count: bool,
    /// Columns whose sums are compared.
    pub sums: Vec<String>,
    /// How far apart totals may lie.
    pub absolute: Float,
    /// The same, as a share of the other dataset's total.
    pub relative: Float,
}

/// Which keys of the data are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyQuestion {
    /// Those that the other dataset does not have; a row of whose key a part is missing has none.
    Orphans,
    /// Those that the other dataset has too; a missing part equals a missing part.
    Shared,
}

/// One question to the data.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Metric {
    /// How many rows there are.
    Rows { on: Side, filter: Option<Filter> },
    /// For how many rows a rule holds.
    CountWhere { on: Side, rule: RowRule },
    /// How many rows share their key with another row. Rows whose key is all missing are skipped;
    /// with `whole` those of whose key a part is missing.
    Duplicates { on: Side, columns: Vec<String>, whole: bool, filter: Option<Filter> },
    /// How often each value of a column occurs.
    Frequencies { on: Side, column: String, filter: Option<Filter> },
    /// The smallest and the largest value of a column.
    Ends { on: Side, column: String, filter: Option<Filter> },
    /// Count, exact sum, mean, variance, smallest and largest value of a numeric column; skewness
    /// and kurtosis where the shape is asked for.
    Moments { on: Side, column: String, shape: bool, filter: Option<Filter> },
    /// The value at probability `p` by one of Hyndman and Fan's definitions.
    Quantile { on: Side, column: String, p: Float, definition: Definition, filter: Option<Filter> },
    /// All values of a numeric column in order.
    Values { on: Side, column: String, filter: Option<Filter> },
    /// All values of a numeric column in order, by the value that another column has in their row.
    Groups { on: Side, column: String, by: String, filter: Option<Filter> },
    /// Two numeric columns row by row, in the order of their values.
    Pairs { on: Side, columns: [String; 2], filter: Option<Filter> },
    /// How many values do not follow the one before them, in the order of the rows.
    Sequence { on: Side, column: String, rule: SequenceRule, filter: Option<Filter> },
    /// Neighbours in the order of the values that lie farther apart than `every`.
    Holes { on: Side, column: String, every: Value, filter: Option<Filter> },
    /// Rows whose range, from one column to another, overlaps that of another row.
    Overlaps { on: Side, columns: [String; 2], rule: RangeRule, filter: Option<Filter> },
    /// A query in SQL over the suite's datasets.
    Query { text: String },
    /// The totals of groups of the data against those of another dataset; answered like
    /// [`Metric::TableDiff`], with groups for rows.
    Reconcile { to: Side, rule: TotalsRule, filter: Option<Filter> },
    /// The rows of the data against those of another table.
    TableDiff { to: Side, rule: DiffRule, filter: Option<Filter> },
    /// The keys of the data among those of another dataset.
    Keys {
        columns: Vec<String>,
        filter: Option<Filter>,
        to: Side,
        /// The columns of the other dataset, in the order of the data's.
        their: Vec<String>,
        ask: KeyQuestion,
    },
    /// Both sides of a column, data and reference, compared in one pass over their sorted values.
    Comparison { column: String, filter: Option<Filter> },
    /// The largest gaps between both sides of a column, data and reference, and their curves: what
    /// can be found out without telling all values apart.
    Gaps { column: String, filter: Option<Filter> },
    /// Both sides of a numeric column counted in bins between quantiles of the reference.
    Bins { column: String, bins: u32, filter: Option<Filter> },
    /// The first rows that break a rule.
    Examples { on: Side, rule: RowRule, columns: Vec<String>, limit: u32 },
    /// What a dataset is: path, format, size, content hash.
    Identity { on: Side },
    /// A question, answered for each group of rows that agree in some columns; rows
    /// without a value there are a group as well.
    Grouped { by: Vec<String>, metric: Box<Metric> },
}

impl Metric {
    /// The one dataset that the question is put to and whose rows it is about.
    pub fn side(&self) -> Option<&Side> {
        match self {
            Metric::Rows { on, .. }
            | Metric::CountWhere { on, .. }
            | Metric::Duplicates { on, .. }
            | Metric::Frequencies { on, .. }
            | Metric::Ends { on, .. }
            | Metric::Moments { on, .. }
            | Metric::Quantile { on, .. }
            | Metric::Values { on, .. }
            | Metric::Groups { on, .. }
            | Metric::Pairs { on, .. }
            | Metric::Sequence { on, .. }
            | Metric::Holes { on, .. }
            | Metric::Overlaps { on, .. } => Some(on),
            Metric::Comparison { .. }
            | Metric::Gaps { .. }
            | Metric::Bins { .. }
            | Metric::Keys { .. }
            | Metric::TableDiff { .. }
            | Metric::Reconcile { .. }
            | Metric::Query { .. }
            | Metric::Examples { .. }
            | Metric::Identity { .. }
            | Metric::Grouped { .. } => None,
        }
    }

    /// The same for each group of rows; `None` where groups mean nothing for the question.
    ///
    /// The keys of each group are held against those of the whole other dataset.
    pub fn by(self, by: &[String]) -> Option<Metric> {
        let has_groups = match (&self, self.side()) {
            (Metric::Keys { .. }, _) | (_, Some(Side::Data | Side::Reference)) => true,
            (_, Some(Side::Named(_)) | None) => false,
        };
        has_groups.then(|| Metric::Grouped { by: by.to_vec(), metric: Box::new(self) })
    }
}

impl fmt::Display for Metric {
    /// The question in short: what is asked, of which side, about which columns.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Metric::Rows { on, .. } => write!(f, "rows of the {on}"),
            Metric::CountWhere { on, rule } => {
                let columns = rule.predicate.columns().join(", ");
                write!(f, "{} in {columns} of the {on}", rule.predicate.word())
            }
            Metric::Duplicates { on, columns, .. } => {
                write!(f, "duplicates of {} of the {on}", columns.join(", "))
            }
            Metric::Frequencies { on, column, .. } => write!(f, "values of {column} of the {on}"),
            Metric::Ends { on, column, .. } => write!(f, "ends of {column} of the {on}"),
            Metric::Moments { on, column, .. } => write!(f, "moments of {column} of the {on}"),
            Metric::Quantile { on, column, p, .. } => {
                write!(f, "{} quantile of {column} of the {on}", p.0)
            }
            Metric::Comparison { column, .. } => write!(f, "both sides of {column}"),
            Metric::Gaps { column, .. } => write!(f, "gaps between both sides of {column}"),
            Metric::Bins { column, bins, .. } => write!(f, "both sides of {column} in {bins} bins"),
            Metric::Examples { on, .. } => write!(f, "example rows of the {on}"),
            Metric::Identity { on } => write!(f, "identity of the {on}"),
            Metric::Values { on, column, .. } => write!(f, "sorted values of {column} of the {on}"),
            Metric::Groups { on, column, .. } => write!(f, "groups of {column} of the {on}"),
            Metric::Pairs { .. } => f.write_str("pairs of values"),
            Metric::Grouped { by, metric } => write!(f, "{metric} by {}", by.join(", ")),
            Metric::Sequence { on, column, .. } => write!(f, "order of {column} of the {on}"),
            Metric::Holes { on, column, .. } => write!(f, "gaps of {column} of the {on}"),
            Metric::Overlaps { on, columns, .. } => {
                write!(f, "ranges {} of the {on}", columns.join(", "))
            }
            Metric::Query { .. } => f.write_str("a query"),
            Metric::Reconcile { to, .. } => write!(f, "totals against {to}"),
            Metric::TableDiff { to, .. } => write!(f, "differences from {to}"),
            Metric::Keys { columns, to, .. } => write!(f, "keys {} in {to}", columns.join(", ")),
        }
    }
}
