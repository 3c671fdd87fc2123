use schemars::JsonSchema;
use serde::Deserialize;

use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope, elsewhere, tally};
use crate::metric::{
    Answers, KeyMatch, KeyQuestion, Metric, Missing, Predicate, RowRule, Side, Unmeasured,
};
use crate::prose::{count, counted, names, percent};
use crate::verdict::{Observed, RowCounts};

/// No row occurs in another dataset too, by the columns that identify a row.
///
/// # Why
/// A row of the test set that stands in the training set as well is answered from memory: the model
/// looks better than it is. Name the columns that identify what must not leak (a user, a patient),
/// or leave them out to compare all columns that both datasets have. A missing part of the key
/// equals a missing part; a row whose key is all missing is not judged.
///
/// # Passes
/// ```yaml
/// table:
///   no_overlap_with: {dataset: train, columns: [user]}
/// ```
/// ```csv
/// user,label
/// 4,1
/// 5,0
/// ```
/// ```csv train
/// user,label
/// 1,1
/// 2,0
/// ```
///
/// # Fails
/// ```yaml
/// table:
///   no_overlap_with: train
/// ```
/// ```csv
/// user,label
/// 1,1
/// 5,0
/// ```
/// ```csv train
/// user,label
/// 1,1
/// 2,0
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoOverlapWith {
    /// The other dataset: a name under `datasets:`, or `reference`.
    dataset: String,
    /// The columns that identify a row; by default all that both datasets have.
    columns: Option<Vec<String>>,
}

impl Expectation for NoOverlapWith {
    const NAME: &'static str = "no_overlap_with";
    const SCOPE: Scope = Scope::Table;
    const KIND: Kind = Kind::Row;
    const SHORT: Option<&'static str> = Some("dataset");
}

impl NoOverlapWith {
    fn key(&self, context: &Context, side: &Side) -> Vec<String> {
        self.columns.clone().unwrap_or_else(|| elsewhere::common_columns(context, side))
    }

    fn metric(&self, context: &Context) -> Option<Metric> {
        let to = context.side(&self.dataset).ok()?;
        let columns = self.key(context, &to);
        let (filter, their) = (context.filter(), columns.clone());
        Some(Metric::Keys { columns, filter, to, their, ask: KeyQuestion::Shared })
    }

    fn found<'a>(
        &self,
        context: &Context,
        answers: &'a Answers,
    ) -> Result<&'a KeyMatch, Unmeasured> {
        let none = || Unmeasured::NotComputable(format!("no dataset `{}`", self.dataset));
        answers.keys(&self.metric(context).ok_or_else(none)?)
    }
}

impl Expect for NoOverlapWith {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        let side = context.side(&self.dataset).map_err(|mistake| mistake.of("dataset"))?;
        if side == Side::Data {
            let mistake = Mistake::new("every row occurs in the data itself, so this cannot pass");
            return Err(mistake.of("dataset"));
        }
        if context.common.nulls.is_some() {
            return Err(Mistake::new("`nulls` has no meaning for `no_overlap_with`")
                .help("rows without a key are not compared; add `not_null` to forbid them"));
        }
        let key = self.key(context, &side);
        if key.is_empty() {
            let other = elsewhere::words(&side);
            return Err(match self.columns {
                Some(_) => Mistake::new("no column is named")
                    .help("write `columns: [user_id]`, or leave `columns` out"),
                None => Mistake::new(format!("the data and {other} share no column"))
                    .help("a row is identified by columns that both have"),
            });
        }
        elsewhere::check_pairs(context, &side, key.iter().zip(&key))
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        self.metric(context).into_iter().collect()
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let found = self.found(context, answers)?;
        let side = context.side(&self.dataset);
        let side = side.map_err(|mistake| Unmeasured::NotComputable(mistake.message))?;
        let key = self.key(context, &side);
        let (by, other) = (names(key.iter().map(String::as_str), 5), elsewhere::words(&side));
        if found.examined == 0 {
            return tally::empty(context, Some(found.rows), &format!("values of {by}"));
        }
        if found.other_rows == 0 {
            let reason = format!("{other} has no row to compare with, so nothing was checked");
            return Err(Unmeasured::NotComputable(reason));
        }
        let mostly = context.common.mostly.unwrap_or(1.0);
        let kept = tally::enough(found.examined - found.found, found.examined, mostly);
        let examined = counted(found.examined, "row");
        let message = match found.found {
            0 => format!("none of {examined} occurs in {other}, by {by}"),
            rows => format!(
                "{} of {examined} also occur in {other}, by {by} ({}): {} distinct",
                count(rows),
                percent(rows as f64 / found.examined as f64),
                count(found.distinct_found)
            ),
        };
        let observed = Observed::Integer(found.found.into());
        let mut finding = Finding::decided(kept, message).observed(observed);
        finding.rows = RowCounts {
            examined: Some(found.examined),
            skipped: Some(found.skipped),
            violations: Some(found.found),
        };
        Ok(finding)
    }

    fn failing(&self, context: &Context, answers: &Answers) -> Option<RowRule> {
        let keys = self.found(context, answers).ok()?.keys.clone();
        let columns = self.key(context, &context.side(&self.dataset).ok()?);
        let predicate = Predicate::KeyIn { columns, keys, negated: true };
        Some(RowRule { predicate, missing: Missing::Skip, filter: context.filter() })
    }

    fn columns(&self) -> Vec<String> {
        self.columns.clone().unwrap_or_default()
    }

    fn datasets(&self) -> Vec<String> {
        vec![self.dataset.clone()]
    }

    fn columns_elsewhere(&self) -> Vec<(String, String)> {
        let named = self.columns.iter().flatten();
        named.map(|column| (self.dataset.clone(), column.clone())).collect()
    }
}
