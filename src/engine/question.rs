//! From questions to states: what a metric needs of each dataset, each need once.

use std::sync::Arc;

use super::layout::Layout;
use super::memory::Room;
use super::order::{Buckets, Selection};
use super::polars::Query;
use super::state::{
    AnyState, BucketCounts, Collector, ColumnEnds, CountWhere, DuplicateKeys, Examples, First,
    FrequencyTable, GroupedStates, GroupedValues, KeyList, KeySets, KeyState, KeyTable, MomentSums,
    PairedValues, PartCounts, RangeSet, RowCount, SequenceBreaks, Sink, SortedValues, TotalSums,
};
use crate::metric::{
    Filter, KeyQuestion, Metric, Predicate, RangeRule, RowRule, SequenceRule, Side,
};

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
        /// Whether a row of whose key a part is missing has none.
        whole: bool,
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
    /// The same of many values, which lie in about equal numbers in these buckets.
    Dealt {
        column: String,
        filter: Option<Filter>,
        buckets: Arc<Buckets>,
    },
    /// Distinct values with their counts, up to so many.
    KeyTable {
        column: String,
        filter: Option<Filter>,
        most: usize,
    },
    /// How many values lie in each of many buckets.
    KeyCounts {
        column: String,
        filter: Option<Filter>,
        buckets: Arc<Buckets>,
    },
    /// The values in parts of some buckets: all of them, or how many.
    KeysWithin {
        column: String,
        filter: Option<Filter>,
        selection: Arc<Selection>,
        to_keys: bool,
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
    /// The keys of all rows; `whole` leaves out those of which a part is missing.
    Keys {
        columns: Vec<String>,
        filter: Option<Filter>,
        whole: bool,
    },
    /// Values in the order of the rows.
    Sequence {
        column: String,
        rule: SequenceRule,
        filter: Option<Filter>,
    },
    /// Ranges from one column to another.
    Overlaps {
        columns: [String; 2],
        rule: RangeRule,
        filter: Option<Filter>,
    },
    /// Rows and sums of each group.
    Totals {
        by: Vec<String>,
        sums: Vec<String>,
        filter: Option<Filter>,
    },
    /// All rows of the columns that a query can mean: those among these words, or all.
    QueryTable {
        words: Option<Vec<String>>,
    },
    /// All rows of some columns.
    RowsOf {
        columns: Vec<String>,
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
            // What the data is held against is whole.
            let is_whole = |place| place > 0 && matches!(*metric, Metric::Keys { .. });
            let needs = needs(&metric).into_iter().enumerate();
            return needs
                .map(|(place, (on, need))| match is_whole(place) {
                    true => (on, need),
                    false => (on, grouped(need)),
                })
                .collect();
        }
        Metric::Comparison { column, filter }
        | Metric::Gaps { column, filter }
        | Metric::Bins { column, bins: _, filter } => {
            let need = Need::Order { column, filter };
            return vec![(Side::Data, need.clone()), (Side::Reference, need)];
        }
        Metric::Keys { columns, filter, to, their, ask } => {
            let whole = ask == KeyQuestion::Orphans;
            let own = Need::Keys { columns, filter, whole };
            let other = Need::Keys { columns: their, filter: None, whole };
            return vec![(Side::Data, own), (to, other)];
        }
        Metric::Rows { on, filter } => (on, Need::Rows { filter }),
        Metric::CountWhere { on, rule } => (on, Need::Count { rule }),
        Metric::Duplicates { on, columns, whole, filter } => {
            (on, Need::Duplicates { columns, whole, filter })
        }
        Metric::Frequencies { on, column, filter } => (on, Need::Frequencies { column, filter }),
        Metric::Ends { on, column, filter } => (on, Need::Ends { column, filter }),
        Metric::Moments { on, column, shape, filter } => {
            (on, Need::Moments { column, shape, filter })
        }
        Metric::Query { text } => {
            let Ok(query) = Query::parse(&text) else { return Vec::new() };
            let need = Need::QueryTable { words: query.words };
            return query.tables.iter().map(|name| (Side::named(name), need.clone())).collect();
        }
        Metric::Reconcile { to, rule, filter } => {
            let need = Need::Totals { by: rule.group_by, sums: rule.sums, filter };
            return vec![(Side::Data, need.clone()), (to, need)];
        }
        Metric::TableDiff { to, rule, filter } => {
            let columns = rule.keys.iter().chain(&rule.columns).cloned().collect();
            let need = Need::RowsOf { columns, filter };
            return vec![(Side::Data, need.clone()), (to, need)];
        }
        Metric::Holes { on, column, every: _, filter } => (on, Need::Order { column, filter }),
        Metric::Sequence { on, column, rule, filter } => {
            (on, Need::Sequence { column, rule, filter })
        }
        Metric::Overlaps { on, columns, rule, filter } => {
            (on, Need::Overlaps { columns, rule, filter })
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
            Need::Duplicates { columns, whole, filter } => {
                let columns = layout.all(columns)?;
                let filter = layout.filter(filter.as_ref())?;
                AnyState::Duplicates(DuplicateKeys::new(columns, *whole, filter, room))
            }
            Need::Frequencies { column, filter } => {
                let (column, filter) = (layout.column(column)?, layout.filter(filter.as_ref())?);
                AnyState::Frequencies(FrequencyTable::new(column, filter, room))
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
                AnyState::Order(SortedValues::new(column, filter))
            }
            Need::Dealt { column, filter, buckets } => {
                let (column, filter) = (layout.column(column)?, layout.filter(filter.as_ref())?);
                AnyState::Order(SortedValues::dealt(column, filter, buckets.clone()))
            }
            Need::KeyTable { column, filter, most } => {
                let sink = Sink::Table(KeyTable::new(*most));
                keys(layout, column, filter.as_ref(), sink)?
            }
            Need::KeyCounts { column, filter, buckets } => {
                let sink = Sink::Counts(BucketCounts::new(buckets.clone()));
                keys(layout, column, filter.as_ref(), sink)?
            }
            Need::KeysWithin { column, filter, selection, to_keys } => {
                let sink = match to_keys {
                    true => Sink::List(KeyList::new(selection.clone())),
                    false => Sink::Parts(PartCounts::new(selection.clone())),
                };
                keys(layout, column, filter.as_ref(), sink)?
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
            Need::Sequence { column, rule, filter } => {
                let (column, filter) = (layout.column(column)?, layout.filter(filter.as_ref())?);
                AnyState::Sequence(SequenceBreaks::new(column, rule.clone(), filter))
            }
            Need::Overlaps { columns: [start, end], rule, filter } => {
                let columns = [layout.column(start)?, layout.column(end)?];
                let filter = layout.filter(filter.as_ref())?;
                AnyState::Overlaps(RangeSet::new(columns, *rule, filter, room.values))
            }
            Need::Totals { by, sums, filter } => {
                let (by, sums) = (layout.all(by)?, layout.all(sums)?);
                let filter = layout.filter(filter.as_ref())?;
                AnyState::Totals(TotalSums::new(by, sums, filter, room.values))
            }
            Need::QueryTable { words } => {
                let columns = Query::columns(words.as_deref(), layout.schema());
                let columns = layout.all(&columns)?;
                AnyState::Collected(Collector::new(columns, None, room.values))
            }
            Need::RowsOf { columns, filter } => {
                let columns = layout.all(columns)?;
                let filter = layout.filter(filter.as_ref())?;
                AnyState::Collected(Collector::new(columns, filter, room.values))
            }
            Need::Keys { columns, filter, whole } => {
                let columns = layout.all(columns)?;
                let filter = layout.filter(filter.as_ref())?;
                AnyState::KeySet(KeySets::new(columns, filter, *whole, room))
            }
            Need::Examples { rule, columns, limit } => {
                let predicate = layout.predicate(&rule.predicate)?;
                let filter = layout.filter(rule.filter.as_ref())?;
                let columns = layout.all(&shown(layout, rule, columns))?;
                let items_of = item(rule).map(|_| predicate);
                let first = First::new(*limit as usize, columns).with_items_of(items_of);
                AnyState::Examples(Examples::new(predicate, rule.missing, filter, first))
            }
            Need::Grouped { by, need } => {
                let blank = need.state(layout, room)?;
                AnyState::Grouped(GroupedStates::new(layout.all(by)?, by, blank, room.values))
            }
        })
    }

    /// What was asked for, where one of several looks at the order of a column is needed.
    pub fn asked(&self) -> Need {
        match self {
            Need::Dealt { column, filter, .. }
            | Need::KeyTable { column, filter, .. }
            | Need::KeyCounts { column, filter, .. }
            | Need::KeysWithin { column, filter, .. } => {
                Need::Order { column: column.clone(), filter: filter.clone() }
            }
            other => other.clone(),
        }
    }

    /// The column, where the answer is about its values alone, so that a tally gives it.
    pub fn tallied(&self) -> Option<&String> {
        match self {
            Need::Frequencies { column, filter: None }
            | Need::Ends { column, filter: None }
            | Need::Moments { column, filter: None, .. }
            | Need::Order { column, filter: None }
            | Need::Dealt { column, filter: None, .. }
            | Need::KeyTable { column, filter: None, .. }
            | Need::KeyCounts { column, filter: None, .. }
            | Need::KeysWithin { column, filter: None, .. } => Some(column),
            Need::Count { rule: RowRule { predicate, filter: None, .. } } => predicate.value_of(),
            _ => None,
        }
    }

    /// The names of the columns that an example of this need shows.
    pub fn shown(&self, layout: &Layout) -> Vec<String> {
        match self {
            Need::Examples { rule, columns, .. } => {
                shown(layout, rule, columns).into_iter().chain(item(rule)).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn keys(
    layout: &mut Layout,
    column: &str,
    filter: Option<&Filter>,
    sink: Sink,
) -> Result<AnyState, String> {
    let (column, filter) = (layout.column(column)?, layout.filter(filter)?);
    Ok(AnyState::Keys(KeyState::new(column, filter, sink)))
}

/// The columns that matter; for SQL, whose columns the asker cannot know, also those that it and
/// the condition on its rows name.
fn shown(layout: &Layout, rule: &RowRule, columns: &[String]) -> Vec<String> {
    let mut shown = columns.to_vec();
    if let Some(text) = rule.predicate.sql() {
        let condition = rule.filter.iter().flat_map(|filter| layout.columns_of(&filter.0));
        for name in condition.chain(layout.columns_of(text)) {
            if !shown.contains(&name) {
                shown.push(name);
            }
        }
    }
    shown
}

/// What the offending item of a list is called, as if it were a field of its column.
fn item(rule: &RowRule) -> Option<String> {
    match &rule.predicate {
        Predicate::Each { column, .. } => Some(format!("{column}.item")),
        _ => None,
    }
}
