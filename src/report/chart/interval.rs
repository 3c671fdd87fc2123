//! An effect with its interval, beside the margin within which it would not matter.

use super::super::results::Effect;
use super::axis::Axis;
use super::{Drawing, WIDTH};
use crate::prose::figure;

const HEIGHT: f64 = 62.0;
const BOTTOM: f64 = 38.0;

/// The picture, or none where the effect has no finite interval.
pub(super) fn picture(effect: &Effect, margin: f64) -> Option<String> {
    let [low, high] = effect.ci.map(|end| end.0);
    let value = effect.value.0;
    if [low, high, value, margin].iter().any(|number| !number.is_finite()) {
        return None;
    }
    let is_signed = low < 0.0 || value < 0.0;
    let inner = if is_signed { -margin } else { 0.0 };
    let from = inner.min(low);
    let to = high.max(margin);
    let room = (to - from) * 0.08;
    let axis = Axis::new(if is_signed { from - room } else { 0.0 }, to + room, 12.0, WIDTH - 12.0);
    let told = format!(
        "{} = {}, between {} and {}; the margin is {}",
        effect.name,
        figure(value),
        figure(low),
        figure(high),
        figure(margin)
    );
    let mut drawing = Drawing::new(HEIGHT, "effect and margin", &told);
    drawing.rect("margin", (axis.at(inner), 4.0), (axis.at(margin) - axis.at(inner), BOTTOM - 4.0));
    drawing.line("axis", (12.0, BOTTOM), (WIDTH - 12.0, BOTTOM));
    for tick in axis.ticks() {
        let x = axis.at(tick);
        drawing.line("grid", (x, BOTTOM), (x, BOTTOM + 4.0));
        drawing.text("tick mid", (x.max(18.0), BOTTOM + 18.0), &figure(tick));
    }
    let y = 21.0;
    let (from, to) = (axis.at(low), axis.at(high));
    drawing.line("whisker effect", (from, y), (to, y));
    drawing.line("whisker effect", (from, y - 4.0), (from, y + 4.0));
    drawing.line("whisker effect", (to, y - 4.0), (to, y + 4.0));
    drawing.circle("dot effect", (axis.at(value), y), 4.5);
    Some(drawing.finish())
}
