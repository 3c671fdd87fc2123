//! Words and numbers of sentences, the same in verdicts, reports and on the terminal; full
//! precision stays in results.json.

/// The shortest text that reads back as the same double; exponents beyond 1e16 and below 1e-5.
pub fn number(value: f64) -> String {
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf".into() } else { "-inf".into() };
    }
    let value = value + 0.0;
    let size = value.abs();
    if size != 0.0 && !(1e-5..1e16).contains(&size) {
        format!("{value:e}")
    } else {
        format!("{value}")
    }
}

/// A number to four significant digits, more where its whole part has more: `0.0731`, `2026`,
/// `-12,346`.
pub fn figure(value: f64) -> String {
    if !value.is_finite() {
        return number(value);
    }
    if value.abs() >= 1e15 {
        return format!("{:e}", rounded(value, 4));
    }
    if value.abs() >= 9_999.5 {
        let sign = if value < 0.0 { "-" } else { "" };
        return format!("{sign}{}", count(value.abs().round() as u64));
    }
    if value.abs() >= 1000.0 {
        return number(value.round());
    }
    number(rounded(value, 4))
}

/// A count with its thousands apart: `20,000`.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count with its noun: `1 row`, `20,000 rows`.
pub fn counted(value: u64, noun: &str) -> String {
    let plural = if value == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", count(value))
}

/// A share in percent; never rounded to nothing or to all.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if !percent.is_finite() {
        return number(percent);
    }
    if percent > 0.0 && percent < 0.001 {
        return "< 0.001 %".into();
    }
    if percent > 99.99 && percent < 100.0 {
        return "> 99.99 %".into();
    }
    if percent.abs() >= 99.0 {
        return format!("{} %", number((percent * 100.0).round() / 100.0));
    }
    format!("{} %", number(rounded(percent, 3)))
}

/// A p-value to three digits, small ones to two with an exponent: `0.0342`, `1.2e-8`, `< 1e-300`.
pub fn p_value(p: f64) -> String {
    if p < 1e-300 {
        return "< 1e-300".into();
    }
    if p < 1e-3 { format!("{p:.1e}") } else { number(rounded(p, 3)) }
}

/// A duration: `480 ms`, `1.8 s`, `2 min 5 s`.
pub fn duration(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{} s", number((ms as f64 / 100.0).round() / 10.0)),
        _ => {
            let seconds = (ms + 500) / 1000;
            format!("{} min {} s", count(seconds / 60), seconds % 60)
        }
    }
}

/// A size in bytes, by powers of a thousand: `1.4 MB`.
pub fn size(bytes: u64) -> String {
    let mut value = bytes as f64;
    for unit in ["B", "kB", "MB", "GB"] {
        if value < 999.5 {
            return format!("{} {unit}", number(rounded(value, 3)));
        }
        value /= 1000.0;
    }
    format!("{} TB", number(rounded(value, 3)))
}

/// A time in RFC 3339 as `24 March 2026, 10:12 UTC`; other text as it is.
pub fn moment(time: &str) -> String {
    match chrono::DateTime::parse_from_rfc3339(time) {
        Ok(time) => {
            let zone = time.format("%:z").to_string();
            let zone = if zone == "+00:00" { "UTC".to_owned() } else { zone };
            format!("{}, {zone}", time.format("%-d %B %Y, %H:%M")).replacen(", UTC", " UTC", 1)
        }
        Err(_) => time.to_owned(),
    }
}

pub fn rounded(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits.saturating_sub(1)).parse().unwrap_or(value)
}

/// A p-value behind its letter: `= 0.0342`, `< 1e-300`.
pub fn p_equals(p: f64) -> String {
    let text = p_value(p);
    if text.starts_with('<') { text } else { format!("= {text}") }
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
        let pairs = [
            (figure(0.073_149), "0.07315"),
            (figure(-12_345.678), "-12,346"),
            (figure(1.234e-9), "1.234e-9"),
            (figure(f64::NAN), "NaN"),
            (figure(f64::NEG_INFINITY), "-inf"),
            (figure(0.0), "0"),
            (count(0), "0"),
            (count(999), "999"),
            (count(1_234_567), "1,234,567"),
            (counted(1, "row"), "1 row"),
            (percent(0.0), "0 %"),
            (percent(0.00075), "0.075 %"),
            (percent(1e-9), "< 0.001 %"),
            (percent(0.999_999), "> 99.99 %"),
            (percent(0.9953), "99.53 %"),
            (percent(1.0), "100 %"),
            (p_value(0.034_249), "0.0342"),
            (p_value(1.23e-8), "1.2e-8"),
            (p_value(0.0), "< 1e-300"),
            (p_value(1.0), "1"),
            (duration(480), "480 ms"),
            (duration(1_849), "1.8 s"),
            (duration(125_000), "2 min 5 s"),
            (size(0), "0 B"),
            (size(999_600), "1 MB"),
            (size(1_412_000), "1.41 MB"),
            (moment("2026-03-24T10:12:03Z"), "24 March 2026, 10:12 UTC"),
            (moment("2026-03-24T10:12:03+02:00"), "24 March 2026, 10:12, +02:00"),
            (moment("yesterday"), "yesterday"),
        ];
        for (got, expected) in pairs {
            assert_eq!(got, expected);
        }
    }
}
