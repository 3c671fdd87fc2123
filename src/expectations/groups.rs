//! What the tests of groups within the data have in common.

use super::{Context, Finding, Mistake, two_samples};
use crate::metric::{Answers, Groups, Metric, Side, Type, Unmeasured};
use crate::stats::planning::{Law, Planned};
use crate::stats::{Tail, TestResult, Undefined};

/// A column in groups by the values of another.
pub struct ByGroup<'a> {
    pub context: &'a Context<'a>,
    /// The column whose values make the groups.
    pub by: &'a str,
}

impl ByGroup<'_> {
    /// Refuses a column that groups itself, and one without numbers.
    pub fn check(&self) -> Result<(), Mistake> {
        if self.by == self.context.name() {
            return Err(Mistake::new("a column has no groups by itself").of("by"));
        }
        self.context.accept(Type::is_number, "numbers")
    }

    /// The question for the groups.
    pub fn metric(&self) -> Metric {
        let (column, by) = (self.context.name().to_owned(), self.by.to_owned());
        Metric::Groups { on: Side::Data, column, by, filter: self.context.filter() }
    }

    /// Judges the groups; `subject` is what is compared: "the mean".
    ///
    /// # Errors
    /// The groups cannot be read, or the test has no result.
    pub fn judge(
        &self,
        answers: &Answers,
        subject: &str,
        test: impl FnOnce(&Groups) -> Result<TestResult, Undefined>,
    ) -> Result<Finding, Unmeasured> {
        let found = answers.groups(&self.metric())?;
        let result = two_samples::judged(test(found))?;
        let finding = Finding::test(result, format!("{subject} of `{}`", self.context.name()));
        Ok(finding.dropped([found.missing]).against(format!("one `{}` to another", self.by)))
    }

    /// The questions for the number of groups, of the data and of the reference.
    pub fn counted(&self) -> Vec<Metric> {
        let metric = |on| {
            let (column, filter) = (self.by.to_owned(), self.context.filter());
            Metric::Frequencies { on, column, filter }
        };
        [Side::Data, Side::Reference].map(metric).to_vec()
    }

    /// The law for as many groups as there are.
    pub fn planning(&self, answers: &Answers, law: fn(u64) -> Law) -> Option<Planned> {
        let counts = self.counted();
        let found = counts.iter().find_map(|metric| answers.frequencies(metric).ok())?;
        let count = found.counts.len() as u64;
        (count > 1).then(|| law(count).towards(Tail::TwoSided))
    }
}
