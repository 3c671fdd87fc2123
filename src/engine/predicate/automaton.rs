//! A pattern as one dense table, walked byte by byte.
//!
//! The table is written down from the lazy automaton of `regex-automata`, so that it means exactly
//! what `regex` means. It is faster where most texts differ: nothing is looked up in caches or
//! borrowed from pools, and four texts are walked side by side, so that a core has something to do
//! while it waits for the next state of each.

use std::collections::HashMap;

use arrow::array::ArrayAccessor;
use arrow::buffer::BooleanBuffer;
use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::util::start;

use crate::engine::column::Texts;

/// Larger tables would leave the caches that make them fast; such patterns are left to `regex`.
const MOST_ENTRIES: usize = 1 << 15;
const CACHE_BYTES: usize = 4 << 20;

/// Bytes after which a text is looked at whether it is decided.
const STRETCH: usize = 32;

/// States in rows of `1 << stride` entries; the first row is that of no match, the second that of
/// one, and both lead to themselves.
#[derive(Debug)]
pub struct Automaton {
    classes: [u16; 256],
    /// The next row for each row and class, as the place of its first entry.
    table: Box<[u16]>,
    stride: u32,
    start: u16,
    /// Whether a text that ends in this row matches.
    at_end: Vec<bool>,
}

impl Automaton {
    /// The automaton of a pattern, if it is small enough.
    pub fn new(pattern: &str) -> Option<Self> {
        let config = DFA::config()
            .cache_capacity(CACHE_BYTES)
            .skip_cache_capacity_check(true)
            // A cleared cache would give new names to states that are written down.
            .minimum_cache_clear_count(Some(0));
        let dfa = DFA::builder().configure(config).build(pattern).ok()?;
        let mut cache = dfa.create_cache();
        let classes = dfa.byte_classes();
        // The end of a text has a class of its own, which no row needs.
        let stride = (classes.alphabet_len() - 1).max(1).next_power_of_two().trailing_zeros();
        let mut rows = Rows { stride, known: HashMap::new(), waiting: Vec::new() };
        let start = dfa.start_state(&mut cache, &start::Config::new()).ok()?;
        let start = rows.place(start)?;
        let (mut table, mut at_end) = (vec![0u16; 2 << stride], vec![false, true]);
        table[1 << stride..].fill(1 << stride);
        while let Some(state) = rows.next(at_end.len()) {
            let first = table.len();
            table.resize(first + (1 << stride), 0);
            for unit in classes.representatives(..) {
                let Some(byte) = unit.as_u8() else { continue };
                let next = dfa.next_state(&mut cache, state, byte).ok()?;
                table[first + usize::from(classes.get(byte))] = rows.place(next)?;
            }
            at_end.push(is_match_at_end(&dfa, &mut cache, state)?);
        }
        let class = |byte: usize| u16::from(classes.get(byte as u8));
        let classes = std::array::from_fn(class);
        Some(Automaton { classes, table: table.into(), stride, start, at_end })
    }

    /// Whether the pattern is found in a text.
    pub fn is_match(&self, text: &str) -> bool {
        self.finish(self.start, text.as_bytes())
    }

    /// Judges each text, in order.
    pub fn judge(&self, texts: &Texts) -> BooleanBuffer {
        match texts {
            Texts::Small(array) => self.judge_all(array),
            Texts::Large(array) => self.judge_all(array),
            Texts::View(array) => self.judge_all(array),
        }
    }

    fn judge_all<'a, A: ArrayAccessor<Item = &'a str>>(&self, array: A) -> BooleanBuffer {
        let n_rows = array.len();
        let mut held = Vec::with_capacity(n_rows);
        for first in (0..n_rows - n_rows % 4).step_by(4) {
            let text = |row: usize| array.value(first + row).as_bytes();
            held.extend(self.four([text(0), text(1), text(2), text(3)]));
        }
        held.extend((held.len()..n_rows).map(|row| self.is_match(array.value(row))));
        BooleanBuffer::collect_bool(n_rows, |row| held[row])
    }

    fn four(&self, texts: [&[u8]; 4]) -> [bool; 4] {
        let shared = texts.iter().map(|text| text.len()).min().unwrap_or(0);
        let [a, b, c, d] = texts.map(|text| &text[..shared]);
        let mut rows = [self.start; 4];
        for (((a, b), c), d) in a.iter().zip(b).zip(c).zip(d) {
            rows = [
                self.step(rows[0], *a),
                self.step(rows[1], *b),
                self.step(rows[2], *c),
                self.step(rows[3], *d),
            ];
        }
        std::array::from_fn(|text| self.finish(rows[text], &texts[text][shared..]))
    }

    fn step(&self, row: u16, byte: u8) -> u16 {
        self.table[usize::from(row | self.classes[usize::from(byte)])]
    }

    fn finish(&self, mut row: u16, rest: &[u8]) -> bool {
        for stretch in rest.chunks(STRETCH) {
            if row >> self.stride < 2 {
                break;
            }
            row = stretch.iter().fold(row, |row, byte| self.step(row, *byte));
        }
        self.at_end[usize::from(row >> self.stride)]
    }
}

/// The rows that are known, and those that are not written yet.
struct Rows {
    stride: u32,
    known: HashMap<LazyStateID, u16>,
    waiting: Vec<LazyStateID>,
}

impl Rows {
    /// The row of a state; a new one for a new state, `None` where there are too many.
    fn place(&mut self, state: LazyStateID) -> Option<u16> {
        if state.is_dead() {
            return Some(0);
        }
        if state.is_match() {
            return Some(1 << self.stride);
        }
        if state.is_quit() {
            return None;
        }
        if let Some(row) = self.known.get(&state) {
            return Some(*row);
        }
        let place = (self.waiting.len() + 2) << self.stride;
        let row =
            u16::try_from(place).ok().filter(|_| place + (1 << self.stride) <= MOST_ENTRIES)?;
        self.known.insert(state, row);
        self.waiting.push(state);
        Some(row)
    }

    /// The state of a row that was given out; the first two have none.
    fn next(&self, row: usize) -> Option<LazyStateID> {
        self.waiting.get(row - 2).copied()
    }
}

/// Matches are told one step late: at the end of the text by a step of its own.
fn is_match_at_end(dfa: &DFA, cache: &mut Cache, state: LazyStateID) -> Option<bool> {
    Some(dfa.next_eoi_state(cache, state).ok()?.is_match())
}

#[cfg(test)]
mod tests {
    use arrow::array::{StringArray, StringViewArray};
    use proptest::prelude::*;
    use regex::Regex;

    use super::*;

    const PATTERNS: [&str; 14] = [
        "^[a-z0-9._%+-]+@[a-z0-9-]+(\\.[a-z0-9-]+)+$",
        "a",
        "",
        "^$",
        "^a*b+$",
        r"\A(?:ab|ba)\z",
        r"(?i)straße",
        r"\d{2,3}",
        r"^\p{L}+$",
        r"a.c",
        r"(?m)^b$",
        r"(?-u:\b)a(?-u:\b)",
        r"[^a]$",
        r"(a|b)*c?@",
    ];

    #[test]
    fn it_finds_what_the_regular_expression_finds() {
        let text = prop_oneof![
            "[ab@.]{0,9}",
            "[a-c1@. \n\u{df}\u{e9}S]{0,50}",
            "[a-z]{1,4}\\.[0-9]{1,9}@[a-z]{1,8}\\.(com|org)",
            any::<String>(),
        ];
        proptest!(ProptestConfig::with_cases(64), |(texts in prop::collection::vec(text, 0..20))| {
            let array = StringArray::from_iter_values(&texts);
            let views = StringViewArray::from_iter_values(&texts);
            let small = |pattern| Some((pattern, Automaton::new(pattern)?));
            let small: Vec<(&str, Automaton)> = PATTERNS.into_iter().filter_map(small).collect();
            prop_assert!(small.len() >= 12, "{}", small.len());
            for (pattern, automaton) in small {
                let regex = Regex::new(pattern).expect("a pattern");
                let expected: Vec<bool> = texts.iter().map(|text| regex.is_match(text)).collect();
                let found = automaton.judge(&Texts::Small(array.clone()));
                prop_assert_eq!(found.iter().collect::<Vec<_>>(), expected.clone(), "{}", pattern);
                let found = automaton.judge(&Texts::View(views.clone()));
                prop_assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{}", pattern);
            }
        });
    }

    #[test]
    fn large_and_odd_patterns_are_left_to_others() {
        assert!(Automaton::new(r"(?:\p{L}{1,4}\p{N}){1,3}").is_none());
        // Unicode's word boundary needs to look at whole characters.
        assert!(Automaton::new(r"\ba\b").is_none());
    }
}
