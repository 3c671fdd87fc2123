//! Where each field of a part lies.

use memchr::{memchr, memchr_iter};

use super::parts::Fault;

pub const LONE_RETURN: &str =
    "a carriage return without a line feed; lines must end with `\\n` or `\\r\\n`";

/// What every record of a file looks like.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub delimiter: u8,
    pub columns: usize,
}

/// The text of a part and the places of its fields.
#[derive(Debug)]
pub struct Index<'a> {
    text: &'a str,
    has_quotes: bool,
    columns: usize,
    /// Where each row begins.
    starts: &'a mut Vec<u32>,
    /// Where each field ends, row by row.
    ends: &'a mut Vec<u32>,
}

/// Memory for the places of an index.
#[derive(Debug, Default)]
pub struct Room {
    starts: Vec<u32>,
    ends: Vec<u32>,
}

impl<'a> Index<'a> {
    /// Finds the fields of whole records, the first of which stands at `offset` of the file.
    pub fn new(
        bytes: &'a [u8],
        offset: u64,
        shape: Shape,
        room: &'a mut Room,
    ) -> Result<Self, Fault> {
        let Shape { delimiter, columns } = shape;
        if let Some(at) = memchr(0, bytes) {
            return Err(Fault::at(bytes, at, "a NUL byte; is it UTF-16 or a binary file"));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let at = error.valid_up_to();
            let reason = format!("byte {} is not UTF-8; save it as UTF-8", offset + at as u64);
            Fault::at(bytes, at, reason)
        })?;
        let has_quotes = memchr(b'"', bytes).is_some();
        lone_return(bytes)?;
        let Room { starts, ends } = room;
        starts.clear();
        ends.clear();
        let mut index = Index { text, has_quotes, columns, starts, ends };
        if index.has_quotes || !index.find_plain(delimiter) {
            index.starts.clear();
            index.ends.clear();
            index.find(delimiter)?;
        }
        Ok(index)
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.starts.len()
    }

    /// Whether any field may be quoted.
    pub fn has_quotes(&self) -> bool {
        self.has_quotes
    }

    /// The raw fields of a column, with their quotes.
    pub fn column(&self, column: usize) -> impl ExactSizeIterator<Item = &'a str> {
        (0..self.rows()).map(move |row| {
            let at = row * self.columns + column;
            let start = if column == 0 { self.starts[row] } else { self.ends[at - 1] + 1 };
            self.text.get(start as usize..self.ends[at] as usize).unwrap_or_default()
        })
    }

    /// Finds the fields of a text without quotes; false where some line is no row, which is left
    /// to [`Index::find`].
    fn find_plain(&mut self, delimiter: u8) -> bool {
        let bytes = self.text.as_bytes();
        let (blocks, rest) = bytes.as_chunks::<BLOCK>();
        let mut last = [0; BLOCK];
        last[..rest.len()].copy_from_slice(rest);
        let mut found = 0;
        for (number, block) in blocks.iter().chain([&last]).enumerate() {
            if self.ends.len() < found + BLOCK {
                self.ends.resize(found + 16 * BLOCK, 0);
            }
            let Some(slots) = self.ends[found..].first_chunk_mut() else { return false };
            let hits = places(block, [delimiter, b'\n', delimiter]);
            found += spread(hits, (number * BLOCK) as u32, slots);
        }
        self.ends.truncate(found);
        if !bytes.is_empty() && !bytes.ends_with(b"\n") {
            self.ends.push(bytes.len() as u32);
        }
        self.are_rows()
    }

    /// Whether what was found are rows: each of them ends at a line end, and no line ends within
    /// one, since there are as many lines as rows.
    fn are_rows(&mut self) -> bool {
        let bytes = self.text.as_bytes();
        let mut start = 0;
        self.starts.reserve(self.ends.len() / self.columns.max(1));
        for row in self.ends.chunks_mut(self.columns.max(1)) {
            let (true, Some(end)) = (row.len() == self.columns, row.last_mut()) else {
                return false;
            };
            let after = *end as usize;
            if bytes.get(after).is_some_and(|byte| *byte != b'\n') {
                return false;
            }
            self.starts.push(start);
            start = *end + 1;
            if after > 0 && bytes[after - 1] == b'\r' {
                *end -= 1;
            }
        }
        let open = u64::from(!bytes.is_empty() && !bytes.ends_with(b"\n"));
        memchr_iter(b'\n', bytes).count() as u64 + open == self.starts.len() as u64
    }

    fn find(&mut self, delimiter: u8) -> Result<(), Fault> {
        let bytes = self.text.as_bytes();
        let mut rows = Rows { index: self, bytes, start: 0, first: 0 };
        // Without quotes, the third byte to look for is one of the others.
        let quote = if rows.index.has_quotes { b'"' } else { delimiter };
        let wanted = [delimiter, b'\n', quote];
        let mut inside = false;
        let mut meet = |at: usize| match bytes[at] {
            b'"' => {
                inside = !inside;
                Ok(())
            }
            _ if inside => Ok(()),
            byte => rows.field(at, byte == b'\n'),
        };
        let (blocks, rest) = bytes.as_chunks::<BLOCK>();
        for (block, bytes) in blocks.iter().enumerate() {
            let mut hits = places(bytes, wanted);
            while hits != 0 {
                meet(block * BLOCK + hits.trailing_zeros() as usize)?;
                hits &= hits - 1;
            }
        }
        let done = bytes.len() - rest.len();
        for (at, byte) in rest.iter().enumerate() {
            if wanted.contains(byte) {
                meet(done + at)?;
            }
        }
        if rows.start < bytes.len() {
            rows.field(bytes.len(), true)?;
        }
        Ok(())
    }
}

/// Bytes that are looked at side by side.
const BLOCK: usize = 64;

/// The places of some bytes in a block, one bit each.
fn places(block: &[u8; BLOCK], wanted: [u8; 3]) -> u64 {
    let mut found = [0u8; BLOCK];
    for (found, byte) in found.iter_mut().zip(block) {
        *found = u8::from((*byte == wanted[0]) | (*byte == wanted[1]) | (*byte == wanted[2]));
    }
    // The product moves the lowest bit of byte `i` to bit `56 + i`; no two of its terms meet.
    let (words, _) = found.as_chunks::<8>();
    words.iter().enumerate().fold(0, |places, (word, eight)| {
        let bits = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        places | bits << (8 * word)
    })
}

/// Writes down the places of the bits, the lowest first, and says how many there are.
fn spread(mut bits: u64, base: u32, slots: &mut [u32; BLOCK]) -> usize {
    let mut found = 0;
    while bits != 0 {
        slots[found % BLOCK] = base + bits.trailing_zeros();
        bits &= bits - 1;
        found += 1;
    }
    found
}

/// The index while it is filled.
struct Rows<'i, 'a> {
    index: &'i mut Index<'a>,
    bytes: &'i [u8],
    /// Where the row begins.
    start: usize,
    /// How many fields stand before the row.
    first: usize,
}

impl Rows<'_, '_> {
    #[inline]
    fn field(&mut self, end: usize, last: bool) -> Result<(), Fault> {
        self.index.ends.push(end as u32);
        if last { self.row(end) } else { Ok(()) }
    }

    fn row(&mut self, end: usize) -> Result<(), Fault> {
        let fields = self.index.ends.len() - self.first;
        let bare = if end > self.start && self.bytes[end - 1] == b'\r' { end - 1 } else { end };
        let expected = self.index.columns;
        if fields != expected {
            if fields != 1 || bare != self.start {
                let plural = if fields == 1 { "" } else { "s" };
                let reason =
                    format!("{fields} field{plural}, expected {expected} as in the header");
                return Err(Fault::at(self.bytes, self.start, reason));
            }
            // A blank line is no row.
            self.index.ends.pop();
        } else {
            if let Some(field) = self.index.ends.last_mut() {
                *field = bare as u32;
            }
            self.index.starts.push(self.start as u32);
        }
        self.start = end + 1;
        self.first = self.index.ends.len();
        Ok(())
    }
}

/// Finds a carriage return that ends no line and stands in no quotes.
fn lone_return(bytes: &[u8]) -> Result<(), Fault> {
    let (mut counted, mut quotes) = (0, 0);
    for at in memchr_iter(b'\r', bytes) {
        if bytes.get(at + 1) == Some(&b'\n') {
            continue;
        }
        quotes += memchr_iter(b'"', &bytes[counted..at]).count();
        counted = at;
        if quotes % 2 == 0 {
            return Err(Fault::at(bytes, at, LONE_RETURN));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, columns: usize, expected: Result<&[&[&str]], (u64, &str)>) {
        let shape = Shape { delimiter: b',', columns };
        let mut room = Room::default();
        match (Index::new(text.as_bytes(), 0, shape, &mut room), expected) {
            (Ok(index), Ok(rows)) => {
                let columns: Vec<Vec<&str>> =
                    (0..columns).map(|column| index.column(column).collect()).collect();
                let found: Vec<Vec<&str>> = (0..index.rows())
                    .map(|row| columns.iter().map(|column| column[row]).collect())
                    .collect();
                assert_eq!(found, rows, "{text:?}");
            }
            (Err(fault), Err((lines, reason))) => {
                assert_eq!((fault.lines, fault.reason.as_str()), (lines, reason), "{text:?}");
            }
            (found, _) => panic!("{text:?}: {found:?}"),
        }
    }

    #[test]
    fn fields_lie_between_delimiters_outside_quotes() {
        check("a,b\n,\r\n", 2, Ok(&[&["a", "b"], &["", ""]]));
        check("a,\"b,\r\nc\"\n", 2, Ok(&[&["a", "\"b,\r\nc\""]]));
        check("\na,b\n\r\n\nc,d", 2, Ok(&[&["a", "b"], &["c", "d"]]));
        check("a\n\n\r\nb\n", 1, Ok(&[&["a"], &[""], &[""], &["b"]]));
        check("\"a\rb\"\n", 1, Ok(&[&["\"a\rb\""]]));
    }

    #[test]
    fn bytes_are_found_where_they_stand() {
        let mut state = 7u64;
        for _ in 0..2000 {
            let block: [u8; BLOCK] = std::array::from_fn(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                b",\n\"abc"[(state >> 40) as usize % 6]
            });
            let plain = (0..BLOCK).filter(|at| b",\n\"".contains(&block[*at]));
            assert_eq!(places(&block, *b",\n\""), plain.fold(0, |bits, at| bits | 1 << at));
        }
        assert_eq!(places(&[b','; BLOCK], *b",,,"), u64::MAX);
    }

    fn index<'a>(text: &'a str, columns: usize, room: &'a mut Room) -> Index<'a> {
        let Room { starts, ends } = room;
        Index { text, has_quotes: false, columns, starts, ends }
    }

    proptest! {
        #[test]
        fn fields_without_quotes_are_found_alike(
            text in "([ab,é\r]{0,3}(\n|,)){0,150}a?", columns in 1..4usize,
        ) {
            let text = text.replace('\r', "\r\n");
            let (mut one, mut other) = (Room::default(), Room::default());
            let mut plain = index(&text, columns, &mut one);
            let mut slow = index(&text, columns, &mut other);
            let is_plain = plain.find_plain(b',');
            let found = slow.find(b',');
            if is_plain {
                prop_assert!(found.is_ok());
                prop_assert_eq!((plain.starts, plain.ends), (slow.starts, slow.ends));
            } else {
                // Some line is a mistake, or blank and no row.
                let lines = text.lines().count();
                prop_assert!(found.is_err() || slow.rows() < lines, "{:?}", text);
            }
        }
    }

    #[test]
    fn mistakes_have_a_line() {
        check("a,b\nc\n", 2, Err((1, "1 field, expected 2 as in the header")));
        check("a,b\n\"x\ny\",c\nc,d,e\n", 2, Err((3, "3 fields, expected 2 as in the header")));
        check("a\rb\n", 1, Err((0, LONE_RETURN)));
        check("a\nb\0\n", 1, Err((1, "a NUL byte; is it UTF-16 or a binary file")));
    }
}
