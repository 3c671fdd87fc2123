//! A summary in GitHub's Markdown, for a pull request or a job's summary.

use super::headline::{Headline, rank, word};
use super::results::{Check, Results};
use super::visible::{shortened, visible};
use crate::prose::{count, duration, moment};
use crate::verdict::Status;

/// A comment holds 65,536 characters; so many rows of so many characters fit with room to spare.
const ROWS: usize = 60;
const MESSAGE_CHARACTERS: usize = 300;

/// The summary: the verdict, a table of what did not pass, the false-alarm rate of each suite.
pub fn markdown(results: &Results) -> String {
    let headline = Headline::of(results);
    let suites: Vec<String> = results.suites().into_iter().map(prose).collect();
    let mut out = format!("## {} datacheck: {}\n\n", sign(headline.status), headline.sentence);
    let facts = [
        suites.join(", "),
        results.summary.in_words(),
        moment(&results.run.started_at),
        duration(results.run.duration_ms),
    ];
    let facts: Vec<String> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
    out.push_str(&facts.join(" · "));
    out.push('\n');
    let mut told: Vec<&Check> =
        results.checks.iter().filter(|check| check.status != Status::Pass).collect();
    told.sort_by_key(|check| rank(check.status));
    if !told.is_empty() {
        out.push_str("\n| | check | verdict | where |\n|---|---|---|---|\n");
    }
    for check in told.iter().take(ROWS) {
        out.push_str(&row(check));
    }
    if told.len() > ROWS {
        out.push_str(&format!("\n… and {} more\n", count((told.len() - ROWS) as u64)));
    }
    for family in &results.summary.families {
        out.push_str(&format!("\n{}: {}\n", prose(&family.suite), prose(&family.sentence)));
    }
    for file in &results.files {
        out.push_str(&format!("\n{}: {}\n", file.in_words(), code(&file.path)));
    }
    out
}

fn row(check: &Check) -> String {
    format!(
        "| {} {} | {} | {} | {} |\n",
        sign(check.status),
        word(check.status),
        code(&check.id),
        prose(&shortened(&check.message, MESSAGE_CHARACTERS)),
        code(&format!("{}:{}", check.source.file, check.source.line))
    )
}

fn sign(status: Status) -> &'static str {
    match status {
        Status::Pass => "✅",
        Status::Fail => "❌",
        Status::Warn => "⚠️",
        Status::Error => "⛔",
        Status::Skip => "⏭️",
        Status::Known => "🔖",
    }
}

/// Text in which what stands between backticks is code, and nothing else has a meaning.
fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let last = parts.len() - 1;
    let mut out = String::with_capacity(text.len() * 2);
    for (place, part) in parts.into_iter().enumerate() {
        match (place % 2 == 1, place == last) {
            (true, false) => out.push_str(&code(part)),
            (true, true) => out.push_str(&format!("&#96;{}", escaped(part, true))),
            (false, _) => out.push_str(&escaped(part, true)),
        }
    }
    out
}

/// Code as HTML, since a Markdown code span cannot hold every text inside a table.
fn code(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("<code>{}</code>", escaped(text, false)) }
}

/// Every character that Markdown gives a meaning to, as an entity. A comment splits names and issue
/// numbers, which GitHub links after it has read the entities.
fn escaped(text: &str, splits_links: bool) -> String {
    let characters: Vec<char> = visible(text).chars().collect();
    let mut out = String::with_capacity(text.len() * 2);
    for (place, character) in characters.iter().copied().enumerate() {
        let before = place.checked_sub(1).and_then(|place| characters.get(place));
        let after = characters.get(place + 1);
        let is_inside_word = [before, after].iter().all(|c| c.is_some_and(|c| c.is_alphanumeric()));
        let has_meaning = match character {
            '&' | '<' | '>' | '|' | '*' | '`' | '[' | ']' | '~' | '$' | '\\' => true,
            '_' => !is_inside_word,
            ':' => after == Some(&'/'),
            '.' => characters.get(place.saturating_sub(3)..place).is_some_and(is_www),
            _ => false,
        };
        if has_meaning {
            out.push_str(&format!("&#{};", u32::from(character)));
        } else {
            out.push(character);
        }
        if splits_links && matches!(character, '@' | '#') {
            out.push_str("<!-- -->");
        }
    }
    out
}

fn is_www(characters: &[char]) -> bool {
    characters.len() == 3 && characters.iter().all(|character| character.eq_ignore_ascii_case(&'w'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn text_has_no_meaning_to_markdown() {
        assert_eq!(prose("`a|b` is *not* `x"), "<code>a&#124;b</code> is &#42;not&#42; &#96;x");
        assert_eq!(prose("www.x.org http://y"), "www&#46;x.org http&#58;//y");
        assert_eq!(prose("a_b _c_: `x_`"), "a_b &#95;c&#95;: <code>x&#95;</code>");
        assert_eq!(prose("@admin #1"), "@<!-- -->admin #<!-- -->1");
        assert_eq!(prose("<b> & a\nb"), "&#60;b&#62; &#38; a&#92;nb");
    }

    #[test]
    fn every_row_has_four_cells() {
        let text = markdown(&sample::every_status());
        for line in text.lines().filter(|line| line.starts_with('|')) {
            assert_eq!(line.matches('|').count(), 5, "{line}");
        }
    }

    #[test]
    fn it_fits_a_comment() {
        assert!(markdown(&sample::many(5_000)).len() < 65_536);
    }
}
