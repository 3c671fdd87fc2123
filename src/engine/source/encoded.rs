//! Text files of another encoding, written as UTF-8 to a file without a name before they are read.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::sync::Arc;

use encoding_rs::{Decoder, UTF_16LE, WINDOWS_1252};

use super::input::{Cursor, Input};
use crate::metric::{Encoding, Unmeasured};

const BLOCK_BYTES: usize = 1 << 16;

/// The content of a text file as UTF-8.
///
/// # Errors
/// It is not of this encoding, or cannot be read.
pub(super) fn as_utf8(input: &Arc<Input>, encoding: Encoding) -> Result<Arc<Input>, Unmeasured> {
    let decoder = match encoding {
        Encoding::Utf8 => return Ok(input.clone()),
        Encoding::Latin1 => WINDOWS_1252.new_decoder_without_bom_handling(),
        // The mark at its beginning says which of the two bytes comes first.
        Encoding::Utf16 => UTF_16LE.new_decoder(),
    };
    let written = written(BufReader::new(Cursor::new(input.clone(), 0)), decoder);
    input.unchanged()?;
    match written {
        Ok(Some((content, bytes))) => input.with_content(content, bytes),
        Ok(None) => Err(input.fault(format_args!("it is not {} throughout", encoding.name()))),
        Err(error) => Err(input.fault(error)),
    }
}

/// Writes everything as UTF-8; `None` where bytes are no characters.
fn written(mut from: impl Read, mut decoder: Decoder) -> io::Result<Option<(File, u64)>> {
    let mut content = BufWriter::new(tempfile::tempfile()?);
    let mut bytes = vec![0; BLOCK_BYTES];
    let mut text = String::with_capacity(4 * BLOCK_BYTES);
    let mut total = 0;
    loop {
        let length = from.read(&mut bytes)?;
        let mut rest = &bytes[..length];
        loop {
            text.clear();
            let (result, read, is_broken) = decoder.decode_to_string(rest, &mut text, length == 0);
            if is_broken {
                return Ok(None);
            }
            content.write_all(text.as_bytes())?;
            total += text.len() as u64;
            rest = &rest[read..];
            if result == encoding_rs::CoderResult::InputEmpty {
                break;
            }
        }
        if length == 0 {
            let content = content.into_inner().map_err(io::IntoInnerError::into_error)?;
            return Ok(Some((content, total)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::source::shown::Shown;
    use crate::engine::source::{SourceSpec, open};

    fn check(bytes: &[u8], encoding: Encoding, expected: Result<&str, &str>) {
        let file = tempfile::Builder::new().suffix(".csv").tempfile().expect("a temporary file");
        std::fs::write(file.path(), bytes).expect("written");
        let spec = SourceSpec { encoding, ..SourceSpec::new(file.path().to_string_lossy()) };
        match (open(&spec).and_then(|source| Shown::of(&*source)), expected) {
            (Ok(shown), Ok(rows)) => assert_eq!(shown.text(), rows),
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error}"),
            (found, _) => panic!("{found:?}"),
        }
    }

    // SEMANTICS 78 and 79.
    #[test]
    fn other_encodings_are_read_where_they_are_named() {
        let latin = b"a,b\n1,na\xefve\n";
        check(latin, Encoding::Utf8, Err("not UTF-8"));
        check(latin, Encoding::Latin1, Ok("1|na\u{ef}ve"));
        let wide = |text: &str, swap: bool| -> Vec<u8> {
            let units = std::iter::once(0xfeff).chain(text.encode_utf16());
            units.flat_map(|u| if swap { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
        };
        for swap in [false, true] {
            check(&wide("a,b\n1,\u{1f600}\n", swap), Encoding::Utf16, Ok("1|\u{1f600}"));
        }
        check(&wide("a,b\n1,x\n", false)[..9], Encoding::Utf16, Err("not utf-16 throughout"));
        let long = format!("a\n{}\n", "\u{e9}".repeat(300_000));
        let bytes: Vec<u8> = long.chars().map(|c| c as u8).collect();
        check(&bytes, Encoding::Latin1, Ok(long.lines().nth(1).expect("a line")));
    }
}
