//! How often a suite's statistical checks alarm when nothing changed: on random halves of its
//! reference.

use serde_json::{Value, json};

use super::console::Console;
use super::datasets;
use super::null_suites::{self, NullSuite};
use super::progress::Progress;
use super::run;
use super::suites;
use crate::cli::{Calibrate, PlanFormat};
use crate::engine::{EmbeddedEngine, Engine, Options, Sample, parallel};
use crate::exit::Exit;
use crate::expectations::{Context, Kind};
use crate::metric::{Answers, Metric, Side, Unmeasured};
use crate::plan::{self, Check};
use crate::prose::{count, counted, figure, number, percent};
use crate::stats::Interval;
use crate::stats::proportion::Rate;
use crate::verdict::{MarginOutcome, Verdict};

/// Level of the intervals that are shown.
const LEVEL: f64 = 0.95;
/// Level at which a check is called out, so that a suite of many checks is not all marks.
const MARK_LEVEL: f64 = 0.999;

/// Measures the false alarms of every suite.
pub fn calibrate(options: &Calibrate, console: &Console) -> Exit {
    calibrated(options, console).unwrap_or_else(|exit| exit)
}

/// What one check did in one run.
#[derive(Clone, Copy, Default)]
struct Outcome {
    judged: bool,
    /// Its own p-value was below its alpha.
    alone: bool,
    /// It alarmed after the correction, or its distance exceeded its `max`.
    alarm: bool,
    in_family: bool,
    distance: Option<f64>,
}

/// One suite's check over all runs.
struct Row<'c, 's> {
    check: &'c Check<'s>,
    alpha: f64,
    outcomes: Vec<Outcome>,
}

/// One suite over all runs.
struct Calibrated<'c, 's> {
    suite: &'s crate::suite::Suite,
    halves: [usize; 2],
    n_seen: u64,
    rows: Vec<Row<'c, 's>>,
}

fn calibrated(options: &Calibrate, console: &Console) -> Result<Exit, Exit> {
    if options.runs == 0 || options.max_rows < 4 {
        console.complain("error: calibration needs at least one run and four rows\n");
        return Err(Exit::Mistake);
    }
    let settings = options.suites.run();
    let loaded = suites::load(&settings, console)?;
    let opened = null_suites::open(&settings, &loaded, console)?;
    if let Some(opened) = opened.iter().find(|opened| opened.reference.is_none()) {
        let name = &opened.suite.name;
        console.complain(&format!("error: suite `{name}` has no reference to split\n"));
        console.complain("help: name one with `--reference PATH`\n");
        return Err(Exit::Mistake);
    }
    let kinds = [Kind::Statistical, Kind::Distance];
    let bound = null_suites::bind(&opened, &loaded, &kinds, console)?;
    let progress = Progress::of_runs(options.runs * bound.len() as u64, console);
    let mut done = Vec::new();
    for (opened, suite) in opened.iter().zip(&bound) {
        if suite.chosen.is_empty() {
            continue;
        }
        let failed = |reason: Unmeasured| {
            progress.clear();
            console.complain(&format!("error: suite `{}`: {reason}\n", opened.suite.name));
            Exit::Unjudged
        };
        let source = datasets::reference(opened.suite, &settings, &loaded).map_err(failed)?;
        let sample = Sample::draw(source.as_ref(), options.max_rows, options.seed);
        let sample = sample.map_err(failed)?;
        done.push(measure(opened.suite, suite, &sample, options, &progress).map_err(failed)?);
    }
    progress.clear();
    Ok(match options.format {
        PlanFormat::Pretty => {
            let texts: Vec<String> = done.iter().map(|suite| text(suite, options)).collect();
            console.print(&texts.join("\n"))
        }
        PlanFormat::Json => {
            let suites: Vec<Value> = done.iter().map(as_json).collect();
            let value = json!({ "runs": options.runs, "seed": options.seed, "suites": suites });
            console.print(&format!("{value:#}\n"))
        }
    })
}

fn measure<'c, 's>(
    suite: &'s crate::suite::Suite,
    bound: &'c NullSuite<'s>,
    sample: &Sample,
    options: &Calibrate,
    progress: &Progress,
) -> Result<Calibrated<'c, 's>, Unmeasured> {
    let size = bound.family_size();
    let checks = bound.chosen();
    let contexts: Vec<Context> = checks
        .iter()
        .map(|check| check.context(&bound.schema, Some(&bound.schema), &[], size))
        .collect();
    let pairs: Vec<(&Check, &Context)> = checks.iter().copied().zip(&contexts).collect();
    let metrics = plan::questions(pairs.iter().copied());
    let hook = progress.hook();
    let threads = run::threads(&options.suites.run());
    let outcomes = parallel::run(options.runs as usize, threads, |number| {
        let found = one_run(&pairs, &metrics, sample, (options.seed, number as u64), size);
        hook.iter().for_each(|hook| hook(1));
        found
    });
    let mut rows: Vec<Row> = pairs
        .iter()
        .map(|(check, _)| {
            let alpha = check.spec.common.alpha.unwrap_or(suite.statistics.alpha);
            Row { check, alpha, outcomes: Vec::new() }
        })
        .collect();
    for outcome in outcomes {
        let found = outcome.map_err(Unmeasured::NotComputable)??;
        rows.iter_mut().zip(found).for_each(|(row, outcome)| row.outcomes.push(outcome));
    }
    let n = sample.n_rows();
    Ok(Calibrated { suite, halves: [n / 2, n - n / 2], n_seen: sample.n_seen, rows })
}

/// One pair of halves through the engine and the judgement of a run.
fn one_run(
    pairs: &[(&Check, &Context)],
    metrics: &[Metric],
    sample: &Sample,
    (seed, number): (u64, u64),
    size: usize,
) -> Result<Vec<Outcome>, Unmeasured> {
    let [data, reference] = sample.halves(seed, number)?;
    let options = Options { n_threads: 1, ..Options::default() };
    let engine =
        EmbeddedEngine::new(vec![(Side::Data, data), (Side::Reference, reference)], options);
    let answers: Answers = metrics.iter().cloned().zip(engine.measure(metrics)).collect();
    let judged: Vec<_> =
        pairs.iter().map(|(check, context)| plan::judge(check, context, &answers)).collect();
    let (verdicts, _) = plan::settle(&judged, size, "");
    Ok(verdicts.iter().map(outcome).collect())
}

fn outcome(verdict: &Verdict) -> Outcome {
    let distance = verdict.distance.as_ref();
    let Some(test) = &verdict.test else {
        return Outcome {
            judged: distance.is_some(),
            alarm: distance.is_some_and(|distance| distance.value > distance.max),
            distance: distance.map(|distance| distance.value),
            ..Outcome::default()
        };
    };
    let beyond = test.result.margin.map_or(test.result.p, |margin| margin.p_beyond);
    let adjusted = test.p_adjusted.map_or(beyond.value, |p| p.value);
    Outcome {
        judged: true,
        alone: beyond.value < test.alpha,
        alarm: match test.margin_outcome() {
            Some(outcome) => outcome == MarginOutcome::Different,
            None => adjusted < test.alpha,
        },
        in_family: test.in_family,
        distance: None,
    }
}

impl Row<'_, '_> {
    fn judged(&self) -> u64 {
        self.outcomes.iter().filter(|outcome| outcome.judged).count() as u64
    }

    fn is_distance(&self) -> bool {
        self.check.spec.definition.kind == Kind::Distance
    }

    /// How often the check by itself alarmed, among the runs that could judge it.
    fn rate(&self) -> Option<Rate> {
        let alarms = self.outcomes.iter().filter(|outcome| match self.is_distance() {
            true => outcome.alarm,
            false => outcome.alone,
        });
        Rate::new(alarms.count() as u64, self.judged()).ok()
    }

    /// The 99th percentile of a distance over the runs.
    fn proposed_max(&self) -> Option<f64> {
        let mut values: Vec<f64> =
            self.outcomes.iter().filter_map(|outcome| outcome.distance).collect();
        values.sort_by(f64::total_cmp);
        let place = (values.len() * 99).div_ceil(100).saturating_sub(1);
        values.get(place).copied().filter(|_| self.is_distance())
    }

    fn mark(&self) -> &'static str {
        let Some(rate) = self.rate() else { return "never judged" };
        let Interval { low, high, .. } = rate.clopper_pearson(MARK_LEVEL);
        match self.is_distance() {
            true if low > self.alpha => "max is below the noise",
            true => "",
            false if low > self.alpha => "alarms too often",
            false if high < self.alpha / 5.0 => "hardly ever alarms",
            false => "",
        }
    }
}

impl Calibrated<'_, '_> {
    /// How often any test of the family alarmed after the correction.
    fn family(&self) -> Option<Rate> {
        let runs = self.rows.first()?.outcomes.len();
        let member = |row: &&Row| row.outcomes.iter().any(|outcome| outcome.in_family);
        let members: Vec<&Row> = self.rows.iter().filter(member).collect();
        let alarm = |number: &usize| {
            let outcomes = members.iter().map(|row| row.outcomes[*number]);
            outcomes.into_iter().any(|outcome| outcome.in_family && outcome.alarm)
        };
        let alarms = (0..runs).filter(alarm).count();
        (!members.is_empty()).then(|| Rate::new(alarms as u64, runs as u64).ok()).flatten()
    }
}

fn told(rate: Option<Rate>) -> [String; 2] {
    let Some(rate) = rate else { return ["-".into(), "-".into()] };
    let Interval { low, high, .. } = rate.clopper_pearson(LEVEL);
    let percent = |share: f64| number((share * 1e4).round() / 1e2);
    [percent(rate.value()), format!("{} to {}", percent(low), percent(high))]
}

fn text(suite: &Calibrated, options: &Calibrate) -> String {
    let statistics = &suite.suite.statistics;
    let [one, other] = suite.halves;
    let mut text = format!(
        "suite {}: {} with seed {}, halves of {} and {} rows",
        suite.suite.name,
        counted(options.runs, "random split"),
        options.seed,
        count(one as u64),
        count(other as u64),
    );
    if (one + other) as u64 != suite.n_seen {
        text.push_str(&format!(", a random sample of {}", count(suite.n_seen)));
    }
    text.push_str("\n\n");
    let head = ["check", "nominal %", "alarms %", "95 % interval", "proposed max", ""];
    let mut lines = vec![head.map(str::to_owned)];
    for row in &suite.rows {
        let [rate, interval] = told(row.rate());
        let nominal = if row.is_distance() { "-".into() } else { number(row.alpha * 100.0) };
        let max = row.proposed_max().map_or_else(|| "-".into(), figure);
        lines.push([row.check.id.clone(), nominal, rate, interval, max, row.mark().to_owned()]);
    }
    text.push_str(&null_suites::aligned(&lines));
    if let Some(family) = suite.family() {
        let [rate, interval] = told(Some(family));
        text.push_str(&format!(
            "\nthe suite alarms in {rate} % of clean runs ({interval} %), nominal at most {} \
             ({})\n",
            percent(statistics.alpha),
            statistics.correction
        ));
    }
    text
}

fn as_json(suite: &Calibrated) -> Value {
    let rate = |rate: Option<Rate>| {
        rate.map(|rate| {
            let Interval { low, high, .. } = rate.clopper_pearson(LEVEL);
            json!({ "value": rate.value(), "ci": [low, high] })
        })
    };
    let checks = suite.rows.iter().map(|row| {
        json!({
            "id": row.check.id,
            "judged": row.judged(),
            "nominal": (!row.is_distance()).then_some(row.alpha),
            "alarms": rate(row.rate()),
            "proposed_max": row.proposed_max(),
            "mark": Some(row.mark()).filter(|mark| !mark.is_empty()),
        })
    });
    json!({
        "suite": suite.suite.name,
        "halves": suite.halves,
        "rows": suite.n_seen,
        "checks": checks.collect::<Vec<Value>>(),
        "family": {
            "nominal": suite.suite.statistics.alpha,
            "correction": suite.suite.statistics.correction.name(),
            "alarms": rate(suite.family()),
        },
    })
}
