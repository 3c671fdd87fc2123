use schemars::JsonSchema;
use serde::Deserialize;

use super::{Context, Expect, Expectation, Finding, Kind, Mistake, Scope};
use crate::metric::{Answers, Metric, Unmeasured};
use crate::prose::{counted, names};
use crate::verdict::Observed;

/// The table has the named columns: exactly these, at least these, or none of these.
///
/// # Why
/// A column that disappears, appears or moves is the first sign that an upstream step changed, and
/// code that reads by position breaks silently. Names are compared byte for byte. `ordered: true`
/// asks for the order too, with `exactly` for all columns and with `include` for the named ones
/// among themselves. A name that stands twice fails.
///
/// # Passes
/// ```yaml
/// table:
///   columns: {exactly: [id, price], ordered: true}
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
            let twice = list.iter().enumerate().find(|(place, name)| list[..*place].contains(name));
            if let Some((_, name)) = twice {
                return Err(Mistake::new(format!("`{name}` is listed twice")));
            }
        }
        match (&self.exactly, &self.include, &self.exclude) {
            (None, None, None) => Err(Mistake::new("no columns are named")
                .help("give `exactly`, `include` or `exclude` a list of names")),
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
    fn problems(&self, found: &[&str]) -> Vec<String> {
        let wanted = self.exactly.as_ref().or(self.include.as_ref());
        let wanted: Vec<&str> = wanted.into_iter().flatten().map(String::as_str).collect();
        let mut problems = Vec::new();
        let mut tell = |what: &str, list: Vec<&str>| {
            if !list.is_empty() {
                problems.push(format!("{what}: {}", names(list, 10)));
            }
        };
        let absent = |name: &&str| !found.contains(name);
        tell("missing columns", wanted.iter().copied().filter(absent).collect());
        let unwanted = |name: &&str| match (&self.exactly, &self.exclude) {
            (Some(_), _) => !wanted.contains(name),
            (None, Some(exclude)) => exclude.iter().any(|excluded| excluded == name),
            (None, None) => false,
        };
        tell("unexpected columns", found.iter().copied().filter(unwanted).collect());
        let repeated = |(place, name): (usize, &&'_ str)| found[..place].contains(name);
        let twice = found.iter().enumerate().filter(|(place, name)| repeated((*place, name)));
        tell("columns that stand twice", twice.map(|(_, name)| *name).collect());
        if problems.is_empty() && self.ordered {
            problems.extend(out_of_order(&wanted, found));
        }
        problems
    }
}

fn out_of_order(wanted: &[&str], found: &[&str]) -> Option<String> {
    let found: Vec<&str> = found.iter().copied().filter(|name| wanted.contains(name)).collect();
    let (place, (want, have)) =
        wanted.iter().zip(&found).enumerate().find(|(_, (want, have))| want != have)?;
    Some(format!("the order differs: column {} is `{have}` instead of `{want}`", place + 1))
}
