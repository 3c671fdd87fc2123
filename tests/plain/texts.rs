//! What the checks of text mean, asked of one text letter by letter.

use chrono::NaiveDate;
use serde_json::Value;

pub fn chars(text: &str) -> Vec<char> {
    text.chars().collect()
}

/// The same text without the case of its letters.
pub fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// Whether the part begins somewhere in the text, at the places that `fits` allows.
fn stands(text: &str, part: &str, fits: impl Fn(usize, usize) -> bool) -> bool {
    let (text, part) = (chars(text), chars(part));
    (0..=text.len().saturating_sub(part.len())).any(|at| {
        let end = at + part.len();
        end <= text.len() && text[at..end] == part && fits(at, text.len() - end)
    })
}

pub fn starts(text: &str, part: &str) -> bool {
    stands(text, part, |at, _| at == 0)
}

pub fn ends(text: &str, part: &str) -> bool {
    stands(text, part, |_, left| left == 0)
}

pub fn contains(text: &str, part: &str) -> bool {
    stands(text, part, |_, _| true)
}

/// LIKE by its definition: `%` takes nothing, or one character more.
pub fn is_like(text: &[char], pattern: &[char], escape: char) -> bool {
    match pattern {
        [] => text.is_empty(),
        [first, literal, rest @ ..] if *first == escape => {
            text.first() == Some(literal) && is_like(&text[1..], rest, escape)
        }
        ['%', rest @ ..] => {
            is_like(text, rest, escape)
                || (!text.is_empty() && is_like(&text[1..], pattern, escape))
        }
        ['_', rest @ ..] => !text.is_empty() && is_like(&text[1..], rest, escape),
        [first, rest @ ..] => text.first() == Some(first) && is_like(&text[1..], rest, escape),
    }
}

/// `a+b` somewhere: a `b` right behind an `a`.
pub fn has_a_then_b(text: &str) -> bool {
    chars(text).windows(2).any(|pair| pair == ['a', 'b'])
}

/// `^[a-z_]+$` over the whole text, a final newline included.
pub fn is_small_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')
}

pub fn is_blank(text: &str) -> bool {
    text.chars().all(char::is_whitespace)
}

pub fn is_trimmed(text: &str) -> bool {
    let letters = chars(text);
    let is_edge = |letter: Option<&char>| letter.is_some_and(|letter| letter.is_whitespace());
    !is_edge(letters.first()) && !is_edge(letters.last())
}

pub fn is_lower(text: &str) -> bool {
    !text.chars().any(char::is_uppercase)
}

pub fn is_upper(text: &str) -> bool {
    !text.chars().any(char::is_lowercase)
}

/// Words with one joint between two of them, the first of which begins with a letter.
fn is_joined(text: &str, joint: char, fits: fn(&str) -> bool) -> bool {
    let letters = chars(text);
    let Some(first) = letters.first() else { return true };
    let is_part = |letter: &char| letter.is_alphanumeric() || *letter == joint;
    let is_double = letters.windows(2).any(|pair| pair == [joint, joint]);
    let is_last = letters.last() == Some(&joint);
    first.is_alphabetic() && letters.iter().all(is_part) && !is_double && !is_last && fits(text)
}

pub fn is_snake(text: &str) -> bool {
    is_joined(text, '_', is_lower)
}

pub fn is_screaming_snake(text: &str) -> bool {
    is_joined(text, '_', is_upper)
}

pub fn is_kebab(text: &str) -> bool {
    is_joined(text, '-', is_lower)
}

pub fn is_camel(text: &str) -> bool {
    text.is_empty() || (chars(text)[0].is_lowercase() && text.chars().all(char::is_alphanumeric))
}

pub fn is_pascal(text: &str) -> bool {
    text.is_empty() || (chars(text)[0].is_uppercase() && text.chars().all(char::is_alphanumeric))
}

/// Every word begins with a capital and has no other, but behind an apostrophe.
pub fn is_title(text: &str) -> bool {
    let mut is_start = true;
    let mut before = ' ';
    for letter in text.chars() {
        let fits = match letter {
            ' ' | '-' | '\u{a0}' => {
                is_start = true;
                true
            }
            _ if is_start && !letter.is_alphanumeric() => true,
            _ if is_start => {
                is_start = false;
                !letter.is_lowercase()
            }
            _ => !letter.is_uppercase() || before == '\'',
        };
        if !fits {
            return false;
        }
        before = letter;
    }
    true
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| letter.is_ascii_digit())
}

fn hex_digits(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|letter| letter.is_ascii_hexdigit())
}

/// As many digits, which are less than a limit.
fn part(text: &str, length: usize, limit: u32) -> bool {
    text.len() == length && digits(text) && text.parse::<u32>().is_ok_and(|value| value < limit)
}

pub fn is_uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [8, 4, 4, 4, 12] && parts.iter().all(|part| hex_digits(part))
}

pub fn is_ipv4(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let fits = |part: &&str| {
        let is_plain = *part == "0" || !part.starts_with('0');
        digits(part) && is_plain && part.parse::<u64>().is_ok_and(|value| value < 256)
    };
    parts.len() == 4 && parts.iter().all(fits)
}

pub fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    part(year, 4, 10_000) && part(month, 2, 13) && part(day, 2, 32) && is_day(year, month, day)
}

fn is_day(year: &str, month: &str, day: &str) -> bool {
    let number = |text: &str| text.parse::<u32>().unwrap_or_default();
    NaiveDate::from_ymd_opt(number(year) as i32, number(month), number(day)).is_some()
}

pub fn is_time(text: &str) -> bool {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let parts: Vec<&str> = clock.split(':').collect();
    let [hour, minute, second] = parts.as_slice() else { return false };
    part(hour, 2, 24)
        && part(minute, 2, 60)
        && part(second, 2, 60)
        && digits(fraction)
        && fraction.len() <= 9
}

pub fn is_integer(text: &str) -> bool {
    digits(text.strip_prefix(['+', '-']).unwrap_or(text))
}

/// A sign, digits, a point with digits, an exponent.
pub fn is_number(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    digits(whole) && digits(fraction) && is_integer(exponent)
}

pub fn is_hex(text: &str) -> bool {
    hex_digits(text) && text.len().is_multiple_of(2)
}

pub fn is_slug(text: &str) -> bool {
    let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    text.split('-').all(|word| !word.is_empty() && word.chars().all(fits))
}

/// Luhn's sum over 12 to 19 digits.
pub fn is_credit_card(text: &str) -> bool {
    if !digits(text) || text.len() < 12 || text.len() > 19 {
        return false;
    }
    let mut sum = 0;
    for (place, letter) in text.chars().rev().enumerate() {
        let digit = letter.to_digit(10).unwrap_or_default() * if place % 2 == 1 { 2 } else { 1 };
        sum += digit / 10 + digit % 10;
    }
    sum % 10 == 0
}

pub fn is_issn(text: &str) -> bool {
    let Some((left, right)) = text.split_once('-') else { return false };
    let (head, last) = right.split_at_checked(3).unwrap_or_default();
    if left.len() != 4 || !digits(left) || !digits(head) || last.len() != 1 {
        return false;
    }
    let check = if last == "X" { Some(10) } else { last.parse::<u32>().ok() };
    let Some(check) = check else { return false };
    let places = left.chars().chain(head.chars()).zip((2..=8).rev());
    let sum: u32 = places.map(|(digit, weight)| digit.to_digit(10).unwrap_or(0) * weight).sum();
    (sum + check).is_multiple_of(11)
}

pub fn is_mac(text: &str) -> bool {
    let of = |joint: char| {
        let parts: Vec<&str> = text.split(joint).collect();
        parts.len() == 6 && parts.iter().all(|part| part.len() == 2 && hex_digits(part))
    };
    of(':') || of('-')
}

pub fn is_e164(text: &str) -> bool {
    let Some(number) = text.strip_prefix('+') else { return false };
    digits(number) && !number.starts_with('0') && number.len() >= 7 && number.len() <= 15
}

/// Weights 1 and 3 from the right.
pub fn is_gtin(text: &str) -> bool {
    if !digits(text) || ![8, 12, 13, 14].contains(&text.len()) {
        return false;
    }
    let weighed = text.chars().rev().enumerate();
    let sum: u32 =
        weighed.map(|(place, digit)| digit.to_digit(10).unwrap_or(0) * [1, 3][place % 2]).sum();
    sum.is_multiple_of(10)
}

pub fn is_json(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok()
}

/// An object whose `a` is a whole number, however it is written.
pub fn has_whole_a(text: &str) -> bool {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(members)) => {
            members.get("a").and_then(Value::as_f64).is_some_and(|number| number.fract() == 0.0)
        }
        _ => false,
    }
}

/// `%d.%m.%Y %H:%M`, digit for digit.
pub fn is_german(text: &str) -> bool {
    let Some((date, clock)) = text.split_once(' ') else { return false };
    let date: Vec<&str> = date.split('.').collect();
    let clock: Vec<&str> = clock.split(':').collect();
    let ([day, month, year], [hour, minute]) = (date.as_slice(), clock.as_slice()) else {
        return false;
    };
    part(day, 2, 32)
        && part(month, 2, 13)
        && part(year, 4, 10_000)
        && is_day(year, month, day)
        && part(hour, 2, 24)
        && part(minute, 2, 60)
}
