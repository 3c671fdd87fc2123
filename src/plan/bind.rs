//! Suites meet schemas: a check for each column that a key names or matches.

use std::collections::{BTreeMap, BTreeSet};

use super::{Blocked, Check, grouped, properties};
use crate::diagnostic::{Diagnostic, escape, nearest};
use crate::expectations::{Context, Expect, Kind, Mistake, unknown_dataset};
use crate::metric::{Named, Schema, Type, Unmeasured};
use crate::prose;
use crate::suite::{CheckSpec, ColumnKey, Places, Suite, Target};
use crate::text;

/// Says whether a query fits datasets, and which columns it gives.
pub type CheckQuery = dyn Fn(&str, &[(String, &Schema)]) -> Result<Vec<String>, Mistake>;

/// What is known of a suite's datasets before they are read.
pub struct Schemas<'a> {
    pub data: &'a Result<Schema, Unmeasured>,
    /// `None` when the run has no reference.
    pub reference: Option<&'a Result<Schema, Unmeasured>>,
    /// The suite's further datasets.
    pub named: &'a [Named],
    /// The moment of the run, in nanoseconds since 1970-01-01T00:00:00Z.
    pub now: i128,
    /// Whether checks that the suite leaves out run all the same.
    pub run_skipped: bool,
    /// Says whether a text is an SQL predicate over the rows of a schema.
    pub sql: &'a dyn Fn(&str, &Schema) -> Result<(), Mistake>,
    /// The datasets that a query names.
    pub tables: &'a dyn Fn(&str) -> Result<Vec<String>, Mistake>,
    /// Says whether a query fits these datasets; the answer is the names of its columns.
    pub query: &'a CheckQuery,
}

/// The checks of a suite, and the mistakes that only the data's schema shows.
#[derive(Debug, Default)]
pub struct Bound<'s> {
    pub checks: Vec<Check<'s>>,
    pub mistakes: Vec<Diagnostic>,
}

/// Binds every check of a suite to the columns it is about.
pub fn bind<'s>(suite: &'s Suite, schemas: &Schemas) -> Bound<'s> {
    let mistakes = properties::mistakes(suite, schemas);
    let mut bound = Bound { checks: Vec::new(), mistakes };
    for spec in &suite.checks {
        match columns(suite, spec, schemas) {
            Ok(columns) => {
                for column in columns {
                    match check(suite, spec, column, schemas) {
                        Ok(check) => bound.checks.push(check),
                        Err(mistake) => bound.mistakes.push(*mistake),
                    }
                }
            }
            Err(mistake) => bound.mistakes.push(*mistake),
        }
    }
    refuse_twins(&mut bound);
    bound
}

/// The columns that a check is about; one `None` for a check of the table.
fn columns(
    suite: &Suite,
    spec: &CheckSpec,
    schemas: &Schemas,
) -> Result<Vec<Option<String>>, Box<Diagnostic>> {
    let (regex, text) = match &spec.target {
        Target::Table if spec.expectation.covers_columns().is_some() => {
            return shared(suite, spec, schemas);
        }
        Target::Table | Target::Rows => return Ok(vec![None]),
        Target::Column(ColumnKey::Name(name)) => return Ok(vec![Some(name.clone())]),
        Target::Column(ColumnKey::Pattern { regex, text }) => (regex, text),
    };
    let Ok(schema) = schemas.data else { return Ok(vec![Some(text.clone())]) };
    let mut seen = BTreeSet::new();
    let matching = schema.names().filter(|name| regex.is_match(name));
    let names: Vec<&str> = matching.filter(|name| seen.insert(*name)).collect();
    if names.is_empty() {
        let columns = prose::names(schema.names(), 12);
        let span = spec.places.column.clone().unwrap_or_else(|| spec.places.check.clone());
        let mistake = Diagnostic::error(format!("no column of the data matches `{text}`"))
            .at(&suite.file, span, "matches nothing")
            .help(format!("the columns are {columns}"));
        return Err(Box::new(mistake));
    }
    Ok(names.into_iter().map(|name| Some(name.to_owned())).collect())
}

/// The columns that both sides have and that a check of the table covers, without those that have
/// the same check of their own.
fn shared(
    suite: &Suite,
    spec: &CheckSpec,
    schemas: &Schemas,
) -> Result<Vec<Option<String>>, Box<Diagnostic>> {
    let covered = spec.expectation.covers_columns();
    let (Ok(data), Some(Ok(reference)), Some(covered)) = (schemas.data, schemas.reference, covered)
    else {
        return Ok(vec![None]);
    };
    let has_own = |name: &str| {
        suite.checks.iter().any(|other| {
            let same = other.definition.name == spec.definition.name;
            same && matches!(&other.target, Target::Column(key) if key.matches(name))
        })
    };
    let is_covered =
        |name: &&str| reference.column(name).is_some_and(|column| covered(&column.kind));
    let names: Vec<&str> = data.names().filter(is_covered).collect();
    if names.is_empty() {
        let span = spec.places.check.clone();
        let help = format!(
            "the data has {}; the reference has {}",
            prose::names(data.names(), 12),
            prose::names(reference.names(), 12)
        );
        let mistake = Diagnostic::error("data and reference share no column to compare");
        return Err(Box::new(mistake.at(&suite.file, span, "covers nothing").help(help)));
    }
    let mut seen = BTreeSet::new();
    let names = names.into_iter().filter(|name| !has_own(name) && seen.insert(*name));
    Ok(names.map(|name| Some(name.to_owned())).collect())
}

fn check<'s>(
    suite: &'s Suite,
    spec: &'s CheckSpec,
    column: Option<String>,
    schemas: &Schemas,
) -> Result<Check<'s>, Box<Diagnostic>> {
    let id = identity(suite, spec, column.as_deref());
    let mut check = Check { id, suite, spec, column, blocked: None, now: schemas.now };
    if let Some(reason) = spec.common.skip.as_ref().filter(|_| !schemas.run_skipped) {
        check.blocked = Some(Blocked::Skipped(reason.clone()));
        return Ok(check);
    }
    refuse_unknown_tables(&check, schemas)?;
    check.blocked = blocked(&check, schemas);
    if check.blocked.is_some() {
        return Ok(check);
    }
    let Ok(schema) = schemas.data else { return Ok(check) };
    let reference = schemas.reference.and_then(|reference| reference.as_ref().ok());
    let filter = spec.common.r#where.as_deref().map(|text| ("where", text));
    for (argument, text) in filter.into_iter().chain(spec.expectation.sql()) {
        if let Err(mistake) = (schemas.sql)(text, schema) {
            check.blocked = blame(text, &check, schema, reference);
            return match check.blocked {
                Some(_) => Ok(check),
                None => Err(told(suite, spec, mistake.of(argument))),
            };
        }
    }
    if let Some(text) = spec.expectation.query() {
        query_fits(text, spec, schemas).map_err(|mistake| told(suite, spec, mistake))?;
    }
    let (sensible, sensible_warning) = {
        let context = check.context(schema, reference, schemas.named, 1);
        let warning = check.warning(&context);
        let warning = warning.map(|(expectation, context)| sensible(expectation, &context));
        (sensible(&*spec.expectation, &context), warning.unwrap_or(Ok(())))
    };
    if let Err(mistake) = sensible {
        let mut named = check.column.iter().cloned().chain(spec.expectation.columns());
        let contradicted = named.find_map(|name| contradicted(suite, &name, schema));
        match contradicted.map_or_else(|| guessed(&check, mistake, schemas), Ok) {
            Ok(reason) => check.blocked = Some(Blocked::Unjudged(reason)),
            // Nobody named this column: that its type changed is the data's fault.
            Err(mistake) if matches!(spec.target, Target::Table) && check.column.is_some() => {
                check.blocked = Some(Blocked::Unjudged(mistake.message));
            }
            Err(mistake) => return Err(told(suite, spec, mistake)),
        }
    }
    if let (Some(warn), Err(mistake)) = (&spec.warn, sensible_warning) {
        return Err(told_at(suite, &warn.places, mistake));
    }
    Ok(check)
}

/// Whether the check means something here, with the arguments that change how it is judged.
fn sensible(expectation: &dyn Expect, context: &Context) -> Result<(), Mistake> {
    expectation.check(context)?;
    let rule = expectation.rule(context).filter(|_| context.common.nan.is_some());
    if rule.as_ref().is_some_and(|rule| rule.predicate.sql().is_some()) {
        let mistake = Mistake::new("`nan` has no meaning for a predicate in SQL").of("nan");
        return Err(mistake.help("NaN is null there: write `IS NULL` or `COALESCE`"));
    }
    if context.common.nan.is_some() && rule.is_none() {
        let mistake = Mistake::new("`nan` has no meaning for this check").of("nan");
        return Err(mistake.help("it does not judge the values of its rows one by one"));
    }
    if context.common.by.is_some() && !grouped::can_group(expectation, context) {
        let mistake = Mistake::new("this check cannot be judged by groups").of("by");
        return Err(mistake.help("`by` is for checks of the data alone, or of data and reference"));
    }
    Ok(())
}

/// Tells of a query that is none, or that names a dataset which the suite does not have.
fn refuse_unknown_tables(check: &Check, schemas: &Schemas) -> Result<(), Box<Diagnostic>> {
    let Some(text) = check.spec.expectation.query() else { return Ok(()) };
    let known = || check.suite.dataset_names();
    let is_known = |name: &str| matches!(name, "data" | "reference") || known().any(|k| k == name);
    let tables = (schemas.tables)(text).and_then(|tables| {
        let unknown = tables.iter().find(|name| !is_known(name));
        unknown.map_or(Ok(()), |name| Err(unknown_dataset(name, known())))
    });
    tables.map_err(|mistake| told(check.suite, check.spec, mistake.of("query")))
}

fn query_fits(text: &str, spec: &CheckSpec, schemas: &Schemas) -> Result<(), Mistake> {
    let tables = (schemas.tables)(text)?;
    let tables = tables.into_iter().filter_map(|name| {
        let schema = known(&name, schemas).ok()?;
        Some((name, schema))
    });
    let tables: Vec<(String, &Schema)> = tables.collect();
    let columns = (schemas.query)(text, &tables).map_err(|mistake| mistake.of("query"))?;
    spec.expectation.check_answer(&columns)
}

fn told(suite: &Suite, spec: &CheckSpec, mistake: Mistake) -> Box<Diagnostic> {
    told_at(suite, &spec.places, mistake)
}

fn told_at(suite: &Suite, places: &Places, mistake: Mistake) -> Box<Diagnostic> {
    let span = match mistake.argument {
        Some(argument) => places.argument(argument),
        None => places.check.clone(),
    };
    let diagnostic = Diagnostic::error(mistake.message).at(&suite.file, span, "");
    Box::new(match mistake.help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    })
}

fn identity(suite: &Suite, spec: &CheckSpec, column: Option<&str>) -> String {
    let suite = &suite.name;
    match (&spec.target, &spec.common.name) {
        (Target::Rows, _) => format!("{suite}::rows::{}", spec.label()),
        (_, name) => {
            // Whatever a file calls its columns, an id is one printable line.
            let place = escape(column.unwrap_or("table"));
            let check = spec.definition.name;
            let name = name.as_ref().map(|name| format!("::{name}")).unwrap_or_default();
            format!("{suite}::{place}::{check}{name}")
        }
    }
}

/// What the schemas alone say: a missing column, an unreadable file, no reference.
fn blocked(check: &Check, schemas: &Schemas) -> Option<Blocked> {
    let schema = match schemas.data {
        Ok(schema) => schema,
        Err(reason) => return Some(Blocked::Unjudged(reason.to_string())),
    };
    let by = check.spec.common.by.iter().flatten().cloned();
    let named = check.column.iter().cloned().chain(check.spec.expectation.columns()).chain(by);
    for name in named {
        if schema.is_ambiguous(&name) {
            return Some(Blocked::Unjudged(format!(
                "column `{name}` stands more than once in the data"
            )));
        }
        if schema.column(&name).is_none() {
            return Some(Blocked::Broken(missing(&name, schema)));
        }
    }
    if let Some(reason) = elsewhere(check, schemas) {
        return Some(Blocked::Unjudged(reason));
    }
    let compares = matches!(check.spec.definition.kind, Kind::Statistical | Kind::Distance);
    if !compares || !check.spec.expectation.needs_reference() {
        return None;
    }
    let unjudged = |reason: String| Some(Blocked::Unjudged(reason));
    match (schemas.reference, check.column.as_deref()) {
        (None, _) => unjudged(NO_REFERENCE.into()),
        (Some(Err(reason)), _) => unjudged(format!("the reference: {reason}")),
        (Some(Ok(reference)), Some(name)) if reference.column(name).is_none() => {
            unjudged(format!("the reference has no column `{name}`{}", close(name, reference)))
        }
        (Some(Ok(reference)), Some(name)) if reference.is_ambiguous(name) => {
            unjudged(format!("column `{name}` stands more than once in the reference"))
        }
        _ => None,
    }
}

const NO_REFERENCE: &str = "there is no reference to compare with; name one with `--reference`";

/// What stands in the way of looking into the other datasets that the arguments name.
fn elsewhere(check: &Check, schemas: &Schemas) -> Option<String> {
    let expectation = &check.spec.expectation;
    let mut named = expectation.datasets();
    let tables = expectation.query().and_then(|text| (schemas.tables)(text).ok());
    named.extend(tables.unwrap_or_default());
    if let Some(reason) = named.iter().find_map(|name| known(name, schemas).err()) {
        return Some(reason);
    }
    expectation.columns_elsewhere().into_iter().find_map(|(dataset, column)| {
        let schema = known(&dataset, schemas).ok()?;
        let words = if dataset == "reference" || dataset == "data" {
            format!("the {dataset}")
        } else {
            format!("dataset `{dataset}`")
        };
        if schema.is_ambiguous(&column) {
            return Some(format!("column `{column}` stands more than once in {words}"));
        }
        let is_missing = schema.column(&column).is_none();
        is_missing.then(|| format!("{words} has no column `{column}`{}", close(&column, schema)))
    })
}

/// The columns of a dataset, or why they are not known.
fn known<'a>(name: &str, schemas: &Schemas<'a>) -> Result<&'a Schema, String> {
    match name {
        "data" => schemas.data.as_ref().map_err(ToString::to_string),
        "reference" => match schemas.reference {
            Some(reference) => {
                reference.as_ref().map_err(|reason| format!("the reference: {reason}"))
            }
            None => Err(NO_REFERENCE.into()),
        },
        _ => match schemas.named.iter().find(|named| named.name == name) {
            Some(Named { schema: Some(Ok(schema)), .. }) => Ok(schema),
            Some(Named { schema: Some(Err(reason)), .. }) => {
                Err(format!("dataset `{name}`: {reason}"))
            }
            _ => Err(format!("dataset `{name}` was not opened")),
        },
    }
}

fn missing(name: &str, schema: &Schema) -> String {
    format!("the data has no column `{name}`{}", close(name, schema))
}

pub(super) fn close(name: &str, schema: &Schema) -> String {
    let mut names = schema.names();
    if let Some((other, difference)) =
        names.find_map(|other| Some((other, text::likeness(name, other)?)))
    {
        return format!("; `{other}` differs from it only in {difference}");
    }
    match nearest(name, schema.names()) {
        Some(near) => format!("; the nearest is `{near}`"),
        None => String::new(),
    }
}

/// When the suite declares a type and the data has another, the data is at fault, not the suite.
fn contradicted(suite: &Suite, name: &str, schema: &Schema) -> Option<String> {
    let found = &schema.column(name)?.kind;
    let declared = suite
        .checks
        .iter()
        .filter(|other| matches!(&other.target, Target::Column(key) if key.matches(name)))
        .find_map(|other| {
            other.expectation.declares().filter(|declared| !declared.accepts(found))
        })?;
    Some(format!("`{name}` is {found} instead of {declared}, which this check cannot judge"))
}

/// When columns of a file without types were read as text only because some cell is none of what
/// the check needs, the cell may be at fault as well as the suite: the reason to tell.
///
/// # Errors
/// What is wrong whatever the type of these columns is the suite's own mistake.
fn guessed(check: &Check, mistake: Mistake, schemas: &Schemas) -> Result<String, Mistake> {
    let Ok(schema) = schemas.data else { return Err(mistake) };
    let reference = schemas.reference.and_then(|reference| reference.as_ref().ok());
    let columns = check.spec.expectation.columns();
    let named: BTreeSet<&str> = check.column.iter().chain(&columns).map(String::as_str).collect();
    let open = |schema: &Schema| opened(check.suite, &named, schema);
    let (data, texts) = open(schema);
    let (other, their) = reference.map(open).unzip();
    let their = their.unwrap_or_default();
    let (name, side) = match (texts.first(), their.first()) {
        (Some(name), _) => (name, ""),
        (None, Some(name)) => (name, " of the reference"),
        (None, None) => return Err(mistake),
    };
    sensible(&*check.spec.expectation, &check.context(&data, other.as_ref(), schemas.named, 1))?;
    Ok(format!(
        "{}; `{name}`{side} is text because not all of its cells are numbers or dates: declare \
         its `type`, and every cell that is none is named",
        mistake.message
    ))
}

/// A schema in which those of the named columns that are text by a guess have no type, and the
/// names of these.
fn opened<'n>(suite: &Suite, named: &BTreeSet<&'n str>, schema: &Schema) -> (Schema, Vec<&'n str>) {
    let is_declared = |name: &str| {
        suite.checks.iter().any(|other| {
            other.expectation.declares().is_some()
                && matches!(&other.target, Target::Column(key) if key.matches(name))
        })
    };
    let (mut open, mut texts) = (schema.clone(), Vec::new());
    if !schema.untyped {
        return (open, texts);
    }
    for name in named.iter().filter(|name| !is_declared(name)) {
        let column = open.columns.iter_mut().find(|column| column.name == **name);
        if let Some(column) = column.filter(|column| column.kind == Type::String) {
            column.kind = Type::Null;
            texts.push(*name);
        }
    }
    (open, texts)
}

/// A predicate that does not hold for the data's schema, though the suite or the reference knows
/// its columns: then the data is at fault.
fn blame(
    text: &str,
    check: &Check,
    schema: &Schema,
    reference: Option<&Schema>,
) -> Option<Blocked> {
    let keys = check.suite.checks.iter().filter_map(|other| match &other.target {
        Target::Column(ColumnKey::Name(name)) => Some(name.as_str()),
        _ => None,
    });
    let known: BTreeSet<&str> = keys.chain(reference.into_iter().flat_map(Schema::names)).collect();
    let named = |name: &&str| {
        text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == *name)
    };
    let faults = known.into_iter().filter(named).filter_map(|name| match schema.column(name) {
        None => Some(Blocked::Broken(missing(name, schema))),
        Some(_) => contradicted(check.suite, name, schema).map(Blocked::Unjudged),
    });
    faults.min_by_key(|blocked| matches!(blocked, Blocked::Unjudged(_)))
}

fn refuse_twins(bound: &mut Bound) {
    let mut seen: BTreeMap<&str, &CheckSpec> = BTreeMap::new();
    for check in &bound.checks {
        let Some(first) = seen.insert(&check.id, check.spec) else { continue };
        let file = &check.suite.file;
        bound.mistakes.push(
            Diagnostic::error(format!("two checks are called `{}`", check.id))
                .at(file, check.spec.places.check.clone(), "the second of this name")
                .see(file, first.places.check.clone(), "the first")
                .help("give one of them a `name`"),
        );
    }
}
