//! The checks of one column.

use super::profile::Profile;
use super::{bounds, key, line, list, text};
use crate::metric::{Type, TypeName, Value};
use crate::suite::tree::{Content, Entry};

/// Most values that `in_set` lists; of integers, which more often are amounts, fewer.
const MOST_TEXTS: usize = 20;
const MOST_INTEGERS: usize = 5;
/// A set is closed only if each of its values occurs so often, on average.
const TIMES_EACH: u64 = 10;
/// Longer texts are no categories.
const LONGEST_CATEGORY: usize = 60;
/// From so many values on a length that all share is a rule.
const MANY: u64 = 20;
/// Below so many values on either side a test sees nothing.
const LEAST_SAMPLE: u64 = 20;

/// The checks of a column, each a line under its name; none where nothing is known.
pub fn checks(profile: &Profile) -> Vec<Entry> {
    let mut checks = Vec::new();
    checks.extend(type_name(&profile.column.kind).map(|name| line("type", Content::Text(name))));
    if profile.present == 0 {
        return checks;
    }
    checks.extend(not_null(profile));
    if key::is_key(profile) {
        checks.push(line("unique", Content::Bool(true)));
        checks.extend(length(profile));
        return checks;
    }
    if key::is_identifier(&profile.column.name) {
        return checks;
    }
    match set(profile) {
        Some(values) => checks.push(line("in_set", list(values))),
        None => {
            let range = profile.ends.as_ref().and_then(bounds::between);
            checks.extend(range.map(|range| line("between", range)));
            checks.extend(length(profile));
        }
    }
    checks.extend(test(profile).map(|name| {
        line(name, Content::Map(vec![line("tags", list([Content::Text("drift".into())]))]))
    }));
    checks
}

/// The checks of a sensitive column: none that would write its values down.
pub fn hidden_checks(profile: &Profile) -> Vec<Entry> {
    let mut checks = vec![line("sensitive", Content::Bool(true))];
    checks.extend(type_name(&profile.column.kind).map(|name| line("type", Content::Text(name))));
    if profile.present > 0 {
        checks.extend(not_null(profile));
        checks.extend(key::is_key(profile).then(|| line("unique", Content::Bool(true))));
    }
    checks
}

/// The widest name that means what the column holds.
fn type_name(kind: &Type) -> Option<String> {
    let name = match kind {
        Type::Null | Type::Other(_) => return None,
        Type::Float { .. } => "number".to_owned(),
        Type::DateTime { zone: Some(_) } => kind.to_string(),
        kind => kind.class().to_owned(),
    };
    TypeName::parse(&name).filter(|parsed| parsed.accepts(kind)).map(|_| name)
}

fn not_null(profile: &Profile) -> Option<Entry> {
    if profile.present == profile.rows {
        return Some(line("not_null", Content::Bool(true)));
    }
    let share = bounds::share(profile.present, profile.rows)?;
    Some(line("not_null", Content::Map(vec![line("mostly", share)])))
}

/// The values of a column that has few and repeats them often.
fn set(profile: &Profile) -> Option<Vec<Content>> {
    let counts = profile.counts();
    let most = match profile.column.kind {
        Type::String => MOST_TEXTS,
        Type::Integer { .. } => MOST_INTEGERS,
        _ => 0,
    };
    if counts.len() > most || counts.len() as u64 * TIMES_EACH > profile.present {
        return None;
    }
    let value = |(value, _): &(Value, u64)| match value {
        Value::Int(value) => Some(Content::Int(*value)),
        Value::Text(value) if value.chars().count() <= LONGEST_CATEGORY => Some(text(value)),
        _ => None,
    };
    counts.iter().map(value).collect::<Option<Vec<_>>>().filter(|values| !values.is_empty())
}

fn length(profile: &Profile) -> Option<Entry> {
    let length = |(value, _): &(Value, u64)| match value {
        Value::Text(text) => Some(text.chars().count() as u64),
        _ => None,
    };
    let lengths = profile.counts().iter().map(length).collect::<Option<Vec<_>>>()?;
    let (min, max) = lengths.iter().min().zip(lengths.iter().max())?;
    let is_fixed = min == max && *min > 0 && lengths.len() as u64 >= MANY;
    Some(line("length", bounds::length(*min, *max, is_fixed)))
}

/// The test that compares the column with the reference's, where both have enough to compare.
fn test(profile: &Profile) -> Option<&'static str> {
    let reference = profile.reference?;
    if profile.present.min(reference) < LEAST_SAMPLE {
        return None;
    }
    let is_set = profile.column.kind == Type::Boolean || set(profile).is_some();
    let varies = profile.ends.as_ref().is_some_and(|(min, max)| min != max);
    if is_set {
        (profile.counts().len() > 1).then_some("chi_square_test")
    } else {
        varies.then_some("ks_test")
    }
}
