//! What is worth knowing where floats are compared for equality.

use super::{Context, Literal};
use crate::metric::Type;
use crate::prose::number;

/// Warns of numbers that 32-bit floats cannot hold, and, when values broke the rule, of fractions
/// that doubles reach only by luck.
pub fn warnings(context: &Context, literals: &[&Literal], failed: bool) -> Vec<String> {
    let Type::Float { bits } = context.kind() else { return Vec::new() };
    let floats = literals.iter().filter_map(|literal| match literal {
        Literal::Float(value) => Some(*value),
        _ => None,
    });
    let fractions: Vec<f64> = floats.filter(|value| value.fract() != 0.0).collect();
    let narrow = |value: &f64| *bits <= 32 && f64::from(*value as f32) != *value;
    let column = context.name();
    if let Some(value) = fractions.iter().copied().find(narrow) {
        let value = number(value);
        return vec![format!(
            "no {bits}-bit float is {value}: values of `{column}` are compared as the doubles that \
             they are"
        )];
    }
    match fractions.first() {
        Some(value) if failed => {
            let value = number(*value);
            vec![format!("floats are compared exactly: a sum may miss {value} by a hair")]
        }
        _ => Vec::new(),
    }
}
