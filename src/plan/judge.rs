//! One check judged by the answers.

use super::{Blocked, Check, grouped};
use crate::expectations::{Context, Expect, Finding, Outcome};
use crate::metric::{Answers, RowRule, Unmeasured};

/// A check with what was found.
pub struct Judged<'c, 's> {
    pub check: &'c Check<'s>,
    pub finding: Result<Finding, Blocked>,
    /// Whether the check holds and its `warn` does not, which the finding then tells of.
    pub warned: bool,
}

/// Judges one check by the answers. A panic of an expectation is an error of this check alone.
pub fn judge<'c, 's>(check: &'c Check<'s>, context: &Context, answers: &Answers) -> Judged<'c, 's> {
    let finding = match &check.blocked {
        Some(blocked) => Err(blocked.clone()),
        None => find(&*check.spec.expectation, context, answers),
    };
    let held = matches!(&finding, Ok(Finding { outcome: Outcome::Kept, .. }));
    let Some((expectation, context)) = check.warning(context).filter(|_| held) else {
        return Judged { check, finding, warned: false };
    };
    match find(expectation, &context, answers) {
        Ok(beyond) if beyond.outcome == Outcome::Broken => {
            Judged { check, finding: Ok(beyond), warned: true }
        }
        Ok(_) => Judged { check, finding, warned: false },
        Err(blocked) => Judged { check, finding: Err(blocked), warned: false },
    }
}

/// What is told instead of the values that SQL could not take.
const HIDDEN: &str =
    "SQL fails on a value, which is not shown since the suite has sensitive columns";

/// Whether an engine's reason may quote cells: SQL names the values that it cannot take.
fn tells_values(expectation: &dyn Expect, context: &Context) -> bool {
    let has_sql = context.common.r#where.is_some() || expectation.sql().is_some();
    has_sql && !context.sensitive.is_empty()
}

fn find(
    expectation: &dyn Expect,
    context: &Context,
    answers: &Answers,
) -> Result<Finding, Blocked> {
    let judged =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| match context.common.by {
            Some(_) => grouped::judge(expectation, context, answers),
            None => expectation.judge(context, answers),
        }));
    match judged {
        Ok(Ok(finding)) => Ok(finding),
        Ok(Err(Unmeasured::NotComputable(reason))) if tells_values(expectation, context) => {
            let asked = grouped::metrics(expectation, context);
            let raw = Unmeasured::NotComputable(reason.clone());
            let is_raw = asked.iter().any(|metric| answers.get(metric).is_err_and(|e| e == raw));
            Err(Blocked::Unjudged(if is_raw { HIDDEN.to_owned() } else { reason }))
        }
        Ok(Err(Unmeasured::Unreadable(reason) | Unmeasured::NotComputable(reason))) => {
            Err(Blocked::Unjudged(reason))
        }
        Err(_) => Err(Blocked::Unjudged("a bug of datacheck: this check panicked".into())),
    }
}

impl Judged<'_, '_> {
    /// The rule that exactly the failing rows break, where the check speaks of rows.
    pub fn failing(&self, context: &Context, answers: &Answers) -> Option<RowRule> {
        if self.check.blocked.is_some() {
            return None;
        }
        let of = |expectation: &dyn Expect, context: &Context| match context.common.by {
            Some(_) => grouped::failing(expectation, context, answers),
            None => expectation.failing(context, answers),
        };
        match self.check.warning(context).filter(|_| self.warned) {
            Some((expectation, context)) => of(expectation, &context),
            None => of(&*self.check.spec.expectation, context),
        }
    }
}
