//! A range of numbers with its words: what `min`, `max` and `strict` mean wherever they stand.

use super::Mistake;
use crate::prose::number;

/// Numbers from `min` to `max`; the ends belong to it unless it is strict.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    min: Option<f64>,
    max: Option<f64>,
    strict: bool,
}

impl Range {
    /// A range that contains something.
    ///
    /// # Errors
    /// Neither end given, an end that is NaN, or ends in the wrong order.
    pub fn new(min: Option<f64>, max: Option<f64>, strict: bool) -> Result<Range, Mistake> {
        let range = Range { min, max, strict };
        let is_open = |end: Option<f64>, open: f64| end.is_none_or(|end| end == open);
        let given = min.is_some() || max.is_some();
        if given && is_open(min, f64::NEG_INFINITY) && is_open(max, f64::INFINITY) {
            return Err(Mistake::new("every number lies in this range, so the check cannot fail"));
        }
        let (Some(low), Some(high)) = (min, max) else {
            let end = min.or(max).ok_or_else(|| {
                Mistake::new("neither `min` nor `max` is given").help("write at least one of them")
            })?;
            return if end.is_nan() { Err(Mistake::new("a bound is NaN")) } else { Ok(range) };
        };
        if low > high || (strict && low == high) || low.is_nan() || high.is_nan() {
            let message = format!("no number lies {range}");
            return Err(Mistake::new(message).help("`min` must be smaller than `max`"));
        }
        Ok(range)
    }

    /// Whether the number lies inside; NaN never does.
    pub fn contains(self, value: f64) -> bool {
        let above = self.min.is_none_or(|min| if self.strict { value > min } else { value >= min });
        let below = self.max.is_none_or(|max| if self.strict { value < max } else { value <= max });
        above && below && !value.is_nan()
    }
}

impl std::fmt::Display for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = |value: Option<f64>| value.map(number);
        f.write_str(&span(text(self.min), text(self.max), self.strict))
    }
}

/// The words for a range: `in [10, 350]`, `in [10, ∞)`, `in (-∞, 350)`.
pub fn span(min: Option<String>, max: Option<String>, strict: bool) -> String {
    let (open, close) = if strict { ('(', ')') } else { ('[', ']') };
    let low = min.map_or_else(|| "(-∞".to_owned(), |min| format!("{open}{min}"));
    let high = max.map_or_else(|| "∞)".to_owned(), |max| format!("{max}{close}"));
    format!("in {low}, {high}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_belong_unless_strict() {
        let closed = Range::new(Some(1.0), Some(2.0), false).expect("a range");
        let open = Range::new(Some(1.0), Some(2.0), true).expect("a range");
        assert!(closed.contains(1.0) && closed.contains(2.0) && !closed.contains(f64::NAN));
        assert!(!open.contains(1.0) && !open.contains(2.0) && open.contains(1.5));
        assert_eq!(closed.to_string(), "in [1, 2]");
    }

    #[test]
    fn empty_ranges_are_mistakes() {
        assert!(Range::new(None, None, false).is_err());
        assert!(Range::new(Some(2.0), Some(1.0), false).is_err());
        assert!(Range::new(Some(1.0), Some(1.0), true).is_err());
        assert!(Range::new(Some(1.0), Some(1.0), false).is_ok());
        assert!(Range::new(Some(f64::NAN), None, false).is_err());
    }
}
