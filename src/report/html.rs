//! The report as one HTML file: no request to anywhere, readable without scripts, everything
//! escaped.
//!
//! The only door to minijinja. All text leaves a template through [`escape`]; only pictures that
//! `chart` drew, the style and the script are written as they are, and a content security policy
//! names the hashes of the latter two.

use std::fmt;

use minijinja::value::{Serde, Value};
use minijinja::{Environment, Output, State, context};
use sha2::{Digest, Sha256};

use super::results::Results;
use super::view::Page;
use super::visible::visible;

const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");
const TEMPLATES: [(&str, &str); 3] = [
    ("report.html", include_str!("html/report.html")),
    ("suite.html", include_str!("html/suite.html")),
    ("check.html", include_str!("html/check.html")),
];

/// The report could not be rendered: a bug of ours, since templates and values are ours.
#[derive(Debug)]
pub struct RenderError(minijinja::Error);

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the HTML report could not be rendered: {}", self.0)
    }
}

impl std::error::Error for RenderError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// The HTML report.
pub fn html(results: &Results) -> Result<String, RenderError> {
    render(results).map_err(RenderError)
}

fn render(results: &Results) -> Result<String, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_formatter(write_value);
    environment.add_filter("prose", |text: &str| Value::from_safe_string(prose(text)));
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    environment.get_template("report.html")?.render(context! {
        page => Value::from(Serde(Page::of(results))),
        policy => policy(),
        icon => icon(results),
        style => Value::from_safe_string(STYLE.to_owned()),
        script => Value::from_safe_string(SCRIPT.to_owned()),
    })
}

/// What the page may load: its own style and script, known by their hashes, and icons written into
/// it.
fn policy() -> String {
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src data:; \
         base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn hash(text: &str) -> String {
    base64(&Sha256::digest(text.as_bytes()))
}

/// The tab's icon: a disc in the colour of the verdict, with its sign.
fn icon(results: &Results) -> String {
    use crate::verdict::Status;
    let (colour, sign) = match super::headline::Headline::of(results).status {
        Status::Pass => ("#1a7f4b", "M4.5 8.3l2.4 2.4 4.6-5"),
        Status::Fail => ("#c0322b", "M5.4 5.4l5.2 5.2m0-5.2l-5.2 5.2"),
        Status::Error => ("#7d3fb2", "M8 4.4v4.4m0 2.4v.2"),
        _ => ("#9a6700", "M8 4.4v4.4m0 2.4v.2"),
    };
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\">\
         <circle cx=\"8\" cy=\"8\" r=\"8\" fill=\"{colour}\"/>\
         <path d=\"{sign}\" stroke=\"#fff\" stroke-width=\"1.8\" fill=\"none\" \
         stroke-linecap=\"round\"/></svg>"
    );
    format!("data:image/svg+xml;base64,{}", base64(svg.as_bytes()))
}

fn write_value(out: &mut Output, _: &mut State, value: &Value) -> Result<(), minijinja::Error> {
    let wrote = match value.as_str() {
        _ if value.is_none() || value.is_undefined() => Ok(()),
        Some(text) if value.is_safe() => out.write_str(text),
        Some(text) => out.write_str(&escape(text)),
        None => out.write_str(&escape(&value.to_string())),
    };
    wrote.map_err(minijinja::Error::from)
}

/// Text for HTML content and quoted attributes, with hidden characters visible.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for character in visible(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '`' => out.push_str("&#96;"),
            other => out.push(other),
        }
    }
    out
}

/// A sentence in which what stands between backticks is code; a last lonely backtick is text.
fn prose(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut parts = text.split('`').enumerate().peekable();
    while let Some((place, part)) = parts.next() {
        let is_code = place % 2 == 1 && parts.peek().is_some();
        match (is_code, place % 2 == 1) {
            (true, _) => out.extend(["<code>", &escape(part), "</code>"]),
            (false, true) => out.extend(["&#96;", &escape(part)]),
            (false, false) => out.push_str(&escape(part)),
        }
    }
    out
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |place: usize| u32::from(chunk.get(place).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = (bits >> (18 - 6 * place)) & 63;
            let shown = if place <= chunk.len() { DIGITS[digit as usize] } else { b'=' };
            out.push(char::from(shown));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn base64_follows_the_rfc() {
        let pairs =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")];
        for (text, expected) in pairs {
            assert_eq!(base64(text.as_bytes()), expected);
        }
    }

    #[test]
    fn backticks_make_code_and_nothing_else() {
        assert_eq!(prose("`a<b` holds"), "<code>a&lt;b</code> holds");
        assert_eq!(prose("a ` b"), "a &#96; b");
        assert_eq!(prose("`x` and `y"), "<code>x</code> and &#96;y");
    }

    /// Every tag with its attributes, as a browser would see them; fails on what does not nest.
    fn tags(html: &str) -> Vec<String> {
        let void = ["meta", "link", "input", "line", "rect", "circle", "path", "use", "br", "hr"];
        let (mut open, mut tags, mut rest) = (Vec::new(), Vec::new(), html);
        while let Some(start) = rest.find('<') {
            let end = start + rest[start..].find('>').expect("every tag is closed");
            let tag = &rest[start + 1..end];
            rest = &rest[end + 1..];
            let name = tag.split([' ', '/', '\n']).next().unwrap_or("").to_owned();
            if let Some(closed) = tag.strip_prefix('/') {
                assert_eq!(
                    open.pop().as_deref(),
                    Some(closed),
                    "at {}",
                    &rest[..rest.len().min(80)]
                );
            } else if !tag.starts_with('!') && !void.contains(&name.as_str()) {
                if ["style", "script"].contains(&name.as_str()) {
                    rest = &rest[rest.find("</").expect("style and script are closed")..];
                }
                open.push(name);
            }
            tags.push(tag.to_owned());
        }
        assert!(open.is_empty(), "left open: {open:?}");
        tags
    }

    #[test]
    fn the_page_nests_and_asks_for_nothing() {
        for results in [sample::empty(), sample::few(), sample::every_status(), sample::many(60)] {
            let page = html(&results).expect("it renders");
            for tag in tags(&page) {
                // Without what stands in quotes only names of attributes are left.
                let names: Vec<&str> =
                    tag.split('"').step_by(2).flat_map(str::split_whitespace).skip(1).collect();
                for name in names {
                    let name = name.trim_end_matches('=');
                    let asks = ["src", "srcset", "action", "style", "data", "poster", "xlink:href"];
                    assert!(!asks.contains(&name) && !name.starts_with("on"), "{name} in {tag}");
                }
                if let Some((_, target)) = tag.split_once("href=\"") {
                    assert!(target.starts_with('#') || target.starts_with("data:image/"), "{tag}");
                }
            }
            for word in ["http://", "https://", "url(", "@import"] {
                assert!(!page.contains(word), "{word}");
            }
        }
    }

    #[test]
    fn the_policy_names_what_the_page_holds() {
        let page = html(&sample::few()).expect("it renders");
        for (tag, source) in [("style", "style-src"), ("script", "script-src")] {
            let (_, rest) = page.split_once(&format!("<{tag}>")).expect("it is there");
            let (content, _) = rest.split_once(&format!("</{tag}>")).expect("it is closed");
            let named = escape(&format!("{source} 'sha256-{}'", hash(content)));
            assert!(page.contains(&named), "{named}");
        }
        assert!(page.contains("default-src &#39;none&#39;"));
    }

    #[test]
    fn hostile_text_stays_text() {
        let page = html(&sample::every_status()).expect("it renders");
        let hostile = ["<script>alert", "<img", "\u{202e}", "\u{1b}", "\" onload", "</style"];
        for text in hostile {
            assert_eq!(page.matches(text).count(), usize::from(text == "</style"), "{text}");
        }
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
        assert!(page.contains("\\u{202e}"));
    }

    #[test]
    fn five_hundred_checks_stay_small() {
        let page = html(&sample::many(500)).expect("it renders");
        assert!(page.len() < 2_000_000, "{} bytes", page.len());
    }
}
