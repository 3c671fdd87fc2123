//! Random tables of many types, in every form of file.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

/// Numbers that look random, the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) % limit
    }
}

/// A table with few values, so that ties, nulls and duplicates are common.
pub struct Table {
    id: Vec<i64>,
    whole: Vec<Option<i64>>,
    level: Vec<Option<f64>>,
    word: Vec<Option<&'static str>>,
    day: Vec<Option<i32>>,
    flag: Vec<Option<bool>>,
}

impl Table {
    pub fn random(seed: u64) -> Table {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) + 1);
        let n_rows = 5 + random.below(40) as usize;
        let nulls = random.below(4);
        let words = ["a", "b", "ab", "abc", "", "\u{e9}t\u{e9}", "say \"x, y\""];
        let mut rows = Table {
            id: Vec::new(),
            whole: Vec::new(),
            level: Vec::new(),
            word: Vec::new(),
            day: Vec::new(),
            flag: Vec::new(),
        };
        for row in 0..n_rows {
            let mut is_there = || random.below(12) >= nulls;
            let there = [is_there(), is_there(), is_there(), is_there(), is_there()];
            let level = match random.below(20) {
                0 => f64::NAN,
                1 => -0.0,
                _ => random.below(600) as f64 / 100.0 - 3.0,
            };
            rows.id.push(if random.below(30) == 0 { 0 } else { row as i64 });
            rows.whole.push(there[0].then(|| random.below(9) as i64 - 3));
            rows.level.push(there[1].then_some(level));
            rows.word.push(there[2].then(|| words[random.below(words.len() as u64) as usize]));
            rows.day.push(there[3].then(|| 19_000 + random.below(40) as i32));
            rows.flag.push(there[4].then(|| random.below(2) == 0));
        }
        rows
    }

    /// A row that keeps every rule of `ROWS`.
    pub fn with_a_good_row(mut self) -> Table {
        self.id.push(999);
        self.whole.push(Some(1));
        self.level.push(Some(0.5));
        self.word.push(Some("bb"));
        self.day.push(Some(19_010));
        self.flag.push(Some(true));
        self
    }

    pub fn permuted(mut self, seed: u64) -> Table {
        let mut random = Random(seed + 77);
        for last in (1..self.id.len()).rev() {
            let other = random.below(last as u64 + 1) as usize;
            self.id.swap(last, other);
            self.whole.swap(last, other);
            self.level.swap(last, other);
            self.word.swap(last, other);
            self.day.swap(last, other);
            self.flag.swap(last, other);
        }
        self
    }

    fn record(&self) -> RecordBatch {
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("id", Arc::new(Int64Array::from(self.id.clone()))),
            ("whole", Arc::new(Int64Array::from(self.whole.clone()))),
            ("level", Arc::new(Float64Array::from(self.level.clone()))),
            ("word", Arc::new(StringArray::from(self.word.clone()))),
            ("day", Arc::new(Date32Array::from(self.day.clone()))),
            ("flag", Arc::new(BooleanArray::from(self.flag.clone()))),
        ];
        RecordBatch::try_from_iter_with_nullable(
            columns.into_iter().map(|(name, array)| (name, array, true)),
        )
        .expect("a table")
    }

    pub fn parquet(&self, path: &Path, codec: Compression, group_rows: usize) {
        let properties = WriterProperties::builder()
            .set_compression(codec)
            .set_max_row_group_row_count(Some(group_rows))
            .build();
        let record = self.record();
        let file = File::create(path).expect("a file");
        let writer = ArrowWriter::try_new(file, record.schema(), Some(properties));
        let mut writer = writer.expect("a writer");
        writer.write(&record).expect("written");
        writer.close().expect("closed");
    }

    pub fn ipc(&self, path: &Path) {
        let record = self.record();
        let file = File::create(path).expect("a file");
        let mut writer =
            arrow::ipc::writer::FileWriter::try_new(file, &record.schema()).expect("a writer");
        writer.write(&record).expect("written");
        writer.finish().expect("finished");
    }

    pub fn csv(&self, path: &Path) {
        fn text<T>(cell: Option<T>, shown: impl Fn(T) -> String) -> String {
            cell.map(shown).unwrap_or_default()
        }
        let quoted = |word: &str| format!("\"{}\"", word.replace('"', "\"\""));
        let mut lines = vec!["id,whole,level,word,day,flag".to_owned()];
        for row in 0..self.id.len() {
            let epoch = chrono::NaiveDate::from_ymd_opt(1970, 1, 1).expect("a day");
            let day = |days: i32| (epoch + chrono::Days::new(days as u64)).to_string();
            let cells = [
                self.id[row].to_string(),
                text(self.whole[row], |whole| whole.to_string()),
                text(self.level[row], |level| level.to_string()),
                text(self.word[row], quoted),
                text(self.day[row], day),
                text(self.flag[row], |flag| flag.to_string()),
            ];
            lines.push(cells.join(","));
        }
        fs::write(path, lines.join("\n") + "\n").expect("written");
    }
}
