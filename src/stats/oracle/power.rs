//! Power, sizes and detectable effects.

use super::super::power::{
    chi_square_power, cohen_h, detectable_t, proportions_power, proportions_power_arcsine,
    t_power_at,
};
use super::super::special::{chi2_isf, t_isf};
use super::super::{Design, Tail};
use super::{Case, Worst, run};

fn tail(case: &Case) -> Tail {
    match case.params()["alternative"].as_str() {
        Some("greater") => Tail::Greater,
        Some("less") => Tail::Less,
        _ => Tail::TwoSided,
    }
}

pub fn power() -> Worst {
    run("power", |case| {
        let alpha = case.param("alpha");
        let (n, m) = (case.param("n1") as u64, case.param("n2") as u64);
        match case.kind() {
            "two-sample-t" => {
                let tail = tail(case);
                let power = t_power_at(case.param("effect_size_d"), &[n, m], alpha, tail);
                check_power(case, power.unwrap_or(f64::NAN));
                let share = if tail == Tail::TwoSided { 0.5 * alpha } else { alpha };
                case.check("critical_t", t_isf(share, (n + m) as f64 - 2.0));
            }
            "chi-square" => {
                let (w, dof) = (case.param("effect_size_w"), case.param("dof"));
                check_power(case, chi_square_power(w * w * case.param("n"), dof, alpha));
                case.check("critical", chi2_isf(alpha, dof));
            }
            "two-proportions" => {
                let (p1, p2) = (case.param("p1"), case.param("p2"));
                let tail = tail(case);
                case.check("cohen_h", cohen_h(p1, p2));
                let arcsine = proportions_power_arcsine(p1, p2, n, m, alpha, tail);
                case.check("power_arcsine", arcsine);
                let pooled = proportions_power(p1, p2, n, m, alpha, tail);
                case.check("power_normal_pooled_null", pooled);
            }
            _ => {}
        }
    })
}

fn check_power(case: &mut Case, power: f64) {
    case.check("power", power);
    case.check("beta", 1.0 - power);
}

pub fn detectable() -> Worst {
    run("sample_size_mde", |case| {
        let (n, m) = (case.param("n1") as u64, case.param("n2") as u64);
        let (alpha, power) = (case.param("alpha"), case.param("power"));
        let design = Design { tail: tail(case), alpha, power, margin: None };
        case.check("mde_d", detectable_t(&[n, m], &design).unwrap_or(f64::NAN));
    })
}
