//! Two cumulative distributions as step curves, with the place where they are farthest apart.

use std::fmt::Write as _;

use super::super::number::Number;
use super::axis::Axis;
use super::{Drawing, place};
use crate::prose::{figure, percent};

const HEIGHT: f64 = 196.0;
const LEFT: f64 = 40.0;
const RIGHT: f64 = 352.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 170.0;
/// Beyond this many points a curve is drawn with lines from point to point: steps would be finer
/// than a pixel.
const POINTS: usize = 150;

struct Point {
    x: f64,
    data: f64,
    reference: f64,
}

/// The picture, or none where there are no points.
pub(super) fn picture(points: &[[Number; 3]], gap_at: Option<f64>) -> Option<String> {
    let points: Vec<Point> = points
        .iter()
        .map(|[x, data, reference]| Point {
            x: x.0,
            data: data.0.clamp(0.0, 1.0),
            reference: reference.0.clamp(0.0, 1.0),
        })
        .filter(|p| p.x.is_finite() && p.data.is_finite() && p.reference.is_finite())
        .collect();
    let gap = gap_at.and_then(|x| points.iter().rev().find(|point| point.x <= x));
    let (low, high) = view(&points, gap.map(|point| point.x))?;
    let x_axis = Axis::new(low, high, LEFT, RIGHT);
    let y_axis = Axis::new(0.0, 1.0, BOTTOM, TOP);
    let mut drawing = Drawing::new(
        HEIGHT,
        "cumulative distributions of data and reference",
        &description(&points, gap),
    );
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let y = y_axis.at(share);
        drawing.line("grid", (LEFT, y), (RIGHT, y));
        if share != 0.25 && share != 0.75 {
            drawing.text("tick end", (LEFT - 6.0, y + 4.0), &percent(share).replace(' ', ""));
        }
    }
    for tick in x_axis.ticks() {
        let x = x_axis.at(tick);
        drawing.line("grid", (x, BOTTOM), (x, BOTTOM + 4.0));
        drawing.text("tick mid", (x.clamp(LEFT, RIGHT - 10.0), BOTTOM + 18.0), &figure(tick));
    }
    curves(&mut drawing, &points, (low, high));
    ends(&mut drawing, &points, (low, high));
    if let Some(point) = gap {
        mark(&mut drawing, point, x_axis.at(point.x), &y_axis);
    }
    Some(drawing.finish())
}

/// The part of the x axis that is shown: all of it, or without thin tails where leaving them out
/// more than halves what is left.
fn view(points: &[Point], gap: Option<f64>) -> Option<(f64, f64)> {
    let (first, last) = (points.first()?.x, points.last()?.x);
    let mut shown = (first, last);
    for tail in [0.005, 0.01, 0.02, 0.03] {
        let low = points.iter().find(|p| p.data.max(p.reference) >= tail).map_or(first, |p| p.x);
        let high =
            points.iter().find(|p| p.data.min(p.reference) >= 1.0 - tail).map_or(last, |p| p.x);
        let (low, high) = (low.min(gap.unwrap_or(low)), high.max(gap.unwrap_or(high)));
        let room = (high - low) * 0.05;
        let cut = ((low - room).max(first), (high + room).min(last));
        if high > low && cut.1 - cut.0 < 0.5 * (shown.1 - shown.0) {
            shown = cut;
        }
    }
    Some(shown)
}

/// Says how far the values go beyond what is shown, in the corners that the curves leave empty.
fn ends(drawing: &mut Drawing, points: &[Point], (low, high): (f64, f64)) {
    if let Some(first) = points.first().filter(|first| first.x < low) {
        let text = format!("\u{2190} from {}", figure(first.x));
        drawing.text("tick start", (LEFT + 6.0, TOP + 12.0), &text);
    }
    if let Some(last) = points.last().filter(|last| last.x > high) {
        let text = format!("up to {} \u{2192}", figure(last.x));
        drawing.text("tick end", (RIGHT - 4.0, BOTTOM - 8.0), &text);
    }
}

/// The curves, in a frame of their own that cuts them off and counts in tenths of a unit.
fn curves(drawing: &mut Drawing, points: &[Point], (low, high): (f64, f64)) {
    let (width, height) = (RIGHT - LEFT, BOTTOM - TOP);
    drawing.raw(&format!(
        "<svg x=\"{LEFT}\" y=\"{TOP}\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {} {}\">",
        place(width * 10.0),
        place(height * 10.0)
    ));
    let axis = Axis::new(low, high, 0.0, width * 10.0);
    for (class, of) in [("reference", false), ("data", true)] {
        let level = |point: &Point| if of { point.data } else { point.reference };
        let corners = points.iter().map(|p| (axis.at(p.x), (1.0 - level(p)) * height * 10.0));
        let path = path(corners.collect(), (width * 10.0, height * 10.0));
        drawing.raw(&format!("<path class=\"curve {class}\" d=\"{path}\"/>"));
    }
    drawing.raw("</svg>");
}

/// A path through the corners, thinned to what the eye can tell apart.
fn path(corners: Vec<(f64, f64)>, (width, height): (f64, f64)) -> String {
    let cell = if corners.len() > POINTS { width / POINTS as f64 } else { 0.0 };
    let is_dense = cell > 0.0;
    let mut at = (0, height.round() as i64);
    let mut out = format!("M0 {}", at.1);
    let mut last_drawn = f64::NEG_INFINITY;
    let last = corners.len().saturating_sub(1);
    for (place, (x, y)) in corners.into_iter().enumerate() {
        let inside = x.clamp(-10.0, width + 10.0);
        if is_dense && place != last && inside - last_drawn < cell {
            continue;
        }
        last_drawn = inside;
        let to = (inside.round() as i64, y.round() as i64);
        let (dx, dy) = (to.0 - at.0, to.1 - at.1);
        let _ = match (is_dense, dx, dy) {
            (_, _, 0) => continue,
            (true, ..) => write!(out, "l{dx} {dy}"),
            (false, 0, _) => write!(out, "v{dy}"),
            (false, ..) => write!(out, "h{dx}v{dy}"),
        };
        at = to;
    }
    let _ = write!(out, "H{}", width.round() as i64 + 10);
    out
}

fn mark(drawing: &mut Drawing, point: &Point, x: f64, y_axis: &Axis) {
    let (upper, lower) =
        (y_axis.at(point.data.max(point.reference)), y_axis.at(point.data.min(point.reference)));
    drawing.line("gap", (x, upper), (x, lower));
    drawing.line("gap", (x - 4.0, upper), (x + 4.0, upper));
    drawing.line("gap", (x - 4.0, lower), (x + 4.0, lower));
    let label = format!("D = {}", figure((point.data - point.reference).abs()));
    let is_left = x < (LEFT + RIGHT) / 2.0;
    let y = (lower + 14.0).min(BOTTOM - 6.0);
    let (class, x) = if is_left { ("note start", x + 8.0) } else { ("note end", x - 8.0) };
    // Right of a rising curve there is room below it, left of it above it.
    let y = if is_left { y } else { (upper - 6.0).max(TOP + 12.0) };
    drawing.text(class, (x, y), &label);
}

fn description(points: &[Point], gap: Option<&Point>) -> String {
    let (Some(first), Some(last)) = (points.first(), points.last()) else {
        return String::new();
    };
    let range = format!("values from {} to {}", figure(first.x), figure(last.x));
    match gap {
        None => range,
        Some(gap) => format!(
            "{range}; farthest apart at {}, where {} of the data and {} of the reference lie \
             at or below",
            figure(gap.x),
            percent(gap.data),
            percent(gap.reference)
        ),
    }
}
