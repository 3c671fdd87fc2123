//! What the whole run came to, in a word and a sentence.

use super::results::{Results, Summary};
use crate::prose::count;
use crate::verdict::Status;

/// The verdict on a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headline {
    /// The status that decides; `Skip` where nothing was checked.
    pub status: Status,
    /// `passed`, `failed`, `not judged` or `nothing checked`.
    pub word: &'static str,
    /// `3 of 42 checks failed`.
    pub sentence: String,
}

/// Statuses from what needs attention first to what needs none.
pub const BY_ATTENTION: [Status; 6] =
    [Status::Fail, Status::Error, Status::Warn, Status::Known, Status::Pass, Status::Skip];

/// The word for a status, as counts use it.
pub fn word(status: Status) -> &'static str {
    match status {
        Status::Pass => "passed",
        Status::Fail => "failed",
        Status::Warn => "warned",
        Status::Error => "not judged",
        Status::Skip => "skipped",
        Status::Known => "known",
    }
}

/// The key of a status, as results.json writes it.
pub fn key(status: Status) -> &'static str {
    match status {
        Status::Pass => "pass",
        Status::Fail => "fail",
        Status::Warn => "warn",
        Status::Error => "error",
        Status::Skip => "skip",
        Status::Known => "known",
    }
}

/// Place of a status in [`BY_ATTENTION`].
pub fn rank(status: Status) -> usize {
    BY_ATTENTION.iter().position(|other| *other == status).unwrap_or(BY_ATTENTION.len())
}

impl Summary {
    /// How many checks ended so.
    pub fn of_status(&self, status: Status) -> u64 {
        match status {
            Status::Pass => self.pass,
            Status::Fail => self.fail,
            Status::Warn => self.warn,
            Status::Error => self.error,
            Status::Skip => self.skip,
            Status::Known => self.known,
        }
    }

    /// Counts in words, those that are not zero, what needs attention first: `2 failed, 40 passed`.
    pub fn in_words(&self) -> String {
        let parts: Vec<String> = BY_ATTENTION
            .into_iter()
            .filter(|status| self.of_status(*status) > 0)
            .map(|status| format!("{} {}", count(self.of_status(status)), word(status)))
            .collect();
        if parts.is_empty() { "no checks".into() } else { parts.join(", ") }
    }
}

impl Headline {
    /// The verdict on the run; it follows the exit code where warnings count as failures.
    pub fn of(results: &Results) -> Headline {
        let summary = &results.summary;
        let total = summary.checks;
        let part = |n: u64, verb: &str| format!("{} {verb}", of_total(n, total));
        if summary.fail > 0 {
            return Headline::new(Status::Fail, "failed", part(summary.fail, "failed"));
        }
        if summary.error > 0 {
            return Headline::new(
                Status::Error,
                "not judged",
                part(summary.error, "could not be judged"),
            );
        }
        if total == summary.skip {
            return Headline::new(Status::Skip, "nothing checked", "nothing was checked".into());
        }
        if summary.warn > 0 && results.run.exit_code == 1 {
            let sentence = format!("{}; warnings fail this run", part(summary.warn, "warned"));
            return Headline::new(Status::Fail, "failed", sentence);
        }
        let held = total - summary.skip;
        let sentence = match (summary.warn, summary.known, held) {
            (0, 0, 1) => "the one check held".into(),
            (0, 0, _) => format!("all {} checks held", count(held)),
            (0, known, _) => {
                format!("{} failed as known, the others held", of_total(known, total))
            }
            (warned, ..) => part(warned, "warned"),
        };
        let status = if summary.warn > 0 { Status::Warn } else { Status::Pass };
        Headline::new(status, "passed", sentence)
    }

    fn new(status: Status, word: &'static str, sentence: String) -> Headline {
        Headline { status, word, sentence }
    }
}

fn of_total(n: u64, total: u64) -> String {
    match (n, total) {
        (1, 1) => "the one check".into(),
        _ if n == total => format!("all {} checks", count(total)),
        _ => format!("{} of {} checks", count(n), count(total)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn check(summary: Summary, exit_code: u8, word: &str, sentence: &str) {
        let mut results = sample::empty();
        results.summary = summary;
        results.run.exit_code = exit_code;
        let headline = Headline::of(&results);
        assert_eq!((headline.word, headline.sentence.as_str()), (word, sentence));
    }

    #[test]
    fn the_worst_status_names_the_run() {
        let s = Summary::default;
        check(s(), 4, "nothing checked", "nothing was checked");
        check(Summary { checks: 2, skip: 2, ..s() }, 0, "nothing checked", "nothing was checked");
        check(Summary { checks: 3, pass: 3, ..s() }, 0, "passed", "all 3 checks held");
        check(Summary { checks: 1, pass: 1, ..s() }, 0, "passed", "the one check held");
        let failed = Summary { checks: 42, pass: 38, fail: 3, error: 1, ..s() };
        check(failed, 1, "failed", "3 of 42 checks failed");
        let unread = Summary { checks: 2, error: 2, ..s() };
        check(unread, 3, "not judged", "all 2 checks could not be judged");
        let warned = Summary { checks: 5, pass: 4, warn: 1, ..s() };
        check(warned.clone(), 0, "passed", "1 of 5 checks warned");
        check(warned, 1, "failed", "1 of 5 checks warned; warnings fail this run");
        let known = Summary { checks: 5, pass: 4, known: 1, ..s() };
        check(known, 0, "passed", "1 of 5 checks failed as known, the others held");
    }

    #[test]
    fn counts_name_what_needs_attention_first() {
        let summary = Summary { checks: 42, pass: 40, fail: 2, ..Summary::default() };
        assert_eq!(summary.in_words(), "2 failed, 40 passed");
        assert_eq!(Summary::default().in_words(), "no checks");
    }
}
