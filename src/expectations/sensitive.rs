//! Columns whose values nobody shall read: `sensitive: true`.

use std::fmt;
use std::sync::Arc;

/// Which columns are sensitive.
#[derive(Clone, Default)]
pub struct Sensitive(Option<Arc<Is>>);

/// Says whether a column is sensitive, by its name.
type Is = dyn Fn(&str) -> bool + Send + Sync;

impl Sensitive {
    /// Those of which `is` says so; a suite may name columns by a pattern.
    pub fn by(is: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        Sensitive(Some(Arc::new(is)))
    }

    /// Whether no column is sensitive.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Whether values of this column are hidden; a field is hidden with the column that holds it.
    pub fn hides(&self, column: &str) -> bool {
        let Some(is) = &self.0 else { return false };
        let holders = column.match_indices('.').map(|(at, _)| &column[..at]);
        holders.chain([column]).any(|name| is(name))
    }
}

impl fmt::Debug for Sensitive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Sensitive(..)" } else { "Sensitive(none)" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_hidden_with_their_column() {
        let sensitive = Sensitive::by(|name| name == "address" || name == "person.email");
        for hidden in ["address", "address.city", "address.geo.lat", "person.email"] {
            assert!(sensitive.hides(hidden), "{hidden}");
        }
        for shown in ["person", "addresses", "person.name", ""] {
            assert!(!sensitive.hides(shown), "{shown}");
        }
        assert!(!Sensitive::default().hides("address"));
    }
}
