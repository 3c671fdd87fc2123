//! Columns that stand in the names of folders: `year=2024/month=01/part.parquet`.
//!
//! Their types are inferred over all values of all files, as those of a CSV column are.

use arrow::array::{Array, ArrayRef, StringArray, UInt32Array};
use arrow::compute::take;
use arrow::datatypes::DataType;

use super::cells::{self, Evidence};
use super::files::DataFile;
use super::{Declared, Input};
use crate::metric::Unmeasured;

/// Names and values that the folders of one file give; a null is `None`.
pub(super) type Keys = Vec<(String, Option<String>)>;

const NULL: &str = "__HIVE_DEFAULT_PARTITION__";

/// The keys in a list of folder names; folders without `=` are only folders.
pub(super) fn keys(folders: &[&str]) -> Result<Keys, String> {
    let mut keys = Keys::new();
    for folder in folders {
        let Some((name, value)) = folder.split_once('=') else { continue };
        let name = decode(name).ok_or_else(|| broken(folder))?;
        if keys.iter().any(|(other, _)| *other == name) {
            return Err(format!("the folders name `{name}` twice"));
        }
        let value = if value == NULL { None } else { Some(value) };
        let value = value.map(|value| decode(value).ok_or_else(|| broken(folder))).transpose()?;
        keys.push((name, value));
    }
    Ok(keys)
}

/// Checks that all files are partitioned by the same columns.
pub(super) fn same_keys(files: &[DataFile]) -> Result<(), String> {
    let Some(first) = files.first() else { return Ok(()) };
    let names = |file: &DataFile| -> Vec<String> {
        file.keys.iter().map(|(name, _)| name.clone()).collect()
    };
    match files.iter().find(|file| names(file) != names(first)) {
        Some(other) => Err(format!(
            "`{}` and `{}` do not have the same folders of the form `name=value`",
            first.relative, other.relative
        )),
        None => Ok(()),
    }
}

/// A partition column: one value for each file.
#[derive(Debug)]
pub(super) struct Partition {
    pub name: String,
    pub kind: DataType,
    values: ArrayRef,
    unread: Option<StringArray>,
}

impl Partition {
    /// The partition columns of a set of files.
    pub fn all(files: &[DataFile], declared: &Declared) -> Result<Vec<Self>, Unmeasured> {
        let Some(first) = files.first() else { return Ok(Vec::new()) };
        let columns = first.keys.iter().enumerate();
        columns.map(|(index, (name, _))| Self::one(index, name, files, declared)).collect()
    }

    fn one(
        index: usize,
        name: &str,
        files: &[DataFile],
        declared: &Declared,
    ) -> Result<Self, Unmeasured> {
        let texts: Vec<Option<&str>> =
            files.iter().map(|file| file.keys[index].1.as_deref()).collect();
        let mut evidence = Evidence::default();
        texts.iter().flatten().for_each(|text| evidence.see(text.as_bytes()));
        let kind = cells::kind(name, declared.of(name).as_ref(), &evidence)?;
        let kind = match kind {
            DataType::Float64 if declared.of(name).is_none() => DataType::Utf8,
            DataType::Boolean if declared.of(name).is_none() => DataType::Utf8,
            kind => kind,
        };
        let built = cells::build(&kind, texts.into_iter());
        Ok(Partition { name: name.into(), kind, values: built.values, unread: built.unread })
    }

    /// The value of one file, as often as it has rows, and the text of it if it does not read.
    pub fn repeated(
        &self,
        file: usize,
        rows: usize,
        input: &Input,
    ) -> Result<(ArrayRef, Option<StringArray>), Unmeasured> {
        let index = u32::try_from(file).map_err(|_| input.fault("too many files"))?;
        let indices = UInt32Array::from(vec![index; rows]);
        let values = take(&self.values, &indices, None).map_err(|error| input.fault(error))?;
        let unread = self.unread.as_ref().filter(|_| rows > 0).map(|texts| {
            let text = texts.is_valid(file).then(|| texts.value(file));
            StringArray::from(vec![text; rows])
        });
        Ok((values, unread))
    }
}

fn broken(folder: &str) -> String {
    format!("the folder name `{folder}` is not percent-encoded UTF-8")
}

/// Replaces `%41` by `A`; a percent sign without two digits stands for itself.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let digit = |at: usize| tail.get(at).and_then(|byte| (*byte as char).to_digit(16));
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).ok()
}
