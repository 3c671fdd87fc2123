//! From questions to states: what a metric needs of each dataset, each need once.

use super::layout::Layout;
use super::memory::Room;
use super::state::{
    AnyState, ColumnEnds, CountWhere, DuplicateKeys, Examples, First, FrequencyTable,
    GroupedStates, GroupedValues, MomentSums, PairedValues, RowCount, SortedValues,
};
use crate::metric::{Filter, Metric, RowRule, Side};

/// What one state finds out about one dataset. Equal needs share a state.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Need {
    Rows {
        filter: Option<Filter>,
    },
    Count {
        rule: RowRule,
    },
    Duplicates {
        columns: Vec<String>,
        filter: Option<Filter>,
    },
    Frequencies {
        column: String,
        filter: Option<Filter>,
    },
    /// The smallest and the largest value.
    Ends {
        column: String,
        filter: Option<Filter>,
    },
    Moments {
        column: String,
        /// Whether third and fourth powers are summed as well.
        shape: bool,
        filter: Option<Filter>,
    },
    /// All values in order.
    Order {
        column: String,
        filter: Option<Filter>,
    },
    /// All values in order, by those of another column.
    Groups {
        column: String,
        by: String,
        filter: Option<Filter>,
    },
    /// Two columns row by row.
    Pairs {
        columns: [String; 2],
        filter: Option<Filter>,
    },
    Examples {
        rule: RowRule,
        columns: Vec<String>,
        limit: u32,
    },
    /// The same for each group of rows.
    Grouped {
        by: Vec<String>,
        need: Box<Need>,
    },
}

/// What a metric needs, and of which datasets; for two sides the data comes first.
pub fn needs(metric: &Metric) -> Vec<(Side, Need)> {
    let (on, need) = match metric.clone() {
        Metric::Identity { .. } => return Vec::new(),
        Metric::Grouped { by, metric } => {
            let grouped = |need| Need::Grouped { by: by.clone(), need: Box::new(need) };
            return needs(&metric).into_iter().map(|(on, need)| (on, grouped(need))).collect();
        }
        Metric::Comparison { column, filter } | Metric::Bins { column, bins: _, filter } => {
            let need = Need::Order { column, filter };
            return vec![(Side::Data, need.clone()), (Side::Reference, need)];
        }
        Metric::Rows { on, filter } => (on, Need::Rows { filter }),
        Metric::CountWhere { on, rule } => (on, Need::Count { rule }),
        Metric::Duplicates { on, columns, filter } => (on, Need::Duplicates { columns, filter }),
        Metric::Frequencies { on, column, filter } => (on, Need::Frequencies { column, filter }),
        Metric::Ends { on, column, filter } => (on, Need::Ends { column, filter }),
        Metric::Moments { on, column, shape, filter } => {
            (on, Need::Moments { column, shape, filter })
        }
        Metric::Quantile { on, column, p: _, definition: _, filter }
        | Metric::Values { on, column, filter } => (on, Need::Order { column, filter }),
        Metric::Groups { on, column, by, filter } => (on, Need::Groups { column, by, filter }),
        Metric::Pairs { on, columns, filter } => (on, Need::Pairs { columns, filter }),
        Metric::Examples { on, rule, columns, limit } => {
            (on, Need::Examples { rule, columns, limit })
        }
    };
    vec![(on, need)]
}

impl Need {
    /// The empty state that meets the need; `room` is what it may hold.
    ///
    /// # Errors
    /// The need can never be met on these columns.
    pub fn state(&self, layout: &mut Layout, room: Room) -> Result<AnyState, String> {
        Ok(match self {
            Need::Rows { filter } => AnyState::Rows(RowCount::new(layout.filter(filter.as_ref())?)),
            Need::Count { rule } => AnyState::Count(CountWhere::new(
                layout.predicate(&rule.predicate)?,
                rule.missing,
                layout.filter(rule.filter.as_ref())?,
            )),
            Need::Duplicates { columns, filter } => {
                let columns = layout.all(columns)?;
                let filter = layout.filter(filter.as_ref())?;
                AnyState::Duplicates(DuplicateKeys::new(columns, filter, room))
            }
            Need::Frequencies { column, filter } => {
                let (column, filter) = (layout.column(column)?, layout.filter(filter.as_ref())?);
                AnyState::Frequencies(FrequencyTable::new(column, filter))
            }
            Need::Ends { column, filter } => {
                let (column, filter) = (layout.column(column)?, layout.filter(filter.as_ref())?);
                AnyState::Ends(ColumnEnds::new(column, filter))
            }
            Need::Moments { column, shape, filter } => {
                let (column, filter) = (layout.column(column)?, layout.filter(filter.as_ref())?);
                AnyState::Moments(MomentSums::new(column, *shape, filter))
            }
            Need::Order { column, filter } => {
                let (column, filter) = (layout.column(column)?, layout.filter(filter.as_ref())?);
                AnyState::Order(SortedValues::new(column, filter, room.values))
            }
            Need::Groups { column, by, filter } => {
                let (column, by) = (layout.column(column)?, layout.column(by)?);
                let filter = layout.filter(filter.as_ref())?;
                AnyState::Groups(GroupedValues::new(column, by, filter, room.values))
            }
            Need::Pairs { columns: [x, y], filter } => {
                let columns = [layout.column(x)?, layout.column(y)?];
                let filter = layout.filter(filter.as_ref())?;
                AnyState::Pairs(PairedValues::new(columns, filter, room.values))
            }
            Need::Examples { rule, columns, limit } => {
                let predicate = layout.predicate(&rule.predicate)?;
                let filter = layout.filter(rule.filter.as_ref())?;
                let columns = layout.all(&shown(layout, rule, columns))?;
                let first = First::new(*limit as usize, columns);
                AnyState::Examples(Examples::new(predicate, rule.missing, filter, first))
            }
            Need::Grouped { by, need } => {
                let blank = need.state(layout, room)?;
                AnyState::Grouped(GroupedStates::new(layout.all(by)?, by, blank, room.values))
            }
        })
    }

    /// The names of the columns that an example of this need shows.
    pub fn shown(&self, layout: &Layout) -> Vec<String> {
        match self {
            Need::Examples { rule, columns, .. } => shown(layout, rule, columns),
            _ => Vec::new(),
        }
    }
}

/// The columns that matter; for SQL, whose columns the asker cannot know, also those that it names.
fn shown(layout: &Layout, rule: &RowRule, columns: &[String]) -> Vec<String> {
    let mut shown = columns.to_vec();
    if let Some(text) = rule.predicate.sql() {
        let named = layout.columns_of(text).into_iter();
        shown.extend(named.filter(|name| !columns.contains(name)));
    }
    shown
}
