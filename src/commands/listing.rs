//! What would run: names for people and test runners, and the plan for the curious.

use super::Caller;
use super::console::Console;
use super::datasets::Opened;
use crate::cli::{Format, Run};
use crate::exit::Exit;
use crate::metric::Metric;
use crate::plan::Check;
use crate::prose::counted;

/// Lists the names of the selected checks.
pub fn list(run: &Run, caller: Caller, selected: &[Vec<&Check>], console: &Console) -> Exit {
    let ids: Vec<String> = selected.iter().flatten().map(|check| check.id.clone()).collect();
    if caller == Caller::TestRunner || run.output.format == Format::Terse {
        return console.print(&crate::harness::list(&ids));
    }
    let lines: String = ids.iter().map(|id| format!("{id}\n")).collect();
    console.print(&format!("{lines}\n{}\n", counted(ids.len() as u64, "check")))
}

/// Says how many questions the checks of a suite came down to.
pub fn tell_plan(opened: &Opened, checks: usize, metrics: &[Metric], console: &Console) {
    let checks = counted(checks as u64, "check");
    let questions = counted(metrics.len() as u64, "question");
    console.complain(&format!("plan: {}: {checks} ask {questions}\n", opened.suite.name));
    for metric in metrics {
        console.complain(&format!("plan:   {metric}\n"));
    }
}

/// Says what the scans took: bytes of the columns, and time of all threads for each question.
pub fn tell_costs(opened: &Opened, metrics: &[Metric], console: &Console) {
    for (side, _) in &opened.paths {
        let Some(spent) = opened.engine.spent(side).filter(|spent| !spent.columns.is_empty())
        else {
            continue;
        };
        let seconds = spent.reading.as_secs_f64();
        console.complain(&format!("scan: {}: {side}: read in {seconds:.3} s\n", opened.suite.name));
        for (column, bytes) in &spent.columns {
            let size = bytes.map_or("unknown size".into(), |bytes| format!("{bytes} bytes"));
            console.complain(&format!("scan:   {column}: {size}\n"));
        }
    }
    for metric in metrics {
        let cost = match opened.engine.spent_on(metric) {
            Some(time) => format!("{:.3} s", time.as_secs_f64()),
            None if opened.engine.is_unread(metric) => "from the footer".into(),
            None => continue,
        };
        console.complain(&format!("scan:   {metric}: {cost}\n"));
    }
}
