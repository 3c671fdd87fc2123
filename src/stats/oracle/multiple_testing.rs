//! Adjusted p-values.

use super::case::number;
use super::{Case, Worst, run};
use crate::stats::PValue;
use crate::stats::adjust::{Correction, adjust};

const METHODS: [&str; 8] =
    ["bonferroni", "sidak", "holm", "holm-sidak", "hochberg", "hommel", "fdr_bh", "fdr_by"];

pub fn multiple_testing() -> Worst {
    run("multiple_testing", |case| {
        let list = case.input()["p"].as_array().cloned().unwrap_or_default();
        let p: Vec<_> = list.iter().map(|p| number(p).map(PValue::new)).collect();
        METHODS.iter().for_each(|method| check(case, method, &p));
    })
}

fn check(case: &mut Case, method: &str, p: &[Option<PValue>]) {
    let correction: Correction = method.parse().expect("the fixtures name known corrections");
    let alpha = case.param("alpha");
    let adjusted = adjust(p, correction);
    let rejected = adjusted.iter().flatten().filter(|p| p.value <= alpha).count();
    case.check_exact(&format!("{method}.rejected_at_alpha"), rejected);
    for (i, p) in adjusted.iter().enumerate() {
        let key = format!("{method}.adjusted.{i}");
        assert_eq!(case.expects(&key), p.is_some(), "missing stays missing");
        if let Some(p) = p {
            case.check(&key, p.value);
            case.check(&key, p.ln.exp());
        }
    }
}
