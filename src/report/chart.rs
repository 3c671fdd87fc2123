//! Small pictures as inline SVG: deterministic, without scripts, coloured by the page's style.

mod alone;
mod axis;
mod counts;
mod ecdf;
mod interval;
mod means;
mod shares;

use std::fmt::Write as _;

use super::results::{Chart, Test};
use super::visible::visible;

pub(super) use counts::bar as counts;

/// Width of every picture in user units; the page shows a unit as about a pixel.
const WIDTH: f64 = 360.0;

/// A picture of data and reference.
pub fn picture(chart: &Chart) -> Option<String> {
    match chart {
        Chart::Ecdf { points, gap_at } => ecdf::picture(points, gap_at.map(|x| x.0)),
        Chart::Shares { labels, data, reference } => shares::picture(labels, data, reference),
        Chart::Means { data, reference } => {
            means::picture(data.map(|x| x.0), reference.map(|x| x.0))
        }
    }
}

/// The same as a file of its own.
pub fn standing_alone(chart: &Chart) -> Option<String> {
    picture(chart).map(|picture| alone::alone(&picture))
}

/// An effect's interval beside its margin as a file of its own.
pub fn margin_standing_alone(test: &Test) -> Option<String> {
    margin_picture(test).map(|picture| alone::alone(&picture))
}

/// A picture of an effect's interval beside its margin, for a test that has one.
pub fn margin_picture(test: &Test) -> Option<String> {
    let margin = test.margin.as_ref()?;
    interval::picture(&test.effect, margin.margin.0)
}

/// An SVG that is being drawn.
struct Drawing {
    out: String,
}

impl Drawing {
    /// Opens a picture with what it says to those who cannot see it.
    fn new(height: f64, title: &str, description: &str) -> Drawing {
        let mut out = String::with_capacity(2048);
        let _ = write!(
            out,
            "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {}\" role=\"img\">\
             <title>{}</title><desc>{}</desc>",
            place(height),
            escaped(title),
            escaped(description)
        );
        Drawing { out }
    }

    fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let (x1, y1, x2, y2) = (place(from.0), place(from.1), place(to.0), place(to.1));
        let _ = write!(
            self.out,
            "<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>"
        );
    }

    fn rect(&mut self, class: &str, corner: (f64, f64), size: (f64, f64)) {
        let (x, y, width, height) =
            (place(corner.0), place(corner.1), place(size.0.max(0.0)), place(size.1));
        let _ = write!(
            self.out,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>"
        );
    }

    fn circle(&mut self, class: &str, centre: (f64, f64), radius: f64) {
        let (x, y) = (place(centre.0), place(centre.1));
        let _ =
            write!(self.out, "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>");
    }

    /// Text; the class says where it is anchored: `start`, `mid` or `end`.
    fn text(&mut self, class: &str, at: (f64, f64), text: &str) {
        let (x, y) = (place(at.0), place(at.1));
        let _ = write!(
            self.out,
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>",
            escaped(text)
        );
    }

    fn raw(&mut self, svg: &str) {
        self.out.push_str(svg);
    }

    fn finish(mut self) -> String {
        self.out.push_str("</svg>");
        self.out
    }
}

/// A coordinate with at most one decimal.
fn place(value: f64) -> f64 {
    if value.is_finite() { (value * 10.0).round() / 10.0 + 0.0 } else { 0.0 }
}

/// Text for SVG content and attributes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in visible(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#x27;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::number::Number;
    use super::*;

    const AWKWARD: [f64; 9] =
        [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1e308, 1e308, -0.0, 5e-324, 0.5, 1.0];

    fn numbers(values: &[f64]) -> Vec<Number> {
        values.iter().copied().map(Number).collect()
    }

    #[test]
    fn awkward_values_still_make_a_picture_or_none() {
        let mut pictures = vec![
            picture(&Chart::Ecdf { points: Vec::new(), gap_at: None }),
            picture(&Chart::Shares { labels: Vec::new(), data: Vec::new(), reference: Vec::new() }),
        ];
        assert!(pictures.iter().all(Option::is_none));
        for x in AWKWARD {
            for y in AWKWARD {
                let mut points = vec![[x, y, 0.5], [y, x, 1.0], [1.0, 1.0, y]];
                points.sort_by(|a, b| a[0].total_cmp(&b[0]));
                let points = points.into_iter().map(|point| point.map(Number)).collect();
                pictures.push(picture(&Chart::Ecdf { points, gap_at: Some(Number(x)) }));
                let labels = vec!["".into(), "<b>\u{202e}".into()];
                let (data, reference) = (numbers(&[x, y]), numbers(&[y, 0.1]));
                pictures.push(picture(&Chart::Shares { labels, data, reference }));
                let (data, reference) = ([x, y, 1.0].map(Number), [0.0, x, y].map(Number));
                pictures.push(picture(&Chart::Means { data, reference }));
            }
        }
        for svg in pictures.into_iter().flatten() {
            let drawn = svg.split("</desc>").nth(1).expect("every picture has a description");
            assert!(!drawn.contains("NaN") && !drawn.contains("=\"inf"), "{svg}");
            assert!(!svg.contains("<b>") && !svg.contains('\u{202e}'), "{svg}");
        }
    }

    #[test]
    fn few_points_are_steps() {
        let points = vec![[1.0, 0.5, 0.0].map(Number), [2.0, 1.0, 1.0].map(Number)];
        let svg = picture(&Chart::Ecdf { points, gap_at: Some(Number(1.0)) }).expect("a picture");
        assert!(svg.contains("D = 0.5") && svg.contains("v-800"), "{svg}");
    }
}
