//! Suites bound to their reference on both sides: what planning and calibration look at.

use super::console::Console;
use super::datasets::{self, Locations, Opened};
use super::suites::{self, Suites};
use super::{clock, memory, run};
use crate::cli::Run;
use crate::engine;
use crate::exit::Exit;
use crate::expectations::Kind;
use crate::metric::{Schema, Unmeasured};
use crate::plan::{self, Check, Schemas};

/// The checks of a suite, as if its reference were its data too.
pub struct NullSuite<'s> {
    pub schema: Schema,
    pub checks: Vec<Check<'s>>,
    /// Places of the checks that were asked for.
    pub chosen: Vec<usize>,
}

impl<'s> NullSuite<'s> {
    /// Tests that share the suite's alpha, chosen or not.
    pub fn family_size(&self) -> usize {
        self.checks.iter().filter(|check| check.is_in_family()).count()
    }

    /// The checks that were asked for.
    pub fn chosen(&self) -> Vec<&Check<'s>> {
        self.chosen.iter().map(|place| &self.checks[*place]).collect()
    }
}

/// Opens the datasets of every suite.
pub fn open<'s>(run: &Run, loaded: &'s Suites, console: &Console) -> Result<Vec<Opened<'s>>, Exit> {
    let tell = |message: String| run::mistake(console, &message);
    let locations = Locations::new(run, &loaded.suites).map_err(tell)?;
    let options = engine::Options {
        n_threads: run::threads(run),
        memory_limit_bytes: Some(memory::limit(None).map_err(tell)?),
        ..engine::Options::default()
    };
    let open = |suite| datasets::open(suite, &locations, &options, false);
    Ok(loaded.suites.iter().map(open).collect())
}

/// Binds the checks of these kinds; the data stands in where there is no reference.
///
/// # Errors
/// A mistake of a suite, nothing that can be read, or no check of these kinds.
pub fn bind<'s>(
    opened: &[Opened<'s>],
    loaded: &Suites,
    kinds: &[Kind],
    console: &Console,
) -> Result<Vec<NullSuite<'s>>, Exit> {
    let mut bound = Vec::new();
    let mut mistakes = Vec::new();
    for opened in opened {
        let schema = match opened.reference.as_ref().unwrap_or(&opened.data) {
            Ok(schema) => schema.clone(),
            Err(reason) => {
                console.complain(&format!("error: suite `{}`: {reason}\n", opened.suite.name));
                return Err(Exit::Unjudged);
            }
        };
        let side: Result<Schema, Unmeasured> = Ok(schema.clone());
        let schemas = Schemas {
            data: &side,
            reference: Some(&side),
            named: &opened.named,
            now: clock::nanoseconds(chrono::Utc::now()),
            run_skipped: false,
            sql: &run::check_sql,
            tables: &run::tables,
            query: &run::check_query,
        };
        let suite = plan::bind(opened.suite, &schemas);
        mistakes.extend(suite.mistakes);
        let asked = |check: &Check| {
            kinds.contains(&check.spec.definition.kind)
                && (loaded.filters.is_empty()
                    || loaded.filters.iter().any(|text| check.id.contains(text.as_str())))
        };
        let places = suite.checks.iter().enumerate().filter(|(_, check)| asked(check));
        let chosen = places.map(|(place, _)| place).collect();
        bound.push(NullSuite { schema, checks: suite.checks, chosen });
    }
    if !mistakes.is_empty() {
        suites::tell(&mistakes, &loaded.sources, console);
        return Err(Exit::Mistake);
    }
    if bound.iter().all(|suite| suite.chosen.is_empty()) {
        console.complain("error: no statistical check is selected\n");
        return Err(Exit::Nothing);
    }
    Ok(bound)
}

/// Columns of equal width, the first to the left, the others to the right.
pub fn aligned<const N: usize>(lines: &[[String; N]]) -> String {
    let width = |column: usize| {
        lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..N).map(width).collect();
    let shown = |line: &[String; N]| {
        let cells = line.iter().zip(&widths).enumerate().map(|(place, (cell, width))| {
            if place == 0 { format!("{cell:<width$}") } else { format!("  {cell:>width$}") }
        });
        format!("{}\n", cells.collect::<String>().trim_end())
    };
    lines.iter().map(shown).collect()
}
