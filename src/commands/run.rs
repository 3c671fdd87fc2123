//! A run, step by step: load, open, bind, select, measure, judge, explain failures, report, exit.

use std::collections::BTreeSet;
use std::time::Instant;

use chrono::{SecondsFormat, Utc};
use rayon::prelude::*;

use super::Caller;
use super::clock;
use super::console::Console;
use super::datasets::{self, Locations, Opened};
use super::extract::{Findings, RowTargets};
use super::listing;
use super::outputs::{self, Started, Targets};
use super::progress::Progress;
use super::suites::{self, Suites};
use super::{last_failed, memory};
use crate::cli::Run;
use crate::diagnostic::Diagnostic;
use crate::engine::{self, Engine};
use crate::exit::Exit;
use crate::expectations::{Context, Mistake};
use crate::metric::{Answers, Example, Measured, Metric, Schema, Side, Unmeasured, Value};
use crate::plan::{self, Check, Judged, Schemas, Selection};
use crate::project::Project;
use crate::prose::shell_word;
use crate::report::{DatasetInfo, RowsFile};
use crate::verdict::{ExampleRow, Family, Status, Verdict};

/// Checks the data and tells the verdict.
pub fn run(run: &Run, caller: Caller, console: &Console) -> Exit {
    checked(run, caller, console).unwrap_or_else(|exit| exit)
}

fn checked(run: &Run, caller: Caller, console: &Console) -> Result<Exit, Exit> {
    let started = Started { at: Utc::now(), clock: Instant::now() };
    let threads = threads(run);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool =
        pool.map_err(|error| mistake(console, &format!("threads cannot be started: {error}")))?;

    let loaded = suites::load(run, console).inspect_err(|_| {
        let project = Project::load(std::path::Path::new(""));
        Targets::new(run, &project.report, caller).discard();
    })?;
    let targets = Targets::new(run, &loaded.project.report, caller);
    let last_failed = remembered(run, &targets, console)?;
    let inputs = inputs(run, &loaded);
    let rows = RowTargets::new(run, &loaded).map_err(|reason| mistake(console, &reason))?;
    let further = rows.paths(&loaded.suites);
    targets.refuse_overwriting(&inputs, &further).map_err(|reason| mistake(console, &reason))?;
    targets.discard();
    rows.discard(&loaded.suites);
    known_kinds(run, console)?;
    let progress = Progress::new(run, console);
    let options = engine::Options {
        n_threads: threads,
        trust_footer: run.trust_footer,
        hash_inputs: targets.tell_inputs(run),
        progress: progress.hook(),
        ..engine::Options::default()
    };
    let opened = open(run, &loaded, options, console)?;
    let now = clock::nanoseconds(run.now.unwrap_or(started.at));
    let bound = bind(run, &opened, &loaded, now, console)?;
    let (selected, selection) = select(run, &loaded, last_failed, &bound);
    if selected.iter().all(Vec::is_empty) && caller == Caller::Person {
        return Err(nothing(&selection, &bound, console));
    }
    if run.select.list {
        return Ok(listing::list(run, caller, &selected, console));
    }

    let mut told = Told::default();
    for ((opened, all), checks) in opened.iter().zip(&bound).zip(&selected) {
        if !checks.is_empty() {
            told.add(pool.install(|| suite(opened, all, checks, run, &rows, console)));
        }
    }
    progress.clear();
    Ok(outputs::tell(run, &targets, &loaded, &started, told, console))
}

/// Everything that a run found.
#[derive(Default)]
pub struct Told {
    pub verdicts: Vec<Verdict>,
    pub families: Vec<Family>,
    pub datasets: Vec<DatasetInfo>,
    /// Files of rows.
    pub files: Vec<RowsFile>,
    /// How writing them ended.
    pub rows_written: Exit,
}

impl Told {
    fn add(&mut self, other: Told) {
        self.verdicts.extend(other.verdicts);
        self.families.extend(other.families);
        self.datasets.extend(other.datasets);
        self.files.extend(other.files);
        self.rows_written = Exit::strongest([self.rows_written, other.rows_written]);
    }
}

/// How many threads the run may use.
pub fn threads(run: &Run) -> usize {
    let asked = run.libtest.test_threads.unwrap_or(run.threads);
    match asked {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        asked => usize::from(asked),
    }
}

/// Tells a mistake of the command line.
pub fn mistake(console: &Console, message: &str) -> Exit {
    console.complain(&format!("error: {message}\n"));
    Exit::Mistake
}

fn open<'s>(
    run: &Run,
    loaded: &'s Suites,
    options: engine::Options,
    console: &Console,
) -> Result<Vec<Opened<'s>>, Exit> {
    let tell = |message: String| mistake(console, &message);
    let locations = Locations::new(run, &loaded.suites).map_err(tell)?;
    let memory_limit = memory::limit(run.memory_limit.as_deref()).map_err(tell)?;
    let options = engine::Options { memory_limit_bytes: Some(memory_limit), ..options };
    let run_skipped = run.libtest.ignored || run.libtest.include_ignored;
    let open = |suite| datasets::open(suite, &locations, &options, run_skipped);
    Ok(loaded.suites.iter().map(open).collect())
}

fn bind<'s>(
    run: &Run,
    opened: &[Opened<'s>],
    loaded: &Suites,
    now: i128,
    console: &Console,
) -> Result<Vec<Vec<Check<'s>>>, Exit> {
    let mut mistakes = Vec::new();
    let mut bound = Vec::new();
    for opened in opened {
        let schemas = Schemas {
            data: &opened.data,
            reference: opened.reference.as_ref(),
            named: &opened.named,
            now,
            run_skipped: run.libtest.ignored || run.libtest.include_ignored,
            sql: &check_sql,
            tables: &tables,
            query: &check_query,
        };
        let suite = plan::bind(opened.suite, &schemas);
        mistakes.extend(suite.mistakes);
        bound.push(suite.checks);
    }
    let total: usize = bound.iter().map(Vec::len).sum();
    if total > crate::suite::MAX_CHECKS {
        let limit = crate::suite::MAX_CHECKS;
        mistakes.push(Diagnostic::error(format!(
            "{total} checks in one run, at most {limit} are taken"
        )));
    }
    if mistakes.is_empty() {
        return Ok(bound);
    }
    suites::tell(&mistakes, &loaded.sources, console);
    Err(Exit::Mistake)
}

/// Whether a text is an SQL predicate over the rows of a schema.
pub fn check_sql(text: &str, schema: &Schema) -> Result<(), Mistake> {
    engine::polars::SqlPredicate::parse(text, schema).map(drop).map_err(of_sql)
}

/// The datasets that a query names.
pub fn tables(text: &str) -> Result<Vec<String>, Mistake> {
    engine::polars::Query::parse(text).map(|query| query.tables).map_err(of_sql)
}

/// Whether a query fits its datasets; the names of the columns that it gives.
pub fn check_query(text: &str, tables: &[(String, &Schema)]) -> Result<Vec<String>, Mistake> {
    engine::polars::Query::parse(text).and_then(|query| query.check(tables)).map_err(of_sql)
}

fn of_sql(mistake: engine::polars::SqlMistake) -> Mistake {
    Mistake { message: mistake.message, help: mistake.help, argument: None }
}

/// Every file that the run reads, as far as it is named.
fn inputs(run: &Run, loaded: &Suites) -> Vec<String> {
    let named = run.data.iter().chain(&run.reference).map(|value| {
        let path = value.split_once('=').map_or(value.as_str(), |(_, path)| path);
        if std::path::Path::new(value).exists() { value.clone() } else { path.to_owned() }
    });
    let of_suite = loaded.suites.iter().flat_map(|suite| {
        let own = [&suite.data, &suite.reference].into_iter().flatten().cloned();
        own.chain([suite.file.clone()]).chain(suite.datasets.iter().map(|(_, path)| path.clone()))
    });
    named.chain(of_suite).collect()
}

/// Refuses a kind of check that does not exist.
fn known_kinds(run: &Run, console: &Console) -> Result<(), Exit> {
    let kinds = || crate::expectations::ALL.iter().map(|definition| definition.name);
    let unknown = run.select.check.iter().find(|kind| !kinds().any(|known| known == *kind));
    let Some(kind) = unknown else { return Ok(()) };
    let near = crate::diagnostic::nearest(kind, kinds());
    let help = near.map(|near| format!("\nhelp: did you mean `{near}`?")).unwrap_or_default();
    let note = "note: `datacheck explain` lists all checks";
    Err(mistake(console, &format!("there is no check `{kind}`{help}\n{note}")))
}

/// What failed last time, where that is what shall run.
fn remembered(
    run: &Run,
    targets: &Targets,
    console: &Console,
) -> Result<Option<BTreeSet<String>>, Exit> {
    if !run.select.lf {
        return Ok(None);
    }
    let folder = targets.folder.clone().unwrap_or_else(|| "reports".into());
    let failed = last_failed::read(&folder);
    failed.map(Some).map_err(|reason| mistake(console, &reason))
}

/// The selected checks of each suite, and the filters in words.
fn select<'b, 's>(
    run: &Run,
    loaded: &Suites,
    last_failed: Option<BTreeSet<String>>,
    bound: &'b [Vec<Check<'s>>],
) -> (Vec<Vec<&'b Check<'s>>>, Selection) {
    let select = &run.select;
    let selection = Selection {
        filters: loaded.filters.iter().chain(&select.filter).cloned().collect(),
        exact: select.exact,
        skip: select.skip.clone(),
        tags: select.tag.clone(),
        columns: select.column.clone(),
        checks: select.check.clone(),
        severities: select.severity.iter().map(|name| (*name).into()).collect(),
        last_failed,
    };
    let wanted = |check: &&Check| {
        let left_out = check.spec.common.skip.is_some();
        selection.contains(check) && (left_out || !run.libtest.ignored)
    };
    let selected = bound.iter().map(|checks| checks.iter().filter(wanted).collect()).collect();
    (selected, selection)
}

/// A filter that matches nothing is not a pass.
fn nothing(selection: &Selection, bound: &[Vec<Check>], console: &Console) -> Exit {
    let ids = || bound.iter().flatten().map(|check| check.id.as_str());
    let words = || ids().flat_map(|id| id.split("::").chain([id]));
    let asked = selection.filters.iter().chain(&selection.columns);
    let near = asked.into_iter().find_map(|text| crate::diagnostic::nearest(text, words()));
    let total = crate::prose::counted(ids().count() as u64, "check");
    let mut text = format!("error: nothing was checked: no check is selected out of {total}\n");
    if let Some(near) = near {
        text.push_str(&format!("help: did you mean `{near}`?\n"));
    }
    text.push_str("note: `datacheck --list` shows the names\n");
    console.complain(&text);
    Exit::Nothing
}

/// Measures, judges and explains the selected checks of one suite.
fn suite(
    opened: &Opened,
    all: &[Check],
    checks: &[&Check],
    run: &Run,
    rows: &RowTargets,
    console: &Console,
) -> Told {
    let size = all.iter().filter(|check| check.is_in_family()).count();
    let unread = Default::default();
    let schema = opened.data.as_ref().unwrap_or(&unread);
    let reference = opened.reference_schema();
    let contexts: Vec<Context> =
        checks.iter().map(|check| check.context(schema, reference, &opened.named, size)).collect();
    let pairs = || checks.iter().copied().zip(&contexts);

    let mut metrics = plan::questions(pairs());
    if run.output.verbose {
        listing::tell_plan(opened, checks.len(), &metrics, console);
    }
    let asked = metrics.clone();
    metrics.extend(opened.identities());
    let answers = ask(&opened.engine, metrics);
    if run.output.verbose {
        listing::tell_costs(opened, &asked, console);
    }

    let pairs: Vec<_> = pairs().collect();
    let judged: Vec<_> =
        pairs.par_iter().map(|pair| plan::judge(pair.0, pair.1, &answers)).collect();
    let today = run.now.unwrap_or_else(Utc::now).format("%Y-%m-%d").to_string();
    let (mut verdicts, family) = plan::settle(&judged, size, &today);
    explain(opened, &judged, &contexts, &answers, &mut verdicts);
    if let Some(reason) = changed(&opened.identities(), &answers) {
        for verdict in verdicts.iter_mut().filter(|verdict| verdict.status != Status::Skip) {
            verdict.status = Status::Error;
            verdict.message.clone_from(&reason);
        }
    }
    for (verdict, (check, context)) in verdicts.iter_mut().zip(pairs) {
        if run.trust_footer && is_unread(check, context, opened) {
            verdict.warnings.push("answered from the file's footer; no row was read".into());
        }
        verdict.warnings.extend(same_file(verdict, check, &answers));
        verdict.repeat = repeat(run, &verdict.source.file, &verdict.id);
    }
    let datasets = outputs::datasets(opened, &answers);
    for dataset in &datasets {
        for warning in &dataset.warnings {
            console.complain(&format!("warning: `{}`: {warning}\n", dataset.path));
        }
    }
    let findings =
        Findings { judged: &judged, contexts: &contexts, verdicts: &verdicts, answers: &answers };
    let (files, rows_written) = match rows.write(opened, &findings) {
        Ok(files) => (files, Exit::Held),
        Err(reason) => {
            console.complain(&format!("error: {reason}\n"));
            (Vec::new(), Exit::Unwritten)
        }
    };
    Told { verdicts, families: family.into_iter().collect(), datasets, files, rows_written }
}

/// Whether footers alone answered a check.
fn is_unread(check: &Check, context: &Context, opened: &Opened) -> bool {
    if check.blocked.is_some() {
        return false;
    }
    let metrics = check.spec.expectation.metrics(context);
    !metrics.is_empty() && metrics.iter().all(|metric| opened.engine.is_unread(metric))
}

/// Why the datasets cannot be trusted to be what was read: one changed while it was.
fn changed(identities: &[Metric], answers: &Answers) -> Option<String> {
    let failed = identities.iter().find_map(|identity| answers.identity(identity).err());
    failed.map(|reason| reason.to_string())
}

/// Says that a check compares the data with the same bytes, which nothing can tell apart.
fn same_file(verdict: &Verdict, check: &Check, answers: &Answers) -> Option<String> {
    let hash = |on| answers.identity(&Metric::Identity { on }).ok().map(|found| &found.sha256);
    let data = hash(Side::Data).filter(|hash| !hash.is_empty())?;
    let is_same = |side: Side| hash(side) == Some(data);
    let compares = verdict.test.is_some() || verdict.distance.is_some();
    let datasets = check.spec.expectation.datasets();
    if (compares || datasets.iter().any(|name| name == "reference")) && is_same(Side::Reference) {
        return Some("data and reference are the same file".into());
    }
    let same = datasets.into_iter().find(|name| is_same(Side::Named(name.clone())))?;
    Some(format!("the data and dataset `{same}` are the same file"))
}

/// The command that repeats one check alone, with the data and the parameters of this run.
fn repeat(run: &Run, suite: &str, id: &str) -> String {
    let mut words = vec!["datacheck".to_owned(), shell_word(suite)];
    let options = [("--data", &run.data), ("--reference", &run.reference), ("-p", &run.param)];
    for (option, values) in options {
        words.extend(values.iter().map(|value| format!("{option} {}", shell_word(value))));
    }
    words.extend(
        run.now.map(|now| format!("--now {}", now.to_rfc3339_opts(SecondsFormat::AutoSi, true))),
    );
    words.push(format!("--exact {}", shell_word(id)));
    words.join(" ")
}

fn ask(engine: &impl Engine, metrics: Vec<Metric>) -> Answers {
    let answers = engine.measure(&metrics);
    metrics.into_iter().zip(answers).collect()
}

/// Example rows of failed row checks, with one more scan for all of them.
fn explain(
    opened: &Opened,
    judged: &[Judged],
    contexts: &[Context],
    answers: &Answers,
    verdicts: &mut [Verdict],
) {
    let broken = |verdict: &Verdict| {
        matches!(verdict.status, Status::Fail | Status::Warn | Status::Known)
            || verdict.rows.violations.is_some_and(|violations| violations > 0)
    };
    let failed: Vec<usize> = (0..judged.len()).filter(|place| broken(&verdicts[*place])).collect();
    for &place in &failed {
        let shown = plan::shown(&judged[place], &contexts[place], answers);
        verdicts[place].examples = shown.iter().map(|found| row(&contexts[place], found)).collect();
    }
    let asked: Vec<(usize, Metric)> = failed
        .into_iter()
        .filter(|place| verdicts[*place].examples.is_empty())
        .filter_map(|place| {
            Some((place, plan::example(&judged[place], &contexts[place], answers)?))
        })
        .collect();
    if asked.is_empty() {
        return;
    }
    let found = ask(&opened.engine, asked.iter().map(|(_, metric)| metric.clone()).collect());
    for (place, metric) in asked {
        let context = &contexts[place];
        match found.get(&metric) {
            Ok(Measured::Examples(rows)) => {
                verdicts[place].examples = rows.iter().map(|found| row(context, found)).collect();
                let expectation = &judged[place].check.spec.expectation;
                for remark in expectation.remarks(context, rows) {
                    verdicts[place].message.push_str(&format!("; {remark}"));
                }
            }
            Ok(_) => {}
            Err(Unmeasured::Unreadable(reason) | Unmeasured::NotComputable(reason)) => {
                verdicts[place].warnings.push(format!("no example rows: {reason}"));
            }
        }
    }
}

fn row(context: &Context, example: &Example) -> ExampleRow {
    let text = |name: &str, value: &Value| match value {
        Value::Null => None,
        value => Some(context.told(name, value)),
    };
    let cells = example.cells.iter().map(|(name, value)| (name.clone(), text(name, value)));
    ExampleRow { row: example.row, cells: cells.collect() }
}
