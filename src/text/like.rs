//! Patterns of SQL's LIKE: `%` stands for any text, `_` for one character.

use super::Refused;

/// The regular expression that a pattern of LIKE means: it describes the whole text.
///
/// # Errors
/// Every text is like it, or its escape stands before nothing that it could escape.
pub fn like(pattern: &str, escape: Option<char>, ignore_case: bool) -> Result<String, Refused> {
    if !pattern.is_empty() && pattern.chars().all(|letter| letter == '%') {
        return Err(Refused::new("every text is like `%`, so this says nothing"));
    }
    let mut source = String::from(if ignore_case { r"(?is)\A" } else { r"(?s)\A" });
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match letter {
            _ if Some(letter) == escape => source.push_str(&escaped(letter, letters.next())?),
            '%' => source.push_str(".*"),
            '_' => source.push('.'),
            plain => source.push_str(&regex::escape(plain.encode_utf8(&mut [0; 4]))),
        }
    }
    Ok(source + r"\z")
}

fn escaped(escape: char, letter: Option<char>) -> Result<String, Refused> {
    match letter {
        Some(letter) if letter == escape || letter == '%' || letter == '_' => {
            Ok(regex::escape(letter.encode_utf8(&mut [0; 4])))
        }
        _ => Err(Refused::new(format!("`{escape}` escapes nothing here"))
            .help(format!("it stands before `%`, `_` or another `{escape}`"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Patterns;

    fn check(pattern: &str, text: &str, alike: bool) {
        let source = like(pattern, Some('\\'), false).expect("a pattern");
        let compiled = Patterns::new(&[source], false, false).expect("it compiles");
        assert_eq!(compiled.is_match(text), alike, "{pattern} of {text:?}");
    }

    #[test]
    fn the_whole_text_is_described() {
        check("NY-%", "NY-12", true);
        check("NY-%", "xNY-12", false);
        check("NY-__", "NY-12", true);
        check("NY-__", "NY-1", false);
        check("a.c", "abc", false);
        check("a%c", "a\n\nc", true);
        check("_", "é", true);
        check(r"100\%", "100%", true);
        check(r"100\%", "1000", false);
        check(r"a\\b", r"a\b", true);
        check("", "", true);
        check("", "a", false);
        let any_case = like("ny%", None, true).expect("a pattern");
        assert!(Patterns::new(&[any_case], false, false).expect("compiled").is_match("NY-1"));
        assert!(like("%%", None, false).is_err());
        assert!(like(r"a\b", Some('\\'), false).is_err());
        assert!(like(r"a\", Some('\\'), false).is_err());
        assert!(like(r"a\", None, false).is_ok());
    }
}
