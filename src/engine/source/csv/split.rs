//! Finds the true ends of records, which are line ends outside quotes.
//!
//! It alone judges quotes, so that the readers of the parts may trust them.

use memchr::{memchr, memchr_iter, memchr2};

use super::parts::{Fault, Scan, lines};

/// Finds the whole records of a piece that begins with one; `last` if the file ends with it.
pub fn scan(bytes: &[u8], delimiter: u8, last: bool) -> Result<Scan, Fault> {
    match memchr(b'"', bytes) {
        None => Ok(lines(bytes)),
        Some(_) => quoted(bytes, delimiter, last),
    }
}

fn quoted(bytes: &[u8], delimiter: u8, last: bool) -> Result<Scan, Fault> {
    let mut scan = Scan::default();
    let (mut at, mut record) = (0, 0);
    while let Some(found) = memchr2(b'"', b'\n', &bytes[at..]) {
        let found = at + found;
        if bytes[found] == b'\n' {
            scan.lines += 1;
            match &bytes[record..found] {
                [] | [b'\r'] => scan.blank += 1,
                _ => scan.records += 1,
            }
            (record, at, scan.end) = (found + 1, found + 1, found + 1);
            continue;
        }
        if found != record && bytes[found - 1] != delimiter {
            let reason = "a quote inside an unquoted field; \
                          quote the whole field and double the quotes inside";
            return Err(Fault { lines: scan.lines, reason: reason.into() });
        }
        match closing(bytes, found, delimiter, last) {
            Quote::Closed(end) => {
                scan.lines += memchr_iter(b'\n', &bytes[found..end]).count() as u64;
                at = end;
            }
            Quote::Open if last => {
                let reason = "a quote is opened and never closed";
                return Err(Fault { lines: scan.lines, reason: reason.into() });
            }
            Quote::Open => return Ok(before(scan, bytes, record)),
            Quote::Text(end) => {
                let lines = memchr_iter(b'\n', &bytes[found..end]).count() as u64;
                let reason = "text after a closing quote; double the quotes inside a field";
                return Err(Fault { lines: scan.lines + lines, reason: reason.into() });
            }
        }
    }
    Ok(before(scan, bytes, record))
}

/// Takes back the lines of a record that is not whole.
fn before(mut scan: Scan, bytes: &[u8], record: usize) -> Scan {
    debug_assert_eq!(scan.end, record);
    scan.lines = memchr_iter(b'\n', &bytes[..record]).count() as u64;
    scan
}

enum Quote {
    /// Position after the closing quote.
    Closed(usize),
    Open,
    /// Position of what stands wrongly after a closing quote.
    Text(usize),
}

/// Finds the quote that closes the one at `start`.
fn closing(bytes: &[u8], start: usize, delimiter: u8, last: bool) -> Quote {
    let mut at = start + 1;
    while let Some(found) = memchr(b'"', bytes.get(at..).unwrap_or_default()) {
        let end = at + found + 1;
        match bytes.get(end) {
            Some(b'"') => at = end + 1,
            Some(b'\n') => return Quote::Closed(end),
            Some(byte) if *byte == delimiter => return Quote::Closed(end),
            Some(b'\r') => match bytes.get(end + 1) {
                Some(b'\n') => return Quote::Closed(end),
                None if !last => return Quote::Open,
                _ => return Quote::Text(end),
            },
            Some(_) => return Quote::Text(end),
            None if last => return Quote::Closed(end),
            None => return Quote::Open,
        }
    }
    Quote::Open
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, last: bool, expected: Result<(usize, u64, u64, u64), (u64, &str)>) {
        match (scan(text.as_bytes(), b',', last), expected) {
            (Ok(scan), Ok(expected)) => {
                assert_eq!((scan.end, scan.lines, scan.records, scan.blank), expected, "{text:?}");
            }
            (Err(fault), Err((lines, reason))) => {
                assert_eq!(fault.lines, lines, "{text:?}");
                assert!(fault.reason.starts_with(reason), "{}", fault.reason);
            }
            (found, _) => panic!("{text:?}: {found:?}"),
        }
    }

    #[test]
    fn records_end_at_line_ends_outside_quotes() {
        check("a,b\nc,", false, Ok((4, 1, 1, 0)));
        check("a,b\nc,", true, Ok((4, 1, 1, 0)));
        check("\n\na\r\n\r\n", true, Ok((7, 4, 1, 3)));
        check("a,\"x\ny\"\nb", false, Ok((8, 2, 1, 0)));
        check("a,\"x\ny", false, Ok((0, 0, 0, 0)));
        check("a\n\"x\ny", false, Ok((2, 1, 1, 0)));
        check("\"a\"\"b\"\r\n", true, Ok((8, 1, 1, 0)));
        check("\"\"", true, Ok((0, 0, 0, 0)));
    }

    #[test]
    fn quotes_stand_around_whole_fields() {
        check("a\nb,5\" x\n", true, Err((1, "a quote inside an unquoted field")));
        check("a\n\"b\nc\"d\n", true, Err((2, "text after a closing quote")));
        check("a\nb,\"c\n", true, Err((1, "a quote is opened and never closed")));
        check("\"a\"\r", true, Err((0, "text after a closing quote")));
    }
}
