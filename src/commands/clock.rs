//! The moment of a run: one for all checks, and settable, so that runs repeat.

use chrono::{DateTime, Utc};

/// Nanoseconds since 1970-01-01T00:00:00Z.
pub fn nanoseconds(at: DateTime<Utc>) -> i128 {
    i128::from(at.timestamp()) * 1_000_000_000 + i128::from(at.timestamp_subsec_nanos())
}
