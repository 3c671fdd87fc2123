//! A look at the text before the parser sees it, and plain words for what the parser says.
//!
//! The parser and the planner recurse, so that length, nesting and number of operators are bounded
//! here, where nothing recurses.

use polars::sql::keywords::{all_functions, all_keywords};

use super::SqlMistake;
use crate::diagnostic::nearest;
use crate::metric::Schema;

/// Bytes of a predicate; a list of thousands of values belongs into `in_set`.
const MAX_BYTES: usize = 1 << 16;
/// Levels of parentheses.
const MAX_DEPTH: usize = 32;
/// Words and operators, values not counted; a chain of them is as deep as it is long.
const MAX_LINKS: usize = 256;
/// Significant digits that a double always gives back.
const EXACT_DIGITS: usize = 15;

/// What stands in a predicate, lexically.
#[derive(Default)]
pub(super) struct Survey {
    /// Names and keywords without quotes.
    pub words: Vec<String>,
    /// Names in double quotes.
    pub quoted: Vec<String>,
    /// Whether a number with a fraction has more digits than a double keeps.
    pub long_fractions: bool,
    depth: usize,
    links: usize,
}

/// Looks through a predicate and refuses what must not reach the parser.
pub(super) fn survey(text: &str) -> Result<Survey, SqlMistake> {
    if text.len() > MAX_BYTES {
        let message = format!("the predicate is longer than {MAX_BYTES} bytes");
        return Err(SqlMistake::new(message).help("check long lists of values with `in_set`"));
    }
    if text.trim().is_empty() {
        return Err(SqlMistake::new("the predicate is empty"));
    }
    let mut survey = Survey::default();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = survey.token(first, rest)?;
        rest = &rest[length..];
        if survey.depth > MAX_DEPTH || survey.links > MAX_LINKS {
            return Err(SqlMistake::new("the predicate is too deep or too long to be read")
                .help("split it into several rules"));
        }
    }
    if survey.depth > 0 {
        return Err(SqlMistake::new("a parenthesis is never closed"));
    }
    survey.refuse_words()?;
    Ok(survey)
}

impl Survey {
    /// Takes in one token and says how many bytes it has.
    fn token(&mut self, first: char, rest: &str) -> Result<usize, SqlMistake> {
        match first {
            '\'' | '"' | '`' => {
                let (content, length) = quoted(first, rest)?;
                if first != '\'' {
                    self.quoted.push(content);
                    self.links += 1;
                }
                Ok(length)
            }
            '(' | '[' | '{' => {
                self.depth += 1;
                Ok(1)
            }
            ')' | ']' | '}' => {
                let message = "a parenthesis closes that was never opened";
                self.depth = self.depth.checked_sub(1).ok_or_else(|| SqlMistake::new(message))?;
                Ok(1)
            }
            ';' => Err(SqlMistake::new("a predicate is one expression; `;` has no place in it")),
            '$' | '#' | '\\' => {
                Err(SqlMistake::new(format!("`{first}` has no place in a predicate")))
            }
            _ if rest.starts_with("--") || rest.starts_with("/*") => {
                Err(SqlMistake::new("a comment has no place in a predicate")
                    .help("for a double minus, write `- -`"))
            }
            _ if rest.starts_with("&&") => {
                Err(SqlMistake::new("`&&` is no operator of SQL").help("write `AND`"))
            }
            _ if is_number(rest) => self.number(rest),
            _ if is_word(first) => {
                let length = rest.find(|next| !is_word(next)).unwrap_or(rest.len());
                self.words.push(rest[..length].into());
                self.links += 1;
                Ok(length)
            }
            ',' => Ok(1),
            blank if blank.is_whitespace() => Ok(blank.len_utf8()),
            _ => {
                self.links += 1;
                Ok(first.len_utf8())
            }
        }
    }

    fn number(&mut self, rest: &str) -> Result<usize, SqlMistake> {
        let signed = |at: usize| rest[..at].ends_with(['e', 'E']);
        let inside = |at: usize, next: char| {
            is_word(next) || next == '.' || (matches!(next, '+' | '-') && signed(at))
        };
        let end = rest.char_indices().find(|(at, next)| !inside(*at, *next));
        let number = &rest[..end.map_or(rest.len(), |(at, _)| at)];
        if number.contains('.') {
            let fits = number.parse::<f64>().is_ok_and(f64::is_finite);
            let mantissa = number.split(['e', 'E']).next().unwrap_or(number);
            let digits = mantissa.chars().filter(char::is_ascii_digit);
            self.long_fractions |= digits.skip_while(|digit| *digit == '0').count() > EXACT_DIGITS;
            if fits {
                return Ok(number.len());
            }
        } else if number.parse::<i64>().is_ok() {
            return Ok(number.len());
        }
        Err(SqlMistake::new(format!("`{number}` is no number that SQL reads here")).help(
            "write an integer of up to 64 bits, or a number with a decimal point such as `1.5e3`",
        ))
    }

    /// Refuses what polars accepts and answers otherwise than SQL does, or not at all.
    fn refuse_words(&self) -> Result<(), SqlMistake> {
        let words: Vec<String> = self.words.iter().map(|word| word.to_uppercase()).collect();
        if words.iter().any(|word| word == "SELECT") {
            return Err(SqlMistake::new("a row predicate has no sub-query")
                .help("compare datasets with a check of the table, not in `rows:`"));
        }
        let truth = |word: &String| matches!(word.as_str(), "TRUE" | "FALSE" | "UNKNOWN");
        for (i, word) in words.iter().enumerate().filter(|(_, word)| *word == "IS") {
            let negated = words.get(i + 1).is_some_and(|next| next == "NOT");
            let word = if negated { "IS NOT" } else { word.as_str() };
            if let Some(value) = words.get(i + 1 + usize::from(negated)).filter(|w| truth(w)) {
                // polars answers null for a null where SQL answers false; see `IsTrue` in
                // polars-sql 0.55.2. To be removed when `null IS TRUE` is false there.
                let message =
                    format!("`{word} {value}` leaves null open, where SQL says yes or no");
                let help = "write the condition itself, or `COALESCE(condition, FALSE)`";
                return Err(SqlMistake::new(message).help(help));
            }
        }
        Ok(())
    }

    /// Whether a name was written in double quotes.
    pub fn is_quoted(&self, name: &str) -> bool {
        self.quoted.iter().any(|quoted| quoted == name)
    }
}

/// The content of a quoted text or name, and its length with the quotes.
fn quoted(quote: char, rest: &str) -> Result<(String, usize), SqlMistake> {
    let mut content = String::new();
    let mut marks = rest.char_indices().skip(1).peekable();
    while let Some((at, next)) = marks.next() {
        if next != quote {
            content.push(next);
        } else if marks.next_if(|(_, after)| *after == quote).is_some() {
            content.push(quote);
        } else {
            return Ok((content, at + 1));
        }
    }
    Err(SqlMistake::new(format!("a quote is never closed: {quote}")))
}

fn is_number(rest: &str) -> bool {
    let digits = rest.strip_prefix('.').unwrap_or(rest);
    digits.starts_with(|first: char| first.is_ascii_digit())
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// What the parser said, for the author of the predicate.
pub(super) fn explain(error: &str, survey: &Survey, schema: &Schema) -> SqlMistake {
    if let Some(column) = keyword_column(survey, schema) {
        return SqlMistake::new(format!("`{column}` is also a word of SQL"))
            .help(format!("if you mean the column, write \"{column}\" in double quotes"));
    }
    if let Some(name) = error.strip_prefix("unsupported function '") {
        let name = name.trim_end_matches('\'');
        let functions: Vec<String> = all_functions().iter().map(|f| f.to_lowercase()).collect();
        let mistake = SqlMistake::new(format!("there is no function `{name}` in a row predicate"));
        return match nearest(name, functions.iter().map(String::as_str)) {
            Some(near) => mistake.help(format!("did you mean `{near}`?")),
            None => mistake,
        };
    }
    if error.starts_with("unexpected value while building Series") {
        return SqlMistake::new("the values of a list are of different types")
            .help("write `1.0` instead of `1` beside numbers with a fraction");
    }
    if error.starts_with("array element") {
        return SqlMistake::new("a list after `IN` holds plain values only")
            .help("write `a = b OR a = c` for columns and expressions");
    }
    if error.starts_with("unable to parse") || error.starts_with("invalid expression") {
        return SqlMistake::new("this is no SQL expression")
            .help("text stands in single quotes, odd column names in double quotes");
    }
    if let Some(form) = error.strip_prefix("expression ") {
        // What follows is the parser's own tree.
        let form = form.split([' ', '{', '(']).next().unwrap_or_default();
        return SqlMistake::new(format!("`{form}` is not supported in a row predicate"));
    }
    SqlMistake::new(first_line(error))
}

/// A column that was written without quotes although its name is a keyword.
fn keyword_column<'a>(survey: &'a Survey, schema: &Schema) -> Option<&'a str> {
    let keywords = all_keywords();
    let is_keyword = |word: &str| keywords.iter().any(|key| key.eq_ignore_ascii_case(word));
    // Further names that the parser takes for functions without parentheses.
    let is_special = |word: &str| {
        let upper = word.to_uppercase();
        upper == "USER" || upper == "SESSION_USER" || upper.starts_with("CURRENT_")
    };
    let mut words = survey.words.iter().map(String::as_str);
    words.find(|word| schema.column(word).is_some() && (is_keyword(word) || is_special(word)))
}

/// What polars says, in one line, without what it knows of the plan and without values of the data.
pub(super) fn first_line(error: &str) -> String {
    const LONGEST: usize = 200;
    if error.starts_with("conversion from") {
        let (told, _) = error.split_once(" values: ").unwrap_or((error, ""));
        return format!("{told} values; `TRY_CAST` gives null instead");
    }
    // A mistake in a pattern is told in several lines that belong together.
    let (told, _) = error.split_once("\n\n").unwrap_or((error, ""));
    let told = told.split_whitespace().collect::<Vec<&str>>().join(" ");
    match told.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &told[..end]),
        None => told,
    }
}
