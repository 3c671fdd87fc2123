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
pub struct Index {
    text: String,
    has_quotes: bool,
    columns: usize,
    /// Where each row begins.
    starts: Vec<u32>,
    /// Where each field ends, row by row.
    ends: Vec<u32>,
}

impl Index {
    /// Finds the fields of whole records, the first of which stands at `offset` of the file.
    pub fn new(bytes: Vec<u8>, offset: u64, shape: Shape) -> Result<Self, Fault> {
        let Shape { delimiter, columns } = shape;
        if let Some(at) = memchr(0, &bytes) {
            return Err(Fault::at(&bytes, at, "a NUL byte; is it UTF-16 or a binary file"));
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let reason = format!("byte {} is not UTF-8; save it as UTF-8", offset + at as u64);
            Fault::at(error.as_bytes(), at, reason)
        })?;
        let has_quotes = memchr(b'"', text.as_bytes()).is_some();
        lone_return(text.as_bytes())?;
        // Nine bytes a field is usual; a wrong guess costs one copy.
        let (starts, ends) = (Vec::new(), Vec::with_capacity(text.len() / 8));
        let mut index = Index { text, has_quotes, columns, starts, ends };
        index.find(delimiter)?;
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
    pub fn column(&self, column: usize) -> impl ExactSizeIterator<Item = &str> {
        (0..self.rows()).map(move |row| {
            let at = row * self.columns + column;
            let start = if column == 0 { self.starts[row] } else { self.ends[at - 1] + 1 };
            self.text.get(start as usize..self.ends[at] as usize).unwrap_or_default()
        })
    }

    fn find(&mut self, delimiter: u8) -> Result<(), Fault> {
        let text = std::mem::take(&mut self.text);
        let bytes = text.as_bytes();
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
        self.text = text;
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

/// The index while it is filled.
struct Rows<'a> {
    index: &'a mut Index,
    bytes: &'a [u8],
    /// Where the row begins.
    start: usize,
    /// How many fields stand before the row.
    first: usize,
}

impl Rows<'_> {
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

    fn check(text: &str, columns: usize, expected: Result<&[&[&str]], (u64, &str)>) {
        let shape = Shape { delimiter: b',', columns };
        match (Index::new(text.as_bytes().to_vec(), 0, shape), expected) {
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

    #[test]
    fn mistakes_have_a_line() {
        check("a,b\nc\n", 2, Err((1, "1 field, expected 2 as in the header")));
        check("a,b\n\"x\ny\",c\nc,d,e\n", 2, Err((3, "3 fields, expected 2 as in the header")));
        check("a\rb\n", 1, Err((0, LONE_RETURN)));
        check("a\nb\0\n", 1, Err((1, "a NUL byte; is it UTF-16 or a binary file")));
    }
}
