//! JUnit XML, as CI systems read it: one test suite for each suite, one test case for each check.

use std::fmt;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::headline::word;
use super::results::{Check, Results};
use super::terminal::{Paint, failure};
use super::visible::visible;
use crate::verdict::Status;

/// The JUnit report could not be written down: a bug of ours.
#[derive(Debug)]
pub struct JunitError(SerializeError);

impl fmt::Display for JunitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the JUnit report could not be rendered: {}", self.0)
    }
}

impl std::error::Error for JunitError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// The JUnit report.
pub fn junit(results: &Results) -> Result<String, JunitError> {
    let started = chrono::DateTime::parse_from_rfc3339(&results.run.started_at).ok();
    let mut report = Report::new("datacheck");
    report.set_time(Duration::from_millis(results.run.duration_ms));
    if let Some(started) = started {
        report.set_timestamp(started);
    }
    // Where warnings alone made the run fail, they are failures for a CI system too.
    let warn_fails = results.run.exit_code == 1 && results.summary.fail == 0;
    for name in results.suites() {
        let mut suite = TestSuite::new(visible(name));
        if let Some(started) = started {
            suite.set_timestamp(started);
        }
        for check in results.checks.iter().filter(|check| check.suite == name) {
            suite.add_test_case(case(check, warn_fails));
        }
        report.add_test_suite(suite);
    }
    report.to_string().map_err(JunitError)
}

fn case(check: &Check, warn_fails: bool) -> TestCase {
    let mut case = TestCase::new(visible(check.name()), status(check, warn_fails));
    case.set_classname(visible(&check.suite));
    if let Some(ms) = check.ms {
        case.set_time(Duration::from_millis(ms));
    }
    if matches!(check.status, Status::Warn | Status::Known) {
        case.set_system_out(format!("{}: {}", word(check.status), failure(check, Paint::Plain)));
    }
    case
}

/// Warnings and known failures pass, since they do not fail the run; what they say goes to the
/// output.
fn status(check: &Check, warn_fails: bool) -> TestCaseStatus {
    let mut status = match check.status {
        Status::Warn if warn_fails => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Status::Pass | Status::Warn | Status::Known => return TestCaseStatus::success(),
        Status::Skip => {
            let mut skipped = TestCaseStatus::skipped();
            skipped.set_message(visible(&check.message));
            return skipped;
        }
        Status::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Status::Error => TestCaseStatus::non_success(NonSuccessKind::Error),
    };
    status.set_message(visible(&check.message));
    status.set_type(visible(&check.check));
    status.set_description(failure(check, Paint::Plain));
    status
}
