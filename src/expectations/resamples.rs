//! The arguments of tests by random relabelling.

use super::Mistake;

/// Enough for p-values of one in ten thousand.
pub const DEFAULT: u64 = 9_999;

/// What serde takes where nothing is written.
pub fn default() -> u64 {
    DEFAULT
}

/// Refuses numbers of relabellings that show nothing or never end.
pub fn check(resamples: u64) -> Result<(), Mistake> {
    if (99..=10_000_000).contains(&resamples) {
        return Ok(());
    }
    Err(Mistake::new(format!("`resamples` is {resamples}, not in [99, 10000000]"))
        .help("the smallest p-value is one over one more; 9999 is the default")
        .of("resamples"))
}
