//! The tests that share one alpha: what the correction leaves to each, and what it promises for
//! all.

use crate::prose::counted;
use crate::stats::PValue;
use crate::stats::adjust::{Correction, adjust};
use crate::verdict::Family;

/// The alpha at which a single test of the family would decide if nothing else alarmed: the
/// strictest step of the correction. Power and intervals are reported at this level.
pub fn strictest(correction: Correction, alpha: f64, size: usize) -> f64 {
    let size = size.max(1) as f64;
    match correction {
        Correction::None => alpha,
        Correction::Sidak | Correction::HolmSidak => -f64::exp_m1(f64::ln_1p(-alpha) / size),
        Correction::By => {
            let harmonic: f64 = (1..=size as u64).map(|rank| 1.0 / rank as f64).sum();
            alpha / size / harmonic
        }
        _ => alpha / size,
    }
}

/// Adjusted p-values of the tests that ran, in a family of `size`.
///
/// Tests of the suite that were filtered out count as if their p-value were 1, so that running a
/// part of a suite never makes an alarm easier.
pub fn adjusted(p: &[Option<PValue>], size: usize, correction: Correction) -> Vec<Option<PValue>> {
    let present = p.iter().flatten().count();
    let absent = size.saturating_sub(present);
    let mut padded = p.to_vec();
    padded.extend(std::iter::repeat_n(Some(PValue::new(1.0)), absent));
    let mut adjusted = adjust(&padded, correction);
    adjusted.truncate(p.len());
    adjusted
}

/// The family with the sentence that says what its alpha means.
pub fn describe(suite: &str, size: usize, correction: Correction, alpha: f64) -> Family {
    let share = format!("{} %", crate::prose::number((alpha * 1e10).round() / 1e8));
    let tests = counted(size as u64, "test");
    let sentence = match (size, correction) {
        (0, _) => "no statistical test shares an alpha".to_owned(),
        (1, _) => format!(
            "if nothing changed, the one test raises a false alarm in at most {share} of runs"
        ),
        (_, Correction::None) => format!(
            "no correction: if nothing changed, each of the {tests} raises a false alarm in \
             {share} of runs, and at least one of them in up to {} % of runs",
            crate::prose::number(
                (-f64::exp_m1(size as f64 * f64::ln_1p(-alpha)) * 1e3).round() / 1e1
            ),
        ),
        (_, Correction::Bh | Correction::By) => format!(
            "of the alarms among {tests}, at most {share} are false on average ({correction})"
        ),
        _ => format!(
            "if nothing changed, any of the {tests} raises a false alarm in at most {share} of \
             runs ({correction})"
        ),
    };
    Family {
        suite: suite.to_owned(),
        size: size as u64,
        correction: correction.name(),
        alpha,
        sentence,
    }
}
