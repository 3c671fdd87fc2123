//! Tests on ranks.

use super::samples::side_by_side;
use super::{Case, Worst, run};
use crate::stats::anderson_darling::{TieRule, anderson_darling};
use crate::stats::cramer_von_mises::cramer_von_mises;
use crate::stats::kruskal::kruskal;
use crate::stats::mann_whitney::MannWhitney;
use crate::stats::p_values::Sides;
use crate::stats::ranks::Pooled;

fn check_sides(case: &mut Case, key: &str, sides: Sides) {
    if case.expects(key) {
        case.check_ln(&format!("{key}.p_two_sided"), sides.two_sided.ln);
        case.check(&format!("{key}.p_two_sided"), sides.two_sided.value);
        case.check_ln(&format!("{key}.p_less"), sides.less.ln);
        case.check_ln(&format!("{key}.p_greater"), sides.greater.ln);
    }
}

pub fn mann_whitney() -> Worst {
    run("mannwhitneyu", |case| {
        let ((x, _), (y, _)) = (case.sample("x"), case.sample("y"));
        case.check_exact("n1", x.len());
        case.check_exact("n2", y.len());
        let test = MannWhitney::new(&side_by_side(&x, &y));
        let asymptotic = |continuity| test.as_ref().map(|test| test.asymptotic(continuity));
        case.check_undefined(!matches!(asymptotic(true), Ok(Ok(_))));
        let Ok(test) = &test else { return };
        case.check_exact("statistic", test.u());
        case.check_exact("u2", test.u_reference());
        case.check_standard("a12", test.a12());
        case.check_standard("cliffs_delta", test.cliffs_delta());
        case.check_exact("has_ties", test.has_ties());
        if let (Ok(corrected), Ok(plain)) = (test.asymptotic(true), test.asymptotic(false)) {
            check_sides(case, "asymptotic_cc", corrected);
            check_sides(case, "asymptotic", plain);
        }
        if let Ok(exact) = test.exact() {
            check_sides(case, "exact", exact);
            check_sides(case, "exact_conditional_on_ties", exact);
        }
    })
}

pub fn kruskal_wallis() -> Worst {
    run("kruskal", |case| {
        let groups = case.groups("groups");
        let pooled = pool(&groups);
        case.check_exact("n", pooled.n());
        case.check_exact("k", groups.len());
        let result = kruskal(&pooled);
        case.check_undefined(result.is_err());
        let Ok(result) = result else { return };
        case.check_standard("statistic", result.statistic);
        case.check_exact("dof", result.df);
        case.check_ln("p_value", result.p.ln);
        case.check_standard("epsilon_squared", result.epsilon_squared);
    })
}

fn pool(groups: &[Vec<f64>]) -> Pooled {
    let slices: Vec<&[f64]> = groups.iter().map(Vec::as_slice).collect();
    Pooled::new(&slices)
}

pub fn cramer() -> Worst {
    run("cramervonmises_2samp", |case| {
        let ((x, _), (y, _)) = (case.sample("x"), case.sample("y"));
        let samples = side_by_side(&x, &y);
        let result = cramer_von_mises(&samples).expect("enough values");
        case.check_standard("statistic", result.statistic);
        case.check("u", result.u);
        case.check_exact("has_ties", samples.tied > 0);
        case.check_ln("p_asymptotic", result.p_asymptotic.ln);
        case.skip("p_asymptotic_scipy");
        assert_eq!(case.expects("p_exact"), result.p_exact.is_some());
        case.check("p_exact", result.p_exact.map_or(f64::NAN, |p| p.value));
    })
}

pub fn anderson() -> Worst {
    run("anderson_ksamp", |case| {
        let pooled = pool(&case.groups("groups"));
        for (key, rule) in [("midrank", TieRule::Midrank), ("right", TieRule::Right)] {
            let result = anderson_darling(&pooled, rule).expect("enough values");
            case.check_standard(&format!("{key}.a2"), result.a2);
            case.check_standard(&format!("{key}.standardized"), result.standardized);
            let p = "p_scipy_interpolated_clipped_0.001_0.25";
            case.check(&format!("{key}.{p}"), result.p.value);
        }
    })
}
