//! Names that programs give: of things, of versions, of contents.

use semver::Version;

pub fn uuid(text: &str) -> bool {
    let fits = |(place, byte): (usize, u8)| match place {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    text.len() == 36 && text.bytes().enumerate().all(fits)
}

/// The first character holds the top 3 of 128 bits, so it is at most 7.
pub fn ulid(text: &str) -> bool {
    let is_crockford = |byte: u8| {
        let byte = byte.to_ascii_uppercase();
        byte.is_ascii_alphanumeric() && !matches!(byte, b'I' | b'L' | b'O' | b'U')
    };
    text.len() == 26 && text.as_bytes()[0] <= b'7' && text.bytes().all(is_crockford)
}

pub fn semver(text: &str) -> bool {
    Version::parse(text).is_ok()
}

pub fn slug(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    text.split('-').all(is_word)
}

pub fn hex(text: &str) -> bool {
    !text.is_empty()
        && text.len().is_multiple_of(2)
        && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

pub fn md5(text: &str) -> bool {
    text.len() == 32 && hex(text)
}

pub fn sha1(text: &str) -> bool {
    text.len() == 40 && hex(text)
}

pub fn sha256(text: &str) -> bool {
    text.len() == 64 && hex(text)
}

pub fn sha512(text: &str) -> bool {
    text.len() == 128 && hex(text)
}
