//! Laws that hold for many checks at once: what must change no verdict, and in which direction a
//! change may go. Over every documented example, and over random tables from fixed seeds.

mod table;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
use serde_json::Value;
use table::Table;

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

/// Row checks without `mostly`.
const ROWS: &str = "
columns:
  id: {type: int64, unique: true, not_null: true, between: {min: 0, max: 1000}}
  whole: {type: int64, between: {min: -2, max: 4}, not_in_set: [5, -3]}
  level:
    type: float64
    between: {min: -2.5, max: 2.5}
    not_between: {min: 2.5, max: 3}
    not_null: true
    not_nan: true
    finite: true
    not_equal_to: {value: 0, tolerance: 0.01}
  word:
    type: string
    matches: '^(a|b|é)'
    not_matches: ['^x', ' ']
    length: {min: 1, max: 3}
    in_set: [a, b, ab, abc, bb, été]
    like: ['%b%', 'a%', 'é__']
    not_like: '%c'
    starts_with: {text: [A, B, É], ignore_case: true}
    ends_with: [a, b, c, é]
    contains: [a, b, t]
    format: slug
    casing: lower
    ascii: true
    trimmed: true
    not_blank: true
  day:
    type: date
    between: {min: 2022-01-10, max: 2022-02-02}
    weekday: [monday, tuesday, wednesday, thursday, friday]
    not_future: {now: '2022-02-05T00:00:00Z', timezone: UTC}
  flag: {type: boolean, not_null: true}
rows:
  ordered: whole <= id
  present: word IS NOT NULL OR level > 0
table:
  unique: [word, day]
  compare_columns: {left: whole, op: '<=', right: id}
  unique_within_row: [whole, id]
  rows_complete: [word, day]
  at_least_one_of: [word, level, flag]
  sum_equals: {columns: [whole, level], total: 1, tolerance: 7}
  implies: {if: flag, then: whole > -3}
  pair_in_set: {columns: [whole, flag], values: [[1, true], [0, true], [0, false], [2, null]]}
  no_duplicate_rows: {ignore: [id]}
";

/// Everything else: shares, aggregates, groups, second thresholds.
const WHOLE: &str = "
table:
  row_count: {min: 20, max: 40}
  columns: {exactly: [id, whole, level, word, day, flag], ordered: true}
  unique: {columns: [whole, flag], mostly: 0.3}
  distinct_count: {columns: [whole, flag], max: 12}
  correlation: {columns: [whole, level], min: -0.5, max: 0.5}
columns:
  id: {type: int64, mean: {max: 15}, stddev: {min: 3}, quantile: {p: 0.9, max: 30}}
  whole:
    type: int64
    between: {min: -2, max: 4, mostly: 0.8, by: [flag], min_group_size: 3}
    mean: {min: 0.5, max: 1.5, by: [word], warn: {max: 1}, allow_empty: true}
    distinct_set: {within: [-3, -2, -1, 0, 1, 2, 3, 4, 5]}
    unique: {mostly: 0.1, by: [word]}
    mode: {min: 0}
    no_outliers: {method: zscore, k: 2}
  level:
    type: float64
    median: {min: -0.5, max: 0.5}
    min: {min: -3}
    max: {max: 2.9}
    sum: {max: 5}
    variance: {max: 3}
    skewness: {max: 0.5}
    kurtosis: {max: -0.5}
    zero_fraction: {max: 0.05}
    negative_fraction: {max: 0.5}
    no_outliers: {mostly: 0.9}
    between: {min: -3, max: 3, nan: value, mostly: 0.9, warn: {mostly: 1}}
    mean: {min: -0.5, max: 0.5}
    stddev: {max: 1.8, by: [flag], allow_empty: true}
    quantile: {p: 0.25, min: -2, where: whole > 0, allow_empty: true}
  word:
    type: string
    not_null: {mostly: 0.9, by: [day, flag]}
    length: {max: 3, nulls: fail}
    distinct_count: {max: 6}
    unique_fraction: {max: 0.4}
    null_fraction: {max: 0.2}
    most_common_in: [a, b, ab]
    contains_all: [a, abc]
    not_constant: {max_top_share: 0.4}
    entropy: {unit: bits, max: 2.5}
  day:
    type: date
    not_null: {mostly: 0.9}
    no_gaps: {every: 7d}
    fresh: {max_age: 30d, now: '2022-03-01T00:00:00Z', timezone: UTC}
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
const TIGHTER: &[[&str; 2]] = &[
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
    ["id: {increasing: {tolerance: 9}}", "id: {increasing: {tolerance: 1}}"],
    ["id: {no_outliers: {k: 3}}", "id: {no_outliers: {k: 1}}"],
    ["level: {not_between: {min: 1, max: 1.5}}", "level: {not_between: {min: 1, max: 2}}"],
    ["level: {equal_to: {value: 0, tolerance: 3}}", "level: {equal_to: {value: 0, tolerance: 2}}"],
    ["level: {median: {max: 0.5}}", "level: {median: {max: 0.4}}"],
    ["level: {min: {min: -3}}", "level: {min: {min: -2.9}}"],
    ["level: {max: {max: 2.95}}", "level: {max: {max: 2.8}}"],
    ["level: {sum: {max: 3}}", "level: {sum: {max: 0}}"],
    ["level: {variance: {max: 3}}", "level: {variance: {max: 2.5}}"],
    ["level: {zero_fraction: {max: 0.1}}", "level: {zero_fraction: {max: 0.05}}"],
    ["level: {negative_fraction: {max: 0.5}}", "level: {negative_fraction: {max: 0.4}}"],
    ["word: {starts_with: {text: [a, b]}}", "word: {starts_with: {text: [a]}}"],
    ["word: {contains: {text: [a, b]}}", "word: {contains: {text: [a, b], all: true}}"],
    ["word: {like: {pattern: ['%b%', 'a%']}}", "word: {like: {pattern: '%b%'}}"],
    ["word: {not_matches: {pattern: '^s'}}", "word: {not_matches: {pattern: ['^s', 'c$']}}"],
    ["word: {distinct_count: {max: 6}}", "word: {distinct_count: {max: 5}}"],
    ["word: {unique_fraction: {max: 0.5}}", "word: {unique_fraction: {max: 0.4}}"],
    ["word: {null_fraction: {max: 0.2}}", "word: {null_fraction: {max: 0.1}}"],
    ["word: {entropy: {unit: bits, max: 2.5}}", "word: {entropy: {unit: bits, max: 2.2}}"],
    ["word: {contains_all: {values: [a]}}", "word: {contains_all: {values: [a, b]}}"],
    [
        "word: {most_common_in: {values: [a, b], ties_okay: true}}",
        "word: {most_common_in: {values: [a, b]}}",
    ],
    ["day: {no_gaps: {every: 9d}}", "day: {no_gaps: {every: 5d}}"],
    [
        "day: {weekday: {days: [monday, tuesday, friday, sunday]}}",
        "day: {weekday: {days: [monday, tuesday, sunday]}}",
    ],
    [
        "day: {fresh: {max_age: 30d, now: '2022-03-01T00:00:00Z', timezone: UTC}}",
        "day: {fresh: {max_age: 27d, now: '2022-03-01T00:00:00Z', timezone: UTC}}",
    ],
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
