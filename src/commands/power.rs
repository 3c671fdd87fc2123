//! Before a run: how many rows a suite's tests need, and what they see with the rows there are.

use serde_json::{Value, json};

use super::console::Console;
use super::datasets::Opened;
use super::null_suites::{self, NullSuite};
use crate::cli::{PlanFormat, Power};
use crate::engine::Engine;
use crate::exit::Exit;
use crate::expectations::Kind;
use crate::metric::{Answers, Measured, Metric, Side};
use crate::plan::Check;
use crate::prose::{count, counted, figure, number};
use crate::stats::planning::Planned;

/// Plans the tests of every suite.
pub fn power(options: &Power, console: &Console) -> Exit {
    planned(options, console).unwrap_or_else(|exit| exit)
}

/// One test and what it needs.
struct Row {
    id: String,
    alpha: f64,
    planned: Option<Planned>,
    margin: Option<f64>,
    rows: Option<u64>,
    detectable: Option<f64>,
}

impl Row {
    /// Whether the margin is smaller than what these rows can show, where both are known.
    fn is_under_powered(&self) -> Option<bool> {
        let margin = self.margin.filter(|_| self.planned.is_some())?;
        Some(self.detectable.is_none_or(|detectable| detectable > margin))
    }
}

/// One suite's tests at the sizes of its sides.
struct Plan<'s> {
    suite: &'s crate::suite::Suite,
    size: usize,
    sizes: Option<[u64; 2]>,
    rows: Vec<Row>,
}

fn planned(options: &Power, console: &Console) -> Result<Exit, Exit> {
    if !(options.effect > 0.0 && options.effect < 10.0) {
        let text = format!("error: `--effect {}` is no effect to see\n", options.effect);
        console.complain(&format!("{text}help: write a size above 0, such as 0.2\n"));
        return Err(Exit::Mistake);
    }
    let loaded = super::suites::load(&options.suites.run(), console)?;
    let opened = null_suites::open(&options.suites.run(), &loaded, console)?;
    let bound = null_suites::bind(&opened, &loaded, &[Kind::Statistical], console)?;
    let plans: Vec<Plan> = opened
        .iter()
        .zip(&bound)
        .filter(|(_, suite)| !suite.chosen.is_empty())
        .map(|(opened, suite)| plan(opened, suite, options))
        .collect();
    Ok(match options.format {
        PlanFormat::Pretty => console.print(&text(&plans, options)),
        PlanFormat::Json => {
            let plans: Vec<Value> = plans.iter().map(|plan| as_json(plan, options)).collect();
            console.print(&format!("{:#}\n", json!({ "suites": plans })))
        }
    })
}

fn plan<'s>(opened: &Opened<'s>, suite: &NullSuite<'s>, options: &Power) -> Plan<'s> {
    let size = suite.family_size();
    let checks = suite.chosen();
    let contexts: Vec<_> = checks
        .iter()
        .map(|check| check.context(&suite.schema, Some(&suite.schema), &[], size))
        .collect();
    let pairs: Vec<(&Check, _)> = checks.iter().copied().zip(&contexts).collect();
    let mut asked: Vec<Metric> = Vec::new();
    for (check, context) in pairs.iter().filter(|(check, _)| check.blocked.is_none()) {
        let wanted = check.spec.expectation.planned_from(context);
        asked.extend(
            wanted.into_iter().filter(|metric| !asked.contains(metric)).collect::<Vec<_>>(),
        );
    }
    let found = opened.engine.measure(&asked);
    let answers: Answers = asked.into_iter().zip(found).collect();
    let sizes = options.rows.map(|rows| [rows, rows]).or_else(|| sizes(opened));
    let row = |(check, context): &(&Check, &crate::expectations::Context)| {
        let planned = match check.blocked {
            None => check.spec.expectation.planning(context, &answers),
            Some(_) => None,
        };
        Row {
            id: check.id.clone(),
            alpha: context.design.alpha,
            planned,
            margin: context.common.margin,
            rows: planned.and_then(|law| law.rows(options.effect, &context.design)),
            detectable: planned.zip(sizes).and_then(|(law, n)| law.detectable(n, &context.design)),
        }
    };
    Plan { suite: opened.suite, size, sizes, rows: pairs.iter().map(row).collect() }
}

/// Rows of data and reference, where both can be counted; of one side alone, for both.
fn sizes(opened: &Opened) -> Option<[u64; 2]> {
    let rows = |on: Side| match opened.engine.measure(&[Metric::Rows { on, filter: None }]).pop() {
        Some(Ok(Measured::Rows(rows))) => Some(rows),
        _ => None,
    };
    match (rows(Side::Data), rows(Side::Reference)) {
        (Some(data), Some(reference)) => Some([data, reference]),
        (Some(rows), None) | (None, Some(rows)) => Some([rows, rows]),
        (None, None) => None,
    }
}

fn text(plans: &[Plan], options: &Power) -> String {
    plans.iter().map(|plan| table(plan, options)).collect::<Vec<_>>().join("\n")
}

fn table(plan: &Plan, options: &Power) -> String {
    let statistics = &plan.suite.statistics;
    let mut text = format!(
        "suite {}: {} in the family, alpha {} ({}), power {}\n",
        plan.suite.name,
        counted(plan.size as u64, "test"),
        number(statistics.alpha),
        statistics.correction,
        number(statistics.power)
    );
    let seen = match plan.sizes {
        Some([n, m]) => format!("seen with {} + {} rows", count(n), count(m)),
        None => "seen (sizes unknown: give `--rows`)".into(),
    };
    let wanted = format!("rows a side for {}", number(options.effect));
    let mut lines = vec![["check".into(), "effect".into(), "alpha".into(), wanted, seen]];
    for row in &plan.rows {
        lines.push([
            row.id.clone(),
            row.planned.map_or("-", |planned| planned.law.effect()).to_owned(),
            figure(row.alpha),
            row.rows.map_or_else(|| "-".into(), count),
            row.detectable.map_or_else(|| "-".into(), figure),
        ]);
    }
    text.push_str(&null_suites::aligned(&lines));
    if plan.rows.iter().any(|row| row.planned.is_none()) {
        text.push_str("-: depends on the data; `datacheck calibrate` measures what it does\n");
    }
    for row in plan.rows.iter().filter(|row| row.is_under_powered() == Some(true)) {
        text.push_str(&format!(
            "under-powered: {} has a margin of {}, and these rows show {}\n",
            row.id,
            number(row.margin.unwrap_or_default()),
            row.detectable.map_or_else(|| "no effect at all".into(), figure),
        ));
    }
    text
}

fn as_json(plan: &Plan, options: &Power) -> Value {
    let statistics = &plan.suite.statistics;
    let checks = plan.rows.iter().map(|row| {
        json!({
            "id": row.id,
            "effect": row.planned.map(|planned| planned.law.effect()),
            "alpha": row.alpha,
            "rows_per_side": row.rows,
            "detectable": row.detectable,
            "margin": row.margin,
            "under_powered": row.is_under_powered(),
        })
    });
    json!({
        "suite": plan.suite.name,
        "alpha": statistics.alpha,
        "correction": statistics.correction.name(),
        "power": statistics.power,
        "family_size": plan.size,
        "effect": options.effect,
        "rows": plan.sizes,
        "checks": checks.collect::<Vec<Value>>(),
    })
}
