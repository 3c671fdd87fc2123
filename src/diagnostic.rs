//! Mistakes of a suite's author: what is wrong, where, and how to mend it.
//!
//! Owns the one form in which such a mistake is told, and its rendering. Knows nothing of suites:
//! it sees names of files, their text, and ranges of bytes.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

/// A range of bytes in a file's text.
pub type Span = Range<usize>;

/// Mistakes shown of one file; the rest are counted.
const SHOWN_PER_FILE: usize = 100;

/// Lines that are longer than this together are not shown; the renderer lays out every character.
const MAX_SHOWN_BYTES: usize = 16 * 1024;

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing runs until it is mended.
    #[default]
    Error,
    /// The run goes on.
    Warning,
}

/// A place in a file, with a word about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub file: String,
    /// `None` when the file as a whole is meant.
    pub span: Option<Span>,
    pub label: String,
}

/// One mistake.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostic {
    pub severity: Severity,
    /// A lowercase fragment with names in backticks.
    pub message: String,
    /// `None` when there is no file to point to: a folder without suites, an unknown `-p`.
    pub place: Option<Place>,
    /// Further places that explain it: where a key was first given, where an alias points.
    pub others: Vec<Place>,
    /// What to write instead.
    pub help: Vec<String>,
    /// What else to know, or the next command.
    pub notes: Vec<String>,
}

impl Diagnostic {
    /// An error without a place.
    pub fn error(message: impl Into<String>) -> Self {
        Diagnostic { message: message.into(), ..Diagnostic::default() }
    }

    /// The same, of a file as a whole.
    pub fn in_file(mut self, file: &str) -> Self {
        self.place = Some(Place { file: file.to_owned(), span: None, label: String::new() });
        self
    }

    /// The same, at a place.
    pub fn at(mut self, file: &str, span: Span, label: impl Into<String>) -> Self {
        self.place = Some(Place { file: file.to_owned(), span: Some(span), label: label.into() });
        self
    }

    /// The same with a further place.
    pub fn see(mut self, file: &str, span: Span, label: impl Into<String>) -> Self {
        let place = Place { file: file.to_owned(), span: Some(span), label: label.into() };
        self.others.push(place);
        self
    }

    /// The same with what to write instead.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// The same with something to know.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    fn order(&self) -> (Option<&str>, Option<usize>, Option<Reverse<usize>>, &str) {
        let span = self.place.as_ref().and_then(|place| place.span.as_ref());
        (
            self.place.as_ref().map(|place| place.file.as_str()),
            span.map(|span| span.start),
            span.map(|span| Reverse(span.end)),
            &self.message,
        )
    }
}

/// The texts of the files that were read, by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    texts: BTreeMap<String, String>,
}

impl Sources {
    /// Remembers a file's text.
    pub fn insert(&mut self, file: &str, text: impl Into<String>) {
        self.texts.insert(file.to_owned(), text.into());
    }

    /// A file's text.
    pub fn text(&self, file: &str) -> Option<&str> {
        self.texts.get(file).map(String::as_str)
    }

    /// Line and column of a byte in a file, both counted from 1; columns count characters.
    pub fn position(&self, file: &str, offset: usize) -> Option<(u32, u32)> {
        let text = self.text(file)?;
        let offset = text.floor_char_boundary(offset.min(text.len()));
        let line = line_number(text, offset);
        let column = text[line_start(text, offset)..offset].chars().count() + 1;
        Some((u32::try_from(line).ok()?, u32::try_from(column).ok()?))
    }
}

/// Sorts by file and place, drops repetitions.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| a.order().cmp(&b.order()));
    diagnostics.dedup();
}

/// The mistakes as a terminal shows them: sorted, an empty line between two, the last line ended.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources, colour: bool) -> String {
    let mut sorted = diagnostics.to_vec();
    sort(&mut sorted);
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut shown: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    let mut blocks = Vec::new();
    for diagnostic in &sorted {
        let file = diagnostic.place.as_ref().map(|place| place.file.as_str());
        let count = shown.entry(file).or_default();
        *count += 1;
        if *count <= SHOWN_PER_FILE {
            blocks.push(render_one(diagnostic, sources, &renderer));
        }
    }
    for (file, count) in shown {
        if let (Some(file), Some(more @ 1..)) = (file, count.checked_sub(SHOWN_PER_FILE)) {
            let rest = Diagnostic::error(format!("and {more} more mistakes")).in_file(file);
            blocks.push(render_one(&rest, sources, &renderer));
        }
    }
    blocks.join("\n")
}

fn render_one(diagnostic: &Diagnostic, sources: &Sources, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut first = Group::with_title(level.primary_title(escape(&diagnostic.message)));
    let mut has_source = false;
    let mut files: Vec<&str> = Vec::new();
    for place in diagnostic.place.iter().chain(&diagnostic.others) {
        if !files.contains(&place.file.as_str()) {
            files.push(&place.file);
        }
    }
    for file in files {
        first = match snippet(diagnostic, file, sources) {
            Some(snippet) => {
                has_source = true;
                first.element(snippet)
            }
            None => first.element(origin(diagnostic, file, sources)),
        };
    }
    let help = diagnostic.help.iter().map(|text| Level::HELP.secondary_title(escape(text)));
    let notes = diagnostic.notes.iter().map(|text| Level::NOTE.secondary_title(escape(text)));
    let mut groups = vec![first];
    groups.extend(help.chain(notes).map(Group::with_title));
    // Without a source there is no margin to line up with: each part stands by itself.
    let parts = if has_source { groups.len() } else { 1 };
    let parts: Vec<String> = groups.chunks(parts).map(|groups| renderer.render(groups)).collect();
    let text = if has_source { parts.concat() } else { parts.join("\n").replace("--> ", " --> ") };
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

/// The name of a file without its lines: nothing is pointed to, or the lines are too long to be
/// shown.
fn origin<'a>(diagnostic: &Diagnostic, file: &str, sources: &Sources) -> Origin<'a> {
    let origin = Origin::path(escape(file));
    let places = diagnostic.place.iter().chain(&diagnostic.others);
    let span = places.filter(|place| place.file == file).find_map(|place| place.span.as_ref());
    match span.and_then(|span| sources.position(file, span.start)) {
        Some((line, column)) => origin.line(line as usize).char_column(column as usize),
        None => origin,
    }
}

/// The lines of one file that a diagnostic points to.
fn snippet<'a>(
    diagnostic: &Diagnostic,
    file: &str,
    sources: &Sources,
) -> Option<Snippet<'a, annotate_snippets::Annotation<'a>>> {
    let text = sources.text(file)?;
    let primary = diagnostic.place.iter().map(|place| (place, AnnotationKind::Primary));
    let others = diagnostic.others.iter().map(|place| (place, AnnotationKind::Context));
    let places: Vec<_> = primary
        .chain(others)
        .filter(|(place, _)| place.file == file)
        .filter_map(|(place, kind)| Some((first_line(text, place.span.as_ref()?), place, kind)))
        .collect();
    let start = places.iter().map(|(span, ..)| line_start(text, span.start)).min()?;
    let end = places.iter().map(|(span, ..)| line_end(text, span.end)).max()?;
    if end - start > MAX_SHOWN_BYTES {
        return None;
    }
    let annotations = places.into_iter().map(|(span, place, kind)| {
        let label = Some(escape(&place.label)).filter(|label| !label.is_empty());
        kind.span(span.start - start..span.end - start).label(label)
    });
    let snippet = Snippet::source(visible(&text[start..end]))
        .line_start(line_number(text, start))
        .path(escape(file))
        .annotations(annotations);
    Some(snippet)
}

/// The part of a span on its first line, on character boundaries of the text.
fn first_line(text: &str, span: &Span) -> Span {
    let start = text.floor_char_boundary(span.start.min(text.len()));
    let end = text.ceil_char_boundary(span.end.clamp(start, text.len()));
    let line = text[start..end].split(['\n', '\r']).next().unwrap_or_default();
    start..start + line.trim_end().len()
}

fn line_start(text: &str, offset: usize) -> usize {
    text[..offset].rfind('\n').map_or(0, |end| end + 1)
}

fn line_end(text: &str, offset: usize) -> usize {
    let line = text[offset..].split('\n').next().unwrap_or_default();
    offset + line.trim_end_matches('\r').len()
}

/// The number of the line in which a byte stands, the first is 1.
fn line_number(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset].iter().filter(|&&byte| byte == b'\n').count() + 1
}

/// Whether a character acts on a terminal instead of standing on it.
fn acts(character: char) -> bool {
    let directional =
        matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
            || matches!(character, '\u{2066}'..='\u{2069}');
    character.is_control()
        || directional
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Text with control and bidirectional characters spelled out: `\u{1b}`.
pub fn escape(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => shown.push_str("\\n"),
            '\t' => shown.push_str("\\t"),
            _ if acts(character) => shown.extend(character.escape_unicode()),
            _ => shown.push(character),
        }
    }
    shown
}

/// Lines of a source with what would act on a terminal replaced by as many bytes that do not.
/// Control characters of one byte are left to the renderer, which shows a picture of each.
fn visible(lines: &str) -> String {
    let shown = |character: char| match character.len_utf8() {
        2 if acts(character) => '\u{a4}',
        3 if acts(character) => char::REPLACEMENT_CHARACTER,
        _ => character,
    };
    lines.chars().map(shown).collect()
}

/// The candidate that a misspelt name most likely means: few edits for its length, the first among
/// equals.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let allowed = (name.chars().count() / 3).clamp(1, 4);
    let distance = |candidate: &str| {
        let candidate = candidate.to_lowercase();
        let edits = strsim::damerau_levenshtein(&name, &candidate);
        let reordered = |text: &str| text.split(['_', '-', ' ']).map(str::to_owned).collect();
        let (words, others): (BTreeSet<String>, BTreeSet<String>) =
            (reordered(&name), reordered(&candidate));
        if words == others { 1 } else { edits }
    };
    let scored = candidates.into_iter().map(|candidate| (distance(candidate), candidate));
    let close = scored.filter(|(edits, _)| *edits <= allowed);
    close.min_by_key(|(edits, _)| *edits).map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(diagnostic: Diagnostic, expected: &str) {
        let mut sources = Sources::default();
        let text =
            "suite: x\r\ncolumns:\r\n    price: {minn: 10}\r\n    b: \u{202e}\u{1b}c\u{85}\n";
        sources.insert("a.yaml", text);
        assert_eq!(render(&[diagnostic], &sources, false), expected);
    }

    #[test]
    fn a_place_has_a_caret_and_its_mend() {
        check(
            Diagnostic::error("unknown argument `minn`")
                .at("a.yaml", 32..36, "not an argument")
                .help("did you mean `min`?")
                .note("see more"),
            "error: unknown argument `minn`
 --> a.yaml:3:13
  |
3 |     price: {minn: 10}
  |             ^^^^ not an argument
  |
help: did you mean `min`?
note: see more
",
        );
    }

    #[test]
    fn what_acts_on_a_terminal_is_spelled_out() {
        check(
            Diagnostic::error("bad \u{1b}[31m\u{202e}").at("a.yaml", 50..51, "here\u{7}"),
            "error: bad \\u{1b}[31m\\u{202e}
 --> a.yaml:4:8
  |
4 |     b: \u{fffd}\u{241b}c\u{a4}
  |        ^ here\\u{7}
",
        );
    }

    #[test]
    fn any_span_is_shown() {
        let mut sources = Sources::default();
        for text in ["", "\n", "a", "ä\n", "ab\r\ncd", "\u{1f980}: \tx\n\n"] {
            sources.insert("a", text);
            for start in 0..12 {
                for end in 0..12 {
                    let span = Span { start, end };
                    let both =
                        Diagnostic::error("m").at("a", span.clone(), "l").see("a", 0..1, "o");
                    assert!(render(&[both], &sources, true).contains('m'));
                    assert!(sources.position("a", start).is_some());
                }
            }
        }
    }

    #[test]
    fn the_nearest_name_is_near() {
        let names = ["min", "max", "strict", "not_null", "row_count"];
        assert_eq!(nearest("minn", names), Some("min"));
        assert_eq!(nearest("Strct", names), Some("strict"));
        assert_eq!(nearest("notnull", names), Some("not_null"));
        assert_eq!(nearest("count_row", names), Some("row_count"));
        assert_eq!(nearest("between", names), None);
        assert_eq!(nearest("x", names), None);
    }
}
