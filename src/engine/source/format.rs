//! Which format a file has: by its extension, checked against its first bytes.

use std::path::Path;
use std::sync::Arc;

use super::input::Input;
use super::packed::Packing;
use crate::metric::Unmeasured;

/// A file format that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Parquet,
    Csv,
    Tsv,
    Ndjson,
    Arrow,
    ArrowStream,
}

const EXTENSIONS: &[(&str, Format)] = &[
    ("parquet", Format::Parquet),
    ("pq", Format::Parquet),
    ("csv", Format::Csv),
    ("tsv", Format::Tsv),
    ("tab", Format::Tsv),
    ("ndjson", Format::Ndjson),
    ("jsonl", Format::Ndjson),
    ("arrow", Format::Arrow),
    ("feather", Format::Arrow),
    ("ipc", Format::Arrow),
    ("arrows", Format::ArrowStream),
];

/// Extensions of files that people try, and what to do about them.
const REFUSED: &[(&str, &str)] = &[
    ("bz2", "decompress it first"),
    ("xz", "decompress it first"),
    ("zip", "unpack it first"),
    ("xlsx", "save the sheet as csv"),
    ("xls", "save the sheet as csv"),
    ("json", "write one object on each line, as .ndjson"),
    ("orc", "write it as parquet"),
    ("avro", "write it as parquet"),
];

/// First bytes that give a format away.
const MAGIC: &[(&[u8], &str)] = &[
    (b"PAR1", "parquet"),
    (b"PARE", "encrypted parquet"),
    (b"ARROW1", "arrow"),
    (b"FEA1", "feather version 1"),
    (&[0xff, 0xff, 0xff, 0xff], "arrow stream"),
    (&[0x1f, 0x8b], "gzip"),
    (&[0x28, 0xb5, 0x2f, 0xfd], "zstd"),
    (b"PK\x03\x04", "zip"),
    (b"SQLite format 3", "sqlite"),
    (b"ORC", "orc"),
    (b"Obj\x01", "avro"),
];

impl Format {
    /// The format that a file's name promises.
    pub fn of_name(path: &Path) -> Option<Self> {
        if Packing::of_name(path).is_some() {
            let inner = Format::of_name(Path::new(path.file_stem()?))?;
            return inner.is_text().then_some(inner);
        }
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        EXTENSIONS.iter().find(|(name, _)| *name == extension).map(|(_, format)| *format)
    }

    /// Whether its files are text.
    pub fn is_text(self) -> bool {
        matches!(self, Format::Csv | Format::Tsv | Format::Ndjson)
    }

    /// The name that reports show.
    pub fn name(self) -> &'static str {
        match self {
            Format::Parquet => "parquet",
            Format::Csv => "csv",
            Format::Tsv => "tsv",
            Format::Ndjson => "ndjson",
            Format::Arrow => "arrow",
            Format::ArrowStream => "arrow stream",
        }
    }

    /// The format of a file, where name and content agree; unpacks it if it is packed.
    pub fn of(path: &Path, input: Arc<Input>) -> Result<(Self, Arc<Input>), Unmeasured> {
        match (Packing::of_name(path), Format::of_name(path)) {
            (Some(packing), Some(_)) => {
                let input = packing.unpack(&input)?;
                Ok((Format::of_content(path, &input)?, input))
            }
            _ => Ok((Format::of_content(path, &input)?, input)),
        }
    }

    fn of_content(path: &Path, input: &Input) -> Result<Self, Unmeasured> {
        let head = input.head(16)?;
        let magic = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, name)| *name);
        let Some(promised) = Format::of_name(path) else {
            return Err(input.fault(unknown(path, magic)));
        };
        match (promised, magic) {
            (Format::Parquet, Some("parquet")) => Ok(Format::Parquet),
            (Format::Parquet, Some("encrypted parquet")) => {
                Err(input.fault("it is encrypted; decrypt it first"))
            }
            // A stream is often saved under the name of a file, and the other way round.
            (Format::Arrow | Format::ArrowStream, Some("arrow")) => Ok(Format::Arrow),
            (Format::Arrow | Format::ArrowStream, Some("arrow stream")) => Ok(Format::ArrowStream),
            (Format::Csv | Format::Tsv | Format::Ndjson, None) => Ok(promised),
            (_, Some(found)) => Err(input.fault(format!(
                "its content is {found}, not {}; give it the name that it is",
                promised.name()
            ))),
            (_, None) => Err(input.fault(format!("its content is not {}", promised.name()))),
        }
    }
}

fn unknown(path: &Path, magic: Option<&str>) -> String {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    let extension = extension.unwrap_or_default();
    if Packing::of_name(path).is_some() {
        return format!("`.{extension}` holds no csv, tsv or ndjson by its name; unpack it first");
    }
    if let Some((_, mend)) = REFUSED.iter().find(|(name, _)| *name == extension) {
        return format!("`.{extension}` cannot be read; {mend}");
    }
    let content = magic.map(|name| format!("its content looks like {name}, but "));
    let known: Vec<String> = EXTENSIONS.iter().map(|(name, _)| format!(".{name}")).collect();
    format!(
        "{}its name has none of the known extensions: {}",
        content.unwrap_or_default(),
        known.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, content: &[u8], expected: Result<Format, &str>) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join(name);
        std::fs::write(&path, content).expect("written");
        let input = Input::open(&path).expect("opened");
        match (Format::of(&path, input), expected) {
            (Ok((format, _)), Ok(expected)) => assert_eq!(format, expected),
            (Err(error), Err(expected)) => {
                assert!(error.to_string().contains(expected), "{error}");
            }
            (found, _) => panic!("{name}: {found:?}"),
        }
    }

    #[test]
    fn name_and_content_must_agree() {
        check("a.csv", b"a,b\n", Ok(Format::Csv));
        check("a.CSV", b"a,b\n", Ok(Format::Csv));
        check("a.feather", b"ARROW1\0\0", Ok(Format::Arrow));
        check("a.arrow", b"\xff\xff\xff\xff\0\0", Ok(Format::ArrowStream));
        check("a.csv", b"PAR1\x15\x04", Err("its content is parquet, not csv"));
        check("a.csv", b"\x1f\x8b\x08", Err("its content is gzip, not csv"));
        check("a.parquet", b"a,b\n", Err("its content is not parquet"));
        check("a.csv.bz2", b"BZh", Err("`.bz2` cannot be read; decompress it first"));
        check("a.parquet.gz", b"\x1f\x8b\x08", Err("`.gz` holds no csv, tsv or ndjson"));
        check("a.json", b"[]", Err("one object on each line"));
        check("a", b"PAR1", Err("looks like parquet, but its name has none"));
    }
}
