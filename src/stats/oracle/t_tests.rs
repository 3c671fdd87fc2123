//! Tests of means.

use super::super::moments::Summary;
use super::super::t_test::{self, Contrast, hedges_factor, pooled_sd};
use super::super::z_test::{Sigmas, two_sample as z_test};
use super::super::{Design, Tail};
use super::{Case, Worst, run};

const TAILS: [(Tail, &str); 3] =
    [(Tail::TwoSided, "two_sided"), (Tail::Less, "less"), (Tail::Greater, "greater")];

fn design(tail: Tail) -> Design {
    Design { tail, alpha: 0.05, power: 0.8, margin: None }
}

/// Where a warning stands for what the file calls undefined: a sure difference without spread.
fn sure(case: &Case) -> bool {
    let reason = case.expect()["undefined"].as_str().unwrap_or("");
    reason.contains("nonzero difference") || reason.contains("zero variance")
}

/// Whether the test itself has no result, or warns that there is no spread.
fn no_result(result: Result<super::super::TestResult, super::super::Undefined>) -> bool {
    !result.is_ok_and(|result| result.warnings.iter().all(|text| !text.contains("zero variance")))
}

fn check_contrast(case: &mut Case, prefix: &str, contrast: &Contrast) {
    case.check_standard(&format!("{prefix}statistic"), contrast.statistic());
    case.check(&format!("{prefix}dof"), contrast.dof);
    for (tail, name) in TAILS {
        case.check_ln(&format!("{prefix}p_{name}"), contrast.p(tail).ln);
    }
}

pub fn one_sample() -> Worst {
    run("ttest_1samp", |case| {
        let (values, dropped) = case.sample("x");
        let summary = Summary::of(&values);
        let mean = case.param("popmean");
        case.check("n", summary.n as f64);
        case.check("n_dropped", dropped as f64);
        case.check("mean", summary.mean.unwrap_or(f64::NAN));
        let result = t_test::one_sample(&summary, mean, &design(Tail::TwoSided));
        case.check_undefined(no_result(result.clone()));
        let (Ok(result), false) = (result, sure(case)) else { return };
        let Ok(contrast) = Contrast::one_sample(&summary, mean) else { return };
        let sd = summary.sd.unwrap_or(f64::NAN);
        case.check("sd", sd);
        case.check("se", contrast.standard_error());
        check_contrast(case, "", &contrast);
        let cohen = contrast.difference() / sd;
        case.check_standard("cohen_d", cohen);
        case.check_standard(
            "hedges_g",
            hedges_factor(contrast.dof).map_or(f64::NAN, |j| j * cohen),
        );
        case.check_standard("hedges_g", result.effect.value);
        let interval = contrast.interval(case.param("confidence"));
        case.check("ci_low", interval.low + mean);
        case.check("ci_high", interval.high + mean);
    })
}

pub fn two_sample() -> Worst {
    run("ttest_2samp", |case| {
        let ((x, x_dropped), (y, y_dropped)) = (case.sample("x"), case.sample("y"));
        let (x, y) = (Summary::of(&x), Summary::of(&y));
        case.check("n1", x.n as f64);
        case.check("n2", y.n as f64);
        case.check("n_dropped", (x_dropped + y_dropped) as f64);
        let scale = x.mean.unwrap_or(0.0).abs().max(y.mean.unwrap_or(0.0).abs());
        case.check_difference("mean_diff", x.mean_minus(&y).unwrap_or(f64::NAN), scale);
        let result = t_test::welch(&x, &y, &design(Tail::TwoSided));
        case.check_undefined(no_result(result.clone()));
        let (Ok(result), false) = (result, sure(case)) else { return };
        let contrasts = (Contrast::welch(&x, &y), Contrast::student(&x, &y));
        let (Ok(welch), Ok(student)) = contrasts else { return };
        for (name, contrast) in [("student", student), ("welch", welch)] {
            check_contrast(case, &format!("{name}."), &contrast);
            let interval = contrast.interval(0.95);
            case.check(&format!("{name}.ci95.0"), interval.low);
            case.check(&format!("{name}.ci95.1"), interval.high);
        }
        case.check_standard("z_large_sample.statistic", welch.statistic());
        for (tail, name) in TAILS {
            case.check_ln(&format!("z_large_sample.p_{name}"), welch.p_normal(tail).ln);
        }
        let (sx, sy) = (x.sd.unwrap_or(f64::NAN), y.sd.unwrap_or(f64::NAN));
        let pooled = pooled_sd(&x, &y).unwrap_or(f64::NAN);
        case.check_standard("cohen_d", welch.difference() / pooled);
        case.check_standard("hedges_g", result.effect.value);
        case.check_standard("glass_delta_ref_y", welch.difference() / sy);
        let average = (0.5 * (sx * sx + sy * sy)).sqrt();
        case.check_standard("cohen_d_avg", welch.difference() / average);
    })
}

pub fn paired() -> Worst {
    run("ttest_paired", |case| {
        let (x, y) = (case.column("x"), case.column("y"));
        let known = |value: &Option<f64>| value.filter(|v| !v.is_nan());
        let pairs = x.iter().zip(&y).filter_map(|(a, b)| Some(known(a)? - known(b)?));
        let differences: Vec<f64> = pairs.collect();
        let summary = Summary::of(&differences);
        case.check("n_pairs", summary.n as f64);
        case.check("n_dropped", (x.len() - differences.len()) as f64);
        let scale = x.iter().flatten().fold(0.0, |most: f64, v| most.max(v.abs()));
        case.check_difference("mean_diff", summary.mean.unwrap_or(f64::NAN), scale);
        let result = t_test::paired(&summary, &design(Tail::TwoSided));
        case.check_undefined(no_result(result));
        if sure(case) {
            return;
        }
        let Ok(contrast) = Contrast::one_sample(&summary, 0.0) else { return };
        check_contrast(case, "", &contrast);
        case.check_standard("cohen_dz", contrast.difference() / summary.sd.unwrap_or(f64::NAN));
    })
}

pub fn known_sigmas() -> Worst {
    run("ztest_2samp", |case| {
        let (x, y) = (Summary::of(&case.sample("x").0), Summary::of(&case.sample("y").0));
        let sigmas = Sigmas { x: case.param("sigma1"), y: case.param("sigma2") };
        case.check_difference("mean_diff", x.mean_minus(&y).unwrap_or(f64::NAN), 1.0);
        for (tail, name) in TAILS {
            let result = z_test(&x, &y, sigmas, case.param("delta"), &design(tail));
            case.check_undefined(result.is_err());
            let Ok(result) = result else { return };
            case.check_standard("statistic", result.statistic);
            case.check_ln(&format!("p_{name}"), result.p.ln);
        }
    })
}

/// The equivalence of two means by shifted contrasts, for the family `tost`.
pub fn equivalent_means(case: &mut Case) {
    let (x, y) = (Summary::of(&case.sample("x").0), Summary::of(&case.sample("y").0));
    let Ok(welch) = Contrast::welch(&x, &y) else { return };
    let (lower, upper) = (welch.shifted(case.param("low")), welch.shifted(case.param("high")));
    let (p_lower, p_upper) = (lower.p(Tail::Greater), upper.p(Tail::Less));
    case.check_difference("mean_diff", welch.difference(), 1.0);
    case.check("dof", welch.dof);
    case.check_standard("t_lower", lower.statistic());
    case.check_standard("t_upper", upper.statistic());
    case.check_ln("p_lower", p_lower.ln);
    case.check_ln("p_upper", p_upper.ln);
    case.check_ln("p_value", p_lower.ln.max(p_upper.ln));
    let interval = welch.interval(0.9);
    case.check("ci90.0", interval.low);
    case.check("ci90.1", interval.high);
}
