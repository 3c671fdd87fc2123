//! Quantiles, their intervals and rules for outliers.

use super::super::moments::Summary;
use super::super::outliers::{
    Fences, count_by_modified_z_score, count_by_z_score, grubbs, median_absolute_deviation,
    modified_z_fences, tukey_fences, z_fences,
};
use super::super::quantile::{Definition, Fraction, quantile, rank_interval};
use super::{Case, Worst, run};

fn sorted(case: &Case) -> Vec<f64> {
    let mut values = case.sample("x").0;
    values.sort_by(f64::total_cmp);
    values
}

pub fn quantiles() -> Worst {
    run("quantiles", |case| {
        let values = sorted(case);
        case.check_undefined(values.is_empty());
        case.check("n", values.len() as f64);
        let probabilities = case.params()["p"].as_array().cloned().unwrap_or_default();
        let scale = values.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
        for (type_number, definition) in (1..).zip(Definition::ALL) {
            for (i, text) in probabilities.iter().enumerate() {
                let got = fraction(text.as_str().unwrap_or(""))
                    .and_then(|p| quantile(&values, p, definition));
                let key = format!("type{type_number}.{i}");
                case.check_difference(&key, got.unwrap_or(f64::NAN), scale);
            }
        }
    })
}

/// Reads `3/4` or `1`.
fn fraction(text: &str) -> Option<Fraction> {
    let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
    Fraction::new(numerator.parse().ok()?, denominator.parse().ok()?)
}

pub fn intervals() -> Worst {
    run("quantile_ci", |case| {
        let values = sorted(case);
        let level = case.param("confidence");
        let ranks = rank_interval(values.len() as u64, case.param("p"), level);
        let at = |rank: Option<u64>| rank.map_or(f64::NAN, |rank| values[rank as usize - 1]);
        for (key, got) in [
            ("lower_rank", ranks.lower_rank.map_or(f64::NAN, |rank| rank as f64)),
            ("upper_rank", ranks.upper_rank.map_or(f64::NAN, |rank| rank as f64)),
            ("lower", at(ranks.lower_rank)),
            ("upper", at(ranks.upper_rank)),
            ("coverage", ranks.coverage.unwrap_or(f64::NAN)),
        ] {
            case.check(key, got);
        }
    })
}

pub fn outliers() -> Worst {
    run("outliers", |case| {
        let values = sorted(case);
        let summary = Summary::of(&values);
        let Some(fences) = tukey_fences(&values, 1.5) else { return };
        case.check("tukey_low", fences.low);
        case.check("tukey_high", fences.high);
        let beyond = values.iter().filter(|value| fences.exclude(**value)).count();
        case.check("tukey_outliers", beyond as f64);
        let count = |count: Result<u64, _>| count.map_or(f64::NAN, |count| count as f64);
        case.check("zscore_gt_3", count(count_by_z_score(&values, &summary, 3.0)));
        case.check("mad", median_absolute_deviation(&values).unwrap_or(f64::NAN));
        case.check("modified_z_gt_3.5", count(count_by_modified_z_score(&values, 3.5)));
        let outside = |fences: Result<Fences, _>| {
            let fences = fences.ok()?;
            Some(values.iter().filter(|value| fences.exclude(**value)).count() as f64)
        };
        let drawn = [
            ("zscore_gt_3", outside(z_fences(&summary, 3.0))),
            ("modified_z_gt_3.5", outside(modified_z_fences(&values, 3.5))),
        ];
        drawn.into_iter().for_each(|(key, found)| case.check(key, found.unwrap_or(f64::NAN)));
        if let Ok(grubbs) = grubbs(&summary) {
            case.check_standard("grubbs_g", grubbs.g);
            case.check_ln("grubbs_p_two_sided_bonferroni", grubbs.p.ln);
        }
    })
}
