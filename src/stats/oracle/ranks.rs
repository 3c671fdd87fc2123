//! Tests on ranks.

use super::{Case, Worst, run};
use crate::stats::ecdf::{Comparison, Real, compare};
use crate::stats::mann_whitney::MannWhitney;
use crate::stats::p_values::Sides;

fn check_sides(case: &mut Case, key: &str, sides: Sides) {
    if case.expects(key) {
        case.check_ln(&format!("{key}.p_two_sided"), sides.two_sided.ln);
        case.check(&format!("{key}.p_two_sided"), sides.two_sided.value);
        case.check_ln(&format!("{key}.p_less"), sides.less.ln);
        case.check_ln(&format!("{key}.p_greater"), sides.greater.ln);
    }
}

fn side_by_side(x: &[f64], y: &[f64]) -> Comparison {
    let sorted = |values: &[f64]| {
        let mut values: Vec<Real> = values.iter().filter_map(|&x| Real::new(x)).collect();
        values.sort_unstable();
        values
    };
    compare(&sorted(x), &sorted(y))
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
