//! Words and numbers of sentences, the same in every verdict.

use crate::metric::number;

/// A count with thousands separated: `20,000`.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A share as a percentage with three significant digits, never rounded to 0 % or 100 % unless it
/// is.
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "0 %".into();
    }
    let share = part as f64 / whole as f64 * 100.0;
    if part == 0 || part == whole {
        return format!("{share} %");
    }
    if share < 0.001 {
        return "< 0.001 %".into();
    }
    if share > 99.999 {
        return "> 99.999 %".into();
    }
    let digits = if share < 0.1 || share > 99.9 { 3 } else { 2 };
    format!("{share:.digits$} %")
}

/// A measured number with at most six significant digits.
pub fn figure(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return number(value);
    }
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return number(value);
    }
    let magnitude = value.abs().log10().floor() as i32;
    if !(-5..=15).contains(&magnitude) {
        return format!("{value:.5e}");
    }
    let digits = (5 - magnitude).clamp(0, 12) as usize;
    let text = format!("{value:.digits$}");
    if !text.contains('.') {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Names in backticks, joined by commas; beyond `limit` only how many more there are.
pub fn names<'a>(items: impl IntoIterator<Item = &'a str>, limit: usize) -> String {
    let items: Vec<&str> = items.into_iter().collect();
    let shown: Vec<String> = items.iter().take(limit).map(|item| format!("`{item}`")).collect();
    let text = shown.join(", ");
    match items.len().saturating_sub(limit) {
        0 => text,
        more => format!("{text} and {} more", count(more as u64)),
    }
}

/// `1 row`, `2 rows`.
pub fn plural(value: u64, noun: &str) -> String {
    let ending = if value == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", count(value))
}

/// A text as one word of a shell command.
pub fn shell_word(text: &str) -> String {
    let plain =
        |character: char| character.is_ascii_alphanumeric() || "_-+:=./,@%".contains(character);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(999), "999");
        assert_eq!(percent(1, 3), "33.33 %");
        assert_eq!(percent(1, 10_000_000), "< 0.001 %");
        assert_eq!(percent(9_999_999, 10_000_000), "> 99.999 %");
        assert_eq!(percent(3, 3), "100 %");
        assert_eq!(figure(152.720_687_4), "152.721");
        assert_eq!(figure(0.000_123_456_78), "0.000123457");
        assert_eq!(figure(20_000.0), "20000");
        assert_eq!(figure(-1.0 / 3.0), "-0.333333");
    }

    #[test]
    fn long_lists_end() {
        assert_eq!(names(["a", "b", "c"], 2), "`a`, `b` and 1 more");
        assert_eq!(plural(1, "row"), "1 row");
    }
}
