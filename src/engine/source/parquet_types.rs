//! In which form a row group's texts are read: by number where the file has them by number.
//!
//! A column chunk of which every page refers to one small dictionary is read as keys and words, so
//! that what is asked of its texts is asked of the words. All other text is read as views, which
//! copy no bytes of long ones. What a suite sees is the same.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema as ArrowSchema, SchemaRef};
use parquet::basic::Encoding;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};

/// A dictionary of more bytes, as it is stored, has about as many words as a batch has rows.
const DICTIONARY_BYTES: i64 = 1 << 16;

/// The Arrow schema by which some row groups are best read.
pub(super) fn schema(known: &SchemaRef, metadata: &ParquetMetaData, groups: &[usize]) -> SchemaRef {
    let parquet = metadata.file_metadata().schema_descr();
    let mut fields: Vec<Arc<Field>> = known.fields().iter().cloned().collect();
    for leaf in 0..parquet.num_columns() {
        let root = parquet.get_column_root_idx(leaf);
        let Some(field) = fields.get_mut(root) else { continue };
        let Some(plain) = text(field.data_type()) else { continue };
        // A batch never spans two row groups, and so two dictionaries, if there is only one.
        let by_number = match groups {
            [group] => is_by_number(metadata.row_group(*group).column(leaf)),
            _ => false,
        };
        let kind = match by_number {
            true => DataType::Dictionary(DataType::UInt32.into(), plain.into()),
            false => DataType::Utf8View,
        };
        *field = Arc::new(field.as_ref().clone().with_data_type(kind));
    }
    Arc::new(ArrowSchema::new_with_metadata(fields, known.metadata().clone()))
}

/// The type of the words, where a column is text.
pub(super) fn text(kind: &DataType) -> Option<DataType> {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 => Some(kind.clone()),
        DataType::Utf8View => Some(DataType::Utf8),
        DataType::Dictionary(_, words) if !matches!(**words, DataType::Dictionary(..)) => {
            text(words)
        }
        _ => None,
    }
}

pub(super) fn is_by_number(chunk: &ColumnChunkMetaData) -> bool {
    let Some(dictionary) = chunk.dictionary_page_offset() else { return false };
    let size = chunk.data_page_offset() - dictionary;
    let by_number = match chunk.page_encoding_stats_mask() {
        Some(pages) => {
            pages.is_only(Encoding::RLE_DICTIONARY) || pages.is_only(Encoding::PLAIN_DICTIONARY)
        }
        // Old writers give dictionaries an encoding of their own, so that plain pages stand out.
        None => {
            let all = chunk.encodings_mask();
            all.is_set(Encoding::PLAIN_DICTIONARY) && !all.is_set(Encoding::PLAIN)
        }
    };
    by_number && (0..DICTIONARY_BYTES).contains(&size)
}
