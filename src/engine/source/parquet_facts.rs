//! What a parquet footer says of a column, summed over the row groups.

use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::file::statistics::Statistics;

use super::super::footer::Facts;

/// The facts of a column that is no nested one and whose name stands once.
pub(super) fn facts(metadata: &ParquetMetaData, column: &str) -> Facts {
    let schema = metadata.file_metadata().schema_descr();
    let mut leaves = (0..schema.num_columns()).filter(|leaf| {
        schema.column(*leaf).path().parts().first().is_some_and(|root| root == column)
    });
    let (Some(leaf), None) = (leaves.next(), leaves.next()) else { return Facts::default() };
    let chunks = || metadata.row_groups().iter().map(move |group| group.column(leaf));
    let stored = chunks().map(|chunk| u64::try_from(chunk.compressed_size()).ok()).sum();
    if schema.column(leaf).path().parts().len() > 1 || schema.column(leaf).max_rep_level() > 0 {
        return Facts { stored_bytes: stored, ..Facts::default() };
    }
    Facts { stored_bytes: stored, nulls: chunks().map(nulls).sum(), ends: ends(chunks()) }
}

/// A column chunk is read page by page: a page as it is stored, unpacked and decoded, beside the
/// dictionary. Common writers end pages and dictionaries at a mebibyte.
const CHUNK_BYTES: u64 = 3 << 20;

/// About what the columns of the largest row group hold while they are read.
pub(super) fn reading_bytes(metadata: &ParquetMetaData) -> u64 {
    let chunk = |chunk: &ColumnChunkMetaData| {
        u64::try_from(chunk.uncompressed_size()).unwrap_or(0).min(CHUNK_BYTES)
    };
    let groups = metadata.row_groups().iter();
    groups.map(|group| group.columns().iter().map(chunk).sum()).max().unwrap_or(0)
}

fn nulls(chunk: &ColumnChunkMetaData) -> Option<u64> {
    let nulls = chunk.statistics()?.null_count_opt()?;
    (nulls <= u64::try_from(chunk.num_values()).ok()?).then_some(nulls)
}

/// The ends of all chunks that have a value; `None` if one does not tell them.
fn ends<'a>(chunks: impl Iterator<Item = &'a ColumnChunkMetaData>) -> Option<(i64, i64)> {
    let mut all: Option<(i64, i64)> = None;
    for chunk in chunks {
        if nulls(chunk)? == u64::try_from(chunk.num_values()).ok()? {
            continue;
        }
        let (low, high) = integers(chunk.statistics()?)?;
        let (least, most) = all.unwrap_or((low, high));
        all = Some((least.min(low), most.max(high)));
    }
    all
}

fn integers(statistics: &Statistics) -> Option<(i64, i64)> {
    // Old writers compared some types as what they are not.
    if statistics.is_min_max_deprecated() {
        return None;
    }
    match statistics {
        Statistics::Int32(ends) => Some(((*ends.min_opt()?).into(), (*ends.max_opt()?).into())),
        Statistics::Int64(ends) => Some((*ends.min_opt()?, *ends.max_opt()?)),
        _ => None,
    }
}
