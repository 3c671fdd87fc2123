//! Characters that hide, reorder or steer text, made visible.

use std::borrow::Cow;

/// The text with every control, bidirectional and invisible character written as an escape: `\n`,
/// `\u{202e}`.
///
/// Every report passes all text through this before it escapes for its own format, so that a value
/// can neither steer a terminal nor show something other than what it is.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_hidden(character) {
            out.extend(character.escape_default());
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

/// At most `limit` characters of the text, and how long it was if that is less than all of it.
pub fn shortened(text: &str, limit: usize) -> Cow<'_, str> {
    match text.char_indices().nth(limit) {
        None => Cow::Borrowed(text),
        Some((end, _)) => {
            let kept = text.get(..end).unwrap_or(text);
            Cow::Owned(format!("{kept}… ({} characters)", text.chars().count()))
        }
    }
}

/// Controls; directional marks and overrides; what takes no room; what XML 1.0 forbids.
///
/// The joiners U+200C and U+200D stay: scripts and emoji need them.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{fffe}'
                | '\u{ffff}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(visible(text), expected);
    }

    #[test]
    fn hidden_characters_are_shown() {
        check("plain ü 漢 👩‍👧", "plain ü 漢 👩‍👧");
        check("a\nb\tc\r", "a\\nb\\tc\\r");
        check("\u{1b}[31mred\u{7f}\u{9b}", "\\u{1b}[31mred\\u{7f}\\u{9b}");
        check("abc\u{202e}fdp.exe", "abc\\u{202e}fdp.exe");
        check("\u{feff}id\u{200b}\u{ffff}", "\\u{feff}id\\u{200b}\\u{ffff}");
    }

    #[test]
    fn long_text_is_cut_at_a_character() {
        assert_eq!(shortened("äöü", 3), "äöü");
        assert_eq!(shortened("äöüß", 3), "äöü… (4 characters)");
    }
}
