//! Checks that a row answers by itself: the check as a suite writes it, and what it means.

use super::table::Table;
use super::texts::{self, chars, folded};
use super::{Check, each, of};

/// NaN is missing.
fn there(value: Option<f64>) -> Option<f64> {
    value.filter(|value| !value.is_nan())
}

/// One side missing breaks a relation, both sides are not looked at.
fn related<T>(left: Option<T>, right: Option<T>, holds: impl Fn(T, T) -> bool) -> Option<bool> {
    match (left, right) {
        (Some(left), Some(right)) => Some(holds(left, right)),
        (None, None) => None,
        _ => Some(false),
    }
}

/// Whether two numbers are at most so far apart; infinities only when they are one.
fn near(left: f64, right: f64, tolerance: f64) -> bool {
    left == right || (left - right).abs() <= tolerance && left.is_finite() && right.is_finite()
}

fn filled(table: &Table, row: usize) -> usize {
    let cells = [table.n[row].is_some(), table.t[row].is_some(), there(table.f[row]).is_some()];
    cells.into_iter().filter(|is_there| *is_there).count()
}

pub fn checks() -> Vec<Check> {
    let mut checks = missing();
    checks.extend(values());
    checks.extend(across());
    checks.extend(of_texts());
    checks.extend(of_forms());
    checks.extend(lists());
    checks
}

fn missing() -> Vec<Check> {
    vec![
        of("n", "not_null", "", |t, _| each(t, |row| Some(t.n[row].is_some()))),
        of("f", "not_null", "", |t, _| each(t, |row| Some(there(t.f[row]).is_some()))),
        of("t", "is_null", "", |t, _| each(t, |row| Some(t.t[row].is_none()))),
        of("f", "is_null", "", |t, _| each(t, |row| Some(there(t.f[row]).is_none()))),
        of("f", "not_nan", "", |t, _| each(t, |row| t.f[row].map(|value| !value.is_nan()))),
        of("f", "finite", "", |t, _| each(t, |row| t.f[row].map(f64::is_finite))),
        of("", "rows_complete", "columns: [n, t, f]", |t, _| {
            each(t, |row| Some(filled(t, row) == 3))
        }),
        of("", "exactly_one_of", "columns: [n, t, f]", |t, _| {
            each(t, |row| Some(filled(t, row) == 1))
        }),
        of("", "at_least_one_of", "columns: [n, t, f]", |t, _| {
            each(t, |row| Some(filled(t, row) > 0))
        }),
    ]
}

fn values() -> Vec<Check> {
    vec![
        of("n", "between", "min: 0, max: 3", |t, _| {
            each(t, |row| t.n[row].map(|value| (0..=3).contains(&value)))
        }),
        of("f", "between", "min: -0.5, max: 1, strict: true", |t, _| {
            each(t, |row| there(t.f[row]).map(|value| value > -0.5 && value < 1.0))
        }),
        of("f", "between", "min: 0", |t, _| {
            each(t, |row| there(t.f[row]).map(|value| value >= 0.0))
        }),
        of("f", "between", "max: {column: g}", |t, _| {
            each(t, |row| {
                let limit = there(t.g[row]);
                there(t.f[row]).map(|value| limit.is_some_and(|limit| value <= limit))
            })
        }),
        of("f", "between", "min: 0, nan: fail", |t, _| {
            each(t, |row| t.f[row].map(|value| value >= 0.0))
        }),
        of("d", "between", "min: 2024-03-01, max: 2024-03-08", |t, _| {
            each(t, |row| t.d[row].map(|day| (19_783..=19_790).contains(&day)))
        }),
        of("t", "between", "min: b", |t, _| {
            each(t, |row| t.t[row].as_deref().map(|text| chars(text) >= chars("b")))
        }),
        of("n", "not_between", "min: 1, max: 2", |t, _| {
            each(t, |row| t.n[row].map(|value| value != 1 && value != 2))
        }),
        of("f", "not_between", "min: 0, max: 1, strict: true", |t, _| {
            each(t, |row| there(t.f[row]).map(|value| value <= 0.0 || value >= 1.0))
        }),
        of("n", "in_set", "values: [0, 1, 100]", |t, _| {
            each(t, |row| t.n[row].map(|value| [0, 1, 100].contains(&value)))
        }),
        of("f", "in_set", "values: [0, 0.5, .inf]", |t, _| {
            each(t, |row| there(t.f[row]).map(|value| [0.0, 0.5, f64::INFINITY].contains(&value)))
        }),
        of("t", "in_set", "values: [abc, 'new york', ÉTÉ], ignore_case: true", |t, _| {
            let listed = ["abc", "new york", "\u{e9}t\u{e9}"];
            each(t, |row| t.t[row].as_deref().map(|text| listed.contains(&&*folded(text))))
        }),
        of("u", "in_set", "values: [a, null]", |t, _| {
            each(t, |row| Some(t.u[row].as_deref().is_none_or(|text| text == "a")))
        }),
        of("t", "not_in_set", "values: ['', abc]", |t, _| {
            each(t, |row| t.t[row].as_deref().map(|text| !["", "abc"].contains(&text)))
        }),
        of("u", "not_in_set", "values: [A], ignore_case: true", |t, _| {
            each(t, |row| t.u[row].as_deref().map(|text| folded(text) != "a"))
        }),
        of("n", "equal_to", "value: {column: m}", |t, _| {
            each(t, |row| related(t.n[row], t.m[row], |n, m| n == m))
        }),
        of("f", "equal_to", "value: 0.5, tolerance: 0.25", |t, _| {
            each(t, |row| there(t.f[row]).map(|value| near(value, 0.5, 0.25)))
        }),
        of("n", "not_equal_to", "value: 1", |t, _| each(t, |row| t.n[row].map(|value| value != 1))),
        of("f", "not_equal_to", "value: {column: g}, tolerance: 0.25", |t, _| {
            each(t, |row| related(there(t.f[row]), there(t.g[row]), |f, g| !near(f, g, 0.25)))
        }),
        of("d", "not_future", "now: '2024-03-09T12:00:00Z', timezone: UTC", |t, _| {
            each(t, |row| t.d[row].map(|day| day <= 19_791))
        }),
        of("d", "weekday", "days: [monday, saturday]", |t, _| {
            // The first of January 1970 was a Thursday.
            each(t, |row| t.d[row].map(|day| matches!((day + 3) % 7, 0 | 5)))
        }),
    ]
}

fn across() -> Vec<Check> {
    vec![
        of("", "compare_columns", "left: n, op: '<', right: m", |t, _| {
            each(t, |row| related(t.n[row], t.m[row], |n, m| n < m))
        }),
        of("", "compare_columns", "left: f, op: '>=', right: n", |t, _| {
            let n = |row: usize| t.n[row].map(|value| value as f64);
            each(t, |row| related(there(t.f[row]), n(row), |f, n| f >= n))
        }),
        of("", "compare_columns", "left: n, op: '<=', right: m, tolerance: 1", |t, _| {
            each(t, |row| related(t.n[row], t.m[row], |n, m| n <= m + 1))
        }),
        of("", "columns_equal", "columns: [n, m]", |t, _| {
            each(t, |row| related(t.n[row], t.m[row], |n, m| n == m))
        }),
        of("", "unique_within_row", "columns: [n, m]", |t, _| {
            each(t, |row| match (t.n[row], t.m[row]) {
                (None, None) => None,
                (n, m) => Some(n != m),
            })
        }),
        of("", "sum_equals", "columns: [n, m], total: 3, tolerance: 1", |t, _| {
            each(t, |row| related(t.n[row], t.m[row], |n, m| (n + m - 3).abs() <= 1))
        }),
        of("", "sum_equals", "columns: [f, g], total: {column: n}", |t, _| {
            each(t, |row| {
                let n = t.n[row].map(|value| value as f64);
                match (there(t.f[row]), there(t.g[row]), n) {
                    (None, None, None) => None,
                    (Some(f), Some(g), Some(n)) => Some(f + g == n),
                    _ => Some(false),
                }
            })
        }),
        of("", "implies", "if: 'n > 0', then: 'm > 1'", |t, _| {
            each(t, |row| match t.n[row] {
                Some(1..) => t.m[row].map(|value| value > 1),
                _ => None,
            })
        })
        .about(|t, row| matches!(t.n[row], Some(1..))),
        of("", "rows", "that: 'n < 3 OR f > 0'", |t, _| {
            each(t, |row| {
                let (left, right) =
                    (t.n[row].map(|value| value < 3), there(t.f[row]).map(|value| value > 0.0));
                match (left, right) {
                    (Some(true), _) | (_, Some(true)) => Some(true),
                    (Some(false), Some(false)) => Some(false),
                    _ => None,
                }
            })
        }),
        of("", "pair_in_set", "columns: [u, n], values: [[a, 1], [b, null], [A, 2]]", |t, _| {
            let listed = [(Some("a"), Some(1)), (Some("b"), None), (Some("A"), Some(2))];
            each(t, |row| match (t.u[row].as_deref(), t.n[row]) {
                (None, None) => None,
                pair => Some(listed.contains(&pair)),
            })
        }),
    ]
}

/// A check of every text that is there.
fn text(
    name: &'static str,
    arguments: &'static str,
    holds: impl Fn(&str) -> bool + Copy + 'static,
) -> Check {
    of("t", name, arguments, move |t, _| each(t, |row| t.t[row].as_deref().map(holds)))
}

fn of_texts() -> Vec<Check> {
    let case = |text: &str, part: &str| texts::contains(&folded(text), part);
    let like = |text: &str, pattern: &str| texts::is_like(&chars(text), &chars(pattern), '\\');
    vec![
        text("matches", "pattern: 'a+b'", texts::has_a_then_b),
        text("matches", "pattern: '[a-z_]+', full: true", texts::is_small_word),
        text("matches", "pattern: [a, 'É|é'], all: true", |text| {
            text.contains('a') && text.contains(['\u{e9}', '\u{c9}'])
        }),
        text("matches", "pattern: ['^a', 'b$']", |text| {
            texts::starts(text, "a") || texts::ends(text, "b")
        }),
        text("not_matches", "pattern: ['a+b', '^$']", |text| {
            !texts::has_a_then_b(text) && !text.is_empty()
        }),
        text("like", "pattern: 'a%b_'", move |text| like(text, "a%b_")),
        text("like", "pattern: ['_', '%é%'], ignore_case: true", move |text| {
            like(text, "_") || case(text, "\u{e9}")
        }),
        text("not_like", "pattern: '%\\%', escape: '\\'", |text| !texts::ends(text, "%")),
        text("length", "min: 2, max: 4", |text| (2..=4).contains(&text.chars().count())),
        text("length", "max: 3, unit: bytes, strict: true", |text| text.len() < 3),
        text("length", "equal: 3", |text| text.chars().count() == 3),
        text("starts_with", "text: [a, É]", |text| {
            texts::starts(text, "a") || texts::starts(text, "\u{c9}")
        }),
        text("starts_with", "text: [n, é], ignore_case: true", |text| {
            texts::starts(&folded(text), "n") || texts::starts(&folded(text), "\u{e9}")
        }),
        text("ends_with", "text: b", |text| texts::ends(text, "b")),
        text("ends_with", "text: RK, ignore_case: true", |text| texts::ends(&folded(text), "rk")),
        text("contains", "text: ab", |text| texts::contains(text, "ab")),
        text("contains", "text: [a, b], all: true", |text| {
            texts::contains(text, "a") && texts::contains(text, "b")
        }),
        text("contains", "text: [b, É], ignore_case: true", move |text| {
            case(text, "b") || case(text, "\u{e9}")
        }),
        text("not_blank", "", |text| !texts::is_blank(text)),
        text("trimmed", "", texts::is_trimmed),
        text("ascii", "", |text| text.chars().all(|letter| (letter as u32) < 128)),
        text("ascii", "printable: true", |text| {
            text.chars().all(|letter| (32..127).contains(&(letter as u32)))
        }),
        text("casing", "style: lower", texts::is_lower),
        text("casing", "style: upper", texts::is_upper),
        text("casing", "style: title", texts::is_title),
        text("casing", "style: snake", texts::is_snake),
        text("casing", "style: screaming_snake", texts::is_screaming_snake),
        text("casing", "style: kebab", texts::is_kebab),
        text("casing", "style: camel", texts::is_camel),
        text("casing", "style: pascal", texts::is_pascal),
    ]
}

fn of_forms() -> Vec<Check> {
    let form = |arguments: &'static str, holds: fn(&str) -> bool| {
        let judge = move |t: &Table, _: &Table| each(t, |row| t.code[row].as_deref().map(holds));
        of("code", "format", arguments, judge)
    };
    let code = |name: &'static str, arguments: &'static str, holds: fn(&str) -> bool| {
        of("code", name, arguments, move |t, _| each(t, |row| t.code[row].as_deref().map(holds)))
    };
    vec![
        form("kind: uuid", texts::is_uuid),
        form("kind: ipv4", texts::is_ipv4),
        form("kind: date", texts::is_date),
        form("kind: time", texts::is_time),
        form("kind: integer", texts::is_integer),
        form("kind: number", texts::is_number),
        form("kind: hex", texts::is_hex),
        form("kind: slug", texts::is_slug),
        form("kind: credit_card", texts::is_credit_card),
        form("kind: issn", texts::is_issn),
        form("kind: mac", texts::is_mac),
        form("kind: e164", texts::is_e164),
        form("kind: gtin", texts::is_gtin),
        form("kind: json", texts::is_json),
        code("datetime_format", "pattern: '%d.%m.%Y %H:%M'", texts::is_german),
        code("datetime_format", "pattern: ['%Y-%m-%d', '%d.%m.%Y %H:%M']", |text| {
            texts::is_date(text) || texts::is_german(text)
        }),
        code(
            "json_schema",
            "schema: {type: object, required: [a], properties: {a: {type: integer}}}",
            texts::has_whole_a,
        ),
    ]
}

fn lists() -> Vec<Check> {
    vec![
        of("list", "list_length", "min: 1, max: 2", |t, _| {
            each(t, |row| t.list[row].as_ref().map(|items| (1..=2).contains(&items.len())))
        }),
        of("list", "each", "between: {min: 0, max: 5}", |t, _| {
            each(t, |row| {
                let items = t.list[row].as_ref()?;
                Some(items.iter().flatten().all(|item| (0..=5).contains(item)))
            })
        }),
        of("list", "each", "not_null: true", |t, _| {
            each(t, |row| Some(t.list[row].as_ref()?.iter().all(Option::is_some)))
        }),
    ]
}
