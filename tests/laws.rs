//! Laws that hold for many checks at once: what must change no verdict, and in which direction a
//! change may go. Over every documented example, and over random tables from fixed seeds.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
};
use parquet::arrow::ArrowWriter;
use parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::WriterProperties;
use serde_json::Value;

/// Checks that are about the order of rows, or about the file itself.
const ORDERED: [&str; 4] = ["increasing", "decreasing", "no_gaps", "file"];

/// Status, observed value and rows of each check, by id.
type Verdicts = BTreeMap<String, String>;

/// Runs a suite in a folder over some data.
fn verdicts(folder: &Path, suite: &str, data: &str, reference: Option<&str>) -> Verdicts {
    fs::write(folder.join("suite.yaml"), suite).expect("written");
    let mut words = vec!["suite.yaml", "--data", data, "--no-report", "--format", "json"];
    words.extend(reference.into_iter().flat_map(|path| ["--reference", path]));
    let output = Command::new(env!("CARGO_BIN_EXE_datacheck"))
        .args(&words)
        .current_dir(folder)
        .output()
        .expect("datacheck starts");
    let results: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| {
        panic!("no results of\n{suite}\n{}", String::from_utf8_lossy(&output.stderr))
    });
    let checks = results["checks"].as_array().expect("checks").iter();
    let verdict = |check: &Value| {
        let id = check["id"].as_str().expect("an id").to_owned();
        (id, format!("{} {} {}", check["status"], check["observed"], check["rows"]))
    };
    checks.map(verdict).collect()
}

fn status(verdicts: &Verdicts, id: &str) -> String {
    let verdict = verdicts.get(id).unwrap_or_else(|| panic!("no check {id}"));
    verdict.split(' ').next().expect("a status").trim_matches('"').to_owned()
}

/// Documented examples: the name of a check, a suite, its data, its reference.
fn examples() -> Vec<(String, String, String, Option<String>)> {
    let explain = |words: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_datacheck")).args(words).output();
        String::from_utf8(output.expect("datacheck starts").stdout).expect("text")
    };
    let overview = explain(&["explain"]);
    let names = overview.lines().take_while(|line| !line.is_empty());
    let mut found = Vec::new();
    for name in names.map(|line| line.split(' ').next().expect("a name")) {
        let page = explain(&["explain", name]);
        let blocks: Vec<&str> = page.split("```").skip(1).step_by(2).collect();
        for group in blocks.chunk_by(|_, next| !next.starts_with("yaml")) {
            let block = |kind: &str| {
                let start = format!("{kind}\n");
                group.iter().find_map(|block| block.strip_prefix(start.as_str()))
            };
            let further = group
                .iter()
                .any(|block| block.starts_with("csv ") && !block.starts_with("csv reference"));
            if let (Some(suite), Some(data), false) = (block("yaml"), block("csv"), further) {
                let reference = block("csv reference").map(str::to_owned);
                found.push((name.to_owned(), suite.to_owned(), data.to_owned(), reference));
            }
        }
    }
    assert!(found.len() > 40, "only {} examples were found", found.len());
    found
}

#[test]
fn neither_the_order_of_rows_nor_the_cut_of_files_changes_a_verdict() {
    let mut problems = Vec::new();
    for (name, suite, data, reference) in examples() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, lines: &[&str]| {
            fs::write(folder.path().join(name), lines.join("\n") + "\n").expect("written");
        };
        let run =
            |data: &str, reference: Option<&str>| verdicts(folder.path(), &suite, data, reference);
        let lines: Vec<&str> = data.lines().collect();
        write("data.csv", &lines);
        let side = reference.as_ref().map(|text| {
            let lines: Vec<&str> = text.lines().collect();
            write("reference.csv", &lines);
            write("ecnerefer.csv", &reversed(&lines));
            ["reference.csv", "ecnerefer.csv"]
        });
        let plain = run("data.csv", side.map(|paths| paths[0]));
        let middle = lines.len().div_ceil(2).max(1);
        write("part-1.csv", &lines[..middle]);
        write("part-2.csv", &[&lines[..1], &lines[middle..]].concat());
        let of_file = ["file"].contains(&name.as_str());
        if !of_file && run("part-*.csv", side.map(|paths| paths[0])) != plain {
            problems.push(format!("{name}, cut in two files:\n{suite}{data}"));
        }
        write("atad.csv", &reversed(&lines));
        let is_ordered = ORDERED.iter().any(|check| suite.contains(check));
        if !is_ordered && run("atad.csv", side.map(|paths| paths[1])) != plain {
            problems.push(format!("{name}, rows reversed:\n{suite}{data}"));
        }
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

/// A header with its rows from the last to the first.
fn reversed<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    lines[..1].iter().chain(lines[1..].iter().rev()).copied().collect()
}

/// Numbers that look random, the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) % limit
    }
}

/// A table with few values, so that ties, nulls and duplicates are common.
struct Table {
    id: Vec<i64>,
    whole: Vec<Option<i64>>,
    level: Vec<Option<f64>>,
    word: Vec<Option<&'static str>>,
    day: Vec<Option<i32>>,
    flag: Vec<Option<bool>>,
}

impl Table {
    fn random(seed: u64) -> Table {
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

    /// A row that keeps every rule of [`ROWS`].
    fn with_a_good_row(mut self) -> Table {
        self.id.push(999);
        self.whole.push(Some(1));
        self.level.push(Some(0.5));
        self.word.push(Some("bb"));
        self.day.push(Some(19_010));
        self.flag.push(Some(true));
        self
    }

    fn permuted(mut self, seed: u64) -> Table {
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

    fn parquet(&self, path: &Path, codec: Compression, group_rows: usize) {
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

    fn ipc(&self, path: &Path) {
        let record = self.record();
        let file = File::create(path).expect("a file");
        let mut writer =
            arrow::ipc::writer::FileWriter::try_new(file, &record.schema()).expect("a writer");
        writer.write(&record).expect("written");
        writer.finish().expect("finished");
    }

    fn csv(&self, path: &Path) {
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

/// Row checks without `mostly`.
const ROWS: &str = "
columns:
  id: {type: int64, unique: true, not_null: true, between: {min: 0, max: 1000}}
  whole: {type: int64, between: {min: -2, max: 4}, not_in_set: [5, -3]}
  level: {type: float64, between: {min: -2.5, max: 2.5}, not_null: true}
  word: {type: string, matches: '^(a|b|é)', length: {min: 1, max: 3}, in_set: [a, b, ab, abc, bb, été]}
  day: {type: date, between: {min: 2022-01-10, max: 2022-02-02}}
  flag: {type: boolean, not_null: true}
rows:
  ordered: whole <= id
  present: word IS NOT NULL OR level > 0
table:
  unique: [word, day]
  compare_columns: {left: whole, op: '<=', right: id}
";

/// Everything else: shares, aggregates, groups, second thresholds.
const WHOLE: &str = "
table:
  row_count: {min: 20, max: 40}
  columns: {exactly: [id, whole, level, word, day, flag], ordered: true}
  unique: {columns: [whole, flag], mostly: 0.3}
columns:
  id: {type: int64, mean: {max: 15}, stddev: {min: 3}, quantile: {p: 0.9, max: 30}}
  whole:
    type: int64
    between: {min: -2, max: 4, mostly: 0.8, by: [flag], min_group_size: 3}
    mean: {min: 0.5, max: 1.5, by: [word], warn: {max: 1}, allow_empty: true}
    distinct_set: {within: [-3, -2, -1, 0, 1, 2, 3, 4, 5]}
    unique: {mostly: 0.1, by: [word]}
  level:
    type: float64
    between: {min: -3, max: 3, nan: value, mostly: 0.9, warn: {mostly: 1}}
    mean: {min: -0.5, max: 0.5}
    stddev: {max: 1.8, by: [flag], allow_empty: true}
    quantile: {p: 0.25, min: -2, where: whole > 0, allow_empty: true}
  word: {type: string, not_null: {mostly: 0.9, by: [day, flag]}, length: {max: 3, nulls: fail}}
  day: {type: date, not_null: {mostly: 0.9}}
  flag: {type: boolean, in_set: {values: [true], mostly: 0.4, by: [whole]}}
";

const TABLES: u64 = 10;

#[test]
fn every_form_of_a_file_gives_the_same_verdicts() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let codecs = [
        ("snappy.parquet", Compression::SNAPPY),
        ("zstd.parquet", Compression::ZSTD(ZstdLevel::default())),
        ("gzip.parquet", Compression::GZIP(GzipLevel::default())),
        ("brotli.parquet", Compression::BROTLI(BrotliLevel::default())),
        ("lz4.parquet", Compression::LZ4_RAW),
    ];
    for seed in 0..TABLES {
        let table = Table::random(seed);
        table.parquet(&at("plain.parquet"), Compression::UNCOMPRESSED, 1000);
        table.ipc(&at("table.arrow"));
        table.csv(&at("table.csv"));
        for (place, (name, codec)) in codecs.iter().enumerate() {
            table.parquet(&at(name), *codec, 3 + place);
        }
        Table::random(seed).permuted(seed).parquet(&at("permuted.parquet"), Compression::SNAPPY, 7);
        for suite in [ROWS, WHOLE] {
            let run = |data: &str| verdicts(folder.path(), suite, data, None);
            let plain = run("plain.parquet");
            let forms = codecs.iter().map(|(name, _)| *name);
            for form in forms.chain(["table.arrow", "table.csv", "permuted.parquet"]) {
                assert_eq!(run(form), plain, "table {seed} as {form}");
            }
        }
    }
}

#[test]
fn a_good_row_never_breaks_what_held() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("table.parquet");
    for seed in 0..2 * TABLES {
        Table::random(seed).parquet(&path, Compression::UNCOMPRESSED, 1000);
        let before = verdicts(folder.path(), ROWS, "table.parquet", None);
        Table::random(seed).with_a_good_row().parquet(&path, Compression::UNCOMPRESSED, 1000);
        let after = verdicts(folder.path(), ROWS, "table.parquet", None);
        for id in before.keys().filter(|id| status(&before, id) == "pass") {
            assert_eq!(status(&after, id), "pass", "table {seed}: {id}");
        }
    }
}

/// A check, and the same with a tighter bound.
const TIGHTER: [[&str; 2]; 14] = [
    ["level: {between: {min: -2, max: 2}}", "level: {between: {min: -1.9, max: 2}}"],
    ["level: {between: {min: -2, max: 2}}", "level: {between: {min: -2, max: 2, nan: fail}}"],
    ["level: {between: {max: 2, mostly: 0.7}}", "level: {between: {max: 2, mostly: 0.75}}"],
    ["level: {mean: {min: -0.4, max: 0.4}}", "level: {mean: {min: -0.4, max: 0.3}}"],
    ["level: {stddev: {max: 1.7}}", "level: {stddev: {max: 1.6}}"],
    ["level: {quantile: {p: 0.5, max: 0.5}}", "level: {quantile: {p: 0.5, max: 0.4}}"],
    ["whole: {in_set: [-1, 0, 1, 2, 3, 4]}", "whole: {in_set: [0, 1, 2, 3, 4]}"],
    ["whole: {not_in_set: [5]}", "whole: {not_in_set: [5, -3]}"],
    [
        "whole: {distinct_set: {within: [-3, -2, -1, 0, 1, 2, 3, 4, 5]}}",
        "whole: {distinct_set: {within: [-3, -2, -1, 0, 1, 2, 3, 4]}}",
    ],
    ["word: {length: {max: 3}}", "word: {length: {max: 2}}"],
    ["word: {length: {max: 3}}", "word: {length: {max: 3, nulls: fail}}"],
    ["word: {not_null: {mostly: 0.8}}", "word: {not_null: {mostly: 0.85}}"],
    ["id: {unique: {mostly: 0.9}}", "id: {unique: true}"],
    [
        "whole: {between: {max: 4, mostly: 0.8}}",
        "whole: {between: {max: 4, mostly: 0.8, by: [flag]}}",
    ],
];

#[test]
fn a_tighter_bound_never_lets_pass_what_failed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("table.parquet");
    let suite = |side: usize| {
        // The same check of a column stands once for each pair, under a name of its own.
        let mut columns: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (place, pair) in TIGHTER.iter().enumerate() {
            let (column, check) = pair[side].split_once(": ").expect("a column");
            let check = check.trim_start_matches('{');
            let check = check.strip_suffix('}').expect("a closing bracket");
            let (kind, arguments) = check.split_once(": ").expect("a check");
            let arguments = match arguments {
                "true" => String::new(),
                list if list.starts_with('[') => format!("values: {list}, "),
                map => format!("{}, ", map.trim_start_matches('{').strip_suffix('}').expect("}")),
            };
            let line = format!("{kind}: {{{arguments}name: n{place}}}");
            columns.entry(column).or_default().push(line);
        }
        columns
    };
    for seed in 0..2 * TABLES {
        Table::random(seed).parquet(&path, Compression::UNCOMPRESSED, 1000);
        let both = [0, 1].map(|side| {
            let mut found = Verdicts::new();
            let columns = suite(side);
            let most = columns.values().map(Vec::len).max().unwrap_or_default();
            for turn in 0..most {
                let lines = columns.iter().filter_map(|(column, checks)| {
                    Some(format!("  {column}: {{{}}}\n", checks.get(turn)?))
                });
                let text = format!("columns:\n{}", lines.collect::<String>());
                found.extend(verdicts(folder.path(), &text, "table.parquet", None));
            }
            found
        });
        for id in both[0].keys().filter(|id| status(&both[0], id) == "fail") {
            assert_ne!(status(&both[1], id), "pass", "table {seed}: {id}");
        }
    }
}
