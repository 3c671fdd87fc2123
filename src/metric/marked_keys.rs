//! Keys that an answer tells of, by their fingerprints: in memory while they are few, else where
//! the engine keeps them.

use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Fingerprints that an engine keeps outside of memory.
pub trait KeptKeys: Debug + Send + Sync {
    /// How many there are.
    fn count(&self) -> u64;

    /// Whether one is among them.
    ///
    /// # Errors
    /// They cannot be read.
    fn contains(&self, key: u128) -> Result<bool, String>;

    /// All of them, ascending.
    ///
    /// # Errors
    /// They cannot be read.
    fn all(&self) -> Result<Vec<u128>, String>;
}

/// Different fingerprints of keys.
#[derive(Clone, Debug, Default)]
pub struct MarkedKeys {
    /// Ascending.
    held: Arc<[u128]>,
    kept: Vec<Arc<dyn KeptKeys>>,
}

impl From<Vec<u128>> for MarkedKeys {
    fn from(mut keys: Vec<u128>) -> Self {
        keys.sort_unstable();
        MarkedKeys { held: keys.into(), kept: Vec::new() }
    }
}

impl MarkedKeys {
    /// Keys that the engine keeps.
    pub fn kept(keys: Arc<dyn KeptKeys>) -> Self {
        MarkedKeys { held: Arc::default(), kept: vec![keys] }
    }

    /// These and others, none of which is among them.
    pub fn with(&self, others: &MarkedKeys) -> Self {
        let held = [self.held.as_ref(), &others.held].concat();
        let kept = self.kept.iter().chain(&others.kept).cloned().collect();
        MarkedKeys { kept, ..held.into() }
    }

    /// How many there are.
    pub fn len(&self) -> u64 {
        self.held.len() as u64 + self.kept.iter().map(|kept| kept.count()).sum::<u64>()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a key is among them.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn contains(&self, key: u128) -> Result<bool, String> {
        if self.held.binary_search(&key).is_ok() {
            return Ok(true);
        }
        for kept in &self.kept {
            if kept.contains(key)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// All of them, ascending.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn all(&self) -> Result<Vec<u128>, String> {
        let mut all = self.held.to_vec();
        for kept in &self.kept {
            all.extend(kept.all()?);
        }
        all.sort_unstable();
        Ok(all)
    }
}

/// The same keys, wherever they lie.
impl PartialEq for MarkedKeys {
    fn eq(&self, other: &Self) -> bool {
        if self.len() != other.len() {
            return false;
        }
        let mut kept = self.kept.iter().zip(&other.kept);
        if self.kept.len() == other.kept.len() && kept.all(|(own, other)| Arc::ptr_eq(own, other)) {
            return self.held == other.held;
        }
        self.all().is_ok_and(|own| other.all().is_ok_and(|other| own == other))
    }
}

impl Eq for MarkedKeys {}

/// Their number alone: they may be many, and lie in a file.
impl Hash for MarkedKeys {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.len().hash(state);
    }
}
