//! Texts that look alike and are not equal.

use std::collections::HashMap;

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The words for a difference that no reader sees.
pub const COMPOSED: &str = "how their letters are composed (Unicode NFC)";

/// In what alone two unequal texts differ, where it is white space, case or composition.
pub fn likeness(left: &str, right: &str) -> Option<&'static str> {
    if left == right {
        return None;
    }
    if left.trim() == right.trim() {
        return Some("the white space around it");
    }
    if composed(left) == composed(right) {
        return Some("how its letters are composed (Unicode NFC)");
    }
    let plain = |text: &str| composed(text.trim()).to_lowercase();
    (plain(left) == plain(right)).then_some("the case of its letters")
}

/// Pairs of texts that are equal once their letters are composed, in the order of the texts.
pub fn twins<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<(&'a str, &'a str)> {
    // A plain text has no other form, so that only the others and what they compose to matter.
    let mut first: HashMap<String, &str> = HashMap::new();
    let mut twins = Vec::new();
    for text in texts.into_iter().filter(|text| !text.is_ascii()) {
        match first.get(&composed(text)) {
            Some(other) if *other != text => twins.push((*other, text)),
            Some(_) => {}
            None => {
                first.insert(composed(text), text);
            }
        }
    }
    twins
}

/// A text whose letters beyond ASCII are written by their code points, so that two that look the
/// same do not.
pub fn spelled(text: &str) -> String {
    let spell = |letter: char| match letter.is_ascii() {
        true => letter.to_string(),
        false => letter.escape_unicode().to_string(),
    };
    text.chars().map(spell).collect()
}

fn composed(text: &str) -> String {
    if is_nfc(text) { text.to_owned() } else { text.nfc().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_that_are_hard_to_see_are_named() {
        let check =
            |left: &str, right: &str, part: Option<&str>| match (likeness(left, right), part) {
                (Some(found), Some(part)) => assert!(found.contains(part), "{found}"),
                (found, part) => assert_eq!(found, part),
            };
        check("Queens ", "Queens", Some("white space"));
        check("\u{e9}", "e\u{301}", Some("composed"));
        check("POP", "pop", Some("case"));
        check(" É", "e\u{301}", Some("case"));
        check("pop", "pop", None);
        check("pop", "rock", None);
    }

    #[test]
    fn twins_are_found_whichever_comes_first() {
        let (one, two) = ("caf\u{e9}", "cafe\u{301}");
        assert_eq!(twins([one, "cafe", two, one]), [(one, two)]);
        assert_eq!(twins([two, one]), [(two, one)]);
        assert!(twins(["a", "b", "a"]).is_empty());
    }
}
