//! Batches of every layout, of other types than planned, and from several threads.

use super::*;

/// Evaluates one predicate on an array of any layout and on its slices.
fn check_layout(array: ArrayRef, kind: Type, text: &str, expected: &str) {
    let schema = Schema { columns: vec![Column { name: "x".into(), kind }], ..Schema::default() };
    let predicate = SqlPredicate::parse(text, &schema).expect("a predicate");
    let fields = Arc::new(ArrowSchema::new(vec![Field::new("x", array.data_type().clone(), true)]));
    let record = RecordBatch::try_new(fields, vec![array]).expect("a batch");
    for start in 0..record.num_rows() {
        for length in 0..=record.num_rows() - start {
            let answers = predicate.evaluate(&record.slice(start, length));
            let answers = shown(&answers.expect("answers"));
            assert_eq!(answers, expected[start..start + length], "{start} + {length}");
        }
    }
}

#[test]
fn every_layout_crosses_over_with_its_slices() {
    let long = "a text that is longer than twelve bytes";
    let words = [Some("b"), None, Some(long), Some(""), Some("b")];
    let is_b = "1?001";
    let text = "x = 'b'";
    check_layout(Arc::new(StringArray::from_iter(words)), Type::String, text, is_b);
    check_layout(Arc::new(LargeStringArray::from_iter(words)), Type::String, text, is_b);
    check_layout(Arc::new(StringViewArray::from_iter(words)), Type::String, text, is_b);
    let is_long = format!("x = '{long}'");
    check_layout(Arc::new(StringViewArray::from_iter(words)), Type::String, &is_long, "0?100");
    let category: DictionaryArray<Int32Type> = words.into_iter().collect();
    check_layout(Arc::new(category), Type::String, text, is_b);
    let runs = RunArray::<Int32Type>::from_iter([Some("b"), Some("b"), None, Some("c"), Some("b")]);
    check_layout(Arc::new(runs), Type::String, text, "11?01");

    let bits: BooleanArray = (0..70).map(|i| (i % 5 != 0).then_some(i % 3 == 0)).collect();
    let expected = shown(&bits);
    check_layout(Arc::new(bits), Type::Boolean, "x", &expected);

    let halves = [Some(1.5), Some(f64::NAN), None, Some(-1.0), Some(f64::INFINITY)];
    check_layout(Arc::new(Float64Array::from_iter(halves)), float(), "x > 0", "1??01");
    let narrow = halves.map(|value: Option<f64>| value.map(|value| value as f32));
    check_layout(Arc::new(Float32Array::from_iter(narrow)), float(), "x > 0", "1??01");

    let money = Type::Decimal { precision: 9, scale: 2 };
    let cents = Decimal32Array::from(vec![Some(150), None, Some(-1), Some(151)]);
    let cents = cents.with_precision_and_scale(9, 2).expect("a decimal");
    check_layout(Arc::new(cents), money.clone(), "x >= 1.505", "0?01");
    let cents = Decimal64Array::from(vec![Some(150), None, Some(-1), Some(151)]);
    let cents = cents.with_precision_and_scale(9, 2).expect("a decimal");
    check_layout(Arc::new(cents), money, "x >= 1.505", "0?01");

    let zips: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None, Some(3), Some(4)]));
    let field = Arc::new(Field::new("zip", A::Int64, true));
    let present = Some(vec![true, true, false, true].into());
    let places = StructArray::new(vec![field].into(), vec![zips], present);
    let place = Type::Struct(vec![Column { name: "zip".into(), kind: INT64 }]);
    check_layout(Arc::new(places), place, "x.zip > 1", "0??1");

    let bytes = FixedSizeBinaryArray::try_from_iter([b"ab", b"cd"].into_iter()).expect("bytes");
    check_layout(Arc::new(bytes), Type::Binary, "x IS NOT NULL", "11");
}

#[test]
fn a_batch_of_no_rows_and_a_batch_of_other_types() {
    let predicate = SqlPredicate::parse("i > 5", &schema()).expect("a predicate");
    assert_eq!(predicate.evaluate(&record().slice(0, 0)).expect("answers").len(), 0);
    let small = |values: ArrayRef| RecordBatch::try_from_iter([("i", values)]).expect("a batch");
    let narrow = small(Arc::new(Int16Array::from(vec![5, 6])));
    assert_eq!(shown(&predicate.evaluate(&narrow).expect("answers")), "01");
    let error =
        predicate.evaluate(&small(Arc::new(StringArray::from(vec!["6"])))).expect_err("text");
    assert!(error.contains("cannot be compared"), "{error}");
    assert_eq!(shown(&predicate.evaluate(&narrow).expect("answers")), "01");
    let other = RecordBatch::try_from_iter([("j", Arc::new(NullArray::new(1)) as ArrayRef)]);
    assert!(predicate.evaluate(&other.expect("a batch")).is_err());
}

#[test]
fn several_threads_get_the_answers_of_one() {
    let n_rows = 10_000;
    let x = Float64Array::from_iter_values((0..n_rows).map(|i| f64::from(i % 97)));
    let y = Int64Array::new(ScalarBuffer::from_iter((0..n_rows).map(|i| i64::from(i % 89))), None);
    let columns: [(&str, ArrayRef); 2] = [("x", Arc::new(x)), ("y", Arc::new(y))];
    let record = RecordBatch::try_from_iter(columns).expect("a batch");
    let schema = Schema {
        columns: vec![
            Column { name: "x".into(), kind: float() },
            Column { name: "y".into(), kind: INT64 },
        ],
        ..Schema::default()
    };
    let text = "x BETWEEN 10 AND 50 AND y < x OR y * y = 49";
    let predicate = SqlPredicate::parse(text, &schema).expect("a predicate");
    let expected: BooleanArray = (0..n_rows)
        .map(|i| (f64::from(i % 97), i % 89))
        .map(|(x, y)| Some(((10.0..=50.0).contains(&x) && f64::from(y) < x) || y * y == 49))
        .collect();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for start in (0..n_rows as usize).step_by(1_000) {
                    let answers = predicate.evaluate(&record.slice(start, 1_000)).expect("answers");
                    assert_eq!(answers, expected.slice(start, 1_000));
                }
            });
        }
    });
}
