//! The parts of a verdict in words, for every reader that is plain text.

use super::results::{Distance, Effect, Margin, Rows, Test};
use crate::prose::{count, figure, p_value, percent};
use crate::verdict::MarginOutcome;

/// The counts of rows: `15 of 19,988 examined violate (0.075 %)`, `12 skipped as missing`.
pub fn rows(rows: &Rows) -> Vec<String> {
    let mut parts = Vec::new();
    match (rows.violations, rows.examined) {
        (Some(violations), Some(examined)) => {
            let verb = if violations == 1 { "violates" } else { "violate" };
            let share = rows.share.filter(|_| violations > 0);
            let share = share.map_or(String::new(), |share| format!(" ({})", percent(share.0)));
            parts.push(format!(
                "{} of {} examined {verb}{share}",
                count(violations),
                count(examined)
            ));
        }
        (None, Some(examined)) => parts.push(format!("{} examined", count(examined))),
        (Some(violations), None) => parts.push(format!("{} in violation", count(violations))),
        (None, None) => {}
    }
    parts.extend(rows.skipped.map(|skipped| format!("{} skipped as missing", count(skipped))));
    parts
}

/// The figures of a test: `ks_2samp: D = 0.1067, n = 20,000 + 18,000, p = 0.002, adjusted p = 0.02,
/// alpha = 0.05`.
pub fn test(test: &Test) -> String {
    let mut parts = vec![
        format!("{}: {} = {}", test.name, test.symbol, figure(test.statistic.0)),
        format!("n = {}", sides(&test.n)),
    ];
    parts.extend(test.df.map(|df| format!("df = {}", figure(df.0))));
    parts.push(equation("p", test.p_value.0));
    parts.extend(test.p_adjusted.map(|p| equation("adjusted p", p.0)));
    parts.push(format!("alpha = {}", figure(test.alpha.0)));
    parts.join(", ")
}

/// The effect with its interval, and what the test could have seen.
pub fn effect(test: &Test) -> String {
    let Effect { name, value, ci: [low, high], level } = &test.effect;
    let mut line = format!(
        "{name} = {}, {} interval {} to {}",
        figure(value.0),
        percent(level.0),
        figure(low.0),
        figure(high.0)
    );
    if let Some(detectable) = test.power.detectable {
        let power = percent(test.power.target.0);
        let smallest = figure(detectable.0);
        line.push_str(&format!("; {smallest} would be seen with power {power}"));
    }
    line
}

/// The margin and its outcome.
pub fn margin(margin: &Margin) -> String {
    let mut line = format!(
        "{}, {}: {} for no more than it, {} for at least it",
        figure(margin.margin.0),
        outcome(margin.outcome),
        equation("p", margin.p_beyond.0),
        equation("p", margin.p_within.0)
    );
    if let Some(rows) = margin.rows_to_settle {
        line.push_str(&format!("; {} rows on each side would settle it", count(rows)));
    }
    line
}

/// The word for an outcome of a margin.
pub fn outcome(outcome: MarginOutcome) -> &'static str {
    match outcome {
        MarginOutcome::Equivalent => "equivalent",
        MarginOutcome::Different => "different",
        MarginOutcome::Inconclusive => "inconclusive",
    }
}

/// The distance beside its bound and its noise.
pub fn distance(distance: &Distance) -> String {
    let unit = distance.unit.as_ref().map_or(String::new(), |unit| format!(" {unit}"));
    let mut line = format!(
        "{} = {}{unit}, at most {}; sampling noise alone {}, 95 % of it below {}",
        distance.name,
        figure(distance.value.0),
        figure(distance.max.0),
        figure(distance.noise_mean.0),
        figure(distance.noise_p95.0)
    );
    if let Some(p) = distance.p_value {
        line.push_str(&format!("; {}", equation("p", p.0)));
    }
    line
}

/// Sizes of both sides: `20,000 + 18,000`.
pub fn sides(values: &[u64]) -> String {
    let values: Vec<String> = values.iter().copied().map(count).collect();
    values.join(" + ")
}

fn equation(name: &str, p: f64) -> String {
    let value = p_value(p);
    if value.starts_with('<') { format!("{name} {value}") } else { format!("{name} = {value}") }
}
