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
use crate::stats::planning::Law;

/// Plans the tests of every suite.
pub fn power(options: &Power, console: &Console) -> Exit {
    planned(options, console).unwrap_or_else(|exit| exit)
}

/// One test and what it needs.
struct Row {
    id: String,
    alpha: f64,
    law: Option<Law>,
    rows: Option<u64>,
    detectable: Option<f64>,
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
    // Only what the reference says of itself: the number of its categories.
    let counts_reference =
        |metric: &Metric| matches!(metric, Metric::Frequencies { on: Side::Reference, .. });
    let mut asked: Vec<Metric> = crate::plan::questions(pairs.iter().copied());
    asked.retain(counts_reference);
    let found = opened.engine.measure(&asked);
    let answers: Answers = asked.into_iter().zip(found).collect();
    let sizes = options.rows.map(|rows| [rows, rows]).or_else(|| sizes(opened));
    let row = |(check, context): &(&Check, &crate::expectations::Context)| {
        let law = match check.blocked {
            None => check.spec.expectation.planning(context, &answers),
            Some(_) => None,
        };
        Row {
            id: check.id.clone(),
            alpha: context.design.alpha,
            law,
            rows: law.and_then(|law| law.rows(options.effect, &context.design)),
            detectable: law.zip(sizes).and_then(|(law, n)| law.detectable(n, &context.design)),
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
            row.law.map_or("-", Law::effect).to_owned(),
            figure(row.alpha),
            row.rows.map_or_else(|| "-".into(), count),
            row.detectable.map_or_else(|| "-".into(), figure),
        ]);
    }
    text.push_str(&null_suites::aligned(&lines));
    if plan.rows.iter().any(|row| row.law.is_none()) {
        text.push_str("-: no closed form; `datacheck calibrate` measures what it does\n");
    }
    text
}

fn as_json(plan: &Plan, options: &Power) -> Value {
    let statistics = &plan.suite.statistics;
    let checks = plan.rows.iter().map(|row| {
        json!({
            "id": row.id,
            "effect": row.law.map(Law::effect),
            "alpha": row.alpha,
            "rows_per_side": row.rows,
            "detectable": row.detectable,
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
