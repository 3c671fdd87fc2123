//! Tests and distances on two samples of numbers, and series of looks.

use super::{Case, Worst, run};
use crate::stats::continuous_distance::continuous_distance;
use crate::stats::ecdf::{Comparison, Real, compare};
use crate::stats::epps_singleton::epps_singleton;
use crate::stats::moments::Summary;
use crate::stats::permutation::mean_difference;
use crate::stats::sequential::{NormalMixture, Spending};

/// Two unsorted samples, sorted and compared.
pub fn side_by_side(x: &[f64], y: &[f64]) -> Comparison {
    let sorted = |values: &[f64]| {
        let mut values: Vec<Real> = values.iter().filter_map(|&x| Real::new(x)).collect();
        values.sort_unstable();
        values
    };
    compare(&sorted(x), &sorted(y))
}

pub fn distances() -> Worst {
    run("distances_continuous", |case| {
        let ((reference, _), (data, _)) = (case.sample("ref"), case.sample("cur"));
        let got = continuous_distance(&side_by_side(&data, &reference)).expect("finite values");
        let summary = Summary::of(&reference);
        case.check("wasserstein_1", got.wasserstein);
        case.check("energy_distance_squared", got.energy_squared);
        case.check("energy_distance", got.energy);
        let sample = got.in_deviations(&summary).expect("a spread");
        let population = got.in_population_deviations(&summary).expect("a spread");
        case.check("wasserstein_1_over_ref_sd", sample);
        case.check("wasserstein_1_over_ref_population_sd", population);
    })
}

pub fn epps() -> Worst {
    run("epps_singleton", |case| {
        let ((x, _), (y, _)) = (case.sample("x"), case.sample("y"));
        let got = epps_singleton(&x, &y).expect("a spread");
        case.check("statistic", got.statistic);
        case.check_ln("p_value", got.p.ln);
    })
}

pub fn permutation() -> Worst {
    run("permutation_exact", |case| {
        let ((x, _), (y, _)) = (case.sample("x"), case.sample("y"));
        let got = mean_difference(&x, &y, 0, 0).expect("values on both sides");
        assert!(got.exact);
        case.check_standard("statistic", got.statistic);
        case.check_exact("n_permutations", got.n_permutations);
        case.check("p_greater", got.p_greater.value);
        case.check("p_less", got.p_less.value);
        case.check("p_two_sided_abs", got.p_two_sided.value);
        case.check("p_two_sided_doubled", got.p_doubled.value);
    })
}

pub fn sequential() -> Worst {
    run("sequential", |case| match case.kind() {
        "alpha-spending" => spending(case),
        _ => mixture(case),
    })
}

fn spending(case: &mut Case) {
    let alpha = case.param("alpha");
    let rules = [
        ("obrien_fleming", Spending::OBrienFleming),
        ("pocock", Spending::Pocock),
        ("linear", Spending::Linear),
    ];
    let looks = case.column("information");
    for (i, share) in looks.into_iter().flatten().enumerate() {
        for (key, rule) in rules {
            case.check(&format!("{key}.{i}"), rule.spent(alpha, share));
        }
    }
}

fn mixture(case: &mut Case) {
    let mut test = NormalMixture::new(case.param("sigma"), case.param("tau2")).expect("positive");
    for (i, x) in case.column("x").into_iter().flatten().enumerate() {
        test.push(x);
        case.check(&format!("e_value.{i}"), test.e_value());
        case.check(&format!("always_valid_p.{i}"), test.p().value);
    }
}
