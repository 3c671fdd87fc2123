//! JSON values of results told as a suite writes them.

use serde_json::Value;

use crate::prose::count;
use crate::prose::number;

/// A check and its arguments on one line, in the suite's own notation: `between: {min: 10, max:
/// 350}`.
pub fn expectation(check: &str, arguments: &Value) -> String {
    format!("{}: {}", scalar(check), flow(arguments))
}

/// A value on one line, in YAML's flow style; long lists end in `and 60 more`.
pub fn flow(value: &Value) -> String {
    match value {
        Value::Object(pairs) => {
            let pairs =
                pairs.iter().map(|(key, value)| format!("{}: {}", scalar(key), flow(value)));
            format!("{{{}}}", first_of(pairs, pairs_len(value)))
        }
        Value::Array(items) => format!("[{}]", first_of(items.iter().map(flow), items.len())),
        Value::String(text) => scalar(text),
        other => plain(other),
    }
}

/// A value as it was observed: text without quotes, lists with commas.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => match value.as_f64() {
            Some(double) if value.is_f64() => number(double),
            _ => value.to_string(),
        },
        Value::String(text) => text.clone(),
        Value::Array(items) => first_of(items.iter().map(plain), items.len()),
        Value::Object(_) => flow(value),
    }
}

const LIST_LIMIT: usize = 40;

fn first_of(items: impl Iterator<Item = String>, total: usize) -> String {
    let mut shown: Vec<String> = items.take(LIST_LIMIT).collect();
    if total > LIST_LIMIT {
        shown.push(format!("… and {} more", count((total - LIST_LIMIT) as u64)));
    }
    shown.join(", ")
}

fn pairs_len(value: &Value) -> usize {
    value.as_object().map_or(0, serde_json::Map::len)
}

/// Text bare where YAML reads it back as the same text, else in double quotes.
fn scalar(text: &str) -> String {
    let words = ["true", "false", "null", "yes", "no", "on", "off", "~", "NaN", "inf"];
    let is_bare = text.chars().next().is_some_and(char::is_alphabetic)
        && !text.ends_with(' ')
        && text.chars().all(|c| c.is_alphanumeric() || "_-./ +%()<=>$".contains(c))
        && !words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if is_bare { text.to_owned() } else { Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn arguments_read_as_in_a_suite() {
        let check = |value: Value, text: &str| assert_eq!(flow(&value), text);
        check(json!({"min": 10, "max": 350.0}), "{min: 10, max: 350}");
        check(json!({}), "{}");
        check(
            json!(["Entire home/apt", "yes", "1", "a: b", ""]),
            r#"[Entire home/apt, "yes", "1", "a: b", ""]"#,
        );
        check(json!(true), "true");
        check(json!("price BETWEEN 1 AND 2"), "price BETWEEN 1 AND 2");
        check(json!((0..45).collect::<Vec<_>>()), &format!("[{}, … and 5 more]", listed(40)));
        assert_eq!(expectation("not_null", &json!({"mostly": 0.95})), "not_null: {mostly: 0.95}");
    }

    fn listed(n: u32) -> String {
        (0..n).map(|i| i.to_string()).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn observations_read_plainly() {
        assert_eq!(plain(&json!(["a", "b\"c"])), "a, b\"c");
        assert_eq!(plain(&json!(5.0)), "5");
        assert_eq!(plain(&json!("-inf")), "-inf");
    }
}
