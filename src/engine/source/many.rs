//! Several files of one schema read as one dataset, with the columns that their folders give.

use super::files::DataFile;
use super::hive::Partition;
use super::input::{Input, sha256_of};
use super::piece::batch;
use super::{Piece, Source};
use crate::engine::tally::Tally;
use crate::metric::{Column, Identity, Schema, Unmeasured};

use super::kind_of;
use std::sync::Arc;

/// A set of files.
pub(super) struct Many {
    path: String,
    files: Vec<File>,
    partitions: Vec<Partition>,
    schema: Schema,
    /// How many parts stand before each file.
    before: Vec<usize>,
    warnings: Vec<String>,
}

struct File {
    relative: String,
    input: Arc<Input>,
    source: Box<dyn Source>,
}

/// What is known of a set of files before it is read as one.
pub(super) struct Parts {
    pub path: String,
    pub files: Vec<DataFile>,
    pub inputs: Vec<Arc<Input>>,
    pub sources: Vec<Box<dyn Source>>,
    pub partitions: Vec<Partition>,
    pub warnings: Vec<String>,
}

impl Many {
    /// Puts files together that have the same columns.
    pub fn new(parts: Parts) -> Result<Self, Unmeasured> {
        let Parts { path, files, inputs, sources, partitions, warnings } = parts;
        let files = files.into_iter().zip(inputs).zip(sources);
        let files: Vec<File> = files
            .map(|((file, input), source)| File { relative: file.relative, input, source })
            .collect();
        let schema = schema(&path, &files, &partitions)?;
        let mut before = vec![0];
        for file in &files {
            before.push(before.last().copied().unwrap_or(0) + file.source.parts());
        }
        Ok(Many { path, files, partitions, schema, before, warnings })
    }

    fn complete(&self, file: usize, columns: &[String], piece: Piece) -> Result<Piece, Unmeasured> {
        let rows = piece.record.num_rows();
        let input = &self.files[file].input;
        let (mut own, mut unread) = (piece.record.columns().iter(), piece.unread);
        let mut arrays = Vec::with_capacity(columns.len());
        for name in columns {
            match self.partition(name) {
                Some(partition) => {
                    let (values, texts) = partition.repeated(file, rows, input)?;
                    unread.extend(texts.map(|texts| (name.clone(), texts)));
                    arrays.push((name.clone(), values));
                }
                None => {
                    arrays.extend(own.next().map(|values| (name.clone(), values.clone())));
                }
            }
        }
        let record = batch(arrays, rows).map_err(|error| input.fault(error))?;
        Ok(Piece { record, unread })
    }

    fn file_of(&self, part: usize) -> usize {
        self.before.partition_point(|before| *before <= part) - 1
    }

    fn partition(&self, name: &str) -> Option<&Partition> {
        self.partitions.iter().find(|partition| partition.name == name)
    }
}

impl Source for Many {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn parts(&self) -> usize {
        self.before.last().copied().unwrap_or(0)
    }

    fn read(
        &self,
        part: usize,
        columns: &[String],
        each: &mut dyn FnMut(Piece) -> Result<(), Unmeasured>,
    ) -> Result<(), Unmeasured> {
        let file = self.file_of(part);
        let own = columns.iter().filter(|name| self.partition(name).is_none());
        let own: Vec<String> = own.cloned().collect();
        let source = &self.files[file].source;
        source.read(part - self.before[file], &own, &mut |piece| {
            each(self.complete(file, columns, piece)?)
        })
    }

    fn has_tally(&self, column: &str) -> bool {
        let is_in_files = self.partition(column).is_none();
        is_in_files && self.files.iter().all(|file| file.source.has_tally(column))
    }

    fn tally(
        &self,
        part: usize,
        column: &str,
        each: &mut dyn FnMut(Tally) -> Result<(), Unmeasured>,
    ) -> Result<u64, Unmeasured> {
        let file = self.file_of(part);
        self.files[file].source.tally(part - self.before[file], column, each)
    }

    fn reading_bytes(&self) -> u64 {
        let files = self.files.iter().map(|file| file.source.reading_bytes());
        files.max().unwrap_or(0)
    }

    fn identity(&self) -> Result<Identity, Unmeasured> {
        let mut whole = Identity {
            path: self.path.clone(),
            rows: self.schema.rows,
            columns: self.schema.columns.len() as u64,
            warnings: self.warnings.clone(),
            ..Identity::default()
        };
        let (mut list, mut hashed) = (String::new(), true);
        for file in &self.files {
            let one = file.source.identity()?;
            hashed &= !one.sha256.is_empty();
            list.push_str(&format!("{} {}\n", file.relative, one.sha256));
            whole.format = one.format;
            whole.bytes += one.bytes;
            whole.modified = whole.modified.max(one.modified);
            let warnings = one.warnings.into_iter();
            whole.warnings.extend(warnings.map(|text| format!("`{}`: {text}", file.relative)));
        }
        if hashed {
            whole.sha256 = sha256_of(&list);
        }
        Ok(whole)
    }
}

fn schema(path: &str, files: &[File], partitions: &[Partition]) -> Result<Schema, Unmeasured> {
    let fault = |reason: String| Unmeasured::Unreadable(format!("`{path}`: {reason}"));
    let Some(first) = files.first() else { return Err(fault("no files".into())) };
    for file in files {
        if let Some(what) = difference(first.source.schema(), file.source.schema()) {
            let (here, there) = (&first.relative, &file.relative);
            return Err(fault(format!(
                "`{here}` and `{there}` do not have the same columns: {what}"
            )));
        }
    }
    let mut schema = first.source.schema().clone();
    schema.rows = files.iter().map(|file| file.source.schema().rows).sum();
    for partition in partitions {
        if schema.column(&partition.name).is_some() {
            let name = &partition.name;
            return Err(fault(format!(
                "column `{name}` stands in the files and in the folders' names"
            )));
        }
        let (name, kind) = (partition.name.clone(), kind_of(&partition.kind));
        schema.columns.push(Column { name, kind });
    }
    Ok(schema)
}

fn difference(here: &Schema, there: &Schema) -> Option<String> {
    let names = |schema: &Schema| schema.names().map(str::to_owned).collect::<Vec<_>>();
    let (left, right) = (names(here), names(there));
    if left != right {
        return Some(different_names(&left, &right));
    }
    let mut columns = here.columns.iter().zip(&there.columns);
    let (left, right) = columns.find(|(left, right)| left.kind != right.kind)?;
    Some(format!("`{}` is {} in the first, {} in the other", left.name, left.kind, right.kind))
}

/// Says how two lists of names differ.
pub(super) fn different_names(here: &[String], there: &[String]) -> String {
    if let Some(name) = here.iter().find(|name| !there.contains(name)) {
        return format!("only the first has `{name}`");
    }
    if let Some(name) = there.iter().find(|name| !here.contains(name)) {
        return format!("only the other has `{name}`");
    }
    match here.iter().zip(there).find(|(left, right)| left != right) {
        Some((left, right)) => {
            format!("`{left}` stands in the first where the other has `{right}`")
        }
        None => "a name is repeated in one of them".into(),
    }
}
