//! Cuts a text file into parts at the ends of records, in one cheap pass.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use memchr::{memchr, memchr_iter, memrchr};

use super::input::Input;
use super::parallel::in_order;
use super::spare::Spare;
use crate::metric::Unmeasured;

/// Parts of this size keep all threads busy and the caches warm.
pub(super) const PART_BYTES: usize = 4 << 20;
/// A part is looked at in about so many blocks, each of which stays in a core's own cache.
const BLOCKS: usize = 8;
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

impl Start {
    /// How many bytes are looked at together.
    pub fn block_bytes(self) -> usize {
        self.part_bytes.div_ceil(BLOCKS)
    }
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

/// Cuts a file without quotes, where every line end ends a record, on several threads; `None` where
/// it has quotes, or lines longer than a block. `see` is shown all lines, some at a time.
pub(super) fn cut_lines<T: Send>(
    input: &Arc<Input>,
    start: Start,
    threads: usize,
    see: impl Fn(&[u8]) -> T + Sync,
) -> Result<Option<(Layout, Vec<T>)>, Unmeasured> {
    let length = input.bytes.saturating_sub(start.offset);
    let block_bytes = start.block_bytes() as u64;
    let n_blocks = length.div_ceil(block_bytes) as usize;
    let (is_plain, spare) = (AtomicBool::new(true), Spare::<Vec<u8>>::default());
    let look = |number: usize| {
        let from = start.offset + number as u64 * block_bytes;
        let to = input.bytes.min(from + block_bytes);
        // The end of a blank line is known by the two bytes before it.
        let before = (from - start.offset).min(2);
        spare.with(|bytes| -> Result<(Block, Option<T>), Unmeasured> {
            bytes.resize((to - from + before) as usize, 0);
            input.fill(bytes, from - before)?;
            let block = Block::new(bytes, before as usize, from);
            let Some((first, last)) = block.lines_within().filter(|_| !block.has_quotes) else {
                is_plain.store(false, Ordering::Relaxed);
                return Ok((block, None));
            };
            let place = |at: u64| (at - from + before) as usize;
            let lines = &bytes[place(first)..place(last)];
            Ok((block, is_plain.load(Ordering::Relaxed).then(|| see(lines))))
        })
    };
    let mut done = Vec::with_capacity(n_blocks);
    if n_blocks > 0 {
        done.push(look(0)?);
    }
    // A file with quotes usually shows one soon.
    if is_plain.load(Ordering::Relaxed) {
        done.extend(in_order(n_blocks.saturating_sub(1), threads, |number| look(number + 1))?);
    }
    if !is_plain.into_inner() {
        return Ok(None);
    }
    let (blocks, seen): (Vec<Block>, Vec<Option<T>>) = done.into_iter().unzip();
    let mut seen: Vec<T> = seen.into_iter().flatten().collect();
    for (from, to) in seams(&blocks, start, input.bytes) {
        seen.push(see(&input.bytes_at(from, (to - from) as usize)?));
    }
    input.unchanged()?;
    Ok(Some((Layout::of(&blocks, start, input.bytes), seen)))
}

/// Where the lines stand that do not lie within one block.
fn seams(blocks: &[Block], start: Start, file_bytes: u64) -> Vec<(u64, u64)> {
    let mut seams = Vec::with_capacity(blocks.len() + 1);
    let mut from = start.offset;
    for (first, last) in blocks.iter().filter_map(Block::lines_within) {
        seams.push((from, first));
        from = last;
    }
    seams.push((from, file_bytes));
    seams.retain(|(from, to)| from < to);
    seams
}

/// What stands in some consecutive bytes of a file.
#[derive(Debug)]
struct Block {
    has_quotes: bool,
    lines: u64,
    blank: u64,
    /// The position in the file after its first line end.
    first_end: Option<u64>,
    /// The same of its last.
    end: Option<u64>,
}

impl Block {
    /// Of these bytes the first `before` stand before the block, which begins at `from`.
    fn new(bytes: &[u8], before: usize, from: u64) -> Self {
        let own = &bytes[before..];
        let blank = match before {
            0 => blank_lines(own),
            _ => blank_pairs(&bytes[before - 1..]) + blank_triples(bytes),
        };
        Block {
            has_quotes: memchr(b'"', own).is_some(),
            lines: memchr_iter(b'\n', own).count() as u64,
            blank,
            first_end: memchr(b'\n', own).map(|at| from + at as u64 + 1),
            end: memrchr(b'\n', own).map(|at| from + at as u64 + 1),
        }
    }

    /// Where the lines stand that begin and end inside; `None` if no line ends there.
    fn lines_within(&self) -> Option<(u64, u64)> {
        self.first_end.zip(self.end)
    }
}

impl Layout {
    /// The parts that end with the last line ends of these blocks.
    fn of(blocks: &[Block], start: Start, file_bytes: u64) -> Layout {
        let mut layout = Layout::default();
        let (mut offset, mut line) = (start.offset, start.line);
        for block in blocks {
            let end = block.end.unwrap_or(offset);
            let bytes = (end - offset) as usize;
            match layout.parts.last_mut() {
                Some(part) if part.bytes + bytes <= start.part_bytes => part.bytes += bytes,
                _ => layout.parts.push(Part { offset, bytes, line }),
            }
            let (rows, blank) =
                if start.blank_is_row { (block.blank, 0) } else { (0, block.blank) };
            layout.rows += block.lines - block.blank + rows;
            layout.blank += blank;
            line += block.lines;
            offset = end;
        }
        if let Some(last) = layout.parts.last_mut().filter(|_| offset < file_bytes) {
            last.bytes += (file_bytes - offset) as usize;
            layout.rows += 1;
            layout.open_end = true;
        }
        layout
    }
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
    let first = u64::from(bytes.starts_with(b"\n") || bytes.starts_with(b"\r\n"));
    first + blank_pairs(bytes) + blank_triples(bytes)
}

/// Counts line ends right after another.
fn blank_pairs(bytes: &[u8]) -> u64 {
    // Blocks keep the counters narrow, which lets the compiler count many bytes at once.
    const BLOCK: usize = 128;
    let next = bytes.get(1..).unwrap_or_default();
    let pairs = bytes.chunks(BLOCK).zip(next.chunks(BLOCK)).map(|(a, b)| {
        let bare = a.iter().zip(b).map(|(a, b)| u8::from((*a == b'\n') & (*b == b'\n')));
        u64::from(bare.sum::<u8>())
    });
    pairs.sum()
}

/// Counts line ends with only a carriage return between them and the one before.
fn blank_triples(bytes: &[u8]) -> u64 {
    let is_blank = |at: &usize| {
        at.checked_sub(1).is_some_and(|before| bytes.get(before..at + 2) == Some(b"\n\r\n"))
    };
    memchr_iter(b'\r', bytes).filter(is_blank).count() as u64
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

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

    #[test]
    fn files_are_cut_alike_on_any_number_of_threads() {
        let text =
            prop::collection::vec(prop::sample::select(vec!["\n", "\r\n", "a", "bc"]), 0..60);
        let run = (text, 1..150usize, 1..4usize, any::<bool>(), 0..3u64);
        proptest!(|((text, part_bytes, threads, blank_is_row, offset) in run)| {
            let mut file = tempfile::NamedTempFile::new().expect("a file");
            file.write_all(b"h\n\n").expect("written");
            file.write_all(text.concat().as_bytes()).expect("written");
            let input = Input::open(file.path()).expect("opened");
            let start = Start { offset: 1 + offset, line: 2, part_bytes, blank_is_row };
            let all = Start { part_bytes: 1 << 10, ..start };
            let expected = cut(&input, all, |bytes, _| Ok(lines(bytes))).expect("cut");
            let see = |bytes: &[u8]| bytes.to_vec();
            let Some((found, seen)) = cut_lines(&input, start, threads, see).expect("cut") else {
                // A line as long as a block, or longer.
                let found = cut_lines(&input, all, threads, |_| ()).expect("cut");
                let found = found.map(|(found, _)| (found.rows, found.blank, found.open_end));
                let whole = (expected.rows, expected.blank, expected.open_end);
                prop_assert!(found.is_none_or(|found| found == whole));
                return Ok(());
            };
            prop_assert_eq!(
                (found.rows, found.blank, found.open_end),
                (expected.rows, expected.blank, expected.open_end)
            );
            let content = std::fs::read(file.path()).expect("read");
            let (mut at, mut line) = (start.offset, start.line);
            for part in &found.parts {
                prop_assert_eq!((part.offset, part.line), (at, line));
                at += part.bytes as u64;
                let bytes = &content[part.offset as usize..at as usize];
                line += memchr_iter(b'\n', bytes).count() as u64;
                prop_assert!(bytes.ends_with(b"\n") || at == input.bytes);
            }
            prop_assert_eq!(at, input.bytes);
            let lines = |text: &[u8]| {
                let lines = text.split_inclusive(|byte| *byte == b'\n');
                lines.map(<[u8]>::to_vec).collect::<Vec<_>>()
            };
            let mut seen: Vec<_> = seen.iter().flat_map(|bytes| lines(bytes)).collect();
            let mut all = lines(&content[start.offset as usize..]);
            seen.sort();
            all.sort();
            prop_assert_eq!(seen, all);
        });
    }

    #[test]
    fn quotes_are_left_to_one_thread() {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(b"a\nb\n\"c\n\"\n").expect("written");
        let input = Input::open(file.path()).expect("opened");
        let start = Start { offset: 0, line: 1, part_bytes: 4, blank_is_row: false };
        assert!(cut_lines(&input, start, 2, |_| ()).expect("read").is_none());
    }
}
