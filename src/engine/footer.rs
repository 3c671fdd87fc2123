//! What the footer of a file answers with certainty, for a run that trusts it.
//!
//! A count of nulls is an answer where the writer gave one for every row group; the ends of a column
//! are one where it holds signed integers, which are never cut short and know no NaN. Everything
//! else is read.

use std::sync::Arc;

use super::predicate;
use super::question::Need;
use super::source::Source;
use super::state::Finished;
use crate::metric::{Bound, Counted, Missing, Predicate, RowRule, Type};

/// What a file says of a column without being read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Bytes as they are stored.
    pub stored_bytes: Option<u64>,
    pub nulls: Option<u64>,
    /// The smallest and the largest value of a column of integers.
    pub ends: Option<(i64, i64)>,
}

/// The answer to a need, where the footer is certain of it.
pub fn answer(need: &Need, source: &dyn Source) -> Option<Finished> {
    let rows = source.schema().rows?;
    match need {
        Need::Rows { filter: None } => Some(Finished::Rows(Arc::new(rows))),
        Need::Count { rule } if rule.filter.is_none() => {
            counted(rule, rows, source).map(|counted| Finished::Count(Arc::new(counted)))
        }
        _ => None,
    }
}

fn counted(rule: &RowRule, rows: u64, source: &dyn Source) -> Option<Counted> {
    let facts = |column: &String| source.facts(column);
    match &rule.predicate {
        Predicate::Present { column } if !may_be_nan(column, source) => {
            let violations = facts(column).nulls.filter(|nulls| *nulls <= rows)?;
            Some(Counted { rows, examined: rows, violations, ..Counted::default() })
        }
        Predicate::Within { column, min, max, negated: false } if is_integer(column, source) => {
            let Facts { nulls: Some(nulls), ends: Some(ends), .. } = facts(column) else {
                return None;
            };
            let all_inside = nulls <= rows && holds_for(ends, min.as_ref(), max.as_ref());
            all_inside.then(|| match rule.missing {
                Missing::Skip => {
                    Counted { rows, examined: rows - nulls, nulls, ..Counted::default() }
                }
                Missing::Fail => {
                    Counted { rows, examined: rows, violations: nulls, ..Counted::default() }
                }
            })
        }
        _ => None,
    }
}

fn holds_for(ends: (i64, i64), min: Option<&Bound>, max: Option<&Bound>) -> bool {
    let inside = predicate::integers_inside(min, max);
    inside.is_some_and(|inside| {
        *inside.start() <= i128::from(ends.0) && i128::from(ends.1) <= *inside.end()
    })
}

fn may_be_nan(column: &str, source: &dyn Source) -> bool {
    let kind = source.schema().column(column).map(|column| &column.kind);
    !matches!(
        kind,
        Some(
            Type::Boolean
                | Type::Integer { .. }
                | Type::Decimal { .. }
                | Type::String
                | Type::Date
                | Type::Time
                | Type::DateTime { .. }
        )
    )
}

fn is_integer(column: &str, source: &dyn Source) -> bool {
    let kind = source.schema().column(column).map(|column| &column.kind);
    matches!(kind, Some(Type::Integer { signed: true, .. }))
}

#[cfg(test)]
mod tests {
    use arrow::array::{ArrayRef, Int32Array, RecordBatch, StringArray};
    use parquet::arrow::ArrowWriter;
    use parquet::file::properties::WriterProperties;
    use proptest::prelude::*;

    use super::*;
    use crate::engine::source::{SourceSpec, open};
    use crate::engine::{EmbeddedEngine, Engine, Options};
    use crate::metric::{BoundValue, Metric, Side, Value};

    fn questions() -> Vec<Metric> {
        let count = |predicate, missing| Metric::CountWhere {
            on: Side::Data,
            rule: RowRule { predicate, missing, filter: None },
        };
        let end =
            |value| Some(Bound { value: BoundValue::Value(Value::Int(value)), strict: false });
        let within = |max| Predicate::Within {
            column: "n".into(),
            min: end(-2),
            max: end(max),
            negated: false,
        };
        let present = |column: &str| Predicate::Present { column: column.into() };
        vec![
            Metric::Rows { on: Side::Data, filter: None },
            count(present("n"), Missing::Skip),
            count(present("t"), Missing::Fail),
            count(within(1), Missing::Skip),
            count(within(5), Missing::Skip),
            count(within(5), Missing::Fail),
        ]
    }

    #[test]
    fn what_the_footer_answers_is_what_the_rows_answer() {
        let cell = (prop::option::weighted(0.7, -3..4i32), prop::option::weighted(0.7, "[ab]"));
        let rows = prop::collection::vec(cell, 1..40);
        proptest!(ProptestConfig::with_cases(64), |(rows in rows, group_rows in 1..20usize)| {
            let numbers: ArrayRef = Arc::new(rows.iter().map(|row| row.0).collect::<Int32Array>());
            let texts = rows.iter().map(|row| row.1.as_deref()).collect::<StringArray>();
            let columns = [("n", numbers, true), ("t", Arc::new(texts) as ArrayRef, true)];
            let record = RecordBatch::try_from_iter_with_nullable(columns).expect("a batch");
            let file = tempfile::Builder::new().suffix(".parquet").tempfile().expect("a file");
            let properties =
                WriterProperties::builder().set_max_row_group_row_count(Some(group_rows)).build();
            let writer = ArrowWriter::try_new(file.reopen().expect("open"), record.schema(), Some(properties));
            let mut writer = writer.expect("a writer");
            writer.write(&record).expect("written");
            writer.close().expect("closed");
            let answers = |trust_footer| {
                let source = open(&SourceSpec::new(file.path().to_string_lossy())).expect("opened");
                let options = Options { trust_footer, ..Options::default() };
                let engine = EmbeddedEngine::new(vec![(Side::Data, source)], options);
                let answers = format!("{:?}", engine.measure(&questions()));
                (answers, questions().iter().filter(|metric| engine.is_unread(metric)).count())
            };
            let ((read, none), (trusted, some)) = (answers(false), answers(true));
            prop_assert_eq!(read, trusted);
            prop_assert!(none == 0 && some >= 3);
        });
    }
}
