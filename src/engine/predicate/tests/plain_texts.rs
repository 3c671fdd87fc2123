//! Questions to texts and to rows answered a second time, in the plainest way, on random tables.

use arrow::array::StringViewArray;
use proptest::prelude::*;
use regex::Regex;

use super::*;
use crate::text::Casing;

/// LIKE by its definition: `%` takes nothing, or one character more.
fn is_like(pattern: &[char], text: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('%', rest)) => {
            is_like(rest, text) || (!text.is_empty() && is_like(pattern, &text[1..]))
        }
        Some(('_', rest)) => !text.is_empty() && is_like(rest, &text[1..]),
        Some((letter, rest)) => text.first() == Some(letter) && is_like(rest, &text[1..]),
    }
}

fn chars(text: &str) -> Vec<char> {
    text.chars().collect()
}

/// What a test means, without any of the ways in which the engine is fast.
fn naive(test: &TextTest, text: &str) -> bool {
    let lower = |text: &str| text.to_lowercase();
    let found = |pattern: &String, full: bool| {
        let regex = Regex::new(pattern).expect("a pattern");
        match full {
            true => Regex::new(&format!("^(?:{pattern})$")).expect("a pattern").is_match(text),
            false => regex.is_match(text),
        }
    };
    match test {
        TextTest::Pattern { patterns, all: true, full } => {
            patterns.iter().all(|pattern| found(pattern, *full))
        }
        TextTest::Pattern { patterns, full, .. } => patterns.iter().any(|p| found(p, *full)),
        TextTest::Like { patterns, .. } => {
            patterns.iter().any(|pattern| is_like(&chars(pattern), &chars(text)))
        }
        TextTest::Prefix { parts, .. } => parts.iter().any(|part| text.starts_with(part.as_str())),
        TextTest::Suffix { parts, .. } => parts.iter().any(|part| text.ends_with(part.as_str())),
        TextTest::Contains { parts, all: true, .. } => {
            parts.iter().all(|part| text.contains(part.as_str()))
        }
        TextTest::Contains { parts, .. } => parts.iter().any(|part| text.contains(part.as_str())),
        TextTest::Length { unit, min, max } => {
            let length = match unit {
                LengthUnit::Characters => text.chars().count(),
                LengthUnit::Bytes => text.len(),
            } as u64;
            min.is_none_or(|min| length >= min) && max.is_none_or(|max| length <= max)
        }
        TextTest::AnyCase { texts, .. } => texts.iter().any(|other| *other == lower(text)),
        TextTest::Trimmed => {
            let blank = char::is_whitespace;
            !text.starts_with(blank) && !text.ends_with(blank)
        }
        TextTest::Ascii { .. } => text.chars().all(|letter| (letter as u32) < 128),
        TextTest::Casing(Casing::Lower) => !text.chars().any(char::is_uppercase),
        TextTest::NotBlank => text.chars().any(|letter| !letter.is_whitespace()),
        other => panic!("no plain answer to {other:?}"),
    }
}

fn tests() -> Vec<TextTest> {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let pattern =
        |texts: &[&str], all, full| TextTest::Pattern { patterns: owned(texts), all, full };
    let like = |texts: &[&str]| TextTest::Like {
        patterns: owned(texts),
        escape: None,
        ignore_case: false,
    };
    let contains =
        |texts: &[&str], all| TextTest::Contains { parts: owned(texts), all, ignore_case: false };
    let length = |unit, min, max| TextTest::Length { unit, min, max };
    vec![
        pattern(&["a+b"], false, false),
        pattern(&["a|ab", "é"], false, true),
        pattern(&["a", "b"], true, false),
        pattern(&["^a", "b$", "(?i)É"], false, false),
        like(&["a%b"]),
        like(&["_b%", "%a_"]),
        TextTest::Prefix { parts: owned(&["a", "é"]), ignore_case: false },
        TextTest::Suffix { parts: owned(&["b "]), ignore_case: false },
        contains(&["ab"], false),
        contains(&["ab", "é"], false),
        contains(&["a", "b"], true),
        length(LengthUnit::Characters, Some(2), Some(4)),
        length(LengthUnit::Bytes, None, Some(3)),
        TextTest::AnyCase { texts: owned(&["ab", "é"]), with_null: false },
        TextTest::Trimmed,
        TextTest::Ascii { printable: false },
        TextTest::Casing(Casing::Lower),
        TextTest::NotBlank,
    ]
}

fn letter(answer: Option<bool>, negated: bool) -> char {
    match answer {
        Some(answer) if answer != negated => 'y',
        Some(_) => 'n',
        None => '-',
    }
}

/// The texts in each of the layouts in which they come.
fn layouts(values: &[Option<&str>]) -> Vec<ArrayRef> {
    vec![texts(values), words(values), Arc::new(StringViewArray::from(values.to_vec()))]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn texts_are_judged_as_a_plain_reader_would(
        values in prop::collection::vec(prop::option::of("[abAé \n]{0,5}"), 1..12),
        many in prop::bool::weighted(0.1),
    ) {
        // Beyond some thousand rows patterns take another way.
        let repeat = if many { 4200 / values.len() + 1 } else { 1 };
        let values: Vec<Option<&str>> = values.iter().map(Option::as_deref).collect();
        let many: Vec<Option<&str>> = values.repeat(repeat);
        for test in tests() {
            for negated in [false, true] {
                let judge = |text: &Option<&str>| {
                    letter(text.map(|text| naive(&test, text)), negated)
                };
                let expected: String = values.iter().map(judge).collect::<String>().repeat(repeat);
                let predicate = Predicate::Text { column: "a".into(), test: test.clone(), negated };
                for column in layouts(&many) {
                    let found = answers(&Table::new(vec![("a", column)]), &predicate);
                    prop_assert_eq!(found.as_deref(), Ok(expected.as_str()), "{:?}", &predicate);
                }
            }
        }
    }

    #[test]
    fn combinations_are_found_as_a_plain_reader_would(
        rows in prop::collection::vec((prop::option::of("[ab]"), prop::option::of(0i64..3)), 1..20),
        allowed in prop::collection::vec(
            (prop::option::of("[ab]"), prop::option::of(0i64..3)),
            1..5,
        ),
    ) {
        let value = |(text, number): &(Option<String>, Option<i64>)| vec![
            text.clone().map_or(Value::Null, Value::Text),
            number.map_or(Value::Null, |number| Value::Int(number.into())),
        ];
        let answer = |row: &(Option<String>, Option<i64>)| match allowed.contains(row) {
            true => 'y',
            false if *row == (None, None) => '-',
            false => 'n',
        };
        let expected: String = rows.iter().map(answer).collect();
        let columns = vec!["a".to_owned(), "b".to_owned()];
        let predicate = Predicate::RowIn { columns, rows: allowed.iter().map(value).collect() };
        let left: Vec<Option<&str>> = rows.iter().map(|(text, _)| text.as_deref()).collect();
        let right: Vec<Option<i64>> = rows.iter().map(|(_, number)| *number).collect();
        for column in layouts(&left) {
            let table = Table::new(vec![("a", column), ("b", ints(right.clone()))]);
            let found = answers(&table, &predicate);
            prop_assert_eq!(found.as_deref(), Ok(expected.as_str()));
        }
    }
}
