//! Which checks run.

use std::collections::BTreeSet;

use super::Check;
use crate::verdict::Severity;

/// What a person asks to run; empty lists ask for everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// Texts, any of which the id contains (or equals, when `exact`).
    pub filters: Vec<String>,
    pub exact: bool,
    /// Texts, none of which the id contains (or equals).
    pub skip: Vec<String>,
    pub tags: Vec<String>,
    pub columns: Vec<String>,
    /// Kinds of check: `between`, `ks_test` …
    pub checks: Vec<String>,
    pub severities: Vec<Severity>,
    /// Only these ids: those that failed last time.
    pub last_failed: Option<BTreeSet<String>>,
}

impl Selection {
    /// Whether the check is among those asked for.
    pub fn contains(&self, check: &Check) -> bool {
        let id = check.id.as_str();
        let hit = |text: &String| if self.exact { id == text } else { id.contains(text.as_str()) };
        let any =
            |list: &[String], is: &dyn Fn(&String) -> bool| list.is_empty() || list.iter().any(is);
        any(&self.filters, &hit)
            && !self.skip.iter().any(hit)
            && any(&self.tags, &|tag| check.spec.common.tags.contains(tag))
            && any(&self.columns, &|column| check.column.as_ref() == Some(column))
            && any(&self.checks, &|kind| check.spec.definition.name == kind)
            && (self.severities.is_empty() || self.severities.contains(&check.spec.common.severity))
            && self.last_failed.as_ref().is_none_or(|failed| failed.contains(id))
    }
}
