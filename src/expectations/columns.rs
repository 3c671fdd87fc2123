use regex::Regex;
use schemars::JsonSchema;
use serde::Deserialize;

use super::text_arguments::Pattern;
use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope};
use crate::metric::{Answers, Metric, Unmeasured};
use crate::prose::{counted, names};
use crate::verdict::Observed;

/// The table has the named columns: exactly these, at least these, or none of these.
///
/// # Why
/// A column that disappears, appears or moves is the first sign that an upstream step changed, and
/// code that reads by position breaks silently. Names are compared byte for byte, unless
/// `ignore_case: true`. `ordered: true` asks for the order too, with `exactly` for all columns and
/// with `include` for the named ones among themselves. `names_match` is a regular expression that
/// must be found in every name. A name that stands twice fails.
///
/// # Passes
/// ```yaml
/// table:
///   columns: {exactly: [id, price], ordered: true, names_match: '^[a-z_]+$'}
/// ```
/// ```csv
/// id,price
/// 1,10
/// ```
///
/// # Fails
/// ```yaml
/// table:
///   columns: {exactly: [id, price], ordered: true}
/// ```
/// ```csv
/// price,id
/// 10,1
/// ```
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// All columns of the table.
    exactly: Option<Vec<String>>,
    /// Columns that must be there; others may be.
    include: Option<Vec<String>>,
    /// Columns that must not be there.
    exclude: Option<Vec<String>>,
    /// Whether the order counts as well.
    #[serde(default)]
    ordered: bool,
    /// Whether names that differ only in case are the same.
    #[serde(default)]
    ignore_case: bool,
    /// A regular expression that must be found in the name of every column.
    names_match: Option<Pattern>,
}

impl Expectation for Columns {
    const NAME: &'static str = "columns";
    const SCOPE: Scope = Scope::Table;
    const KIND: Kind = Kind::Schema;
    const SHORT: Option<&'static str> = Some("exactly");
}

impl Expect for Columns {
    fn check(&self, _: &Context) -> Result<(), Mistake> {
        let lists = [&self.exactly, &self.include, &self.exclude];
        for list in lists.into_iter().flatten() {
            if list.is_empty() {
                return Err(Mistake::new("the list of columns is empty"));
            }
            let list: Vec<String> = list.iter().map(|name| self.folded(name)).collect();
            let twice = list.iter().enumerate().find(|(place, name)| list[..*place].contains(name));
            if let Some((_, name)) = twice {
                return Err(Mistake::new(format!("`{name}` is listed twice")));
            }
        }
        match (&self.exactly, &self.include, &self.exclude) {
            (None, None, None) if self.ordered || self.ignore_case => {
                Err(Mistake::new("no columns are named whose order or case could matter"))
            }
            (None, None, None) if self.names_match.is_none() => {
                Err(Mistake::new("no columns are named")
                    .help("give `exactly`, `include` or `exclude` a list of names"))
            }
            (Some(_), Some(_), _) | (Some(_), _, Some(_)) => {
                Err(Mistake::new("`include` and `exclude` cannot stand beside `exactly`"))
            }
            (None, None, Some(_)) if self.ordered => {
                Err(Mistake::new("`ordered` has no meaning for `exclude`"))
            }
            _ => Ok(()),
        }
    }

    fn metrics(&self, _: &Context) -> Vec<Metric> {
        Vec::new()
    }

    fn judge(&self, context: &Context, _: &Answers) -> Result<Finding, Unmeasured> {
        let found: Vec<&str> = context.schema.names().collect();
        let problems = self.problems(&found);
        let list = Observed::List(found.iter().map(|name| (*name).to_owned()).collect());
        let finding = if problems.is_empty() {
            let count = counted(found.len() as u64, "column");
            Finding::decided(true, format!("the table has the {count} that it should have"))
        } else {
            Finding::decided(false, problems.join("; "))
        };
        Ok(finding.observed(list))
    }
}

impl Columns {
    /// A name as it is compared.
    fn folded(&self, name: &str) -> String {
        if self.ignore_case { name.to_lowercase() } else { name.to_owned() }
    }

    fn is_same(&self, left: &str, right: &str) -> bool {
        left == right || (self.ignore_case && left.to_lowercase() == right.to_lowercase())
    }

    fn problems(&self, found: &[&str]) -> Vec<String> {
        let wanted = self.exactly.as_ref().or(self.include.as_ref());
        let wanted: Vec<&str> = wanted.into_iter().flatten().map(String::as_str).collect();
        let is_among = |list: &[&str], name: &str| list.iter().any(|one| self.is_same(one, name));
        let mut problems = Vec::new();
        let mut tell = |what: &str, list: Vec<&str>| {
            if !list.is_empty() {
                problems.push(format!("{what}: {}", names(list, 10)));
            }
        };
        let absent = |name: &&str| !is_among(found, name);
        tell("missing columns", wanted.iter().copied().filter(absent).collect());
        let unwanted = |name: &&str| match (&self.exactly, &self.exclude) {
            (Some(_), _) => !is_among(&wanted, name),
            (None, Some(exclude)) => exclude.iter().any(|excluded| self.is_same(excluded, name)),
            (None, None) => false,
        };
        tell("unexpected columns", found.iter().copied().filter(unwanted).collect());
        let repeated = |(place, name): (usize, &str)| is_among(&found[..place], name);
        let twice = found.iter().copied().enumerate().filter(|pair| repeated(*pair));
        tell("columns that stand twice", twice.map(|(_, name)| name).collect());
        let pattern = self.names_match.as_ref().and_then(|pattern| Regex::new(&pattern.0).ok());
        let unfit = |name: &&str| pattern.as_ref().is_some_and(|regex| !regex.is_match(name));
        let unfit: Vec<&str> = found.iter().copied().filter(unfit).collect();
        let shown = self.names_match.as_ref().map_or("", |pattern| pattern.0.as_str());
        tell(&format!("names that do not match `{shown}`"), unfit);
        if problems.is_empty() && self.ordered {
            problems.extend(self.out_of_order(&wanted, found));
        }
        problems
    }

    fn out_of_order(&self, wanted: &[&str], found: &[&str]) -> Option<String> {
        let is_wanted = |name: &&str| wanted.iter().any(|one| self.is_same(one, name));
        let found: Vec<&str> = found.iter().copied().filter(is_wanted).collect();
        let mut pairs = wanted.iter().zip(&found).enumerate();
        let (place, (want, have)) = pairs.find(|(_, (want, have))| !self.is_same(want, have))?;
        Some(format!("the order differs: column {} is `{have}` instead of `{want}`", place + 1))
    }
}
