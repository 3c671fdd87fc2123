//! Sets of allowed values: where they come from, how they are spoken of, what they are near to.

use std::collections::BTreeSet;

use super::in_set::listed;
use super::{Context, FromFile, Literal, Mistake, instant};
use crate::diagnostic::nearest;
use crate::metric::{Example, Missing, Predicate, TextTest, Type, Value};
use crate::prose::count;
use crate::text;

/// Beyond this many allowed values the nearest one is not looked for.
const NEAREST_LIMIT: usize = 10_000;

/// The values that a check lists, in the suite or in a file.
#[derive(Clone, Copy, Debug)]
pub struct Set<'a> {
    pub values: Option<&'a [Literal]>,
    pub file: Option<&'a FromFile<Vec<String>>>,
    /// The column that was read of the file.
    pub column: Option<&'a str>,
    /// Whether the case of letters says nothing.
    pub ignore_case: bool,
}

impl Set<'_> {
    /// The values as the check's column holds them, in order and without repetition.
    ///
    /// # Errors
    /// No list or two, an empty one, a value of another type than the column.
    pub fn values(&self, context: &Context) -> Result<Vec<Value>, Mistake> {
        let kind = context.kind();
        let mut values = match (self.values, self.file) {
            (Some([]), None) => {
                return Err(Mistake::new("the list of values is empty").of("values"));
            }
            (Some(literals), None) => self.of_suite(literals, context)?,
            (None, Some(file)) => {
                let value = |text: &String| {
                    from_text(text, kind).ok_or_else(|| {
                        let message = format!("`{text}` of `{}` is no {kind}", file.path);
                        Mistake::new(message).of("file")
                    })
                };
                file.content.iter().map(value).collect::<Result<Vec<Value>, Mistake>>()?
            }
            (None, None) => {
                let message = "neither values nor a file of values is given";
                let mistake = Mistake::new(message).help("write `[a, b]` or `{file: values.txt}`");
                return Err(mistake.of("values"));
            }
            (Some(_), Some(_)) => {
                let message = "both values and a file of values are given";
                return Err(Mistake::new(message).help("one list is the whole set").of("file"));
            }
        };
        if let (Some(column), None) = (self.column, self.file) {
            let message = format!("`column: {column}` belongs to a `file`, and none is named");
            return Err(Mistake::new(message).of("column"));
        }
        if self.ignore_case && !matches!(kind, Type::String | Type::Null) {
            let message = format!("`ignore_case` has no meaning for {kind}");
            return Err(Mistake::new(message).help("it is for text").of("ignore_case"));
        }
        values.sort();
        values.dedup();
        Ok(values)
    }

    fn of_suite(&self, literals: &[Literal], context: &Context) -> Result<Vec<Value>, Mistake> {
        if literals.contains(&Literal::Null) && context.common.nulls == Some(Missing::Fail) {
            let message = "`null` is listed, yet `nulls: fail` forbids it";
            return Err(Mistake::new(message).of("values"));
        }
        literals.iter().map(|literal| literal.to_value(context.kind())).collect()
    }

    /// The rule that a value is one of these, or, negated, none of them.
    ///
    /// # Errors
    /// As for [`Set::values`].
    pub fn predicate(&self, context: &Context, negated: bool) -> Result<Predicate, Mistake> {
        let (column, values) = (context.name().to_owned(), self.values(context)?);
        if !self.ignore_case {
            return Ok(Predicate::OneOf { column, values, negated });
        }
        let test = TextTest::AnyCase {
            texts: values.iter().filter(|value| **value != Value::Null).map(lower).collect(),
            with_null: values.contains(&Value::Null),
        };
        Ok(Predicate::Text { column, test, negated })
    }

    /// The values as a sentence shows them.
    pub fn words(&self) -> String {
        let words = match (self.values, self.file) {
            (_, Some(file)) => {
                format!("the {} values of `{}`", count(file.content.len() as u64), file.path)
            }
            (values, None) => listed(values.unwrap_or_default()),
        };
        if self.ignore_case { format!("{words} in any case") } else { words }
    }

    /// What is odd about the set itself, whatever the data holds.
    pub fn warnings(&self, context: &Context) -> Vec<String> {
        let Ok(values) = self.values(context) else { return Vec::new() };
        let mut warnings: Vec<String> = twins(values.iter().filter_map(as_text));
        let Type::Float { bits } = context.kind() else { return warnings };
        let fractions =
            || values.iter().filter_map(Value::as_f64).filter(|value| value.fract() != 0.0);
        if fractions().next().is_some() {
            warnings.push(
                "floats are compared exactly: 0.1 + 0.2 is not 0.3; `between` leaves room".into(),
            );
        }
        let is_lost = |value: &f64| *bits == 32 && f64::from(*value as f32) != *value;
        warnings.extend(fractions().find(is_lost).map(|value| {
            let shown = crate::prose::number(value);
            format!("no 32-bit float is `{shown}`, so no value of `{}` equals it", context.name())
        }));
        warnings
    }

    /// What the values of failing rows are near to among the allowed ones.
    pub fn remarks(&self, context: &Context, examples: &[Example]) -> Vec<String> {
        if context.sensitive.hides(context.name()) {
            return Vec::new();
        }
        let values = self.values(context).unwrap_or_default();
        let allowed: BTreeSet<String> =
            values.iter().filter_map(as_text).map(str::to_owned).collect();
        let mut seen = Vec::new();
        for example in examples {
            let cell = example.cells.iter().find(|(column, _)| column == context.name());
            let Some(found) = cell.and_then(|(_, value)| as_text(value)) else { continue };
            if !seen.contains(&found) {
                seen.push(found);
            }
        }
        self.near(&allowed, &seen)
    }

    /// What texts that are not allowed are near to among those that are.
    pub fn near(&self, allowed: &BTreeSet<String>, found: &[&str]) -> Vec<String> {
        if allowed.len() > NEAREST_LIMIT {
            return Vec::new();
        }
        let allowed: Vec<&str> = allowed.iter().map(String::as_str).collect();
        found.iter().take(20).filter_map(|found| near(found, &allowed)).take(3).collect()
    }
}

/// A value as it is compared with others of its column. A decimal has no digits that say nothing.
pub fn key(value: &Value, ignore_case: bool) -> String {
    match value {
        Value::Decimal { .. } => {
            let text = value.to_string();
            match text.contains('.') {
                true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
                false => text,
            }
        }
        _ if ignore_case => lower(value),
        _ => value.to_string(),
    }
}

/// What a text that is not allowed is near to.
fn near(found: &str, allowed: &[&str]) -> Option<String> {
    let alike = allowed.iter().find_map(|other| Some((other, text::likeness(found, other)?)));
    if let Some((other, difference)) = alike {
        return Some(format!("`{found}` differs from `{other}` only in {difference}"));
    }
    let near = nearest(found, allowed.iter().copied())?;
    Some(format!("the nearest to `{found}` is `{near}`"))
}

/// Tells of texts that are one after Unicode's composition, and so look the same.
pub fn twins<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let twins = text::twins(texts);
    let tell = |(first, second): (&str, &str)| {
        let (first, second) = (text::spelled(first), text::spelled(second));
        format!("two values differ only in {}: `{first}` and `{second}`", text::COMPOSED)
    };
    twins.into_iter().take(3).map(tell).collect()
}

fn as_text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

fn lower(value: &Value) -> String {
    value.to_string().to_lowercase()
}

/// A line of a file as a value of a type; `None` where it does not read as one.
pub fn from_text(text: &str, kind: &Type) -> Option<Value> {
    let literal = match kind {
        Type::String | Type::Null => Literal::Text(text.to_owned()),
        Type::Boolean => Literal::Bool(text.parse().ok()?),
        kind if kind.is_number() => match text.parse::<i128>() {
            Ok(whole) => Literal::Int(whole),
            Err(_) => Literal::Float(text.parse().ok().filter(|float: &f64| float.is_finite())?),
        },
        kind if kind.is_temporal() => return instant::read(text, kind).ok(),
        _ => return None,
    };
    literal.to_value(kind).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expectations::{Common, Sensitive};
    use crate::metric::{Column, Schema};
    use crate::stats::{Design, Tail};

    fn check(kind: Type, values: &[Literal], parts: &[&str]) {
        let columns = vec![Column { name: "x".into(), kind }];
        let schema = Schema { columns, ..Schema::default() };
        let design = Design { tail: Tail::TwoSided, alpha: 0.05, power: 0.8, margin: None };
        let context = Context {
            column: Some("x"),
            schema: &schema,
            reference: None,
            named: &[],
            now: 0,
            common: &Common::default(),
            keys: &[],
            sensitive: &Sensitive::default(),
            design,
        };
        let set = Set { values: Some(values), file: None, column: None, ignore_case: false };
        let warnings = set.warnings(&context);
        assert_eq!(warnings.len(), parts.len(), "{warnings:?}");
        let pairs = warnings.iter().zip(parts);
        pairs.for_each(|(warning, part)| assert!(warning.contains(part), "{warning}"));
    }

    #[test]
    fn sets_that_are_odd_say_so() {
        // 45, 46, 65: fractions, tenths of 32 bits, letters that only look equal.
        let float = |bits| Type::Float { bits };
        let exact = "compared exactly";
        check(float(64), &[Literal::Float(0.1)], &[exact]);
        check(float(64), &[Literal::Int(1), Literal::Float(2.0)], &[]);
        check(float(32), &[Literal::Float(0.1)], &[exact, "no 32-bit float is `0.1`"]);
        check(float(32), &[Literal::Float(0.5)], &[exact]);
        let text = |text: &str| Literal::Text(text.into());
        check(Type::String, &[text("\u{e9}"), text("e\u{301}")], &["differ only in how"]);
        check(Type::String, &[text("a"), text("A")], &[]);
    }
}
