//! Workflow commands of GitHub Actions: each check that needs attention beside its line of the
//! suite.

use super::results::{Check, Results};
use super::terminal::{Paint, failure};
use super::visible::visible;
use crate::verdict::Status;

/// One line for each check that failed, was not judged, warned or is known to fail.
pub fn github(results: &Results) -> String {
    results.checks.iter().filter_map(annotation).collect()
}

fn annotation(check: &Check) -> Option<String> {
    let command = match check.status {
        Status::Fail | Status::Error => "error",
        Status::Warn => "warning",
        Status::Known => "notice",
        Status::Pass | Status::Skip => return None,
    };
    Some(format!(
        "::{command} file={},line={},title={}::{}\n",
        property(&visible(&check.source.file)),
        check.source.line.max(1),
        property(&visible(&check.id)),
        data(&failure(check, Paint::Plain))
    ))
}

/// Text after the last `::`, by the rules of the runner's toolkit.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, where `:` and `,` have a meaning too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn values_are_escaped_as_the_runner_reads_them() {
        assert_eq!(data("50 %\r\n"), "50 %25%0D%0A");
        assert_eq!(property("a:b,c"), "a%3Ab%2Cc");
    }

    #[test]
    fn every_line_is_one_command() {
        let text = github(&sample::every_status());
        assert_eq!(text.lines().count(), 8);
        for line in text.lines() {
            assert!(line.starts_with("::"), "{line}");
        }
    }
}
