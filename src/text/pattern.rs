//! Regular expressions: how several are searched at once, and the words for what they cannot do.

use regex::{Error, Regex, RegexBuilder, RegexSet, RegexSetBuilder};

use super::Refused;

/// The largest compiled program, DESIGN section 7.
const LIMIT_BYTES: usize = 10 << 20;

/// Compiled regular expressions of which one, or all, must be found in a text.
#[derive(Clone, Debug)]
pub enum Patterns {
    One(Regex),
    /// One automaton for all of them: a text is read once, however many there are.
    Any(RegexSet),
    All(Vec<Regex>),
}

impl Patterns {
    /// Compiles patterns; with `full` each must match the whole text.
    ///
    /// # Errors
    /// A pattern is empty, no regular expression, or too large.
    pub fn new(patterns: &[String], all: bool, full: bool) -> Result<Patterns, Refused> {
        let sources = patterns.iter().map(|pattern| source(pattern, full));
        let sources = sources.collect::<Result<Vec<String>, Refused>>()?;
        match sources.as_slice() {
            [only] => compile(only).map(Patterns::One).map_err(|error| refused(only, &error)),
            several if all => {
                let compiled = several.iter().map(|source| compile(source));
                let compiled = compiled.collect::<Result<Vec<Regex>, Error>>();
                compiled.map(Patterns::All).map_err(|error| refused("", &error))
            }
            several => RegexSetBuilder::new(several)
                .size_limit(LIMIT_BYTES)
                .build()
                .map(Patterns::Any)
                .map_err(|error| refused("", &error)),
        }
    }

    /// One regular expression that is found where these are; none where there is none.
    pub fn as_one(&self) -> Option<String> {
        match self {
            Patterns::One(pattern) => Some(pattern.as_str().to_owned()),
            // In verbose mode a comment at the end would take the bracket in.
            Patterns::Any(set) if set.patterns().iter().all(|source| !source.contains('#')) => {
                let groups = set.patterns().iter().map(|source| format!("(?:{source})"));
                Some(groups.collect::<Vec<String>>().join("|"))
            }
            Patterns::Any(_) | Patterns::All(_) => None,
        }
    }

    /// Whether they are found.
    pub fn is_match(&self, text: &str) -> bool {
        match self {
            Patterns::One(pattern) => pattern.is_match(text),
            Patterns::Any(patterns) => patterns.is_match(text),
            Patterns::All(patterns) => patterns.iter().all(|pattern| pattern.is_match(text)),
        }
    }
}

/// One regular expression, searched for anywhere.
///
/// # Errors
/// It is none, or too large.
pub fn compiled(pattern: &str) -> Result<Regex, Refused> {
    compile(pattern).map_err(|error| refused(pattern, &error))
}

fn compile(source: &str) -> Result<Regex, Error> {
    RegexBuilder::new(source).size_limit(LIMIT_BYTES).build()
}

/// The pattern as it is compiled. It is compiled alone first, so that `a)|(b` does not become
/// valid by the brackets around it.
fn source(pattern: &str, full: bool) -> Result<String, Refused> {
    if pattern.is_empty() {
        return Err(Refused::new("every text matches an empty pattern, so this cannot fail"));
    }
    compile(pattern).map_err(|error| refused(pattern, &error))?;
    if !full {
        return Ok(pattern.to_owned());
    }
    let anchored = format!(r"\A(?:{pattern})\z");
    // A comment of verbose mode at the end takes the bracket in, unless a new line ends it.
    let is_swallowed = matches!(compile(&anchored), Err(Error::Syntax(_)));
    Ok(if is_swallowed { format!("\\A(?:{pattern}\n)\\z") } else { anchored })
}

/// The words for a pattern that does not compile, with the part that stands in the way.
fn refused(pattern: &str, error: &Error) -> Refused {
    if let Error::CompiledTooBig(_) = error {
        let message = "the pattern needs more than 10 MB when compiled";
        return Refused::new(message).help("large repetitions such as `{1,1000}` multiply");
    }
    let text = error.to_string();
    let cause = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
    let place = construct(pattern, &text).map(|part| format!(" at `{part}`")).unwrap_or_default();
    let advice = if cause.contains("look-around") {
        "look-around needs a pattern that remembers; use two checks, or `rows:` with SQL"
    } else if cause.contains("backreferences") {
        "back-references are not supported, so that matching takes linear time"
    } else {
        r"single quotes keep backslashes as they are: '\d+'"
    };
    Refused::new(format!("the pattern does not compile{place}: {cause}")).help(advice)
}

/// The part of a pattern of one line under which the error's caret stands.
fn construct<'a>(pattern: &'a str, error: &str) -> Option<&'a str> {
    let caret = error.lines().find(|line| line.trim_start().starts_with('^'))?;
    // The pattern is shown four columns in.
    let start = caret.find('^')?.checked_sub(4)?;
    let length = caret.chars().filter(|letter| *letter == '^').count();
    let mut places = pattern.char_indices().map(|(place, _)| place).chain([pattern.len()]);
    let from = places.nth(start)?;
    let to = places.nth(length.checked_sub(1)?).unwrap_or(pattern.len());
    pattern.get(from..to).filter(|part| !part.is_empty() && !pattern.contains('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(patterns: &[&str], all: bool, full: bool, text: &str, found: bool) {
        let owned: Vec<String> = patterns.iter().map(|&pattern| pattern.to_owned()).collect();
        let compiled = Patterns::new(&owned, all, full).expect("they compile");
        assert_eq!(compiled.is_match(text), found, "{patterns:?} in {text:?}");
    }

    fn refuses(pattern: &str, message: &str) {
        let refused = Patterns::new(&[pattern.to_owned()], false, false).expect_err("refused");
        assert!(refused.message.starts_with(message), "{}", refused.message);
    }

    #[test]
    fn several_patterns_are_found_all_or_any() {
        check(&["a", "b"], false, false, "xb", true);
        check(&["a", "b"], true, false, "xb", false);
        check(&["a", "b"], true, false, "ab", true);
        check(&["a", "b"], false, true, "ab", false);
        check(&["(?i)a", "b"], false, true, "A", true);
        check(&["a|b"], false, true, "ab", false);
        check(&["(?x)a # the letter"], false, true, "a", true);
        check(&["(?x)a # the letter"], false, true, "ab", false);
        check(&["(?x)a # the letter", "b"], false, true, "b", true);
        let several = ["(?i)a".to_owned(), "b$".to_owned()];
        let one = Patterns::new(&several, false, false).expect("they compile").as_one();
        assert_eq!(one.as_deref(), Some("(?:(?i)a)|(?:b$)"));
    }

    #[test]
    fn what_cannot_be_compiled_is_named() {
        refuses("a(?=b)", "the pattern does not compile at `(?=`: look-around");
        refuses(r"(a)\1", r"the pattern does not compile at `\1`: backreferences");
        refuses("é[", "the pattern does not compile at `[`: unclosed character class");
        refuses("", "every text matches");
        refuses(r"\w{1000}{1000}", "the pattern needs more than 10 MB");
    }
}
