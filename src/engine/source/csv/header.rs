//! The first record: the names of the columns, and the delimiter.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

use super::{Format, Input};
use crate::metric::Unmeasured;

/// A header is not longer than this.
const LONGEST_BYTES: usize = 1 << 24;
const BOM: &[u8] = b"\xef\xbb\xbf";

/// The first record of a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Header {
    pub names: Vec<String>,
    pub delimiter: u8,
    /// Where the first row begins.
    pub bytes: u64,
    /// Lines it takes, more than one if a name has a line end.
    pub lines: u64,
    pub warnings: Vec<String>,
}

impl Header {
    /// Reads the names, byte for byte.
    pub fn read(input: &Input, format: Format) -> Result<Self, Unmeasured> {
        let mut length = 1 << 16;
        loop {
            let head = input.head(length)?;
            let whole = head.len() as u64 == input.bytes;
            if let Some(header) = parse(&head, whole, format).map_err(|fault| input.fault(fault))? {
                return Ok(header);
            }
            if length >= LONGEST_BYTES {
                return Err(input.fault("line 1: the header does not end within 16 MiB"));
            }
            length *= 4;
        }
    }
}

/// `None` if the header goes on after the bytes given.
fn parse(head: &[u8], whole: bool, format: Format) -> Result<Option<Header>, String> {
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        return Err("it is UTF-16; save it as UTF-8".into());
    }
    let mark = if head.starts_with(BOM) { BOM.len() } else { 0 };
    let text = &head[mark..];
    if text.is_empty() {
        return Err("it is empty, expected a header with the names of the columns".into());
    }
    let Some(end) = end_of_record(text, whole) else { return Ok(None) };
    let record = text[..end].strip_suffix(b"\n").unwrap_or(&text[..end]);
    let record = record.strip_suffix(b"\r").unwrap_or(record);
    if record.is_empty() {
        return Err("line 1: it is blank, expected the names of the columns".into());
    }
    if memchr(0, record).is_some() {
        return Err("line 1: a NUL byte; is it UTF-16 or a binary file".into());
    }
    let text = std::str::from_utf8(record).map_err(|error| {
        format!("line 1: byte {} is not UTF-8; save it as UTF-8", mark + error.valid_up_to())
    })?;
    let (delimiter, odd) = delimiter(text, format);
    let names = fields(text, delimiter)?;
    let mut warnings: Vec<String> = odd.into_iter().collect();
    warnings.extend(odd_names(&names));
    let lines = memchr_iter(b'\n', record).count() as u64 + 1;
    Ok(Some(Header { names, delimiter, bytes: (mark + end) as u64, lines, warnings }))
}

/// Where the first record ends, by the parity of its quotes.
fn end_of_record(text: &[u8], whole: bool) -> Option<usize> {
    let mut inside = false;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'"' => inside = !inside,
            b'\n' if !inside => return Some(at + 1),
            _ => {}
        }
    }
    whole.then_some(text.len())
}

/// A header without the expected delimiter but with another one is believed, with a warning.
fn delimiter(header: &str, format: Format) -> (u8, Option<String>) {
    let expected = if format == Format::Tsv { '\t' } else { ',' };
    let has = |delimiter: char| header.contains(delimiter);
    if !has(expected) {
        let other = [';', '\t', ','].into_iter().find(|other| has(*other));
        if let Some(other) = other {
            let warning = format!("the header has no {expected:?}: fields are split at {other:?}");
            return (other as u8, Some(warning));
        }
    }
    (expected as u8, None)
}

fn fields(header: &str, delimiter: u8) -> Result<Vec<String>, String> {
    let (mut names, mut rest) = (Vec::new(), header);
    loop {
        let (name, after) = match rest.strip_prefix('"') {
            Some(inner) => quoted(inner)?,
            None => {
                let end = memchr(delimiter, rest.as_bytes()).unwrap_or(rest.len());
                if let Some(wrong) = rest[..end].find(['"', '\r']) {
                    return Err(format!("line 1: {}", bare(rest.as_bytes()[wrong])));
                }
                (Cow::Borrowed(&rest[..end]), &rest[end..])
            }
        };
        names.push(name.into_owned());
        match after.as_bytes().first() {
            None => return Ok(names),
            Some(byte) if *byte == delimiter => rest = &after[1..],
            Some(_) => return Err("line 1: text after a closing quote".into()),
        }
    }
}

/// The name behind an opening quote, and what follows its closing quote.
fn quoted(inner: &str) -> Result<(Cow<'_, str>, &str), String> {
    let mut at = 0;
    while let Some(found) = inner[at..].find('"') {
        let end = at + found;
        if !inner[end + 1..].starts_with('"') {
            return Ok((super::unescape(&inner[..end]), &inner[end + 1..]));
        }
        at = end + 2;
    }
    Err("line 1: a quote is opened and never closed".into())
}

fn bare(byte: u8) -> &'static str {
    if byte == b'"' { "a quote inside an unquoted field" } else { super::index::LONE_RETURN }
}

fn odd_names(names: &[String]) -> Option<String> {
    let odd: Vec<String> = names
        .iter()
        .filter(|name| name.is_empty() || name.trim() != name.as_str())
        .map(|name| format!("`{name}`"))
        .collect();
    (!odd.is_empty()).then(|| format!("names that are empty or padded: {}", odd.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &[u8], format: Format, expected: Result<&[&str], &str>) {
        match (parse(text, true, format), expected) {
            (Ok(Some(header)), Ok(names)) => assert_eq!(header.names, names),
            (Err(reason), Err(expected)) => assert!(reason.contains(expected), "{reason}"),
            (found, _) => panic!("{found:?}"),
        }
    }

    #[test]
    fn names_are_kept_byte_for_byte() {
        check(b"a, b ,,a\r\n1", Format::Csv, Ok(&["a", " b ", "", "a"]));
        check(b"\xef\xbb\xbfa,\"x,\"\"y\"\"\nz\"\n", Format::Csv, Ok(&["a", "x,\"y\"\nz"]));
        check(b"a;b", Format::Csv, Ok(&["a", "b"]));
        check(b"a\tb,c", Format::Tsv, Ok(&["a", "b,c"]));
        check(b"a", Format::Csv, Ok(&["a"]));
    }

    #[test]
    fn files_that_are_not_csv_are_named() {
        check(b"", Format::Csv, Err("it is empty"));
        check(b"\n", Format::Csv, Err("line 1: it is blank"));
        check(b"\xff\xfea\0", Format::Csv, Err("UTF-16"));
        check(b"a\0b\n", Format::Csv, Err("a NUL byte"));
        check(b"na\xefve,b\n", Format::Csv, Err("byte 2 is not UTF-8"));
        check(b"a,b\r1,2\r3,4", Format::Csv, Err("a carriage return"));
        check(b"a,\"b\n", Format::Csv, Err("never closed"));
        check(b"a,b\"c\n", Format::Csv, Err("a quote inside"));
    }
}
