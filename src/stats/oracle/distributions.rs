//! Tails and quantiles of distributions.

use super::super::special::*;
use super::{Case, Worst, run};

pub fn tails() -> Worst {
    run("distribution_tails", |case| match case.kind() {
        "student-t" => {
            let (t, dof) = (case.given("t"), case.param("dof"));
            case.check_ln("sf", t_ln_sf(t, dof));
            case.check("sf", t_sf(t, dof));
            case.check_ln("cdf", t_ln_sf(-t, dof));
            case.check_ln("two_sided", t_two_sided_ln(t, dof));
        }
        "normal" => {
            let z = case.given("z");
            case.check("sf", norm_sf(z));
            case.check_ln("sf", norm_ln_sf(z));
            case.check_ln("cdf", norm_ln_sf(-z));
        }
        "chi-square" => check_tails(case, chi2_tails(case.given("x"), case.param("dof"))),
        "f" => {
            let tails = f_tails(case.given("x"), case.param("dof1"), case.param("dof2"));
            check_tails(case, tails);
        }
        "kolmogorov-limit" => case.check_ln("sf", kolmogorov_ln_sf(case.given("x"))),
        "kolmogorov-finite-n" => {
            let (n, d) = (case.param("n") as u64, case.given("d"));
            case.check_ln("sf_two_sided", kstwo_ln_sf(n, d));
            case.check_ln("sf_one_sided", smirnov_ln_sf(n, d));
        }
        _ => {}
    })
}

fn check_tails(case: &mut Case, tails: Tails) {
    case.check_ln("sf", tails.ln_upper);
    case.check_ln("cdf", tails.ln_lower);
}

pub fn quantiles() -> Worst {
    run("quantile_functions", |case| {
        let (p, dof) = (case.given("p"), case.param("dof"));
        match case.kind() {
            "normal-isf" => case.check("x", norm_isf(p)),
            "student-t-isf" => case.check("x", t_isf(p, dof)),
            "chi-square-isf" => case.check("x", chi2_isf(p, dof)),
            "f-isf" => case.check("x", f_isf(p, case.param("dof1"), case.param("dof2"))),
            _ => {}
        }
    })
}
