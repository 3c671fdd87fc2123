//! What a predicate answers, row by row, and what its author is told.

mod batches;

use std::cmp::Ordering;
use std::sync::Arc;

use arrow::array::*;
use arrow::buffer::ScalarBuffer;
use arrow::datatypes::{DataType as A, Field, Int32Type, Int64Type, Schema as ArrowSchema};

use super::SqlPredicate;
use crate::metric::{Column, Schema, Type};

const INT64: Type = Type::Integer { bits: 64, signed: true };

fn columns() -> Vec<(&'static str, ArrayRef, Type)> {
    let large = (1_i64 << 53) + 1;
    let day = 1_577_923_200_i64; // 2020-01-02T00:00:00Z
    let zip = Field::new("zip", A::Int64, true);
    let zips: ArrayRef = Arc::new(Int64Array::from(vec![1, 2, 3]));
    let dec = Decimal128Array::from(vec![110, 111, -5]);
    let lists = vec![Some(vec![Some(1), Some(2)]), None, Some(vec![])];
    vec![
        ("i", Arc::new(Int64Array::from(vec![Some(1), None, Some(large)])), INT64),
        ("g", Arc::new(Float64Array::from(vec![f64::INFINITY, 7.0, large as f64])), float()),
        ("i8", Arc::new(Int8Array::from(vec![1, 127, -128])), integer(8, true)),
        ("u", Arc::new(UInt64Array::from(vec![0, u64::MAX, 5])), integer(64, false)),
        ("f", Arc::new(Float64Array::from(vec![Some(1.5), Some(f64::NAN), None])), float()),
        ("f32", Arc::new(Float32Array::from(vec![0.1, 0.2, 0.5])), Type::Float { bits: 32 }),
        ("s", Arc::new(StringArray::from(vec![Some("a"), Some("b\n"), Some("Äb")])), Type::String),
        ("b", Arc::new(BooleanArray::from(vec![Some(true), Some(false), None])), Type::Boolean),
        ("d", Arc::new(Date32Array::from(vec![18_262, 18_263, 18_264])), Type::Date),
        ("ns", Arc::new(nanos(day)), naive()),
        ("ms", Arc::new(millis(day)), naive()),
        ("tz", Arc::new(zoned(day)), Type::DateTime { zone: Some("+02:00".into()) }),
        ("time", Arc::new(Time32SecondArray::from(vec![0, 3_600, 86_399])), Type::Time),
        ("du", Arc::new(DurationMillisecondArray::from(vec![0, 3_600_000, 1])), Type::Duration),
        (
            "dec",
            Arc::new(dec.with_precision_and_scale(10, 2).expect("a decimal")),
            Type::Decimal { precision: 10, scale: 2 },
        ),
        ("none", Arc::new(NullArray::new(3)), Type::Null),
        ("order", Arc::new(Int64Array::from(vec![1, 2, 3])), INT64),
        ("total price", Arc::new(Int64Array::from(vec![1, 2, 3])), INT64),
        ("cat", Arc::new(categories()), Type::String),
        (
            "ad",
            Arc::new(StructArray::from(vec![(Arc::new(zip), zips)])),
            Type::Struct(vec![Column { name: "zip".into(), kind: INT64 }]),
        ),
        (
            "l",
            Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>(lists)),
            Type::List(Box::new(INT64)),
        ),
    ]
}

fn integer(bits: u8, signed: bool) -> Type {
    Type::Integer { bits, signed }
}

fn float() -> Type {
    Type::Float { bits: 64 }
}

fn naive() -> Type {
    Type::DateTime { zone: None }
}

fn nanos(day: i64) -> TimestampNanosecondArray {
    let day = day * 1_000_000_000;
    TimestampNanosecondArray::from(vec![day, day + 1, day - 1])
}

fn millis(day: i64) -> TimestampMillisecondArray {
    let day = day * 1_000;
    TimestampMillisecondArray::from(vec![day, day + 1, day - 1])
}

fn zoned(day: i64) -> TimestampSecondArray {
    TimestampSecondArray::from(vec![day, day + 1, day - 1]).with_timezone("+02:00")
}

fn categories() -> DictionaryArray<Int32Type> {
    [Some("x"), None, Some("y")].into_iter().collect()
}

fn schema() -> Schema {
    let columns = columns().into_iter();
    let columns = columns.map(|(name, _, kind)| Column { name: name.into(), kind }).collect();
    Schema { columns, ..Schema::default() }
}

fn record() -> RecordBatch {
    let columns = columns().into_iter().map(|(name, array, _)| (name, array, true));
    RecordBatch::try_from_iter_with_nullable(columns).expect("columns of one length")
}

fn shown(answers: &BooleanArray) -> String {
    let sign = |answer| match answer {
        Some(true) => '1',
        Some(false) => '0',
        None => '?',
    };
    answers.iter().map(sign).collect()
}

/// Checks answers as `1`, `0` or `?` for each row.
fn check(cases: &[(&str, &str)]) {
    let (schema, record) = (schema(), record());
    for (text, expected) in cases {
        let predicate = SqlPredicate::parse(text, &schema);
        let predicate = predicate.unwrap_or_else(|mistake| panic!("{text}: {mistake}"));
        let answers = predicate.evaluate(&record);
        let answers = answers.unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(shown(&answers), *expected, "{text}");
    }
}

/// Checks a part of what the author is told.
fn check_mistakes(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        let mistake = SqlPredicate::parse(text, &schema()).err();
        let mistake = mistake.unwrap_or_else(|| panic!("{text}: no mistake")).to_string();
        assert!(mistake.contains(expected), "{text}: {mistake}");
        assert!(!mistake.contains('\n'), "{text}: {mistake}");
    }
}

#[test]
fn the_language_of_predicates() {
    check(&[
        ("i8 BETWEEN 1 AND 127", "110"),
        ("i8 NOT BETWEEN 1 AND 127", "001"),
        ("i8 IN (1, 300)", "100"),
        ("i8 NOT IN (1, -128)", "010"),
        ("i8 <> 1", "011"),
        ("s IN ('a', 'c')", "100"),
        ("s LIKE 'a%'", "100"),
        ("s NOT LIKE '_'", "011"),
        ("s ILIKE 'ä%'", "001"),
        ("s REGEXP '^[a-z]'", "110"),
        ("s RLIKE '^[a-z]$'", "100"),
        ("s ~ 'b'", "011"),
        ("REGEXP_LIKE(s, 'b$')", "001"),
        ("LENGTH(s) = 2", "011"),
        ("OCTET_LENGTH(s) = 3", "001"),
        ("UPPER(s) = 'A'", "100"),
        ("s || 'x' = 'ax'", "100"),
        ("SUBSTRING(s, 2, 1) = 'b'", "001"),
        ("STARTS_WITH(s, 'b')", "010"),
        ("i IS NULL", "010"),
        ("i IS NOT NULL AND b", "10?"),
        ("b OR i IS NULL", "11?"),
        ("NOT b", "01?"),
        ("CASE WHEN i IS NULL THEN b ELSE i > 1 END", "001"),
        ("COALESCE(i, 0) = 0", "010"),
        ("NULLIF(i8, 1) IS NULL", "100"),
        ("IF(b, i8, 0) > 0", "100"),
        ("i IS DISTINCT FROM 1", "011"),
        ("i IS NOT DISTINCT FROM NULL", "010"),
        ("ROUND(f32, 0) = 1 OR f32 < 0.3", "110"),
        ("ABS(i8) >= 127", "011"),
        ("MOD(i8, 2) = 1", "110"),
        ("i8 / 2 = 0.5", "100"),
        ("TRY_CAST(s AS INT) IS NULL", "111"),
        ("\"order\" >= 2", "011"),
        ("\"total price\" = 3", "001"),
        ("cat = 'x'", "1?0"),
        ("ad.zip > 1", "011"),
        ("ARRAY_LENGTH(l) = 2", "1?0"),
        ("ARRAY_CONTAINS(l, 2)", "1?0"),
        ("none IS NULL", "111"),
        ("none > 1 OR i8 = 1", "1??"),
        ("i8 = 1 OR TRUE", "111"),
    ]);
}

#[test]
fn nan_is_missing_wherever_it_comes_from() {
    check(&[
        ("f >= 0", "1??"),
        ("f < 0", "0??"),
        ("f = f", "1??"),
        ("f IN (1.5, 2.0)", "1??"),
        ("f NOT IN (2, 3)", "1??"),
        ("f IS NULL", "011"),
        ("(g - g) / 0 >= 0", "???"),
        ("(g - g) / 0 IS NULL", "111"),
        ("COALESCE((g - g) / 0, 7) = 7", "111"),
        ("SQRT(i8) >= 0", "11?"),
        ("g / 0 > 1", "111"),
        ("CASE WHEN b THEN f ELSE f END >= 0", "1??"),
    ]);
}

#[test]
fn numbers_compare_exactly() {
    check(&[
        ("i = 9007199254740993", "0?1"),
        ("i = 9007199254740992", "0?0"),
        ("i = g", "0?0"),
        ("i > g", "0?1"),
        ("i >= g", "0?1"),
        ("i < g", "1?0"),
        ("i <= g", "1?0"),
        ("i <> g", "1?1"),
        ("g < i", "0?1"),
        ("i IS DISTINCT FROM g", "111"),
        ("u > g", "010"),
        ("g = 9007199254740993", "000"),
        ("g > 9007199254740991", "101"),
        ("i > 1.5", "0?1"),
        ("i <= 1.0", "1?0"),
        ("i IN (1.0, 2.5)", "1?0"),
        ("g IN (7, 8)", "010"),
        ("u = -1", "000"),
        ("u > -1", "111"),
        ("u <> -1", "111"),
        ("u < 9223372036854775807", "101"),
        ("i8 > -129", "111"),
        ("u IN (-1, 5)", "001"),
        ("u > i", "0?0"),
        ("i8 < 300", "111"),
        ("i8 = 300", "000"),
        ("f32 = 0.1", "000"),
        ("f32 IN (0.5, 0.1)", "001"),
        ("u - 1 >= 0", "011"),
        ("i8 + i8 > 0", "110"),
        ("i8 * i8 = 16384", "001"),
        ("-i8 = 128", "001"),
        ("POW(i8, 2) = 16129", "010"),
        ("GREATEST(i8, u) = 5", "001"),
        ("dec = 1.1", "100"),
        ("dec > 1.105", "010"),
        ("dec <= 1.105", "101"),
        ("dec = 1.105", "000"),
        ("dec <> 1.105", "111"),
        ("dec + 0.1 > 1.2", "010"),
        ("dec IN (1.1, 1.111, -0.05)", "101"),
        ("dec * 0.555 = 0.6105", "100"),
        ("dec * dec = 1.2321", "010"),
        ("dec * i8 = 140.97", "010"),
        ("dec - i8 = 0.1", "100"),
        ("dec / 3 > 0.367", "010"),
        ("dec / 2 = 0.55", "100"),
        ("dec > i8", "101"),
        ("COALESCE(dec, 0) < 1.1", "001"),
        ("CAST(dec AS DOUBLE) < g", "111"),
    ]);
}

#[test]
fn integers_and_floats_compare_as_the_numbers_they_are() {
    let limit = 1_i64 << 53;
    let integers = [i64::MIN, -limit - 1, -1, 0, 1, limit - 1, limit, limit + 1, i64::MAX];
    let floats = [f64::NEG_INFINITY, -1e300, -0.5, 0.0, -0.0, 0.5, 1.0, 1e300, f64::INFINITY];
    let floats = floats.into_iter().chain(integers.map(|integer| integer as f64));
    let pairs: Vec<(i64, f64)> =
        floats.flat_map(|float| integers.map(|integer| (integer, float))).collect();
    let order = |(integer, float): &(i64, f64)| {
        let whole = float.trunc() as i128;
        i128::from(*integer).cmp(&whole).then(0.0_f64.total_cmp(&(float.fract() + 0.0)))
    };
    let x = Int64Array::from_iter_values(pairs.iter().map(|(integer, _)| *integer));
    let y = Float64Array::from_iter_values(pairs.iter().map(|(_, float)| *float));
    let columns: [(&str, ArrayRef); 2] = [("x", Arc::new(x)), ("y", Arc::new(y))];
    let record = RecordBatch::try_from_iter(columns).expect("a batch");
    let columns = [("x", INT64), ("y", float())];
    let columns = columns.map(|(name, kind)| Column { name: name.into(), kind }).into();
    let schema = Schema { columns, ..Schema::default() };
    type Holds = fn(Ordering) -> bool;
    let checks: [(&str, Holds); 8] = [
        ("x < y", Ordering::is_lt),
        ("x <= y", Ordering::is_le),
        ("x = y", Ordering::is_eq),
        ("x <> y", Ordering::is_ne),
        ("x >= y", Ordering::is_ge),
        ("x > y", Ordering::is_gt),
        ("y > x", Ordering::is_lt),
        ("x IS NOT DISTINCT FROM y", Ordering::is_eq),
    ];
    for (text, holds) in checks {
        let predicate = SqlPredicate::parse(text, &schema).expect("a predicate");
        let answers = predicate.evaluate(&record).expect("answers");
        for (pair, answer) in pairs.iter().zip(&answers) {
            assert_eq!(answer, Some(holds(order(pair))), "{text} for {pair:?}");
        }
    }
}

#[test]
fn dates_and_times_compare_exactly() {
    check(&[
        ("d = '2020-01-02'", "010"),
        ("'2020-01-02' <= d", "011"),
        ("d BETWEEN '2020-01-02' AND '2020-01-03'", "011"),
        ("d IN ('2020-01-02', '2019-01-01')", "010"),
        ("d >= DATE '2020-01-02'", "011"),
        ("d - INTERVAL '1 day' < '2020-01-01'", "100"),
        ("ns = '2020-01-02T00:00:00'", "100"),
        ("ns > '2020-01-02 00:00:00'", "010"),
        ("ns >= TIMESTAMP '2020-01-02 00:00:00'", "110"),
        ("ns < '9999-12-31T00:00:00'", "111"),
        ("ns IN ('2020-01-02T00:00:00')", "100"),
        ("ns = ms", "100"),
        ("ns > ms", "001"),
        ("ms > '2020-01-02T00:00:00.0005'", "010"),
        ("ms = '2020-01-02T00:00:00.0005'", "000"),
        ("tz >= '2020-01-02T00:00:00Z'", "110"),
        ("tz = '2020-01-02T02:00:00+02:00'", "100"),
        ("CAST(ns AS DATE) = '2020-01-01'", "001"),
        ("time < '01:00:00'", "100"),
        ("time >= TIME '01:00:00'", "011"),
        ("du >= INTERVAL '1 hour'", "010"),
        ("ns - ms < INTERVAL '0 seconds'", "010"),
        ("EXTRACT(YEAR FROM d) = 2020", "111"),
        ("EXTRACT(HOUR FROM tz) = 2", "110"),
        ("STRFTIME(d, '%d') = '02'", "010"),
    ]);
}

#[test]
fn what_does_not_speak_of_one_row_is_refused() {
    check_mistakes(&[
        ("MAX(i) > 1", "speaks of one row"),
        ("COUNT(*) > 1", "speaks of one row"),
        ("SUM(i) OVER () > 1", "speaks of one row"),
        ("ROW_NUMBER() OVER (ORDER BY i) > 1", "speaks of one row"),
        ("LAG(i) OVER (ORDER BY i) = 1", "speaks of one row"),
        ("UNNEST(i) > 1", "speaks of one row"),
        ("i > ANY(i)", "speaks of one row"),
        ("i > (SELECT 1)", "sub-query"),
        ("i IN (SELECT 1)", "sub-query"),
        ("EXISTS (SELECT 1)", "sub-query"),
        ("read_csv('x') > 1", "there is no function `read_csv`"),
        ("COLUMNS('i') > 1", "is no column"),
        ("\"^i.*$\" > 1", "is no column"),
        ("* > 1", "no SQL expression"),
        ("1 = 1", "reads no column"),
    ]);
}

#[test]
fn what_has_no_answer_is_refused() {
    check_mistakes(&[
        ("i", "gives int64, not yes or no"),
        ("s", "gives string, not yes or no"),
        ("i AND b", "`AND` needs yes or no, not `i` (int64)"),
        ("NOT i", "`NOT` needs yes or no"),
        ("i = NULL", "write `IS NULL`"),
        ("i NOT IN (1, NULL)", "leave it out"),
        ("b IS NOT TRUE", "`IS NOT TRUE` leaves null open"),
        ("b = 1", "write `TRUE`"),
        ("i = '1'", "without quotes"),
        ("s > 1", "quote the number"),
        ("s + 1 > 2", "cannot be computed with"),
        ("i IN ('a')", "values that are string"),
        ("LENGTH(i) > 1", "a function or pattern for text meets `i` (int64)"),
        ("EXTRACT(YEAR FROM s) = 1", "a date or time meets `s` (string)"),
        ("CASE WHEN b THEN 1 ELSE 'x' END = '1'", "of different types"),
        ("dec > f", "rounding is fine"),
        ("i = 9007199254740993.0", "at most 15 digits"),
        ("i = 1e3", "`1e3` is no number"),
        ("u = 18446744073709551615", "up to 64 bits"),
        ("i IN (1, 2.5)", "`1.0` instead of `1`"),
        ("i IN (1, i8)", "plain values only"),
        ("s REGEXP '['", "unclosed character class"),
        ("d = '2020-1-2'", "is not a date"),
        ("d > 18000", "cannot be compared"),
        ("d = ns", "CAST(moment AS DATE)"),
        ("ns > '2020-01-02'", "say which moment"),
        ("ns > '2020-01-02T00:00:00Z'", "has a zone"),
        ("tz > '2020-01-02T00:00:00'", "has no zone"),
        ("tz > ns", "one has a zone"),
        ("du > '1h'", "INTERVAL"),
        ("CAST(s AS DATE) > d", "STRPTIME"),
        ("ad > 1", "cannot be compared"),
        ("ad.zap > 1", "zap"),
    ]);
}

#[test]
fn names_and_text_are_checked_before_anything_runs() {
    check_mistakes(&[
        ("", "empty"),
        ("totall > 1", "there is no column `totall`"),
        ("total > 1", "did you mean `\"total price\"`?"),
        ("I > 1", "there is no column `I` (did you mean `i`?)"),
        ("s = \"Private room\"", "single quotes: 'Private room'"),
        ("order > 1", "write \"order\" in double quotes"),
        ("LENGHT(s) = 1", "did you mean `length`?"),
        ("i > 1, i < 5", "no SQL expression"),
        ("i > 1; i < 5", "one expression"),
        ("i > 1 AS x", "has no `AS`"),
        ("i > 1 -- always", "comment"),
        ("i > 1 && b", "write `AND`"),
        ("i > (1", "never closed"),
        ("i > 1)", "never opened"),
        ("s = 'x", "a quote is never closed"),
        ("i = i AND", "no SQL expression"),
        ("s COLLATE x = 'a'", "`Collate` is not supported"),
        ("s LIKE 'a!%' ESCAPE '!'", "ESCAPE"),
        ("$x > 1", "`$` has no place"),
        (&format!("{}i > 1{}", "(".repeat(40), ")".repeat(40)), "too deep"),
        (&format!("{}i > 1{}", "(".repeat(60_000), ")"), "too deep"),
        (&"i > 1 AND ".repeat(200), "too deep or too long"),
        (&format!("s = '{}'", "x".repeat(70_000)), "longer than"),
    ]);
    let mut twice = schema();
    twice.columns.push(Column { name: "i".into(), kind: INT64 });
    let mistake = SqlPredicate::parse("i > 1", &twice).expect_err("ambiguous").to_string();
    assert!(mistake.contains("several columns named `i`"), "{mistake}");
}

#[test]
fn the_longest_predicates_are_read_and_evaluated_on_a_small_stack() {
    let chains = [
        format!("{}i8 < 200{}", "(".repeat(32), ")".repeat(32)),
        vec!["i8 < 200"; 80].join(" AND "),
        format!("{} < 1.0", vec!["i8"; 120].join("/")),
        format!("{} <> 'x'", vec!["s"; 80].join("||")),
        format!("{}(i8 < 200)", "NOT ".repeat(32)),
    ];
    let deep = std::thread::Builder::new().stack_size(1 << 20).spawn(move || {
        for text in chains {
            let predicate = SqlPredicate::parse(&text, &schema()).expect("a predicate");
            predicate.evaluate(&record()).expect("answers");
        }
    });
    deep.expect("a thread").join().expect("no overflow");
}

#[test]
fn columns_are_named_once_in_order() {
    let text = "u > 1 AND (i < 3 OR u IN (7, 8)) AND ad.zip = 1 AND \"total price\" > 0";
    let predicate = SqlPredicate::parse(text, &schema()).expect("a predicate");
    assert_eq!(predicate.columns(), ["u", "i", "ad", "total price"]);
}

#[test]
fn a_cast_that_fails_names_the_column_and_no_value() {
    let predicate = SqlPredicate::parse("CAST(s AS INT) > 1", &schema()).expect("a predicate");
    let error = predicate.evaluate(&record()).expect_err("text is no number");
    assert!(error.contains("column 's'") && error.contains("TRY_CAST"), "{error}");
    assert!(!error.contains("\"a\""), "{error}");
}
