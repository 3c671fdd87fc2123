//! Text files packed by gzip or zstd, unpacked into a file without a name before they are read.

use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use flate2::read::MultiGzDecoder;

use super::input::{Cursor, Input};
use crate::metric::Unmeasured;

/// Beyond this, what is unpacked must not be more than [`MOST_TIMES`] what is packed.
const ALWAYS_BYTES: u64 = 1 << 30;
/// Tables shrink to a tenth, rarely to a hundredth; bombs to a thousandth.
const MOST_TIMES: u64 = 200;

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Zstd,
}

impl Packing {
    /// What a file's name says.
    pub fn of_name(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "gz" => Some(Packing::Gzip),
            "zst" => Some(Packing::Zstd),
            _ => None,
        }
    }

    /// Unpacks the whole file.
    pub fn unpack(self, input: &Arc<Input>) -> Result<Arc<Input>, Unmeasured> {
        let most = ALWAYS_BYTES.max(input.bytes.saturating_mul(MOST_TIMES));
        let packed = BufReader::new(Cursor::new(input.clone(), 0));
        let unpacked = match self {
            Packing::Gzip => copy(MultiGzDecoder::new(packed), most),
            Packing::Zstd => zstd::Decoder::with_buffer(packed).and_then(|from| copy(from, most)),
        };
        input.unchanged()?;
        let (content, bytes) = unpacked.map_err(|error| {
            let name = if self == Packing::Gzip { "gzip" } else { "zstd" };
            input.fault(format_args!("it cannot be unpacked as {name}: {error}"))
        })?;
        if bytes > most {
            let times = MOST_TIMES;
            return Err(input.fault(format_args!("it unpacks to more than {times} times its size")));
        }
        input.with_content(content, bytes)
    }
}

fn copy(from: impl Read, most: u64) -> io::Result<(std::fs::File, u64)> {
    let mut content = tempfile::tempfile()?;
    let bytes = io::copy(&mut from.take(most + 1), &mut content)?;
    Ok((content, bytes))
}

#[cfg(test)]
mod tests {
    use crate::engine::source::shown::Shown;
    use crate::engine::source::{SourceSpec, open};
    use std::io::Write;

    fn check(suffix: &str, bytes: &[u8], expected: Result<&str, &str>) {
        let file = tempfile::Builder::new().suffix(suffix).tempfile().expect("a temporary file");
        std::fs::write(file.path(), bytes).expect("written");
        let source = open(&SourceSpec::new(file.path().to_string_lossy()));
        match (source.and_then(|source| Shown::of(&*source)), expected) {
            (Ok(shown), Ok(rows)) => assert_eq!(shown.text(), rows),
            (Err(error), Err(expected)) => assert!(error.to_string().contains(expected), "{error}"),
            (found, _) => panic!("{found:?}"),
        }
    }

    #[test]
    fn packed_text_is_read() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(b"a,b\n1,x\n").expect("packed");
        let gzip = gzip.finish().expect("packed");
        check(".csv.gz", &gzip, Ok("1|x"));
        check(".csv.gz", &[&gzip[..], &gzip[..]].concat(), Ok("1|x a|b 1|x"));
        check(".csv.gz", &gzip[..gzip.len() - 6], Err("it cannot be unpacked as gzip"));
        check(".csv.gz", b"a,b\n1,x\n", Err("it cannot be unpacked as gzip"));
        let zstd = zstd::encode_all(&b"a,b\n1,x\n"[..], 1).expect("packed");
        check(".csv.zst", &zstd, Ok("1|x"));
        check(".tsv.zst", &zstd[..zstd.len() - 3], Err("it cannot be unpacked as zstd"));
    }
}
