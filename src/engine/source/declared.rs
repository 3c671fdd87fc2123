//! The types that a suite gives to columns of files that have none of their own (CSV, NDJSON).

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::metric::Type;

/// A type as a suite declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeclaredType {
    /// One type.
    Exactly(Type),
    /// Integers of any size: 64 bits, or more where the cells need more.
    Integer,
    /// Integers or floats, whichever the cells are.
    Number,
}

/// Which columns have a declared type.
#[derive(Clone, Default)]
pub enum Declared {
    /// No column.
    #[default]
    Nothing,
    /// Those for which this gives a type; a suite may name columns by a pattern.
    By(Arc<Find>),
}

/// Finds the declared type of a column by its name.
type Find = dyn Fn(&str) -> Option<DeclaredType> + Send + Sync;

impl Declared {
    /// Those for which `find` gives a type.
    pub fn by(find: impl Fn(&str) -> Option<DeclaredType> + Send + Sync + 'static) -> Self {
        Declared::By(Arc::new(find))
    }

    /// The type of a column, if it has a declared one.
    pub fn of(&self, column: &str) -> Option<DeclaredType> {
        match self {
            Declared::Nothing => None,
            Declared::By(find) => find(column),
        }
    }
}

impl FromIterator<(String, DeclaredType)> for Declared {
    fn from_iter<I: IntoIterator<Item = (String, DeclaredType)>>(types: I) -> Self {
        let types: BTreeMap<String, DeclaredType> = types.into_iter().collect();
        Declared::By(Arc::new(move |column| types.get(column).cloned()))
    }
}

impl fmt::Debug for Declared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Declared::Nothing => "Nothing",
            Declared::By(_) => "By(..)",
        })
    }
}
