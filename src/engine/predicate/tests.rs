//! What predicates say of awkward values, by the numbers of SEMANTICS.

mod agree;
mod naive;
mod plain_texts;
mod random;

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Float32Array,
    Float64Array, Int32Array, Int64Array, StringArray, TimestampMicrosecondArray,
    TimestampMillisecondArray, TimestampNanosecondArray, TimestampSecondArray, UInt64Array,
};
use arrow::datatypes::Int32Type;

use super::Mask;
use crate::engine::batch::{Batch, Place};
use crate::engine::bits::Rows;
use crate::engine::layout::{Layout, PredicateId};
use crate::engine::table::Table;
use crate::metric::{
    Bound, BoundValue, CellTest, Comparison, Decimal, LengthUnit, Likeness, Predicate, TextTest,
    Tolerance, Value, Zone,
};

/// The answers as letters: `y` holds, `n` does not, `-` null, `~` NaN; or the reason for none.
fn answers(table: &Table, predicate: &Predicate) -> Result<String, String> {
    let mut layout = Layout::new(&table.schema);
    let id = layout.predicate(predicate)?;
    let piece = table.piece(layout.columns(), 0, table.record.num_rows());
    let batch = Batch::new(&layout, piece, Place { part: 0, row: 0 })?;
    let mask = batch.mask(id)?;
    agrees_at_a_glance(&batch, id, mask);
    let is = |bits: &Option<arrow::buffer::BooleanBuffer>, row| {
        bits.as_ref().is_some_and(|bits| bits.value(row))
    };
    let letter = |row| match (mask.holds.value(row), is(&mask.nulls, row), is(&mask.nans, row)) {
        (true, false, false) => 'y',
        (false, false, false) => 'n',
        (false, true, false) => '-',
        (false, false, true) => '~',
        impossible => panic!("row {row}: {impossible:?}"),
    };
    Ok((0..batch.n_rows()).map(letter).collect())
}

/// What is said of all rows at once is what is said of each.
fn agrees_at_a_glance(batch: &Batch, id: PredicateId, mask: &Mask) {
    let Some(glance) = batch.glance(id) else { return };
    let count = |rows: &Rows| rows.as_ref().map_or(0, |rows| rows.count_set_bits() as u64);
    let (nulls, nans) = (count(&mask.nulls), count(&mask.nans));
    assert_eq!((glance.counts.nulls, glance.counts.nans), (nulls, nans));
    assert_eq!(glance.counts.present, batch.n_rows() as u64 - nulls - nans);
    assert_eq!(glance.held(), mask.holds.count_set_bits() as u64);
}

fn check(columns: Vec<(&str, ArrayRef)>, predicate: Predicate, expected: &str) {
    let table = Table::new(columns);
    assert_eq!(answers(&table, &predicate).as_deref(), Ok(expected), "{predicate:?}");
}

fn refused(columns: Vec<(&str, ArrayRef)>, predicate: Predicate, part: &str) {
    let reason = answers(&Table::new(columns), &predicate).expect_err("a refusal");
    assert!(reason.contains(part), "{reason}");
}

fn floats(values: impl Into<Vec<Option<f64>>>) -> ArrayRef {
    Arc::new(Float64Array::from(values.into()))
}

fn ints(values: impl Into<Vec<Option<i64>>>) -> ArrayRef {
    Arc::new(Int64Array::from(values.into()))
}

fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn words(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(values.iter().copied().collect::<DictionaryArray<Int32Type>>())
}

fn cents(values: &[i128]) -> ArrayRef {
    let array = Decimal128Array::from(values.to_vec()).with_precision_and_scale(38, 2);
    Arc::new(array.expect("cents"))
}

fn end(value: Value, strict: bool) -> Option<Bound> {
    Some(Bound { value: BoundValue::Value(value), strict })
}

fn within(min: Option<Bound>, max: Option<Bound>) -> Predicate {
    Predicate::Within { column: "a".into(), min, max, negated: false }
}

fn at_least(value: Value) -> Predicate {
    within(end(value, false), None)
}

fn above(value: Value) -> Predicate {
    within(end(value, true), None)
}

fn at_most(value: Value) -> Predicate {
    within(None, end(value, false))
}

fn below(value: Value) -> Predicate {
    within(None, end(value, true))
}

fn one_of(values: Vec<Value>) -> Predicate {
    Predicate::OneOf { column: "a".into(), values, negated: false }
}

fn none_of(values: Vec<Value>) -> Predicate {
    Predicate::OneOf { column: "a".into(), values, negated: true }
}

fn compare(op: Comparison) -> Predicate {
    Predicate::Compare { left: "a".into(), op, right: "b".into() }
}

const INF: f64 = f64::INFINITY;

#[test]
fn missing_values_are_not_judged() {
    // 1, 4, 5, 44: null and NaN are left out apart; infinities are values.
    let column = || floats([Some(1.0), None, Some(f64::NAN), Some(INF), Some(-INF)]);
    check(vec![("a", column())], at_least(Value::Int(0)), "y-~yn");
    check(vec![("a", column())], at_most(Value::float(INF)), "y-~yy");
    check(vec![("a", column())], below(Value::float(INF)), "y-~ny");
    check(vec![("a", column())], above(Value::float(-INF)), "y-~yn");
    check(vec![("a", column())], above(Value::float(INF)), "n-~nn");
    check(vec![("a", column())], within(None, None), "y-~yy");
    check(vec![("a", column())], Predicate::Present { column: "a".into() }, "ynnyy");
    check(vec![("a", ints([None, None]))], at_least(Value::Int(0)), "--");
    refused(vec![("a", column())], at_least(Value::float(f64::NAN)), "NaN");
}

#[test]
fn integers_are_never_rounded() {
    // 40, 41: bounds and sets beyond 2^53.
    let two53 = 1i64 << 53;
    let near = || ints([Some(two53 - 1), Some(two53), Some(two53 + 1)]);
    let limit = Value::float(two53 as f64);
    check(vec![("a", near())], at_most(limit.clone()), "yyn");
    check(vec![("a", near())], below(limit.clone()), "ynn");
    check(vec![("a", near())], above(limit.clone()), "nny");
    check(vec![("a", near())], one_of(vec![limit]), "nyn");
    check(vec![("a", near())], one_of(vec![Value::float(0.5)]), "nnn");
    let large = || -> ArrayRef { Arc::new(UInt64Array::from(vec![0, u64::MAX - 1, u64::MAX])) };
    check(vec![("a", large())], at_least(Value::Int(u64::MAX.into())), "nny");
    check(vec![("a", large())], at_least(Value::Int(-1)), "yyy");
    check(vec![("a", large())], at_least(Value::float(1e300)), "nnn");
    check(vec![("a", large())], at_most(Value::float(-0.5)), "nnn");
    check(vec![("a", large())], one_of(vec![Value::Int(-1), Value::Int(0)]), "ynn");
    check(vec![("a", ints([Some(1), Some(2)]))], above(Value::float(1.5)), "ny");
    check(vec![("a", ints([Some(1), Some(2)]))], at_least(Value::float(-INF)), "yy");
    check(vec![("a", ints([Some(i64::MAX)]))], above(Value::Int(i128::MAX)), "n");
    let ends = within(end(Value::Int(2), false), end(Value::Int(1), false));
    check(vec![("a", ints([Some(1), Some(2)]))], ends, "nn");
}

#[test]
fn floats_are_exact() {
    // 43, 45, 46: zeros are equal, a tenth of f32 is not a tenth, integers meet floats exactly.
    let zeros = || floats([Some(0.0), Some(-0.0)]);
    check(vec![("a", zeros())], at_least(Value::float(0.0)), "yy");
    check(vec![("a", zeros())], at_most(Value::float(-0.0)), "yy");
    check(vec![("a", zeros())], below(Value::float(0.0)), "nn");
    check(vec![("a", zeros())], one_of(vec![Value::Int(0)]), "yy");
    check(vec![("a", floats([Some(0.1 + 0.2)]))], one_of(vec![Value::float(0.3)]), "n");
    let tenth = || -> ArrayRef { Arc::new(Float32Array::from(vec![0.1])) };
    check(vec![("a", tenth())], one_of(vec![Value::float(0.1)]), "n");
    check(vec![("a", tenth())], above(Value::float(0.1)), "y");
    let two53 = 1i128 << 53;
    let column = || floats([Some(two53 as f64), Some(two53 as f64 + 2.0)]);
    check(vec![("a", column())], above(Value::Int(two53 + 1)), "ny");
    check(vec![("a", column())], at_most(Value::Int(two53 + 1)), "yn");
    check(vec![("a", column())], at_least(Value::Int(two53 + 1)), "ny");
    check(vec![("a", column())], below(Value::Int(two53 + 1)), "yn");
    check(vec![("a", column())], one_of(vec![Value::Int(two53 + 1)]), "nn");
    let four = || floats([Some(two53 as f64 + 4.0)]);
    check(vec![("a", four())], above(Value::Int(two53 + 3)), "y");
    check(vec![("a", four())], at_most(Value::Int(two53 + 3)), "n");
    check(vec![("a", column())], one_of(vec![Value::Int(two53), Value::float(f64::NAN)]), "yn");
}

#[test]
fn decimals_meet_decimals() {
    // 49: the bound is the decimal that was written.
    check(vec![("a", cents(&[10, 9, 11]))], at_least(Value::float(0.1)), "yny");
    check(vec![("a", cents(&[10, 9, 11]))], one_of(vec![Value::float(0.1)]), "ynn");
    check(vec![("a", cents(&[12, 13]))], above(Value::float(0.125)), "ny");
    check(vec![("a", cents(&[100, 101]))], at_most(Value::Int(1)), "yn");
    let exact = Value::Decimal { unscaled: 1005, scale: 4 };
    check(vec![("a", cents(&[10, 11]))], at_least(exact.clone()), "ny");
    check(vec![("a", cents(&[10, 11]))], one_of(vec![exact]), "nn");
    check(vec![("a", cents(&[i128::MAX, -5]))], at_most(Value::float(1e300)), "yy");
}

#[test]
fn times_keep_their_unit() {
    // 83: every unit against nanoseconds; zoned with naive and dates with datetimes are refused.
    let moment = |nanos| Value::DateTime { nanos, zoned: false };
    let seconds = || -> ArrayRef { Arc::new(TimestampSecondArray::from(vec![-1, 0, 1])) };
    check(vec![("a", seconds())], at_least(moment(1)), "nny");
    check(vec![("a", seconds())], at_most(moment(-1)), "ynn");
    check(vec![("a", seconds())], one_of(vec![moment(1_000_000_000), moment(5)]), "nny");
    let ms: ArrayRef = Arc::new(TimestampMillisecondArray::from(vec![i64::MAX, i64::MIN]));
    check(vec![("a", ms)], at_least(moment(0)), "yn");
    let us: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![1, 2]));
    check(vec![("a", us)], below(moment(2_000)), "yn");
    let ns = || -> ArrayRef { Arc::new(TimestampNanosecondArray::from(vec![0, 1])) };
    check(vec![("a", ns())], at_most(moment(i128::MAX)), "yy");
    refused(vec![("a", ns())], at_least(Value::DateTime { nanos: 0, zoned: true }), "datetime");
    refused(vec![("a", ns())], at_least(Value::Date(0)), "datetime");
    let days: ArrayRef = Arc::new(Date32Array::from(vec![0, 1]));
    check(vec![("a", days)], at_most(Value::Date(0)), "yn");
}

#[test]
fn texts_compare_by_code_point() {
    let column = || texts(&[Some("Zoo"), Some("apple"), Some("\u{e9}clair"), None]);
    check(vec![("a", column())], at_least(Value::Text("a".into())), "nyy-");
    check(vec![("a", column())], below(Value::Text("apple".into())), "ynn-");
    check(vec![("a", words(&[Some("b"), None, Some("a")]))], above(Value::Text("a".into())), "y-n");
}

#[test]
fn sets_know_null_and_refuse_other_types() {
    // 12, 47, 48: null in the set answers for null; types do not mix.
    let column = || words(&[Some("a"), None, Some("b")]);
    let text = |text: &str| Value::Text(text.into());
    check(vec![("a", column())], one_of(vec![text("a")]), "y-n");
    check(vec![("a", column())], one_of(vec![text("a"), Value::Null]), "yyn");
    check(vec![("a", column())], none_of(vec![text("a")]), "n-y");
    check(vec![("a", column())], none_of(vec![text("a"), Value::Null]), "nny");
    check(vec![("a", ints([None]))], one_of(vec![Value::Null]), "y");
    check(vec![("a", floats([None, Some(f64::NAN)]))], one_of(vec![Value::Null]), "y~");
    let booleans = || -> ArrayRef { Arc::new(BooleanArray::from(vec![true, false])) };
    check(vec![("a", booleans())], one_of(vec![Value::Bool(true)]), "yn");
    refused(vec![("a", booleans())], one_of(vec![Value::Int(1)]), "boolean");
    refused(vec![("a", ints([Some(1)]))], one_of(vec![text("1")]), "integer");
    refused(vec![("a", texts(&[Some("1")]))], one_of(vec![Value::Int(1)]), "string");
    refused(vec![("a", booleans())], at_least(Value::Int(1)), "no order");
}

#[test]
fn patterns_search_and_lengths_count_code_points() {
    // 59, 60, 64: search unless full; `$` is the very end; code points, not bytes.
    let ask = |test, negated| Predicate::Text { column: "a".into(), test, negated };
    let matches = |pattern: &str, full| {
        ask(TextTest::Pattern { patterns: vec![pattern.into()], all: false, full }, false)
    };
    let column = || texts(&[Some("abc"), Some("b"), Some("b\n"), None]);
    check(vec![("a", column())], matches("b", false), "yyy-");
    check(vec![("a", column())], matches("b$", false), "nyn-");
    check(vec![("a", column())], matches("b", true), "nyn-");
    check(vec![("a", column())], matches("a|b", true), "nyn-");
    check(vec![("a", words(&[Some("x"), None]))], matches("x", false), "y-");
    refused(vec![("a", column())], matches("(?=b)", false), "look-around");
    refused(vec![("a", column())], matches("a)|(b", true), "does not compile");
    refused(vec![("a", ints([Some(1)]))], matches("1", false), "no text");
    let (unit, bytes) = (LengthUnit::Characters, LengthUnit::Bytes);
    let length = |min, max| ask(TextTest::Length { unit, min, max }, false);
    let column = || texts(&[Some("\u{e9}"), Some("e\u{301}"), Some(""), None]);
    check(vec![("a", column())], length(Some(1), Some(1)), "ynn-");
    check(vec![("a", column())], length(None, Some(1)), "yny-");
    let two_bytes = TextTest::Length { unit: bytes, min: Some(2), max: Some(2) };
    check(vec![("a", column())], ask(two_bytes, false), "ynn-");
    check(vec![("a", column())], ask(TextTest::NotBlank, true), "nny-");
    check(vec![("a", words(&[Some(" "), None]))], ask(TextTest::NotBlank, false), "n-");
    check(vec![("a", words(&[None]))], ask(TextTest::NotBlank, true), "-");
}

#[test]
fn sets_of_text_ignore_case_and_see_categories_as_text() {
    // 12, 66, 73: a null that is listed is judged; a category is its text.
    let any_case = |with_null, negated| {
        let test = TextTest::AnyCase { texts: vec!["pop".into(), "é".into()], with_null };
        Predicate::Text { column: "a".into(), test, negated }
    };
    let values = [Some("POP"), Some("É"), Some("rock"), None];
    for column in [texts, words] {
        check(vec![("a", column(&values))], any_case(false, false), "yyn-");
        check(vec![("a", column(&values))], any_case(true, false), "yyny");
        check(vec![("a", column(&values))], any_case(true, true), "nnyn");
        let listed = one_of(vec![Value::Text("rock".into()), Value::Null]);
        check(vec![("a", column(&values))], listed, "nnyy");
    }
    check(vec![("a", texts(&[None, None]))], any_case(true, false), "yy");
}

#[test]
fn rows_are_one_of_some_combinations() {
    let text = |text: &str| Value::Text(text.into());
    let rule =
        |rows: Vec<Vec<Value>>| Predicate::RowIn { columns: vec!["a".into(), "b".into()], rows };
    let a = [Some("x"), Some("x"), Some("y"), Some("z"), None, None];
    let b = || ints([Some(1), Some(2), Some(1), None, Some(1), None]);
    let listed = || vec![vec![text("x"), Value::Int(1)], vec![text("y"), Value::Int(1)]];
    for column in [texts, words] {
        let columns = || vec![("a", column(&a)), ("b", b())];
        check(columns(), rule(listed()), "ynynn-");
        let with_null =
            [listed(), vec![vec![Value::Null, Value::Null], vec![text("z"), Value::Null]]];
        check(columns(), rule(with_null.concat()), "ynyyny");
    }
    let nan = floats([Some(f64::NAN), Some(0.5)]);
    let columns = vec![("a", nan), ("b", ints([None, Some(1)]))];
    check(columns, rule(vec![vec![Value::float(0.5), Value::Int(1)]]), "-y");
}

#[test]
fn columns_compare_exactly_and_one_missing_side_breaks_the_rule() {
    // 13, 41: one side missing is a violation, both are not judged.
    let left = || floats([Some(1.0), None, None, Some(f64::NAN), Some(f64::NAN), Some(2.0)]);
    let right = || floats([Some(2.0), Some(1.0), None, None, Some(1.0), Some(2.0)]);
    check(vec![("a", left()), ("b", right())], compare(Comparison::Less), "yn-~nn");
    check(vec![("a", left()), ("b", right())], compare(Comparison::NotEqual), "yn-~nn");
    let two53 = 1i64 << 53;
    let mixed = || vec![("a", ints([Some(two53 + 1)])), ("b", floats([Some(two53 as f64)]))];
    check(mixed(), compare(Comparison::Greater), "y");
    check(mixed(), compare(Comparison::Equal), "n");
    let money = vec![("a", cents(&[150, 150])), ("b", ints([Some(1), Some(2)]))];
    check(money, compare(Comparison::Greater), "yn");
    let units: Vec<(&str, ArrayRef)> = vec![
        ("a", Arc::new(TimestampSecondArray::from(vec![1]))),
        ("b", Arc::new(TimestampNanosecondArray::from(vec![1_000_000_000]))),
    ];
    check(units, compare(Comparison::Equal), "y");
    let text = vec![("a", texts(&[Some("b")])), ("b", words(&[Some("a")]))];
    check(text, compare(Comparison::Greater), "y");
    let other = vec![("a", texts(&[Some("b")])), ("b", ints([Some(1)]))];
    refused(other, compare(Comparison::Equal), "string and integer");
}

#[test]
fn bounds_may_be_columns() {
    // 1 and 13: a missing value is left out, a missing bound breaks the rule.
    let max = Some(Bound { value: BoundValue::Column("b".into()), strict: false });
    let columns = vec![
        ("a", ints([Some(1), Some(3), None, Some(1), Some(-1)])),
        ("b", floats([Some(1.5), Some(2.0), Some(9.0), None, Some(0.0)])),
    ];
    check(columns, within(end(Value::Int(0), false), max), "yn-nn");
}

#[test]
fn cells_that_do_not_read_are_judged_only_by_reads() {
    let mut table = Table::new(vec![("a", Arc::new(Int32Array::from(vec![Some(1), None, None])))]);
    table.unread = vec![("a".into(), StringArray::from(vec![None, Some("x"), None]))];
    let reads = Predicate::Reads { column: "a".into() };
    assert_eq!(answers(&table, &reads).as_deref(), Ok("yn-"));
    assert_eq!(answers(&table, &at_least(Value::Int(0))).as_deref(), Ok("y--"));
}

#[test]
fn sql_leaves_the_unknown_unjudged() {
    let sql = |text: &str| Predicate::Sql { text: text.into() };
    check(vec![("a", ints([Some(1), None, Some(3)]))], sql("a > 2"), "n-y");
    refused(vec![("a", ints([Some(1)]))], sql("b > 2"), "`b`");
    refused(vec![("a", ints([Some(1)]))], Predicate::Present { column: "c".into() }, "`c`");
    let twice = vec![("a", ints([Some(1)])), ("a", ints([Some(1)]))];
    refused(twice, Predicate::Present { column: "a".into() }, "more than one column");
}

#[test]
fn single_cells_are_missing_infinite_or_on_a_day() {
    let cell = |test| Predicate::Cell { column: "a".into(), test };
    let column = || floats([Some(1.0), None, Some(f64::NAN), Some(INF), Some(-INF)]);
    check(vec![("a", column())], cell(CellTest::Missing), "nyynn");
    check(vec![("a", column())], cell(CellTest::NotNan), "y-nyy");
    check(vec![("a", column())], cell(CellTest::Finite), "y-nnn");
    check(vec![("a", ints([Some(1), None]))], cell(CellTest::Finite), "y-");
    // 1970-01-01 was a Thursday, the fourth bit.
    let on = |days, zone: &str| cell(CellTest::Weekday { days, zone: Zone::parse(zone) });
    let days: ArrayRef = Arc::new(Date32Array::from(vec![Some(0), Some(-1), Some(-4), None]));
    check(vec![("a", days)], on(0b1000, ""), "ynn-");
    let last: i64 = 86_399;
    let zoned = TimestampSecondArray::from(vec![0, last, -1]).with_timezone("UTC");
    let zoned: ArrayRef = Arc::new(zoned);
    check(vec![("a", zoned.clone())], on(0b1000, "UTC"), "yyn");
    check(vec![("a", zoned)], on(0b1000, "+01:00"), "yny");
    refused(vec![("a", ints([Some(1)]))], on(1, ""), "fall on no day");
}

#[test]
fn several_columns_are_filled_alike_or_balanced() {
    // 13 and 14: some missing break the rule, all missing are not judged.
    let columns = || {
        vec![
            ("a", ints([Some(1), None, None, Some(2), Some(i64::MAX)])),
            ("b", floats([Some(1.0), None, Some(f64::NAN), None, Some(1.0)])),
            ("c", ints([Some(2), None, None, Some(2), Some(i64::MIN)])),
        ]
    };
    let names = || vec!["a".to_owned(), "b".into(), "c".into()];
    let filled = |min, max| Predicate::Filled { columns: names(), min, max };
    check(columns(), filled(3, None), "ynnny");
    check(columns(), filled(1, Some(2)), "nnnyn");
    let alike = |likeness| Predicate::Alike { columns: names(), likeness };
    check(columns(), alike(Likeness::Equal), "n-~nn");
    check(columns(), alike(Likeness::Distinct), "n-~ny");
    let balance = |total, tolerance| Predicate::Balance {
        terms: vec!["a".into(), "b".into()],
        op: Comparison::Equal,
        total,
        tolerance,
    };
    let column = || BoundValue::Column("c".into());
    check(columns(), balance(column(), Tolerance::default()), "y-~nn");
    let one = Decimal { unscaled: 1, scale: 0 };
    let near = Tolerance { absolute: one, ..Tolerance::default() };
    check(columns(), balance(BoundValue::Value(Value::Int(3)), near), "y-~nn");
}

#[test]
fn a_missing_bound_breaks_a_range_and_its_opposite() {
    let max = || Some(Bound { value: BoundValue::Column("b".into()), strict: false });
    let outside = || Predicate::Within { column: "a".into(), min: None, max: max(), negated: true };
    let columns = || {
        vec![
            ("a", ints([Some(1), Some(3), None, Some(1)])),
            ("b", ints([Some(2), Some(2), Some(2), None])),
        ]
    };
    check(columns(), within(None, max()), "yn-n");
    check(columns(), outside(), "ny-n");
}
