use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, elsewhere, tally};
use crate::metric::{
    Answers, KeyMatch, KeyQuestion, Metric, Missing, Predicate, RowRule, Side, Unmeasured,
};
use crate::prose::{count, names, percent};
use crate::verdict::{Observed, RowCounts};

/// Every value occurs in a column of another dataset; under `table:`, every combination of values.
///
/// # Why
/// A row that points to nothing vanishes in the next join, without an error. The other dataset
/// stands under `datasets:`; `reference` and `data` (a table that points to itself) are datasets
/// too. Integers of any width, whole decimals and floats compare by their exact value. A row with a
/// missing part of the key points nowhere and is not judged, unless `nulls: fail`.
///
/// # Passes
/// ```yaml
/// columns:
///   host_id: {foreign_key: hosts.id}
/// ```
/// ```csv
/// room,host_id
/// 1,7
/// 2,7
/// 3,
/// ```
/// ```csv hosts
/// id,name
/// 7,Ada
/// 8,Emmy
/// ```
///
/// # Fails
/// ```yaml
/// table:
///   foreign_key:
///     columns: [country, city]
///     to: {dataset: places, columns: [country, name]}
/// ```
/// ```csv
/// country,city
/// FR,Paris
/// US,Paris
/// ```
/// ```csv places
/// country,name
/// FR,Paris
/// US,Boston
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ForeignKey {
    /// The columns of the key, for a check of the table.
    columns: Option<Vec<String>>,
    /// Where the values must occur: `hosts.id`, or a dataset and its columns.
    to: Target,
}

/// A dataset and the columns of its key, in the order of the data's.
#[derive(Clone, Debug)]
struct Target {
    dataset: String,
    columns: Vec<String>,
}

impl Expectation for ForeignKey {
    const NAME: &'static str = "foreign_key";
    const SCOPE: Scope = Scope::Both;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("to");
}

impl ForeignKey {
    fn key(&self, context: &Context) -> Vec<String> {
        let own = context.column.map(|column| vec![column.to_owned()]);
        own.or_else(|| self.columns.clone()).unwrap_or_default()
    }

    fn metric(&self, context: &Context) -> Option<Metric> {
        Some(Metric::Keys {
            columns: self.key(context),
            filter: context.filter(),
            to: context.side(&self.to.dataset).ok()?,
            their: self.to.columns.clone(),
            ask: KeyQuestion::Orphans,
        })
    }

    fn found<'a>(
        &self,
        context: &Context,
        answers: &'a Answers,
    ) -> Result<&'a KeyMatch, Unmeasured> {
        let none = || Unmeasured::NotComputable(format!("no dataset `{}`", self.to.dataset));
        answers.keys(&self.metric(context).ok_or_else(none)?)
    }
}

impl Expect for ForeignKey {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        let key = self.key(context);
        match (context.column, &self.columns) {
            (Some(_), Some(_)) => {
                return Err(Mistake::new("a column's `foreign_key` names no columns")
                    .help("put a key of several columns under `table:`"));
            }
            (None, columns) if columns.as_ref().is_none_or(Vec::is_empty) => {
                return Err(Mistake::new("no key is named")
                    .help("write `columns: [country, city]`, or put the check under a column"));
            }
            _ => {}
        }
        let side = context.side(&self.to.dataset).map_err(|mistake| mistake.of("to"))?;
        if key.len() != self.to.columns.len() {
            let (own, their) = (key.len(), self.to.columns.len());
            let message = format!("the key has {own} columns, `to` names {their}");
            return Err(Mistake::new(message).help("name them in the same order").of("to"));
        }
        if side == Side::Data && key == self.to.columns {
            return Err(
                Mistake::new("every value occurs in its own column, so this cannot fail").of("to")
            );
        }
        elsewhere::check_pairs(context, &side, key.iter().zip(&self.to.columns))
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        self.metric(context).into_iter().collect()
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let found = self.found(context, answers)?;
        let fails_missing = context.common.nulls == Some(Missing::Fail);
        let missing = if fails_missing { found.skipped } else { 0 };
        let (examined, orphans) = (found.examined + missing, found.examined - found.found);
        let key = names(self.key(context).iter().map(String::as_str), 5);
        if examined == 0 {
            return tally::empty(context, Some(found.rows), &format!("values of {key}"));
        }
        let violations = orphans + missing;
        let mostly = context.common.mostly.unwrap_or(1.0);
        let kept = tally::enough(examined - violations, examined, mostly);
        let their = names(self.to.columns.iter().map(String::as_str), 5);
        let side = context.side(&self.to.dataset).map(|side| elsewhere::words(&side));
        let other = side.unwrap_or_default();
        let message = match violations {
            0 => format!("all {} values of {key} occur in {their} of {other}", count(examined)),
            _ => {
                let share = percent(violations as f64 / examined as f64);
                let distinct = count(found.distinct - found.distinct_found);
                let missing = match missing {
                    0 => String::new(),
                    missing => format!(", {} missing", count(missing)),
                };
                format!(
                    "{} of {} values of {key} do not occur in {their} of {other} ({share}): \
                     {distinct} distinct{missing}",
                    count(violations),
                    count(examined)
                )
            }
        };
        let mut finding =
            Finding::decided(kept, message).observed(Observed::Integer(violations.into()));
        finding.rows = RowCounts {
            examined: Some(examined),
            skipped: Some(found.rows - examined),
            violations: Some(violations),
        };
        if found.other_rows == 0 {
            finding.warnings.push(format!("{other} has no value of {their} at all"));
        }
        Ok(finding)
    }

    fn failing(&self, context: &Context, answers: &Answers) -> Option<RowRule> {
        let found = self.found(context, answers).ok()?;
        let missing = context.common.nulls.unwrap_or_default();
        let keys = match missing {
            Missing::Fail => found.keys.with(&found.partial),
            _ => found.keys.clone(),
        };
        let predicate = Predicate::KeyIn { columns: self.key(context), keys, negated: true };
        Some(RowRule { predicate, missing, filter: context.filter() })
    }

    fn columns(&self) -> Vec<String> {
        self.columns.clone().unwrap_or_default()
    }

    fn datasets(&self) -> Vec<String> {
        vec![self.to.dataset.clone()]
    }

    fn columns_elsewhere(&self) -> Vec<(String, String)> {
        let dataset = &self.to.dataset;
        self.to.columns.iter().map(|column| (dataset.clone(), column.clone())).collect()
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TargetVisitor)
    }
}

struct TargetVisitor;

impl<'de> Visitor<'de> for TargetVisitor {
    type Value = Target;

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("`dataset.column`, or {dataset: name, columns: [..]}")
    }

    /// Names of datasets have no dots, so that the first one ends it.
    fn visit_str<E: Error>(self, text: &str) -> Result<Target, E> {
        match text.split_once('.') {
            Some((dataset, column)) if !dataset.is_empty() && !column.is_empty() => {
                Ok(Target { dataset: dataset.to_owned(), columns: vec![column.to_owned()] })
            }
            _ => Err(E::custom(format!("`{text}` is no `dataset.column`"))),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Target, A::Error> {
        let (mut dataset, mut columns) = (None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "dataset" => dataset = Some(map.next_value()?),
                "columns" => columns = Some(map.next_value()?),
                _ => return Err(A::Error::unknown_field(&key, &["dataset", "columns"])),
            }
        }
        Ok(Target {
            dataset: dataset.ok_or_else(|| A::Error::missing_field("dataset"))?,
            columns: columns.ok_or_else(|| A::Error::missing_field("columns"))?,
        })
    }
}

impl JsonSchema for Target {
    fn schema_name() -> Cow<'static, str> {
        "KeyTarget".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "`dataset.column`, or a dataset and the columns of its key",
            "anyOf": [
                {"type": "string", "pattern": "^[^.]+[.].+$"},
                {"type": "object", "properties": {
                    "dataset": {"type": "string"},
                    "columns": {"type": "array", "items": {"type": "string"}, "minItems": 1}
                }, "required": ["dataset", "columns"], "additionalProperties": false}
            ]
        })
    }
}
