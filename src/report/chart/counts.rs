//! Counts by status as one bar.

use super::super::headline::{BY_ATTENTION, key};
use super::super::results::Summary;
use super::{Drawing, WIDTH};

/// The bar; each status that occurs has at least a sliver.
pub(in super::super) fn bar(summary: &Summary) -> String {
    let total = summary.checks.max(1) as f64;
    let mut drawing = Drawing::new(6.0, "checks by status", &summary.in_words());
    let sliver = 3.0;
    let parts: Vec<(&str, f64)> = BY_ATTENTION
        .into_iter()
        .filter(|status| summary.of_status(*status) > 0)
        .map(|status| (key(status), summary.of_status(status) as f64 / total))
        .map(|(key, share)| (key, (share * WIDTH).max(sliver)))
        .collect();
    let sum: f64 = parts.iter().map(|(_, width)| width).sum();
    let mut x = 0.0;
    for (key, width) in parts {
        let width = width * WIDTH / sum;
        drawing.rect(&format!("part {key}"), (x, 0.0), (width, 6.0));
        x += width;
    }
    drawing.finish().replacen("class=\"chart\"", "class=\"parts\" preserveAspectRatio=\"none\"", 1)
}
