//! Cuts a text file into parts at the ends of records, in one cheap pass.

use std::sync::Arc;

use memchr::{memchr, memchr_iter, memrchr};

use super::input::Input;
use crate::metric::Unmeasured;

/// Parts of this size keep all threads busy and the caches warm.
pub(super) const PART_BYTES: usize = 4 << 20;
/// A record longer than this is taken for a mistake.
const LONGEST_RECORD_BYTES: usize = 256 << 20;

/// Some consecutive records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub offset: u64,
    pub bytes: usize,
    /// Number of its first line, the file's first is 1.
    pub line: u64,
}

/// A file cut into parts.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub parts: Vec<Part>,
    pub rows: u64,
    /// Blank lines that are no rows.
    pub blank: u64,
    /// Whether the last record has no line end.
    pub open_end: bool,
}

/// A mistake in a piece of text, and how many line ends stand before it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub lines: u64,
    pub reason: String,
}

impl Fault {
    /// A mistake at a position of a piece.
    pub fn at(bytes: &[u8], at: usize, reason: impl Into<String>) -> Self {
        Fault { lines: memchr_iter(b'\n', &bytes[..at]).count() as u64, reason: reason.into() }
    }

    /// The mistake as an error about a file, in a part of which it stands.
    pub fn of(self, input: &Input, first_line: u64) -> Unmeasured {
        input.fault(format_args!("line {}: {}", first_line + self.lines, self.reason))
    }
}

/// Where the first record stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    pub offset: u64,
    pub line: u64,
    pub part_bytes: usize,
    /// Whether a blank line is a record.
    pub blank_is_row: bool,
}

/// What stands in a piece of text that begins with a record.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Scan {
    /// Where its last whole record ends.
    pub end: usize,
    pub lines: u64,
    pub records: u64,
    pub blank: u64,
}

/// Cuts a file; `scan` finds the whole records of a piece, and is told whether it is the last one.
pub(super) fn cut(
    input: &Arc<Input>,
    start: Start,
    scan: impl Fn(&[u8], bool) -> Result<Scan, Fault>,
) -> Result<Layout, Unmeasured> {
    let mut layout = Layout::default();
    let (mut offset, mut line, mut want) = (start.offset, start.line, start.part_bytes);
    while offset < input.bytes {
        let length = (input.bytes - offset).min(want as u64) as usize;
        let last = offset + length as u64 == input.bytes;
        let bytes = input.bytes_at(offset, length)?;
        let mut scan = scan(&bytes, last).map_err(|fault| fault.of(input, line))?;
        if last && scan.end < length {
            layout.open_end = true;
            scan.records += 1;
            scan.end = length;
        }
        if scan.end == 0 {
            if want >= LONGEST_RECORD_BYTES {
                let most = LONGEST_RECORD_BYTES >> 20;
                return Err(input.fault(format_args!("line {line}: a record of over {most} MiB")));
            }
            want *= 2;
            continue;
        }
        layout.parts.push(Part { offset, bytes: scan.end, line });
        let (rows, blank) = if start.blank_is_row { (scan.blank, 0) } else { (0, scan.blank) };
        layout.rows += scan.records + rows;
        layout.blank += blank;
        offset += scan.end as u64;
        line += scan.lines;
        want = start.part_bytes;
    }
    Ok(layout)
}

impl Layout {
    /// What is odd about the file.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.blank > 0 {
            let plural = if self.blank == 1 { "line is" } else { "lines are" };
            warnings.push(format!("{} blank {plural} skipped", self.blank));
        }
        if self.open_end {
            warnings.push("the last line has no line end; was the file cut off".into());
        }
        warnings
    }
}

/// Records of which each is a line.
pub(super) fn lines(bytes: &[u8]) -> Scan {
    let Some(end) = memrchr(b'\n', bytes) else { return Scan::default() };
    let bytes = &bytes[..=end];
    let lines = memchr_iter(b'\n', bytes).count() as u64;
    let blank = blank_lines(bytes);
    Scan { end: bytes.len(), lines, records: lines - blank, blank }
}

/// Counts lines that hold nothing, or only a carriage return.
fn blank_lines(bytes: &[u8]) -> u64 {
    // Blocks keep the counters narrow, which lets the compiler count many bytes at once.
    const BLOCK: usize = 128;
    let first = u64::from(bytes.starts_with(b"\n") || bytes.starts_with(b"\r\n"));
    let next = bytes.get(1..).unwrap_or_default();
    let third = bytes.get(2..).unwrap_or_default();
    let pairs = bytes.chunks(BLOCK).zip(next.chunks(BLOCK)).map(|(a, b)| {
        let bare = a.iter().zip(b).map(|(a, b)| u8::from((*a == b'\n') & (*b == b'\n')));
        u64::from(bare.sum::<u8>())
    });
    let mut blank = first + pairs.sum::<u64>();
    if memchr(b'\r', bytes).is_some() {
        let triples = bytes.iter().zip(next).zip(third);
        let crlf = triples.filter(|((a, b), c)| (**a, **b, **c) == (b'\n', b'\r', b'\n'));
        blank += crlf.count() as u64;
    }
    blank
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, end: usize, lines_: u64, records: u64, blank: u64) {
        assert_eq!(lines(text.as_bytes()), Scan { end, lines: lines_, records, blank }, "{text:?}");
    }

    #[test]
    fn lines_and_blank_lines_are_counted() {
        check("a,b\nc,", 4, 1, 1, 0);
        check("\n\na\r\n\r\n", 7, 4, 1, 3);
        check("\r\n\r\n\n", 5, 3, 0, 3);
        check(&"\n".repeat(300), 300, 300, 0, 300);
        check("a", 0, 0, 0, 0);
    }
}
