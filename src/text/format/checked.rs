//! Numbers with check digits, and others that registries of trade and banking give.

use ::iban::Iban;

use super::is_digits;

pub fn iban(text: &str) -> bool {
    text.parse::<Iban>().is_ok()
}

/// Institution, country, place and, if need be, branch.
pub fn bic(text: &str) -> bool {
    let bytes = text.as_bytes();
    matches!(bytes.len(), 8 | 11)
        && bytes[..6].iter().all(u8::is_ascii_uppercase)
        && bytes[6..].iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        // Kosovo has a code that ISO 3166 leaves to its users.
        && (super::code::country(&text[4..6]) || &text[4..6] == "XK")
}

pub fn credit_card(text: &str) -> bool {
    (12..=19).contains(&text.len()) && is_digits(text) && luhn(text.bytes().map(|b| b - b'0'))
}

/// ISO/IEC 7812-1 annex B: every second digit from the right is doubled, and all of them sum to a
/// multiple of ten.
fn luhn(digits: impl DoubleEndedIterator<Item = u8>) -> bool {
    let weighed = digits.rev().enumerate().map(|(place, digit)| match (place % 2, digit) {
        (0, digit) => u32::from(digit),
        (_, digit) => u32::from(digit / 5 + digit * 2 % 10),
    });
    weighed.sum::<u32>().is_multiple_of(10)
}

pub fn isbn(text: &str) -> bool {
    let joint = |byte: u8| matches!(byte, b'-' | b' ');
    let bytes = text.as_bytes();
    let is_joined = !bytes.windows(2).any(|pair| joint(pair[0]) && joint(pair[1]))
        && bytes.first().is_some_and(|byte| !joint(*byte))
        && bytes.last().is_some_and(|byte| !joint(*byte));
    let plain: String = text.chars().filter(|letter| !matches!(letter, '-' | ' ')).collect();
    is_joined
        && match plain.len() {
            10 => modulo_11(&plain),
            13 => (plain.starts_with("978") || plain.starts_with("979")) && gtin(&plain),
            _ => false,
        }
}

pub fn issn(text: &str) -> bool {
    text.len() == 9 && text.as_bytes()[4] == b'-' && modulo_11(&text.replacen('-', "", 1))
}

/// ISO 2108 and 3297: weights that fall to 1, a sum that eleven divides, `X` for a last ten.
fn modulo_11(text: &str) -> bool {
    let length = text.len();
    let weighed = text.bytes().enumerate().map(|(place, byte)| match byte {
        b'0'..=b'9' => Some(u32::from(byte - b'0') * (length - place) as u32),
        b'X' if place + 1 == length => Some(10),
        _ => None,
    });
    weighed.sum::<Option<u32>>().is_some_and(|sum| sum % 11 == 0)
}

/// GS1 General Specifications section 7.9: weights 1 and 3 from the right.
pub fn gtin(text: &str) -> bool {
    let weighed = text.bytes().rev().enumerate().map(|(place, byte)| {
        let weight = if place % 2 == 0 { 1 } else { 3 };
        u32::from(byte.wrapping_sub(b'0')) * weight
    });
    matches!(text.len(), 8 | 12 | 13 | 14)
        && is_digits(text)
        && weighed.sum::<u32>().is_multiple_of(10)
}

/// Letters count as two digits, `A` being 10.
pub fn isin(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_formed = bytes.len() == 12
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..11].iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && bytes[11].is_ascii_digit();
    is_formed && {
        let digits = bytes.iter().flat_map(|byte| match byte {
            b'A'..=b'Z' => vec![(byte - b'A' + 10) / 10, (byte - b'A' + 10) % 10],
            digit => vec![digit - b'0'],
        });
        luhn(digits.collect::<Vec<u8>>().into_iter())
    }
}

/// ISO/IEC 7064, MOD 97-10: the number that the characters write leaves 1.
pub fn lei(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_formed = bytes.len() == 20
        && bytes[..18].iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && bytes[18..].iter().all(u8::is_ascii_digit);
    let rest = |rest: u32, byte: &u8| match byte {
        b'A'..=b'Z' => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
        digit => (rest * 10 + u32::from(digit - b'0')) % 97,
    };
    is_formed && bytes.iter().fold(0, rest) == 1
}

pub fn vin(text: &str) -> bool {
    let fits = |byte: u8| {
        byte.is_ascii_digit() || (byte.is_ascii_uppercase() && !matches!(byte, b'I' | b'O' | b'Q'))
    };
    text.len() == 17 && text.bytes().all(fits)
}
