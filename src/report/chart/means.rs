//! Two means, each with its interval, on one axis.

use super::axis::Axis;
use super::{Drawing, WIDTH};
use crate::prose::figure;

const HEIGHT: f64 = 92.0;
const LEFT: f64 = 76.0;
const BOTTOM: f64 = 66.0;

/// The picture; each side is a mean and its interval, in any order.
pub(super) fn picture(data: [f64; 3], reference: [f64; 3]) -> Option<String> {
    if data.iter().chain(&reference).any(|value| !value.is_finite()) {
        return None;
    }
    let sides = [("data", sorted(data)), ("reference", sorted(reference))];
    let low = sides.iter().map(|(_, side)| side[0]).fold(f64::INFINITY, f64::min);
    let high = sides.iter().map(|(_, side)| side[2]).fold(f64::NEG_INFINITY, f64::max);
    let room = (high - low) * 0.08;
    let axis = Axis::new(low - room, high + room, LEFT, WIDTH - 12.0);
    let told: Vec<String> = sides
        .iter()
        .map(|(name, [low, mean, high])| {
            format!("{name}: {}, between {} and {}", figure(*mean), figure(*low), figure(*high))
        })
        .collect();
    let mut drawing = Drawing::new(HEIGHT, "means of data and reference", &told.join("; "));
    for tick in axis.ticks() {
        let x = axis.at(tick);
        drawing.line("grid", (x, 4.0), (x, BOTTOM + 4.0));
        drawing.text("tick mid", (x, BOTTOM + 18.0), &figure(tick));
    }
    for (place, (name, [low, mean, high])) in sides.into_iter().enumerate() {
        let y = 20.0 + 30.0 * place as f64;
        drawing.text("label end", (LEFT - 12.0, y + 4.0), name);
        let (from, to) = (axis.at(low), axis.at(high));
        drawing.line(&format!("whisker {name}"), (from, y), (to, y));
        drawing.line(&format!("whisker {name}"), (from, y - 4.0), (from, y + 4.0));
        drawing.line(&format!("whisker {name}"), (to, y - 4.0), (to, y + 4.0));
        drawing.circle(&format!("dot {name}"), (axis.at(mean), y), 4.5);
    }
    Some(drawing.finish())
}

fn sorted(mut values: [f64; 3]) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    values
}
