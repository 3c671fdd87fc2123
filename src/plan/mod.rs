//! From suites and schemas to checks, from checks to questions, from answers to verdicts.
//!
//! Everything here is a pure function: no file is read, nothing is printed.

mod bind;
mod family;
mod grouped;
mod judge;
mod properties;
mod questions;
mod select;
mod settle;

pub use bind::{Bound, Schemas, bind};
pub use judge::{Judged, judge};
pub use questions::{example, questions, shown};
pub use select::Selection;
pub use settle::settle;

use crate::expectations::{Context, Expect};
use crate::metric::{Named, Schema};
use crate::suite::{CheckSpec, Suite};

/// An expectation bound to a column of a dataset.
#[derive(Clone, Debug)]
pub struct Check<'s> {
    /// `suite::column::check`, with the check's name behind it where it has one.
    pub id: String,
    pub suite: &'s Suite,
    pub spec: &'s CheckSpec,
    /// The column, for checks under `columns:`.
    pub column: Option<String>,
    /// What stands in the way of judging it at all.
    pub blocked: Option<Blocked>,
    /// The moment of the run, in nanoseconds since 1970-01-01T00:00:00Z.
    pub now: i128,
}

/// Why a check needs no data to be judged, or cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blocked {
    /// The promise is broken already: the column is missing.
    Broken(String),
    /// It cannot be judged.
    Unjudged(String),
    /// The suite leaves it out, with its reason.
    Skipped(String),
}

impl Check<'_> {
    /// Whether the check is a test with a p-value that shares the suite's alpha.
    pub fn is_in_family(&self) -> bool {
        use crate::expectations::Kind;
        self.spec.definition.kind == Kind::Statistical
            && self.spec.common.alpha.is_none()
            && !matches!(self.blocked, Some(Blocked::Skipped(_)))
    }

    /// The second threshold with its surroundings, where the check has one.
    pub fn warning<'a>(&'a self, context: &Context<'a>) -> Option<(&'a dyn Expect, Context<'a>)> {
        let warn = self.spec.warn.as_deref()?;
        Some((&*warn.expectation, Context { common: &warn.common, ..context.clone() }))
    }

    /// The false-alarm rate that it shares, or its own.
    pub fn alpha(&self) -> f64 {
        self.spec.common.alpha.unwrap_or(self.suite.statistics.alpha)
    }

    /// What the expectation is told.
    pub fn context<'a>(
        &'a self,
        schema: &'a Schema,
        reference: Option<&'a Schema>,
        named: &'a [Named],
        family_size: usize,
    ) -> Context<'a> {
        let statistics = &self.suite.statistics;
        let common = &self.spec.common;
        let alpha = common.alpha.unwrap_or_else(|| {
            family::strictest(statistics.correction, statistics.alpha, family_size)
        });
        let design = crate::stats::Design {
            tail: crate::stats::Tail::TwoSided,
            alpha,
            power: statistics.power,
            margin: common.margin.map(|limit| crate::stats::Margin { limit, alpha: self.alpha() }),
        };
        Context {
            column: self.column.as_deref(),
            schema,
            reference,
            named,
            common,
            keys: &self.suite.keys,
            sensitive: &self.suite.sensitive,
            now: self.now,
            design,
        }
    }
}
