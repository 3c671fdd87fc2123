//! The same pictures as files of their own, for pages that are not reports.

/// The report's style, of which a picture takes its colours and its own rules.
const STYLE: &str = include_str!("../html/style.css");

/// What the rules of pictures begin with.
const RULES: [&str; 6] = [".chart", ".curve", ".gap", ".bar", ".whisker", ".dot"];

/// A picture that carries its style.
pub(in super::super) fn alone(picture: &str) -> String {
    let colours = STYLE.lines().filter(|line| {
        let line = line.trim_start();
        line.starts_with("--") && line.contains("light-dark(")
    });
    let rules = STYLE.lines().filter(|line| RULES.iter().any(|rule| line.starts_with(rule)));
    let root = [":root { color-scheme: light dark; font-family: sans-serif;"];
    let style: Vec<&str> = root.into_iter().chain(colours).chain(["}"]).chain(rules).collect();
    let opened = picture.replacen("<svg ", "<svg xmlns=\"http://www.w3.org/2000/svg\" ", 1);
    let (head, body) = opened.split_once('>').unwrap_or((&opened, ""));
    format!("{head}>\n<style>\n{}\n</style>\n{body}\n", style.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_to_the_page() {
        let svg = alone("<svg class=\"chart\" viewBox=\"0 0 1 1\"><desc>d</desc></svg>");
        assert!(svg.starts_with("<svg xmlns=") && svg.ends_with("<desc>d</desc></svg>\n"));
        for name in svg.split("var(--").skip(1) {
            let name = name.split(')').next().expect("a name");
            assert!(svg.contains(&format!("--{name}: ")), "{name} has no value");
        }
    }
}
