//! From a path to a source.

use std::path::Path;
use std::sync::Arc;

use super::csv;
use super::encoded;
use super::files::{self, Found};
use super::format::Format;
use super::hive::Partition;
use super::input::Input;
use super::ipc::{ArrowSource, StreamSource};
use super::many::{Many, Parts};
use super::ndjson;
use super::parquet::ParquetSource;
use super::parquet_footers::Footers;
use super::{Absent, Declared, Source};
use crate::metric::{Encoding, Unmeasured};

/// What to read.
#[derive(Clone, Debug, Default)]
pub struct SourceSpec {
    /// A file, a pattern such as `data/part-*.parquet`, or a folder.
    pub path: String,
    /// Types for the columns of text files.
    pub declared: Declared,
    /// Texts in text files that stand for a missing value.
    pub absent: Absent,
    /// How the bytes of text files are characters.
    pub encoding: Encoding,
    /// Leaves the hash of the bytes out of the identity, where nobody is told.
    pub unhashed: bool,
}

impl SourceSpec {
    /// A path, with nothing declared about it.
    pub fn new(path: impl Into<String>) -> Self {
        SourceSpec { path: path.into(), ..SourceSpec::default() }
    }
}

/// Opens the files of a dataset, once; reads what is needed to know the schema.
pub fn open(spec: &SourceSpec) -> Result<Box<dyn Source>, Unmeasured> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    open_with_threads(spec, threads)
}

/// As [`open`], with at most so many threads to find out the types of text columns.
pub fn open_with_threads(spec: &SourceSpec, threads: usize) -> Result<Box<dyn Source>, Unmeasured> {
    let Found { files, warnings } = files::find(&spec.path)?;
    let mut inputs = Vec::with_capacity(files.len());
    let mut format = None;
    for file in &files {
        let (found, input) = Format::of(&file.path, input(spec, &file.path)?)?;
        let expected = *format.get_or_insert(found);
        if found != expected {
            let (found, expected) = (found.name(), expected.name());
            return Err(input.fault(format_args!(
                "it is {found}, but the files before it are {expected}; \
                 name those to read by a pattern"
            )));
        }
        inputs.push(match found.is_text() {
            true => encoded::as_utf8(&input, spec.encoding)?,
            false => input,
        });
    }
    let Some(format) = format else {
        return Err(Unmeasured::Unreadable(format!("`{}`: no data files", spec.path)));
    };
    let mut sources = sources(&inputs, format, spec, threads)?;
    let partitions = Partition::all(&files, &spec.declared)?;
    if sources.len() == 1 && partitions.is_empty() && warnings.is_empty() {
        return sources.pop().ok_or_else(|| Unmeasured::Unreadable("no data files".into()));
    }
    let path = spec.path.clone();
    Ok(Box::new(Many::new(Parts { path, files, inputs, sources, partitions, warnings })?))
}

fn input(spec: &SourceSpec, path: &Path) -> Result<Arc<Input>, Unmeasured> {
    if spec.unhashed { Input::open_unhashed(path) } else { Input::open(path) }
}

/// How text files are read.
pub(super) struct Options<'a> {
    pub format: Format,
    pub declared: &'a Declared,
    pub absent: &'a Absent,
    pub threads: usize,
}

fn sources(
    inputs: &[Arc<Input>],
    format: Format,
    spec: &SourceSpec,
    threads: usize,
) -> Result<Vec<Box<dyn Source>>, Unmeasured> {
    let options = Options { format, declared: &spec.declared, absent: &spec.absent, threads };
    match format {
        Format::Csv | Format::Tsv => csv::open(inputs, &options),
        Format::Parquet => parquet(inputs),
        Format::Arrow => each(inputs, |input| Ok(Box::new(ArrowSource::open(input)?))),
        Format::ArrowStream => each(inputs, |input| Ok(Box::new(StreamSource::open(input)?))),
        Format::Ndjson => ndjson::open(inputs, &options),
    }
}

fn parquet(inputs: &[Arc<Input>]) -> Result<Vec<Box<dyn Source>>, Unmeasured> {
    let footers = Arc::new(Footers::default());
    let open = |(number, input): (usize, &Arc<Input>)| {
        let source = ParquetSource::open(input.clone(), footers.clone(), number)?;
        Ok(Box::new(source) as Box<dyn Source>)
    };
    inputs.iter().enumerate().map(open).collect()
}

fn each(
    inputs: &[Arc<Input>],
    open: impl Fn(Arc<Input>) -> Result<Box<dyn Source>, Unmeasured>,
) -> Result<Vec<Box<dyn Source>>, Unmeasured> {
    inputs.iter().map(|input| open(input.clone())).collect()
}
