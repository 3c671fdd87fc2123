//! How every row check is judged: a count, `mostly`, and a sentence.

use super::{Context, Expect, Finding, Mistake};
use crate::metric::{
    Answers, Counted, Example, Filter, Metric, Missing, Nan, Predicate, RowRule, Side, Unmeasured,
};
use crate::prose::{count, percent};
use crate::verdict::Observed;

/// A rule for each row: most expectations are nothing else.
///
/// Implementing this trait implements [`Expect`].
pub trait RowCheck: std::fmt::Debug + Send + Sync {
    /// What is asked of a row.
    ///
    /// # Errors
    /// The arguments mean nothing for the column's type.
    fn predicate(&self, context: &Context) -> Result<Predicate, Mistake>;

    /// How rows that keep it and rows that break it are spoken of.
    fn words(&self, context: &Context) -> Words;

    /// The rows that the check looks at.
    fn filter(&self, context: &Context) -> Option<Filter> {
        context.filter()
    }

    /// How many rows may break it, beside `mostly`.
    fn max_count(&self) -> Option<u64> {
        None
    }

    /// What is odd about the arguments for this column; `failed` when rows break the rule.
    fn warnings(&self, context: &Context, failed: bool) -> Vec<String> {
        let _ = (context, failed);
        Vec::new()
    }

    /// Columns that the arguments name, beside the check's own.
    fn columns(&self) -> Vec<String> {
        Vec::new()
    }

    /// The SQL predicates that are the check itself, each with the argument that holds it.
    fn sql(&self) -> Vec<(&'static str, &str)> {
        Vec::new()
    }

    /// What example rows of a failure show, in further sentences.
    fn remarks(&self, context: &Context, examples: &[Example]) -> Vec<String> {
        let _ = (context, examples);
        Vec::new()
    }
}

/// The words for rows that keep a rule and for rows that break it.
pub struct Words {
    /// What the rows are: "values of `price`".
    pub subject: String,
    /// "lie in [10, 350]".
    pub keep: String,
    /// "do not lie in [10, 350]".
    pub break_it: String,
}

impl Words {
    /// Words about the values of the check's column.
    pub fn of_values(
        context: &Context,
        keep: impl Into<String>,
        break_it: impl Into<String>,
    ) -> Words {
        let subject = format!("values of `{}`", context.name());
        Words { subject, keep: keep.into(), break_it: break_it.into() }
    }
}

impl<C: RowCheck> Expect for C {
    fn check(&self, context: &Context) -> Result<(), Mistake> {
        self.predicate(context).map(|_| ())
    }

    fn metrics(&self, context: &Context) -> Vec<Metric> {
        self.rule(context).map(metric).into_iter().collect()
    }

    fn judge(&self, context: &Context, answers: &Answers) -> Result<Finding, Unmeasured> {
        let rule = match self.predicate(context) {
            Ok(predicate) => rule(context, predicate, self.filter(context)),
            Err(mistake) => return Err(Unmeasured::NotComputable(mistake.message)),
        };
        let tally = Tally {
            fails_missing: rule.missing == Missing::Fail,
            max_count: self.max_count(),
            is_partial: rule.filter != context.filter(),
            ..Tally::new(answers.counted(&metric(rule))?)
        };
        let mut finding = decide(context, &tally, &self.words(context))?;
        finding.warnings.extend(self.warnings(context, tally.counted.violations > 0));
        Ok(finding)
    }

    fn rule(&self, context: &Context) -> Option<RowRule> {
        let predicate = self.predicate(context).ok()?;
        Some(rule(context, predicate, self.filter(context)))
    }

    fn columns(&self) -> Vec<String> {
        RowCheck::columns(self)
    }

    fn sql(&self) -> Vec<(&'static str, &str)> {
        RowCheck::sql(self)
    }

    fn remarks(&self, context: &Context, examples: &[Example]) -> Vec<String> {
        RowCheck::remarks(self, context, examples)
    }
}

/// A predicate with the rows and the missing values that the check's common arguments say.
fn rule(context: &Context, predicate: Predicate, filter: Option<Filter>) -> RowRule {
    let missing = context.common.nulls.unwrap_or_default();
    let predicate = match context.common.nan.unwrap_or_default() {
        Nan::Missing => predicate,
        nan => Predicate::WithNan { predicate: Box::new(predicate), nan },
    };
    RowRule { predicate, missing, filter }
}

/// Refuses arguments about missing values where the check itself is about them.
pub fn counts_missing(context: &Context) -> Result<(), Mistake> {
    let argument = match (context.common.nulls, context.common.nan) {
        (Some(Missing::Skip), _) => "nulls",
        (_, Some(_)) => "nan",
        _ => return Ok(()),
    };
    let message = format!("`{argument}` has no meaning for a check that counts missing values");
    Err(Mistake::new(message).help("NaN counts as missing here").of(argument))
}

/// What a sentence about forbidden values adds where missing ones break the rule as well.
pub fn or_missing(context: &Context) -> &'static str {
    if context.common.nulls == Some(Missing::Fail) { ", or are missing" } else { "" }
}

/// The question how many rows keep the rule.
pub fn metric(rule: RowRule) -> Metric {
    Metric::CountWhere { on: Side::Data, rule }
}

/// The question how many values of the check's column are there at all.
pub fn present(context: &Context, on: Side) -> Metric {
    let predicate = Predicate::Present { column: context.name().to_owned() };
    let rule = RowRule { predicate, missing: Missing::Skip, filter: context.filter() };
    Metric::CountWhere { on, rule }
}

/// How many rows were found to break a rule, and how many may.
#[derive(Clone, Copy, Debug)]
pub struct Tally {
    pub counted: Counted,
    /// Whether missing values were judged, and break the rule.
    pub fails_missing: bool,
    /// How many rows may break it, beside `mostly`.
    pub max_count: Option<u64>,
    /// Whether the check itself leaves rows out, beside `where`.
    pub is_partial: bool,
}

impl Tally {
    /// A count in which missing values are left out and nothing is allowed beside `mostly`.
    pub fn new(counted: &Counted) -> Self {
        Tally { counted: *counted, fails_missing: false, max_count: None, is_partial: false }
    }

    /// Whether few enough rows break the rule: each limit that is written must be kept.
    fn is_kept(&self, mostly: Option<f64>) -> bool {
        let Counted { examined, violations, .. } = self.counted;
        let share = match (mostly, self.max_count) {
            (None, Some(_)) => true,
            (mostly, _) => enough(examined - violations, examined, mostly.unwrap_or(1.0)),
        };
        share && self.max_count.is_none_or(|most| violations <= most)
    }

    /// What may break the rule, in words.
    fn allowed(&self, mostly: Option<f64>) -> String {
        let share = mostly.filter(|mostly| *mostly < 1.0);
        let share = share.map(|mostly| format!("up to {} %", percent_of(1.0 - mostly)));
        let limits: Vec<String> = share.into_iter().chain(self.max_count.map(count)).collect();
        match (limits.as_slice(), self.max_count) {
            ([], _) => String::new(),
            (limits, Some(1)) if limits.len() == 1 => "; 1 is allowed".to_owned(),
            (limits, _) => format!("; {} are allowed", limits.join(" and at most ")),
        }
    }
}

/// Judges a row check by the count of its rule.
///
/// # Errors
/// The count could not be taken, or no value was there to be judged.
pub fn judge(
    context: &Context,
    answers: &Answers,
    rule: RowRule,
    words: &Words,
) -> Result<Finding, Unmeasured> {
    let fails_missing = rule.missing == Missing::Fail;
    let tally = Tally { fails_missing, ..Tally::new(answers.counted(&metric(rule))?) };
    decide(context, &tally, words)
}

/// Judges a row check by what was counted.
///
/// # Errors
/// No value was there to be judged.
pub fn decide(context: &Context, tally: &Tally, words: &Words) -> Result<Finding, Unmeasured> {
    let counted = &tally.counted;
    if counted.examined == 0 {
        let rows = Some(counted.rows).filter(|rows| *rows > 0 || !tally.is_partial);
        return Ok(empty(context, rows, &words.subject)?.counted(counted));
    }
    let mostly = context.common.mostly;
    let message = sentence(counted, &tally.allowed(mostly), words);
    let mut finding = Finding::decided(tally.is_kept(mostly), message)
        .observed(Observed::Integer(counted.violations.into()))
        .counted(counted);
    if counted.nans > 0 && !tally.fails_missing {
        let nans = count(counted.nans);
        finding.warnings.push(format!("{nans} of the skipped values are NaN, not null"));
    }
    Ok(finding)
}

/// The finding where no value was there: an error, unless `allow_empty` says that this is fine.
///
/// # Errors
/// Nothing was checked, which is never a pass.
pub fn empty(context: &Context, rows: Option<u64>, subject: &str) -> Result<Finding, Unmeasured> {
    let reason = match (&context.common.r#where, rows) {
        (Some(_), Some(0)) => "`where` selects no row".to_owned(),
        (None, Some(0)) => "the table has no rows".to_owned(),
        (_, Some(rows)) => format!("all {} {subject} are missing", count(rows)),
        (_, None) => format!("there are no {subject}"),
    };
    if context.common.allow_empty {
        return Ok(Finding::decided(true, format!("{reason}, which `allow_empty` allows")));
    }
    Err(Unmeasured::NotComputable(format!("{reason}, so nothing was checked")))
}

/// Whether `kept` of `examined` rows are at least the share `mostly`, in exact integers.
///
/// The share is taken as the decimal number that was written: 4 of 5 rows are 0.8 of them.
pub fn enough(kept: u64, examined: u64, mostly: f64) -> bool {
    let text = format!("{mostly}");
    let digits = text.split_once('.').map_or("", |(_, digits)| digits);
    let scale = 10u128.checked_pow(digits.len() as u32);
    let share = text.replace('.', "").parse::<u128>().ok();
    match (scale, share) {
        (Some(scale), Some(share)) => {
            match (u128::from(kept).checked_mul(scale), share.checked_mul(examined.into())) {
                (Some(left), Some(right)) => left >= right,
                _ => kept as f64 / examined as f64 >= mostly,
            }
        }
        _ => kept as f64 / examined as f64 >= mostly,
    }
}

fn sentence(counted: &Counted, allowed: &str, words: &Words) -> String {
    let (examined, violations) = (counted.examined, counted.violations);
    let Words { subject, keep, break_it } = words;
    if violations == 0 {
        return format!("all {} {subject} {keep}", count(examined));
    }
    let share = percent(violations as f64 / examined as f64);
    format!("{} of {} {subject} {break_it} ({share}{allowed})", count(violations), count(examined))
}

fn percent_of(share: f64) -> String {
    crate::prose::figure((share * 1e12).round() / 1e10)
}

#[cfg(test)]
mod tests {
    use super::enough;

    #[test]
    fn mostly_is_exact_at_its_boundary() {
        assert!(enough(4, 5, 0.8));
        assert!(enough(95, 100, 0.95));
        assert!(!enough(94, 100, 0.95));
        for total in 1..=400u64 {
            for hundredths in 1..=100u64 {
                let mostly: f64 = format!("0.{hundredths:02}").parse().unwrap_or(1.0);
                let mostly = if hundredths == 100 { 1.0 } else { mostly };
                let needed = (hundredths * total).div_ceil(100);
                assert!(enough(needed, total, mostly), "{needed} of {total} at {mostly}");
                assert!(!enough(needed - 1, total, mostly), "{needed} - 1 of {total} at {mostly}");
            }
        }
    }
}
