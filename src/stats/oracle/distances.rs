//! Distances between counts, and the bins behind them.

use serde_json::Value;

use super::case::values;
use super::{Case, Worst, run};
use crate::stats::binning::{BinRule, count_right_closed, histogram, quantile_edges};
use crate::stats::distances::{Measure, Zeros, bhattacharyya_coefficient, distance, psi};

fn counts(list: &Value) -> Vec<u64> {
    list.as_array().into_iter().flatten().filter_map(Value::as_u64).collect()
}

pub fn discrete() -> Worst {
    run("distances_discrete", |case| {
        let reference = counts(&case.input()["ref_counts"]);
        let data = counts(&case.input()["cur_counts"]);
        case.check_exact("n_ref", reference.iter().sum::<u64>());
        case.check_exact("n_cur", data.iter().sum::<u64>());
        let of = |measure, zeros| distance(measure, &data, &reference, zeros).expect("counts");
        let keep = |measure| of(measure, Zeros::Keep).value;
        let bits = |measure| of(measure, Zeros::Keep).bits().map_or(f64::NAN, |bits| bits.value);
        let half = |measure| of(measure, Zeros::AddHalf).value;
        case.check_difference("kl_cur_ref", keep(Measure::Kl), 1.0);
        case.check_difference("kl_ref_cur", keep(Measure::KlReverse), 1.0);
        case.check("psi", keep(Measure::Psi));
        case.check_difference("js_divergence_nats", keep(Measure::JsDivergence), 1.0);
        case.check_difference("js_divergence_bits", bits(Measure::JsDivergence), 1.0);
        case.check_difference("js_distance_nats", keep(Measure::Js), 1.0);
        case.check_difference("js_distance_bits", bits(Measure::Js), 1.0);
        case.check("hellinger", keep(Measure::Hellinger));
        case.check("total_variation", keep(Measure::TotalVariation));
        case.check("l_infinity", keep(Measure::LInfinity));
        case.check("chi2_distance", keep(Measure::ChiSquare));
        case.check("add_half.kl_cur_ref", half(Measure::Kl));
        case.check("add_half.kl_ref_cur", half(Measure::KlReverse));
        case.check("add_half.psi", half(Measure::Psi));
        case.check("floor_1e-4.psi", of(Measure::Psi, Zeros::Floor(1e-4)).value);
        let coefficient = bhattacharyya_coefficient(&data, &reference).expect("counts");
        case.check("bhattacharyya_coefficient", coefficient);
    })
}

pub fn histograms() -> Worst {
    run("histogram", |case| match case.kind() {
        "reference-quantile-bins" => quantile_bins(case),
        _ => equal_bins(case),
    })
}

fn sorted(case: &Case, key: &str) -> Vec<f64> {
    let (mut sample, _) = case.sample(key);
    sample.sort_by(f64::total_cmp);
    sample
}

fn equal_bins(case: &mut Case) {
    let rule = match &case.params()["rule"] {
        Value::String(name) => name.parse().expect("the fixtures name known rules"),
        count => BinRule::Count(count.as_u64().expect("a number of bins") as usize),
    };
    let got = histogram(&sorted(case, "x"), rule).expect("finite values");
    check_list(case, "edges", &got.edges);
    let counts: Vec<f64> = got.counts.iter().map(|&count| count as f64).collect();
    check_list(case, "counts", &counts);
}

fn quantile_bins(case: &mut Case) {
    let (reference, data) = (sorted(case, "ref"), sorted(case, "cur"));
    let edges = quantile_edges(&reference, case.param("bins") as usize).expect("values");
    check_list(case, "inner_edges", &edges);
    let of = |values: &[f64]| count_right_closed(values, &edges);
    let (reference, data) = (of(&reference), of(&data));
    let floats = |counts: &[u64]| counts.iter().map(|&count| count as f64).collect::<Vec<_>>();
    check_list(case, "ref_counts", &floats(&reference));
    check_list(case, "cur_counts", &floats(&data));
    case.check("psi_add_half", psi(&data, &reference).expect("counts").value);
}

fn check_list(case: &mut Case, key: &str, got: &[f64]) {
    assert_eq!(values(&case.expect()[key]).len(), got.len(), "{} {key}", case.id());
    for (i, &got) in got.iter().enumerate() {
        case.check_standard(&format!("{key}.{i}"), got);
    }
}
