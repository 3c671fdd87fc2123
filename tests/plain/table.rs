//! Random tables of plain vectors, the same on every machine.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, Int64Builder, ListBuilder,
    RecordBatch, StringArray,
};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;

/// Steele, Lea and Flood's splitmix64.
pub struct Dice(pub u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.roll() % n as u64) as usize
    }

    pub fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// A table; every column has few values, so that ties and repetitions are common.
#[derive(Clone, Debug, Default)]
pub struct Table {
    pub n: Vec<Option<i64>>,
    pub m: Vec<Option<i64>>,
    pub f: Vec<Option<f64>>,
    pub g: Vec<Option<f64>>,
    pub t: Vec<Option<String>>,
    pub u: Vec<Option<String>>,
    pub code: Vec<Option<String>>,
    pub d: Vec<Option<i32>>,
    pub keep: Vec<Option<bool>>,
    pub list: Vec<Option<Vec<Option<i64>>>>,
}

/// Whole texts, among those of random letters.
const TEXTS: [&str; 20] = [
    "",
    " ",
    "abc",
    "new_york",
    "NEW_YORK",
    "new-york",
    "newYork",
    "NewYork",
    "New York",
    "O'Neil",
    "NYC",
    "\u{e9}t\u{e9}",
    "\u{c9}T\u{c9}",
    "100%",
    "a%b",
    "a_b",
    "stra\u{df}e",
    "ab\n",
    "\u{a0}a",
    "Jean-luc",
];

/// Letters of random texts.
const LETTERS: [&str; 14] =
    ["a", "b", "A", "B", "\u{e9}", "\u{c9}", "\u{df}", " ", "_", "-", "1", "\n", "'", "~"];

/// Texts of one form or another, some of which are then spoiled.
const CODES: [&str; 30] = [
    "123e4567-e89b-12d3-a456-426614174000",
    "192.168.0.1",
    "255.255.255.255",
    "2024-02-29",
    "2023-02-29",
    "23:59:59",
    "24:00:00",
    "12:30:00.5",
    "42",
    "-7",
    "+1",
    "1.5e3",
    "0.5",
    "cafe",
    "CAFE01",
    "a-slug-2",
    "4111111111111111",
    "2049-3630",
    "0317-847X",
    "00:1b:44:11:3a:b7",
    "+4915112345678",
    "4006381333931",
    "96385074",
    "{\"a\": 1}",
    "{\"a\": \"x\"}",
    "{\"a\": 2.0, \"b\": 1}",
    "[1, 2]",
    "29.02.2024 07:05",
    "31.04.2024 07:05",
    "1.2.2024 7:05",
];

impl Table {
    pub fn random(seed: u64) -> Table {
        let dice = &mut Dice(seed);
        let n_rows = dice.of(&[1, 2, 7, 20, 60]);
        let rarity = dice.of(&[2, 4, 9, 1_000]);
        let mut table = Table::default();
        for _ in 0..n_rows {
            let mut there = || dice.below(rarity) != 0;
            let there: [bool; 10] = std::array::from_fn(|_| there());
            table.n.push(there[0].then(|| dice.of(&[-3, -1, 0, 1, 1, 2, 3, 4, 100])));
            table.m.push(there[1].then(|| dice.of(&[-2, 0, 1, 2, 3, 4, 5])));
            table.f.push(there[2].then(|| float(dice)));
            table.g.push(there[3].then(|| float(dice)));
            table.t.push(there[4].then(|| text(dice)));
            table.u.push(there[5].then(|| dice.of(&["a", "b", "A", "\u{e9}"]).to_owned()));
            table.code.push(there[6].then(|| code(dice)));
            table.d.push(there[7].then(|| 19_780 + dice.below(20) as i32));
            table.keep.push(there[8].then(|| dice.below(3) != 0));
            table.list.push(there[9].then(|| list(dice)));
        }
        table
    }

    pub fn n_rows(&self) -> usize {
        self.n.len()
    }

    /// The table of some of the rows.
    pub fn of_rows(&self, rows: &[usize]) -> Table {
        fn some<T: Clone>(cells: &[T], rows: &[usize]) -> Vec<T> {
            rows.iter().map(|row| cells[*row].clone()).collect()
        }
        Table {
            n: some(&self.n, rows),
            m: some(&self.m, rows),
            f: some(&self.f, rows),
            g: some(&self.g, rows),
            t: some(&self.t, rows),
            u: some(&self.u, rows),
            code: some(&self.code, rows),
            d: some(&self.d, rows),
            keep: some(&self.keep, rows),
            list: some(&self.list, rows),
        }
    }

    pub fn write(&self, path: &Path, group_rows: usize) {
        let mut lists = ListBuilder::new(Int64Builder::new());
        for list in &self.list {
            list.iter().flatten().for_each(|item| lists.values().append_option(*item));
            lists.append(list.is_some());
        }
        let columns: [(&str, ArrayRef); 10] = [
            ("n", Arc::new(Int64Array::from(self.n.clone()))),
            ("m", Arc::new(Int64Array::from(self.m.clone()))),
            ("f", Arc::new(Float64Array::from(self.f.clone()))),
            ("g", Arc::new(Float64Array::from(self.g.clone()))),
            ("t", Arc::new(StringArray::from(self.t.clone()))),
            ("u", Arc::new(StringArray::from(self.u.clone()))),
            ("code", Arc::new(StringArray::from(self.code.clone()))),
            ("d", Arc::new(Date32Array::from(self.d.clone()))),
            ("keep", Arc::new(BooleanArray::from(self.keep.clone()))),
            ("list", Arc::new(lists.finish())),
        ];
        let columns = columns.into_iter().map(|(name, array)| (name, array, true));
        let record = RecordBatch::try_from_iter_with_nullable(columns).expect("a table");
        let properties =
            WriterProperties::builder().set_max_row_group_row_count(Some(group_rows)).build();
        let file = File::create(path).expect("a file");
        let mut writer =
            ArrowWriter::try_new(file, record.schema(), Some(properties)).expect("a writer");
        writer.write(&record).expect("written");
        writer.close().expect("closed");
    }
}

/// A multiple of a quarter, so that sums are exact; seldom something else.
fn float(dice: &mut Dice) -> f64 {
    match dice.below(12) {
        0 => f64::NAN,
        1 => -0.0,
        2 => dice.of(&[f64::INFINITY, f64::NEG_INFINITY]),
        _ => dice.below(12) as f64 / 4.0 - 1.0,
    }
}

fn text(dice: &mut Dice) -> String {
    if dice.below(2) == 0 {
        return dice.of(&TEXTS).to_owned();
    }
    let length = dice.below(6);
    (0..length).map(|_| dice.of(&LETTERS)).collect()
}

fn code(dice: &mut Dice) -> String {
    let mut letters: Vec<char> = dice.of(&CODES).chars().collect();
    let at = dice.below(letters.len());
    match dice.below(6) {
        0 => letters[at] = dice.of(&['0', '9', 'a', 'G', ':', '-', '.', ' ']),
        1 => letters.insert(at, dice.of(&['0', '1', 'f', '-'])),
        2 => drop(letters.remove(at)),
        _ => {}
    }
    letters.into_iter().collect()
}

fn list(dice: &mut Dice) -> Vec<Option<i64>> {
    let length = dice.below(4);
    (0..length).map(|_| (dice.below(8) != 0).then(|| dice.of(&[0, 1, 2, 5, 9]))).collect()
}
