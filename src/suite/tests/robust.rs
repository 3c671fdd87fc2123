//! What must hold for any text: no panic, bounded work, spans inside the file.

use std::fmt::Write as _;

use proptest::prelude::*;

use crate::diagnostic::{Diagnostic, render};
use crate::suite::parse::{MAX_DEPTH, parse};
use crate::suite::text::MAX_BYTES;
use crate::suite::tree::{Content, Node, Origin};
use crate::suite::{Defaults, Loaded, MAX_CHECKS, load_contents};

fn load(text: &[u8]) -> Loaded {
    let files = [("a.yaml".to_owned(), Ok(text.to_vec()))];
    let loaded = load_contents(files, &Defaults::default(), &[]);
    assert!(!render(&loaded.diagnostics, &loaded.sources, true).contains('\u{7}'));
    loaded
}

/// Every span lies inside the text, and a child's inside its parent's unless an alias brought it.
fn check_spans(text: &str, node: &Node) {
    assert!(text.get(node.span.clone()).is_some(), "{:?} of {text:?}", node.span);
    let inside = |span: &std::ops::Range<usize>| {
        assert!(text.get(span.clone()).is_some(), "{span:?} of {text:?}");
        assert!(span.start >= node.span.start || node.origin != Origin::Written);
    };
    match &node.value {
        Content::List(items) => items.iter().for_each(|item| {
            inside(&item.span);
            check_spans(text, item);
        }),
        Content::Map(entries) => entries.iter().for_each(|entry| {
            inside(&entry.key.span);
            check_spans(text, &entry.value);
        }),
        _ => {}
    }
}

/// Pieces of suites, so that random text is often almost one.
const PIECES: [&str; 48] = [
    "\n",
    "\n  ",
    "\n    ",
    "\n      ",
    " ",
    ": ",
    ", ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "'",
    "\"",
    "#",
    "|\n",
    ">\n",
    "&a ",
    "*a",
    "!!str ",
    "!x ",
    "<<",
    "? ",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "\t",
    "\r\n",
    "~",
    "null",
    "true",
    "1e3",
    "007",
    ".inf",
    "ä",
    "\u{1f980}",
    "\u{202e}",
    "table",
    "columns",
    "rows",
    "price",
    "between",
    "min",
    "in_set",
    "$p",
    "${p}",
    "params",
    "unique: true",
];

/// Random texts of each law; many more where the code is optimised.
const CASES: u32 = if cfg!(debug_assertions) { 600 } else { 20_000 };

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn any_text_is_read_without_panic(picks in prop::collection::vec(0..PIECES.len(), 0..40)) {
        let text: String = picks.into_iter().map(|pick| PIECES[pick]).collect();
        if let Some(root) = parse("a.yaml", &text).root {
            check_spans(&text, &root);
        }
        load(text.as_bytes());
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        load(&bytes);
    }

    #[test]
    fn a_change_of_a_suite_is_read_without_panic(at in 0..SUITE.len(), with in 0..PIECES.len()) {
        let at = SUITE.floor_char_boundary(at);
        let text = format!("{}{}{}", &SUITE[..at], PIECES[with], &SUITE[at..]);
        load(text.as_bytes());
        load(&text.as_bytes()[..at]);
    }
}

const SUITE: &str = "suite: rentals
params: {p: 10, q: {default: 350, type: number, help: highest}}
statistics: {alpha: 0.05, correction: holm}
datasets: {hosts: hosts.csv}
table:
  columns: {exactly: &c [id, name, price], ordered: true}
  unique: [host_id, id]
columns:
  name: {type: string, not_null: {mostly: 0.95, known_failure: {reason: x, until: 2026-12-31}}}
  price:
    between:
      - {min: $p, max: $q}
      - {name: half, max: 175, mostly: 0.5, tags: [a, b]}
  /^(a|b)$/: {in_set: [\"${q}\", 1.5, null, true]}
rows:
  inside: longitude BETWEEN -74.25 AND -73.50
  long: {that: \"price < 500\", mostly: 0.99}
";

#[test]
fn the_suite_that_is_changed_loads() {
    let loaded = load(SUITE.as_bytes());
    assert_eq!(loaded.diagnostics, [], "{}", render(&loaded.diagnostics, &loaded.sources, false));
    assert_eq!(loaded.suites[0].checks.len(), 9);
}

fn only(text: &str, message: &str) -> Diagnostic {
    let loaded = load(text.as_bytes());
    let first = loaded.diagnostics.into_iter().next().expect("it is a mistake");
    assert!(first.message.contains(message), "{}", first.message);
    first
}

#[test]
fn nesting_is_bounded() {
    let deep = format!("more than {MAX_DEPTH} lists and mappings inside each other");
    let many = |piece: &str| piece.repeat(MAX_BYTES / piece.len() - 10);
    for piece in ["[", "{", "- ", "{a: ", "[{a: ", "? ", "- - ", "-\n"] {
        let text = many(piece);
        let loaded = load(text.as_bytes());
        assert!(!loaded.diagnostics.is_empty(), "{piece}");
        if piece != "-\n" {
            only(&text, &deep);
        }
    }
    let mut indented = String::new();
    for depth in 0..300 {
        writeln!(indented, "{}a:", " ".repeat(depth)).expect("a string takes any text");
    }
    only(&indented, &deep);
    let inside = format!("a: {}1{}\n", "[".repeat(MAX_DEPTH - 1), "]".repeat(MAX_DEPTH - 1));
    assert!(parse("a", &inside).root.is_some());
    assert!(parse("a", &inside.replace("[1]", "[[1]]")).root.is_none());
}

#[test]
fn aliases_are_bounded() {
    let mut laughs = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    let mut chain = String::from("a0: &a0 [x]\n");
    for level in 1..100 {
        let below = level - 1;
        let nine = format!("*a{below}, ").repeat(9);
        writeln!(laughs, "a{level}: &a{level} [{nine}]").expect("a string takes any text");
        writeln!(chain, "a{level}: &a{level} [*a{below}]").expect("a string takes any text");
    }
    only(&laughs, "repeat more than");
    only(&chain, "inside each other");
}

#[test]
fn size_and_number_are_bounded() {
    let large = format!("# {}\n", "x".repeat(MAX_BYTES));
    assert_eq!(only(&large, "bytes").place.and_then(|place| place.span), None);
    let check = |n: usize| {
        let lines = (0..n).fold(String::from("columns:\n"), |mut text, n| {
            writeln!(text, "  c{n}: {{not_null: true}}").expect("a string takes any text");
            text
        });
        load(lines.as_bytes()).diagnostics
    };
    assert_eq!(check(MAX_CHECKS), []);
    assert_eq!(check(MAX_CHECKS + 1)[0].message, "more than 10000 checks in one run");
    // As many mistakes as fit: only the first hundred are shown, and it does not take long.
    let wrong = "columns: {".to_owned() + &"x: {a: 1}, ".repeat(MAX_BYTES / 12) + "}";
    only(&wrong, "");
    let numbers = format!("columns: {{a: {{in_set: [{}]}}}}", "[], ".repeat(MAX_BYTES / 5));
    only(&numbers, "expected a number");
    let keys = (0..100_000).fold(String::new(), |text, n| text + &format!("k{n}: 1\n"));
    only(&keys, "unknown key");
}
