//! What a scalar without quotes means: YAML 1.2's core schema, with the traps made mistakes.
//!
//! `yes`, `no`, `on` and `off` are text, as YAML 1.2 has it. A number that cannot be held, and one
//! with a leading zero (is `01234` a number or a postcode?), are mistakes.

use super::tree::Content;

/// Why a scalar cannot be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unclear {
    pub message: String,
    pub help: String,
}

/// The value of a plain scalar.
pub fn resolve(text: &str) -> Result<Content, Unclear> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Content::Null),
        "true" | "True" | "TRUE" => return Ok(Content::Bool(true)),
        "false" | "False" | "FALSE" => return Ok(Content::Bool(false)),
        ".nan" | ".NaN" | ".NAN" => return Ok(Content::Float(f64::NAN)),
        _ => {}
    }
    let (negative, rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if matches!(rest, ".inf" | ".Inf" | ".INF") {
        let infinity = if negative { f64::NEG_INFINITY } else { f64::INFINITY };
        return Ok(Content::Float(infinity));
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix)
            && !digits.is_empty()
            && digits.chars().all(|digit| digit.is_digit(radix))
        {
            return i128::from_str_radix(digits, radix).map(Content::Int).map_err(|_| too_large());
        }
    }
    if !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()) {
        if rest.len() > 1 && rest.starts_with('0') {
            return Err(leading_zero(text));
        }
        return text.parse().map(Content::Int).map_err(|_| too_large());
    }
    if is_float(rest) { decimal(text, rest) } else { Ok(Content::Text(text.to_owned())) }
}

fn decimal(text: &str, unsigned: &str) -> Result<Content, Unclear> {
    let mantissa = unsigned.split(['e', 'E']).next().unwrap_or_default();
    if mantissa.len() > 1 && mantissa.starts_with('0') && !mantissa.starts_with("0.") {
        return Err(leading_zero(text));
    }
    let value: f64 = text.parse().map_err(|_| too_large())?;
    if value.is_infinite() {
        return Err(too_large());
    }
    if value == 0.0 && mantissa.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        return Err(Unclear {
            message: "the number is too small to be told from 0".into(),
            help: "write `0`, or quote it if it is text".into(),
        });
    }
    Ok(Content::Float(value))
}

/// `[digits][.[digits]][e[sign]digits]` with at least one digit before the exponent.
fn is_float(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent_reads = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !digits.is_empty() && all_digits(digits)
    });
    all_digits(whole) && all_digits(fraction) && whole.len() + fraction.len() > 0 && exponent_reads
}

fn too_large() -> Unclear {
    Unclear {
        message: "the number is too large".into(),
        help: "write `.inf` for no bound, or quote it if it is text".into(),
    }
}

fn leading_zero(text: &str) -> Unclear {
    let sign = if text.starts_with('-') { "-" } else { "" };
    let digits = text.trim_start_matches(['-', '+']).trim_start_matches('0');
    let number = if digits.starts_with(|first: char| first.is_ascii_digit()) {
        format!("{sign}{digits}")
    } else {
        format!("{sign}0{digits}")
    };
    Unclear {
        message: format!("`{text}` begins with a zero: it may be a number or text"),
        help: format!("write `'{text}'` for text, `{number}` for the number"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, value: Content) {
        assert_eq!(resolve(text), Ok(value), "{text}");
    }

    #[test]
    fn plain_scalars_follow_yaml_1_2() {
        check("~", Content::Null);
        check("True", Content::Bool(true));
        check("0x1F", Content::Int(31));
        check("0o17", Content::Int(15));
        check("-12", Content::Int(-12));
        check("+3", Content::Int(3));
        check("170141183460469231731687303715884105727", Content::Int(i128::MAX));
        check("1e6", Content::Float(1e6));
        check(".5", Content::Float(0.5));
        check("-0.", Content::Float(-0.0));
        check("-.inf", Content::Float(f64::NEG_INFINITY));
        let words =
            "yes no on off y n 1_000 2024-01-05 12:30:45 1e 0x . - + e5 0xg .5.5 inf --1 1e+";
        for text in words.split(' ') {
            check(text, Content::Text(text.into()));
        }
    }

    #[test]
    fn what_cannot_be_meant_is_a_mistake() {
        let numbers = "1e400 -1e400 1e-400 007 -007 00.5 170141183460469231731687303715884105728";
        for text in numbers.split(' ') {
            assert!(resolve(text).is_err(), "{text}");
        }
        assert_eq!(leading_zero("00.5").help, "write `'00.5'` for text, `0.5` for the number");
        assert_eq!(leading_zero("-007").help, "write `'-007'` for text, `-7` for the number");
        assert_eq!(leading_zero("00").help, "write `'00'` for text, `0` for the number");
    }
}
