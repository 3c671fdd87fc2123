//! Which columns look like keys: by their name, or because so many values differ that it can hardly
//! be chance.

use super::profile::Profile;
use crate::metric::{Type, Value};

/// Last words of the names of columns that name a thing, here or in another table.
const IDENTIFIERS: [&str; 6] = ["id", "ids", "uuid", "guid", "pk", "rowid"];
/// Last words of the names of columns whose values are often unique.
const UNIQUE: [&str; 9] = ["key", "sku", "isbn", "ean", "email", "slug", "url", "uri", "hash"];

/// Fewer values than this can all differ by chance.
const MANY: u64 = 100;
/// So many pairs of equal values must be expected by chance before their absence says something.
const EXPECTED_PAIRS: f64 = 5.0;

/// Whether a column names things: bounds of its values would mean nothing.
pub fn is_identifier(name: &str) -> bool {
    let last = last_word(name);
    name.trim().is_empty() || last == "index" || IDENTIFIERS.contains(&last.as_str())
}

/// Whether no value repeats, and none is meant to.
pub fn is_key(profile: &Profile) -> bool {
    let Some(duplicates) = &profile.duplicates else { return false };
    if duplicates.duplicated > 0 || duplicates.examined < 2 {
        return false;
    }
    let name = &profile.column.name;
    is_identifier(name) || UNIQUE.contains(&last_word(name).as_str()) || is_no_chance(profile)
}

fn is_no_chance(profile: &Profile) -> bool {
    if profile.present < MANY || profile.present < profile.rows {
        return false;
    }
    match (&profile.column.kind, &profile.ends) {
        (Type::Integer { .. }, Some((Value::Int(min), Value::Int(max)))) => {
            let n = profile.present as f64;
            n * (n - 1.0) / 2.0 / ((*max as f64 - *min as f64) + 1.0) >= EXPECTED_PAIRS
        }
        // Prose differs by nature; a code has no spaces.
        (Type::String, _) => {
            let is_code = |(value, _): &(Value, u64)| match value {
                Value::Text(text) => !text.is_empty() && !text.contains(char::is_whitespace),
                _ => false,
            };
            !profile.counts().is_empty() && profile.counts().iter().all(is_code)
        }
        _ => false,
    }
}

/// The last word of a name in lower case: `id` of `host_id`, `hostId` and `Host ID`.
fn last_word(name: &str) -> String {
    let mut word = String::new();
    let mut before_is_lower = false;
    for character in name.chars() {
        if !character.is_alphanumeric() || before_is_lower && character.is_uppercase() {
            word.clear();
        }
        if character.is_alphanumeric() {
            word.extend(character.to_lowercase());
        }
        before_is_lower = character.is_lowercase();
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_a_column_is() {
        for name in ["id", "ID", "host_id", "hostId", "HostID", "Host ID", "", "order-uuid"] {
            assert!(is_identifier(name), "{name}");
        }
        for name in ["grid", "paid", "idle", "price", "id_type"] {
            assert!(!is_identifier(name), "{name}");
        }
    }
}
