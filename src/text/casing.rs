//! How the letters of a text are written.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

/// A style of letters and of the joints between words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Casing {
    /// No capital letter: `new york`.
    Lower,
    /// No small letter: `NEW YORK`.
    Upper,
    /// Each word begins with a capital, and only it: `New York`.
    Title,
    /// Small words joined by `_`: `new_york`.
    Snake,
    /// Capital words joined by `_`: `NEW_YORK`.
    ScreamingSnake,
    /// Small words joined by `-`: `new-york`.
    Kebab,
    /// Words joined by their capitals, the first one small: `newYork`.
    Camel,
    /// Words joined by their capitals, the first one too: `NewYork`.
    Pascal,
}

impl Casing {
    /// Whether a text is written in this style. An empty text has no letters, and is.
    pub fn holds(self, text: &str) -> bool {
        let mut letters = text.chars();
        match self {
            Casing::Lower => letters.all(is_not_upper),
            Casing::Upper => letters.all(is_not_lower),
            Casing::Title => text.split([' ', '\t', '\u{a0}', '-', '/']).all(is_titled),
            Casing::Snake => joined(text, '_', is_not_upper),
            Casing::ScreamingSnake => joined(text, '_', is_not_lower),
            Casing::Kebab => joined(text, '-', is_not_upper),
            Casing::Camel => bumpy(text, char::is_lowercase),
            Casing::Pascal => bumpy(text, char::is_uppercase),
        }
    }
}

impl fmt::Display for Casing {
    /// The name as suites write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Casing::Lower => "lower",
            Casing::Upper => "upper",
            Casing::Title => "title",
            Casing::Snake => "snake",
            Casing::ScreamingSnake => "screaming_snake",
            Casing::Kebab => "kebab",
            Casing::Camel => "camel",
            Casing::Pascal => "pascal",
        })
    }
}

fn is_not_upper(letter: char) -> bool {
    letter.to_lowercase().eq([letter])
}

fn is_not_lower(letter: char) -> bool {
    letter.to_uppercase().eq([letter])
}

/// The first letter of a word is no small one; of the others only one behind an apostrophe may be
/// a capital: `O'Neil`, `Don't`.
fn is_titled(word: &str) -> bool {
    let mut letters = word.chars().skip_while(|letter| !letter.is_alphanumeric());
    let Some(first) = letters.next() else { return true };
    let mut before = first;
    !first.is_lowercase()
        && letters.all(|letter| {
            let is_fine = !letter.is_uppercase() || matches!(before, '\'' | '’');
            before = letter;
            is_fine
        })
}

/// Words of letters and digits with one joint between two of them; the first begins with a letter.
fn joined(text: &str, joint: char, fits: fn(char) -> bool) -> bool {
    let is_word = |word: &str| {
        !word.is_empty() && word.chars().all(|letter| letter.is_alphanumeric() && fits(letter))
    };
    text.is_empty()
        || (text.chars().next().is_some_and(char::is_alphabetic) && text.split(joint).all(is_word))
}

/// Letters and digits alone, the first of them as it must be.
fn bumpy(text: &str, first: fn(char) -> bool) -> bool {
    text.is_empty()
        || (text.chars().next().is_some_and(first) && text.chars().all(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(casing: Casing, good: &[&str], bad: &[&str]) {
        good.iter().for_each(|text| assert!(casing.holds(text), "{casing}: {text}"));
        bad.iter().for_each(|text| assert!(!casing.holds(text), "{casing}: {text}"));
    }

    #[test]
    fn styles_are_told_apart() {
        check(Casing::Lower, &["", "a b", "é1", "straße"], &["A", "aB", "É"]);
        check(Casing::Upper, &["", "A B", "É1"], &["a", "Ab", "STRAßE"]);
        let titles =
            ["New York", "Jean-Luc", "O'Neil", "Don't", "Élan 3rd", "3 Days", "(Old) Town"];
        check(Casing::Title, &titles, &["new York", "NYC", "McDonald", "Jean-luc"]);
        check(Casing::Snake, &["a", "a_b2", "new_york"], &["_a", "a__b", "a_", "A_b", "a-b", "2a"]);
        check(Casing::ScreamingSnake, &["A", "MAX_N2"], &["a", "MAX-N", "MAX N"]);
        check(Casing::Kebab, &["a-b"], &["a_b", "a--b", "A-b"]);
        check(Casing::Camel, &["a", "newYork2"], &["NewYork", "new york", "new_york"]);
        check(Casing::Pascal, &["A", "NewYork2"], &["newYork", "New York"]);
    }
}
