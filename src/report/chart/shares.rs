//! Shares of both sides in each category or bin, as pairs of bars.

use std::collections::BTreeSet;

use super::super::number::Number;
use super::super::visible::visible;
use super::axis::Axis;
use super::{Drawing, WIDTH};
use crate::prose::percent;

const ROW: f64 = 26.0;
const LABEL_END: f64 = 116.0;
const BAR_START: f64 = 124.0;
const BAR_END: f64 = 272.0;
const LABEL_CHARACTERS: usize = 17;
/// More categories than this: the ones that differ most, and the rest as one.
const ROWS: usize = 12;

struct Pair {
    label: String,
    /// The rest, of which only the sums are told: a bar of them would dwarf the others.
    is_rest: bool,
    data: f64,
    reference: f64,
}

/// The picture, or none where there are no categories.
pub(super) fn picture(labels: &[String], data: &[Number], reference: &[Number]) -> Option<String> {
    let pairs: Vec<Pair> = labels
        .iter()
        .zip(data.iter().zip(reference))
        .map(|(label, (data, reference))| Pair {
            label: label.clone(),
            is_rest: false,
            data: share(data),
            reference: share(reference),
        })
        .collect();
    let pairs = at_most(pairs);
    let barred = pairs.iter().filter(|pair| !pair.is_rest);
    let largest = barred.map(|pair| pair.data.max(pair.reference)).fold(0.0, f64::max);
    if pairs.is_empty() {
        return None;
    }
    let axis = Axis::new(0.0, if largest > 0.0 { largest } else { 1.0 }, BAR_START, BAR_END);
    let height = ROW * pairs.len() as f64 + 4.0;
    let mut drawing = Drawing::new(height, "shares of data and reference", &description(&pairs));
    drawing.line("grid", (BAR_START, 0.0), (BAR_START, height));
    for (place, pair) in pairs.iter().enumerate() {
        let y = ROW * place as f64 + 2.0;
        drawing.text("label end", (LABEL_END, y + 15.0), &cut(&pair.label));
        if !pair.is_rest {
            let (data, reference) = (axis.at(pair.data), axis.at(pair.reference));
            drawing.rect("bar data", (BAR_START, y + 3.0), (data - BAR_START, 8.0));
            drawing.rect("bar reference", (BAR_START, y + 12.0), (reference - BAR_START, 6.0));
        }
        drawing.text("value data end", (BAR_END + 42.0, y + 15.0), &short(pair.data));
        drawing.text("value reference end", (WIDTH - 2.0, y + 15.0), &short(pair.reference));
    }
    Some(drawing.finish())
}

fn share(number: &Number) -> f64 {
    if number.0.is_finite() { number.0.max(0.0) } else { 0.0 }
}

/// A share in percent with one decimal, so that a column of them lines up.
fn short(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

fn cut(label: &str) -> String {
    let label = if label.is_empty() { "(empty)".into() } else { visible(label) };
    if label.chars().count() <= LABEL_CHARACTERS {
        return label.into_owned();
    }
    let kept: String = label.chars().take(LABEL_CHARACTERS - 1).collect();
    format!("{kept}…")
}

fn at_most(pairs: Vec<Pair>) -> Vec<Pair> {
    if pairs.len() <= ROWS {
        return pairs;
    }
    let mut by_difference: Vec<usize> = (0..pairs.len()).collect();
    let difference =
        |place: &usize| pairs.get(*place).map_or(0.0, |pair| (pair.data - pair.reference).abs());
    by_difference.sort_by(|a, b| difference(b).total_cmp(&difference(a)).then(a.cmp(b)));
    let kept: BTreeSet<usize> = by_difference.into_iter().take(ROWS - 1).collect();
    let label = format!("{} others", pairs.len() - kept.len());
    let mut rest = Pair { label, is_rest: true, data: 0.0, reference: 0.0 };
    let mut shown = Vec::with_capacity(ROWS);
    for (place, pair) in pairs.into_iter().enumerate() {
        if kept.contains(&place) {
            shown.push(pair);
        } else {
            rest.data += pair.data;
            rest.reference += pair.reference;
        }
    }
    shown.push(rest);
    shown
}

fn description(pairs: &[Pair]) -> String {
    let told: Vec<String> = pairs
        .iter()
        .map(|pair| {
            format!(
                "{}: {} of the data, {} of the reference",
                cut(&pair.label),
                percent(pair.data),
                percent(pair.reference)
            )
        })
        .collect();
    told.join("; ")
}
