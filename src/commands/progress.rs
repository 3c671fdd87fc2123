//! A progress bar on stderr, for a person who waits.

use std::sync::Arc;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::console::Console;
use crate::cli::Run;

/// Called by the scan with the number of rows that it has just read.
pub type Hook = Arc<dyn Fn(u64) + Send + Sync>;

/// The bar of a run, where somebody watches.
pub struct Progress(Option<ProgressBar>);

impl Progress {
    /// A bar that counts rows; none when stderr is no terminal.
    pub fn new(run: &Run, console: &Console) -> Progress {
        if run.output.quiet || run.select.list || !console.is_watched() {
            return Progress(None);
        }
        let bar = ProgressBar::new_spinner();
        let style =
            ProgressStyle::with_template("{spinner} {human_pos} rows, {per_sec}, {elapsed}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar.enable_steady_tick(Duration::from_millis(200));
        Progress(Some(bar))
    }

    /// A bar that counts runs up to a total.
    pub fn of_runs(total: u64, console: &Console) -> Progress {
        if !console.is_watched() {
            return Progress(None);
        }
        let bar = ProgressBar::new(total);
        let style = ProgressStyle::with_template("{bar:40} {pos} of {len} splits, {eta} left");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Progress(Some(bar))
    }

    /// What the scan calls.
    pub fn hook(&self) -> Option<Hook> {
        let bar = self.0.clone()?;
        Some(Arc::new(move |rows| bar.inc(rows)))
    }

    /// Takes the bar off the terminal.
    pub fn clear(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
