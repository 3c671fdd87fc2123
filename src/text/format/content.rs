//! Content in the form of text: data, bytes, numbers.

use serde::de::IgnoredAny;

use super::is_digits;

pub fn json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

pub fn base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    !text.is_empty()
        && text.len().is_multiple_of(4)
        && text.len() - body.len() <= 2
        && has_whole_bytes(body, [b'+', b'/'])
}

pub fn base64url(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let is_padded = text.len().is_multiple_of(4) && text.len() - body.len() <= 2;
    !body.is_empty()
        && (body.len() == text.len() || is_padded)
        && has_whole_bytes(body, [b'-', b'_'])
}

/// Digits of base 64 that end with a byte: what is left of the last digit must be zero bits, or
/// the same bytes would have two texts.
fn has_whole_bytes(body: &str, last: [u8; 2]) -> bool {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        _ => last.iter().position(|other| *other == byte).map(|place| 62 + place as u8),
    };
    let left_over = match body.len() % 4 {
        0 => 0b0,
        2 => 0b1111,
        3 => 0b11,
        _ => return false,
    };
    body.bytes().all(|byte| digit(byte).is_some())
        && body.bytes().last().and_then(digit).is_some_and(|digit| digit & left_over == 0)
}

pub fn integer(text: &str) -> bool {
    is_digits(text.strip_prefix(['-', '+']).unwrap_or(text))
}

pub fn number(text: &str) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    is_digits(whole) && is_digits(fraction) && exponent.is_none_or(integer)
}
