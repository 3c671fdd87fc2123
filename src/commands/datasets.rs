//! The datasets of the suites, opened once and given to an engine.

use std::collections::{BTreeMap, BTreeSet};

use crate::cli::Run;
use crate::engine::polars::Query;
use crate::engine::source::{self, Absent, Declared, DeclaredType, SourceSpec, WithMissing};
use crate::engine::{EmbeddedEngine, Engine, Options};
use crate::expectations::Literal;
use crate::metric::{Column, Metric, Named, Schema, Side, Type, TypeName, Unmeasured, Value};
use crate::suite::{CheckSpec, ColumnKey, MissingValues, Suite, Target};

/// A suite with its engine and what is known before anything is read.
pub struct Opened<'s> {
    pub suite: &'s Suite,
    pub engine: EmbeddedEngine,
    /// Where data, reference and further datasets were looked for.
    pub paths: Vec<(Side, String)>,
    pub data: Result<Schema, Unmeasured>,
    pub reference: Option<Result<Schema, Unmeasured>>,
    /// Every further dataset of the suite; those that no check needs stay closed.
    pub named: Vec<Named>,
}

impl Opened<'_> {
    /// The reference's schema, where it can be read.
    pub fn reference_schema(&self) -> Option<&Schema> {
        self.reference.as_ref().and_then(|reference| reference.as_ref().ok())
    }

    /// Why a side cannot be read, if it cannot.
    pub fn unreadable(&self, side: &Side) -> Option<String> {
        self.side(side)?.as_ref().err().map(ToString::to_string)
    }

    /// The questions what the datasets are.
    pub fn identities(&self) -> Vec<Metric> {
        let sides = self.paths.iter().map(|(side, _)| side);
        let readable = sides.filter(|side| self.side(side).is_some_and(Result::is_ok));
        readable.map(|on| Metric::Identity { on: on.clone() }).collect()
    }

    /// What is known of a side that was opened.
    fn side(&self, side: &Side) -> Option<&Result<Schema, Unmeasured>> {
        match side {
            Side::Data => Some(&self.data),
            Side::Reference => self.reference.as_ref(),
            Side::Named(name) => {
                self.named.iter().find(|named| named.name == *name)?.schema.as_ref()
            }
        }
    }
}

/// Where each suite's data and reference are, after the command line.
pub struct Locations {
    data: Chosen,
    reference: Chosen,
}

/// Paths given for all suites and for single ones.
#[derive(Default)]
struct Chosen {
    everywhere: Option<String>,
    of_suite: BTreeMap<String, String>,
}

impl Locations {
    /// Reads `--data` and `--reference`.
    ///
    /// # Errors
    /// A suite that does not exist, or two paths for the same.
    pub fn new(run: &Run, suites: &[Suite]) -> Result<Locations, String> {
        let data = chosen("--data", &run.data, suites)?;
        let reference = chosen("--reference", &run.reference, suites)?;
        Ok(Locations { data, reference })
    }
}

impl Chosen {
    fn of(&self, suite: &Suite, own: &Option<String>) -> Option<String> {
        let given = self.of_suite.get(&suite.name).or(self.everywhere.as_ref());
        given.cloned().or_else(|| own.clone())
    }
}

fn chosen(option: &str, values: &[String], suites: &[Suite]) -> Result<Chosen, String> {
    let mut chosen = Chosen::default();
    for value in values {
        let named = value.split_once('=').filter(|(name, _)| !name.contains(['/', '\\', '.']));
        // `year=2024/` is a hive folder, not a suite: the part before `=` must name a suite.
        let named = named.filter(|(name, path)| {
            suites.iter().any(|suite| suite.name == *name) || !path.contains('/')
        });
        let taken = match named {
            Some((name, _)) if !suites.iter().any(|suite| suite.name == name) => {
                let names: Vec<&str> = suites.iter().map(|suite| suite.name.as_str()).collect();
                return Err(format!(
                    "`{option}` names suite `{name}`; the suites are {}",
                    names.join(", ")
                ));
            }
            Some((name, path)) => chosen.of_suite.insert(name.to_owned(), path.to_owned()),
            None => chosen.everywhere.replace(value.clone()),
        };
        if taken.is_some() {
            return Err(format!("`{option}` is given twice for the same suite"));
        }
    }
    Ok(chosen)
}

/// Opens a suite's data, its reference, and the further datasets that its checks need; what cannot
/// be opened is kept as its reason.
pub fn open<'s>(
    suite: &'s Suite,
    locations: &Locations,
    options: &Options,
    run_skipped: bool,
) -> Opened<'s> {
    let data_path = locations.data.of(suite, &suite.data);
    let reference_path = locations.reference.of(suite, &suite.reference);
    let named = [(Side::Data, &data_path), (Side::Reference, &reference_path)];
    let mut paths: Vec<(Side, String)> =
        named.into_iter().filter_map(|(side, path)| Some((side, path.clone()?))).collect();
    let of_suite = suite.datasets.iter().map(|(_, path)| path);
    let hash_inputs = options.hash_inputs
        || suite.checks.iter().any(|spec| spec.expectation.needs_hash())
        || may_be_same(paths.iter().map(|(_, path)| path).chain(of_suite));
    let options = &Options { hash_inputs, ..options.clone() };
    let data = match data_path {
        Some(path) => source(suite, &path, "data", options),
        None => Err(Unmeasured::Unreadable(
            "no data is named; give the suite `data:` or the command line `--data`".into(),
        )),
    };
    let reference = reference_path.map(|path| source(suite, &path, "reference", options));
    let mut sources = Vec::new();
    let mut keep = |side: Side, opened: Result<Box<dyn source::Source>, Unmeasured>| {
        opened.map(|source| sources.push((side, source)))
    };
    let data = keep(Side::Data, data);
    let reference = reference.map(|reference| keep(Side::Reference, reference));
    let needed = needed(suite, run_skipped);
    let further: Vec<(&String, Option<Result<(), Unmeasured>>)> = suite
        .datasets
        .iter()
        .map(|(name, path)| {
            let opened = needed.contains(name).then(|| {
                paths.push((Side::Named(name.clone()), path.clone()));
                let encoding = suite.encodings.of(name);
                let unhashed = !hash_inputs;
                let spec = SourceSpec { encoding, unhashed, ..SourceSpec::new(path.clone()) };
                let opened = source::open_with_threads(&spec, options.n_threads);
                keep(Side::Named(name.clone()), opened)
            });
            (name, opened)
        })
        .collect();
    let engine = EmbeddedEngine::new(sources, options.clone());
    let named = further.into_iter().map(|(name, opened)| {
        let schema =
            opened.map(|opened| opened.and_then(|()| engine.schema(&Side::Named(name.clone()))));
        Named { name: name.clone(), schema }
    });
    let named = named.collect();
    let data = data.and_then(|()| engine.schema(&Side::Data));
    let reference = reference.map(|opened| opened.and_then(|()| engine.schema(&Side::Reference)));
    Opened { suite, engine, paths, data, reference, named }
}

/// Whether the first of some files may hold the same bytes as another, as far as their sizes tell.
fn may_be_same<'p>(mut paths: impl Iterator<Item = &'p String>) -> bool {
    let size = |path: &String| {
        let metadata = std::fs::metadata(path).ok().filter(|metadata| metadata.is_file());
        metadata.map(|metadata| metadata.len())
    };
    let Some(first) = paths.next() else { return false };
    let first = size(first);
    paths.any(|path| first.is_none() || size(path).is_none_or(|other| Some(other) == first))
}

/// The names of the datasets that the checks which will run refer to.
fn needed(suite: &Suite, run_skipped: bool) -> BTreeSet<String> {
    let runs = |spec: &&CheckSpec| run_skipped || spec.common.skip.is_none();
    let named = |spec: &CheckSpec| {
        let query = spec.expectation.query().and_then(|text| Query::parse(text).ok());
        let tables = query.map(|query| query.tables).unwrap_or_default();
        spec.expectation.datasets().into_iter().chain(tables)
    };
    suite.checks.iter().filter(runs).flat_map(named).collect()
}

/// Opens a suite's reference alone.
///
/// # Errors
/// It is not named or cannot be opened.
pub fn reference(
    suite: &Suite,
    run: &Run,
    loaded: &super::suites::Suites,
) -> Result<Box<dyn source::Source>, Unmeasured> {
    let locations = Locations::new(run, &loaded.suites).map_err(Unmeasured::Unreadable)?;
    match locations.reference.of(suite, &suite.reference) {
        Some(path) => {
            source(suite, &path, "reference", &Options { n_threads: 1, ..Options::default() })
        }
        None => Err(Unmeasured::Unreadable("there is no reference".into())),
    }
}

/// Opens data or reference with the types that the suite declares for its columns.
fn source(
    suite: &Suite,
    path: &str,
    role: &str,
    options: &Options,
) -> Result<Box<dyn source::Source>, Unmeasured> {
    let named = suite.datasets.iter().find(|(name, _)| name == path);
    let path = named.map_or(path, |(_, path)| path.as_str()).to_owned();
    let suite_types = declared_types(suite);
    let declared = Declared::by(move |column| {
        let found = suite_types.iter().find(|(key, _)| key.matches(column));
        found.and_then(|(_, name)| as_declared(name))
    });
    let missing = suite.missing_values.clone();
    let absent = Absent::by(move |column| words(&missing, column));
    let encoding = suite.encodings.of(role);
    let spec = SourceSpec { path, declared, absent, encoding, unhashed: !options.hash_inputs };
    let opened = source::open_with_threads(&spec, options.n_threads)?;
    let values = missing_values(suite, opened.schema());
    Ok(WithMissing::wrap(opened, values))
}

/// The values that stand for a missing one in a column.
fn missing_in<'a>(
    missing: &'a [MissingValues],
    column: &'a str,
) -> impl Iterator<Item = &'a Literal> {
    let of =
        move |values: &&MissingValues| values.of.as_ref().is_none_or(|key| key.matches(column));
    missing.iter().filter(of).flat_map(|values| &values.values).map(|(literal, _)| literal)
}

/// The same as the text of a file without types has them.
fn words(missing: &[MissingValues], column: &str) -> Vec<String> {
    let word = |literal: &Literal| match literal {
        Literal::Text(text) => text.clone(),
        other => other.to_string(),
    };
    missing_in(missing, column).map(word).collect()
}

/// The same by column, as far as the column's type can hold them.
fn missing_values(suite: &Suite, schema: &Schema) -> Vec<(String, Vec<Value>)> {
    let of = |column: &Column| {
        let literals = missing_in(&suite.missing_values, &column.name);
        let values = literals.filter_map(|literal| literal.to_value(&column.kind).ok()).collect();
        (column.name.clone(), values)
    };
    schema.columns.iter().map(of).filter(|(_, values): &(_, Vec<_>)| !values.is_empty()).collect()
}

fn declared_types(suite: &Suite) -> Vec<(ColumnKey, TypeName)> {
    let typed =
        suite.checks.iter().filter_map(|spec| match (&spec.target, spec.expectation.declares()) {
            (Target::Column(key), Some(name)) => Some((key.clone(), name.clone())),
            _ => None,
        });
    typed.collect()
}

/// The type to read a text as; `None` where text has no such type.
fn as_declared(name: &TypeName) -> Option<DeclaredType> {
    let exactly = |kind: Type| Some(DeclaredType::Exactly(kind));
    match name {
        TypeName::Number | TypeName::Class("decimal") => Some(DeclaredType::Number),
        TypeName::Exactly(kind) => exactly(kind.clone()),
        TypeName::Class("integer") => Some(DeclaredType::Integer),
        TypeName::Class("float") => exactly(Type::Float { bits: 64 }),
        TypeName::Class("boolean") => exactly(Type::Boolean),
        TypeName::Class("string") => exactly(Type::String),
        TypeName::Class("date") => exactly(Type::Date),
        TypeName::Class("time") => exactly(Type::Time),
        TypeName::Class("datetime") => exactly(Type::DateTime { zone: None }),
        TypeName::Class(_) => None,
    }
}
